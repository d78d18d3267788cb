"""Voilà's kernels: one for each open page, a limited number, and none that outlives its page for long."""

from __future__ import annotations

from typing import Any

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.web import HTTPError
from traitlets import Int


class LimitedKernelManager(AsyncMappingKernelManager):
    """Starts no kernel beyond a limit: the page says that the server is busy.

    Kernels without a page end after `cull_idle_timeout` seconds; see ``share/config/voila.json``.
    """

    max_kernels = Int(32, help="How many kernels may run at the same time.").tag(config=True)

    # The base class declares a plain function and is one that is awaited.
    async def start_kernel(self, *args: Any, **kwargs: Any) -> str:  # type: ignore[override]  # any arguments go on
        """Start a kernel, if there is room for one more."""
        if len(self) >= self.max_kernels:
            raise HTTPError(503, "All kernels are in use. Close a page, or try again in a few minutes.")
        return str(await super().start_kernel(*args, **kwargs))
