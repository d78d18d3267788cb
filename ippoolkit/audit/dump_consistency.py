"""Whether dumps fit together: of one moment, and of the whole cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..findings import Finding
from .cluster_index import ClusterIndex, holder_kind

_MIN_ADDRESSES = 3  # addresses: fewer prove nothing


def check_dump_consistency(index: ClusterIndex, newest: Mapping[str, str]) -> Iterator[Finding]:
    """Find dumps of different moments, and of pods of one namespace only."""
    if not index.cluster.has_read("Pod", "IPAMBlock", "Node", "Service"):
        return
    pod_namespaces = {pod.namespace for pod in index.cluster.pods}
    other_namespaces = [
        allocation.namespace
        for _, allocation in index.iter_allocations()
        if holder_kind(allocation) == "pod" and allocation.namespace not in pod_namespaces
    ]
    if len(pod_namespaces) == 1 and len(other_namespaces) >= _MIN_ADDRESSES:
        yield Finding(
            "namespaces-partly", "Pod", {"namespace": min(pod_namespaces), "others": len(set(other_namespaces))}
        )
    newest_pod_time = _comparable_time(newest.get("Pod", ""))
    younger_leaks = [
        allocation
        for _, allocation in index.leaked_allocations.values()
        if holder_kind(allocation) == "pod" and _comparable_time(allocation.timestamp) > newest_pod_time
    ]
    if newest_pod_time and len(younger_leaks) >= _MIN_ADDRESSES:
        yield Finding("dumps-apart", "Pod", {"count": len(younger_leaks)})


def _comparable_time(text: str) -> str:
    """Return a time so that texts compare: `2026-11-23 02:04:23.19 +0000 UTC` and `2026-11-23T02:04:23Z`."""
    return text.replace("T", " ")[:19]
