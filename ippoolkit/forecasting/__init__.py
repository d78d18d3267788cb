"""When pools run out: histories, the forecaster, and what it says."""

from .history_sources import is_history, read_history
from .outlook import outlook, outlook_table, short_outlook
from .pool_forecast import Forecast, LimitForecast, forecast
from .pool_history import History, Measurement, PoolHistory
from .prometheus_server import PrometheusConnection

__all__ = [
    "Forecast",
    "History",
    "LimitForecast",
    "Measurement",
    "PoolHistory",
    "PrometheusConnection",
    "forecast",
    "is_history",
    "outlook",
    "outlook_table",
    "read_history",
    "short_outlook",
]
