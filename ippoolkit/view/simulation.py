"""A simulation in a terminal and as plain data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from ..findings import N_, Language, language, printable
from ..ipam import bulk
from ..ipam.compiler import is_cold
from ..simulation import Simulation

_STEPS = 12  # of the timeline that a terminal shows
_FAILURES = 10

_HEADINGS = {
    "day": N_("day"), "pool": N_("pool"), "addresses": N_("addresses in use"), "blocks": N_("blocks"),
    "unowned": N_("blocks without affinity"), "borrowed": N_("borrowed addresses"), "failures": N_("failed requests"),
    "pod": N_("pod"), "node": N_("node"), "reason": N_("reason"),
}  # fmt: skip


@contextmanager
def watched(lang: str, *, shown: bool) -> Iterator[Callable[[int, int], None] | None]:
    """Show a progress bar on standard error, if asked for; tell of the first time, which takes longer."""
    if is_cold(bulk.run):
        told = N_("The engine is compiled for this machine, once: this takes up to a minute.")
        Console(stderr=True).print(language(lang).text(told))
    if not shown:
        yield None
        return
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(language(lang).text(N_("day")))
        yield lambda day, days: bar.update(task, completed=day, total=days)


def print_simulation(console: Console, made: Simulation, *, lang: str = "en") -> None:
    """Print the timeline, and the first requests that failed."""
    words = language(lang)
    if made.interrupted:
        console.print(Text(words.text(N_("Interrupted: this is what was computed so far.")), style="yellow"))
    timeline = made.timeline
    days = sorted(set(timeline["day"]))
    kept = {days[round(step * (len(days) - 1) / (_STEPS - 1))] for step in range(_STEPS)} if days else set()
    _table(console, words, timeline[timeline["day"].isin(kept)], N_("Timeline"))
    failures = made.failures_in(lang)
    if len(failures):
        _table(console, words, failures[["day", "pod", "node", "reason"]].head(_FAILURES), N_("First failed requests"))
    else:
        console.print(Text(words.text(N_("No request failed.")), style="green"))


def _table(console: Console, words: Language, data: pd.DataFrame, title: str) -> None:
    table = Table(title=words.text(title), title_justify="left", title_style="bold", box=None, pad_edge=False)
    for column in data.columns:
        side: Any = "left" if data[column].dtype == object or data[column].dtype == "str" else "right"
        table.add_column(words.text(_HEADINGS[column]), justify=side, overflow="fold")
    for row in data.itertuples(index=False):
        table.add_row(*(Text(_cell(words, value)) for value in row))
    console.print(table)
    console.print()


def _cell(words: Language, value: Any) -> str:
    if isinstance(value, str):
        return printable(value)
    return words.number(int(value)) if float(value).is_integer() else f"{value:.2f}"


def as_data(made: Simulation, lang: str = "en") -> dict[str, Any]:
    """Return every table as lists of dicts."""
    tables = {
        "timeline": made.timeline,
        "failures": made.failures_in(lang),
        "blocks": made.blocks,
        "nodes": made.nodes,
        "pods": made.pods,
    }
    return {"interrupted": made.interrupted, **{name: table.to_dict("records") for name, table in tables.items()}}
