"""How long pods live and how nodes come and go, fitted to histories that tell it: dumps, and series of single nodes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from ..read import read
from ..read.json_text import load_json
from ..read.text_files import read_text
from .dated_dumps import dated_groups
from .monthly_growth import DAYS_A_MONTH
from .prometheus_answers import node_spans

DAY = 86_400
# Steps of the bisection: enough for all digits of a float.
HALVINGS = 200


@dataclass(frozen=True, slots=True)
class FittedRate:
    """A fitted number and its standard deviation: what so few events leave open."""

    mean: float
    deviation: float


@dataclass(frozen=True, slots=True)
class Turnover:
    """What a history says of pods and nodes; None where it does not.

    Attributes
    ----------
    lifetime
        Mean lifetime of a pod, in days; a mean of 0: no pod ended. None also where no pod outlives the time between two
        dumps.
    joining, leaving
        Nodes a month.
    """

    lifetime: FittedRate | None = None
    joining: FittedRate | None = None
    leaving: FittedRate | None = None


@dataclass(frozen=True, slots=True)
class _Snapshot:
    time: datetime
    nodes: frozenset[str] | None
    pods: Mapping[tuple[str, str, tuple[str, ...]], str] | None  # of each pod the node


def fitted_turnover(*sources: str | Path) -> Turnover:
    """Fit lifetimes and node growth to histories.

    Parameters
    ----------
    sources
        Histories as `forecast` reads them. Folders of dated dumps tell pods and nodes, answers of Prometheus whose
        series have a label ``node`` the nodes; others tell neither.

    Raises
    ------
    InputError
        Where a dump cannot be read.
    """
    snapshots: list[_Snapshot] = []
    spans: dict[str, tuple[float, float]] = {}
    for source in map(Path, sources):
        if source.is_dir():
            groups, _ = dated_groups(source)
            snapshots += [_snapshot(time, files) for time, files in groups.items()]
        elif source.suffix.lower() == ".json":
            for node, (first, last) in node_spans(load_json(read_text(source)[1])).items():
                known = spans.get(node, (first, last))
                spans[node] = min(first, known[0]), max(last, known[1])
    snapshots.sort(key=lambda snapshot: snapshot.time)
    if len(snapshots) > 1:
        return Turnover(_lifetime(snapshots), *_node_rates(snapshots))
    return Turnover(None, *_rates_from_spans(spans))


def _snapshot(time: datetime, files: Sequence[Path]) -> _Snapshot:
    cluster = read(*files).scenario.cluster
    # A pod of a StatefulSet comes back under its name; its address is another one.
    pods = {
        (pod.namespace, pod.name, tuple(map(str, pod.addresses))): pod.node
        for pod in cluster.pods
        if pod.addresses and not pod.host_network and not pod.finished
    }
    return _Snapshot(
        time,
        frozenset(node.name for node in cluster.nodes) if cluster.has_read("Node") else None,
        pods if cluster.has_read("Pod") else None,
    )


def _lifetime(snapshots: Sequence[_Snapshot]) -> FittedRate | None:
    """Return the most likely mean lifetime, ends a Poisson process, each known only to within two dumps.

    Pods of nodes that left are left out: they ended with their node.
    """
    intervals: list[tuple[float, int, int]] = []  # days, pods that outlived it, pods that did not
    for before, after in pairwise(snapshots):
        if before.pods is None or after.pods is None:
            continue
        pods = [pod for pod, node in before.pods.items() if after.nodes is None or node in after.nodes]
        survivors = sum(pod in after.pods for pod in pods)
        intervals.append(((after.time - before.time).total_seconds() / DAY, survivors, len(pods) - survivors))
    if not any(survivors for _, survivors, _ in intervals):
        return None
    if not any(ended for _, _, ended in intervals):
        return FittedRate(0.0, 0.0)

    def slope(rate: float) -> float:
        """Return the derivative of the log likelihood, which falls as the rate rises."""
        return sum(days * (ended / math.expm1(rate * days) - survivors) for days, survivors, ended in intervals)

    shortest = min(days for days, _, _ in intervals)
    low, high = 0.0, 1.0 / shortest
    while slope(high) > 0:
        high *= 2
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) > 0 else (low, middle)
    rate = high
    information = sum(
        ended * days**2 * math.exp(rate * days) / math.expm1(rate * days) ** 2 for days, _, ended in intervals
    )
    return FittedRate(1 / rate, 1 / math.sqrt(information) / rate**2)


def _node_rates(snapshots: Sequence[_Snapshot]) -> tuple[FittedRate | None, FittedRate | None]:
    days = 0.0
    nodes_joined = nodes_left = 0
    snapshots_with_nodes = [(snapshot.time, snapshot.nodes) for snapshot in snapshots if snapshot.nodes is not None]
    for (earlier, before), (later, after) in pairwise(snapshots_with_nodes):
        days += (later - earlier).total_seconds() / DAY
        nodes_joined, nodes_left = nodes_joined + len(after - before), nodes_left + len(before - after)
    return _monthly(nodes_joined, days), _monthly(nodes_left, days)


def _rates_from_spans(spans: Mapping[str, tuple[float, float]]) -> tuple[FittedRate | None, FittedRate | None]:
    """Return the rates at which series of nodes begin and end inside the time that all of them cover."""
    begin = min((first for first, _ in spans.values()), default=0.0)
    end = max((last for _, last in spans.values()), default=0.0)
    nodes_joined = sum(first > begin for first, _ in spans.values())
    nodes_left = sum(last < end for _, last in spans.values())
    days = (end - begin) / DAY
    return _monthly(nodes_joined, days), _monthly(nodes_left, days)


def _monthly(events: int, days: float) -> FittedRate | None:
    """Return events a month, with the spread of a Poisson process of which so many were seen."""
    if days <= 0:
        return None
    return FittedRate(events / days * DAYS_A_MONTH, math.sqrt(events) / days * DAYS_A_MONTH)
