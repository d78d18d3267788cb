"""Nodes, namespaces, pods and services to the fields of the model; Calico's own Node, which says more of the same."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterable, Mapping
from typing import Any

from ..model import Namespace, Node, Pod, Service
from ..model.bgp import MAX_AS_NUMBER
from ..yaml_scalars import is_digits, to_go_string
from .document import FieldPath
from .json_text import load_json
from .object_source import (
    CALICO_VERSIONS,
    CORE_VERSIONS,
    METADATA_PATHS,
    Fields,
    KindReader,
    ObjectSource,
    kind_reader,
    parse_as_number,
)
from .plain_values import get_mappings

# What calico-node writes on a node, and the kind of tunnel that an address is of.
_TUNNEL_ANNOTATIONS = {
    "projectcalico.org/IPv4IPIPTunnelAddr": "ipip",
    "projectcalico.org/IPv4VXLANTunnelAddr": "vxlan",
    "projectcalico.org/IPv6VXLANTunnelAddr": "vxlan",
    "projectcalico.org/IPv4WireguardInterfaceAddr": "wireguard",
    "projectcalico.org/IPv6WireguardInterfaceAddr": "wireguard",
}
_ADDRESS_ANNOTATIONS = ("projectcalico.org/IPv4Address", "projectcalico.org/IPv6Address")
_AS_NUMBER, _CLUSTER_ID = "projectcalico.org/ASNumber", "projectcalico.org/RouteReflectorClusterID"
NODE_ANNOTATIONS = (*_TUNNEL_ANNOTATIONS, *_ADDRESS_ANNOTATIONS, _AS_NUMBER, _CLUSTER_ID)
POOL_ANNOTATIONS = {"ipv4Pools": "cni.projectcalico.org/ipv4pools", "ipv6Pools": "cni.projectcalico.org/ipv6pools"}
# What Calico's plugin writes on a pod, the newer one first.
POD_ADDRESS_ANNOTATIONS = ("cni.projectcalico.org/podIPs", "cni.projectcalico.org/podIP")


def _node_fields(source: ObjectSource) -> Fields:
    annotations, spec = source.get_mapping("metadata", "annotations"), source.get_mapping("spec")
    source.get_list("status", "addresses")
    internal = [
        address.get("address")
        for address in get_mappings(source.value, "status", "addresses")
        if address.get("type") == "InternalIP"
    ]
    return {
        "name": source.name,
        "labels": source.labels,
        "tunnels": _tunnels((kind, annotations.get(key)) for key, kind in _TUNNEL_ANNOTATIONS.items()),
        "podCIDRs": source.get_list("spec", "podCIDRs") or [cidr for cidr in (spec.get("podCIDR"),) if cidr],
        **_addresses([*internal, *map(annotations.get, _ADDRESS_ANNOTATIONS)]),
        **_max_pods(source),
        **_bgp(annotations.get(_AS_NUMBER), annotations.get(_CLUSTER_ID)),
    }


def _calico_node_fields(source: ObjectSource) -> Fields:
    spec, bgp = source.get_mapping("spec"), source.get_mapping("spec", "bgp")
    wireguard = source.get_mapping("spec", "wireguard")
    tunnel_addresses = (
        ("ipip", bgp.get("ipv4IPIPTunnelAddr")),
        ("vxlan", spec.get("ipv4VXLANTunnelAddr")),
        ("vxlan", spec.get("ipv6VXLANTunnelAddr")),
        ("wireguard", wireguard.get("interfaceIPv4Address")),
        ("wireguard", wireguard.get("interfaceIPv6Address")),
    )
    return {
        "name": source.name,
        "labels": source.labels,
        "tunnels": _tunnels(tunnel_addresses),
        **_addresses([bgp.get("ipv4Address"), bgp.get("ipv6Address")]),
        **_bgp(bgp.get("asNumber"), bgp.get("routeReflectorClusterID")),
    }


def _tunnels(addresses: Iterable[tuple[str, Any]]) -> list[Fields]:
    return [{"type": kind, "address": address} for kind, address in addresses if address]


def _bgp(as_number: object, cluster_id: object) -> Fields:
    """Return a node's own AS number, and its cluster where it is a route reflector; what is no number is left out."""
    number = parse_as_number(as_number)
    fields: Fields = {"asNumber": number} if isinstance(number, int) and 0 < number <= MAX_AS_NUMBER else {}
    return fields | ({"routeReflectorClusterID": to_go_string(cluster_id)} if cluster_id else {})


def _max_pods(source: ObjectSource) -> Fields:
    for name in ("allocatable", "capacity"):
        pods = to_go_string(source.get_mapping("status", name).get("pods", ""))
        if is_digits(pods):
            return {"maxPods": int(pods)}
    return {}


def _addresses(values: Iterable[Any]) -> Fields:
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


def _namespace_fields(source: ObjectSource) -> Fields:
    return {"name": source.name, "labels": source.labels, **_requested_pools(source)}


def _pod_fields(source: ObjectSource) -> Fields:
    metadata, spec, status = map(source.get_mapping, ("metadata", "spec", "status"))
    host_network = bool(spec.get("hostNetwork", False))
    return {
        "name": metadata.get("name", ""),
        "namespace": metadata.get("namespace", "default"),
        "node": spec.get("nodeName") or "",
        "addresses": [] if host_network else _pod_addresses(source),
        "hostNetwork": host_network,
        "phase": status.get("phase", "Pending"),
        "owner": _controller_kind(source),
        **_requested_pools(source),
    }


def _pod_addresses(source: ObjectSource) -> list[Any]:
    annotations = source.get_mapping("metadata", "annotations")
    for key in POD_ADDRESS_ANNOTATIONS:
        # Also when empty: a finished pod keeps its status long after its address went.
        if (addresses := annotations.get(key)) is not None:
            return [address for address in str(addresses).split(",") if address]
    return [item.get("ip") for item in source.get_list("status", "podIPs") if isinstance(item, Mapping)]


def _controller_kind(source: ObjectSource) -> str:
    """Return the kind of an object's controller; empty for one without."""
    for owner in source.get_list("metadata", "ownerReferences"):
        if isinstance(owner, Mapping) and owner.get("controller"):
            return str(owner.get("kind", ""))
    return ""


def _requested_pools(source: ObjectSource) -> Fields:
    annotations = source.get_mapping("metadata", "annotations")
    pools_by_field: Fields = {}
    for field, key in POOL_ANNOTATIONS.items():
        if key not in annotations:
            continue
        text = str(annotations[key])
        try:
            pools = load_json(text)
        except ValueError:
            pools = None
        if not isinstance(pools, list) or not all(isinstance(pool, str) for pool in pools):
            # Calico gives such a pod no address, as for a pool that does not exist: the text in quotes stands for one,
            # which no pool can be called.
            pools = [json.dumps(text[:60])]
            source.add_note("annotation-pools", ("metadata", "annotations", key), value=text[:60])
        pools_by_field[field] = pools
    return pools_by_field


def _service_fields(source: ObjectSource) -> Fields | None:
    if source.get_mapping("spec").get("type") != "LoadBalancer":
        return None  # of no interest
    ingress = source.get_list("status", "loadBalancer", "ingress")
    return {
        "name": source.name,
        "namespace": source.get_mapping("metadata").get("namespace", "default"),
        "addresses": [entry["ip"] for entry in ingress if isinstance(entry, Mapping) and entry.get("ip")],
    }


_OBJECT_PATHS: dict[str, FieldPath] = METADATA_PATHS | {
    "tunnels": ("metadata", "annotations"),
    "podCIDRs": ("spec", "podCIDRs"),
    "networks": ("metadata", "annotations"),
    "maxPods": ("status", "allocatable", "pods"),
    "addresses": ("status", "podIPs"),
    "hostNetwork": ("spec", "hostNetwork"),
    "phase": ("status", "phase"),
    "node": ("spec", "nodeName"),
}
_CALICO_NODE_PATHS: dict[str, FieldPath] = METADATA_PATHS | {"tunnels": ("spec",)}
_SERVICE_PATHS: dict[str, FieldPath] = METADATA_PATHS | {"addresses": ("status",)}

CORE_KIND_READERS: dict[str, tuple[KindReader, ...]] = {
    "Node": (
        kind_reader(CORE_VERSIONS, "nodes", Node, _node_fields, _OBJECT_PATHS),
        kind_reader(CALICO_VERSIONS, "nodes", Node, _calico_node_fields, _CALICO_NODE_PATHS),
    ),
    "Namespace": (kind_reader(CORE_VERSIONS, "namespaces", Namespace, _namespace_fields),),
    "Pod": (kind_reader(CORE_VERSIONS, "pods", Pod, _pod_fields, _OBJECT_PATHS),),
    "Service": (kind_reader(CORE_VERSIONS, "services", Service, _service_fields, _SERVICE_PATHS),),
}
