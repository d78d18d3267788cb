"""Audits of many clusters in a terminal and as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..audit.fleet import AuditedCluster
from ..findings import N_, Severity, get_language, replace_unprintable
from .cell_text import NO_VALUE
from .terminal import SEVERITY_STYLES

# In a narrower terminal what is wrong stands only in --json.
WIDE = 110


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
    words = get_language(lang)
    is_wide = console.width >= WIDE
    table = Table(title=Text(words.translate(N_("Clusters, worst first"))), box=None, pad_edge=False)
    table.title_justify, table.title_style = "left", "bold"
    table.add_column(words.translate(N_("cluster")), overflow="fold")
    table.add_column(words.translate(N_("Calico")), no_wrap=True)
    for heading in (N_("nodes"), N_("errors"), N_("warnings")):
        table.add_column(words.translate(heading), justify="right")
    table.add_column(words.translate(N_("fullest pool")), overflow="fold")
    table.add_column(words.translate(N_("limit")), no_wrap=True)
    in_use, capacity = words.translate(N_("in use")), words.translate(N_("capacity"))
    table.add_column(f"{in_use} / {capacity}", justify="right", overflow="fold")
    if is_wide:
        table.add_column(words.translate(N_("most severe finding")), overflow="fold")
    for cluster in clusters:
        verdict = cluster.verdict
        if verdict is None:
            reason = cluster.error.describe(lang) if cluster.error else ""
            text = f"{replace_unprintable(cluster.cluster)}: {replace_unprintable(reason)}"
            console.print(Text(text), style=SEVERITY_STYLES[Severity.ERROR], soft_wrap=True)
            continue
        counts = (verdict.nodes, verdict.errors, verdict.warnings)
        used = (verdict.in_use, verdict.capacity)
        cells = [
            replace_unprintable(cluster.cluster),
            verdict.calico,
            *(NO_VALUE if count is None else words.format_number(count) for count in counts),
            replace_unprintable(verdict.pool) or NO_VALUE,
            words.translate(verdict.limit) if verdict.limit else NO_VALUE,
            " / ".join(NO_VALUE if count is None else words.format_number(count) for count in used),
            *([replace_unprintable(verdict.worst) or NO_VALUE] if is_wide else []),
        ]
        style = SEVERITY_STYLES[Severity.ERROR] if cluster.has_failed else ""
        table.add_row(*map(Text, cells), style=style)
    console.print(table)
