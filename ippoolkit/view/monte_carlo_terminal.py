"""Many random runs in a terminal and as plain data."""

from __future__ import annotations

from typing import Any

import pandas as pd
from rich.console import Console
from rich.text import Text

from ..findings import N_, Language, get_language
from ..simulation.monte_carlo import MonteCarlo
from .cell_text import column_values, table_records, value_text
from .terminal import print_columns
from .text_columns import TextColumn

_ROWS_SHOWN = 10

_FIGURE_NAMES = {
    "pods": N_("pods"),
    "nodes": N_("nodes"),
    "addresses_used": N_("addresses in use"),
    "blocks_used": N_("blocks"),
    "idle_blocks": N_("empty blocks"),
    "borrowed": N_("borrowed addresses"),
    "routes": N_("routes"),
    "failures": N_("failed requests"),
}


def monte_carlo_as_dict(result: MonteCarlo) -> dict[str, Any]:
    """Return first failures and quantiles as plain values."""
    return {
        "runs": len(result.outcomes),
        "operations": result.operations,
        "failed": result.failed_runs,
        "first_failures": table_records(result.first_failures),
        "summary": table_records(result.failure_summary),
        "fan": table_records(result.fan()),
    }


def print_monte_carlo(console: Console, result: MonteCarlo, *, lang: str = "en") -> None:
    """Print how many runs fail, what fails first, and the figures at the end."""
    language = get_language(lang)
    params = {"failed": result.failed_runs, "runs": len(result.outcomes)}
    failed_text = language.render(N_("In {failed} of {runs} runs a pod gets no address."), params)
    console.print(Text(failed_text, style="yellow" if result.failed_runs else "green"))
    summary = result.failure_summary
    if len(summary):
        headings = (N_("limit"), N_("node"), N_("runs"), N_("first day"), N_("median day"))
        title = language.translate(N_("What breaks first"))
        _print_table(
            console, language, title, [language.translate(text) for text in headings], summary.head(_ROWS_SHOWN)
        )
    fan = result.fan()
    last = fan[fan["day"] == fan["day"].max()].drop(columns="day")
    last["figure"] = [language.translate(_FIGURE_NAMES[name]) for name in last["figure"]]
    title = language.render(N_("After {days} days"), {"days": int(fan["day"].max())})
    _print_table(console, language, title, [language.translate(N_("figure")), "P10", "P50", "P90"], last)


def _print_table(console: Console, language: Language, title: str, headings: list[str], data: pd.DataFrame) -> None:
    columns = [
        TextColumn(
            name,
            heading,
            [value_text(value, language) for value in column_values(data[name])],
            is_left_aligned=not position,
        )
        for position, (name, heading) in enumerate(zip(data.columns, headings, strict=True))
    ]
    print_columns(console, columns, title=title)
