"""Lists of many objects, as `kubectl get -o json` prints them: fast, and keeping of each object only what is used.

A large cluster's dump is mostly what IPAM has no use for. Objects of the kinds that come by the thousands are decoded
to plain values of just the keys that `objects` and `claims` look at; the others, and whatever is not as it should be,
go the careful way of `json_text`, which finds every problem and its line.
"""

from __future__ import annotations

import re
from typing import Any, Literal, TypedDict

import msgspec

from ..errors import InputError, input_error
from ..findings import Place
from .cluster_kinds import CLUSTER_KIND_READERS
from .document import Document
from .json_text import LineIndex, is_too_deep, read_json

Buffer = bytes | memoryview

_CNI = "cni.projectcalico.org"
_POOL_ANNOTATIONS = {f"{_CNI}/ipv4pools": Any, f"{_CNI}/ipv6pools": Any}
_CALICO_PREFIX = "projectcalico.org"
_typed_dict: Any = TypedDict  # made from data, which type checkers do not follow


def _optional_keys(title: str, /, **keys: Any) -> Any:
    return _typed_dict(title, keys, total=False) | None


def _metadata_type(annotations: dict[str, Any], /, **other_keys: Any) -> Any:
    return _optional_keys(
        "Metadata",
        name=Any,
        namespace=Any,
        resourceVersion=Any,
        creationTimestamp=Any,
        annotations=_typed_dict("Annotations", annotations, total=False) | None,
        **other_keys,
    )


_LABELS_TYPE = dict[str, Any] | None
_NODE_ANNOTATIONS = {
    f"{_CALICO_PREFIX}/{key}": Any
    for key in (
        "IPv4IPIPTunnelAddr",
        "IPv4VXLANTunnelAddr",
        "IPv6VXLANTunnelAddr",
        "IPv4WireguardInterfaceAddr",
        "IPv6WireguardInterfaceAddr",
        "IPv4Address",
        "IPv6Address",
        "ASNumber",
        "RouteReflectorClusterID",
    )
}
_SECONDARY_TYPE: Any = _optional_keys(
    "Secondary", node=Any, namespace=Any, pod=Any, type=Any, service=Any, timestamp=Any
)
_ATTRIBUTE_TYPE: Any = _optional_keys("Attribute", handle_id=Any, releasedAt=Any, secondary=_SECONDARY_TYPE)
_ATTRIBUTES_TYPE: Any = list[_ATTRIBUTE_TYPE] | None

# What is kept of an object; a key that is not here is skipped without being looked at.
_KEPT_KEYS: dict[str, Any] = {
    "Pod": {
        "metadata": _metadata_type(
            {f"{_CNI}/podIP": Any, f"{_CNI}/podIPs": Any, **_POOL_ANNOTATIONS}, ownerReferences=Any
        ),
        "spec": _optional_keys("PodSpec", hostNetwork=Any, nodeName=Any),
        "status": _optional_keys("PodStatus", phase=Any, podIPs=Any),
    },
    "Node": {
        "metadata": _metadata_type(_NODE_ANNOTATIONS, labels=_LABELS_TYPE),
        "spec": _optional_keys(
            "NodeSpec",
            podCIDR=Any,
            podCIDRs=Any,
            bgp=Any,
            wireguard=Any,
            ipv4VXLANTunnelAddr=Any,
            ipv6VXLANTunnelAddr=Any,
        ),
        "status": _optional_keys("NodeStatus", allocatable=Any, capacity=Any, addresses=Any),
    },
    "Namespace": {"metadata": _metadata_type(_POOL_ANNOTATIONS, labels=_LABELS_TYPE)},
    "Service": {
        "metadata": _metadata_type({}),
        "spec": _optional_keys("ServiceSpec", type=Any, clusterIP=Any, clusterIPs=Any),
        "status": _optional_keys("ServiceStatus", loadBalancer=Any),
    },
    "IPAMBlock": {
        "metadata": _metadata_type({}),
        "spec": _optional_keys(
            "BlockSpec",
            cidr=Any,
            affinity=Any,
            allocations=Any,
            unallocated=Any,
            sequenceNumber=Any,
            attributes=_ATTRIBUTES_TYPE,
        ),
    },
    "BlockAffinity": {
        "metadata": _metadata_type({}),
        "spec": _optional_keys("AffinitySpec", cidr=Any, node=Any, state=Any, type=Any),
    },
    "IPAMHandle": {
        "metadata": _metadata_type({}),
        "spec": _optional_keys("HandleSpec", handleID=Any, block=Any),
    },
}

_Head = _typed_dict("_Head", {"kind": Any, "apiVersion": Any}, total=False)
_Envelope = _typed_dict(
    "_Envelope", {"kind": Any, "apiVersion": Any, "metadata": Any, "items": list[msgspec.Raw]}, total=False
)


def _item_type(kind: str) -> Any:
    return _typed_dict(kind, {"apiVersion": Any, "kind": Literal[kind], **_KEPT_KEYS[kind]}, total=False)


def _list_type(kind: str) -> Any:
    item_type: Any = _item_type(kind)
    keys = {"kind": Any, "apiVersion": Any, "metadata": Any, "items": list[item_type]}
    return _typed_dict(f"{kind}s", keys, total=False)


_HEAD_DECODER = msgspec.json.Decoder(_Head)
_ENVELOPE_DECODER = msgspec.json.Decoder(_Envelope)
_ITEM_DECODERS = {kind: msgspec.json.Decoder(_item_type(kind)) for kind in _KEPT_KEYS}
_LIST_DECODERS = {kind: msgspec.json.Decoder(_list_type(kind)) for kind in _KEPT_KEYS}
_KIND = re.compile(rb'"kind":\s*"(\w+?)(?:List)?"')
_KIND_SEARCH_BYTES = 4096
MAX_LIST_OBJECTS = 300_000  # the 150,000 pods that Kubernetes is tested with, and a handle for each
MAX_OBJECT_BYTES = 2**23  # etcd stores 1.5 MiB as one object; kubectl adds blanks
_LEAST_OBJECT_BYTES = 2  # of JSON: {}
_MAX_LINE_LOOKUP_BYTES = 2**23  # of more the text is not kept


def read_list(data: Buffer, file: str) -> Document | None:
    """Read a JSON list of objects; None where it has to be read the careful way.

    Of objects whose kind is not read at all only apiVersion and kind are kept.

    Parameters
    ----------
    data
        The file's bytes.
    file
        What to call it.

    Raises
    ------
    InputError
        Where it has too many objects, or one that is too large.
    """
    if bytes(data[:64]).lstrip()[:1] != b"{":
        return None
    if len(data) > _LEAST_OBJECT_BYTES * MAX_LIST_OBJECTS and not _has_countable_objects(data, file):
        return None
    value = _decode_single_kind(data) or _decode_mixed_kinds(data, file)
    if value is None or is_too_deep(value) or not str(value.get("kind")).endswith("List") or "items" not in value:
        return None
    if len(data) > _MAX_LINE_LOOKUP_BYTES:
        return Document(file, value, lambda _: None)
    return Document(file, value, LineIndex(bytes(data).decode(errors="replace")))


def _has_countable_objects(data: Buffer, file: str) -> bool:
    """Count the objects before any is kept: empty ones take thirty times their text; say whether they are objects.

    Raises
    ------
    InputError
        Where they are too many, or one is too large.
    """
    count = 0

    def count_object(_: object) -> None:
        nonlocal count
        count += 1
        if count > MAX_LIST_OBJECTS:
            raise ValueError  # which msgspec makes its own of

    counted: Any = msgspec.defstruct("Counted", [], namespace={"__post_init__": count_object})
    counted_list: Any = _typed_dict("CountedList", {"items": list[counted]})
    try:
        msgspec.json.decode(data, type=counted_list)
        largest = max((memoryview(item).nbytes for item in _ENVELOPE_DECODER.decode(data)["items"]), default=0)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        if count > MAX_LIST_OBJECTS:
            raise input_error("cluster-large", Place(file), field="objects", most=MAX_LIST_OBJECTS) from None
        return False
    if largest > MAX_OBJECT_BYTES:
        raise input_error("object-large", Place(file), size=largest, most=MAX_OBJECT_BYTES)
    return True


def _decode_single_kind(data: Buffer) -> dict[str, Any] | None:
    """Decode a list whose items are all of the kind that is named first; else None."""
    for match in _KIND.finditer(data, 0, _KIND_SEARCH_BYTES):
        if decoder := _LIST_DECODERS.get(match[1].decode()):
            try:
                decoded: dict[str, Any] = decoder.decode(data)
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                return None
            return decoded
    return None


def _decode_mixed_kinds(data: Buffer, file: str) -> dict[str, Any] | None:
    """Decode a list of several kinds item by item."""
    try:
        envelope = _ENVELOPE_DECODER.decode(data)
        kind = str(envelope.get("kind", "")).removesuffix("List")
        return {
            **envelope,
            "items": [_decode_item(raw, kind, file) for raw in envelope.get("items", ())],
        }
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, InputError):
        return None


def _decode_item(raw: msgspec.Raw, kind: str, file: str) -> Any:
    if not kind:
        head = _HEAD_DECODER.decode(raw)
        kind = str(head.get("kind", ""))
        if kind not in CLUSTER_KIND_READERS:
            return head
    if decoder := _ITEM_DECODERS.get(kind):
        return decoder.decode(raw)
    return read_json(bytes(raw).decode(), file)[0].value
