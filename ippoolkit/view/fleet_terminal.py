"""Audits of many clusters in a terminal and as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.text import Text

from ..audit.fleet import AuditedCluster
from ..findings import N_, Severity, get_language, replace_unprintable
from .cell_text import NO_VALUE
from .terminal import SEVERITY_STYLES, TextColumn, print_columns

_DROP_ORDER = ("worst", "limit", "nodes", "calico", "pool")  # in a narrow terminal


def audits_data(clusters: Sequence[AuditedCluster], lang: str = "en") -> dict[str, Any]:
    """Return the verdicts on many clusters as plain values, worst first; null is unknown."""
    return {
        "clusters": [
            {"cluster": cluster.cluster, **asdict(cluster.verdict)}
            if cluster.verdict is not None
            else {"cluster": cluster.cluster, "error": cluster.error.describe(lang) if cluster.error else ""}
            for cluster in clusters
        ]
    }


def print_audits(console: Console, clusters: Sequence[AuditedCluster], *, lang: str = "en") -> None:
    """Print a row a cluster, worst first, and above which could not be read."""
    language = get_language(lang)
    translate = language.translate
    rows = []
    for cluster in clusters:
        verdict = cluster.verdict
        if verdict is None:
            reason = cluster.error.describe(lang) if cluster.error else ""
            text = f"{replace_unprintable(cluster.cluster)}: {replace_unprintable(reason)}"
            console.print(Text(text), style=SEVERITY_STYLES[Severity.ERROR], soft_wrap=True)
            continue
        counts = (verdict.errors, verdict.warnings, verdict.nodes)
        used = (verdict.in_use, verdict.capacity)
        rows.append(
            [
                replace_unprintable(cluster.cluster),
                verdict.calico,
                *(NO_VALUE if count is None else language.format_number(count) for count in counts),
                replace_unprintable(verdict.pool) or NO_VALUE,
                translate(verdict.limit) if verdict.limit else NO_VALUE,
                " / ".join(NO_VALUE if count is None else language.format_number(count) for count in used),
                replace_unprintable(verdict.worst) or NO_VALUE,
            ]
        )
    columns = (
        ("cluster", translate(N_("cluster")), True),
        ("calico", translate(N_("Calico")), True),
        ("errors", translate(N_("errors")), False),
        ("warnings", translate(N_("warnings")), False),
        ("nodes", translate(N_("nodes")), False),
        ("pool", translate(N_("fullest pool")), True),
        ("limit", translate(N_("limit")), True),
        ("in_use", " / ".join((translate(N_("in use")), translate(N_("capacity")))), False),
        ("worst", translate(N_("most severe finding")), True),
    )
    print_columns(
        console,
        [
            TextColumn(name, heading, [row[position] for row in rows], is_left_aligned=is_left)
            for position, (name, heading, is_left) in enumerate(columns)
        ],
        title=translate(N_("Clusters, worst first")),
        drop_order=_DROP_ORDER,
        lang=lang,
    )
