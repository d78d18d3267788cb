"""What only the reading of a whole cluster looks at: claims on blocks, handles, services, settings of Felix."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..model import BlockAffinity, IPAMHandle, Service
from .objects import CALICO, CORE, KINDS, METADATA_PLACES, Fields, Kind, Source, kind_of


def _affinity(value: Mapping[str, Any], source: Source) -> Fields:
    spec = source.mapping(value, "spec")
    fields = {key: spec[key] for key in ("cidr", "node", "type", "state") if spec.get(key)}
    return {"cidr": "", "node": "", **fields, "deleted": _flag(spec.get("deleted"))}


def _handle(value: Mapping[str, Any], source: Source) -> Fields:
    spec = source.mapping(value, "spec")
    return {
        # The object's own name is in lower case, the handle is not.
        "handleID": spec.get("handleID") or source.mapping(value, "metadata").get("name", ""),
        "block": source.mapping(spec, "block", "spec"),
        "deleted": _flag(spec.get("deleted")),
    }


def _service(value: Mapping[str, Any], source: Source) -> Fields | None:
    if source.mapping(value, "spec").get("type") != "LoadBalancer":
        return None
    metadata = source.mapping(value, "metadata")
    balancer = source.mapping(source.mapping(value, "status"), "loadBalancer", "status")
    ingress = source.sequence(balancer, "ingress", "status", "loadBalancer")
    return {
        "name": metadata.get("name", ""),
        "namespace": metadata.get("namespace", "default"),
        "addresses": [each["ip"] for each in ingress if isinstance(each, Mapping) and each.get("ip")],
    }


def _flag(value: object) -> object:
    """Return a flag that the older CRDs keep as a text."""
    if value is None or value == "false":
        return False
    return True if value == "true" else value


CLUSTER_KINDS: dict[str, tuple[Kind, ...]] = KINDS | {
    "BlockAffinity": (kind_of(CALICO, "affinities", BlockAffinity, _affinity, {}),),
    "IPAMHandle": (kind_of(CALICO, "handles", IPAMHandle, _handle, {}),),
    "Service": (kind_of(CORE, "services", Service, _service, METADATA_PLACES | {"addresses": ("status",)}),),
}
