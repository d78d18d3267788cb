"""Forecasts of many clusters: each source is a cluster of its own, and what fails on one leaves the others alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from ..errors import IppoolkitError
from ..parallel import Journal, item_key, run
from ..read.input_files import list_files
from .pool_forecast import DEFAULT_HORIZON, Forecast, LimitForecast, forecast
from .stored import from_plain, to_plain


@dataclass(frozen=True, slots=True)
class ClusterForecast:
    """The forecast of one cluster, or why there is none."""

    cluster: str
    forecast: Forecast | None = None
    error: IppoolkitError | None = None

    @property
    def urgency(self) -> tuple[Any, ...]:
        """What sorts clusters that run out first before others; those that could not be read come first of all."""
        if self.forecast is None:
            return (0,)
        return (1, *(self.forecast.pools[0].urgency if self.forecast.pools else (date.max,)))


def forecast_fleet(
    sources: Sequence[str],
    pool: Executor,
    *,
    as_of: str | None = None,
    horizon_days: int = DEFAULT_HORIZON,
    seed: int = 0,
    results: Journal | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[ClusterForecast]:
    """Forecast many clusters, the first to run out on top.

    Parameters
    ----------
    sources
        Histories as `forecast` reads them, one a cluster, by which it is called.
    pool
        The executor: `ippoolkit.parallel.executor` yields one.
    as_of, horizon_days, seed
        As for `forecast`.
    results
        Where forecasts outlive an interrupted run.
    progress
        Called with how many clusters are done, of how many.
    """
    call = partial(_forecast_one, as_of=as_of, horizon_days=horizon_days, seed=seed)
    outcomes = run(
        pool,
        call,
        sources,
        results=results,
        key=lambda source: item_key(source, list_files(source), as_of, horizon_days, seed),
        progress=progress,
    )
    clusters = [
        ClusterForecast(source, None if outcome.value is None else from_plain(outcome.value), outcome.error)
        for source, outcome in zip(sources, outcomes, strict=True)
    ]
    return sorted(clusters, key=lambda cluster: (cluster.urgency, cluster.cluster))


def _forecast_one(source: str, *, as_of: str | None, horizon_days: int, seed: int) -> dict[str, Any]:
    # The rows themselves stay where they were read.
    return to_plain(replace(forecast(source, as_of=as_of, horizon_days=horizon_days, seed=seed), history=()))


def fleet_rows(clusters: Sequence[ClusterForecast]) -> list[tuple[str, LimitForecast | None, IppoolkitError | None]]:
    """Return a row for each pool of each cluster, and one for each cluster without a forecast; worst first."""
    rows: list[tuple[str, LimitForecast | None, IppoolkitError | None]] = []
    for cluster in clusters:
        if cluster.forecast is None:
            rows.append((cluster.cluster, None, cluster.error))
        else:
            rows += [(cluster.cluster, limit, None) for limit in cluster.forecast.pools]
    return sorted(rows, key=lambda row: (row[1] is not None, row[1].urgency if row[1] else (), row[0]))
