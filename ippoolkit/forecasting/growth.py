"""Growth a day that a forecast stands for, as a distribution."""

from __future__ import annotations

from .pool_forecast import ADDRESSES, Forecast

# Standard deviations between the quantiles of 1 and 9 in 10 of a normal distribution.
P10_TO_P90 = 2.563


def fitted_growth(forecast: Forecast) -> tuple[float, float]:
    """Return mean and standard deviation of the addresses that all pools together grow by each day.

    A pool grows by what it has left until P50 a day; the spread is that between P10 and P90. Pools without a date do
    not grow. Pools are taken as independent of each other.
    """
    mean = variance = 0.0
    for limit in forecast.limits:
        if limit.limit != ADDRESSES or limit.p50 is None or limit.capacity is None or limit.in_use is None:
            continue
        left = max(0, limit.capacity - limit.in_use)
        rates = [
            left / max(1, (day - forecast.as_of).days) if day else 0.0 for day in (limit.p10, limit.p50, limit.p90)
        ]
        mean += rates[1]
        variance += ((rates[0] - rates[2]) / P10_TO_P90) ** 2
    return mean, variance**0.5
