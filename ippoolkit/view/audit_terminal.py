"""An audit in a terminal and as plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from ..audit import Audit
from ..audit.headroom import tightest_by_node
from ..audit.metric_schema import HEADINGS, NODE_METRICS, POOL_METRICS, TOTAL_METRICS, Metric
from ..findings import N_, Finding, Language, Severity, get_language, replace_unprintable
from .cell_text import NO_VALUE, column_values, value_text
from .terminal import SEVERITY_STYLES, TextColumn, print_columns, print_findings, print_release

UNKNOWN = N_("unknown")
_POOL_COLUMNS = (
    "name",
    "cidr",
    "blockSize",
    "capacity",
    "allocated",
    "free",
    "blocks_total",
    "blocks_allocated",
    "borrowed",
)
_NODE_COLUMNS = (
    "name",
    "blocks",
    "own_allocated",
    "borrowed_in",
    "borrowed_out",
    "free_in_own_blocks",
    "calico_pods_with_ip",
    "pod_capacity",
)
COLUMNS: Mapping[str, Sequence[Metric]] = {"pools": POOL_METRICS, "nodes": NODE_METRICS}
DISPLAYED: Mapping[str, Sequence[str]] = {"pools": _POOL_COLUMNS, "nodes": _NODE_COLUMNS}
# What goes first where the terminal is narrow.
_DROP_ORDER: Mapping[str, Sequence[str]] = {
    "pools": ("borrowed", "blocks_allocated", "capacity"),
    "nodes": ("borrowed_out", "borrowed_in", "pod_capacity"),
}
MAX_NODES_SHOWN = 25


def audit_as_dict(audit: Audit, lang: str = "en") -> dict[str, Any]:
    """Return everything as dicts, lists and scalars; None stands for unknown."""
    figures = audit.metrics
    return {
        "cluster": audit.scenario.name,
        "calico": str(audit.scenario.release),
        "unknown": list(audit.scenario.cluster.unknown),
        "pools": figures.pools,
        "nodes": figures.nodes,
        "totals": figures.totals,
        "config": figures.config,
        "rounded": [list(rounded_metric) for rounded_metric in sorted(figures.rounded)],
        "headroom": headroom_rows(audit),
        "findings": [finding.as_dict(lang) for finding in audit.findings],
        "notes": [finding.as_dict(lang) for finding in audit.notes],
        "unchecked": [{"check": name, "needs": list(kinds)} for name, kinds in audit.skipped_checks],
    }


def headroom_rows(audit: Audit) -> list[dict[str, Any]]:
    """Return how many pods each node still takes; nothing where that is unknown."""
    if not audit.scenario.cluster.has_read("IPPool", "IPAMBlock", "Node"):
        return []
    return [
        {
            "node": headroom.node,
            "family": headroom.version,
            "pods": headroom.pods,
            "blocks": headroom.owned_blocks,
            "cap": headroom.max_blocks,
            "own": headroom.free_in_own_blocks,
            "new": headroom.claimable_addresses,
            "borrow": headroom.borrowable_addresses,
            "limit": headroom.limit_code,
        }
        for headroom in audit.context.headrooms
    ]


def audit_verdict(audit: Audit, lang: str = "en") -> tuple[Severity, str]:
    """Return the most severe severity, and the whole in a sentence."""
    language = get_language(lang)
    # An object or a row that could not be read is as much an error as one that was found.
    findings = (*audit.findings, *audit.notes)
    count_by_severity = Counter(finding.severity for finding in findings)
    totals = audit.metrics.totals
    sentences = [
        language.render(
            N_("{n:error}, {w:warning}."),
            {"n": count_by_severity[Severity.ERROR], "w": count_by_severity[Severity.WARNING]},
        ),
    ]
    templates = {
        "nodes": N_("{n:node}"),
        "pods": N_("{n:pod}"),
        "blocks": N_("{n:block}"),
        "allocations": N_("{n:address} in use"),
    }
    count_texts = [
        language.render(template, {"n": totals[name]})
        for name, template in templates.items()
        if totals.get(name) is not None
    ]
    worst_severity = min(
        (finding.severity for finding in findings), key=lambda severity: severity.rank, default=Severity.OK
    )
    sentences += (
        [language.render(N_("{word}."), {"word": language.translate(N_(", ")).join(count_texts)})]
        if count_texts
        else []
    )
    return worst_severity, " ".join(sentences)


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
    figures = audit.metrics
    _print_metrics(console, audit, "pools", figures.pools, title=language.translate(N_("Pools")), lang=lang)
    node_rows, title = _node_rows(audit, language)
    _print_metrics(console, audit, "nodes", node_rows, title=title, lang=lang)
    print_findings(console, audit.findings, lang=lang)
    print_findings(console, audit.notes, lang=lang)
    if message := unchecked_message(audit, lang):
        console.print(Text(message, style=SEVERITY_STYLES[Severity.WARNING]))


def worst_finding(audit: Audit) -> Finding | None:
    """Return the finding to see to first; none where nothing is wrong."""
    return next((finding for finding in audit.findings if finding.severity.rank < Severity.INFO.rank), None)


def unchecked_message(audit: Audit, lang: str = "en") -> str:
    """Say how many checks were left out, and what they need; empty where there are none."""
    if not audit.skipped_checks:
        return ""
    missing_kinds = {kind for _, kinds in audit.skipped_checks for kind in kinds}
    params = {"count": len(audit.skipped_checks), "kinds": ", ".join(sorted(missing_kinds))}
    return get_language(lang).render(N_("{count} checks were skipped: they need {kinds}."), params)


def _node_rows(audit: Audit, language: Language) -> tuple[list[dict[str, Any]], str]:
    """Return the nodes that take fewest pods more, first; in a terminal only so many."""
    rows = nodes_by_headroom(audit)
    title = language.translate(N_("Nodes"))
    if len(rows) > MAX_NODES_SHOWN:
        params = {"shown": MAX_NODES_SHOWN, "nodes": len(rows)}
        title = language.render(N_("The {shown} of {nodes} nodes with room for the fewest further pods"), params)
    return rows[:MAX_NODES_SHOWN], title


def nodes_by_headroom(audit: Audit) -> list[dict[str, Any]]:
    """Return the rows of nodes, those first that take fewest pods more, where that is known."""
    if not audit.scenario.cluster.has_read("IPPool", "IPAMBlock", "Node"):
        return audit.metrics.nodes
    headroom_by_node = tightest_by_node(audit.context.headrooms)
    rows = audit.metrics.nodes
    return sorted(
        rows,
        key=lambda row: (headroom_by_node[row["name"]].pods if row["name"] in headroom_by_node else -1, row["name"]),
    )


def _print_metrics(
    console: Console,
    audit: Audit,
    table_name: str,
    rows: Sequence[dict[str, Any]],
    *,
    title: str,
    lang: str,
) -> None:
    """Print rows of figures; what is unknown says so, what is rounded is marked."""
    if not rows:
        return
    language = get_language(lang)
    by_name = {column.name: column for column in COLUMNS[table_name]}
    known, unknown = known_columns(table_name, rows)
    rounded = audit.metrics.rounded
    key = "cidr" if table_name == "pools" else "name"
    columns = [
        TextColumn(
            name,
            language.translate(by_name[name].heading),
            [
                format_metric(
                    row.get(name),
                    language,
                    column=by_name[name].column_name,
                    rounded=(table_name, row[key], name) in rounded,
                )
                for row in rows
            ],
            is_left_aligned=name in ("name", "cidr"),
        )
        for name in known
    ]
    if len(columns) > 1:
        print_columns(console, columns, title=title, drop_order=_DROP_ORDER[table_name], lang=lang)
    else:  # a column of names is a sentence
        console.print(Text.assemble((f"{title}: ", "bold"), ", ".join(columns[0].texts)))
    if unknown:
        console.print(Text(unknown_metrics_text(audit, [by_name[name] for name in unknown], language)))
        console.print()


def unknown_metrics_text(audit: Audit, metrics: Sequence[Metric], language: Language) -> str:
    """Say of which figures nothing is known, and which kinds of object would tell them; empty where there are none."""
    if not metrics:
        return ""
    cluster = audit.scenario.cluster
    needed = {kind for metric in metrics for kind in metric.required_kinds}
    kinds = [kind for kind in cluster.unknown if kind in needed]
    params = {
        "figures": "; ".join(dict.fromkeys(language.translate(metric.heading) for metric in metrics)),
        "kinds": ", ".join(kinds),
    }
    template = N_("Unknown for lack of {kinds}: {figures}.") if kinds else N_("Unknown: {figures}.")
    return language.render(template, params)


def known_columns(table_name: str, rows: Sequence[Mapping[str, Any]]) -> tuple[list[str], list[str]]:
    """Return the columns of which anything is known, and those to be said to be unknown once, not in every row.

    Of a node a text may tell how many addresses it holds, and not whether they are in its own blocks.
    """
    is_known = {name: any(row.get(name) is not None for row in rows) for name in DISPLAYED[table_name]}
    shown = [name for name, known in is_known.items() if known]
    unknown = [name for name, known in is_known.items() if not known]
    if "own_allocated" in unknown and any(row.get("allocations") is not None for row in rows):
        shown.insert(1 + ("blocks" in shown), "allocations")
        unknown.remove("own_allocated")
    return shown, unknown


def format_metric(value: object, language: Language, *, column: str = "", rounded: bool = False) -> str:
    """Return a figure as text."""
    text = value_text(value, language, column=column, missing=language.translate(UNKNOWN))
    return f"≈{text}" if rounded else text


def count_totals(audit: Audit) -> list[tuple[Metric, object]]:
    """Return the totals that are counts, each with its figure."""
    totals = audit.metrics.totals
    return [
        (metric, totals.get(metric.name)) for metric in TOTAL_METRICS if not isinstance(totals.get(metric.name), list)
    ]


DATAFRAME_HEADINGS = {
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
            language.translate(DATAFRAME_HEADINGS[name]) if name in DATAFRAME_HEADINGS else replace_unprintable(name),
            [cell_text(name, value) for value in column_values(column)],
            is_left_aligned=name not in ("order", "free", "old", "new", "change"),
        )
        for name, column in data.items()  # two pools of a pasted table may have one name
        if name != "code"
    ]
    print_columns(console, columns, drop_order=[name for name in drop_order if name in data], lang=lang)
