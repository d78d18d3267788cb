"""What a notebook's process knows of the report beside the notebook's parameters: these are plain values, and paths.

A section asks for it while the notebook runs; in a notebook that somebody opens in Jupyter there is nothing to know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..read import Reading
from .inputs import resolve_inputs


@dataclass(frozen=True, slots=True)
class RunContext:
    """What one run of a template's notebook is for.

    Attributes
    ----------
    formats
        Formats that the report is written in; empty outside of a report.
    at_hand
        Inputs that have been read, or audited, by the paths that the notebook is given for each.
    entries
        Of the page that lists many reports: what is known of each.
    """

    formats: tuple[str, ...] = ()
    at_hand: Mapping[tuple[str, ...], Any] = field(default_factory=dict)
    entries: Sequence[Mapping[str, Any]] = ()


def find_at_hand(paths: Iterable[str | Path]) -> Any | None:
    """Return what has been read from these paths in this run; None where they are yet to be read."""
    run = current_run()
    return None if run is None else run.at_hand.get(tuple(map(str, paths)))


_CURRENT: ContextVar[RunContext | None] = ContextVar("run_context", default=None)


def current_run() -> RunContext | None:
    """Return the run that this code is part of; None in a notebook that makes no report."""
    return _CURRENT.get()


@contextmanager
def run_context(context: RunContext) -> Iterator[None]:
    """Make a context the current one."""
    token = _CURRENT.set(context)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def read_at_hand(path: str | Path) -> Reading:
    """Return the input behind a path, read in this run already or now.

    Raises
    ------
    InputError
        Where it cannot be read.
    """
    return find_at_hand([path]) or resolve_inputs([path])[0].read()
