"""Checks on blocks: how many are left, whose they are, whether they fit their pools."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ...calico.limits import LOAD_BALANCER_AFFINITY
from ...cidr import ADDRESS_BITS, Cidr, IPVersion
from ...findings import Finding, Severity, abbreviate_names
from ...model import Block, IPPool, Node
from ..cluster_index import holder_kind, is_borrowed
from ..headroom import BLOCK_CAP, tightest_by_node
from ..without_block import borrow_meanwhile, outcome_without_block, pool_to_add
from .context import AuditContext, names_params

Claim = tuple[Cidr, str]  # a block and the node that owns it
_FEW_PERCENT = 10  # per cent of the nodes: fewer blocks left than that are worth a word
_NEAR_CAP_RATIO = 0.9


def blocks_left(context: AuditContext) -> Iterator[Finding]:
    """Compare the blocks that nobody has with the nodes that have none: blocks run out long before addresses."""
    index = context.index
    for version in ADDRESS_BITS:
        pools, selected_nodes = _pools_and_nodes(context, version)
        nodes = {node.name for node in selected_nodes}
        if not nodes:
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


def _pools_and_nodes(context: AuditContext, version: IPVersion) -> tuple[list[IPPool], list[Node]]:
    """Return the pools of a family that serve pods, and the nodes that any of them selects."""
    pools = [pool for pool in context.index.pools if pool.version == version and pool.serves("Workload")]
    nodes = [node for node in context.cluster.nodes if any(pool.selects_node(node.labels) for pool in pools)]
    return pools, nodes


def _unclaimed_blocks(context: AuditContext, pool: IPPool) -> int:
    claimed = sum(
        pool_block.block.cidr.prefix == pool.block_size for pool_block in context.index.blocks_by_pool[pool.name]
    )
    reserved_blocks, _ = context.index.reserved_coverage(pool.cidr).count_blocks(pool.block_size)
    return max(pool.block_count - claimed - reserved_blocks, 0)


def nodes_at_cap(context: AuditContext) -> Iterator[Finding]:
    """Find nodes that hold as many blocks as they may: when these are full the next pod fails, borrowing or not."""
    windows_nodes = {node.name for node in context.cluster.nodes if node.windows}
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
    running_pods = Counter(pod.node for pod in context.cluster.pods if not pod.finished)
    startable_pods = {node.name: node.max_pods - running_pods[node.name] for node in context.cluster.nodes}
    headrooms = list(tightest_by_node(context.headrooms).values())
    if not headrooms:
        return
    limiting_headrooms = [headroom for headroom in headrooms if headroom.pods < startable_pods[headroom.node]]
    headroom = min(limiting_headrooms or headrooms, key=lambda headroom: (headroom.pods, headroom.node))
    if not limiting_headrooms:
        params = {"nodes": len(headrooms), "node": headroom.node, "pods": headroom.pods}
        yield Finding("no-node-fails", "", params, severity_override=Severity.OK)
        return
    params = {
        "node": headroom.node,
        "pods": headroom.pods,
        "own": headroom.free_in_own_blocks,
        "new": headroom.claimable_addresses,
        "borrow": headroom.borrowable_addresses,
        "limit": headroom.limit_code,
        "kubelet": startable_pods[headroom.node],
        "version": headroom.version,
        "count": len(limiting_headrooms),
    }
    yield Finding("next-to-fail" if headroom.pods else "node-fails-now", f"Node/{headroom.node}", params)


def together(context: AuditContext) -> Iterator[Finding]:
    """Compare the pods that kubelets would still start with the addresses left: nodes share them."""
    index = context.index
    running_pods = Counter(pod.node for pod in context.cluster.pods if not pod.finished)
    for version in ADDRESS_BITS:
        pools, nodes = _pools_and_nodes(context, version)
        startable_pods = sum(max(node.max_pods - running_pods[node.name], 0) for node in nodes)
        allocated = sum(
            len(pool_block.block.allocations) for pool in pools for pool_block in index.blocks_by_pool[pool.name]
        )
        free = sum(pool.cidr.size - index.reserved_coverage(pool.cidr).address_count for pool in pools) - allocated
        if nodes and free < startable_pods:
            params = {
                "wanted": startable_pods,
                "free": max(free, 0),
                "pools": abbreviate_names(pool.name for pool in pools),
                "version": version,
            }
            yield Finding("together-short", f"IPv{version}", params)


def borrowed(context: AuditContext) -> Iterator[Finding]:
    """Count borrowed addresses and the routes that they cost."""
    borrower_nodes = [
        allocation.node
        for pool_block, allocation in context.index.iter_allocations()
        if is_borrowed(pool_block.block, allocation)
    ]
    if not borrower_nodes:
        return
    blocks_with_affinity = sum(bool(block.affinity) for block in context.cluster.blocks)
    count_by_node = Counter(borrower_nodes)
    params = {
        "count": len(borrower_nodes),
        "nodes": len(count_by_node),
        "which": abbreviate_names(name for name, _ in count_by_node.most_common()),
        "routes": blocks_with_affinity + len(borrower_nodes),
        "blocks": blocks_with_affinity,
    }
    yield Finding("borrowed-addresses", "", params)


def borrowed_tunnels(context: AuditContext) -> Iterator[Finding]:
    """Find tunnel addresses in blocks that are not their node's own."""
    borrower_nodes = [
        allocation.node
        for pool_block, allocation in context.index.iter_allocations()
        if holder_kind(allocation) == "tunnel" and is_borrowed(pool_block.block, allocation)
    ]
    if borrower_nodes:
        params = {**names_params(sorted(set(borrower_nodes))), "count": len(borrower_nodes)}
        yield Finding("tunnel-borrowed", "", params)


def without_affinity(context: AuditContext) -> Iterator[Finding]:
    """Find blocks that belong to nobody: nobody can claim them, others only borrow from them."""
    if blocks := [block for block in context.cluster.blocks if not block.affinity]:
        yield Finding("blocks-without-affinity", "", _block_params(blocks))


def empty(context: AuditContext) -> Iterator[Finding]:
    """Find blocks that hold nothing: all but a node's last one are given back."""
    if blocks := [block for block in context.cluster.blocks if not block.allocations and block.host]:
        last_blocks_of_nodes = sum(len(context.index.blocks_by_node[block.host]) == 1 for block in blocks)
        yield Finding("blocks-empty", "", {**_block_params(blocks), "last": last_blocks_of_nodes})


def outside(context: AuditContext) -> Iterator[Finding]:
    """Find blocks that no pool holds: what is left where a pool was deleted before its pods moved."""
    if blocks := [pool_block.block for pool_block in context.index.blocks_by_pool[""]]:
        yield Finding("blocks-outside-pools", "", _block_params(blocks))


def other_size(context: AuditContext) -> Iterator[Finding]:
    """Find blocks whose size is not their pool's: its blockSize was changed in place."""
    for pool in context.index.pools:
        blocks = [pool_block.block for pool_block in context.index.blocks_by_pool[pool.name]]
        if mismatched := [block for block in blocks if block.cidr.prefix != pool.block_size]:
            params = {**_block_params(mismatched), "size": pool.block_size}
            yield Finding("block-other-size", f"IPPool/{pool.name}", params)


def overlapping(context: AuditContext) -> Iterator[Finding]:
    """Find blocks that share addresses: each gives them out as if the other were not there."""
    count, first_pair = overlapping_blocks((block.cidr, block.host or "") for block in context.cluster.blocks)
    if first_pair is not None:
        held_twice = sum(len(holders) > 1 for holders in context.index.allocations_by_address.values())
        (first, _), (second, _) = first_pair
        params = {"count": count, "first": str(first), "second": str(second), "twice": held_twice}
        yield Finding("blocks-overlap", f"IPAMBlock/{second}", params)


def overlapping_blocks(claims: Iterable[Claim]) -> tuple[int, tuple[Claim, Claim] | None]:
    """Return how many pairs of blocks share addresses, and the first such pair."""
    count = 0
    first_pair: tuple[Claim, Claim] | None = None
    enclosing: list[Claim] = []  # each within the one before it: sorted, a block follows those it is in
    for claim in sorted(claims):
        while enclosing and not enclosing[-1][0].overlaps(claim[0]):
            enclosing.pop()
        if enclosing:
            first_pair = first_pair or (enclosing[0], claim)
        count += len(enclosing)
        enclosing.append(claim)
    return count, first_pair


def of_missing_nodes(context: AuditContext) -> Iterator[Finding]:
    """Find blocks and addresses of nodes that do not exist."""
    existing_nodes = {node.name for node in context.cluster.nodes}
    orphaned_blocks = [block for block in context.cluster.blocks if block.host and block.host not in existing_nodes]
    orphaned_allocations = [
        allocation
        for _, allocation in context.index.iter_allocations()
        if allocation.node and allocation.node not in existing_nodes
    ]
    missing_nodes = sorted(
        {block.host for block in orphaned_blocks} | {allocation.node for allocation in orphaned_allocations}
    )
    if missing_nodes:
        borrowed_from = sum(
            is_borrowed(block, allocation) for block in orphaned_blocks for allocation in block.allocations
        )
        params = {
            **names_params(missing_nodes),
            "blocks": len(orphaned_blocks),
            "addresses": len(orphaned_allocations),
            "lent": borrowed_from,
        }
        yield Finding("node-gone", "", params)


def affinities(context: AuditContext) -> Iterator[Finding]:
    """Find claims that are half done, that have no block, or that contradict the block."""
    confirmed = [claim for claim in context.cluster.affinities if claim.state == "confirmed"]
    affinity_by_block = {block.cidr: block.affinity for block in context.cluster.blocks}
    affinity_by_claim = {claim.cidr: f"{claim.type}:{claim.node}" for claim in confirmed}
    for code, labels in (
        (
            "affinity-pending",
            [f"{claim.node} {claim.cidr}" for claim in context.cluster.affinities if claim.state != "confirmed"],
        ),
        ("affinity-without-block", [claim.cidr for claim in confirmed if claim.cidr not in affinity_by_block]),
        (
            "block-without-claim",
            [
                cidr
                for cidr, affinity in affinity_by_block.items()
                if affinity and affinity_by_claim.get(cidr) != affinity
            ],
        ),
    ):
        if labels:
            yield Finding(code, "", {"count": len(labels), "which": abbreviate_names(labels)})


def services_near_cap(context: AuditContext) -> Iterator[Finding]:
    """Count the blocks of load balancers, which have one owner for the whole cluster."""
    blocks = [block for block in context.cluster.blocks if block.affinity == LOAD_BALANCER_AFFINITY]
    if blocks:
        used = sum(len(block.allocations) for block in blocks)
        free = sum(block.cidr.size for block in blocks) - used
        yield Finding("loadbalancer-use", "", {"blocks": len(blocks), "used": used, "free": free})


def _block_params(blocks: Sequence[Block]) -> dict[str, object]:
    addresses = sum(len(block.allocations) for block in blocks)
    return {**names_params([str(block.cidr) for block in blocks]), "addresses": addresses}
