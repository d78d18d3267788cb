"""Kubernetes and Calico objects to the model: what `calicoctl get` and `kubectl get` print, and what people write.

Each kind has one function that turns an object into the fields of its model class. They add no meaning: absent fields
take Calico's defaults, fields that Calico does not have are problems.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from ..findings import Finding
from ..kinds import METADATA, V1, V3
from ..model import Block, IPAMConfig, IPPool, IPReservation, Namespace, Node, Pod
from ..scalars import printed
from .checking import check
from .document import Document, Path

Fields = dict[str, Any]

CALICO = (V3, V1)
CORE = ("v1",)
# Written by the datastore or by kubectl, not by a person.
OWN_ANNOTATIONS = ("projectcalico.org/metadata", "kubectl.kubernetes.io/last-applied-configuration")
_SECONDARY = ("node", "namespace", "pod", "type", "timestamp")
_TEXTS = ("cidr", "nodeSelector", "namespaceSelector", "assignmentMode", "ipipMode", "vxlanMode")
_TUNNELS = {
    "IPv4IPIPTunnelAddr": "ipip",
    "IPv4VXLANTunnelAddr": "vxlan",
    "IPv6VXLANTunnelAddr": "vxlan",
    "IPv4WireguardInterfaceAddr": "wireguard",
    "IPv6WireguardInterfaceAddr": "wireguard",
}


@dataclass(slots=True)
class Source:
    """One object in a document: where it is, and where its problems and notes go."""

    document: Document
    path: Path
    problems: list[Finding]
    notes: list[Finding]
    lenient: bool = False  # what an object can be read without is a note, not a problem

    def mapping(self, parent: Mapping[str, Any], key: str, *above: str) -> Mapping[str, Any]:
        """Return the mapping below a key; an absent one is empty, anything else a problem."""
        value = parent.get(key)
        if value is None:
            return {}
        if isinstance(value, Mapping):
            return value
        self.problem("type-mapping", (*above, key), value=json.dumps(value)[:60])
        return {}

    def sequence(self, parent: Mapping[str, Any], key: str, *above: str) -> list[Any]:
        """Return the list below a key; an absent one is empty, anything else a problem."""
        value = parent.get(key)
        if value is None or isinstance(value, list):
            return value or []
        self.problem("type-list", (*above, key), value=json.dumps(value)[:60])
        return []

    def unknown(self, given: Mapping[str, Any], known: set[str], *above: str) -> None:
        """Note every key that an object of this kind does not have."""
        for key in given:
            if key not in known:
                self.flaw("field-unknown", (*above, key), field=key)

    def problem(self, code: str, path: Path, **numbers: object) -> None:
        """Note a problem at a path inside the object."""
        self.problems.append(Finding(code, numbers=numbers, place=self.document.place((*self.path, *path))))

    def flaw(self, code: str, path: Path, **numbers: object) -> None:
        """Note something that a lenient reader goes on without."""
        (self.notes if self.lenient else self.problems).append(
            Finding(code, numbers=numbers, place=self.document.place((*self.path, *path)))
        )


@dataclass(frozen=True, slots=True)
class Kind:
    """How to read one kind of object."""

    versions: tuple[str, ...]
    into: str  # the field of Cluster that it becomes part of
    adapter: TypeAdapter[Any]
    fields: Callable[[Mapping[str, Any], Source], Fields | None]
    places: Mapping[str, Path]  # where a field of the model stands in the object, unless it is in spec


def read_object(kind: Kind, value: Mapping[str, Any], source: Source) -> Any | None:
    """Turn an object into its model class; None where it has problems."""
    before = len(source.problems)
    fields = kind.fields(value, source)
    if fields is None:
        return None

    def path_of(path: Path) -> Path:
        head, *rest = path or ("",)
        return (*source.path, *kind.places.get(str(head), ("spec", head)), *rest)

    read = check(kind.adapter, fields, source.document, source.problems, path_of)
    return read if len(source.problems) == before else None


def as_model(name: str, value: Mapping[str, Any]) -> Any | None:
    """Turn one of Calico's objects into its model class; None where it does not fit."""
    return read_object(KINDS[name][0], value, Source(Document("", value, lambda _: None), (), [], []))


def _ippool(value: Mapping[str, Any], source: Source) -> Fields:
    metadata, spec = _calico_object(value, source)
    fields = {key: _go_text(key, item) for key, item in spec.items() if item is not None}
    for mode in ("ipipMode", "vxlanMode"):
        if fields.get(mode) == "":
            del fields[mode]
    if fields.get("allowedUses") == []:
        del fields["allowedUses"]
    annotations = source.mapping(metadata, "annotations", "metadata")
    return fields | {
        "name": printed(metadata.get("name", "")),
        "labels": _labels(metadata, source),
        "annotations": {k: printed(v) for k, v in annotations.items() if k not in OWN_ANNOTATIONS},
    }


def _ipam_config(value: Mapping[str, Any], source: Source) -> Fields:
    _, spec = _calico_object(value, source)
    if "autoAllocateBlocks" not in spec:
        place = source.document.place((*source.path, "spec"))
        source.notes.append(Finding("auto-allocate-absent", place=place))
    return {"autoAllocateBlocks": False} | {key: _whole(item) for key, item in spec.items() if item is not None}


def _reservation(value: Mapping[str, Any], source: Source) -> Fields:
    metadata, spec = _calico_object(value, source)
    fields = {key: item for key, item in spec.items() if item is not None}
    return fields | {"name": printed(metadata.get("name", ""))}


def _node(value: Mapping[str, Any], source: Source) -> Fields:
    metadata = source.mapping(value, "metadata")
    annotations = source.mapping(metadata, "annotations", "metadata")
    tunnels = [
        {"type": type_, "address": annotations[f"projectcalico.org/{key}"]}
        for key, type_ in _TUNNELS.items()
        if annotations.get(f"projectcalico.org/{key}")
    ]
    allocatable = source.mapping(source.mapping(value, "status"), "allocatable", "status")
    pods = printed(allocatable.get("pods", ""))
    most = {"maxPods": int(pods)} if isinstance(pods, str) and pods.isascii() and pods.isdigit() else {}
    spec = source.mapping(value, "spec")
    ranges = source.sequence(spec, "podCIDRs", "spec") or [cidr for cidr in (spec.get("podCIDR"),) if cidr]
    name, labels = metadata.get("name", ""), _labels(metadata, source)
    return {"name": name, "labels": labels, "tunnels": tunnels, "podCIDRs": ranges} | most


def _calico_node(value: Mapping[str, Any], source: Source) -> Fields:
    metadata, spec = source.mapping(value, "metadata"), source.mapping(value, "spec")
    bgp, wireguard = source.mapping(spec, "bgp", "spec"), source.mapping(spec, "wireguard", "spec")
    found = (
        ("ipip", bgp.get("ipv4IPIPTunnelAddr")),
        ("vxlan", spec.get("ipv4VXLANTunnelAddr")),
        ("vxlan", spec.get("ipv6VXLANTunnelAddr")),
        ("wireguard", wireguard.get("interfaceIPv4Address")),
        ("wireguard", wireguard.get("interfaceIPv6Address")),
    )
    tunnels = [{"type": type_, "address": address} for type_, address in found if address]
    return {"name": metadata.get("name", ""), "labels": _labels(metadata, source), "tunnels": tunnels}


def _namespace(value: Mapping[str, Any], source: Source) -> Fields:
    metadata = source.mapping(value, "metadata")
    return {"name": metadata.get("name", ""), "labels": _labels(metadata, source)} | _asked_pools(metadata, source)


def _pod(value: Mapping[str, Any], source: Source) -> Fields:
    metadata, spec, status = (source.mapping(value, key) for key in ("metadata", "spec", "status"))
    annotations = source.mapping(metadata, "annotations", "metadata")
    given = annotations.get("cni.projectcalico.org/podIPs", annotations.get("cni.projectcalico.org/podIP"))
    addresses: list[Any]
    if spec.get("hostNetwork"):
        addresses = []
    elif given is not None:  # also when empty: a finished pod keeps its status long after its address went
        addresses = [address for address in str(given).split(",") if address]
    else:
        addresses = [item.get("ip") for item in source.sequence(status, "podIPs", "status") if isinstance(item, dict)]
    return {
        "name": metadata.get("name", ""),
        "namespace": metadata.get("namespace", "default"),
        "node": spec.get("nodeName") or "",
        "addresses": addresses,
        "hostNetwork": bool(spec.get("hostNetwork", False)),
        "phase": status.get("phase", "Pending"),
        "owner": _owner(metadata, source),
    } | _asked_pools(metadata, source)


def _owner(metadata: Mapping[str, Any], source: Source) -> str:
    """Return the kind of an object's controller; empty for one without."""
    for each in source.sequence(metadata, "ownerReferences", "metadata"):
        if isinstance(each, dict) and each.get("controller"):
            return str(each.get("kind", ""))
    return ""


def _block(value: Mapping[str, Any], source: Source) -> Fields:
    spec = source.mapping(value, "spec")
    attributes = source.sequence(spec, "attributes", "spec")
    allocations: list[Fields] = []
    for ordinal, index in enumerate(source.sequence(spec, "allocations", "spec")):
        if index is None:
            continue
        if not isinstance(index, int) or not 0 <= index < len(attributes) or not isinstance(attributes[index], dict):
            source.flaw("block-attribute", ("spec", "allocations", ordinal), ordinal=ordinal)
            allocations.append({"ordinal": ordinal})
            continue
        of = attributes[index]
        more = {key: text for key, text in (of.get("secondary") or {}).items() if text and key in _SECONDARY}
        fixed = {"handle": of.get("handle_id") or "", "releasedAt": of.get("releasedAt") or ""}
        allocations.append({"ordinal": ordinal, **fixed, **more})
    return {
        "cidr": spec.get("cidr", ""),
        "affinity": spec.get("affinity") or "",
        "claimedAt": spec.get("affinityClaimTime") or "",
        "allocations": allocations,
        "unallocated": source.sequence(spec, "unallocated", "spec"),
    }


def _calico_object(value: Mapping[str, Any], source: Source) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    source.unknown(value, {"apiVersion", "kind", "metadata", "spec", "status"})
    metadata = source.mapping(value, "metadata")
    source.unknown(metadata, set(METADATA), "metadata")
    return metadata, source.mapping(value, "spec")


def _labels(metadata: Mapping[str, Any], source: Source) -> dict[str, object]:
    return {key: printed(item) for key, item in source.mapping(metadata, "labels", "metadata").items()}


def _asked_pools(metadata: Mapping[str, Any], source: Source) -> Fields:
    annotations = source.mapping(metadata, "annotations", "metadata")
    asked = {}
    for family in ("ipv4", "ipv6"):
        key = f"cni.projectcalico.org/{family}pools"
        if key not in annotations:
            continue
        try:
            pools = json.loads(str(annotations[key]))
        except ValueError:
            pools = None
        if isinstance(pools, list) and all(isinstance(pool, str) for pool in pools):
            asked[f"{family}Pools"] = pools
        else:
            source.flaw("annotation-pools", ("metadata", "annotations", key), value=str(annotations[key])[:60])
    return asked


def _go_text(key: str, value: object) -> object:
    """Give a field of a pool the type that calicoctl's decoder gives it."""
    return printed(value) if key in _TEXTS else _whole(value)


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


METADATA_PLACES: dict[str, Path] = {key: ("metadata", key) for key in ("name", "namespace", "labels", "annotations")}
_PLACES: dict[str, Path] = METADATA_PLACES | {
    "tunnels": ("metadata", "annotations"),
    "podCIDRs": ("spec", "podCIDRs"),
    "maxPods": ("status", "allocatable", "pods"),
    "addresses": ("status", "podIPs"),
    "hostNetwork": ("spec", "hostNetwork"),
    "phase": ("status", "phase"),
    "node": ("spec", "nodeName"),
}


def kind_of(
    versions: tuple[str, ...],
    into: str,
    cls: type[Any],
    fields: Callable[[Mapping[str, Any], Source], Fields | None],
    places: Mapping[str, Path] = METADATA_PLACES,
) -> Kind:
    """Say how objects of a kind are read; `fields` returns None for one that is of no interest."""
    return Kind(versions, into, TypeAdapter(cls), fields, places)


KINDS: dict[str, tuple[Kind, ...]] = {
    "IPPool": (kind_of(CALICO, "pools", IPPool, _ippool),),
    "IPAMConfiguration": (kind_of(CALICO, "ipam", IPAMConfig, _ipam_config),),
    "IPAMConfig": (kind_of(CALICO, "ipam", IPAMConfig, _ipam_config),),
    "IPReservation": (kind_of(CALICO, "reservations", IPReservation, _reservation),),
    "IPAMBlock": (kind_of(CALICO, "blocks", Block, _block, {}),),
    "Node": (
        kind_of(CORE, "nodes", Node, _node, _PLACES),
        kind_of(CALICO, "nodes", Node, _calico_node, METADATA_PLACES | {"tunnels": ("spec",)}),
    ),
    "Namespace": (kind_of(CORE, "namespaces", Namespace, _namespace),),
    "Pod": (kind_of(CORE, "pods", Pod, _pod, _PLACES),),
}
