"""Checks on addresses: leaked, used without being allocated, used twice, resting, kept; and their handles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ...findings import Finding, abbreviate_names
from ..cluster_index import address_from_key, holder_kind, sorted_address_texts
from .context import AuditContext

_NEARLY_FULL_RATIO = 0.9


def full_pools(context: AuditContext) -> Iterator[Finding]:
    """Say of each pool how full it is, in addresses and in blocks."""
    for row in context.metrics.pools:
        if row["allocated"] is None:
            continue
        claimed_addresses = row["blocks_allocated"] << (
            context.index.cluster.pool(row["name"]).cidr.bits - row["blockSize"]
        )
        free = row["free"] if row["free"] is not None else row["capacity"] - row["allocated"]
        params = {
            "used": row["allocated"],
            "capacity": row["capacity"],
            "share": row["allocated"] / row["capacity"],
            "free": free,
            "blocks": row["blocks_allocated"],
            "blocks_total": row["blocks_total"],
            "filled": row["allocated"] / claimed_addresses if claimed_addresses else 0.0,
        }
        code = "pool-usage"
        if not row["disabled"] and params["share"] >= _NEARLY_FULL_RATIO:
            code = "pool-nearly-full" if free > 0 else "pool-full"
        yield Finding(code, f"IPPool/{row['name']}", params)


def leaked(context: AuditContext) -> Iterator[Finding]:
    """Find addresses that are held and that nothing uses; and of those that calicoctl only takes for leaked."""
    index = context.index
    if index.leaked_allocations:
        count_by_kind = Counter(holder_kind(allocation) for _, allocation in index.leaked_allocations.values())
        count_by_node = Counter(
            allocation.node or block.host for block, allocation in index.leaked_allocations.values()
        )
        params = {
            "count": len(index.leaked_allocations),
            "pods": count_by_kind["pod"] + count_by_kind["other"],
            "tunnels": count_by_kind["tunnel"],
            "services": count_by_kind["service"],
            "which": abbreviate_names(f"{node or '?'}: {count}" for node, count in count_by_node.most_common()),
            "all": sorted_address_texts(index.leaked_allocations),
        }
        yield Finding("addresses-leaked", "", params)
        if missing := [kind for kind in ("Node", "Service") if kind in index.cluster.unknown]:
            yield Finding("leaks-partial", "", {"kinds": ", ".join(missing)})
    ipv6_tunnels_in_use = [
        key
        for key in index.tunnel_node_by_address
        if key >> 128 and key in index.allocations_by_address and key not in index.pods_by_address
    ]
    if ipv6_tunnels_in_use:
        yield Finding(
            "leaks-overcounted",
            "",
            {"count": len(ipv6_tunnels_in_use), "all": sorted_address_texts(ipv6_tunnels_in_use)},
        )


def unallocated(context: AuditContext) -> Iterator[Finding]:
    """Find addresses in use that no block records: inside a pool another pod may be given them."""
    index = context.index
    inside, outside = index.unallocated_addresses
    tunnel_keys = [key for key in inside if key in index.tunnel_node_by_address]
    pod_keys = [key for key in inside if key in index.pods_by_address]
    if pod_keys:
        users = [f"{pod.namespace}/{pod.name}" for key in pod_keys for pod in index.pods_by_address[key]]
        yield Finding(
            "pod-not-allocated",
            "",
            {"count": len(pod_keys), "which": abbreviate_names(users), "all": sorted_address_texts(pod_keys)},
        )
    if tunnel_keys:
        users = [index.tunnel_node_by_address[key].name for key in tunnel_keys]
        yield Finding(
            "tunnel-not-allocated",
            "",
            {"count": len(tunnel_keys), "which": abbreviate_names(users), "all": sorted_address_texts(tunnel_keys)},
        )
    if outside:
        users = [f"{pod.namespace}/{pod.name}" for key in outside for pod in index.pods_by_address.get(key, ())]
        params = {
            "count": len(outside),
            "which": abbreviate_names(users or sorted_address_texts(outside)),
            "all": sorted_address_texts(outside),
        }
        yield Finding("in-use-outside", "", params)


def in_lost_pools(context: AuditContext) -> Iterator[Finding]:
    """Count the pods that live on addresses of disabled pools: these work until they are recreated."""
    for pool in context.index.pools:
        if pool.disabled:
            allocations = [
                allocation
                for pool_block in context.index.blocks_by_pool[pool.name]
                for allocation in pool_block.block.allocations
            ]
            pod_count = sum(holder_kind(allocation) == "pod" for allocation in allocations)
            if pod_count:
                yield Finding("pods-in-disabled-pool", f"IPPool/{pool.name}", {"pods": pod_count})


def used_twice(context: AuditContext) -> Iterator[Finding]:
    """Find addresses that several use."""
    index = context.index
    if index.shared_addresses:
        first_key = index.shared_addresses[0]
        users = [f"{pod.namespace}/{pod.name}" for pod in index.pods_by_address.get(first_key, ())]
        users += (
            [f"Node/{index.tunnel_node_by_address[first_key].name}"]
            if first_key in index.tunnel_node_by_address
            else []
        )
        params = {
            "count": len(index.shared_addresses),
            "first": str(address_from_key(first_key)),
            "who": abbreviate_names(users),
        }
        yield Finding("address-twice", "", {**params, "all": sorted_address_texts(index.shared_addresses)})


def waiting(context: AuditContext) -> Iterator[Finding]:
    """Find pods on nodes that have no address."""
    waiting_pods = [
        pod
        for pod in context.index.cluster.pods
        if pod.node and not pod.host_network and not pod.finished and not pod.addresses
    ]
    if waiting_pods:
        pod_names = [f"{pod.namespace}/{pod.name}" for pod in waiting_pods]
        params = {
            "count": len(waiting_pods),
            "which": abbreviate_names(pod_names),
            "nodes": abbreviate_names(pod.node for pod in waiting_pods),
        }
        yield Finding("pods-without-address", "", {**params, "all": pod_names})


def handles(context: AuditContext) -> Iterator[Finding]:
    """Find handles that blocks name and that do not exist, and of those that hold nothing."""
    referenced, existing = context.index.handle_ids
    if missing := sorted(referenced - existing):
        yield Finding(
            "handles-missing", "", {"count": len(missing), "which": abbreviate_names(missing), "all": missing}
        )
    if idle := sorted(existing - referenced):
        yield Finding("handles-idle", "", {"count": len(idle), "which": abbreviate_names(idle), "all": idle})


def cooling(context: AuditContext) -> Iterator[Finding]:
    """Count the addresses that rest after their release."""
    count = sum(holder_kind(allocation) == "cooling" for _, allocation in context.index.iter_allocations())
    seconds = context.index.cluster.ipam.ip_cooldown_seconds
    if count:
        yield Finding("addresses-cooling", "IPAMConfiguration/default", {"count": count, "seconds": seconds})


def windows(context: AuditContext) -> Iterator[Finding]:
    """Count the addresses that Windows keeps back."""
    count = sum(holder_kind(allocation) == "windows" for _, allocation in context.index.iter_allocations())
    if count:
        yield Finding("windows-kept", "", {"count": count})


def reserved_in_use(context: AuditContext) -> Iterator[Finding]:
    """Find addresses that are in use though reserved: a reservation takes nothing from those who have it."""
    if count := sum(map(context.index.count_reserved_in_use, context.index.cluster.blocks)):
        yield Finding("reserved-in-use", "", {"count": count})
