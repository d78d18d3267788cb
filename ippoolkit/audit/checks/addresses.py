"""Checks on addresses: leaked, used without being allocated, used twice, resting, kept; and their handles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from ...findings import Finding, abbreviate_names
from ..cluster_index import address_from_key, holder_kind, sorted_address_texts
from .context import AuditContext, names_params

_NEARLY_FULL_RATIO = 0.9


def full_pools(context: AuditContext) -> Iterator[Finding]:
    """Say of each pool how full it is, in addresses and in blocks."""
    for row in context.counted_metrics.pools:
        if row["allocated"] is None:
            continue
        claimed_addresses = row["blocks_allocated"] << (context.cluster.pool(row["name"]).cidr.bits - row["blockSize"])
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
        if missing := [kind for kind in ("Node", "Service") if kind in context.cluster.unknown]:
            yield Finding("leaks-partial", "", {"kinds": ", ".join(missing)})
    if tunnel_keys := index.ipv6_tunnels_in_use:
        params = {"count": len(tunnel_keys), "all": sorted_address_texts(tunnel_keys)}
        yield Finding("leaks-overcounted", "", params)


def unallocated(context: AuditContext) -> Iterator[Finding]:
    """Find addresses in use that no block records: inside a pool another pod may be given them."""
    index = context.index
    inside, outside = index.unallocated_addresses
    tunnel_keys = [key for key in inside if key in index.tunnel_node_by_address]
    pod_keys = [key for key in inside if key in index.pods_by_address]
    nodes = [index.tunnel_node_by_address[key].name for key in tunnel_keys]
    for code, keys, users in (
        ("pod-not-allocated", pod_keys, _pod_names(context, pod_keys)),
        ("tunnel-not-allocated", tunnel_keys, nodes),
        ("in-use-outside", outside, _pod_names(context, outside)),
    ):
        if keys:
            addresses = sorted_address_texts(keys)
            params = {"count": len(keys), "which": abbreviate_names(users or addresses), "all": addresses}
            yield Finding(code, "", params)


def _pod_names(context: AuditContext, keys: Iterable[int]) -> list[str]:
    """Return the pods that use these addresses."""
    return [f"{pod.namespace}/{pod.name}" for key in keys for pod in context.index.pods_by_address.get(key, ())]


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
        users = _pod_names(context, [first_key])
        if tunnel_node := index.tunnel_node_by_address.get(first_key):
            users.append(f"Node/{tunnel_node.name}")
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
        for pod in context.cluster.pods
        if pod.node and not pod.host_network and not pod.finished and not pod.addresses
    ]
    if waiting_pods:
        pod_names = [f"{pod.namespace}/{pod.name}" for pod in waiting_pods]
        nodes = abbreviate_names(pod.node for pod in waiting_pods)
        yield Finding("pods-without-address", "", {**names_params(pod_names), "nodes": nodes})


def handles(context: AuditContext) -> Iterator[Finding]:
    """Find handles that blocks name and that do not exist, and of those that hold nothing."""
    totals = context.counted_metrics.totals
    for figure, code in (("missing_handles", "handles-missing"), ("leaked_handles", "handles-idle")):
        if totals[figure]:
            yield Finding(code, "", names_params(totals[figure]))


def cooling(context: AuditContext) -> Iterator[Finding]:
    """Count the addresses that rest after their release."""
    count = sum(holder_kind(allocation) == "cooling" for _, allocation in context.index.iter_allocations())
    seconds = context.cluster.ipam.ip_cooldown_seconds
    if count:
        yield Finding("addresses-cooling", "IPAMConfiguration/default", {"count": count, "seconds": seconds})


def windows(context: AuditContext) -> Iterator[Finding]:
    """Count the addresses that Windows keeps back."""
    count = sum(holder_kind(allocation) == "windows" for _, allocation in context.index.iter_allocations())
    if count:
        yield Finding("windows-kept", "", {"count": count})


def reserved_in_use(context: AuditContext) -> Iterator[Finding]:
    """Find addresses that are in use though reserved: a reservation takes nothing from those who have it."""
    if count := sum(map(context.index.count_reserved_in_use, context.cluster.blocks)):
        yield Finding("reserved-in-use", "", {"count": count})
