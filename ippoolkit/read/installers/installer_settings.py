"""What the inputs of installers say of pools, networks and nodes, before it becomes a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...cidr import Cidr, IPVersion
from ...findings import Finding, Place
from ...yaml_scalars import is_digits

DEFAULT_POOL_NAMES: dict[IPVersion, str] = {4: "default-ipv4-ippool", 6: "default-ipv6-ippool"}
DEFAULT_RANGE = "192.168.0.0/16"  # the operator's and calico-node's, where nothing says otherwise
# kube-controller-manager's --node-cidr-mask-size where nobody sets it.
DEFAULT_NODE_PREFIXES: dict[IPVersion, int] = {4: 24, 6: 64}


@dataclass(slots=True)
class InstallerPool:
    """A pool that an installer creates: its spec, where it is written, who creates it, and what was not written."""

    spec: dict[str, Any]
    place: Place
    installer: str
    defaults: tuple[str, ...] = ()  # fields of the spec that are the installer's defaults


@dataclass(slots=True)
class InstallerSettings:
    """Pools by name, networks as texts, nodes, and per-node prefixes by family with what the setting is called."""

    pools: dict[str, InstallerPool] = field(default_factory=dict)
    cluster_cidrs: list[str] = field(default_factory=list)
    service_cidrs: list[str] = field(default_factory=list)
    node_networks: list[str] = field(default_factory=list)
    node_names: list[str] = field(default_factory=list)
    max_pods: int = 0
    node_prefixes: dict[IPVersion, tuple[int, str]] = field(default_factory=dict)
    cni_pools: dict[IPVersion, tuple[str, ...]] | None = None  # of the CNI configuration; None where none was read
    notes: list[Finding] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)
    uses_default_range: bool = False  # pools stand on the installer's default range: a cluster CIDR replaces it
    default_pool_installer: str = "calico-node"  # who creates pools where only a cluster CIDR was read
    default_pool_spec: dict[str, Any] = field(default_factory=dict)
    has_calico: bool = True
    found: list[str] = field(default_factory=list)  # installers that were recognized

    def add_pool(
        self, name: str, spec: Mapping[str, Any], place: Place, installer: str, defaults: Mapping[str, Any] = {}
    ) -> None:
        """Add a pool; of `defaults` counts what the spec does not say, and values of None are left to Calico."""
        written = {key: value for key, value in spec.items() if value is not None}
        added = {key: value for key, value in defaults.items() if key not in written and value is not None}
        before = self.pools.get(name)
        if before is not None and before.spec != {**added, **written}:
            params = {"installer": installer, "other": before.installer, "first": str(before.place)}
            self.notes.append(Finding("installer-twice", f"IPPool/{name}", params, place))
        self.pools[name] = InstallerPool({**added, **written}, place, installer, tuple(added))

    def set_node_prefix(self, version: IPVersion, value: object, name: str) -> None:
        """Note a per-node prefix, if it is one; the first that is read counts."""
        prefix = parse_number(value)
        if isinstance(prefix, int) and not isinstance(prefix, bool) and 0 <= prefix <= (32 if version == 4 else 128):
            self.node_prefixes.setdefault(version, (prefix, name))


def get_mapping(value: object, *keys: str) -> Mapping[str, Any]:
    """Return the mapping at a path of keys; empty where anything on the way is not a mapping."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def get_list(value: Mapping[str, Any], key: str) -> list[Any]:
    """Return the list at a key; empty where there is none."""
    child = value.get(key)
    return child if isinstance(child, list) else []


def split_list(value: object) -> list[str]:
    """Return the CIDRs of a list, or of a text with commas."""
    parts = value if isinstance(value, list) else str(value or "").split(",")
    return [str(part).strip() for part in parts if str(part).strip()]


def first_by_version(texts: list[str]) -> dict[IPVersion, str]:
    """Return the first range of each family."""
    cidr_by_version: dict[IPVersion, str] = {}
    for text in texts:
        if cidr := Cidr.parse_or_none(text):
            cidr_by_version.setdefault(cidr.version, text)
    return cidr_by_version


def parse_number(value: object) -> object:
    """Return a number that stands in quotes, as installers take it."""
    return int(value) if is_digits(value) else value


def parse_arguments(value: object) -> dict[str, str]:
    """Return command-line arguments: a mapping, a list of `name=value`, or a list of mappings with name and value."""
    if isinstance(value, Mapping):
        return {str(key).lstrip("-"): str(argument) for key, argument in value.items()}
    arguments: dict[str, str] = {}
    for item in value if isinstance(value, list) else [value] if isinstance(value, str) else []:
        if isinstance(item, Mapping):
            arguments[str(item.get("name", "")).lstrip("-")] = str(item.get("value", ""))
        else:
            name, _, text = str(item).partition("=")
            arguments[name.lstrip("-")] = text
    return arguments


def read_controller_arguments(arguments: Mapping[str, str], settings: InstallerSettings) -> None:
    """Take what kube-controller-manager's arguments say of per-node ranges and networks."""
    settings.cluster_cidrs += split_list(arguments.get("cluster-cidr"))
    settings.service_cidrs += split_list(arguments.get("service-cluster-ip-range"))
    settings.set_node_prefix(4, arguments.get("node-cidr-mask-size-ipv4"), "node-cidr-mask-size-ipv4")
    settings.set_node_prefix(4, arguments.get("node-cidr-mask-size"), "node-cidr-mask-size")
    settings.set_node_prefix(6, arguments.get("node-cidr-mask-size-ipv6"), "node-cidr-mask-size-ipv6")
