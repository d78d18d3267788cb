"""Tables, findings and verdicts in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd
from rich.cells import cell_len
from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

from ..capacity import Verdict, block_sizes, choices, growth, nodes, pools, verdicts
from ..capacity.judge import SEVERITY
from ..findings import N_, Finding, Language, Severity, language, printable
from ..model import Scenario
from ..rules import check
from .cells import cells_of
from .shown import Shown, shown

# What goes first where the terminal is narrow.
_DROPPED_FIRST: dict[str, Sequence[str]] = {
    "pools": ("nat", "reserved", "serves", "nodes_with_block", "encapsulation", "blocks_used", "used", "selector"),
    "block_sizes": (
        "stranded",
        "pods_fit_strict",
        "routes",
        "pods_fit",
        "addresses_per_block",
        "spare_blocks",
        "blocks_per_node",
    ),
    "nodes": ("tunnels", "blocks", "pools", "pods_per_node_max", "family"),
    "growth": ("addresses", "addresses_needed", "pods"),
    "choices": ("pods_per_node_max",),
    "designs": ("unused_per_node", "pool_set", "blocks", "pools", "family", "breaks"),
    "ways": ("addresses", "blocks_released", "routes", "pool", "command"),
}
_NO_ROOM = N_("No room for: {columns}. A wider terminal or --json shows them.")

STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "bright_black", Severity.OK: "green"}


def print_capacity(console: Console, scenario: Scenario, notes: Iterable[Finding] = (), *, lang: str = "en") -> None:
    """Print the verdict, every table and all findings of a scenario."""
    words = language(lang)
    for judged in verdicts(scenario):
        print_verdict(console, judged, lang=lang)
    print_table(console, "pools", pools(scenario, lang=lang), title=words.text(N_("Pools")), lang=lang)
    for pool in sorted(scenario.cluster.pools, key=lambda pool: pool.name):
        numbers = {"pool": pool.name, "cidr": pool.cidr, "size": pool.block_size}
        title = words.say(N_("Block sizes for {pool}, {cidr}; it has /{size}"), numbers)
        print_table(console, "block_sizes", block_sizes(scenario, pool.name, lang=lang), title=title, lang=lang)
    if scenario.cluster.nodes or scenario.plan.groups:
        print_table(console, "nodes", nodes(scenario, lang=lang), title=words.text(N_("Nodes")), lang=lang)
        print_table(console, "growth", growth(scenario, lang=lang), title=words.text(N_("Growth")), lang=lang)
    changes = choices(scenario, lang=lang)
    if len(changes):
        print_table(console, "choices", changes, title=words.text(N_("One change that is enough")), lang=lang)
    print_findings(console, [*check(scenario), *notes], lang=lang)


def print_table(console: Console, table: str, data: pd.DataFrame, *, title: str, lang: str = "en") -> None:
    """Print one of the kit's tables by its name; columns that the terminal has no room for are named instead."""
    words = language(lang)
    cells = {column: cells_of(column, data, words) for column in shown(table)}
    left_out = _drop(cells, _DROPPED_FIRST[table], console.width, words)
    printed = Table(title=Text(title), title_justify="left", title_style="bold", box=None, pad_edge=False)
    widths = {column: _width(column, texts, words) for column, texts in cells.items()}
    *_, last = cells
    over = sum(widths.values()) + 2 * (len(cells) - 1) - console.width
    widths[last] = max(widths[last] - max(over, 0), 16)  # the last, a text, is the one that may wrap
    for column, width in widths.items():
        heading = Text(words.text(column.heading))
        side: JustifyMethod = "left" if column.left else "right"
        printed.add_column(heading, justify=side, vertical="bottom", overflow="fold", width=width)
    for row in zip(*cells.values(), strict=True):
        printed.add_row(*(Text(cell) for cell in row))
    console.print(printed)
    if left_out:
        console.print(Text(words.say(_NO_ROOM, {"columns": ", ".join(left_out)}), style="bright_black"))
    console.print()


def _drop(cells: dict[Shown, list[str]], order: Sequence[str], width: int, words: Language) -> list[str]:
    """Take columns out of `cells` until they fit, in the order given; return their headings."""
    left_out = []
    for name in order:
        if sum(_width(column, texts, words) + 2 for column, texts in cells.items()) <= width:
            break
        column = next(column for column in cells if column.name == name)
        left_out.append(words.text(column.heading))
        del cells[column]
    return left_out


def _width(column: Shown, texts: list[str], words: Language) -> int:
    """Columns a shown column needs: its longest cell, or the longest word of its heading."""
    heading = words.text(column.heading).split()
    return max(map(cell_len, [*heading, *texts]), default=0)


def print_verdict(console: Console, verdict: Verdict, *, lang: str = "en") -> None:
    """Print a verdict: word and sentence, then the limit that binds and its source."""
    words = language(lang)
    finding = verdict.finding
    word = (f"{words.text(verdict.word.value).capitalize()}. ", f"bold {STYLES[SEVERITY[verdict.word]]}")
    console.print(Text.assemble(word, (finding.sentence(lang), "bold")))
    if mend := finding.mend(lang):
        console.print(Text(mend))
    limit = words.say(
        N_("Binds first: {limit} ({source})"), {"limit": words.text(verdict.limit), "source": finding.source.url}
    )
    console.print(Text(limit, style="bright_black"))
    console.print()


def print_findings(console: Console, findings: Iterable[Finding], *, lang: str = "en") -> None:
    """Print findings, one a paragraph: severity, place or subject, sentence, mend, code."""
    words = language(lang)
    for finding in findings:
        where = printable(str(finding.place) if finding.place else finding.subject)
        said = " ".join(filter(None, (where, finding.told(lang))))
        severity = (f"{words.text(finding.severity.value)}: ", STYLES[finding.severity])
        console.print(Text.assemble(severity, said, (f" [{finding.code}]", "bright_black")))
