"""Every prefix and every blockSize against what nodes need: exhaustive, exact, in arrays.

Racks are alike: each has its own pool, all pools have one prefix and one blockSize. A design **holds** when no node
needs more blocks than it may hold, a rack's pool fits the rack's nodes with headroom, no router or node holds more
routes than its table takes, and there are free ranges for its pools.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ..calico.limits import ALLOWED_BLOCK_SIZES, DEFAULT_MAX_BLOCKS_PER_HOST
from ..cidr import ADDRESS_BITS, IPVersion

PREFIXES: dict[IPVersion, range] = {4: range(8, 33), 6: range(64, 129)}

# The rules that a design can break, in the order in which they are named.
BLOCK_CAP, POOL_SIZE, ROUTES, ROOM = "max-blocks-per-host", "pool-size", "max-routes", "free-range"
RULES = (BLOCK_CAP, POOL_SIZE, ROUTES, ROOM)

Counts = npt.NDArray[np.object_] | npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class NodeKind:
    """Nodes alike in what each of them draws from the pools.

    `addresses` are those of one node: its pods, and one for a tunnel. `reserved_per_block` are not for pods (Windows).
    """

    nodes: int
    addresses: int
    max_blocks: int = DEFAULT_MAX_BLOCKS_PER_HOST
    reserved_per_block: int = 0

    def blocks(self, size: int) -> int:
        """Return the blocks of so many addresses that each of them needs."""
        return max(1, -(-self.addresses // max(size - self.reserved_per_block, 1)))


@dataclass(frozen=True, slots=True)
class Need:
    """What pools have to serve: the kinds of node that share them, spread evenly over racks.

    `headroom` is a percentage of nodes; `max_routes` the largest table that a node or a router takes, None: any.
    """

    kinds: tuple[NodeKind, ...]
    racks: int = 1
    headroom: int = 0
    max_routes: int | None = None

    def rack_nodes(self, kind: NodeKind) -> int:
        """Return how many nodes of a kind the fullest rack has."""
        return -(-kind.nodes // self.racks)

    def nodes_in(self, kind: NodeKind, rack: int) -> int:
        """Return how many nodes of a kind a rack has, counted from 0; the first ones are the fullest."""
        return kind.nodes // self.racks + (rack < kind.nodes % self.racks)

    def rack_nodes_with_headroom(self, kind: NodeKind) -> int:
        """Return how many nodes of a kind a rack's pool must fit."""
        return -(-self.rack_nodes(kind) * (100 + self.headroom) // 100)

    @property
    def typical(self) -> NodeKind:
        """A further node, as the capacity tables count it: the mean of all, on the terms of the most numerous kind."""
        nodes = sum(kind.nodes for kind in self.kinds)
        largest_kind = max(self.kinds, key=lambda kind: kind.nodes)
        if len(self.kinds) == 1 or not nodes:
            return largest_kind
        mean = -(-sum(kind.nodes * kind.addresses for kind in self.kinds) // nodes)
        return NodeKind(1, mean, largest_kind.max_blocks, largest_kind.reserved_per_block)


@dataclass(frozen=True, slots=True)
class Design:
    """One prefix with one blockSize, and what comes of it.

    `blocks` are those of one pool; `addresses` and `nodes_fit` those of all pools; `routes` the largest table that any
    node or router holds; `blocks_per_node` the most that a node needs. `unused_per_node` addresses of its blocks stay
    free on the node that wastes most. `breaks` names the rules that it breaks; empty: it holds.
    """

    family: IPVersion
    prefix: int
    block_size: int
    pools: int
    blocks_per_node: int
    blocks: int
    addresses: int
    routes: int
    nodes_fit: int
    unused_per_node: int
    breaks: tuple[str, ...] = ()

    @property
    def addresses_per_block(self) -> int:
        """Addresses of a block."""
        return 1 << (ADDRESS_BITS[self.family] - self.block_size)


@dataclass(frozen=True)
class DesignSpace:
    """All designs of one family for one need, as arrays of equal length.

    `free_ranges` says how many ranges of each prefix length are free, side by side; None: any number.
    """

    family: IPVersion
    need: Need
    free_ranges: Mapping[int, int] | None = None

    @cached_property
    def _sizes(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        grid = [(p, size) for p in PREFIXES[self.family] for size in ALLOWED_BLOCK_SIZES[self.family] if size >= p]
        prefixes, sizes = np.array(grid, np.int64).T
        return prefixes, sizes

    @property
    def prefixes(self) -> npt.NDArray[np.int64]:
        """Prefix length of each design's pools."""
        return self._sizes[0]

    @property
    def block_sizes(self) -> npt.NDArray[np.int64]:
        """BlockSize of each design's pools."""
        return self._sizes[1]

    @cached_property
    def blocks(self) -> Counts:
        """Blocks of one pool."""
        return self._powers(self.block_sizes - self.prefixes)

    @cached_property
    def addresses(self) -> Counts:
        """Addresses of all pools."""
        return self.need.racks * self._powers(ADDRESS_BITS[self.family] - self.prefixes)

    @cached_property
    def _blocks_of_kinds(self) -> list[Counts]:
        return [self._blocks_of(kind) for kind in self.need.kinds]

    @cached_property
    def blocks_per_node(self) -> Counts:
        """Blocks that the neediest node takes."""
        largest: Counts = np.maximum.reduce(self._blocks_of_kinds)
        return largest

    @cached_property
    def nodes_fit(self) -> Counts:
        """Nodes that all pools fit: the planned ones, then further ones of the typical need."""
        blocks_left, fit = self.blocks, self.blocks * 0
        is_full = np.zeros(len(blocks_left), bool)
        for kind, blocks in zip(self.need.kinds, self._blocks_of_kinds, strict=True):
            nodes = self.need.rack_nodes(kind)
            placed = np.where(is_full, 0, np.minimum(blocks_left // blocks, nodes))
            fit, blocks_left = fit + placed, blocks_left - placed * blocks
            is_full |= placed < nodes
        further = np.where(is_full, 0, blocks_left // self._blocks_of(self.need.typical))
        return self.need.racks * (fit + further)

    @cached_property
    def routes(self) -> Counts:
        """Routes of the largest table: all blocks in use, or with more racks its own rack's and one for each other."""
        need = self.need
        if need.racks == 1:
            return self._sum(kind.nodes for kind in need.kinds)
        rack = self._sum(need.rack_nodes(kind) for kind in need.kinds)
        largest: Counts = np.maximum(rack + need.racks - 1, need.racks)
        return largest

    @cached_property
    def unused_per_node(self) -> Counts:
        """Addresses that stay free in the blocks of the node that wastes most."""
        size = self._powers(ADDRESS_BITS[self.family] - self.block_sizes)
        kinds = zip(self.need.kinds, self._blocks_of_kinds, strict=True)
        unused: Counts = np.maximum.reduce([blocks * size - kind.addresses for kind, blocks in kinds])
        return unused

    @cached_property
    def broken(self) -> dict[str, npt.NDArray[np.bool_]]:
        """Which designs break which rule."""
        need = self.need
        kinds = list(zip(need.kinds, self._blocks_of_kinds, strict=True))
        return {
            BLOCK_CAP: np.logical_or.reduce([self._over_cap(kind, blocks) for kind, blocks in kinds]),
            POOL_SIZE: np.asarray(
                self._sum(need.rack_nodes_with_headroom(kind) for kind in need.kinds) > self.blocks, bool
            ),
            ROUTES: np.zeros(len(self.blocks), bool)
            if need.max_routes is None
            else np.asarray(self.routes > need.max_routes, bool),
            ROOM: np.array([not self.can_place(prefix, need.racks) for prefix in self.prefixes.tolist()], bool),
        }

    def can_place(self, prefix: int, pools: int) -> bool:
        """Whether so many pools of a prefix length can be placed."""
        return self.free_ranges is None or self.free_ranges[prefix] >= pools

    @cached_property
    def holds(self) -> npt.NDArray[np.bool_]:
        """Which designs break no rule."""
        holding: npt.NDArray[np.bool_] = ~np.logical_or.reduce(list(self.broken.values()))
        return holding

    @cached_property
    def pareto(self) -> npt.NDArray[np.int64]:
        """Return the indices of designs that hold and that no other one beats.

        A design beats another that has no fewer addresses, no fewer routes and room for no more nodes, and is worse in
        one of them. Equals do not beat each other.
        """
        holding = np.flatnonzero(self.holds)
        columns = (self.addresses[holding], self.routes[holding], -self.nodes_fit[holding])
        # Ranks compare as the numbers do, and fit any machine integer.
        ranks = np.stack([np.unique(column, return_inverse=True)[1] for column in columns], axis=1)
        no_worse = (ranks[:, None, :] <= ranks[None, :, :]).all(axis=2)
        better = (ranks[:, None, :] < ranks[None, :, :]).any(axis=2)
        unbeaten: npt.NDArray[np.int64] = holding[~(no_worse & better).any(axis=0)]
        return unbeaten

    def design(self, index: int) -> Design:
        """Return one design with exact Python ints."""
        return Design(
            self.family,
            int(self.prefixes[index]),
            int(self.block_sizes[index]),
            self.need.racks,
            int(self.blocks_per_node[index]),
            int(self.blocks[index]),
            int(self.addresses[index]),
            int(self.routes[index]),
            int(self.nodes_fit[index]),
            int(self.unused_per_node[index]),
            tuple(rule for rule in RULES if self.broken[rule][index]),
        )

    def designs(self) -> Iterator[Design]:
        """Yield every design, shortest prefix first, then smallest blockSize."""
        return map(self.design, range(len(self.prefixes)))

    def best(self) -> list[Design]:
        """Return the designs that hold and that no other one beats: fewest addresses first, then fewest routes."""
        return sorted((self.design(int(i)) for i in self.pareto), key=cost_key)

    def _powers(self, exponents: npt.NDArray[np.int64]) -> Counts:
        """Return powers of two; IPv6 counts pass 2^63, so they are Python ints."""
        if self.family == 4:
            return np.left_shift(np.int64(1), exponents)
        return np.array([1 << int(exponent) for exponent in exponents], object)

    def _blocks_of(self, kind: NodeKind) -> Counts:
        usable = np.maximum(self._powers(ADDRESS_BITS[self.family] - self.block_sizes) - kind.reserved_per_block, 1)
        blocks: Counts = np.maximum(-(-kind.addresses // usable), 1)
        return blocks

    def _over_cap(self, kind: NodeKind, blocks: Counts) -> npt.NDArray[np.bool_]:
        size = self._powers(ADDRESS_BITS[self.family] - self.block_sizes)
        return np.asarray((blocks > kind.max_blocks) | (size <= kind.reserved_per_block), bool)

    def _sum(self, nodes: Iterator[int]) -> Counts:
        """Return the blocks that so many nodes of each kind take together."""
        total: Counts = sum(
            (count * blocks for count, blocks in zip(nodes, self._blocks_of_kinds, strict=True)), self.blocks * 0
        )
        return total


def cost_key(design: Design) -> tuple[int, int, int, int]:
    """Sort key of designs: fewest addresses, then fewest routes, then fewest addresses unused, then most blocks."""
    return design.addresses, design.routes, design.unused_per_node, -design.block_size
