"""Lists of many objects, as `kubectl get -o json` prints them: fast, and keeping of each object only what is used.

A large cluster's dump is mostly what IPAM has no use for. Objects of the kinds that come by the thousands are decoded
to plain values of just the keys that `objects` and `claims` look at; the others, and whatever is not as it should be,
go the careful way of `json_text`, which finds every problem and its line.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Literal, TypedDict

import msgspec

from ..errors import InputError
from .document import Document, Path
from .json_text import line_of, read_json

Buffer = bytes | memoryview

_CNI = "cni.projectcalico.org"
_ASKED = {f"{_CNI}/ipv4pools": Any, f"{_CNI}/ipv6pools": Any}
_OWN = "projectcalico.org"


def _keys(title: str, /, **keys: Any) -> Any:
    return TypedDict(title, keys, total=False) | None  # type: ignore[operator]


def _named(annotations: dict[str, Any], /, **more: Any) -> Any:
    return _keys(
        "Metadata",
        name=Any,
        namespace=Any,
        resourceVersion=Any,
        creationTimestamp=Any,
        annotations=TypedDict("Annotations", annotations, total=False) | None,  # type: ignore[operator]
        **more,
    )


_LABELS = dict[str, Any] | None
_TUNNELS = {
    f"{_OWN}/{key}": Any
    for key in (
        "IPv4IPIPTunnelAddr", "IPv4VXLANTunnelAddr", "IPv6VXLANTunnelAddr",
        "IPv4WireguardInterfaceAddr", "IPv6WireguardInterfaceAddr",
    )
}  # fmt: skip
_SECONDARY: Any = _keys("Secondary", node=Any, namespace=Any, pod=Any, type=Any, service=Any, timestamp=Any)
_ATTRIBUTE: Any = _keys("Attribute", handle_id=Any, releasedAt=Any, secondary=_SECONDARY)
_ATTRIBUTES: Any = list[_ATTRIBUTE] | None

# What is kept of an object; a key that is not here is skipped without being looked at.
_TRIMS: dict[str, Any] = {
    "Pod": {
        "metadata": _named({f"{_CNI}/podIP": Any, f"{_CNI}/podIPs": Any, **_ASKED}, ownerReferences=Any),
        "spec": _keys("PodSpec", hostNetwork=Any, nodeName=Any),
        "status": _keys("PodStatus", phase=Any, podIPs=Any),
    },
    "Node": {
        "metadata": _named(_TUNNELS, labels=_LABELS),
        "spec": _keys(
            "NodeSpec", podCIDR=Any, podCIDRs=Any, bgp=Any, wireguard=Any,
            ipv4VXLANTunnelAddr=Any, ipv6VXLANTunnelAddr=Any,
        ),
        "status": _keys("NodeStatus", allocatable=Any),
    },
    "Namespace": {"metadata": _named(_ASKED, labels=_LABELS)},
    "Service": {
        "metadata": _named({}),
        "spec": _keys("ServiceSpec", type=Any),
        "status": _keys("ServiceStatus", loadBalancer=Any),
    },
    "IPAMBlock": {
        "metadata": _named({}),
        "spec": _keys(
            "BlockSpec", cidr=Any, affinity=Any, affinityClaimTime=Any, allocations=Any, unallocated=Any,
            sequenceNumber=Any, attributes=_ATTRIBUTES,
        ),
    },
    "BlockAffinity": {
        "metadata": _named({}),
        "spec": _keys("AffinitySpec", cidr=Any, node=Any, state=Any, type=Any, deleted=Any),
    },
    "IPAMHandle": {
        "metadata": _named({}),
        "spec": _keys("HandleSpec", handleID=Any, block=Any, deleted=Any),
    },
}  # fmt: skip

_Head = TypedDict("_Head", {"kind": Any, "apiVersion": Any}, total=False)  # noqa: UP013
_Envelope = TypedDict("_Envelope", {"kind": Any, "metadata": Any, "items": list[msgspec.Raw]}, total=False)  # noqa: UP013


def _item_type(kind: str) -> Any:
    return TypedDict(kind, {"apiVersion": Any, "kind": Literal[kind], **_TRIMS[kind]}, total=False)  # type: ignore[operator]


def _list_type(kind: str) -> Any:
    return TypedDict(f"{kind}s", {"kind": Any, "metadata": Any, "items": list[_item_type(kind)]}, total=False)  # type: ignore[misc, operator]


_HEADS = msgspec.json.Decoder(_Head)
_ENVELOPE = msgspec.json.Decoder(_Envelope)
_ITEMS = {kind: msgspec.json.Decoder(_item_type(kind)) for kind in _TRIMS}
_LISTS = {kind: msgspec.json.Decoder(_list_type(kind)) for kind in _TRIMS}
_KIND = re.compile(rb'"kind":\s*"(\w+?)(?:List)?"')
_FIRST = 4096
_MOST_SEARCHED = 2**23
_MOST_LOOKS = 20


def read_list(data: Buffer, file: str, known: Callable[[str], bool]) -> Document | None:
    """Read a JSON list of objects; None where it has to be read the careful way.

    Parameters
    ----------
    data
        The file's bytes.
    file
        What to call it.
    known
        Whether a kind is read at all; of others only apiVersion and kind are kept.
    """
    value = _of_one_kind(data) or _of_several(data, file, known)
    if value is None or not str(value.get("kind")).endswith("List") or "items" not in value:
        return None
    return Document(file, value, _Lines(data))


class _Lines:
    """Looks lines up: each look reads the text from its beginning, so of a large file, or very often, it does not."""

    def __init__(self, data: Buffer) -> None:
        self.data: Buffer | None = data if len(data) <= _MOST_SEARCHED else None
        self.looks = 0

    def __call__(self, path: Path) -> int | None:
        self.looks += 1
        if self.data is None or self.looks > _MOST_LOOKS:
            return None
        return line_of(bytes(self.data).decode(), path)


def _of_one_kind(data: Buffer) -> dict[str, Any] | None:
    """Decode a list whose items are all of the kind that is named first; else None."""
    for found in _KIND.finditer(data, 0, _FIRST):
        if decoder := _LISTS.get(found[1].decode()):
            try:
                made: dict[str, Any] = decoder.decode(data)
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                return None
            return made
    return None


def _of_several(data: Buffer, file: str, known: Callable[[str], bool]) -> dict[str, Any] | None:
    """Decode a list of several kinds item by item."""
    try:
        envelope = _ENVELOPE.decode(data)
        kind = str(envelope.get("kind", "")).removesuffix("List")
        return {**envelope, "items": [_item(raw, kind, file, known) for raw in envelope.get("items", ())]}
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, InputError):
        return None


def _item(raw: msgspec.Raw, kind: str, file: str, known: Callable[[str], bool]) -> Any:
    if not kind:
        head = _HEADS.decode(raw)
        kind = str(head.get("kind", ""))
        if not known(kind):
            return head
    if decoder := _ITEMS.get(kind):
        return decoder.decode(raw)
    return read_json(bytes(raw).decode(), file)[0].value
