"""Pods and tunnels that a change leaves in another pool than the one that it is for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from ..calico.pool_selection import Use
from ..findings import Finding, abbreviate_names
from .cluster_state import ClusterState
from .rehearsed_pods import Placement, RehearsedPods
from .steps import Change, Step

_Move = tuple[str, str]  # pool before, pool after


def moved_address_findings(
    change: Change, steps: Sequence[Step], pods: RehearsedPods, before: Placement
) -> Iterator[Finding]:
    """Say how many pods and tunnels end in another pool than they should, and which pools their nodes may choose from.

    Parameters
    ----------
    change, steps
        What was changed; pods of the changed pool belong into those that it makes for good.
    pods
        As they are after the last step.
    before
        In which pools pods and tunnels were before the first.
    """
    after = pods.placement()
    made_for_good = {step.pool.name for step in steps if step.action == "create"} - {
        step.pool.name for step in steps if step.action == "delete" and step.pool.name != change.pool
    }
    intended_pools = {change.pool: made_for_good} if change.kind != "grow" else {}
    pod_nodes: dict[_Move, list[str]] = defaultdict(list)
    for version in (4, 6):
        for pod, old, new in zip(pods.pods, before.pods[version], after.pods[version], strict=True):
            if _is_elsewhere(change, intended_pools, old, new):
                pod_nodes[old, new].append(pod.node)
    tunnel_nodes: dict[_Move, list[str]] = defaultdict(list)
    for tunnel, old in before.tunnels.items():
        new = after.tunnels.get(tunnel, "")
        if _is_elsewhere(change, intended_pools, old, new):
            tunnel_nodes[old, new].append(tunnel.node)
    yield from _findings("change-pods-elsewhere", pod_nodes, "Workload", pods.cluster_state)
    yield from _findings("change-tunnels-elsewhere", tunnel_nodes, "Tunnel", pods.cluster_state)


def _is_elsewhere(change: Change, intended_pools: dict[str, set[str]], old: str, new: str) -> bool:
    """Whether an address has left its pool for one that is not meant for it; a retired pool leaves that open."""
    if not old or not new or (change.kind == "retire" and old == change.pool):
        return False
    return new not in intended_pools.get(old, {old})


def _findings(code: str, nodes_of_move: dict[_Move, list[str]], use: Use, state: ClusterState) -> Iterable[Finding]:
    for (old, new), nodes in sorted(nodes_of_move.items()):
        counts = Counter(nodes)
        version = state.ipam.store.pools[new].version
        choices = sorted(
            name
            for name, pool in state.ipam.store.pools.items()
            if pool.version == version
            and pool.serves(use)
            and any(pool.selects_node(state.ipam.store.nodes[node].labels) for node in counts)
        )
        params = {
            "count": len(nodes),
            "pool": old,
            "other": new,
            "nodes": len(counts),
            "which": abbreviate_names(sorted(counts)),
            "pools": ", ".join(choices),
        }
        yield Finding(code, old, params)
