"""Forecasts as plain values that outlive a run, and back; the history itself stays where it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from ..findings import Finding, Place
from .backtest import Backtest
from .pool_forecast import Forecast, LimitForecast

DAYS = ("measured", "p10", "p50", "p90")


def to_plain(forecast: Forecast) -> dict[str, Any]:
    """Return a forecast as values that JSON holds; numbers stay exact."""
    return {
        "as_of": forecast.as_of.isoformat(),
        "horizon_days": forecast.horizon_days,
        "pools": [_limit_to_plain(limit) for limit in forecast.pools],
        "limits": [_limit_to_plain(limit) for limit in forecast.limits],
        "notes": [asdict(note) for note in forecast.notes],
    }


def from_plain(values: Mapping[str, Any]) -> Forecast:
    """Return the forecast that such values are of."""
    return Forecast(
        date.fromisoformat(values["as_of"]),
        values["horizon_days"],
        tuple(map(_limit_from_plain, values["pools"])),
        tuple(map(_limit_from_plain, values["limits"])),
        tuple(map(_finding_from_plain, values["notes"])),
    )


def _limit_to_plain(limit: LimitForecast) -> dict[str, Any]:
    days = {name: day.isoformat() if (day := getattr(limit, name)) else None for name in DAYS}
    return asdict(limit) | days


def _limit_from_plain(values: Mapping[str, Any]) -> LimitForecast:
    days = {name: date.fromisoformat(values[name]) if values[name] else None for name in DAYS}
    chances, reason = values["probability"], values["reason"]
    converted = {
        # JSON has texts for keys.
        "probability": None if chances is None else {int(within): chance for within, chance in chances.items()},
        "backtest": Backtest(**values["backtest"]),
        "reason": None if reason is None else _finding_from_plain(reason),
    }
    return LimitForecast(**{**values, **days, **converted})


def _finding_from_plain(values: Mapping[str, Any]) -> Finding:
    place = values["place"]
    tuples = {name: tuple(values[name]) for name in ("refused_by", "advice", "commands")}
    return Finding(**{**values, **tuples, "place": None if place is None else Place(**place)})
