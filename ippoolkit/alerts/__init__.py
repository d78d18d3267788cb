"""Alerting rules and a dashboard, computed for the pools of a design, a dump or a history."""

from .documents import dashboard, prometheus_rule, rules_file
from .metric_names import Metrics, metrics_of
from .rules import rule_group
from .watched import AlertThreshold, Quantity, Watch, WatchedPools, watch_forecast, watch_scenario

__all__ = [
    "AlertThreshold",
    "Metrics",
    "Quantity",
    "Watch",
    "WatchedPools",
    "dashboard",
    "metrics_of",
    "prometheus_rule",
    "rule_group",
    "rules_file",
    "watch_forecast",
    "watch_scenario",
]
