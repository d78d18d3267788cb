"""Answers of Prometheus' ``query_range`` (also of Thanos, Mimir, VictoriaMetrics) as histories of pools.

A file holds one answer, a list of answers, or answers under the names of their metrics. A series without a metric's
name, as a sum has it, is taken for the metric that the key or the file's name says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import PurePath
from typing import Any

from ..findings import Finding, Place
from .csv_history import MOST_PROBLEMS
from .pool_history import UNASSIGNED, HistoryCollector, Measurement

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The metrics of kube-controllers by what they count: per pool and node, and those of releases before that, per node.
# https://docs.tigera.io/calico/latest/reference/kube-controllers/prometheus
METRICS = {
    "ipam_allocations_in_use": "in_use",
    "ipam_blocks": "blocks_in_use",
    "ipam_ippool_size": "capacity",
}
LEGACY_METRICS = {"ipam_allocations_per_node": "in_use", "ipam_blocks_per_node": "blocks_in_use"}
ALL_METRICS = METRICS | LEGACY_METRICS
# What stands for all pools together, where the metric knows no pools.
ALL_POOLS = "*"
# kube-controllers' labels for allocations without a node and blocks without an affinity.
NO_NODES = {"unknown_node", "no_affinity"}
LATEST = 253_402_300_799  # the end of the year 9999


@dataclass(slots=True)
class _NodeSums:
    """Sums over the nodes of a pool, by figure, pool and time in seconds; and how many series each has."""

    sums: dict[str, dict[tuple[str, float], int]] = field(default_factory=lambda: defaultdict(dict))
    problems: list[Finding] = field(default_factory=list)

    def add(self, figure: str, pool: str, time: float, value: int) -> None:
        sums = self.sums[figure]
        sums[pool, time] = sums.get((pool, time), 0) + value


def looks_like_answer(document: Any) -> bool:
    """Tell whether a JSON document is an answer of Prometheus, several of them, or one of its errors."""
    return any(True for _ in _answers(document, ""))


def read_prometheus(document: Any, name: str, collector: HistoryCollector) -> list[Finding]:
    """Read the series of all answers in a document; return every problem."""
    sums = _NodeSums()
    stem = PurePath(name).name
    metric_of_file = next((metric for metric in sorted(ALL_METRICS, key=len, reverse=True) if metric in stem), "")
    for path, metric, answer in _answers(document, ""):
        _read_answer(answer, path, metric or metric_of_file, name, sums)
    _add_rows(sums, collector)
    if len(sums.problems) > MOST_PROBLEMS:
        unnamed_problems = len(sums.problems) - MOST_PROBLEMS
        sums.problems[MOST_PROBLEMS:] = [
            Finding("problems-more", params={"count": unnamed_problems}, place=Place(name))
        ]
    return sums.problems


def node_spans(document: Any) -> dict[str, tuple[float, float]]:
    """Return of each node whose series an answer holds the first and the last time, in seconds since 1970.

    What stands for no node, and series that are no good, are left out.
    """
    spans: dict[str, tuple[float, float]] = {}
    for _, _, answer in _answers(document, ""):
        data = answer.get("data", answer)
        result = data.get("result") if isinstance(data, dict) else None
        for series in result if isinstance(result, list) else ():
            node = (_labels(series) or {}).get("node")
            points = series.get("values") if isinstance(series, dict) else None
            if not node or node in NO_NODES or not isinstance(points, list):
                continue
            times = [
                float(point[0])
                for point in points
                if isinstance(point, list) and point and isinstance(point[0], int | float)
            ]
            if times:
                first, last = spans.get(node, (times[0], times[0]))
                spans[node] = min(first, *times), max(last, *times)
    return spans


def _answers(document: Any, metric: str, path: str = "") -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield each answer with where it stands and the metric that its key names."""
    if isinstance(document, list):
        for position, entry in enumerate(document):
            yield from _answers(entry, metric, f"{path}[{position}]")
    elif isinstance(document, dict):
        if document.get("status") in ("success", "error") or "resultType" in document:
            yield path, metric, document
            return
        for key, entry in document.items():
            if key in ALL_METRICS:
                yield from _answers(entry, key, f"{path}.{key}" if path else key)


def _read_answer(answer: dict[str, Any], path: str, metric: str, name: str, sums: _NodeSums) -> None:
    prefix = f"{path}." if path else ""
    if answer.get("status") == "error":
        reason = str(answer.get("error") or answer.get("errorType") or "")
        sums.problems.append(Finding("prometheus-error", params={"reason": reason}, place=Place(name, field=path)))
        return
    data = answer.get("data", answer)
    kind = data.get("resultType") if isinstance(data, dict) else None
    result = data.get("result") if isinstance(data, dict) else None
    if kind not in ("matrix", "vector") or not isinstance(result, list):
        place = Place(name, field=f"{prefix}data.resultType")
        sums.problems.append(Finding("prometheus-form", params={"value": str(kind)}, place=place))
        return
    for position, series in enumerate(result):
        place = Place(name, field=f"{prefix}data.result[{position}]")
        labels = _labels(series)
        if labels is None:
            sums.problems.append(Finding("prometheus-series", place=place))
            continue
        series_name = labels.get("__name__", metric)
        figure = ALL_METRICS.get(series_name)
        if figure is None:
            code = "prometheus-unnamed" if not series_name else "prometheus-metric"
            sums.problems.append(Finding(code, params={"metric": series_name}, place=place))
            continue
        pool = labels.get("ippool") or labels.get("pool") or (ALL_POOLS if series_name in LEGACY_METRICS else "")
        if not pool:
            sums.problems.append(Finding("prometheus-pool", place=place))
            continue
        points = series.get("values", [series["value"]] if "value" in series else None)
        _read_points(points, figure, pool, place, sums)


def _labels(series: Any) -> dict[str, str] | None:
    """Return the labels of a series; None where they are not names with texts, as Prometheus writes them."""
    labels = series.get("metric") if isinstance(series, dict) else None
    if not isinstance(labels, dict) or not all(isinstance(value, str) for value in labels.values()):
        return None
    return labels


def _read_points(points: Any, figure: str, pool: str, place: Place, sums: _NodeSums) -> None:
    if not isinstance(points, list):
        sums.problems.append(Finding("prometheus-series", place=place))
        return
    times: set[float] = set()
    for position, point in enumerate(points):
        point_place = Place(place.file, field=f"{place.field}.values[{position}]")
        if not (isinstance(point, list) and len(point) == 2):
            sums.problems.append(Finding("prometheus-point", place=point_place))
            continue
        time, sample = point
        if isinstance(time, bool) or not isinstance(time, int | float) or not 0 <= time <= LATEST:
            sums.problems.append(Finding("history-time-invalid", params={"value": str(time)}, place=point_place))
            continue
        if sample in ("NaN", "nan"):  # the series was not there
            continue
        value = _value(sample)
        if value is None or value < 0:
            code = "history-number-invalid" if value is None else "history-number-negative"
            sums.problems.append(Finding(code, params={"value": str(sample)}, place=point_place))
        elif time in times:
            params = {"pool": pool, "first": position}
            sums.problems.append(Finding("history-time-repeated", params=params, place=point_place))
        else:
            times.add(time)
            sums.add(figure, pool, time, value)


def _value(sample: Any) -> int | None:
    """Return a sample's value; Prometheus' numbers are 64-bit floats written as text."""
    if isinstance(sample, bool) or not isinstance(sample, str | int | float):
        return None
    try:
        return round(float(sample))
    except (ValueError, OverflowError):
        return None


def _add_rows(sums: _NodeSums, collector: HistoryCollector) -> None:
    """Hand over rows; the size of a pool, which hardly changes, holds from each of its times on."""
    pool_names = {pool for figure in sums.sums.values() for pool, _ in figure if pool != ALL_POOLS}
    times: dict[str, set[float]] = defaultdict(set)
    for figure in ("in_use", "blocks_in_use"):
        for pool, time in sums.sums[figure]:
            times[pool].add(time)
    sizes: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for (pool, time), value in sorted(sums.sums["capacity"].items()):
        sizes[pool].append((time, value))
        if not times.get(pool):
            collector.add(pool, Measurement(_datetime(time), capacity=value))
    for pool in sorted(times):
        if pool == UNASSIGNED or (pool == ALL_POOLS and pool_names):
            continue
        changes = iter(sizes[pool])
        upcoming = next(changes, None)
        size = sizes[pool][0][1] if sizes[pool] else None
        for time in sorted(times[pool]):
            while upcoming is not None and upcoming[0] <= time:
                size, upcoming = upcoming[1], next(changes, None)
            collector.add(
                pool,
                Measurement(
                    _datetime(time),
                    in_use=sums.sums["in_use"].get((pool, time)),
                    capacity=size,
                    blocks_in_use=sums.sums["blocks_in_use"].get((pool, time)),
                ),
            )


def _datetime(seconds: float) -> datetime:
    return EPOCH + timedelta(seconds=seconds)
