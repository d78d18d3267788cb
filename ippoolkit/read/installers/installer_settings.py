"""What the inputs of installers say of pools, networks and nodes, before it becomes a scenario."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Literal

from ...cidr import ADDRESS_BITS, Cidr, IPVersion
from ...findings import Finding, Place
from ..document import Document, field_name
from .setting_values import is_template, parse_count, parse_number, positive_number, split_list
from .tracked_settings import TrackedMapping

DEFAULT_POOL_NAMES: dict[IPVersion, str] = {4: "default-ipv4-ippool", 6: "default-ipv6-ippool"}
DEFAULT_RANGE = "192.168.0.0/16"  # the operator's and calico-node's, where nothing says otherwise
# kube-controller-manager's --node-cidr-mask-size where nobody sets it.
DEFAULT_NODE_PREFIXES: dict[IPVersion, int] = {4: 24, 6: 64}
# Of kube-controller-manager, by IP version; the first that is there counts.
_NODE_PREFIX_ARGUMENTS: Mapping[IPVersion, tuple[str, ...]] = {
    4: ("node-cidr-mask-size-ipv4", "node-cidr-mask-size"),
    6: ("node-cidr-mask-size-ipv6",),
}
_LIST_INDEX = re.compile(r"\[\d+\]")
_NAMED_UNUSED = 8  # settings of a file that are listed by name; more are counted

RangeKind = Literal["cluster", "services", "nodes"]


class Weight(IntEnum):
    """How much a range counts: an installer's default, what is written, a patch over what is written."""

    DEFAULT = 0
    WRITTEN = 1
    PATCH = 2


@dataclass(frozen=True, slots=True)
class InstallerRange:
    """A range that an installer's input tells, or has by default, and where."""

    text: str
    place: Place
    weight: Weight
    is_platform: bool  # the operator takes its pools from it: kubeadm's and OpenShift's pod networks


@dataclass(slots=True)
class InstallerPool:
    """A pool that an installer creates: its spec, where it is written, who creates it, and what was not written."""

    spec: dict[str, Any]
    place: Place
    installer: str
    defaults: tuple[str, ...] = ()  # fields of the spec that are the installer's defaults
    cidr_origin: str = ""  # where the cidr comes from, if not from the pool's own place


@dataclass(frozen=True, slots=True)
class DefaultPools:
    """Pools that an installer creates where its input defines none: one over the pods' range of each family.

    Attributes
    ----------
    specs
        Their fields by IP version, without the cidr; a family that is not there gets no pool.
    written
        Those of the fields that are written in the input.
    fallback
        The IPv4 range where none was read; empty: then there is no pool.
    platform_only
        Whether only the ranges of kubeadm and OpenShift are taken over, as the operator and calico-node do.
    rank
        Of several that nothing else decides, the one with the highest rank counts: 1 an installer's own file, 2 what
        installs Calico itself.
    assumed
        Whether the input tells only the pods' range, and the pool is assumed to be all of it.
    """

    installer: str
    place: Place
    specs: Mapping[IPVersion, Mapping[str, Any]]
    fallback: str = ""
    platform_only: bool = False
    rank: int = 1
    assumed: bool = False
    written: Mapping[IPVersion, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(slots=True)
class InstallerNode:
    """A node that an installer's input names."""

    addresses: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InstallerGroup:
    """Nodes that an installer's input plans alike, with their number."""

    nodes: int
    place: Place
    labels: Mapping[str, str] = field(default_factory=dict)
    os: Literal["linux", "windows"] = "linux"
    max_pods: int = 0


@dataclass(slots=True)
class InstallerSettings:
    """Pools by name, ranges, nodes, and per-node prefixes by family with what the setting is called."""

    pools: dict[str, InstallerPool] = field(default_factory=dict)
    default_pools: list[DefaultPools] = field(default_factory=list)
    ranges: dict[RangeKind, list[InstallerRange]] = field(default_factory=dict)
    nodes: dict[str, InstallerNode] = field(default_factory=dict)
    groups: dict[str, InstallerGroup] = field(default_factory=dict)
    max_pods: int = 0
    node_prefixes: dict[IPVersion, tuple[int, str]] = field(default_factory=dict)
    cni_pools: dict[IPVersion, tuple[str, ...]] | None = None  # of the CNI configuration; None where none was read
    is_cni_assumed: bool = False  # these are what the installer's release would have written
    ipam: dict[str, bool] = field(default_factory=dict)  # fields of the IPAM configuration that the installer writes
    wireguard: bool = False
    detection_ranges: list[tuple[str, Place]] = field(default_factory=list)  # in which nodes find their own address
    config_maps: dict[str, Mapping[str, Any]] = field(default_factory=dict)  # data of calico's ConfigMaps
    notes: list[Finding] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)
    has_old_groups: bool = False  # Kubespray's groups have the names of v2.15 and before
    lacks_platform_ranges: bool = False  # kubeadm's configuration was read, and has no podSubnet
    creates_no_pool: bool = False  # the input says so: pools are managed elsewhere

    def add_pool(
        self, name: str, spec: Mapping[str, Any], place: Place, installer: str, defaults: Mapping[str, Any] = {}
    ) -> InstallerPool:
        """Add a pool; of `defaults` counts what the spec does not say, and values of None are left to Calico."""
        written = {key: value for key, value in spec.items() if value is not None}
        added = {key: value for key, value in defaults.items() if key not in written and value is not None}
        pool = InstallerPool({**added, **written}, place, installer, tuple(added))
        first = self.pools.get(name)
        if first is not None and first.spec != pool.spec:
            differing = [key for key in {**first.spec, **pool.spec} if first.spec.get(key) != pool.spec.get(key)]
            fields = ", ".join(f"{key} {first.spec.get(key)} / {pool.spec.get(key)}" for key in differing)
            params = {"installer": installer, "other": first.installer, "first": str(first.place), "fields": fields}
            self.notes.append(Finding("installer-twice", f"IPPool/{name}", params, place))
        self.pools[name] = pool
        return pool

    def add_ranges(
        self,
        kind: RangeKind,
        value: object,
        place: Place,
        *,
        default: str = "",
        weight: Weight = Weight.WRITTEN,
        is_platform: bool = False,
    ) -> None:
        """Add the ranges of a list, or of a text with commas; where there are none, the installer's default."""
        texts = split_list(value)
        if not texts:
            texts, weight = split_list(default), Weight.DEFAULT
        ranges = self.ranges.setdefault(kind, [])
        known_texts = {known.text for known in ranges}
        for text in texts:
            if Cidr.parse_or_none(text) is None:
                code, key = ("setting-template", "value") if is_template(text) else ("cidr-syntax", "cidr")
                self.problems.append(Finding(code, params={key: text[:80]}, place=place))
            elif text not in known_texts:
                ranges.append(InstallerRange(text, place, weight, is_platform))

    def ranges_of(self, kind: RangeKind, *, platform_only: bool = False) -> list[InstallerRange]:
        """Return the ranges of a kind that count: of each family those with the most weight."""
        ranges = [item for item in self.ranges.get(kind, []) if item.is_platform or not platform_only]
        heaviest: dict[IPVersion, Weight] = {}
        for item in ranges:
            version = _version(item.text)
            heaviest[version] = max(item.weight, heaviest.get(version, Weight.DEFAULT))
        return [item for item in ranges if item.weight == heaviest[_version(item.text)]]

    def range_findings(self) -> Iterator[Finding]:
        """Say where two files tell different ranges of one family, and which of them counts."""
        for kind, ranges in self.ranges.items():
            if kind == "nodes":
                continue
            counting = {_version(item.text): item for item in reversed(self.ranges_of(kind))}
            for item in ranges:
                if item.weight is Weight.DEFAULT:
                    continue
                first = counting[_version(item.text)]
                if item.place != first.place and item.text != first.text:
                    params = {"cidr": item.text, "other": first.text, "place": str(first.place)}
                    yield Finding("installer-ranges-differ", "", params, item.place)

    def add_node(self, name: object, addresses: object = (), labels: object = None) -> None:
        """Add a node by name, with the addresses of a list or a text with commas, as far as they are addresses."""
        text = str(name or "")
        if not text:
            return
        known = self.nodes.setdefault(text, InstallerNode())
        valid = [address for address in split_list(addresses) if _is_address(address)]
        known.addresses = tuple(dict.fromkeys((*known.addresses, *valid)))
        known.labels = {**known.labels, **_label_texts(labels)}

    def add_detected_networks(self, pools: Iterable[Cidr]) -> None:
        """Take ranges in which nodes find their address for the nodes' network where a pool holds all of one.

        A wider one, such as 10.0.0.0/8, does not tell where in it the nodes are.
        """
        pools = list(pools)
        for text, place in self.detection_ranges:
            cidr = Cidr.parse_or_none(text)
            if cidr is not None and any(cidr in pool for pool in pools):
                self.add_ranges("nodes", text, place)

    def add_group(
        self,
        name: object,
        counts: Mapping[str, object],
        place: Place,
        *,
        labels: object = None,
        os: Literal["linux", "windows"] = "linux",
        max_pods: object = None,
    ) -> None:
        """Add planned nodes: of the numbers that the input may tell the first that it does is how many there are."""
        group_name = str(name or "nodes")
        known_counts = {key: number for key, count in counts.items() if (number := parse_count(count)) is not None}
        if not known_counts:
            params = {"name": group_name, "settings": ", ".join(counts)}
            self.notes.append(Finding("group-uncounted", "", params, place))
            return
        nodes = next(iter(known_counts.values()))
        self.groups[group_name] = InstallerGroup(nodes, place, _label_texts(labels), os, positive_number(max_pods))
        written = ", ".join(f"{key} {number}" for key, number in known_counts.items())
        self.notes.append(
            Finding("group-planned", "", {"name": group_name, "nodes": nodes, "settings": written}, place)
        )

    def set_max_pods(self, value: object) -> None:
        """Note how many pods kubelet runs, if the value is a number."""
        self.max_pods = positive_number(value) or self.max_pods

    def add_node_address(self, value: object, place: Place) -> None:
        """Add the address of a node whose name is unknown."""
        if (cidr := Cidr.parse_network_or_address(value)) is not None:
            self.add_ranges("nodes", str(cidr), place)

    def set_node_prefix(self, version: IPVersion, value: object, name: str, *, is_patch: bool = False) -> None:
        """Note a per-node prefix, if it is one; the first that is read counts, or a patch of it."""
        prefix = parse_number(value)
        if isinstance(prefix, int) and not isinstance(prefix, bool) and 0 <= prefix <= ADDRESS_BITS[version]:
            if is_patch:
                self.node_prefixes[version] = prefix, name
            self.node_prefixes.setdefault(version, (prefix, name))

    def note_other_plugin(self, plugin: object, place: Place) -> None:
        """Note that another network plugin than Calico hands out the pods' addresses."""
        self.notes.append(Finding("plugin-other", "", {"plugin": str(plugin)}, place))

    def note_unused(self, tracked: TrackedMapping, document: Document) -> None:
        """List the settings of a document that nothing here makes use of."""
        names = dict.fromkeys(_LIST_INDEX.sub("[]", field_name(path)) for path in tracked.unused_paths())
        self.note_unused_names(list(names), Place(document.file, document.line_of(())))

    def note_unused_names(self, names: list[str], place: Place) -> None:
        """List settings that nothing here makes use of; the first by name."""
        if names:
            named = ", ".join(names[:_NAMED_UNUSED])
            more = f", … (+{len(names) - _NAMED_UNUSED})" if len(names) > _NAMED_UNUSED else ""
            self.notes.append(Finding("settings-unused", "", {"names": named + more, "count": len(names)}, place))


def _label_texts(labels: object) -> dict[str, str]:
    return {str(key): str(value) for key, value in labels.items()} if isinstance(labels, Mapping) else {}


def _version(text: str) -> IPVersion:
    return 6 if ":" in text else 4


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def read_controller_arguments(
    arguments: Mapping[str, str], settings: InstallerSettings, place: Place, *, is_patch: bool = False
) -> None:
    """Take what kube-controller-manager's and kube-apiserver's arguments say of per-node ranges and networks."""
    settings.add_ranges("cluster", arguments.get("cluster-cidr"), place)
    settings.add_ranges("services", arguments.get("service-cluster-ip-range"), place)
    for version, names in _NODE_PREFIX_ARGUMENTS.items():
        name = next((name for name in names if name in arguments), "")
        settings.set_node_prefix(version, arguments.get(name), name, is_patch=is_patch)


def set_default_node_prefix(settings: InstallerSettings) -> None:
    """Take kube-controller-manager's own per-node IPv4 prefix where the input does not say another."""
    settings.node_prefixes.setdefault(4, (DEFAULT_NODE_PREFIXES[4], "node-cidr-mask-size"))
