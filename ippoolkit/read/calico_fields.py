"""Calico's objects to the fields of the model: what `calicoctl get` and `kubectl get` print, and what people write.

The functions add no meaning: absent fields take Calico's defaults, fields that Calico does not have are problems.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..calico.limits import ALLOWED_BLOCK_SIZES
from ..cidr import ADDRESS_BITS, Cidr
from ..model import BGPConfiguration, BGPPeer, Block, BlockAffinity, IPAMConfig, IPAMHandle, IPPool, IPReservation
from ..yaml_scalars import to_go_string
from .object_source import CALICO_VERSIONS, Fields, KindReader, ObjectSource, kind_reader, parse_as_number

# Written by the datastore or by kubectl, not by a person.
MANAGED_ANNOTATIONS = ("projectcalico.org/metadata", "kubectl.kubernetes.io/last-applied-configuration")
_ALLOCATION_ATTRIBUTES = ("node", "namespace", "pod", "type", "timestamp")
_MAX_BLOCK_ADDRESSES = max(1 << ADDRESS_BITS[version] - sizes[0] for version, sizes in ALLOWED_BLOCK_SIZES.items())
_TEXT_FIELDS = ("cidr", "nodeSelector", "namespaceSelector", "assignmentMode", "ipipMode", "vxlanMode")


def _pool_fields(source: ObjectSource) -> Fields:
    """Give each field the type that calicoctl's decoder gives it."""
    fields = {
        key: to_go_string(item) if key in _TEXT_FIELDS else _as_integer(item)
        for key, item in source.get_known_spec().items()
        if item is not None
    }
    for key, empty in (("ipipMode", ""), ("vxlanMode", ""), ("allowedUses", [])):
        if fields.get(key) == empty:
            del fields[key]
    annotations = source.get_mapping("metadata", "annotations")
    return fields | {
        "name": to_go_string(source.name),
        "labels": source.labels,
        "annotations": {k: to_go_string(v) for k, v in annotations.items() if k not in MANAGED_ANNOTATIONS},
    }


def _ipam_config_fields(source: ObjectSource) -> Fields:
    spec = source.get_known_spec()
    if "autoAllocateBlocks" not in spec:
        source.add_note("auto-allocate-absent", ("spec",))
    return {"autoAllocateBlocks": False} | {key: _as_integer(item) for key, item in spec.items() if item is not None}


def _as_integer(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _reservation_fields(source: ObjectSource) -> Fields:
    fields = {key: item for key, item in source.get_known_spec().items() if item is not None}
    return fields | {"name": to_go_string(source.name)}


def _block_fields(source: ObjectSource) -> Fields | None:
    spec, attributes = source.get_mapping("spec"), source.get_list("spec", "attributes")
    if "cidr" not in spec and "allocations" in spec:  # kubectl prints fields in the order of their names
        source.add_problem("file-cut", ("spec",))
        return None
    allocations: list[Fields] = []
    for ordinal, index in enumerate(source.get_list("spec", "allocations")[:_MAX_BLOCK_ADDRESSES]):
        if index is None:
            continue
        if not isinstance(index, int) or not 0 <= index < len(attributes) or not isinstance(attributes[index], dict):
            source.add_tolerated("block-attribute", ("spec", "allocations", ordinal), ordinal=ordinal)
            allocations.append({"ordinal": ordinal})
            continue
        attribute = attributes[index]
        secondary = attribute.get("secondary")
        if secondary is not None and not isinstance(secondary, Mapping):
            source.add_type_problem("type-mapping", ("spec", "attributes", index, "secondary"), secondary)
            secondary = None
        details = {key: text for key, text in (secondary or {}).items() if text and key in _ALLOCATION_ATTRIBUTES}
        handle_fields = {"handle": attribute.get("handle_id") or "", "releasedAt": attribute.get("releasedAt") or ""}
        allocations.append({"ordinal": ordinal, **handle_fields, **details})
    _check_block_length(source)
    return {
        **({"cidr": spec["cidr"]} if "cidr" in spec else {}),
        "affinity": spec.get("affinity") or "",
        "allocations": allocations,
        "unallocated": source.get_list("spec", "unallocated")[:_MAX_BLOCK_ADDRESSES],
    }


def _check_block_length(source: ObjectSource) -> None:
    """Note a block that does not list each of its addresses, as Calico writes it: the dump was cut."""
    cidr = Cidr.parse_or_none(source.get_mapping("spec").get("cidr"))
    allocations, free = source.get_list("spec", "allocations"), source.get_list("spec", "unallocated")
    if cidr is None or not allocations:
        return
    listed_count = len(free) + sum(index is not None for index in allocations)
    if len(allocations) != cidr.size:
        source.add_tolerated("block-length", ("spec", "allocations"), listed=len(allocations), size=cidr.size)
    elif listed_count != cidr.size:
        source.add_tolerated("block-length", ("spec", "unallocated"), listed=listed_count, size=cidr.size)


def _affinity_fields(source: ObjectSource) -> Fields:
    spec = source.get_mapping("spec")
    return {key: spec[key] for key in ("cidr", "node", "type", "state") if spec.get(key)}


def _handle_fields(source: ObjectSource) -> Fields:
    # The object's own name is in lower case, the handle is not.
    handle_id = source.get_mapping("spec").get("handleID") or source.name
    return {"handleID": handle_id, "block": source.get_mapping("spec", "block")}


def _bgp_configuration_fields(source: ObjectSource) -> Fields | None:
    spec = source.get_known_spec()
    if source.name != "default":
        return None  # settings of a single node
    entries = source.get_list("spec", "serviceLoadBalancerIPs")
    announced = [entry.get("cidr") for entry in entries if isinstance(entry, Mapping) and entry.get("cidr")]
    return {**_bgp_fields(spec, "nodeToNodeMeshEnabled", "asNumber"), "serviceLoadBalancerIPs": announced}


def _bgp_peer_fields(source: ObjectSource) -> Fields:
    fields = _bgp_fields(source.get_known_spec(), "node", "nodeSelector", "peerIP", "peerSelector", "asNumber")
    return {"name": source.name, **fields}


def _bgp_fields(spec: Mapping[str, object], *keys: str) -> Fields:
    return {
        key: parse_as_number(spec[key]) if key == "asNumber" else spec[key] for key in keys if spec.get(key) is not None
    }


CALICO_KIND_READERS: dict[str, tuple[KindReader, ...]] = {
    "IPPool": (kind_reader(CALICO_VERSIONS, "pools", IPPool, _pool_fields),),
    "IPAMConfiguration": (kind_reader(CALICO_VERSIONS, "ipam", IPAMConfig, _ipam_config_fields),),
    "IPAMConfig": (kind_reader(CALICO_VERSIONS, "ipam", IPAMConfig, _ipam_config_fields),),
    "IPReservation": (kind_reader(CALICO_VERSIONS, "reservations", IPReservation, _reservation_fields),),
    "IPAMBlock": (kind_reader(CALICO_VERSIONS, "blocks", Block, _block_fields, {}),),
    "BlockAffinity": (kind_reader(CALICO_VERSIONS, "affinities", BlockAffinity, _affinity_fields, {}),),
    "IPAMHandle": (kind_reader(CALICO_VERSIONS, "handles", IPAMHandle, _handle_fields, {}),),
    "BGPConfiguration": (kind_reader(CALICO_VERSIONS, "bgp", BGPConfiguration, _bgp_configuration_fields),),
    "BGPPeer": (kind_reader(CALICO_VERSIONS, "bgp_peers", BGPPeer, _bgp_peer_fields),),
}
