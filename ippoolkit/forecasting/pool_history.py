"""Histories of pools: how many addresses and blocks were in use when, and how many there were."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from ..findings import Finding

UNASSIGNED = "no_ippool"  # kube-controllers' label for allocations that belong to no pool


@dataclass(frozen=True, slots=True, order=True)
class Measurement:
    """One row: what was counted in a pool at one time; None is unknown.

    Attributes
    ----------
    time
        With its time zone, in UTC.
    in_use
        Addresses that are allocated.
    capacity
        Addresses of the pool.
    blocks_in_use
        Blocks with an affinity or with addresses.
    blocks
        Blocks that fit in the pool.
    """

    time: datetime
    in_use: int | None = None
    capacity: int | None = None
    blocks_in_use: int | None = None
    blocks: int | None = None


@dataclass(frozen=True, slots=True)
class PoolHistory:
    """The history of one pool, in the order of time."""

    pool: str
    measurements: tuple[Measurement, ...]


@dataclass(frozen=True, slots=True)
class History:
    """The histories of pools, by name, and what was noticed while they were read."""

    pools: tuple[PoolHistory, ...]
    notes: tuple[Finding, ...] = ()


@dataclass(slots=True)
class HistoryCollector:
    """Gathers rows from several sources; what one source knows of a time completes what another knows."""

    rows: dict[str, dict[datetime, Measurement]] = field(default_factory=dict)
    notes: list[Finding] = field(default_factory=list)

    def add(self, pool: str, measurement: Measurement) -> None:
        """Add a row; figures that are known already stay."""
        times = self.rows.setdefault(pool, {})
        known = times.get(measurement.time)
        times[measurement.time] = measurement if known is None else _completed(known, measurement)

    def history(self, sizes: Mapping[str, tuple[int | None, int | None]]) -> History:
        """Return what was gathered.

        Parameters
        ----------
        sizes
            Addresses and blocks of pools, by name, from elsewhere: they fill in what the rows leave out.
        """
        pools = []
        for pool in sorted(self.rows):
            rows: Iterable[Measurement] = (self.rows[pool][time] for time in sorted(self.rows[pool]))
            if pool in sizes:
                addresses, blocks = sizes[pool]
                rows = (
                    replace(
                        row,
                        capacity=addresses if row.capacity is None else row.capacity,
                        blocks=blocks if row.blocks is None else row.blocks,
                    )
                    for row in rows
                )
            pools.append(PoolHistory(pool, tuple(rows)))
        return History(tuple(pools), tuple(self.notes))


def _completed(known: Measurement, further: Measurement) -> Measurement:
    return Measurement(
        known.time,
        *(
            getattr(further, name) if getattr(known, name) is None else getattr(known, name)
            for name in ("in_use", "capacity", "blocks_in_use", "blocks")
        ),
    )


def utc(time: datetime) -> datetime:
    """Return a time in UTC; without a zone it is UTC already."""
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
