"""A trace of one's own: events from a CSV or JSON Lines file."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import InputError
from ..findings import Finding, Place
from ..read import read_text
from .site import DAY, SECOND, Events, Site
from .workload import Workload

# What an event is, and the fields that it needs beside its time.
_NEEDS = {
    "pod-start": ("pod", "node"),
    "pod-end": ("pod",),
    "node-join": ("node",),
    "node-leave": ("node",),
}
_LATEST = 100 * 365 * 86_400  # seconds


@dataclass(frozen=True, slots=True)
class _Event:
    time: int
    event: str
    pod: str
    node: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Trace(Workload):
    """Events in order: ``time`` in seconds, ``event``, ``pod``, ``node``, ``labels``.

    ``pod-start`` puts a pod on a node, ``pod-end`` ends it; ``node-join`` brings a node with labels, ``node-leave``
    takes it away. A CSV file has these names in its first line, labels as ``key=value;key=value``; a JSON Lines file
    has an object a line.
    """

    events: tuple[_Event, ...] = field(default=(), repr=False)

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
        for line, row in _rows(name, text, problems):
            if (event := _event(row, Place(name, line), problems)) is not None:
                events.append(event)
        if not events and not problems:
            problems.append(Finding("file-empty", place=Place(name)))
        if problems:
            raise InputError(problems)
        events.sort(key=lambda event: event.time)
        return cls(events[-1].time // DAY + 1, tuple(events))

    def day(self, site: Site, number: int) -> Events | None:
        """Return the events of a day."""
        found = []
        for event in self.events:
            if event.time // DAY != number:
                continue
            times = np.array([event.time], np.int64)
            if event.event == "node-join":
                found.append(site.coming([site.add_node(event.node, event.labels)], event.time))
            elif event.event == "node-leave" and event.node in site.ipam.nodes:
                found.append(site.going(site.ipam.nodes[event.node].number, event.time))
            elif event.event == "pod-start":
                if event.node not in site.ipam.nodes:
                    found.append(site.coming([site.add_node(event.node, {})], event.time))
                node = np.array([site.ipam.nodes[event.node].number], np.int64)
                pods = site.add_pods([event.pod])
                if site.on[pods[0]] >= 0:  # it starts anew
                    found.append(site.releasing(pods, times))
                found.append(site.assigning(pods, node, times))
            elif event.event == "pod-end":
                found.append(site.releasing(site.add_pods([event.pod]), times))
        return np.concatenate(found) if found else None


def _rows(name: str, text: str, problems: list[Finding]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    if text.lstrip().startswith("{"):
        for line, part in enumerate(text.splitlines(), 1):
            if not part.strip():
                continue
            try:
                row = json.loads(part)
            except (ValueError, RecursionError) as error:
                reason = getattr(error, "msg", "nested too deep")
                problems.append(Finding("json-syntax", numbers={"reason": reason}, place=Place(name, line)))
                continue
            if isinstance(row, dict):
                yield line, row
            else:
                problems.append(Finding("type-mapping", numbers={"value": part[:60]}, place=Place(name, line)))
        return
    reader = csv.DictReader(io.StringIO(text))
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.append(Finding("trace-csv", numbers={"reason": str(error)}, place=Place(name, reader.line_num)))
            return
        labels = dict(pair.partition("=")[::2] for pair in (row.get("labels") or "").split(";") if pair)
        yield reader.line_num, {**{key: value for key, value in row.items() if key}, "labels": labels}


def _event(row: Mapping[str, Any], place: Place, problems: list[Finding]) -> _Event | None:
    before = len(problems)

    def problem(code: str, field_name: str, **numbers: object) -> None:
        problems.append(Finding(code, numbers=numbers, place=Place(place.file, place.line, field_name)))

    event = row.get("event")
    if event not in _NEEDS:
        problem("value-choice", "event", value=json.dumps(event), choices=", ".join(_NEEDS))
    try:
        seconds = float(row["time"])
    except (KeyError, TypeError, ValueError):
        seconds = math.nan
    if not 0 <= seconds <= _LATEST:
        problem("trace-time", "time", value=json.dumps(row.get("time")), most=_LATEST)
    texts = {key: row.get(key) or "" for key in ("pod", "node")}
    for key in _NEEDS.get(str(event), ()):
        if not isinstance(texts[key], str) or not texts[key]:
            problem("field-missing", key, field=key)
    labels = row.get("labels") or {}
    if not isinstance(labels, dict) or not all(isinstance(value, str) for value in labels.values()):
        problem("type-mapping", "labels", value=json.dumps(labels)[:60])
    if len(problems) > before:
        return None
    return _Event(round(seconds * SECOND), str(event), str(texts["pod"]), str(texts["node"]), labels)
