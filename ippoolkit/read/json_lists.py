"""Lists of many objects, as `kubectl get -o json` prints them: fast, and keeping of each object only what is used.

A large cluster's dump is mostly what IPAM has no use for. Objects of the kinds that come by the thousands are decoded
to plain values of just the keys that `core_fields` and `calico_objects` look at; the others, and whatever is not as it
should be, go the careful way of `json_text`, which finds every problem and its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Literal, TypedDict

import msgspec

from ..errors import InputError, input_error
from ..findings import Place
from .core_fields import NODE_ANNOTATIONS, POD_ADDRESS_ANNOTATIONS, POOL_ANNOTATIONS
from .document import Document
from .json_text import LineIndex, is_too_deep, read_json
from .kubernetes_objects import KIND_READERS

Buffer = bytes | memoryview

_typed_dict: Any = TypedDict  # made from data, which type checkers do not follow


def _keys(*names: str, **parts: Any) -> Any:
    """Return the type of a mapping of which some keys are kept: as they are, or as a type of their own."""
    return _typed_dict("Kept", dict.fromkeys(names, Any) | parts, total=False) | None


def _metadata(*names: str, annotations: Iterable[str] = (), **parts: Any) -> Any:
    own_names = ("name", "namespace", "resourceVersion", "creationTimestamp")
    return _keys(*own_names, *names, annotations=_keys(*annotations), **parts)


_LABELS: Any = dict[str, Any] | None
_SECONDARY: Any = _keys("node", "namespace", "pod", "type", "service", "timestamp")
_ATTRIBUTE: Any = _keys("handle_id", "releasedAt", secondary=_SECONDARY)
_ATTRIBUTES: Any = list[_ATTRIBUTE] | None
_CALICO_NODE_KEYS = ("bgp", "wireguard", "ipv4VXLANTunnelAddr", "ipv6VXLANTunnelAddr")

# What is kept of an object; a key that is not here is skipped without being looked at.
_KEPT_KEYS: dict[str, dict[str, Any]] = {
    "Pod": {
        "metadata": _metadata("ownerReferences", annotations=(*POD_ADDRESS_ANNOTATIONS, *POOL_ANNOTATIONS.values())),
        "spec": _keys("hostNetwork", "nodeName"),
        "status": _keys("phase", "podIPs"),
    },
    "Node": {
        "metadata": _metadata(annotations=NODE_ANNOTATIONS, labels=_LABELS),
        "spec": _keys("podCIDR", "podCIDRs", *_CALICO_NODE_KEYS),
        "status": _keys("allocatable", "capacity", "addresses"),
    },
    "Namespace": {"metadata": _metadata(annotations=POOL_ANNOTATIONS.values(), labels=_LABELS)},
    "Service": {
        "metadata": _metadata(),
        "spec": _keys("type", "clusterIP", "clusterIPs"),
        "status": _keys("loadBalancer"),
    },
    "IPAMBlock": {
        "metadata": _metadata(),
        "spec": _keys("cidr", "affinity", "allocations", "unallocated", "sequenceNumber", attributes=_ATTRIBUTES),
    },
    "BlockAffinity": {"metadata": _metadata(), "spec": _keys("cidr", "node", "state", "type")},
    "IPAMHandle": {"metadata": _metadata(), "spec": _keys("handleID", "block")},
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
        if kind not in KIND_READERS:
            return head
    if decoder := _ITEM_DECODERS.get(kind):
        return decoder.decode(raw)
    return read_json(bytes(raw).decode(), file)[0].value
