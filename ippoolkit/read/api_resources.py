"""The API's resources of each kind: where its lists are, and what a refusal calls it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..model import KindName

_V1, _V3 = "crd.projectcalico.org/v1", "projectcalico.org/v3"

# For each kind the places to look at, in order: as CRDs of either group, or in Kubernetes' own.
LIST_RESOURCES: dict[KindName, tuple[tuple[str, str], ...]] = {
    "IPPool": ((_V1, "ippools"), (_V3, "ippools")),
    "IPAMConfiguration": ((_V1, "ipamconfigs"), (_V3, "ipamconfigurations")),
    "IPReservation": ((_V1, "ipreservations"), (_V3, "ipreservations")),
    "IPAMBlock": ((_V1, "ipamblocks"), (_V3, "ipamblocks")),
    "BlockAffinity": ((_V1, "blockaffinities"), (_V3, "blockaffinities")),
    "IPAMHandle": ((_V1, "ipamhandles"), (_V3, "ipamhandles")),
    "Node": (("v1", "nodes"),),
    "Namespace": (("v1", "namespaces"),),
    "Service": (("v1", "services"),),
    "Pod": (("v1", "pods"),),
}
KIND_BY_RESOURCE: dict[str, KindName] = {
    resource: kind for kind, places in LIST_RESOURCES.items() for _, resource in places
}
_FORBIDDEN_RESOURCE = re.compile(r'\b([a-z]{1,63})(?:\.[a-z.]{1,253})?(?: "[^"]{0,253}")? is forbidden')


def find_forbidden_kinds(message: str) -> Iterator[KindName]:
    """Yield the kinds that a refusal for lack of rights names."""
    for match in _FORBIDDEN_RESOURCE.finditer(message):
        if kind := KIND_BY_RESOURCE.get(match[1]):
            yield kind
