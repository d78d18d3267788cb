"""An audit in a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from ..audit import Audit
from ..audit.metric_schema import HEADINGS
from ..findings import N_, Language, Severity, get_language, replace_unprintable
from .audit_parts import (
    UNKNOWN,
    audit_verdict,
    format_metric,
    metric_columns,
    nodes_by_headroom,
    unchecked_message,
    unknown_metrics_text,
)
from .cell_text import NO_VALUE, column_values
from .terminal import SEVERITY_STYLES, print_columns, print_findings, print_release
from .text_columns import TextColumn

# What goes first where the terminal is narrow.
_DROP_ORDER: Mapping[str, Sequence[str]] = {
    "pools": ("borrowed", "blocks_allocated", "capacity"),
    "nodes": ("borrowed_out", "borrowed_in", "pod_capacity"),
}
_NODES_SHOWN = 25


def print_audit(console: Console, audit: Audit, *, lang: str = "en") -> None:
    """Print the whole, the pools, the fullest nodes, the findings, and what is unknown."""
    language = get_language(lang)
    worst_severity, sentence = audit_verdict(audit, lang)
    console.print(
        Text.assemble(
            (f"{replace_unprintable(audit.scenario.name)}: ", "bold"), (sentence, SEVERITY_STYLES[worst_severity])
        )
    )
    print_release(console, audit.scenario.release, lang=lang)
    _print_metrics(
        console, audit, "pools", audit.metrics.pools, title=language.translate(N_("Pools")), language=language
    )
    # The nodes that take fewest pods more, first; in a terminal only so many.
    nodes, nodes_title = nodes_by_headroom(audit), language.translate(N_("Nodes"))
    if len(nodes) > _NODES_SHOWN:
        params = {"shown": _NODES_SHOWN, "nodes": len(nodes)}
        nodes_title = language.render(N_("The {shown} of {nodes} nodes with room for the fewest further pods"), params)
    _print_metrics(console, audit, "nodes", nodes[:_NODES_SHOWN], title=nodes_title, language=language)
    print_findings(console, audit.findings, lang=lang)
    print_findings(console, audit.notes, lang=lang)
    if message := unchecked_message(audit, lang):
        console.print(Text(message, style=SEVERITY_STYLES[Severity.WARNING]))


def _print_metrics(
    console: Console, audit: Audit, table_name: str, rows: Sequence[dict[str, Any]], *, title: str, language: Language
) -> None:
    """Print rows of figures, and of which figures nothing is known."""
    if not rows:
        return
    columns, unknown = metric_columns(audit, table_name, rows, language)
    if len(columns) > 1:
        print_columns(console, columns, title=title, drop_order=_DROP_ORDER[table_name], lang=language.code)
    else:  # a column of names is a sentence
        console.print(Text.assemble((f"{title}: ", "bold"), ", ".join(columns[0].texts)))
    if unknown:
        console.print(Text(unknown_metrics_text(audit, unknown, language)))
        console.print()


_DATAFRAME_HEADINGS = {
    "family": N_("IP"),
    "order": N_("order"),
    "pool": N_("pool"),
    "cidr": N_("CIDR"),
    "block": N_("own block"),
    "free": N_("free in it"),
    "why": N_("why not"),
    "code": N_("code"),
    "node": N_("node"),
    "namespace": N_("namespace"),
    "by": N_("named by"),
    "gaps": N_("not served for"),
    "of": N_("object"),
    "figure": N_("metric"),
    "old": N_("before"),
    "new": N_("now"),
    "change": N_("change"),
}


def print_dataframe(
    console: Console, data: Any, *, drop_order: Sequence[str] = (), lang: str = "en", unknown: bool = False
) -> None:
    """Print a table of an audit; for what is None a dash, or that it is unknown."""
    language = get_language(lang)
    nothing = language.translate(UNKNOWN) if unknown else NO_VALUE

    def cell_text(name: str, value: object) -> str:
        if value is None or (value == "" and not unknown):
            return nothing
        if name == "figure":
            return language.translate(HEADINGS[str(value)])
        text = format_metric(value, language)
        return f"+{text}" if name == "change" and isinstance(value, int) and value > 0 else text

    columns = [
        TextColumn(
            name,
            language.translate(_DATAFRAME_HEADINGS[name]) if name in _DATAFRAME_HEADINGS else replace_unprintable(name),
            [cell_text(name, value) for value in column_values(column)],
            is_left_aligned=name not in ("order", "free", "old", "new", "change"),
        )
        for name, column in data.items()  # two pools of a pasted table may have one name
        if name != "code"
    ]
    print_columns(console, columns, drop_order=drop_order, lang=lang)
