"""What is asked of the API, and the ClusterRole that allows just that."""

from __future__ import annotations

from typing import Any

from ..read.api_resources import LIST_RESOURCES
from ..write import dump_yaml


def list_path(version: str, resource: str) -> str:
    """Return the path of a list of all objects of a resource."""
    return f"/api/v1/{resource}" if version == "v1" else f"/apis/{version}/{resource}"


def cluster_role() -> str:
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
        "metadata": {"name": "ippoolkit-audit"},
        "rules": rules,
    }
    return dump_yaml(role)
