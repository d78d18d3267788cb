"""IP pools as Calico v2 has them: `kind: ipPool` of `apiVersion: v1`, called by their range.

Source: `libcalico-go/lib/upgrade/converters/ippool.go`, which `calicoctl convert` and the upgrade to Calico v3 run.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..cidr import Cidr
from ..yaml_scalars import to_go_string
from .kinds import V3
from .limits import DEFAULT_BLOCK_SIZE

_API_VERSION = "v1"
_KINDS = ("ippool", "pool")  # calicoctl before v1.0 called it `pool`


def is_v2_pool(value: object) -> bool:
    """Whether an object is an IP pool of Calico v2."""
    return (
        isinstance(value, Mapping)
        and value.get("apiVersion") == _API_VERSION
        and str(value.get("kind", "")).lower() in _KINDS
    )


def to_v3_pool(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return the IPPool that `calicoctl convert` makes of one of Calico v2.

    Parameters
    ----------
    value
        The object; what is missing or malformed in it is so in the result, too.
    """
    metadata, spec = _mapping(value, "metadata"), _mapping(value, "spec")
    cidr_text = to_go_string(metadata.get("cidr", ""))
    cidr = Cidr.parse_or_none(cidr_text)
    name = str(cidr or cidr_text).replace(".", "-").replace(":", "-").replace("/", "-")
    fields: dict[str, Any] = {
        "cidr": str(cidr or cidr_text),
        "ipipMode": _ipip_mode(_mapping(spec, "ipip")),
        "vxlanMode": "Never",
        "natOutgoing": spec.get("nat-outgoing", False),
        "disabled": spec.get("disabled", False),
        "nodeSelector": "all()",
        "allowedUses": ["Workload", "Tunnel"],
    }
    if cidr is not None:
        fields["blockSize"] = DEFAULT_BLOCK_SIZE[cidr.version]
    return {"apiVersion": V3, "kind": "IPPool", "metadata": {"name": name}, "spec": fields}


def _ipip_mode(ipip: Mapping[str, Any]) -> str:
    if not ipip.get("enabled"):
        return "Never"
    return "CrossSubnet" if str(ipip.get("mode", "")).lower() == "cross-subnet" else "Always"


def _mapping(parent: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = parent.get(key)
    return value if isinstance(value, Mapping) else {}
