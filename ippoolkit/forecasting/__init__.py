"""When pools run out: histories, the forecaster, and what it says."""

from .history import History, Measurement, PoolHistory
from .history_sources import is_history, read_history
from .outlook import outlook, outlook_in_brief, outlook_table
from .pool_forecast import Forecast, LimitForecast, forecast
from .prometheus_server import Connection

__all__ = [
    "Connection",
    "Forecast",
    "History",
    "LimitForecast",
    "Measurement",
    "PoolHistory",
    "forecast",
    "is_history",
    "outlook",
    "outlook_in_brief",
    "outlook_table",
    "read_history",
]
