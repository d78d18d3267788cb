"""A simulation in a terminal and as plain data."""

from __future__ import annotations

from typing import Any

import pandas as pd
from rich.console import Console
from rich.text import Text

from ..findings import N_, Language, get_language, replace_unprintable
from ..ipam.compilation import needs_compiling
from ..simulation import Simulation
from .cell_text import column_values, table_records
from .progress import print_lines, stderr_console
from .terminal import print_columns, print_release
from .text_columns import TextColumn

_TIMELINE_ROWS = 12  # of the timeline that a terminal shows
_FAILURES_SHOWN = 10
INTERRUPTED = N_("Interrupted: showing the results so far.")
NO_FAILURES = N_("No request failed.")

_HEADINGS = {
    "day": N_("day"),
    "pool": N_("pool"),
    "addresses_used": N_("addresses in use"),
    "blocks_used": N_("blocks"),
    "blocks_without_affinity": N_("blocks without affinity"),
    "borrowed": N_("borrowed addresses"),
    "failures": N_("failed requests"),
    "pod": N_("pod"),
    "node": N_("node"),
    "reason": N_("reason"),
}


def print_compiling_notice(lang: str) -> None:
    """Say on standard error that the engine is compiled first, where it is."""
    if needs_compiling():
        message = N_("Compiling the engine for this machine (once only); this takes up to a minute.")
        print_lines(stderr_console(), get_language(lang).translate(message))


def print_simulation(console: Console, simulation: Simulation, *, lang: str = "en") -> None:
    """Print the timeline, and the first requests that failed."""
    language = get_language(lang)
    if simulation.interrupted:
        console.print(Text(language.translate(INTERRUPTED), style="yellow"))
    print_release(console, simulation.cluster.scenario.release, lang=lang)
    for title, table in shown_tables(simulation, language).items():
        print_columns(console, text_columns(table, language), title=title, lang=lang)
    if not simulation.cluster.failures:
        console.print(Text(language.translate(NO_FAILURES), style="green"))


def shown_tables(simulation: Simulation, language: Language) -> dict[str, pd.DataFrame]:
    """Return what people look at by its title: days of the timeline, and the first requests that failed, if any."""
    timeline = simulation.timeline
    days = sorted(set(timeline["day"]))
    shown_days = (
        {days[round(row * (len(days) - 1) / (_TIMELINE_ROWS - 1))] for row in range(_TIMELINE_ROWS)} if days else set()
    )
    tables = {language.translate(N_("Timeline")): timeline[timeline["day"].isin(shown_days)]}
    if simulation.cluster.failures:
        failures = simulation.failures_in_language(language.code)
        title = language.translate(N_("First failed requests"))
        tables[title] = failures[["day", "pod", "node", "reason"]].head(_FAILURES_SHOWN)
    return tables


def text_columns(data: pd.DataFrame, language: Language) -> list[TextColumn]:
    """Return a table's columns as texts with their headings."""
    return [
        TextColumn(
            name,
            language.translate(_HEADINGS[name]),
            [_format_value(language, value) for value in column_values(data[name])],
            is_left_aligned=data[name].dtype == object or data[name].dtype == "str",
        )
        for name in data.columns
    ]


def _format_value(language: Language, value: Any) -> str:
    if isinstance(value, str):
        return replace_unprintable(value)
    return language.format_number(int(value)) if float(value).is_integer() else f"{value:.2f}"


def simulation_as_dict(simulation: Simulation, lang: str = "en") -> dict[str, Any]:
    """Return every table as lists of dicts."""
    tables = {
        "timeline": simulation.timeline,
        "failures": simulation.failures_in_language(lang),
        "blocks": simulation.blocks,
        "nodes": simulation.nodes,
        "pods": simulation.pods,
    }
    return {
        "calico": str(simulation.cluster.scenario.release),
        "interrupted": simulation.interrupted,
        **{name: table_records(table) for name, table in tables.items()},
    }
