"""Growth that a forecast stands for: as a distribution a day, and as the plan of a scenario says it."""

from __future__ import annotations

from collections.abc import Container

from .pool_forecast import ADDRESSES, Forecast

# Standard deviations between the quantiles of 1 and 9 in 10 of a normal distribution.
P10_TO_P90 = 2.563
DAYS_A_MONTH = 365 / 12


def daily_growth(forecast: Forecast) -> tuple[float, float]:
    """Return mean and standard deviation of the addresses that all pools together grow by each day.

    A pool grows by what it has left until P50 a day; the spread is that between P10 and P90. Pools without a date do
    not grow. Pools are taken as independent of each other.
    """
    mean = variance = 0.0
    for limit in forecast.limits:
        if limit.limit != ADDRESSES or limit.p50 is None or limit.capacity is None or limit.in_use is None:
            continue
        addresses_left = max(0, limit.capacity - limit.in_use)
        rates = [
            addresses_left / max(1, (day - forecast.as_of).days) if day else 0.0
            for day in (limit.p10, limit.p50, limit.p90)
        ]
        mean += rates[1]
        variance += ((rates[0] - rates[2]) / P10_TO_P90) ** 2
    return mean, variance**0.5


def monthly_growth(forecast: Forecast, pools: Container[str] | None = None) -> float | None:
    """Return how many more addresses are in use each month at the end of the history; None where no pool tells.

    Parameters
    ----------
    forecast
        The forecast of the history.
    pools
        Names of the pools that count; all if left out.
    """
    rates = [
        limit.growth
        for limit in forecast.limits
        if limit.limit == ADDRESSES and limit.growth is not None and (pools is None or limit.pool in pools)
    ]
    return sum(rates) * DAYS_A_MONTH if rates else None
