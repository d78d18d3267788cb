"""A progress bar on standard error, with the time left; where that is no terminal, lines only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.text import Text

from ..findings import N_, language, printable


@contextmanager
def bar(lang: str) -> Iterator[tuple[Callable[[int, int], None], Callable[[str], None]]]:
    """Yield what moves the bar, given how many are done of how many, and what prints lines above it."""
    console = Console(stderr=True, highlight=False)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("/"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as shown:
        task = shown.add_task(language(lang).text(N_("reports")), total=None)

        def line(text: str) -> None:
            for each in text.splitlines():
                console.print(Text(printable(each)), soft_wrap=True)

        yield (lambda done, total: shown.update(task, completed=done, total=total)), line
