"""A progress bar on standard error, with the time left; where that is no terminal, lines only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.text import Text

from ..findings import N_, get_language, replace_unprintable


@contextmanager
def report_progress(lang: str) -> Iterator[tuple[Callable[[int, int], None], Callable[[str], None]]]:
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
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(get_language(lang).translate(N_("reports")), total=None)

        def print_line(text: str) -> None:
            for text_line in text.splitlines():
                console.print(Text(replace_unprintable(text_line)), soft_wrap=True)

        yield (lambda done, total: progress.update(task, completed=done, total=total)), print_line
