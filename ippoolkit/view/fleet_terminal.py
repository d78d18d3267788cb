"""Audits of many clusters in a terminal and as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.text import Text

from ..audit.fleet import AuditedCluster
from ..errors import IppoolkitError
from ..findings import N_, Severity, get_language, replace_unprintable
from .cell_text import NO_VALUE, value_text
from .terminal import SEVERITY_STYLES, print_columns
from .text_columns import row_columns

_DROP_ORDER = ("worst", "limit", "nodes", "calico", "pool")  # in a narrow terminal


def audits_as_dict(clusters: Sequence[AuditedCluster], lang: str = "en") -> dict[str, Any]:
    """Return the verdicts on many clusters as plain values, worst first; null is unknown."""
    return {
        "clusters": [
            cluster_as_dict(cluster.cluster, asdict(cluster.verdict) if cluster.verdict else None, cluster.error, lang)
            for cluster in clusters
        ]
    }


def cluster_as_dict(
    cluster: str, values: dict[str, Any] | None, error: IppoolkitError | None, lang: str
) -> dict[str, Any]:
    """Return what is known of one of many clusters under its name, or why that is nothing."""
    if values is None:
        return {"cluster": cluster, "error": error.describe(lang) if error else ""}
    return {"cluster": cluster, **values}


def print_cluster_error(console: Console, cluster: str, error: IppoolkitError | None, lang: str) -> None:
    """Print why nothing is known of one of many clusters."""
    reason = error.describe(lang) if error else ""
    text = Text(f"{replace_unprintable(cluster)}: {replace_unprintable(reason)}")
    console.print(text, style=SEVERITY_STYLES[Severity.ERROR], soft_wrap=True)


def print_audits(console: Console, clusters: Sequence[AuditedCluster], *, lang: str = "en") -> None:
    """Print a row a cluster, worst first, and above which could not be read."""
    language = get_language(lang)
    translate = language.translate
    rows = []
    for cluster in clusters:
        verdict = cluster.verdict
        if verdict is None:
            print_cluster_error(console, cluster.cluster, cluster.error, lang)
            continue
        rows.append(
            [
                replace_unprintable(cluster.cluster),
                verdict.calico,
                *(value_text(count, language) for count in (verdict.errors, verdict.warnings, verdict.nodes)),
                replace_unprintable(verdict.pool) or NO_VALUE,
                translate(verdict.limit) if verdict.limit else NO_VALUE,
                " / ".join(value_text(count, language) for count in (verdict.in_use, verdict.capacity)),
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
        row_columns(columns, rows),
        title=translate(N_("Clusters, worst first")),
        drop_order=_DROP_ORDER,
        lang=lang,
    )
