"""Pools and nodes that come of an installer's settings, as the classes of the model."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter

from ...calico.limits import ALLOWED_BLOCK_SIZES, DEFAULT_BLOCK_SIZE, KUBELET_MAX_PODS
from ...calico.pool_selection import OS_LABEL
from ...cidr import Cidr, IPVersion
from ...findings import Finding, Place
from ...model import IPPool, Node, NodeGroup
from ..document import Document
from ..kubernetes_objects import KIND_READERS
from ..object_source import ObjectSource, read_object
from ..validation import validate
from .installer_settings import DEFAULT_POOL_NAMES, DefaultPools, InstallerRange, InstallerSettings, Weight
from .setting_values import is_template

_NODE = TypeAdapter(Node)
_GROUP = TypeAdapter(NodeGroup)
Mapped = Mapping[str, Any]


def add_default_pools(settings: InstallerSettings, *, has_pools: bool) -> None:
    """Make pools over the pods' ranges where no input defines any; the most special input decides how."""
    if settings.pools or settings.creates_no_pool or not settings.default_pools:
        return
    highest = max(pools.rank for pools in settings.default_pools)
    # Of several files of the same kind the first decides, as for ranges.
    chosen = next(pools for pools in settings.default_pools if pools.rank == highest)
    ranges = _first_by_version(settings.ranges_of("cluster", platform_only=chosen.platform_only))
    for version, fields in chosen.specs.items():
        pod_range = ranges.get(version)
        if pod_range is not None or (version == 4 and chosen.fallback and not ranges):
            _add_default_pool(settings, version, fields, chosen, pod_range)
    if has_pools:
        return
    params = {"installer": chosen.installer}
    if not settings.pools:
        settings.notes.append(Finding("installer-no-range", "", params, chosen.place))
    elif chosen.assumed:
        settings.notes.append(Finding("pool-assumed", "", params, chosen.place))


def _add_default_pool(
    settings: InstallerSettings,
    version: IPVersion,
    fields: Mapped,
    chosen: DefaultPools,
    pod_range: InstallerRange | None,
) -> None:
    written = dict(chosen.written.get(version, {}))
    defaults = {"cidr": chosen.fallback, **{key: value for key, value in fields.items() if key not in written}}
    place = chosen.place
    if pod_range is not None:
        (defaults if pod_range.weight is Weight.DEFAULT else written)["cidr"] = pod_range.text
    installer = "calico-node" if chosen.assumed else chosen.installer
    pool = settings.add_pool(DEFAULT_POOL_NAMES[version], written, place, installer, defaults)
    if pod_range is not None and pod_range.weight is not Weight.DEFAULT and pod_range.place != place:
        pool.cidr_origin = str(pod_range.place)


def _first_by_version(ranges: Iterable[InstallerRange]) -> dict[IPVersion, InstallerRange]:
    """Return the first range of each family."""
    by_version: dict[IPVersion, InstallerRange] = {}
    for item in ranges:
        if cidr := Cidr.parse_or_none(item.text):
            by_version.setdefault(cidr.version, item)
    return by_version


def build_nodes(settings: InstallerSettings) -> Iterator[Node]:
    """Return the nodes that the input names."""
    for name, node in settings.nodes.items():
        value = {
            "name": name,
            "labels": {OS_LABEL: "linux", **node.labels},
            "maxPods": settings.max_pods or KUBELET_MAX_PODS,
            "addresses": list(node.addresses),
        }
        if (built := validate(_NODE, value, Document.at_place(Place("hosts")), settings.problems)) is not None:
            yield built


def build_groups(settings: InstallerSettings) -> Iterator[NodeGroup]:
    """Return the planned nodes, a group for each that the input names with a number."""
    for name, group in settings.groups.items():
        value = {
            "name": name,
            "nodes": group.nodes,
            "os": group.os,
            "maxPods": group.max_pods or settings.max_pods or KUBELET_MAX_PODS,
            "labels": dict(group.labels),
        }
        if (built := validate(_GROUP, value, Document.at_place(group.place), settings.problems)) is not None:
            yield built


def build_pools(settings: InstallerSettings) -> Iterator[IPPool]:
    """Return the pools that the installer would create; what is wrong with one is among the problems."""
    for name, installer_pool in settings.pools.items():
        spec, place = installer_pool.spec, installer_pool.place
        if templates := [value for value in spec.values() if is_template(value)]:
            settings.problems += [
                Finding("setting-template", f"IPPool/{name}", {"value": value[:80]}, place) for value in templates
            ]
            continue
        size, cidr = spec.get("blockSize"), Cidr.parse_or_none(spec.get("cidr"))
        if cidr and cidr.version == 6 and isinstance(size, int) and size in ALLOWED_BLOCK_SIZES[4]:
            params = {"size": size, "cidr": str(cidr), "default": DEFAULT_BLOCK_SIZE[6]}
            settings.problems.append(Finding("size-of-ipv4", f"IPPool/{name}", params, place))
            continue
        value = {"metadata": {"name": name}, "spec": spec}
        source = ObjectSource(value, Document.at_place(place), notes=settings.notes)
        pool = read_object(KIND_READERS["IPPool"][0], source)
        settings.problems += [_at_setting(problem, place) for problem in source.problems]
        if pool is not None:
            yield pool


def _at_setting(problem: Finding, place: Place) -> Finding:
    """Place a problem of a pool in the installer's file: the pool's field under the pool's own place."""
    field = problem.place.field.removeprefix("spec.") if problem.place else ""
    return dataclasses.replace(
        problem, place=Place(place.file, place.line, ".".join(filter(None, (place.field, field))))
    )
