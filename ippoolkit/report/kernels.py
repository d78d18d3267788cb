"""Kernels of this very interpreter, each for one notebook, forked from a process that has everything loaded."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from ..errors import ReportError
from .nursery import start

if TYPE_CHECKING:
    from .kernel import Kernel


class Kernels:
    """The process that forks kernels: it begins to load at once, and ends with the context."""

    def __init__(self) -> None:
        self._process = start()
        self._talk = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End it, and all its kernels with it."""
        self._process.kill()
        self._process.communicate()

    @contextmanager
    def kernel(self, folder: Path, path: list[str], environment: dict[str, str], cwd: Path) -> Iterator[Kernel]:
        """Yield a kernel that works in `cwd`; its own files are in `folder`. It ends with the context."""
        try:
            from jupyter_client.connect import write_connection_file

            from .kernel import Kernel
        except ImportError as error:
            raise ReportError("report-packages", reason=str(error)) from None
        file = folder / "kernel.json"
        write_connection_file(str(file), transport="ipc", ip=str(folder / "k"))
        order = {"file": str(file), "cwd": str(cwd), "path": path, "environment": environment}
        kernel = Kernel(int(self._ask(json.dumps(order))), file)
        try:
            yield kernel
        finally:
            kernel.close()

    def _ask(self, order: str) -> str:
        with self._talk:
            stdin, stdout = self._process.stdin, self._process.stdout
            assert stdin is not None
            assert stdout is not None
            try:
                stdin.write(order + "\n")
                stdin.flush()
                answer = stdout.readline()
            except OSError:
                answer = ""
        if not answer:
            raise ReportError("report-lost")
        return answer
