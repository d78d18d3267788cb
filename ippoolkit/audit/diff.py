"""Two dumps of one cluster compared: what changed, and what that means for capacity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime
from math import ceil
from typing import Any

import pandas as pd

from ..findings import Finding, by_gravity
from ..model import Kind
from .audit import Audit
from .checks.site import several

_COUNTED = (
    "nodes", "pods", "blocks", "allocations", "borrowed", "blocks_empty", "blocks_without_affinity", "leaked",
    "pods_without_ip", "handles",
)  # fmt: skip
_OF_POOLS = ("allocated", "free", "blocks_allocated", "blocks_empty", "borrowed")
_DAY = 86_400


def diff(old: Audit, new: Audit, *, days: float | None = None) -> list[Finding]:
    """Say what changed between two dumps, gravest first.

    Parameters
    ----------
    old, new
        The audits of both.
    days
        Days between them; if left out, those between their youngest objects.
    """
    span = days if days is not None else days_between(old, new)
    return by_gravity([*_objects(old, new), *_pools(old, new, span), *_findings(old, new)])


def changes(old: Audit, new: Audit) -> pd.DataFrame:
    """Return the figures of both: ``of`` (a pool; empty: the whole), ``figure``, ``old``, ``new``, ``change``."""
    rows: list[tuple[Any, ...]] = [
        ("", name, old.figures.totals.get(name), new.figures.totals.get(name)) for name in _COUNTED
    ]
    before = {row["cidr"]: row for row in old.figures.pools}
    for row in new.figures.pools:
        then = before.get(row["cidr"], {})
        rows += [(row["name"] or row["cidr"], name, then.get(name), row[name]) for name in _OF_POOLS]
    table = pd.DataFrame(rows, columns=["of", "figure", "old", "new"], dtype=object)
    table["change"] = pd.Series(
        [None if was is None or now is None else now - was for _, _, was, now in rows], dtype=object
    )
    return table.where(table.notna(), None)


def days_between(old: Audit, new: Audit) -> float | None:
    """Return the days between the youngest objects of both; None where that is unknown."""
    stamps = [max(audit.reading.newest.values(), default="") for audit in (old, new)]
    try:
        first, second = (datetime.fromisoformat(stamp) for stamp in stamps)
    except ValueError:
        return None
    return max((second - first).total_seconds() / _DAY, 0) or None


def _objects(old: Audit, new: Audit) -> Iterator[Finding]:
    kinds: tuple[tuple[Kind, str], ...] = (("IPPool", "pools"), ("Node", "nodes"), ("IPReservation", "reservations"))
    for kind, into in kinds:
        if not (old.scenario.cluster.knows(kind) and new.scenario.cluster.knows(kind)):
            continue
        before = {each.name: each for each in getattr(old.scenario.cluster, into)}
        after = {each.name: each for each in getattr(new.scenario.cluster, into)}
        for code, names in (("diff-added", after.keys() - before.keys()), ("diff-gone", before.keys() - after.keys())):
            if names:
                numbers = {"kind": kind, "count": len(names), "which": several(sorted(names)), "all": sorted(names)}
                yield Finding(code, kind, numbers)
        if kind == "IPPool":
            for name in sorted(before.keys() & after.keys()):
                yield from _changed(f"IPPool/{name}", before[name], after[name])
    ipam = old.scenario.cluster.ipam, new.scenario.cluster.ipam
    yield from _changed("IPAMConfiguration/default", *ipam)


def _changed(subject: str, before: Any, after: Any) -> Iterator[Finding]:
    for each in fields(before):
        was, now = getattr(before, each.name), getattr(after, each.name)
        if was != now and each.name not in ("labels", "annotations"):
            code = "diff-size-changed" if each.name in ("block_size", "cidr") else "diff-changed"
            yield Finding(code, subject, {"field": each.name, "before": str(was), "after": str(now)})


def _pools(old: Audit, new: Audit, days: float | None) -> Iterator[Finding]:
    before = {row["cidr"]: row for row in old.figures.pools}
    for row in new.figures.pools:
        then = before.get(row["cidr"])
        if not then or None in (row["allocated"], then["allocated"], row["blocks_allocated"], then["blocks_allocated"]):
            continue
        used, blocks = row["allocated"] - then["allocated"], row["blocks_allocated"] - then["blocks_allocated"]
        numbers = {
            "addresses": used,
            "blocks": blocks,
            "left": row["blocks_total"] - row["blocks_allocated"] if row["blocks_total"] is not None else "?",
        }
        subject = f"IPPool/{row['name'] or row['cidr']}"
        if not used and not blocks:
            continue
        if days and blocks > 0 and numbers["left"] != "?":
            until = ceil(numbers["left"] * days / blocks)
            yield Finding("diff-pace", subject, {**numbers, "days": until, "span": round(days, 1)})
        else:
            yield Finding("diff-use", subject, numbers)


def _findings(old: Audit, new: Audit) -> Iterator[Finding]:
    """Tell which findings are new, and which are gone."""
    before = {(each.code, each.subject) for each in old.findings if each.severity.rank < 2}
    now = [each for each in new.findings if each.severity.rank < 2]
    yield from (each for each in now if (each.code, each.subject) not in before)
    left = {(each.code, each.subject) for each in now}
    gone = sorted({code for code, subject in before - left})
    if gone:
        yield Finding("diff-findings-gone", "", {"count": len(gone), "which": ", ".join(gone)})
