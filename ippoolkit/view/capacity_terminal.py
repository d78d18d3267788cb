"""Tables, findings and verdicts in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd
from rich.cells import cell_len
from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

from ..analysis import Analysis
from ..capacity.evaluation import SEVERITY_OF_STATUS, Verdict
from ..choose import scenario_routes
from ..findings import N_, Finding, Language, Severity, get_language, replace_unprintable
from .cell_text import format_column
from .display_columns import DisplayColumn, display_columns

# What goes first where the terminal is narrow.
_DROP_ORDER: dict[str, Sequence[str]] = {
    "pools": (
        "nat_outgoing",
        "reserved",
        "allowed_uses",
        "nodes_with_block",
        "encapsulation",
        "blocks_used",
        "addresses_used",
        "node_selector",
    ),
    "block_sizes": (
        "unused_in_claimed_blocks",
        "pods_fit_strict",
        "routes",
        "pods_fit",
        "addresses_per_block",
        "spare_blocks",
        "blocks_per_node",
    ),
    "nodes": ("tunnels_per_node", "blocks", "pools", "pods_per_node_max", "family"),
    "growth": ("addresses", "addresses_needed", "pods"),
    "choices": ("pods_per_node_max",),
    "designs": ("unused_per_node", "blocks", "pools"),
    "failing_designs": ("unused_per_node", "blocks", "pools", "number"),
    "routes": ("limit", "sessions", "in_use", "family", "reflector"),
    "change_options": ("addresses", "blocks_released", "routes", "pool"),
}
_COLUMNS_LEFT_OUT = N_("Columns not shown: {columns}. Use a wider terminal or --json to see them.")

SEVERITY_STYLES = {
    Severity.ERROR: "red",
    Severity.WARNING: "yellow",
    Severity.INFO: "bright_black",
    Severity.OK: "green",
}


def print_capacity(
    console: Console,
    analysis: Analysis,
    notes: Iterable[Finding] = (),
    *,
    max_routes: int | None = None,
    lang: str = "en",
) -> None:
    """Print the verdict, every table and all findings of a scenario; `max_routes` is what a routing table takes."""
    words, scenario = get_language(lang), analysis.scenario
    for verdict in analysis.verdicts:
        print_verdict(console, verdict, lang=lang)
    print_table(console, "pools", analysis.pools(lang=lang), title=words.translate(N_("Pools")), lang=lang)
    for pool in sorted(scenario.cluster.pools, key=lambda pool: pool.name):
        params = {"pool": pool.name, "cidr": pool.cidr, "size": pool.block_size}
        title = words.render(N_("Block sizes for {pool}, {cidr}; it has /{size}"), params)
        print_table(console, "block_sizes", analysis.block_sizes(pool.name, lang=lang), title=title, lang=lang)
    if scenario.cluster.nodes or scenario.plan.groups:
        print_table(console, "nodes", analysis.nodes(lang=lang), title=words.translate(N_("Nodes")), lang=lang)
        print_table(console, "growth", analysis.growth(lang=lang), title=words.translate(N_("Growth")), lang=lang)
        routes = scenario_routes(scenario, max_routes=max_routes, lang=lang)
        print_table(console, "routes", routes, title=words.translate(N_("Routes")), lang=lang)
    choice_table = analysis.choice_table(lang=lang)
    if len(choice_table):
        print_table(
            console, "choices", choice_table, title=words.translate(N_("Single changes that are sufficient")), lang=lang
        )
    print_findings(console, [*analysis.findings, *notes], lang=lang)


def print_table(console: Console, table_name: str, data: pd.DataFrame, *, title: str, lang: str = "en") -> None:
    """Print one of the kit's tables by its name; columns that the terminal has no room for are named instead."""
    words = get_language(lang)
    cells = {column: format_column(column, data, words) for column in display_columns(table_name)}
    left_out = _drop_columns(cells, _DROP_ORDER[table_name], console.width, words)
    rich_table = Table(title=Text(title), title_justify="left", title_style="bold", box=None, pad_edge=False)
    widths = {column: _column_width(column, texts, words) for column, texts in cells.items()}
    *_, last_column = cells
    excess_width = sum(widths.values()) + 2 * (len(cells) - 1) - console.width
    # The last, a text, is the one that may wrap.
    narrowest = min(widths[last_column], 16)
    widths[last_column] = max(widths[last_column] - max(excess_width, 0), narrowest)
    for column, width in widths.items():
        heading = Text(words.translate(column.heading))
        justify: JustifyMethod = "left" if column.is_left_aligned else "right"
        rich_table.add_column(heading, justify=justify, vertical="bottom", overflow="fold", width=width)
    for row in zip(*cells.values(), strict=True):
        rich_table.add_row(*(Text(cell) for cell in row))
    console.print(rich_table)
    if left_out:
        console.print(Text(words.render(_COLUMNS_LEFT_OUT, {"columns": ", ".join(left_out)}), style="bright_black"))
    console.print()


def _drop_columns(
    cells: dict[DisplayColumn, list[str]], drop_order: Sequence[str], width: int, words: Language
) -> list[str]:
    """Take columns out of `cells` until they fit, in the order given; return their headings."""
    left_out = []
    for name in drop_order:
        if sum(_column_width(column, texts, words) + 2 for column, texts in cells.items()) <= width:
            break
        column = next(column for column in cells if column.name == name)
        left_out.append(words.translate(column.heading))
        del cells[column]
    return left_out


def _column_width(column: DisplayColumn, texts: list[str], words: Language) -> int:
    """Columns a shown column needs: its longest cell, or the longest word of its heading."""
    heading = words.translate(column.heading).split()
    return max(map(cell_len, [*heading, *texts]), default=0)


def print_verdict(console: Console, verdict: Verdict, *, lang: str = "en") -> None:
    """Print a verdict: word and sentence, then the limit that binds and its source."""
    words = get_language(lang)
    finding = verdict.finding
    status_text = (
        f"{words.translate(verdict.status.value).capitalize()}. ",
        f"bold {SEVERITY_STYLES[SEVERITY_OF_STATUS[verdict.status]]}",
    )
    console.print(Text.assemble(status_text, (finding.message(lang), "bold")))
    if remedy := finding.remedy(lang):
        console.print(Text(remedy))
    limit_text = words.render(
        N_("Limiting factor: {limit} ({source})"),
        {"limit": words.translate(verdict.limit), "source": finding.source.url},
    )
    console.print(Text(limit_text, style="bright_black"))
    console.print()


def print_findings(console: Console, findings: Iterable[Finding], *, lang: str = "en") -> None:
    """Print findings, one a paragraph: severity, place or subject, sentence, mend, code."""
    words = get_language(lang)
    for finding in findings:
        location = replace_unprintable(str(finding.place) if finding.place else finding.subject)
        message = " ".join(filter(None, (location, finding.full_message(lang))))
        severity_label = (f"{words.translate(finding.severity.value)}: ", SEVERITY_STYLES[finding.severity])
        console.print(Text.assemble(severity_label, message, (f" [{finding.code}]", "bright_black")))
