"""Two dumps of one cluster compared: what changed, and what that means for capacity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import datetime
from math import ceil
from typing import Any

import pandas as pd

from ..capacity.table_columns import typed_frame
from ..findings import N_, Finding, LocalizedText, sort_by_severity
from ..model import KindName
from .checks.context import names_params
from .cluster_audit import Audit
from .cluster_metrics import pool_name
from .metric_schema import HEADINGS

_TOTAL_METRICS = (
    "nodes",
    "pods",
    "blocks",
    "allocations",
    "borrowed",
    "blocks_empty",
    "blocks_without_affinity",
    "leaked",
    "pods_without_ip",
    "handles",
)
_POOL_METRICS = ("allocated", "free", "blocks_allocated", "blocks_empty", "borrowed")
_FIGURE_OF_POOL = N_("{pool}: {figure}")
_SECONDS_PER_DAY = 86_400
_TABLE_NOTES = frozenset(
    {"blocks-incomplete", "figure-differs", "check-cut", "table-row", "command-failed", "file-cut"}
)


def diff(old: Audit, new: Audit, *, days: float | None = None) -> list[Finding]:
    """Say what changed between two dumps, most severe first; see `ippoolkit.diff`."""
    days_apart = days if days is not None else days_between(old, new)
    return sort_by_severity(
        [
            *_object_changes(old, new),
            *_pool_growth(old, new, days_apart),
            *_finding_changes(old, new),
            *_unreliable_tables(old),
            *_unknown_figures(old, new),
        ]
    )


def metric_changes(old: Audit, new: Audit) -> pd.DataFrame:
    """Return the figures of both: ``of`` (a pool; empty: the whole), ``figure``, ``old``, ``new``, ``change``.

    What is unknown is missing.
    """
    rows = [
        (subject, name, before, after, None if before is None or after is None else after - before)
        for subject, name, before, after in _figures_of_both(old, new)
    ]
    return typed_frame({"of": "text", "figure": "text", "old": "count", "new": "count", "change": "count"}, rows)


def _figures_of_both(old: Audit, new: Audit) -> list[tuple[str, str, int | None, int | None]]:
    """Return of each figure the pool (empty: the whole), its name and both values; None: unknown."""
    figures: list[tuple[str, str, int | None, int | None]] = [
        ("", name, old.metrics.totals.get(name), new.metrics.totals.get(name)) for name in _TOTAL_METRICS
    ]
    old_rows = _rows_by_cidr(old)
    for row in new.metrics.pools:
        old_row = old_rows.get(row["cidr"], {})
        figures += [(pool_name(row), name, old_row.get(name), row[name]) for name in _POOL_METRICS]
    return figures


def _rows_by_cidr(audit: Audit) -> dict[str, Mapping[str, Any]]:
    return {row["cidr"]: row for row in audit.metrics.pools}


def days_between(old: Audit, new: Audit) -> float | None:
    """Return the days between the youngest objects of both; None where that is unknown."""
    stamps = [max(audit.reading.newest_creation.values(), default="") for audit in (old, new)]
    try:
        first, second = (datetime.fromisoformat(stamp) for stamp in stamps)
    except ValueError:
        return None
    return max((second - first).total_seconds() / _SECONDS_PER_DAY, 0) or None


def _object_changes(old: Audit, new: Audit) -> Iterator[Finding]:
    kinds: tuple[tuple[KindName, str], ...] = (
        ("IPPool", "pools"),
        ("Node", "nodes"),
        ("IPReservation", "reservations"),
    )
    old_cluster, new_cluster = old.scenario.cluster, new.scenario.cluster
    for kind, attribute in kinds:
        if not (old_cluster.has_read(kind) and new_cluster.has_read(kind)):
            continue
        old_objects = {item.name: item for item in getattr(old_cluster, attribute)}
        new_objects = {item.name: item for item in getattr(new_cluster, attribute)}
        for code, names in (
            ("diff-added", new_objects.keys() - old_objects.keys()),
            ("diff-gone", old_objects.keys() - new_objects.keys()),
        ):
            if names:
                yield Finding(code, kind, {"kind": kind, **names_params(sorted(names))})
        if kind == "IPPool":
            for name in sorted(old_objects.keys() & new_objects.keys()):
                yield from _field_changes(f"IPPool/{name}", old_objects[name], new_objects[name])
    if old_cluster.has_read("IPAMConfiguration") and new_cluster.has_read("IPAMConfiguration"):
        yield from _field_changes("IPAMConfiguration/default", old_cluster.ipam, new_cluster.ipam)


def _field_changes(subject: str, old_object: Any, new_object: Any) -> Iterator[Finding]:
    for name in (field.name for field in fields(old_object)):
        old_value, new_value = getattr(old_object, name), getattr(new_object, name)
        if old_value != new_value and name not in ("labels", "annotations"):
            code = "diff-size-changed" if name in ("block_size", "cidr") else "diff-changed"
            yield Finding(code, subject, {"field": name, "before": str(old_value), "after": str(new_value)})


def _pool_growth(old: Audit, new: Audit, days: float | None) -> Iterator[Finding]:
    old_rows = _rows_by_cidr(old)
    for row in new.metrics.pools:
        old_row = old_rows.get(row["cidr"])
        if not old_row or row["allocated"] is None or old_row["allocated"] is None:
            continue
        if row["blocks_allocated"] is None or old_row["blocks_allocated"] is None:
            yield from _address_growth(old_row, row, days)
            continue
        address_growth = row["allocated"] - old_row["allocated"]
        block_growth = row["blocks_allocated"] - old_row["blocks_allocated"]
        params = {
            "addresses": address_growth,
            "blocks": block_growth,
            "left": row["blocks_total"] - row["blocks_allocated"] if row["blocks_total"] is not None else "?",
        }
        subject = f"IPPool/{pool_name(row)}"
        if not address_growth and not block_growth:
            continue
        if days and block_growth > 0 and params["left"] != "?":
            days_left = ceil(params["left"] * days / block_growth)
            yield Finding("diff-pace", subject, {**params, "days": days_left, "span": round(days, 1)})
        else:
            yield Finding("diff-use", subject, params)


def _address_growth(old_row: Mapping[str, Any], row: Mapping[str, Any], days: float | None) -> Iterator[Finding]:
    """Say how long the addresses last where a text tells nothing of blocks, or only on one side."""
    growth, free = row["allocated"] - old_row["allocated"], row["free"]
    if free is None or not growth:
        return
    subject = f"IPPool/{pool_name(row)}"
    if days and growth > 0:
        params = {"addresses": growth, "free": free, "days": ceil(free * days / growth), "span": round(days, 1)}
        yield Finding("diff-pace-addresses", subject, params)
    else:
        yield Finding("diff-use-addresses", subject, {"addresses": growth, "free": free})
    total, claimed = row["blocks_total"], row["blocks_allocated"]
    if total is not None and claimed is not None:
        yield Finding("diff-blocks-left", subject, {"left": total - claimed, "blocks": total})


def _unknown_figures(old: Audit, new: Audit) -> Iterator[Finding]:
    """Name the figures that only one of the two dumps tells."""
    figures = tuple(
        LocalizedText(_FIGURE_OF_POOL, pool=subject, figure=heading) if subject else heading
        for subject, name, before, after in _figures_of_both(old, new)
        for heading in [LocalizedText(HEADINGS[name])]
        if (before is None) != (after is None)
    )
    if figures:
        yield Finding("diff-unknown", "", {"figures": figures})


def _unreliable_tables(old: Audit) -> Iterator[Finding]:
    """Repeat what is wrong with the texts of the earlier dump: its figures are what the change is counted from."""
    yield from (note for note in old.notes if note.code in _TABLE_NOTES)


def _finding_changes(old: Audit, new: Audit) -> Iterator[Finding]:
    """Tell which findings are new, and which are gone."""
    old_keys = {(finding.code, finding.subject) for finding in old.findings if finding.severity.rank < 2}
    new_findings = [finding for finding in new.findings if finding.severity.rank < 2]
    yield from (finding for finding in new_findings if (finding.code, finding.subject) not in old_keys)
    new_keys = {(finding.code, finding.subject) for finding in new_findings}
    lost_subjects = _subjects_without_figures(old, new)
    is_check_lost = not set(new.skipped_checks) <= set(old.skipped_checks)
    lost_codes: dict[str, set[str]] = {"diff-findings-gone": set(), "diff-findings-unknown": set()}
    for code, subject in old_keys - new_keys:
        is_unknown = is_check_lost or (subject if subject.startswith("IPPool/") else "") in lost_subjects
        lost_codes["diff-findings-unknown" if is_unknown else "diff-findings-gone"].add(code)
    for diff_code, codes in lost_codes.items():
        if codes:
            yield Finding(diff_code, "", {"count": len(codes), "which": ", ".join(sorted(codes))})


def _subjects_without_figures(old: Audit, new: Audit) -> set[str]:
    """Return the pools, by all their names, of which the newer dump lacks a figure; empty for the whole cluster."""
    old_totals, new_totals = old.metrics.totals, new.metrics.totals
    subjects = {"" for name in _TOTAL_METRICS if old_totals.get(name) is not None and new_totals.get(name) is None}
    new_rows = _rows_by_cidr(new)
    for row in old.metrics.pools:
        new_row = new_rows.get(row["cidr"], {})
        is_gone = not new_row and new.scenario.cluster.has_read("IPPool")
        if not is_gone and any(row[name] is not None and new_row.get(name) is None for name in _POOL_METRICS):
            names = (row["name"], row["cidr"], new_row.get("name"))
            subjects |= {f"IPPool/{name}" for name in names}
    return subjects
