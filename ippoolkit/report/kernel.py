"""A kernel of our own Python for a notebook, started early so that it imports while this process does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync

_PRELOAD = "import ippoolkit.report.pieces"


class _Manager(AsyncKernelManager):
    """Remembers its clients: papermill leaves those of a kernel that is not its own open."""

    clients: list[Any]

    def client(self, **options: Any) -> Any:
        made = super().client(**options)
        self.clients.append(made)
        return made


@contextmanager
def kernel(folder: Path) -> Iterator[AsyncKernelManager]:
    """Yield a running kernel that works in `folder`; it ends with the context.

    No kernel specification is looked up: the kernel is this very interpreter, whatever else is installed.
    """
    manager = _Manager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
    manager.clients = []
    arguments = ["--log-level=ERROR", f"--IPKernelApp.exec_lines={_PRELOAD}"]
    run_sync(manager.start_kernel)(cwd=str(folder), extra_arguments=arguments)
    try:
        yield manager
    finally:
        for client in manager.clients:
            client.stop_channels()
        run_sync(manager.shutdown_kernel)(now=True)
