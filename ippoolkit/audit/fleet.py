"""Audits of many clusters: a line each, worst first; what fails on one leaves the others alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from ..errors import IppoolkitError
from ..findings import N_, Severity
from ..parallel import Journal, item_key, run
from ..read.input_files import list_files
from .cluster_audit import Audit, audit
from .cluster_metrics import pool_name

ADDRESSES, BLOCKS = N_("addresses"), N_("blocks")


@dataclass(frozen=True, slots=True)
class ClusterVerdict:
    """What an audit says of one cluster in a line; None is unknown.

    Attributes
    ----------
    calico
        The release of Calico that it was judged by.
    nodes
        Nodes that exist.
    errors, warnings
        How many findings are errors and warnings.
    pool, limit
        The pool that is fullest, and by what: ``addresses`` or ``blocks``; empty where nothing is known.
    in_use, capacity
        What is in use of it, and how much there is.
    worst
        The most severe finding in words; empty where there is none.
    is_readable
        Whether every file could be read.
    """

    calico: str
    nodes: int | None
    errors: int
    warnings: int
    pool: str
    limit: str
    in_use: int | None
    capacity: int | None
    worst: str
    is_readable: bool

    @property
    def share(self) -> float:
        """The share in use of the fullest pool; 0 where nothing is known."""
        return self.in_use / self.capacity if self.in_use is not None and self.capacity else 0.0


@dataclass(frozen=True, slots=True)
class AuditedCluster:
    """The verdict on one cluster, or why there is none."""

    cluster: str
    verdict: ClusterVerdict | None = None
    error: IppoolkitError | None = None

    @property
    def urgency(self) -> tuple[Any, ...]:
        """What sorts the worst first: what could not be read, then errors, then how full the fullest pool is."""
        verdict = self.verdict
        if verdict is None:
            return (0,)
        return (1, verdict.is_readable, -verdict.errors, -verdict.share, -verdict.warnings)

    @property
    def has_failed(self) -> bool:
        """Whether it could not be read, or an error was found in it."""
        return self.verdict is None or not self.verdict.is_readable or bool(self.verdict.errors)


def audit_fleet(
    sources: Sequence[str],
    pool: Executor,
    *,
    empty_kinds: Sequence[str] = (),
    lang: str = "en",
    results: Journal | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[AuditedCluster]:
    """Audit many clusters, the worst on top.

    Parameters
    ----------
    sources
        Folders and files, one a cluster, by which it is called.
    pool
        The executor: `ippoolkit.parallel.executor` yields one.
    empty_kinds
        Kinds that are known to have no objects, as for `audit`.
    lang
        Language of the most severe finding.
    results
        Where verdicts outlive an interrupted run.
    progress
        Called with how many clusters are done, of how many.
    """
    outcomes = run(
        pool,
        partial(_audit_one, empty_kinds=tuple(empty_kinds), lang=lang),
        sources,
        results=results,
        key=lambda source: item_key(source, list_files(source), "audit", empty_kinds, lang),
        progress=progress,
    )
    clusters = [
        AuditedCluster(source, None if outcome.value is None else ClusterVerdict(**outcome.value), outcome.error)
        for source, outcome in zip(sources, outcomes, strict=True)
    ]
    return sorted(clusters, key=lambda cluster: (cluster.urgency, cluster.cluster))


def _audit_one(source: str, *, empty_kinds: tuple[str, ...], lang: str) -> dict[str, Any]:
    return asdict(cluster_verdict(audit(source, empty_kinds=empty_kinds), lang))


def cluster_verdict(audited: Audit, lang: str = "en") -> ClusterVerdict:
    """Return what an audit says in a line."""
    findings = [*audited.findings, *audited.notes]
    count = Counter(finding.severity for finding in findings)
    severe = [finding for finding in findings if finding.severity in {Severity.ERROR, Severity.WARNING}]
    worst = min(severe, key=lambda finding: finding.severity.rank, default=None)
    pool, limit, in_use, capacity = _fullest(audited.metrics.pools)
    subject = "" if worst is None else str(worst.place or worst.subject)
    return ClusterVerdict(
        calico=str(audited.scenario.release),
        nodes=audited.metrics.totals["nodes"],
        errors=count[Severity.ERROR],
        warnings=count[Severity.WARNING],
        pool=pool,
        limit=limit,
        in_use=in_use,
        capacity=capacity,
        worst="" if worst is None else f"{subject}: {worst.message(lang)}" if subject else worst.message(lang),
        is_readable=not audited.reading.has_unreadable_file,
    )


def _fullest(pools: Sequence[Mapping[str, Any]]) -> tuple[str, str, int | None, int | None]:
    """Return the pool of which the greatest share is in use, and by which limit; the first by name of like ones."""
    candidates = [
        (pool_name(pool), limit, pool[counted], pool[bound])
        for pool in sorted(pools, key=pool_name)
        if not pool["disabled"]
        for limit, counted, bound in (
            (ADDRESSES, "allocated", "capacity"),
            (BLOCKS, "blocks_allocated", "blocks_total"),
        )
        if pool[counted] is not None and pool[bound]
    ]
    return max(candidates, key=lambda row: row[2] / row[3], default=("", "", None, None))
