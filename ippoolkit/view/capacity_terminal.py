"""The capacity of a scenario in a terminal: verdicts, tables, findings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd
from rich.console import Console
from rich.text import Text

from ..analysis import Analysis
from ..capacity.verdict import SEVERITY_OF_STATUS, Verdict
from ..choose import scenario_routes
from ..findings import N_, Finding, Language, Severity, get_language, sort_by_severity
from .cell_text import pool_text
from .growth import growth_changes, growth_note
from .node_rows import merge_alike_nodes
from .terminal import SEVERITY_STYLES, print_columns, print_findings
from .text_columns import standard_columns
from .verdict_parts import errors_beside_verdicts, verdict_parts

# What goes first where the terminal is narrow.
_DROP_ORDER: dict[str, Sequence[str]] = {
    "pools": (
        "nat_outgoing",
        "reserved",
        "allowed_uses",
        "nodes_with_block",
        "encapsulation",
        "addresses_per_block",
        "node_selector",
        "blocks_used",
        "addresses_used",
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
    "routes": ("racks", "max_routes", "sessions", "in_use", "family", "reflector"),
    "change_options": ("addresses", "blocks_released", "routes", "pool"),
}

MAX_BLOCK_SIZE_TABLES = 20  # nobody reads more on a terminal


def print_capacity(
    console: Console,
    analysis: Analysis,
    notes: Iterable[Finding] = (),
    *,
    max_routes: int | None = None,
    lang: str = "en",
) -> None:
    """Print the verdict, every table and all findings of a scenario; `max_routes` is what a routing table takes."""
    language, scenario, notes = get_language(lang), analysis.scenario, list(notes)
    for verdict in analysis.verdicts:
        print_verdict(console, analysis, verdict, lang=lang)
    if beside := errors_beside_verdicts(analysis, notes, language):
        console.print(Text("\n".join(beside), style=SEVERITY_STYLES[Severity.ERROR]))
        console.print()
    if scenario.cluster.pools:
        print_table(console, "pools", analysis.pools(lang=lang), title=language.translate(N_("Pools")), lang=lang)
    pools = sorted(scenario.cluster.pools, key=lambda pool: pool.name)
    for pool in pools[:MAX_BLOCK_SIZE_TABLES]:
        params = {"pool": pool_text(pool, language), "size": pool.block_size}
        title = language.render(N_("Block sizes for {pool}; now /{size}"), params)
        print_table(console, "block_sizes", analysis.block_sizes(pool.name, lang=lang), title=title, lang=lang)
    if left_out := len(pools[MAX_BLOCK_SIZE_TABLES:]):
        console.print(language.render(N_("Block sizes of {pools:pool} more: --json."), {"pools": left_out}))
        console.print()
    if analysis.plans and (scenario.cluster.nodes or scenario.plan.groups):
        nodes = merge_alike_nodes(analysis.nodes(lang=lang))
        print_table(console, "nodes", nodes, title=language.translate(N_("Nodes")), lang=lang)
        _print_growth(console, analysis, language)
        routes = scenario_routes(analysis, max_routes=max_routes, lang=lang)
        print_table(console, "routes", routes, title=language.translate(N_("Routes")), lang=lang)
    choice_table = analysis.choice_table(lang=lang)
    if len(choice_table):
        print_table(
            console,
            "choices",
            choice_table,
            title=language.translate(N_("Single changes that are sufficient")),
            lang=lang,
        )
    print_findings(console, sort_by_severity([*analysis.findings, *notes]), lang=lang)


def _print_growth(console: Console, analysis: Analysis, language: Language) -> None:
    """Print the months in which something changes; where nothing does, a sentence."""
    table, title = analysis.growth(lang=language.code), language.translate(N_("Growth"))
    note, changes = growth_note(table, language), growth_changes(table)
    if len(changes) > len(analysis.plans) or not note:
        print_table(console, "growth", changes, title=title, lang=language.code)
    if note:
        console.print(Text.assemble((f"{title}: ", "bold"), note))
        console.print()


def print_table(console: Console, table_name: str, data: pd.DataFrame, *, title: str, lang: str = "en") -> None:
    """Print one of the kit's tables by its name; columns that do not fit the terminal are named instead."""
    columns = standard_columns(table_name, data, get_language(lang))
    print_columns(console, columns, title=title, drop_order=_DROP_ORDER[table_name], lang=lang)


def print_verdict(console: Console, analysis: Analysis, verdict: Verdict, *, lang: str = "en") -> None:
    """Print a verdict: word and sentence, then the limit that binds and its source."""
    language = get_language(lang)
    parts = verdict_parts(analysis, language, verdict)
    style = f"bold {SEVERITY_STYLES[SEVERITY_OF_STATUS[verdict.status]]}"
    console.print(Text.assemble((f"{parts.label} ", style), (parts.message, "bold")))
    if remedy := verdict.finding.remedy(lang):
        console.print(Text(remedy))
    params = {"limit": parts.limit, "source": parts.source.url}
    limit = language.render(N_("Limiting factor: {limit} ({source})"), params)
    console.print(Text(f"{limit} · {parts.release}", style="bright_black"))
    console.print()
