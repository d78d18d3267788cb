"""A kernel that is running already, and how nbclient talks with it."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from queue import Empty

from jupyter_client.asynchronous.client import AsyncKernelClient


class _KernelClient(AsyncKernelClient):
    pid = 0  # of the kernel

    async def wait_for_ready(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 (theirs)
        """Wait until the kernel answers on both channels: theirs waits on for messages that never come."""
        deadline = time.monotonic() + (timeout or 60)
        while time.monotonic() < deadline:
            request_id = self.kernel_info()
            try:
                await self.get_shell_msg(timeout=1)
                while True:
                    message = await self.get_iopub_msg(timeout=0.05)
                    is_reply = message["parent_header"].get("msg_id") == request_id
                    if is_reply and message["content"].get("execution_state") == "idle":
                        return
            except Empty:
                if not _is_running(self.pid):  # ended with its nursery before it was ready
                    break
        raise RuntimeError("the kernel does not answer")


class ForkedKernel:
    """One running kernel, in the form that nbclient asks of a kernel manager."""

    has_kernel = True
    ipykernel = True
    kernel_name = "python3"

    def __init__(self, pid: int, connection_file: Path) -> None:
        self.pid = pid
        self._connection_file = connection_file
        self._clients: list[_KernelClient] = []

    def client(self) -> _KernelClient:
        """Return a client of it."""
        client = _KernelClient()
        client.pid = self.pid
        client.load_connection_file(str(self._connection_file))
        self._clients.append(client)
        return client

    async def is_alive(self) -> bool:
        """Whether its process is there."""
        return _is_running(self.pid)

    async def interrupt_kernel(self) -> None:
        """Interrupt what it runs."""
        self._signal(signal.SIGINT)

    async def shutdown_kernel(self, *, now: bool = True) -> None:  # noqa: ARG002 (theirs to name)
        """End it."""
        self._signal(signal.SIGKILL)

    async def cleanup_resources(self, *, restart: bool = False) -> None:
        """Leave nothing: its files are in a folder that goes anyway."""

    def close(self) -> None:
        """End it and all talk with it."""
        for client in self._clients:
            client.stop_channels()
        self._signal(signal.SIGKILL)

    def _signal(self, signal_number: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal_number)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
