"""Whether dumps fit together: of one moment, and of the whole cluster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..findings import Finding
from .index import Index, kind_of

_ENOUGH = 3  # addresses: fewer prove nothing


def doubts(index: Index, newest: Mapping[str, str]) -> Iterator[Finding]:
    """Tell of dumps of different moments, and of pods of one namespace only."""
    if not index.cluster.knows("Pod", "IPAMBlock", "Node", "Service"):
        return
    spaces = {pod.namespace for pod in index.cluster.pods}
    elsewhere = [
        each.namespace for _, each in index.allocations() if kind_of(each) == "pod" and each.namespace not in spaces
    ]
    if len(spaces) == 1 and len(elsewhere) >= _ENOUGH:
        yield Finding("namespaces-partly", "Pod", {"namespace": min(spaces), "others": len(set(elsewhere))})
    youngest = _stamp(newest.get("Pod", ""))
    later = [each for _, each in index.leaked.values() if kind_of(each) == "pod" and _stamp(each.timestamp) > youngest]
    if youngest and len(later) >= _ENOUGH:
        yield Finding("dumps-apart", "Pod", {"count": len(later)})


def _stamp(text: str) -> str:
    """Return a time so that texts compare: `2026-11-23 02:04:23.19 +0000 UTC` and `2026-11-23T02:04:23Z`."""
    return text.replace("T", " ")[:19]
