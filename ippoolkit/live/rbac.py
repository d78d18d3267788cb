"""What is asked of the API, and the ClusterRole that allows just that."""

from __future__ import annotations

from typing import Any

from ..model import KindName
from ..write import dump_yaml

V1, V3 = "crd.projectcalico.org/v1", "projectcalico.org/v3"

# For each kind the places to look at, in order: as CRDs of either group, or in Kubernetes' own.
LIST_RESOURCES: dict[KindName, tuple[tuple[str, str], ...]] = {
    "IPPool": ((V1, "ippools"), (V3, "ippools")),
    "IPAMConfiguration": ((V1, "ipamconfigs"), (V3, "ipamconfigurations")),
    "IPReservation": ((V1, "ipreservations"), (V3, "ipreservations")),
    "IPAMBlock": ((V1, "ipamblocks"), (V3, "ipamblocks")),
    "BlockAffinity": ((V1, "blockaffinities"), (V3, "blockaffinities")),
    "IPAMHandle": ((V1, "ipamhandles"), (V3, "ipamhandles")),
    "Node": (("v1", "nodes"),),
    "Namespace": (("v1", "namespaces"),),
    "Service": (("v1", "services"),),
    "Pod": (("v1", "pods"),),
}


def list_path(version: str, resource: str) -> str:
    """Return the path of a list of all objects of a resource."""
    return f"/api/v1/{resource}" if version == "v1" else f"/apis/{version}/{resource}"


def cluster_role(name: str = "ippoolkit-audit") -> str:
    """Return the ClusterRole that a live audit needs, as YAML: the verb list on what it lists."""
    resources_by_group: dict[str, list[str]] = {}
    for resources_of_kind in LIST_RESOURCES.values():
        for version, resource in resources_of_kind:
            group = version.partition("/")[0] if "/" in version else ""
            resources_by_group.setdefault(group, []).append(resource)
    rules: list[dict[str, Any]] = [
        {"apiGroups": [group], "resources": sorted(set(resources)), "verbs": ["list"]}
        for group, resources in resources_by_group.items()
    ]
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": name},
        "rules": rules,
    }
    return dump_yaml(role)
