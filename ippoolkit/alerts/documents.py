"""What alerts are written as: a PrometheusRule, a plain rules file, a Grafana dashboard with the same queries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..write.yaml_dump import dump_yaml
from .metric_names import Metrics
from .watched import Quantity, Watch, WatchedPools

NAME = "calico-ip-pools"
# Grafana's grid is so wide; its dashboards have had this form since version 10.
WIDTH = 24
HEIGHT = 8
SCHEMA = 39
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}


def prometheus_rule(group: Mapping[str, Any], namespace: str, labels: Mapping[str, str]) -> str:
    """Return a PrometheusRule of the Prometheus Operator; its `labels` are what the Prometheus selects."""
    metadata: dict[str, Any] = {"name": NAME}
    if namespace:
        metadata["namespace"] = namespace
    if labels:
        metadata["labels"] = dict(labels)
    return dump_yaml(
        {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "PrometheusRule",
            "metadata": metadata,
            "spec": {"groups": [group]},
        }
    )


def rules_file(group: Mapping[str, Any]) -> str:
    """Return a file that ``rule_files`` of Prometheus' configuration can name."""
    return dump_yaml({"groups": [group]})


def dashboard(watch: Watch, metrics: Metrics) -> str:
    """Return a Grafana dashboard: for each pool addresses and blocks against what there is, borrowed and leaked."""
    panels: list[dict[str, Any]] = []
    for row, watched in enumerate(watch.pools):
        panels += _row(watched, metrics, row * (HEIGHT + 1), len(panels))
    content = {
        "title": "Calico IP pools",
        "uid": NAME,
        "schemaVersion": SCHEMA,
        "editable": True,
        "refresh": "5m",
        "time": {"from": "now-90d", "to": "now"},
        "templating": {
            "list": [
                {"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus", "hide": 0}
            ]
        },
        "panels": panels,
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _row(watched: WatchedPools, metrics: Metrics, top: int, number: int) -> list[dict[str, Any]]:
    selector = metrics.selector(watched)
    node_metrics = [(metrics.borrowed, "borrowed")] + ([(metrics.leaks, "leak candidates")] if metrics.leaks else [])
    heading = {
        "id": number + 1,
        "type": "row",
        "title": watched.name,
        "collapsed": False,
        "gridPos": {"x": 0, "y": top, "w": WIDTH, "h": 1},
        "panels": [],
    }
    charts = [_filling("Addresses", watched.addresses, f"sum({metrics.in_use}{selector})")]
    if watched.blocks is not None:
        charts.append(_filling("Blocks", watched.blocks, f"sum({metrics.blocks}{selector})"))
    charts.append(
        _chart(
            "Borrowed and leaked addresses",
            [(f"sum by (node) ({metric}{selector})", f"{label} {{{{node}}}}") for metric, label in node_metrics],
        )
    )
    width = WIDTH // len(charts)
    for column, chart in enumerate(charts):
        chart["id"] = number + 2 + column
        chart["gridPos"] = {"x": column * width, "y": top + 1, "w": width, "h": HEIGHT}
    return [heading, *charts]


def _filling(title: str, quantity: Quantity, query: str) -> dict[str, Any]:
    return _chart(f"{title} in use", [(query, "in use"), (f"vector({quantity.capacity})", "capacity")])


def _chart(title: str, queries: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "type": "timeseries",
        "title": title,
        "datasource": DATASOURCE,
        "fieldConfig": {"defaults": {"min": 0, "unit": "short", "decimals": 0}, "overrides": []},
        "options": {"legend": {"displayMode": "list", "placement": "bottom"}},
        "targets": [
            {"refId": chr(ord("A") + index), "datasource": DATASOURCE, "expr": expr, "legendFormat": legend}
            for index, (expr, legend) in enumerate(queries)
        ],
    }
