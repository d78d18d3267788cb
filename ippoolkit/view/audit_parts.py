"""An audit in words, in columns and as plain data, put together once for pages, Markdown, terminals and JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ..audit import Audit
from ..audit.headroom import tightest_by_node
from ..audit.metric_schema import NODE_METRICS, POOL_METRICS, TOTAL_METRICS, Metric
from ..findings import N_, Finding, Language, Severity, get_language
from .cell_text import NO_VALUE, value_text
from .text_columns import TextColumn

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
METRICS: Mapping[str, Sequence[Metric]] = {"pools": POOL_METRICS, "nodes": NODE_METRICS}
_DISPLAYED: Mapping[str, Sequence[str]] = {"pools": _POOL_COLUMNS, "nodes": _NODE_COLUMNS}


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
    params = {"n": count_by_severity[Severity.ERROR], "w": count_by_severity[Severity.WARNING]}
    sentence = language.render(N_("{n:error}, {w:warning}."), params)
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
    if count_texts:
        counts = language.render(N_("{word}."), {"word": language.translate(N_(", ")).join(count_texts)})
        sentence = f"{sentence} {counts}"
    return min(count_by_severity, key=lambda severity: severity.rank, default=Severity.OK), sentence


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


def nodes_by_headroom(audit: Audit) -> list[dict[str, Any]]:
    """Return the rows of nodes, those first that take fewest pods more, where that is known."""
    rows = audit.metrics.nodes
    if not audit.scenario.cluster.has_read("IPPool", "IPAMBlock", "Node"):
        return rows
    headroom_by_node = tightest_by_node(audit.context.headrooms)
    return sorted(
        rows,
        key=lambda row: (headroom_by_node[row["name"]].pods if row["name"] in headroom_by_node else -1, row["name"]),
    )


def metric_columns(
    audit: Audit, table_name: str, rows: Sequence[Mapping[str, Any]], language: Language, max_rows: int | None = None
) -> tuple[list[TextColumn], list[Metric]]:
    """Return the columns of rows of pools or nodes of which anything is known, and the figures of which nothing is.

    What is rounded is marked. Of a node a text may tell how many addresses it holds, and not whether they are in its
    own blocks.
    """
    is_known = {name: any(row.get(name) is not None for row in rows) for name in _DISPLAYED[table_name]}
    shown = [name for name, known in is_known.items() if known]
    unknown = [name for name, known in is_known.items() if not known]
    if "own_allocated" in unknown and any(row.get("allocations") is not None for row in rows):
        shown.insert(1 + ("blocks" in shown), "allocations")
        unknown.remove("own_allocated")
    metrics = {metric.name: metric for metric in METRICS[table_name]}
    columns = [
        TextColumn(
            name,
            language.translate(metrics[name].heading),
            [
                format_metric(
                    row.get(name),
                    language,
                    column=metrics[name].column_name,
                    rounded=is_rounded(audit, table_name, row, name),
                )
                or NO_VALUE
                for row in rows[:max_rows]
            ],
            is_left_aligned=name in ("name", "cidr"),
        )
        for name in shown
    ]
    return columns, [metrics[name] for name in unknown]


def is_rounded(audit: Audit, table_name: str, row: Mapping[str, Any], name: str) -> bool:
    """Whether a figure of a pool or node is known roughly only."""
    return (table_name, row["cidr" if table_name == "pools" else "name"], name) in audit.metrics.rounded


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
