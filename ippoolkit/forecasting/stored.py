"""Forecasts as plain values that outlive a run, and back."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import TypeAdapter

from .pool_forecast import Forecast


@cache
def _adapter() -> TypeAdapter[Forecast]:
    return TypeAdapter(Forecast)


def to_plain(forecast: Forecast) -> dict[str, Any]:
    """Return a forecast as values that JSON holds; numbers stay exact."""
    return dict(_adapter().dump_python(forecast, mode="json"))


def from_plain(values: dict[str, Any]) -> Forecast:
    """Return the forecast that such values are of."""
    return _adapter().validate_python(values)
