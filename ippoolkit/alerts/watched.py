"""What alerts watch: pools, what they hold, and how fast they fill."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from ..analysis import analyse
from ..calico.limits import DEFAULT_MAX_BLOCKS_PER_HOST
from ..errors import InputError
from ..findings import Finding, Place
from ..forecasting import Forecast, LimitForecast
from ..forecasting.pool_forecast import BLOCKS
from ..model import Scenario

DAYS_PER_MONTH = 365 / 12
# Without growth that was measured or planned: shares of the capacity that warn and page; with it, the most they are.
WARN_SHARE, PAGE_SHARE = 0.80, 0.90
MOST_WARN_SHARE, MOST_PAGE_SHARE = 0.90, 0.95


@dataclass(frozen=True, slots=True)
class Quantity:
    """Addresses or blocks of the pools watched: how many there are, and how many more are in use each day.

    `per_day` is None where nothing is known of growth.
    """

    capacity: int
    per_day: float | None = None

    def threshold(self, lead: AlertThreshold, share: float, most_share: float) -> int:
        """Return from how many in use on an alert fires.

        With growth it leaves the lead time, and is never above `most_share` of the capacity; without, it is `share` of
        the capacity. It is never below 1, since 0 in use is no alarm.
        """
        if lead.share is not None:
            count = math.ceil(lead.share * self.capacity)
        elif self.per_day is None:
            count = math.ceil(share * self.capacity)
        else:
            needed = math.floor(self.capacity - self.per_day * lead.days)
            count = min(needed, math.ceil(most_share * self.capacity))
        return max(1, min(count, self.capacity))


@dataclass(frozen=True, slots=True)
class AlertThreshold:
    """When to alert: so many days before the capacity is reached, or at a share of it."""

    days: float = 0.0
    share: float | None = None

    @classmethod
    def parse(cls, text: str, option: str) -> AlertThreshold:
        """Read ``30d``, ``36h``, ``6w`` or ``80%``.

        Raises
        ------
        InputError
            Where it is none of these.
        """
        units = {"h": 1 / 24, "d": 1.0, "w": 7.0}
        number, unit = text[:-1].strip(), text[-1:]
        try:
            value = float(number)
        except ValueError:
            value = math.nan
        if unit == "%" and 0 < value <= 100:
            return cls(share=value / 100)
        if unit in units and 0 <= value < math.inf:
            return cls(days=value * units[unit])
        raise InputError([Finding("alerts-lead", params={"value": text}, place=Place(option))])

    def __str__(self) -> str:
        return f"{self.days:g} days" if self.share is None else f"{self.share:.0%}"


@dataclass(frozen=True, slots=True)
class WatchedPools:
    """Pools that are watched together: one, or those of a family among which growth is not divided.

    Attributes
    ----------
    name
        What alerts call them.
    pools
        Their names, as kube-controllers labels them.
    addresses, blocks
        What they hold; blocks are None where the block size is unknown.
    nodes_to_come
        Nodes that are planned and need a block each.
    """

    name: str
    pools: tuple[str, ...]
    addresses: Quantity
    blocks: Quantity | None = None
    nodes_to_come: int = 0


@dataclass(frozen=True, slots=True)
class Watch:
    """Everything that alerts are computed for; `max_blocks` is how many blocks one node may hold."""

    pools: tuple[WatchedPools, ...]
    max_blocks: int = DEFAULT_MAX_BLOCKS_PER_HOST


def watch_scenario(scenario: Scenario) -> Watch:
    """Watch the pools of a design; the growth of a family is the plan's.

    Raises
    ------
    InputError
        Where there is no pool.
    """
    pools = [pool for pool in scenario.cluster.pools if not pool.disabled]
    if not pools:
        raise InputError([Finding("nothing-read", place=Place(scenario.name))])
    table = analyse(scenario).growth() if scenario.plan.groups else None
    watched = []
    for version in sorted({pool.version for pool in pools}):
        family = [pool for pool in pools if pool.version == version]
        rates: dict[str, float | None] = {"addresses_needed": None, "blocks_needed": None}
        nodes_to_come = 0
        if table is not None and scenario.plan.months:
            rows = table[table["family"] == version]
            span = scenario.plan.months * DAYS_PER_MONTH
            rates = {name: (int(rows[name].iloc[-1]) - int(rows[name].iloc[0])) / span for name in rates}
            nodes_to_come = sum(group.nodes_after(scenario.plan.months) - group.nodes for group in scenario.plan.groups)
        watched.append(
            WatchedPools(
                family[0].name if len(family) == 1 else f"IPv{version}",
                tuple(pool.name for pool in family),
                Quantity(sum(pool.cidr.size for pool in family), rates["addresses_needed"]),
                Quantity(sum(pool.block_count for pool in family), rates["blocks_needed"]),
                nodes_to_come,
            )
        )
    max_blocks_per_host = scenario.cluster.ipam.max_blocks_per_host
    return Watch(tuple(watched), max_blocks_per_host or DEFAULT_MAX_BLOCKS_PER_HOST)


def watch_forecast(forecast: Forecast) -> Watch:
    """Watch the pools of a history; growth is what leads to the early date, that with 1 chance in 10."""
    groups: dict[str, list[LimitForecast]] = {}
    for limit in sorted(forecast.limits, key=lambda limit: limit.pool):
        groups.setdefault(limit.pool, []).append(limit)
    watched = []
    for pool, limits in groups.items():
        addresses = _quantity((limit for limit in limits if limit.limit != BLOCKS), forecast)
        if addresses is not None:
            blocks = _quantity((limit for limit in limits if limit.limit == BLOCKS), forecast)
            watched.append(WatchedPools(pool, (pool,), addresses, blocks))
    if not watched:
        raise InputError([Finding("forecast-no-capacity", place=Place(pool)) for pool in groups])
    return Watch(tuple(watched))


def _quantity(limits: Iterable[LimitForecast], forecast: Forecast) -> Quantity | None:
    for limit in limits:
        if limit.capacity is None or limit.in_use is None:
            return None
        if limit.reason is not None:
            return Quantity(limit.capacity)
        if limit.p10 is None:
            return Quantity(limit.capacity, 0.0)
        days = max(1, (limit.p10 - forecast.as_of).days)
        return Quantity(limit.capacity, max(0, limit.capacity - limit.in_use) / days)
    return None
