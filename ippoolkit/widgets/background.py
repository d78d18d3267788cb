"""Work beside the page: in a thread, so that fields and tabs stay usable."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

Outcome = TypeVar("Outcome")


def running_loop() -> asyncio.AbstractEventLoop | None:
    """Return the event loop; None where there is none, and so nobody who waits at a page."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def run_beside(work: Callable[[], Outcome], finish: Callable[[Outcome], None]) -> asyncio.Task[None] | None:
    """Do work in a thread and hand on what comes of it; at once, and without a task, where nobody waits at a page."""
    loop = running_loop()
    if loop is None:
        finish(work())
        return None

    async def work_and_finish() -> None:
        finish(await asyncio.to_thread(work))

    return loop.create_task(work_and_finish())
