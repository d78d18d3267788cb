"""A trace of one's own: events from a CSV or JSON Lines file."""

from __future__ import annotations

import csv
import io
import json
import math
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import InputError
from ..findings import Finding, Place
from ..read.json_text import load_json
from ..read.text_files import read_text
from .simulated_cluster import DAY, SECOND, Events, SimulatedCluster
from .workloads import Workload

# What an event is, and the fields that it needs beside its time.
_REQUIRED_FIELDS = {
    "pod-start": ("pod", "node"),
    "pod-end": ("pod",),
    "node-join": ("node",),
    "node-leave": ("node",),
}
_MAX_SECONDS = 3650 * 86_400  # as many days as simulate takes


@dataclass(frozen=True, slots=True)
class _TraceEvent:
    time: int
    event: str
    pod: str
    node: str
    labels: Mapping[str, str]


_time = attrgetter("time")


@dataclass(frozen=True, slots=True)
class Trace(Workload):
    """Events in order: ``time`` in seconds, ``event``, ``pod``, ``node``, ``labels``.

    ``pod-start`` puts a pod on a node, ``pod-end`` ends it; ``node-join`` brings a node with labels, ``node-leave``
    takes it away. A CSV file has these names in its first line, labels as ``key=value;key=value``; a JSON Lines file
    has an object a line.
    """

    events: tuple[_TraceEvent, ...] = field(default=(), repr=False)

    @classmethod
    def read(cls, file: str | Path) -> Trace:
        """Read a trace.

        Raises
        ------
        InputError
            With every problem of every line.
        """
        name, text = read_text(file)
        problems: list[Finding] = []
        events = []
        for line, row in _read_rows(name, text, problems):
            if (event := _parse_event(row, Place(name, line), problems)) is not None:
                events.append(event)
        if not events and not problems:
            problems.append(Finding("file-empty", place=Place(name)))
        if problems:
            raise InputError(problems)
        events.sort(key=_time)
        return cls(events[-1].time // DAY + 1, tuple(events))

    def events_on_day(self, cluster: SimulatedCluster, day: int) -> Events | None:
        """Return the events of a day."""
        batches = []
        first, end = (bisect_left(self.events, start, key=_time) for start in (day * DAY, (day + 1) * DAY))
        for event in self.events[first:end]:
            times = np.array([event.time], np.int64)
            if event.event == "node-join":
                batches.append(cluster.node_join_events([cluster.add_node(event.node, event.labels)], event.time))
            elif event.event == "node-leave" and event.node in cluster.ipam.store.nodes:
                batches.append(cluster.node_leave_events(cluster.ipam.store.nodes[event.node].number, event.time))
            elif event.event == "pod-start":
                if event.node not in cluster.ipam.store.nodes:
                    batches.append(cluster.node_join_events([cluster.add_node(event.node, {})], event.time))
                node = np.array([cluster.ipam.store.nodes[event.node].number], np.int64)
                pods = cluster.add_pods([event.pod])
                if cluster.pod_nodes[pods[0]] >= 0:  # it restarts
                    batches.append(cluster.pod_end_events(pods, times))
                batches.append(cluster.pod_start_events(pods, node, times))
            elif event.event == "pod-end":
                batches.append(cluster.pod_end_events(cluster.add_pods([event.pod]), times))
        return np.concatenate(batches) if batches else None


def _read_rows(name: str, text: str, problems: list[Finding]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    if text.lstrip().startswith("{"):
        for line, content in enumerate(text.splitlines(), 1):
            if not content.strip():
                continue
            try:
                row = load_json(content)
            except ValueError as error:
                reason = getattr(error, "msg", str(error))
                problems.append(Finding("json-syntax", params={"reason": reason}, place=Place(name, line)))
                continue
            if isinstance(row, dict):
                yield line, row
            else:
                problems.append(Finding("type-mapping", params={"value": content[:60]}, place=Place(name, line)))
        return
    reader = csv.DictReader(io.StringIO(text))
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.append(Finding("csv-syntax", params={"reason": str(error)}, place=Place(name, reader.line_num)))
            return
        labels = dict(pair.partition("=")[::2] for pair in (row.get("labels") or "").split(";") if pair)
        yield reader.line_num, {**{key: value for key, value in row.items() if key}, "labels": labels}


def _parse_event(row: Mapping[str, Any], place: Place, problems: list[Finding]) -> _TraceEvent | None:
    problem_count = len(problems)

    def problem(code: str, field_name: str, **numbers: object) -> None:
        problems.append(Finding(code, params=numbers, place=Place(place.file, place.line, field_name)))

    event = row.get("event")
    if not isinstance(event, str) or event not in _REQUIRED_FIELDS:
        problem("value-choice", "event", value=json.dumps(event), choices=", ".join(_REQUIRED_FIELDS))
    try:
        seconds = float(row["time"])
    except (KeyError, TypeError, ValueError, OverflowError):
        seconds = math.nan
    if not 0 <= seconds <= _MAX_SECONDS:
        problem("trace-time", "time", value=json.dumps(row.get("time")), most=_MAX_SECONDS)
    texts = {key: row.get(key) or "" for key in ("pod", "node")}
    for key in _REQUIRED_FIELDS.get(str(event), ()):
        if not isinstance(texts[key], str) or not texts[key]:
            problem("field-missing", key, field=key)
    labels = row.get("labels") or {}
    if not isinstance(labels, dict) or not all(isinstance(value, str) for value in labels.values()):
        problem("type-mapping", "labels", value=json.dumps(labels)[:60])
    if len(problems) > problem_count:
        return None
    return _TraceEvent(round(seconds * SECOND), str(event), str(texts["pod"]), str(texts["node"]), labels)
