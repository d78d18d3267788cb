"""`forecast`: when each pool runs out, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..answer import answer_html
from ..capacity.table_columns import ColumnKind, typed_frame
from ..errors import InputError
from ..findings import N_, Finding, Place
from ..model import Scenario
from .backtest import NO_BACKTEST, Backtest
from .exhaustion import LEAST_POINTS, Exhaustion, exhaustion, random_generator, to_regular_series
from .history_sources import read_history
from .pool_history import History, PoolHistory
from .prometheus_server import PrometheusConnection

if TYPE_CHECKING:
    import pandas as pd

EPOCH = date(1970, 1, 1)
YEAR = 365
DEFAULT_HORIZON = 5 * YEAR
MOST_HORIZON = 50 * YEAR
WITHIN = (30, 90, 365)
ADDRESSES, BLOCKS = N_("addresses"), N_("blocks")
# What each limit counts, and the capacity that it is held against.
LIMITS = {ADDRESSES: ("in_use", "capacity"), BLOCKS: ("blocks_in_use", "blocks")}


@dataclass(frozen=True, slots=True)
class LimitForecast:
    """When one limit of a pool is reached.

    Attributes
    ----------
    pool, limit
        Name of the pool; ``addresses`` or ``blocks``.
    in_use, capacity
        Of the last measurement up to the day of the forecast; None is unknown.
    measured
        Day of that measurement.
    p10, p50, p90
        The first day on which the capacity is reached, with 1, 5 and 9 chances in 10 by then, demand thought to go on
        uncapped; None: not within the horizon, or no forecast.
    probability
        Chance that it is reached within so many days; empty without a forecast.
    backtest
        How good forecasts of this history would have been.
    reason
        Why there is no forecast; None where there is one.
    growth
        Addresses or blocks by which it grows each day at the end of the history; None without a forecast.
    """

    pool: str
    limit: str
    in_use: int | None
    capacity: int | None
    measured: date | None = None
    p10: date | None = None
    p50: date | None = None
    p90: date | None = None
    probability: Mapping[int, float] | None = None
    backtest: Backtest = NO_BACKTEST
    reason: Finding | None = None
    growth: float | None = None

    @property
    def is_reached(self) -> bool:
        """Whether as much is in use as there is."""
        return self.in_use is not None and self.capacity is not None and self.in_use >= self.capacity

    @property
    def urgency(self) -> tuple[Any, ...]:
        """What sorts the limit that is reached first before others."""
        far = date.max
        share = (self.in_use or 0) / self.capacity if self.capacity else 0.0
        chances = [-chance for chance in (self.probability or {}).values()]
        return (self.p50 or far, self.p10 or far, self.reason is not None, chances[::-1], -share)


@dataclass(frozen=True, slots=True)
class Forecast:
    """When pools run out.

    Attributes
    ----------
    as_of
        The day of the forecast: what was measured later was not looked at.
    horizon_days
        How far ahead was looked.
    pools
        For each pool the limit that is reached first; pools that run out first before others.
    limits
        All limits of all pools, in the same order.
    notes
        What was noticed in the histories.
    history
        What was looked at: the history of each pool, by name.
    """

    as_of: date
    horizon_days: int
    pools: tuple[LimitForecast, ...]
    limits: tuple[LimitForecast, ...]
    notes: tuple[Finding, ...] = ()
    history: tuple[PoolHistory, ...] = field(default=(), repr=False)

    _repr_html_ = answer_html

    def __repr__(self) -> str:
        return f"<Forecast of {self.as_of}: {len(self.pools)} pools>"

    def pool_history(self, pool: str) -> PoolHistory:
        """Return the history of a pool up to the day of the forecast.

        Raises
        ------
        KeyError
            Where there is no such pool.
        """
        return {history.pool: history for history in self.history}[pool]

    @property
    def table(self) -> pd.DataFrame:
        """A row a pool, the first to run out on top; columns as in docs/forecast.md."""
        return typed_frame(COLUMNS, [_row(limit) for limit in self.pools])


COLUMNS: dict[str, ColumnKind] = {
    "pool": "text",
    "limit": "text",
    "in_use": "count",
    "capacity": "count",
    **dict.fromkeys(("p10", "p50", "p90"), "object"),
    **{f"within_{days}": "float" for days in WITHIN},
    "windows": "count",
    **dict.fromkeys(("coverage", "error", "line_error"), "float"),
}


def forecast(
    *history: str | Path | History,
    as_of: date | str | None = None,
    horizon_days: int = DEFAULT_HORIZON,
    seed: int = 0,
    pools: Scenario | None = None,
    capacities: Mapping[str, int] | None = None,
    connection: PrometheusConnection | None = None,
) -> Forecast:
    """Say when pools run out, from what was in use in the past.

    Parameters
    ----------
    history
        CSV files ``time,pool,in_use,capacity[,blocks_in_use,blocks]``, JSON answers of Prometheus' ``query_range``,
        folders of dated dumps, addresses of a Prometheus (``http://…``), or one `History`.
    as_of
        The day of the forecast, as a date or YYYY-MM-DD: later measurements are left out. The last day measured if
        left out.
    horizon_days
        How far to look ahead, in days.
    seed
        Of all chance; each pool draws from a source of its own.
    pools
        Scenario whose pools say how many addresses and blocks there are, where the history does not.
    capacities
        Addresses of pools, by name, where neither says.
    connection
        How to reach a Prometheus.

    Returns
    -------
    Forecast
        Pools with the limit each reaches first.

    Raises
    ------
    InputError
        With every problem of every source.
    """
    day, problems = _day(as_of)
    if not 1 <= horizon_days <= MOST_HORIZON:
        problems.append(
            Finding(
                "value-high" if horizon_days > MOST_HORIZON else "value-low",
                params={"value": str(horizon_days), "bound": MOST_HORIZON if horizon_days > 1 else 1},
                place=Place("forecast", field="horizon_days"),
            )
        )
    if problems:
        raise InputError(problems)
    until = None if day is None else datetime.combine(day + timedelta(days=1), datetime.min.time(), UTC)
    whole_history = next((source for source in history if isinstance(source, History)), None) or read_history(
        *(source for source in history if not isinstance(source, History)),
        pools=pools,
        capacities=capacities,
        connection=connection,
        until=until,
    )
    times = [row.time.date() for pool in whole_history.pools for row in pool.measurements]
    today = day or max(times, default=EPOCH)
    limits: list[LimitForecast] = []
    notes = list(whole_history.notes)
    used_histories: list[PoolHistory] = []
    for pool in sorted(whole_history.pools, key=lambda history: history.pool):
        rows = PoolHistory(pool.pool, tuple(row for row in pool.measurements if row.time.date() <= today))
        used_histories.append(rows)
        limits += forecast_pool(rows, today, horizon_days, seed)
        notes += _above_capacity(rows)
    nearest_limits = {pool: min(group, key=lambda limit: limit.urgency) for pool, group in _by_pool(limits).items()}
    order = sorted(nearest_limits.values(), key=lambda limit: (limit.urgency, limit.pool))
    rank = {limit.pool: position for position, limit in enumerate(order)}
    limits.sort(key=lambda limit: (rank[limit.pool], limit.urgency))
    return Forecast(today, horizon_days, tuple(order), tuple(limits), tuple(notes), tuple(used_histories))


def forecast_pool(pool: PoolHistory, as_of: date, horizon_days: int, seed: int) -> list[LimitForecast]:
    """Return the forecast of each limit of a pool; blocks only where the history knows them."""
    limits = [ADDRESSES, *([BLOCKS] if any(row.blocks_in_use is not None for row in pool.measurements) else [])]
    return [_forecast_limit(pool, limit, as_of, horizon_days, seed) for limit in limits]


def _forecast_limit(pool: PoolHistory, limit: str, as_of: date, horizon_days: int, seed: int) -> LimitForecast:
    counted, bound = LIMITS[limit]
    rows = [(row.time.date(), getattr(row, counted)) for row in pool.measurements if getattr(row, counted) is not None]
    capacity = next((size for row in reversed(pool.measurements) if (size := getattr(row, bound)) is not None), None)
    if not rows:
        finding = Finding("forecast-few", pool.pool, {"count": 0, "least": LEAST_POINTS})
        return LimitForecast(pool.pool, limit, None, capacity, reason=finding)
    measured, in_use = rows[-1]
    grid = to_regular_series(
        np.array([(day - EPOCH).days for day, _ in rows]), np.array([float(count) for _, count in rows])
    )
    points = int(grid.measured.sum())
    if capacity is not None and in_use >= capacity:
        return LimitForecast(
            pool.pool, limit, in_use, capacity, measured, as_of, as_of, as_of, dict.fromkeys(WITHIN, 1.0)
        )
    reason: Finding | None = None
    if capacity is None:
        reason = Finding("forecast-no-capacity", pool.pool)
    elif points < LEAST_POINTS:
        reason = Finding("forecast-few", pool.pool, {"count": points, "least": LEAST_POINTS})
    if reason is not None or capacity is None:
        return LimitForecast(pool.pool, limit, in_use, capacity, measured, reason=reason)
    ahead = (as_of - EPOCH).days - grid.last_day
    passage = exhaustion(grid, float(capacity), horizon_days + ahead, random_generator(seed, pool.pool, limit))
    undated = LimitForecast(
        pool.pool, limit, in_use, capacity, measured, backtest=passage.backtest, growth=passage.growth
    )
    return _dated(undated, passage, as_of, ahead)


def _dated(undated: LimitForecast, passage: Exhaustion, as_of: date, ahead: int) -> LimitForecast:
    """Turn days after the last value into dates; what would have been reached by now is reached next."""
    days: npt.NDArray[np.float64] = np.maximum(passage.days - ahead, 1)
    quantiles = np.quantile(days, (0.1, 0.5, 0.9), method="inverted_cdf")
    p10, p50, p90 = (as_of + timedelta(days=int(day)) if np.isfinite(day) else None for day in quantiles)
    chances = {within: float((days <= within).mean()) for within in WITHIN}
    return replace(undated, p10=p10, p50=p50, p90=p90, probability=chances)


def _day(value: date | str | None) -> tuple[date | None, list[Finding]]:
    if value is None or isinstance(value, date):
        return value, []
    try:
        return date.fromisoformat(value), []
    except ValueError:
        return None, [Finding("type-date", params={"value": value}, place=Place("forecast", field="as_of"))]


def _by_pool(limits: Sequence[LimitForecast]) -> dict[str, list[LimitForecast]]:
    groups: dict[str, list[LimitForecast]] = {}
    for limit in limits:
        groups.setdefault(limit.pool, []).append(limit)
    return groups


def _above_capacity(pool: PoolHistory) -> list[Finding]:
    """Say how many rows are above the capacity, and the first of them."""
    notes = []
    for limit, (counted, bound) in LIMITS.items():
        above = [
            (row.time, value, capacity)
            for row in pool.measurements
            if (value := getattr(row, counted)) is not None
            and (capacity := getattr(row, bound)) is not None
            and value > capacity
        ]
        if above:
            time, value, capacity = above[0]
            params = {
                "count": len(above),
                "value": value,
                "bound": capacity,
                "time": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
            code = "history-above-capacity" if limit == ADDRESSES else "history-above-blocks"
            notes.append(Finding(code, pool.pool, params))
    return notes


def _row(limit: LimitForecast) -> list[Any]:
    chances = limit.probability or {}
    backtest = limit.backtest
    return [
        limit.pool,
        limit.limit,
        limit.in_use,
        limit.capacity,
        limit.p10,
        limit.p50,
        limit.p90,
        *(chances.get(within) for within in WITHIN),
        backtest.windows,
        backtest.coverage,
        backtest.error,
        backtest.line_error,
    ]
