"""`Audit`: everything that is said about a cluster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd

from ..answer import answer_html, counted
from ..capacity.table_columns import typed_frame
from ..findings import Finding, Severity, fit_to_release, sort_by_severity
from ..model import KindName, Scenario
from ..read import Reading, read
from ..read.input_files import AnyPath
from .checks import CHECKS, AuditContext
from .checks.summary_figures import check_reported_figures
from .cluster_metrics import ClusterMetrics
from .dump_consistency import check_dump_consistency
from .metric_schema import NODE_METRICS, POOL_METRICS, Metric
from .runbook_dumps import name_dumps_for_runbooks

_BLOCK_KINDS: tuple[KindName, ...] = ("IPAMBlock", "BlockAffinity", "IPAMHandle")
# Warnings of what soon fails: they make the exit status 1, as errors do.
_FAILING_WARNINGS = frozenset({"pool-nearly-full", "pool-blocks-claimed"})


@dataclass(frozen=True)
class Audit:
    """A cluster, its figures, and what is wrong with it.

    Attributes
    ----------
    reading
        What was read of the cluster, and what was not understood.
    metrics
        Its figures by pool and node and in total, under Calico's own names (docs/audit.md); None: unknown.
    findings
        What is wrong with it, most severe first.
    skipped_checks
        The checks that were left out, each with the kinds of object that it would need.
    """

    reading: Reading
    metrics: ClusterMetrics
    findings: tuple[Finding, ...]
    skipped_checks: tuple[tuple[str, tuple[str, ...]], ...]

    _repr_html_ = answer_html

    def __repr__(self) -> str:
        return f"<Audit of {self.scenario.name!r}: {counted(len(self.findings), 'finding')}>"

    @property
    def scenario(self) -> Scenario:
        """The cluster as a scenario, to plan on."""
        return self.reading.scenario

    @cached_property
    def context(self) -> AuditContext:
        """The cluster as checks look at it."""
        return AuditContext(self.reading)

    @property
    def has_failed(self) -> bool:
        """Whether there is an error, of the cluster or of an object that could not be read, or a pool nearly full."""
        return any(
            finding.severity is Severity.ERROR or finding.code in _FAILING_WARNINGS
            for finding in (*self.findings, *self.notes)
        )

    @property
    def notes(self) -> tuple[Finding, ...]:
        """What is to be said on how the cluster was read."""
        return (*self.reading.notes, *self.metrics.notes)

    @property
    def pools(self) -> pd.DataFrame:
        """A row a pool; columns as in docs/audit.md, missing where unknown."""
        return _frame(POOL_METRICS, self.metrics.pools)

    @property
    def nodes(self) -> pd.DataFrame:
        """A row a node; columns as in docs/audit.md, missing where unknown."""
        return _frame(NODE_METRICS, self.metrics.nodes)


def audit(*paths: AnyPath, empty_kinds: Iterable[str] = ()) -> Audit:
    """Read a cluster and say what is wrong with it.

    Parameters
    ----------
    paths
        Folders and files in any mix of what kubectl and calicoctl print; a snapshot or another scenario file.
    empty_kinds
        Kinds that are known to have no objects, where kubectl's empty lists leave it open.

    Returns
    -------
    Audit
        Figures and findings; what could not be read is unknown, never 0.

    Raises
    ------
    InputError
        Where nothing at all could be read.
    """
    return audit_reading(read(*paths, empty_kinds=empty_kinds))


def audit_reading(reading: Reading) -> Audit:
    """Say what is wrong with a cluster that was read."""
    reading = _without_absent_blocks(reading)
    scenario = reading.scenario
    context = AuditContext(reading)
    findings: list[Finding] = list(check_dump_consistency(context.index, reading.newest_creation))
    skipped = []
    for check in CHECKS:
        missing = tuple(kind for kind in check.required_kinds if kind in scenario.cluster.unknown)
        if missing:
            skipped.append((check.run.__name__, missing))
        else:
            findings += check.run(context)
    findings += check_reported_figures(context)
    if any(note.code == "annotation-pools" for note in reading.notes):  # which name file and line: said once
        findings = [finding for finding in findings if finding.code != "annotation-malformed"]
    findings = name_dumps_for_runbooks(fit_to_release(findings, scenario.release), scenario.cluster)
    return Audit(reading, context.metrics, tuple(sort_by_severity(findings)), tuple(skipped))


def _without_absent_blocks(reading: Reading) -> Reading:
    """Take blocks for unknown where there is none although pods have addresses of pools: they are kept elsewhere."""
    cluster = reading.scenario.cluster
    pods = 0 if "IPAMBlock" in cluster.unknown else cluster.pods_without_blocks
    if not pods:
        return reading
    unknown = (*cluster.unknown, *(kind for kind in _BLOCK_KINDS if kind not in cluster.unknown))
    scenario = replace(reading.scenario, cluster=replace(cluster, unknown=unknown))
    note = Finding("blocks-absent", params={"pods": pods})
    return replace(reading, scenario=scenario, notes=(*reading.notes, note))


def _frame(metrics: Sequence[Metric], rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    return typed_frame(
        {metric.column_name: metric.kind for metric in metrics},
        [[row.get(metric.name) for metric in metrics] for row in rows],
    )
