"""Kernels of this very interpreter, each for one notebook, forked from a process that has everything loaded."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from ..errors import ReportError
from .forkserver import start_server

if TYPE_CHECKING:
    from .forked_kernel import ForkedKernel


class KernelLauncher:
    """The process that forks kernels: it begins to load at once, and ends with the context."""

    def __init__(self) -> None:
        self._process = start_server()
        self._request_lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End it, and all its kernels with it."""
        self._process.kill()
        self._process.communicate()

    @contextmanager
    def launch(
        self, runtime_dir: Path, sys_path: list[str], environment: dict[str, str], working_dir: Path
    ) -> Iterator[ForkedKernel]:
        """Yield a kernel that works in `cwd`; its own files are in `folder`. It ends with the context."""
        try:
            from jupyter_client.connect import write_connection_file

            from .forked_kernel import ForkedKernel
        except ImportError as error:
            raise ReportError("report-packages", reason=str(error)) from None
        connection_file = runtime_dir / "kernel.json"
        write_connection_file(str(connection_file), transport="ipc", ip=str(runtime_dir / "k"))
        request = {"file": str(connection_file), "cwd": str(working_dir), "path": sys_path, "environment": environment}
        kernel = ForkedKernel(int(self._request(json.dumps(request))), connection_file)
        try:
            yield kernel
        finally:
            kernel.close()

    def _request(self, request: str) -> str:
        with self._request_lock:
            stdin, stdout = self._process.stdin, self._process.stdout
            assert stdin is not None
            assert stdout is not None
            try:
                stdin.write(request + "\n")
                stdin.flush()
                reply = stdout.readline()
            except OSError:
                reply = ""
        if not reply:
            raise ReportError("report-lost")
        return reply
