"""Progress bars on standard error, with the time left; nothing where that is no terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.text import Text

from ..findings import replace_unprintable

UpdateBar = Callable[[str, int, int], None]  # what is counted, how many are done, of how many


@contextmanager
def progress_bars(console: Console, *, enabled: bool | None = None) -> Iterator[UpdateBar]:
    """Yield what moves the bars: one for each name, drawn when it is first heard of.

    Parameters
    ----------
    console
        Where they are drawn: `stderr_console`.
    enabled
        Whether they are drawn; if left out, on a terminal only.
    """
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    is_shown = console.is_terminal if enabled is None else enabled
    with Progress(*columns, console=console, transient=enabled is None, disable=not is_shown) as progress:
        tasks: dict[str, TaskID] = {}

        def update(name: str, done: int, total: int) -> None:
            # Of nothing everything is done.
            completed, total = max(done, total == 0), max(total, 1)
            if name not in tasks:
                tasks[name] = progress.add_task(name, completed=completed, total=total)
            progress.update(tasks[name], completed=completed, total=total)

        yield update


def stderr_console() -> Console:
    """Return standard error as a console."""
    return Console(stderr=True, highlight=False)


def print_lines(console: Console, text: str) -> None:
    """Print lines above the bars as they are, without what steers terminals."""
    for line in text.splitlines():
        console.print(Text(replace_unprintable(line)), soft_wrap=True)
