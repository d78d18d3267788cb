"""What only the reading of a whole cluster looks at: claims on blocks, handles, services, settings of Felix."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..model import BlockAffinity, IPAMHandle, Service
from .kubernetes_objects import (
    CALICO_VERSIONS,
    CORE_VERSIONS,
    KIND_READERS,
    METADATA_PATHS,
    Fields,
    KindReader,
    ObjectSource,
    kind_reader,
)


def _affinity_fields(value: Mapping[str, Any], source: ObjectSource) -> Fields:
    spec = source.get_mapping(value, "spec")
    return {key: spec[key] for key in ("cidr", "node", "type", "state") if spec.get(key)}


def _handle_fields(value: Mapping[str, Any], source: ObjectSource) -> Fields:
    spec = source.get_mapping(value, "spec")
    return {
        # The object's own name is in lower case, the handle is not.
        "handleID": spec.get("handleID") or source.get_mapping(value, "metadata").get("name", ""),
        "block": source.get_mapping(spec, "block", "spec"),
    }


def _service_fields(value: Mapping[str, Any], source: ObjectSource) -> Fields | None:
    if source.get_mapping(value, "spec").get("type") != "LoadBalancer":
        return None
    metadata = source.get_mapping(value, "metadata")
    balancer = source.get_mapping(source.get_mapping(value, "status"), "loadBalancer", "status")
    ingress = source.get_list(balancer, "ingress", "status", "loadBalancer")
    return {
        "name": metadata.get("name", ""),
        "namespace": metadata.get("namespace", "default"),
        "addresses": [entry["ip"] for entry in ingress if isinstance(entry, Mapping) and entry.get("ip")],
    }


CLUSTER_KIND_READERS: dict[str, tuple[KindReader, ...]] = KIND_READERS | {
    "BlockAffinity": (kind_reader(CALICO_VERSIONS, "affinities", BlockAffinity, _affinity_fields, {}),),
    "IPAMHandle": (kind_reader(CALICO_VERSIONS, "handles", IPAMHandle, _handle_fields, {}),),
    "Service": (
        kind_reader(CORE_VERSIONS, "services", Service, _service_fields, METADATA_PATHS | {"addresses": ("status",)}),
    ),
}
