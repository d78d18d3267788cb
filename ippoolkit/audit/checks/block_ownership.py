"""Checks on blocks: how many are left, whose they are, whether they fit their pools."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ...calico.limits import LOAD_BALANCER_AFFINITY
from ...cidr import ADDRESS_BITS, Cidr
from ...findings import Finding, Severity, abbreviate_names
from ...model import IPPool
from ..cluster_index import BlockInPool, holder_kind, is_borrowed
from ..headroom import BLOCK_CAP, tightest_by_node
from ..without_block import borrow_meanwhile, outcome_without_block, pool_to_add
from .context import AuditContext

_FEW_PERCENT = 10  # per cent of the nodes: fewer blocks left than that are worth a word
_NEAR_CAP_RATIO = 0.9


def blocks_left(context: AuditContext) -> Iterator[Finding]:
    """Compare the blocks that nobody has with the nodes that have none: blocks run out long before addresses."""
    index = context.index
    for version in ADDRESS_BITS:
        pools = [pool for pool in index.pools if pool.version == version and pool.serves("Workload")]
        nodes = {node.name for node in index.cluster.nodes if any(pool.selects_node(node.labels) for pool in pools)}
        if not pools or not nodes:
            continue
        pool_blocks = [pool_block for pool in pools for pool_block in index.blocks_by_pool[pool.name]]
        unclaimed = sum(_unclaimed_blocks(context, pool) for pool in pools)
        nodes_without_block = nodes - {pool_block.block.host for pool_block in pool_blocks}
        total_addresses = sum(pool.cidr.size for pool in pools)
        free = total_addresses - sum(len(pool_block.block.allocations) for pool_block in pool_blocks)
        params = {
            "left": unclaimed,
            "without": len(nodes_without_block),
            "nodes": len(nodes),
            "free": free,
            "addresses": total_addresses,
            "pools": abbreviate_names(pool.name for pool in pools),
            "which": abbreviate_names(sorted(nodes_without_block)),
            "version": version,
        }
        subject = f"IPv{version}"
        if not unclaimed and nodes_without_block:
            params["outcome"] = outcome_without_block(context.scenario, free)
            sizes = [pool.block_size for pool in pools]
            params["addition"] = pool_to_add(context.scenario, version, sizes, len(nodes_without_block))
            yield Finding("blocks-gone", subject, params, advice=borrow_meanwhile(context.scenario, free, version))
        elif unclaimed < len(nodes_without_block):
            yield Finding("blocks-fewer-than-nodes", subject, params)
        elif unclaimed * 100 < len(nodes) * _FEW_PERCENT:
            yield Finding("blocks-few", subject, params)
        else:
            yield Finding("blocks-left", subject, params)


def _unclaimed_blocks(context: AuditContext, pool: IPPool) -> int:
    pool_blocks = [
        pool_block
        for pool_block in context.index.blocks_by_pool[pool.name]
        if pool_block.block.cidr.prefix == pool.block_size
    ]
    reserved_blocks, _ = context.index.reserved_coverage(pool.cidr).count_blocks(pool.block_size)
    return max(pool.block_count - len(pool_blocks) - reserved_blocks, 0)


def nodes_at_cap(context: AuditContext) -> Iterator[Finding]:
    """Find nodes that hold as many blocks as they may: when these are full the next pod fails, borrowing or not."""
    windows_nodes = {node.name for node in context.index.cluster.nodes if node.windows}
    for headroom in context.headrooms:
        if not headroom.owned_blocks:
            continue
        params = {
            "node": headroom.node,
            "held": headroom.owned_blocks,
            "cap": headroom.max_blocks,
            "free": headroom.free_in_own_blocks,
            "version": headroom.version,
        }
        subject = f"Node/{headroom.node}"
        if headroom.owned_blocks >= headroom.max_blocks and headroom.limit_code == BLOCK_CAP:
            if not headroom.free_in_own_blocks:
                yield Finding("node-cap-full", subject, params)
            elif (
                headroom.node not in windows_nodes
                or headroom.free_in_own_blocks <= headroom.owned_blocks * _NEAR_CAP_RATIO
            ):
                yield Finding("node-at-cap", subject, params)
        elif headroom.owned_blocks >= headroom.max_blocks * _NEAR_CAP_RATIO:
            yield Finding("node-near-cap", subject, params)


def next_to_fail(context: AuditContext) -> Iterator[Finding]:
    """Name the node that takes fewest pods more, where kubelet would start more than that."""
    running_pods = Counter(pod.node for pod in context.index.cluster.pods if not pod.finished)
    max_pods = {node.name: node.max_pods for node in context.index.cluster.nodes}
    headrooms = tightest_by_node(context.headrooms)
    limited_nodes = {
        tightest_node: headroom
        for tightest_node, headroom in headrooms.items()
        if headroom.pods < max_pods[tightest_node] - running_pods[tightest_node]
    }
    if not headrooms:
        return
    if not limited_nodes:
        tightest_headroom = min(headrooms.values(), key=lambda headroom: (headroom.pods, headroom.node))
        params = {"nodes": len(headrooms), "node": tightest_headroom.node, "pods": tightest_headroom.pods}
        yield Finding("no-node-fails", "", params, severity_override=Severity.OK)
        return
    tightest_node = min(limited_nodes, key=lambda node_name: (limited_nodes[node_name].pods, node_name))
    headroom = limited_nodes[tightest_node]
    params = {
        "node": tightest_node,
        "pods": headroom.pods,
        "own": headroom.free_in_own_blocks,
        "new": headroom.claimable_addresses,
        "borrow": headroom.borrowable_addresses,
        "limit": headroom.limit_code,
        "kubelet": max_pods[tightest_node] - running_pods[tightest_node],
        "version": headroom.version,
        "count": len(limited_nodes),
    }
    yield Finding("next-to-fail" if headroom.pods else "node-fails-now", f"Node/{tightest_node}", params)


def together(context: AuditContext) -> Iterator[Finding]:
    """Compare the pods that kubelets would still start with the addresses left: nodes share them."""
    index = context.index
    running_pods = Counter(pod.node for pod in index.cluster.pods if not pod.finished)
    for version in ADDRESS_BITS:
        pools = [pool for pool in index.pools if pool.version == version and pool.serves("Workload")]
        nodes = [node for node in index.cluster.nodes if any(pool.selects_node(node.labels) for pool in pools)]
        startable_pods = sum(max(node.max_pods - running_pods[node.name], 0) for node in nodes)
        allocated = sum(
            len(pool_block.block.allocations) for pool in pools for pool_block in index.blocks_by_pool[pool.name]
        )
        free = sum(pool.cidr.size - index.reserved_coverage(pool.cidr).address_count for pool in pools) - allocated
        if nodes and free < startable_pods:
            params = {
                "wanted": startable_pods,
                "free": max(free, 0),
                "pools": abbreviate_names(named_pool.name for named_pool in pools),
            }
            yield Finding("together-short", f"IPv{version}", {**params, "version": version})


def borrowed(context: AuditContext) -> Iterator[Finding]:
    """Count borrowed addresses and the routes that they cost."""
    borrowed_allocations = [
        (pool_block, allocation)
        for pool_block, allocation in context.index.iter_allocations()
        if is_borrowed(pool_block.block, allocation)
    ]
    if not borrowed_allocations:
        return
    blocks_with_affinity = sum(bool(pool_block.block.affinity) for pool_block in context.index.blocks_in_pools)
    count_by_node = Counter(allocation.node for _, allocation in borrowed_allocations)
    params = {
        "count": len(borrowed_allocations),
        "nodes": len(count_by_node),
        "which": abbreviate_names(name for name, _ in count_by_node.most_common()),
        "routes": blocks_with_affinity + len(borrowed_allocations),
        "blocks": blocks_with_affinity,
    }
    yield Finding("borrowed-addresses", "", params)


def borrowed_tunnels(context: AuditContext) -> Iterator[Finding]:
    """Find tunnel addresses in blocks that are not their node's own."""
    borrowed_allocations = [
        allocation
        for pool_block, allocation in context.index.iter_allocations()
        if holder_kind(allocation) == "tunnel" and is_borrowed(pool_block.block, allocation)
    ]
    if borrowed_allocations:
        node_names = sorted({allocation.node for allocation in borrowed_allocations})
        yield Finding(
            "tunnel-borrowed",
            "",
            {"count": len(borrowed_allocations), "which": abbreviate_names(node_names), "all": node_names},
        )


def without_affinity(context: AuditContext) -> Iterator[Finding]:
    """Find blocks that belong to nobody: nobody can claim them, others only borrow from them."""
    pool_blocks = [pool_block for pool_block in context.index.blocks_in_pools if not pool_block.block.affinity]
    if pool_blocks:
        yield Finding("blocks-without-affinity", "", _block_params(pool_blocks))


def empty(context: AuditContext) -> Iterator[Finding]:
    """Find blocks that hold nothing: all but a node's last one are given back."""
    empty_blocks = [
        pool_block
        for pool_block in context.index.blocks_in_pools
        if not pool_block.block.allocations and pool_block.block.host
    ]
    if empty_blocks:
        last_blocks_of_nodes = sum(
            len(context.index.blocks_by_node[pool_block.block.host]) == 1 for pool_block in empty_blocks
        )
        yield Finding("blocks-empty", "", {**_block_params(empty_blocks), "last": last_blocks_of_nodes})


def outside(context: AuditContext) -> Iterator[Finding]:
    """Find blocks that no pool holds: what is left where a pool was deleted before its pods moved."""
    if pool_blocks := context.index.blocks_by_pool[""]:
        yield Finding("blocks-outside-pools", "", _block_params(pool_blocks))


def other_size(context: AuditContext) -> Iterator[Finding]:
    """Find blocks whose size is not their pool's: its blockSize was changed in place."""
    for pool in context.index.pools:
        pool_blocks = [
            pool_block
            for pool_block in context.index.blocks_by_pool[pool.name]
            if pool_block.block.cidr.prefix != pool.block_size
        ]
        if pool_blocks:
            yield Finding(
                "block-other-size", f"IPPool/{pool.name}", {**_block_params(pool_blocks), "size": pool.block_size}
            )


def overlapping(context: AuditContext) -> Iterator[Finding]:
    """Find blocks that share addresses: each gives them out as if the other were not there."""
    pairs: list[tuple[Cidr, Cidr]] = []
    open_cidrs: list[Cidr] = []
    for cidr in sorted(pool_block.block.cidr for pool_block in context.index.blocks_in_pools):
        open_cidrs = [earlier_cidr for earlier_cidr in open_cidrs if earlier_cidr.overlaps(cidr)]
        pairs += [(earlier_cidr, cidr) for earlier_cidr in open_cidrs]
        open_cidrs.append(cidr)
    if pairs:
        held_twice = [address for address, holders in context.index.allocations_by_address.items() if len(holders) > 1]
        first, second = pairs[0]
        params = {"count": len(pairs), "first": str(first), "second": str(second), "twice": len(held_twice)}
        yield Finding("blocks-overlap", f"IPAMBlock/{second}", params)


def of_missing_nodes(context: AuditContext) -> Iterator[Finding]:
    """Find blocks and addresses of nodes that do not exist."""
    existing_nodes = {node.name for node in context.index.cluster.nodes}
    orphaned_blocks = [
        pool_block
        for pool_block in context.index.blocks_in_pools
        if pool_block.block.host and pool_block.block.host not in existing_nodes
    ]
    orphaned_allocations = [
        allocation
        for _, allocation in context.index.iter_allocations()
        if allocation.node and allocation.node not in existing_nodes
    ]
    missing_nodes = sorted(
        {pool_block.block.host for pool_block in orphaned_blocks}
        | {allocation.node for allocation in orphaned_allocations}
    )
    if missing_nodes:
        borrowed_from = sum(
            is_borrowed(pool_block.block, allocation)
            for pool_block in orphaned_blocks
            for allocation in pool_block.block.allocations
        )
        params = {
            "count": len(missing_nodes),
            "which": abbreviate_names(missing_nodes),
            "blocks": len(orphaned_blocks),
            "addresses": len(orphaned_allocations),
        }
        yield Finding("node-gone", "", {**params, "lent": borrowed_from, "all": missing_nodes})


def affinities(context: AuditContext) -> Iterator[Finding]:
    """Find claims that are half done, that have no block, or that contradict the block."""
    block_affinities = context.index.cluster.affinities
    pending = [affinity_object for affinity_object in block_affinities if affinity_object.state != "confirmed"]
    if pending:
        params = {
            "count": len(pending),
            "which": abbreviate_names(f"{affinity_object.node} {affinity_object.cidr}" for affinity_object in pending),
        }
        yield Finding("affinity-pending", "", params)
    affinity_by_block = {
        pool_block.block.cidr: pool_block.block.affinity for pool_block in context.index.blocks_in_pools
    }
    confirmed_by_block = {
        affinity_object.cidr: f"{affinity_object.type}:{affinity_object.node}"
        for affinity_object in block_affinities
        if affinity_object.state == "confirmed"
    }
    claims_without_block = [
        affinity_object.cidr
        for affinity_object in block_affinities
        if affinity_object.state == "confirmed" and affinity_object.cidr not in affinity_by_block
    ]
    if claims_without_block:
        yield Finding(
            "affinity-without-block",
            "",
            {"count": len(claims_without_block), "which": abbreviate_names(claims_without_block)},
        )
    mismatched_blocks = [
        cidr for cidr, affinity in affinity_by_block.items() if affinity and confirmed_by_block.get(cidr) != affinity
    ]
    if mismatched_blocks:
        yield Finding(
            "block-without-claim", "", {"count": len(mismatched_blocks), "which": abbreviate_names(mismatched_blocks)}
        )


def services_near_cap(context: AuditContext) -> Iterator[Finding]:
    """Count the blocks of load balancers, which have one owner for the whole cluster."""
    pool_blocks = [
        pool_block
        for pool_block in context.index.blocks_in_pools
        if pool_block.block.affinity == LOAD_BALANCER_AFFINITY
    ]
    if pool_blocks:
        allocated = sum(len(pool_block.block.allocations) for pool_block in pool_blocks)
        yield Finding(
            "loadbalancer-use",
            "",
            {
                "blocks": len(pool_blocks),
                "used": allocated,
                "free": sum(owned_block.free_addresses for owned_block in pool_blocks),
            },
        )


def _block_params(pool_blocks: Sequence[BlockInPool]) -> dict[str, object]:
    cidrs = [str(pool_block.block.cidr) for pool_block in pool_blocks]
    allocated = sum(len(pool_block.block.allocations) for pool_block in pool_blocks)
    return {"count": len(pool_blocks), "which": abbreviate_names(cidrs), "addresses": allocated, "all": cidrs}
