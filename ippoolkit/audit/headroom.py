"""How many more pods each node takes when it alone grows, and what stops it: Calico's own steps, counted ahead.

A node fills its own blocks, claims new ones up to its cap, takes over empty ones of others, and borrows only where no
block is left and it is below the cap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..cidr import BITS, Version
from ..limits import DEFAULT_MAX_BLOCKS, WINDOWS_MAX_BLOCKS, WINDOWS_RESERVED
from ..model import IPPool, Node
from .eligible import Asking, answer
from .index import Home, Index

CAP, STRICT, EXHAUSTED, NO_POOL, NO_CLAIMS = (
    "ipam-block-limit", "ipam-strict", "ipam-exhausted", "ipam-none-selects", "ipam-no-claims",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Headroom:
    """What one node can still take of one family, as counts of addresses; `limit` is the code of what stops it."""

    node: str
    version: Version
    held: int  # blocks of its pools that it owns
    cap: int
    own: int  # free in its own blocks
    claims: int  # blocks that it can still get
    new: int  # addresses in these
    borrow: int  # addresses that it can borrow after that
    limit: str

    @property
    def pods(self) -> int:
        """Pods that it takes until a request fails."""
        return self.own + self.new + self.borrow


def headroom(index: Index) -> list[Headroom]:
    """Work out the headroom of every node that exists, for each family that has pools for pods."""
    found = []
    for version in BITS:
        if any(pool.version == version and pool.serves("Workload") for pool in index.pools):
            ask = _Asker(index, version)
            found += [ask.of(node) for node in index.cluster.nodes if not (node.windows and version == 6)]
    return found


class _Asker:
    """Counts once for all nodes that draw from the same pools."""

    def __init__(self, index: Index, version: Version) -> None:
        self.index = index
        self.version = version
        self.serving: dict[tuple[object, ...], tuple[IPPool, ...]] = {}
        self.left: dict[str, tuple[int, int]] = {}
        self.counted: dict[str, tuple[int, list[Home]]] = {}

    def of(self, node: Node) -> Headroom:
        ipam, index = self.index.cluster.ipam, self.index
        pools = self._pools(node)
        limits = (ipam.max_blocks_per_host, WINDOWS_MAX_BLOCKS if node.windows else 0)
        cap = min(filter(None, limits), default=DEFAULT_MAX_BLOCKS)
        names = {pool.name for pool in pools}
        mine = [home for home in index.owned.get(node.name, ()) if home.pool is not None and home.pool.name in names]
        own = sum(self._open(home) for home in mine)
        back = WINDOWS_RESERVED if node.windows else 0
        if not pools:
            return Headroom(node.name, self.version, len(mine), cap, 0, 0, 0, 0, NO_POOL)
        if not ipam.auto_allocate_blocks:
            return Headroom(node.name, self.version, len(mine), cap, own, 0, 0, 0, NO_CLAIMS)
        claims, new = self._claims(node, pools, cap - len(mine), back)
        if len(mine) + claims >= cap:
            return Headroom(node.name, self.version, len(mine), cap, own, claims, new, 0, CAP)
        if ipam.strict_affinity:
            return Headroom(node.name, self.version, len(mine), cap, own, claims, new, 0, STRICT)
        others = sum(self._lendable(pool.name) for pool in pools)
        emptied = sum(self._open(home) for home in self._empty(node, pools))
        return Headroom(node.name, self.version, len(mine), cap, own, claims, new, others - own - emptied, EXHAUSTED)

    def _pools(self, node: Node) -> tuple[IPPool, ...]:
        key = (tuple(sorted(node.labels.items())), node.windows)
        if key not in self.serving:
            asking = Asking(node.name, node.labels, self.version, windows=node.windows)
            self.serving[key] = answer(self.index.cluster, asking).pools
        return self.serving[key]

    def _claims(self, node: Node, pools: Sequence[IPPool], room: int, back: int) -> tuple[int, int]:
        """Return how many blocks the node can still get, and how many addresses they have for pods."""
        blocks = addresses = 0
        for pool in pools:
            left, free = self._unclaimed(pool)
            taken = min(left, max(room - blocks, 0))
            blocks += taken
            addresses += (free if taken == left else min(free, taken * pool.block_addresses)) - taken * back
        for home in self._empty(node, pools):
            if blocks >= room:
                break
            blocks += 1
            addresses += self._open(home) - back
        return blocks, addresses

    def _unclaimed(self, pool: IPPool) -> tuple[int, int]:
        """Return the blocks of a pool that nobody has, wholly reserved ones left out, and their addresses."""
        if pool.name not in self.left:
            homes = [home for home in self.index.homes_of[pool.name] if home.block.cidr.prefix == pool.block_size]
            coverage = self.index.reserved(pool.cidr)
            whole, _ = coverage.blocks(pool.block_size)
            kept_in_blocks = 0
            for home in homes:
                kept = self.index.reserved(home.block.cidr).addresses if coverage.spans else 0
                kept_in_blocks += kept
                whole -= kept == home.block.cidr.size
            left = pool.blocks - len(homes) - whole
            free = (pool.blocks - len(homes)) * pool.block_addresses - (coverage.addresses - kept_in_blocks)
            self.left[pool.name] = left, free
        return self.left[pool.name]

    def _empty(self, node: Node, pools: Sequence[IPPool]) -> list[Home]:
        """Return the empty blocks of other nodes, which are taken over where no other is left."""
        return [home for pool in pools for home in self._count(pool.name)[1] if home.block.host != node.name]

    def _lendable(self, pool: str) -> int:
        return self._count(pool)[0]

    def _count(self, pool: str) -> tuple[int, list[Home]]:
        """Return the addresses of a pool's blocks that can be given out, and those blocks that are empty."""
        if pool not in self.counted:
            homes = self.index.homes_of[pool]
            empty = [home for home in homes if not home.block.allocations and home.block.host]
            self.counted[pool] = sum(map(self._open, homes)), empty
        return self.counted[pool]

    def _open(self, home: Home) -> int:
        """Return the addresses of a block that can be given out: neither held nor reserved."""
        kept = self.index.reserved(home.block.cidr) if self.index.reservations else None
        if kept is None or not kept.spans:
            return home.free
        held = {each.ordinal for each in home.block.allocations}
        taken = sum(any(low <= each <= high for low, high in kept.spans) for each in held)
        return home.block.cidr.size - kept.addresses - len(held) + taken


def by_node(rooms: Sequence[Headroom]) -> Mapping[str, Headroom]:
    """Return for each node the family that ends first."""
    first: dict[str, Headroom] = {}
    for each in rooms:
        if each.node not in first or each.pods < first[each.node].pods:
            first[each.node] = each
    return first
