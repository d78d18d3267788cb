"""A scenario without its names and addresses, so that a report of it can leave the company; every number stays.

Names are replaced by what they name and a number; pools keep the order of their names, in which Calico tries them.
Addresses keep their offset in the outermost network around them, and so every size, every containment and every place
in a block; these networks are placed side by side. Link-local addresses and networks of everything stay: rules
are about them, and they tell nothing. Labels are replaced by one for each selector that picks the object.
"""

from __future__ import annotations

import dataclasses
import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..calico.limits import WINDOWS_HANDLE
from ..calico.pool_selection import OS_LABEL
from ..calico.selectors import SelectorError, parse_selector
from ..cidr import Cidr
from ..findings import Finding
from ..model import (
    ALL_KINDS,
    Allocation,
    BGPPeer,
    Block,
    BlockAffinity,
    CNIConfiguration,
    IPAMHandle,
    IPPool,
    IPReservation,
    Namespace,
    Node,
    NodeGroup,
    Pod,
    Scenario,
    Service,
)
from ..read import Reading
from ..read.reported import ANY_ROW, ReportedFigures
from .network_relocation import NetworkRelocation

# The fields of each class that hold a name, and of what. Networks and addresses are known by their type.
_NAME_FIELDS: dict[type, dict[str, str]] = {
    IPPool: {"name": "pool"},
    IPReservation: {"name": "reservation"},
    BGPPeer: {"name": "peer"},
    Node: {"name": "node"},
    Namespace: {"name": "namespace"},
    Pod: {"name": "pod", "namespace": "namespace", "node": "node"},
    Service: {"name": "service", "namespace": "namespace"},
    Allocation: {"handle": "handle", "node": "node", "namespace": "namespace", "pod": "pod"},
    IPAMHandle: {"handle_id": "handle"},
    NodeGroup: {"name": "group"},
}
_SORTED_KINDS = ("pool", "node", "namespace")  # numbered in the order of their names; others as they come
# Kubernetes' own, which tell nothing.
_KEPT_OWNER_KINDS = ("ReplicaSet", "Deployment", "DaemonSet", "StatefulSet", "Job", "Node")
_KEPT_PHASES = ("Pending", "Running", "Succeeded", "Failed")
_KEPT_LABEL_VALUES = {OS_LABEL: ("linux", "windows")}


def redact_scenarios(scenarios: Sequence[Scenario]) -> list[Scenario]:
    """Replace names and addresses, alike in all scenarios: what has one name in two of them has one afterwards."""
    return [reading.scenario for reading in redact_readings(list(map(Reading, scenarios)))]


def redact_readings(readings: Sequence[Reading], name: str = "cluster") -> list[Reading]:
    """Replace names and addresses in what was read, alike in all readings, notes and reported figures included.

    A single scenario is called `name` afterwards; several are numbered.
    """
    redactor = _Redactor(readings)
    names = [f"{name}-{number}" for number in range(1, len(readings) + 1)] if len(readings) > 1 else [name]
    return [redactor.redact_reading(reading, new_name) for reading, new_name in zip(readings, names, strict=True)]


class _Identities:
    """All that tells whose a cluster is: names by what they name, networks, selectors."""

    def __init__(self) -> None:
        self.names: dict[str, dict[str, None]] = {}
        self.networks: set[Cidr] = set()

    def add_name(self, kind: str, name: str) -> None:
        if name:
            self.names.setdefault(kind, {}).setdefault(name)

    def add(self, item: object) -> None:
        """Add what a value of the model tells, and all inside it."""
        match item:
            case Cidr():
                self.networks.add(item)
            case ipaddress.IPv4Address() | ipaddress.IPv6Address():
                self.networks.add(Cidr.of_address(item))
            case tuple():
                if item and not isinstance(item[0], int | str):
                    for part in item:
                        self.add(part)
            case _ if dataclasses.is_dataclass(item):
                name_fields = _NAME_FIELDS.get(type(item), {})
                for field in dataclasses.fields(item):
                    value = getattr(item, field.name)
                    if field.name in name_fields:
                        self.add_name(name_fields[field.name], value)
                    else:
                        self.add(value)
                self._add_from_text(item)

    def _add_from_text(self, item: object) -> None:
        """Add what stands inside texts of an object."""
        match item:
            case IPPool():
                for selector in (item.node_selector, item.namespace_selector):
                    if not _selects_everything(selector):
                        self.add_name("selector", selector)
            case Block():
                self.add_name("node", item.host)
            case BlockAffinity(type="host"):
                self.add_name("node", item.node)
            case IPAMHandle():
                self.networks.update(cidr for text in item.block if (cidr := Cidr.parse_or_none(text)))

    def add_figure(self, figure: ReportedFigures) -> None:
        if figure.table == "nodes" and figure.row != ANY_ROW:
            self.add_name("node", figure.row)
        texts = figure.value if isinstance(figure.value, list) else []
        networks = (Cidr.parse_or_none(figure.row), *map(Cidr.parse_network_or_address, texts))
        self.networks.update(cidr for cidr in networks if cidr is not None)


class _Redactor:
    """What stands for what."""

    def __init__(self, readings: Iterable[Reading]) -> None:
        identities = _Identities()
        for reading in readings:
            identities.add((reading.scenario.cluster, reading.scenario.plan, reading.scenario.networks))
            for figure in reading.reported:
                identities.add_figure(figure)
        self.names: dict[str, dict[str, str]] = {
            kind: _numbered_names(kind, sorted(names) if kind in _SORTED_KINDS else names)
            for kind, names in identities.names.items()
        }
        self.names.setdefault("handle", {})[WINDOWS_HANDLE] = WINDOWS_HANDLE
        self.pools, self.nodes, self.selectors = (self.names.get(kind, {}) for kind in ("pool", "node", "selector"))
        self.networks = NetworkRelocation(identities.networks)

    def redact_reading(self, reading: Reading, name: str) -> Reading:
        """Return what was read with everything replaced."""
        scenario = reading.scenario
        cluster = self._redact(scenario.cluster)
        cluster = dataclasses.replace(cluster, pools=tuple(sorted(cluster.pools, key=lambda pool: pool.name)))
        plan, networks = self._redact(scenario.plan), self._redact(scenario.networks)
        return Reading(
            Scenario(name=name, calico=scenario.calico, cluster=cluster, plan=plan, networks=networks),
            tuple(map(_redact_note, reading.notes)),
            reported=tuple(map(self._redact_figure, reading.reported)),
            newest_creation=reading.newest_creation,
        )

    def _redact(self, item: Any) -> Any:
        """Return a value of the model with what it tells of its owner replaced, and all inside it."""
        match item:
            case Cidr():
                return self.networks.relocate_network(item)
            case ipaddress.IPv4Address() | ipaddress.IPv6Address():
                return self.networks.relocate_address(item)
            case tuple():
                return item if item and isinstance(item[0], int | str) else tuple(map(self._redact, item))
            case _ if dataclasses.is_dataclass(item):
                name_fields = _NAME_FIELDS.get(type(item), {})
                changes = {}
                for field in dataclasses.fields(item):
                    value = getattr(item, field.name)
                    kind = name_fields.get(field.name)
                    changes[field.name] = self.names[kind][value] if kind and value else self._redact(value)
                return dataclasses.replace(item, **changes | self._redact_texts(item))  # type: ignore[type-var]
        return item

    def _redact_texts(self, item: object) -> dict[str, Any]:
        """Return the fields of an object that tell of its owner in other ways than by a name or a network."""
        match item:
            case IPPool():
                node_selector, namespace_selector = map(self._selector, (item.node_selector, item.namespace_selector))
                selectors = {"node_selector": node_selector, "namespace_selector": namespace_selector}
                return {**selectors, "labels": {}, "annotations": {}}
            case Node():
                reflectors = "reflectors" if item.route_reflector_cluster_id else ""
                return {"labels": self._labels(item.labels), "as_number": 0, "route_reflector_cluster_id": reflectors}
            case NodeGroup():
                has_os_label = OS_LABEL in item.labels  # else it would be written out, which changes the scenario
                labels = self._labels(item.node_labels)
                return {"labels": {key: labels[key] for key in labels if has_os_label or key != OS_LABEL}}
            case Namespace():
                return {"labels": self._labels(item.labels), **self._requested_pools(item)}
            case Pod():
                phase = item.phase if item.phase in _KEPT_PHASES else "Unknown"
                owner = item.owner if item.owner in ("", *_KEPT_OWNER_KINDS) else "other"
                return {"phase": phase, "owner": owner, **self._requested_pools(item)}
            case CNIConfiguration():
                return self._requested_pools(item)
            case Block():
                return {"affinity": f"host:{self.nodes[item.host]}" if item.host else item.affinity}
            case BlockAffinity(type="host"):
                return {"node": self.nodes.get(item.node, "")}
            case IPAMHandle():
                return {"block": {self._requested_pool(text): count for text, count in item.block.items()}}
            case BGPPeer():
                selector = "all()" if item.peer_selector else ""
                return {"node": "", "node_selector": "", "peer_ip": "", "peer_selector": selector, "as_number": 0}
        return {}

    def _redact_figure(self, figure: ReportedFigures) -> ReportedFigures:
        row, value = figure.row, figure.value
        if figure.table == "pools":
            row = self._requested_pool(row)
        elif figure.table == "nodes":
            row = self.nodes.get(row, row)
        if isinstance(value, list):
            value = [self._address_text(item) for item in value]
        elif figure.figure == "cidr" and (cidr := Cidr.parse_or_none(value)):
            value = str(self.networks.relocate_network(cidr))
        place = dataclasses.replace(figure.place, file="", field="")
        return dataclasses.replace(figure, row=row, value=value, place=place)

    def _address_text(self, text: str) -> str:
        cidr = Cidr.parse_network_or_address(text)
        return text if cidr is None else str(self.networks.relocate_network(cidr)).split("/")[0]

    def _requested_pools(self, item: Namespace | Pod | CNIConfiguration) -> dict[str, Any]:
        return {field: tuple(map(self._requested_pool, getattr(item, field))) for field in ("ipv4_pools", "ipv6_pools")}

    def _requested_pool(self, text: str) -> str:
        """Replace what a pod or namespace asks for: the name of a pool, or its range."""
        if text in self.pools:
            return self.pools[text]
        cidr = Cidr.parse_or_none(text)
        return str(self.networks.relocate_network(cidr)) if cidr and self.networks.covers(cidr) else "unknown-pool"

    def _selector(self, text: str) -> str:
        if _selects_everything(text):
            return text
        label = self.selectors[text]
        # What is no selector before is none afterwards.
        return f"has({label})" if _selector_matches(text, {}) is not None else f"{label} =="

    def _labels(self, labels: Mapping[str, str]) -> dict[str, str]:
        kept_labels = {key: value for key, value in labels.items() if value in _KEPT_LABEL_VALUES.get(key, ())}
        return kept_labels | {
            label: "" for selector, label in self.selectors.items() if _selector_matches(selector, labels)
        }


def _redact_note(note: Finding) -> Finding:
    """Return a remark on the reading without file, place and names; kinds and numbers stay."""
    params = {
        key: value if isinstance(value, int | float) or value in ALL_KINDS else "…"
        for key, value in note.params.items()
    }
    return dataclasses.replace(note, subject="", place=None, params=params)


def _numbered_names(kind: str, names: Iterable[str]) -> dict[str, str]:
    distinct = list(names)
    width = len(str(len(distinct)))
    return {name: f"{kind}-{number:0{width}}" for number, name in enumerate(distinct, start=1)}


def _selects_everything(selector: str) -> bool:
    return selector.replace(" ", "") in ("", "all()", "global()")


def _selector_matches(selector: str, labels: Mapping[str, str]) -> bool | None:
    try:
        return parse_selector(selector).matches(labels)
    except SelectorError:
        return None
