"""What commands on many inputs share: their options, the executor, progress, and what an interruption says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from ..findings import N_, get_language
from .app import errors_reported

if TYPE_CHECKING:
    from ..parallel import Journal

JobsOption = Annotated[int | None, typer.Option(min=1, max=256, help="With --each: processes of this machine.")]
SchedulerOption = Annotated[
    str | None, typer.Option(metavar="tcp://HOST:PORT", help="With --each: a Dask scheduler instead.")
]
ResumeOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="With --each: keep what is done in this file, and continue from it."),
]
Clusters = TypeVar("Clusters")


def work_on_clusters(
    work: Callable[[Executor, Journal | None, Callable[[int, int], None]], Clusters],
    *,
    preload: Sequence[str],
    jobs: int | None,
    scheduler: str | None,
    resume: Path | None,
    lang: str,
) -> Clusters:
    """Do work on an executor, with a bar."""
    from ..parallel import Journal, executor
    from ..view.progress import progress_bars, stderr_console

    unit = get_language(lang).translate(N_("clusters"))
    with (
        interruption_reported(lang, resumes=resume is not None) as count,
        errors_reported(lang),
        progress_bars(stderr_console()) as update,
        executor(scheduler, jobs, preload) as pool,
    ):

        def progress(done: int, total: int) -> None:
            count(done, total)
            update(unit, done, total)

        return work(pool, None if resume is None else Journal(resume), progress)


@contextmanager
def interruption_reported(lang: str, *, resumes: bool = True) -> Iterator[Callable[[int, int], None]]:
    """Yield what notes how much is done; Ctrl+C says that, and how to continue, and ends with status 130."""
    counts = {"done": 0, "total": 0}

    def count(done: int, total: int) -> None:
        counts.update(done=done, total=total)

    try:
        yield count
    except KeyboardInterrupt:
        text = (
            N_("Interrupted: {done} of {total} done; run the same command to continue.")
            if resumes
            else N_("Interrupted: {done} of {total} done; --resume FILE keeps what is done.")
        )
        typer.echo(get_language(lang).render(text, counts), err=True)
        raise typer.Exit(130) from None
