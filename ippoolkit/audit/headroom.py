"""How many more pods each node takes when it alone grows, and what stops it: Calico's own steps, counted ahead.

A node fills its own blocks, claims new ones up to its cap, takes over empty ones of others, and borrows only where no
block is left and it is below the cap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ..calico.limits import WINDOWS_RESERVED_PER_BLOCK
from ..calico.pool_selection import max_blocks_per_node
from ..cidr import ADDRESS_BITS, IPVersion
from ..model import IPPool, Node
from .cluster_index import BlockInPool, ClusterIndex
from .pool_choice import AddressRequest, choose_pools

BLOCK_CAP = "ipam-block-limit"
STRICT_AFFINITY = "ipam-strict"
EXHAUSTED = "ipam-exhausted"
NO_POOL_SELECTS = "ipam-none-selects"
AUTO_ALLOCATE_OFF = "ipam-no-claims"


@dataclass(frozen=True, slots=True)
class NodeHeadroom:
    """What one node can still take of one family, as counts of addresses; `limit_code` says what stops it."""

    node: str
    version: IPVersion
    owned_blocks: int  # of its pools
    max_blocks: int
    free_in_own_blocks: int
    claimable_blocks: int = 0
    claimable_addresses: int = 0  # in the claimable blocks
    borrowable_addresses: int = 0  # once all these are in use
    limit_code: str = EXHAUSTED

    @property
    def pods(self) -> int:
        """Pods that it takes until a request fails."""
        return self.free_in_own_blocks + self.claimable_addresses + self.borrowable_addresses


def node_headroom(index: ClusterIndex) -> list[NodeHeadroom]:
    """Work out the headroom of every node that exists, for each family that has pools for pods."""
    headrooms = []
    for version in ADDRESS_BITS:
        if any(pool.version == version and pool.serves("Workload") for pool in index.pools):
            calculator = _HeadroomCalculator(index, version)
            headrooms += [
                calculator.headroom_of(node) for node in index.cluster.nodes if not (node.windows and version == 6)
            ]
    return headrooms


class _HeadroomCalculator:
    """Counts once for all nodes that draw from the same pools."""

    def __init__(self, index: ClusterIndex, version: IPVersion) -> None:
        self.index = index
        self.version = version
        self.pools_by_labels: dict[tuple[object, ...], tuple[IPPool, ...]] = {}
        self.unclaimed_by_pool: dict[str, tuple[int, int]] = {}
        self.assignable_by_pool: dict[str, tuple[int, list[BlockInPool]]] = {}

    def headroom_of(self, node: Node) -> NodeHeadroom:
        ipam, index = self.index.cluster.ipam, self.index
        pools = self._pools_of(node)
        max_blocks = max_blocks_per_node(ipam.max_blocks_per_host, windows=node.windows)
        pool_names = {pool.name for pool in pools}
        own_blocks = [
            pool_block
            for pool_block in index.blocks_by_node.get(node.name, ())
            if pool_block.pool is not None and pool_block.pool.name in pool_names
        ]
        headroom = NodeHeadroom(
            node.name,
            self.version,
            owned_blocks=len(own_blocks),
            max_blocks=max_blocks,
            free_in_own_blocks=self._count_in_blocks(own_blocks),
        )
        if not pools:
            return replace(headroom, limit_code=NO_POOL_SELECTS)
        if not ipam.auto_allocate_blocks:
            return replace(headroom, limit_code=AUTO_ALLOCATE_OFF)
        windows_reserved = WINDOWS_RESERVED_PER_BLOCK if node.windows else 0
        blocks, addresses = self._claimable(node, pools, max_blocks - len(own_blocks), windows_reserved)
        headroom = replace(headroom, claimable_blocks=blocks, claimable_addresses=addresses)
        if len(own_blocks) + blocks >= max_blocks:
            return replace(headroom, limit_code=BLOCK_CAP)
        if ipam.strict_affinity:
            return replace(headroom, limit_code=STRICT_AFFINITY)
        assignable_in_pools = sum(self._count_assignable(pool.name)[0] for pool in pools)
        in_empty_blocks = self._count_in_blocks(self._empty_blocks_of_others(node, pools))
        borrowable = assignable_in_pools - headroom.free_in_own_blocks - in_empty_blocks
        return replace(headroom, borrowable_addresses=borrowable)

    def _pools_of(self, node: Node) -> tuple[IPPool, ...]:
        key = (tuple(sorted(node.labels.items())), node.windows)
        if key not in self.pools_by_labels:
            named_pools = self.index.cluster.cni_pools(self.version)
            request = AddressRequest(
                node.name, node.labels, self.version, named_pools=named_pools, windows=node.windows
            )
            self.pools_by_labels[key] = choose_pools(self.index.cluster, request).pools
        return self.pools_by_labels[key]

    def _claimable(
        self, node: Node, pools: Sequence[IPPool], remaining_blocks: int, windows_reserved: int
    ) -> tuple[int, int]:
        """Return how many blocks the node can still get, and how many addresses they have for pods."""
        blocks = addresses = 0
        for pool in pools:
            unclaimed, free = self._unclaimed(pool)
            claimed = min(unclaimed, max(remaining_blocks - blocks, 0))
            blocks += claimed
            addresses += (
                free if claimed == unclaimed else min(free, claimed * pool.addresses_per_block)
            ) - claimed * windows_reserved
        for pool_block in self._empty_blocks_of_others(node, pools):
            if blocks >= remaining_blocks:
                break
            blocks += 1
            addresses += self.index.count_assignable(pool_block.block) - windows_reserved
        return blocks, addresses

    def _unclaimed(self, pool: IPPool) -> tuple[int, int]:
        """Return the blocks of a pool that nobody has, wholly reserved ones left out, and their addresses."""
        if pool.name not in self.unclaimed_by_pool:
            pool_blocks = [
                pool_block
                for pool_block in self.index.blocks_by_pool[pool.name]
                if pool_block.block.cidr.prefix == pool.block_size
            ]
            coverage = self.index.reserved_coverage(pool.cidr)
            unusable_blocks, _ = coverage.count_blocks(pool.block_size)
            reserved_in_blocks = 0
            for pool_block in pool_blocks:
                reserved_in_block = (
                    self.index.reserved_coverage(pool_block.block.cidr).address_count if coverage.covered_ranges else 0
                )
                reserved_in_blocks += reserved_in_block
                unusable_blocks -= reserved_in_block == pool_block.block.cidr.size
            unclaimed = pool.block_count - len(pool_blocks) - unusable_blocks
            free = (pool.block_count - len(pool_blocks)) * pool.addresses_per_block - (
                coverage.address_count - reserved_in_blocks
            )
            self.unclaimed_by_pool[pool.name] = unclaimed, free
        return self.unclaimed_by_pool[pool.name]

    def _empty_blocks_of_others(self, node: Node, pools: Sequence[IPPool]) -> list[BlockInPool]:
        """Return the empty blocks of other nodes, which are taken over where no other is left."""
        return [
            pool_block
            for pool in pools
            for pool_block in self._count_assignable(pool.name)[1]
            if pool_block.block.host != node.name
        ]

    def _count_assignable(self, pool: str) -> tuple[int, list[BlockInPool]]:
        """Return the addresses of a pool's blocks that can be given out, and those blocks that are empty."""
        if pool not in self.assignable_by_pool:
            pool_blocks = self.index.blocks_by_pool[pool]
            empty = [
                pool_block for pool_block in pool_blocks if not pool_block.block.allocations and pool_block.block.host
            ]
            self.assignable_by_pool[pool] = self._count_in_blocks(pool_blocks), empty
        return self.assignable_by_pool[pool]

    def _count_in_blocks(self, pool_blocks: Iterable[BlockInPool]) -> int:
        """Return the addresses of blocks that can be given out."""
        return sum(self.index.count_assignable(pool_block.block) for pool_block in pool_blocks)


def tightest_by_node(headrooms: Sequence[NodeHeadroom]) -> Mapping[str, NodeHeadroom]:
    """Return for each node the family that ends first."""
    tightest: dict[str, NodeHeadroom] = {}
    for candidate in headrooms:
        if candidate.node not in tightest or candidate.pods < tightest[candidate.node].pods:
            tightest[candidate.node] = candidate
    return tightest
