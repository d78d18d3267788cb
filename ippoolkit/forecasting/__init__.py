"""When pools run out: histories, the forecaster, and what it says."""

from .forecast import Forecast, LimitForecast, forecast
from .history import History, Measurement, PoolHistory
from .live import Connection
from .sources import is_history, read_history

__all__ = [
    "Connection",
    "Forecast",
    "History",
    "LimitForecast",
    "Measurement",
    "PoolHistory",
    "forecast",
    "is_history",
    "read_history",
]
