"""Mistakes that people make with a procedure, foreseen on this cluster, with their numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..cidr import Cidr, address_from_int
from ..findings import Finding
from ..ipam import IpamError, batch_events, layout
from ..model import Cluster, IPPool, Scenario
from .cluster_state import ClusterState, RequestProfile
from .pool_usage import StepResult
from .recreate_order import pods_without_workload
from .rehearsal import first_names
from .rehearsed_pods import SURGE_PARTS
from .steps import Change, cni_names_pool, objects_naming_pool


def find_pitfalls(
    scenario: Scenario, change: Change, results: tuple[StepResult, ...], initial_state: ClusterState | None
) -> list[Finding]:
    """Return what is to be known before a procedure that holds; `initial_state` is the cluster before."""
    pitfalls = list(_step_pitfalls(scenario, change, results))
    if initial_state is not None:
        pitfalls += in_place_resize_pitfalls(initial_state, change.pool, change.block_size)
    return pitfalls


def _step_pitfalls(scenario: Scenario, change: Change, results: tuple[StepResult, ...]) -> Iterator[Finding]:
    cluster, pool = scenario.cluster, change.pool
    actions = [result.step.action for result in results]
    deletes_by_calicoctl = any(result.step.action == "delete" and not result.step.managed for result in results)
    if deletes_by_calicoctl and scenario.release.has("pool-delete-leaves-old-blocks"):
        yield Finding("change-delete-leaves-blocks", pool, {"pool": pool, "release": scenario.release})
    if "disable" in actions:
        yield from _cni_pitfalls(cluster, cluster.pool(pool))
        if annotated_objects := objects_naming_pool(cluster, cluster.pool(pool)):
            params = {"count": len(annotated_objects), "pool": pool, "which": first_names(annotated_objects)}
            yield Finding("change-annotated", pool, params)
        initial_usage = next(pool_usage for pool_usage in results[0].usage if pool_usage.pool == pool)
        yield Finding("change-early", pool, {"pool": pool, "count": initial_usage.pods + initial_usage.tunnels})
        yield Finding("change-kubectl-delete", pool)
        yield Finding("change-two-at-once", pool, {"nodes": len(cluster.nodes)})
        yield Finding("change-surge", pool, {"parts": SURGE_PARTS})
        if pods_left := pods_without_workload(cluster, cluster.pool(pool)):
            which = first_names([f"{pod.namespace}/{pod.name}" for pod in pods_left])
            yield Finding("change-bare", pool, {"count": len(pods_left), "which": which})
    if any(result.step.managed and result.step.action == "disable" for result in results):
        yield Finding("change-operator", pool, {"pool": pool})
    if change.is_install_assumed:
        yield Finding("change-installer-assumed")
    if change.install == "kubespray" and "inventory" not in actions:
        yield Finding("change-kubespray", pool, {"size": change.block_size or cluster.pool(pool).block_size})


def _cni_pitfalls(cluster: Cluster, pool: IPPool) -> Iterator[Finding]:
    """Say what the nodes' CNI configuration means for a pool that is to be disabled."""
    cni = cluster.cni
    if cni is None:
        yield Finding("cni-unknown", pool.name)
    elif cni_names_pool(cluster, pool):
        yield Finding("cni-names-pools", pool.name, {"pools": ", ".join((*cni.ipv4_pools, *cni.ipv6_pools))})


def in_place_resize_pitfalls(cluster_state: ClusterState, pool: str, size: int) -> Iterator[Finding]:
    """Say which addresses would be given twice if blockSize were changed in place, and each node claimed a block."""
    try:
        cluster_state.ipam.resources.change_pool(pool, validate=False, block_size=size)
    except (IpamError, ValueError):
        return
    ipam = cluster_state.ipam
    old_blocks = {slot: cidr for slot, cidr in ipam.store.slots() if cidr in ipam.store.pools[pool].cidr}
    used_ordinals = {slot: ipam.store.used_ordinals(slot) for slot in old_blocks}
    old_slots_by_range: dict[Cidr, list[int]] = {}  # old blocks by the range, theirs or a new block's, that is larger
    for slot, cidr in old_blocks.items():
        old_slots_by_range.setdefault(cidr.with_prefix(min(size, cidr.prefix)), []).append(slot)
    prefixes = {cidr.prefix for cidr in old_slots_by_range}
    _fill_blocks(cluster_state, pool, list(old_blocks))
    doubled: list[int] = []
    node_numbers = set()
    for slot, cidr in ipam.store.slots():
        if slot in old_blocks or cidr not in ipam.store.pools[pool].cidr:
            continue
        overlapping_slots = [
            old_slot for prefix in prefixes for old_slot in old_slots_by_range.get(cidr.with_prefix(prefix), ())
        ]
        held_addresses = (
            old_blocks[old_slot].first + ordinal
            for old_slot in overlapping_slots
            for ordinal in used_ordinals[old_slot]
        )
        doubly_assigned = [address for address in held_addresses if cidr.first <= address <= cidr.last]
        doubled += doubly_assigned
        node_numbers |= {int(ipam.store.state.blocks[slot, layout.OWNER])} if doubly_assigned else set()
    if doubled:
        version = ipam.store.pools[pool].version
        which = first_names([str(address_from_int(version, address)) for address in sorted(doubled)])
        yield Finding("change-in-place", pool, {"nodes": len(node_numbers), "count": len(doubled), "which": which})


def _fill_blocks(cluster_state: ClusterState, pool: str, slots: list[int]) -> None:
    """Let each node take one address more than its blocks of a pool have left."""
    ipam = cluster_state.ipam
    node_names = cluster_state.node_names
    node_numbers = np.array([ipam.store.nodes[host].number for host in node_names], np.int64)
    block_rows = ipam.store.state.blocks[slots].astype(np.int64)
    owned = block_rows[block_rows[:, layout.OWNER] >= 0]
    open_addresses = np.bincount(owned[:, layout.OWNER], owned[:, layout.ASSIGNABLE], len(ipam.store.nodes)).astype(
        np.int64
    )
    version = ipam.store.pools[pool].version
    node_requests = [RequestProfile(host, (version,), ipv4_pools=(pool,), ipv6_pools=(pool,)) for host in node_names]
    request_table, request_numbers = cluster_state.request_table(node_requests)
    handles = ipam.store.handle_numbers([f"next of {host}" for host in node_names])
    node_indices = np.repeat(np.arange(len(node_names)), open_addresses[node_numbers] + 1)
    events = np.zeros((len(node_indices), batch_events.EVENT_WIDTH), np.int64)
    events[:, batch_events.KIND] = node_requests[0].event_kind if node_requests else 0
    events[:, batch_events.NODE], events[:, batch_events.HANDLE] = node_numbers[node_indices], handles[node_indices]
    events[:, batch_events.REQUEST] = np.array(request_numbers, np.int64)[node_indices]
    events[:, batch_events.TIME] = int(ipam.store.state.meta[layout.NOW])
    ipam.run_events(events, request_table)
