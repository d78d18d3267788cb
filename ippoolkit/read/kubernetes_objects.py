"""Kubernetes and Calico objects to the model: what `calicoctl get` and `kubectl get` print, and what people write.

Each kind has one function that turns an object into the fields of its model class. They add no meaning: absent fields
take Calico's defaults, fields that Calico does not have are problems.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from ..calico.kinds import METADATA_FIELDS, V1, V3
from ..calico.limits import ALLOWED_BLOCK_SIZES
from ..cidr import ADDRESS_BITS, Cidr
from ..errors import InputError
from ..findings import Finding
from ..model import BGPConfiguration, BGPPeer, Block, IPAMConfig, IPPool, IPReservation, Namespace, Node, Pod
from ..model.bgp import MAX_AS_NUMBER
from ..yaml_scalars import is_digits, to_go_string
from .document import Document, FieldPath
from .json_text import load_json
from .validation import MAX_PROBLEMS, many_problems, validate

Fields = dict[str, Any]

CALICO_VERSIONS = (V3, V1)
CORE_VERSIONS = ("v1",)
# Written by the datastore or by kubectl, not by a person.
MANAGED_ANNOTATIONS = ("projectcalico.org/metadata", "kubectl.kubernetes.io/last-applied-configuration")
_ALLOCATION_ATTRIBUTES = ("node", "namespace", "pod", "type", "timestamp")
_MAX_BLOCK_ADDRESSES = max(1 << ADDRESS_BITS[version] - sizes[0] for version, sizes in ALLOWED_BLOCK_SIZES.items())
_TEXT_FIELDS = ("cidr", "nodeSelector", "namespaceSelector", "assignmentMode", "ipipMode", "vxlanMode")
_TUNNEL_ANNOTATIONS = {
    "IPv4IPIPTunnelAddr": "ipip",
    "IPv4VXLANTunnelAddr": "vxlan",
    "IPv6VXLANTunnelAddr": "vxlan",
    "IPv4WireguardInterfaceAddr": "wireguard",
    "IPv6WireguardInterfaceAddr": "wireguard",
}


@dataclass(slots=True)
class ObjectSource:
    """One object in a document: where it is, and where its problems and notes go."""

    document: Document
    path: FieldPath
    problems: list[Finding]
    notes: list[Finding]
    lenient: bool = False  # what an object can be read without is a note, not a problem
    added: int = 0  # problems and notes

    def get_mapping(self, parent: Mapping[str, Any], key: str, *parents: str) -> Mapping[str, Any]:
        """Return the mapping below a key; an absent one is empty, anything else a problem."""
        value = parent.get(key)
        if value is None:
            return {}
        if isinstance(value, Mapping):
            return value
        self.add_problem("type-mapping", (*parents, key), value=json.dumps(value)[:60])
        return {}

    def get_list(self, parent: Mapping[str, Any], key: str, *parents: str) -> list[Any]:
        """Return the list below a key; an absent one is empty, anything else a problem."""
        value = parent.get(key)
        if value is None or isinstance(value, list):
            return value or []
        self.add_problem("type-list", (*parents, key), value=json.dumps(value)[:60])
        return []

    def check_unknown_fields(self, mapping: Mapping[str, Any], known: set[str], *parents: str) -> None:
        """Note every key that an object of this kind does not have."""
        for key in mapping:
            if key not in known:
                self.add_tolerated("field-unknown", (*parents, key), field=key)

    def add_problem(self, code: str, path: FieldPath, **params: object) -> None:
        """Note a problem at a path inside the object."""
        self._add(self.problems, code, path, params)

    def add_tolerated(self, code: str, path: FieldPath, **params: object) -> None:
        """Note something that a lenient reader goes on without."""
        self._add(self.notes if self.lenient else self.problems, code, path, params)

    def _add(self, findings: list[Finding], code: str, path: FieldPath, params: dict[str, object]) -> None:
        findings.append(Finding(code, params=params, place=self.document.place((*self.path, *path))))
        self.added += 1
        if self.added > MAX_PROBLEMS:
            raise InputError([*findings[-MAX_PROBLEMS:], many_problems(self.document)])


@dataclass(frozen=True, slots=True)
class KindReader:
    """How to read one kind of object."""

    api_versions: tuple[str, ...]
    cluster_field: str  # the field of Cluster that it becomes part of
    adapter: TypeAdapter[Any]
    read_fields: Callable[[Mapping[str, Any], ObjectSource], Fields | None]
    field_paths: Mapping[str, FieldPath]  # where a field of the model stands in the object, unless it is in spec


def read_object(reader: KindReader, value: Mapping[str, Any], source: ObjectSource) -> Any | None:
    """Turn an object into its model class; None where it has problems."""
    problem_count = len(source.problems)
    fields = reader.read_fields(value, source)
    if fields is None:
        return None

    def to_document_path(path: FieldPath) -> FieldPath:
        head, *rest = path or ("",)
        return (*source.path, *reader.field_paths.get(str(head), ("spec", head)), *rest)

    item = validate(reader.adapter, fields, source.document, source.problems, to_document_path)
    return item if len(source.problems) == problem_count else None


def to_model(kind: str, value: Mapping[str, Any]) -> Any | None:
    """Turn one of Calico's objects into its model class; None where it does not fit."""
    return read_object(KIND_READERS[kind][0], value, ObjectSource(Document.without_lines("", value), (), [], []))


def _ippool_fields(value: Mapping[str, Any], source: ObjectSource) -> Fields:
    metadata, spec = _metadata_and_spec(value, source)
    fields = {key: _decode_pool_field(key, item) for key, item in spec.items() if item is not None}
    for mode in ("ipipMode", "vxlanMode"):
        if fields.get(mode) == "":
            del fields[mode]
    if fields.get("allowedUses") == []:
        del fields["allowedUses"]
    annotations = source.get_mapping(metadata, "annotations", "metadata")
    return fields | {
        "name": to_go_string(metadata.get("name", "")),
        "labels": _labels(metadata, source),
        "annotations": {k: to_go_string(v) for k, v in annotations.items() if k not in MANAGED_ANNOTATIONS},
    }


def _ipam_config_fields(value: Mapping[str, Any], source: ObjectSource) -> Fields:
    _, spec = _metadata_and_spec(value, source)
    if "autoAllocateBlocks" not in spec:
        place = source.document.place((*source.path, "spec"))
        source.notes.append(Finding("auto-allocate-absent", place=place))
    return {"autoAllocateBlocks": False} | {key: _as_integer(item) for key, item in spec.items() if item is not None}


def _reservation_fields(value: Mapping[str, Any], source: ObjectSource) -> Fields:
    metadata, spec = _metadata_and_spec(value, source)
    fields = {key: item for key, item in spec.items() if item is not None}
    return fields | {"name": to_go_string(metadata.get("name", ""))}


def _node_fields(value: Mapping[str, Any], source: ObjectSource) -> Fields:
    metadata = source.get_mapping(value, "metadata")
    annotations = source.get_mapping(metadata, "annotations", "metadata")
    tunnels = [
        {"type": tunnel_type, "address": annotations[f"projectcalico.org/{key}"]}
        for key, tunnel_type in _TUNNEL_ANNOTATIONS.items()
        if annotations.get(f"projectcalico.org/{key}")
    ]
    spec, status = source.get_mapping(value, "spec"), source.get_mapping(value, "status")
    pod_cidrs = source.get_list(spec, "podCIDRs", "spec") or [cidr for cidr in (spec.get("podCIDR"),) if cidr]
    listed = source.get_list(status, "addresses", "status")
    internal_addresses = [
        item.get("address") for item in listed if isinstance(item, Mapping) and item.get("type") == "InternalIP"
    ]
    with_prefix = [annotations.get(f"projectcalico.org/IPv{version}Address") for version in (4, 6)]
    return {
        "name": metadata.get("name", ""),
        "labels": _labels(metadata, source),
        "tunnels": tunnels,
        "podCIDRs": pod_cidrs,
        **_node_addresses([*internal_addresses, *with_prefix]),
        **_max_pods(status, source),
        **_node_bgp(
            annotations.get("projectcalico.org/ASNumber"), annotations.get("projectcalico.org/RouteReflectorClusterID")
        ),
    }


def _node_bgp(as_number: object, cluster_id: object) -> Fields:
    """Return a node's own AS number, and its cluster where it is a route reflector; what is no number is left out."""
    number = _bgp_fields({"asNumber": as_number}, ("asNumber",)).get("asNumber")
    is_number = isinstance(number, int) and 0 < number <= MAX_AS_NUMBER
    return ({"asNumber": number} if is_number else {}) | (
        {"routeReflectorClusterID": to_go_string(cluster_id)} if cluster_id else {}
    )


def _max_pods(status: Mapping[str, Any], source: ObjectSource) -> Fields:
    for name in ("allocatable", "capacity"):
        pods = to_go_string(source.get_mapping(status, name, "status").get("pods", ""))
        if is_digits(pods):
            return {"maxPods": int(pods)}
    return {}


def _node_addresses(values: list[Any]) -> Fields:
    """Return addresses, and the networks of those that are written with their prefix; others are no addresses."""
    addresses: dict[str, None] = {}
    networks: dict[str, None] = {}
    for value in values:
        text, slash, prefix = str(value or "").partition("/")
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            continue
        addresses.setdefault(str(address))
        if slash and is_digits(prefix) and int(prefix) < address.max_prefixlen:
            networks.setdefault(f"{address}/{prefix}")
    return {"addresses": list(addresses), "networks": list(networks)}


def _calico_node_fields(value: Mapping[str, Any], source: ObjectSource) -> Fields:
    metadata, spec = source.get_mapping(value, "metadata"), source.get_mapping(value, "spec")
    bgp, wireguard = source.get_mapping(spec, "bgp", "spec"), source.get_mapping(spec, "wireguard", "spec")
    tunnel_addresses = (
        ("ipip", bgp.get("ipv4IPIPTunnelAddr")),
        ("vxlan", spec.get("ipv4VXLANTunnelAddr")),
        ("vxlan", spec.get("ipv6VXLANTunnelAddr")),
        ("wireguard", wireguard.get("interfaceIPv4Address")),
        ("wireguard", wireguard.get("interfaceIPv6Address")),
    )
    tunnels = [{"type": tunnel_type, "address": address} for tunnel_type, address in tunnel_addresses if address]
    address_fields = _node_addresses([bgp.get("ipv4Address"), bgp.get("ipv6Address")])
    return {
        "name": metadata.get("name", ""),
        "labels": _labels(metadata, source),
        "tunnels": tunnels,
        **address_fields,
        **_node_bgp(bgp.get("asNumber"), bgp.get("routeReflectorClusterID")),
    }


def _namespace_fields(value: Mapping[str, Any], source: ObjectSource) -> Fields:
    metadata = source.get_mapping(value, "metadata")
    return {"name": metadata.get("name", ""), "labels": _labels(metadata, source)} | _requested_pools(metadata, source)


def _pod_fields(value: Mapping[str, Any], source: ObjectSource) -> Fields:
    metadata, spec, status = (source.get_mapping(value, key) for key in ("metadata", "spec", "status"))
    annotations = source.get_mapping(metadata, "annotations", "metadata")
    annotated_addresses = annotations.get(
        "cni.projectcalico.org/podIPs", annotations.get("cni.projectcalico.org/podIP")
    )
    addresses: list[Any]
    if spec.get("hostNetwork"):
        addresses = []
    elif (
        annotated_addresses is not None
    ):  # also when empty: a finished pod keeps its status long after its address went
        addresses = [address for address in str(annotated_addresses).split(",") if address]
    else:
        addresses = [item.get("ip") for item in source.get_list(status, "podIPs", "status") if isinstance(item, dict)]
    return {
        "name": metadata.get("name", ""),
        "namespace": metadata.get("namespace", "default"),
        "node": spec.get("nodeName") or "",
        "addresses": addresses,
        "hostNetwork": bool(spec.get("hostNetwork", False)),
        "phase": status.get("phase", "Pending"),
        "owner": _controller_kind(metadata, source),
    } | _requested_pools(metadata, source)


def _controller_kind(metadata: Mapping[str, Any], source: ObjectSource) -> str:
    """Return the kind of an object's controller; empty for one without."""
    for owner in source.get_list(metadata, "ownerReferences", "metadata"):
        if isinstance(owner, dict) and owner.get("controller"):
            return str(owner.get("kind", ""))
    return ""


def _block_fields(value: Mapping[str, Any], source: ObjectSource) -> Fields | None:
    spec = source.get_mapping(value, "spec")
    attributes = source.get_list(spec, "attributes", "spec")
    if "cidr" not in spec and "allocations" in spec:  # kubectl prints fields in the order of their names
        source.add_problem("file-cut", ("spec",))
        return None
    allocations: list[Fields] = []
    for ordinal, index in enumerate(source.get_list(spec, "allocations", "spec")[:_MAX_BLOCK_ADDRESSES]):
        if index is None:
            continue
        if not isinstance(index, int) or not 0 <= index < len(attributes) or not isinstance(attributes[index], dict):
            source.add_tolerated("block-attribute", ("spec", "allocations", ordinal), ordinal=ordinal)
            allocations.append({"ordinal": ordinal})
            continue
        attribute = attributes[index]
        secondary = source.get_mapping(attribute, "secondary", "spec", "attributes", str(index))
        details = {key: text for key, text in secondary.items() if text and key in _ALLOCATION_ATTRIBUTES}
        handle_fields = {"handle": attribute.get("handle_id") or "", "releasedAt": attribute.get("releasedAt") or ""}
        allocations.append({"ordinal": ordinal, **handle_fields, **details})
    _check_block_length(spec, source)
    return {
        **({"cidr": spec["cidr"]} if "cidr" in spec else {}),
        "affinity": spec.get("affinity") or "",
        "allocations": allocations,
        "unallocated": source.get_list(spec, "unallocated", "spec")[:_MAX_BLOCK_ADDRESSES],
    }


def _check_block_length(spec: Mapping[str, Any], source: ObjectSource) -> None:
    """Note a block that does not list each of its addresses, as Calico writes it: the dump was cut."""
    cidr = Cidr.parse_or_none(spec.get("cidr"))
    allocations = source.get_list(spec, "allocations", "spec")
    free = source.get_list(spec, "unallocated", "spec")
    if cidr is None or not allocations:
        return
    if len(allocations) != cidr.size:
        params = {"listed": len(allocations), "size": cidr.size}
        source.add_tolerated("block-length", ("spec", "allocations"), **params)
    elif len(free) != sum(index is None for index in allocations):
        params = {"listed": len(free) + sum(index is not None for index in allocations), "size": cidr.size}
        source.add_tolerated("block-length", ("spec", "unallocated"), **params)


def _metadata_and_spec(value: Mapping[str, Any], source: ObjectSource) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    source.check_unknown_fields(value, {"apiVersion", "kind", "metadata", "spec", "status"})
    metadata = source.get_mapping(value, "metadata")
    source.check_unknown_fields(metadata, set(METADATA_FIELDS), "metadata")
    return metadata, source.get_mapping(value, "spec")


def _labels(metadata: Mapping[str, Any], source: ObjectSource) -> dict[str, object]:
    return {key: to_go_string(item) for key, item in source.get_mapping(metadata, "labels", "metadata").items()}


def _requested_pools(metadata: Mapping[str, Any], source: ObjectSource) -> Fields:
    annotations = source.get_mapping(metadata, "annotations", "metadata")
    pools_by_family = {}
    for family in ("ipv4", "ipv6"):
        key = f"cni.projectcalico.org/{family}pools"
        if key not in annotations:
            continue
        try:
            pools = load_json(str(annotations[key]))
        except ValueError:
            pools = None
        if isinstance(pools, list) and all(isinstance(pool, str) for pool in pools):
            pools_by_family[f"{family}Pools"] = pools
        else:
            # Calico gives such a pod no address, as for a pool that does not exist: the text in quotes stands for one,
            # which no pool can be called.
            pools_by_family[f"{family}Pools"] = [json.dumps(str(annotations[key])[:60])]
            place = source.document.place((*source.path, "metadata", "annotations", key))
            source.notes.append(Finding("annotation-pools", params={"value": str(annotations[key])[:60]}, place=place))
    return pools_by_family


def _bgp_configuration_fields(value: Mapping[str, Any], source: ObjectSource) -> Fields | None:
    metadata, spec = _metadata_and_spec(value, source)
    if metadata.get("name") != "default":
        return None  # settings of a single node
    entries = source.get_list(spec, "serviceLoadBalancerIPs", "spec")
    announced = [entry.get("cidr") for entry in entries if isinstance(entry, Mapping) and entry.get("cidr")]
    return {**_bgp_fields(spec, ("nodeToNodeMeshEnabled", "asNumber")), "serviceLoadBalancerIPs": announced}


def _bgp_peer_fields(value: Mapping[str, Any], source: ObjectSource) -> Fields:
    metadata, spec = _metadata_and_spec(value, source)
    fields = _bgp_fields(spec, ("node", "nodeSelector", "peerIP", "peerSelector", "asNumber"))
    return {"name": metadata.get("name"), **fields}


def _bgp_fields(spec: Mapping[str, Any], keys: tuple[str, ...]) -> Fields:
    """Return the fields that are read; an AS number may be written as text, 65001 or 1.10."""
    fields = {key: spec[key] for key in keys if spec.get(key) is not None}
    if isinstance(number := fields.get("asNumber"), str):
        high, dot, low = number.rpartition(".")
        if is_digits(low) and (is_digits(high) or not dot):  # anything else is refused as no number
            fields["asNumber"] = (int(high) << 16 | int(low)) if dot else int(low)
    return fields


def _decode_pool_field(key: str, value: object) -> object:
    """Give a field of a pool the type that calicoctl's decoder gives it."""
    return to_go_string(value) if key in _TEXT_FIELDS else _as_integer(value)


def _as_integer(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


METADATA_PATHS: dict[str, FieldPath] = {
    key: ("metadata", key) for key in ("name", "namespace", "labels", "annotations")
}
_CORE_FIELD_PATHS: dict[str, FieldPath] = METADATA_PATHS | {
    "tunnels": ("metadata", "annotations"),
    "podCIDRs": ("spec", "podCIDRs"),
    "networks": ("metadata", "annotations"),
    "maxPods": ("status", "allocatable", "pods"),
    "addresses": ("status", "podIPs"),
    "hostNetwork": ("spec", "hostNetwork"),
    "phase": ("status", "phase"),
    "node": ("spec", "nodeName"),
}


def kind_reader(
    api_versions: tuple[str, ...],
    cluster_field: str,
    model_class: type[Any],
    read_fields: Callable[[Mapping[str, Any], ObjectSource], Fields | None],
    field_paths: Mapping[str, FieldPath] = METADATA_PATHS,
) -> KindReader:
    """Say how objects of a kind are read; `fields` returns None for one that is of no interest."""
    return KindReader(api_versions, cluster_field, TypeAdapter(model_class), read_fields, field_paths)


KIND_READERS: dict[str, tuple[KindReader, ...]] = {
    "IPPool": (kind_reader(CALICO_VERSIONS, "pools", IPPool, _ippool_fields),),
    "IPAMConfiguration": (kind_reader(CALICO_VERSIONS, "ipam", IPAMConfig, _ipam_config_fields),),
    "IPAMConfig": (kind_reader(CALICO_VERSIONS, "ipam", IPAMConfig, _ipam_config_fields),),
    "IPReservation": (kind_reader(CALICO_VERSIONS, "reservations", IPReservation, _reservation_fields),),
    "IPAMBlock": (kind_reader(CALICO_VERSIONS, "blocks", Block, _block_fields, {}),),
    "Node": (
        kind_reader(CORE_VERSIONS, "nodes", Node, _node_fields, _CORE_FIELD_PATHS),
        kind_reader(CALICO_VERSIONS, "nodes", Node, _calico_node_fields, METADATA_PATHS | {"tunnels": ("spec",)}),
    ),
    "BGPConfiguration": (kind_reader(CALICO_VERSIONS, "bgp", BGPConfiguration, _bgp_configuration_fields),),
    "BGPPeer": (kind_reader(CALICO_VERSIONS, "bgp_peers", BGPPeer, _bgp_peer_fields),),
    "Namespace": (kind_reader(CORE_VERSIONS, "namespaces", Namespace, _namespace_fields),),
    "Pod": (kind_reader(CORE_VERSIONS, "pods", Pod, _pod_fields, _CORE_FIELD_PATHS),),
}
