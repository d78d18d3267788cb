"""The engine's memory: names to numbers, ranges, growing arrays, blocks by their addresses."""

from __future__ import annotations

import copy
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from ..cidr import BITS, Address, Cidr, Coverage, address_of
from ..errors import FoundError
from ..model import IPAMConfig, IPPool
from . import blocks, core, layout
from .handles import Handles
from .layout import State, grown
from .start import seed_of, start

LOAD_BALANCER = "load-balancer"
MICRO = 1_000_000


class IpamError(FoundError):
    """A request that IPAM refuses; `finding` says which, for what, and why."""


@dataclass(slots=True)
class Node:
    """A node: its number, its labels, whether it exists."""

    number: int
    labels: Mapping[str, str]
    exists: bool = True


@dataclass(slots=True)
class Range:
    """A pool's range, cut into blocks."""

    cidr: Cidr
    size: int  # prefix length of a block
    pool: str = ""  # the pool that has this range now


@dataclass(slots=True)
class Memory:
    """What `Ipam` knows, as arrays and by names, and how it grows."""

    datastore: Literal["kubernetes", "etcd"] = "kubernetes"
    seed: int = 0
    config: IPAMConfig = field(default_factory=IPAMConfig)
    pools: dict[str, IPPool] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    reservations: dict[str, tuple[Cidr, ...]] = field(default_factory=dict)
    state: State = field(init=False)
    handles: Handles = field(default_factory=Handles)
    _node_names: list[str] = field(default_factory=list)
    _ranges: list[Range] = field(default_factory=list)
    _range_of: dict[tuple[Cidr, int], int] = field(default_factory=dict)
    _requests: dict[tuple[Any, ...], tuple[Any, list[str]]] = field(default_factory=dict)
    _random: random.Random = field(init=False)
    _tunnels: set[str] = field(default_factory=set)  # handles of tunnels
    _overlapping: bool = False  # whether pools overlap
    _due: list[tuple[int, str, str]] = field(default_factory=list)  # what kube-controllers does next: when, what, whom
    _suspects: dict[str, int] = field(default_factory=dict)  # leaked handles, and since when they are candidates

    def __post_init__(self) -> None:
        self.state = layout.new(etcd=self.datastore == "etcd")
        self._random = random.Random(self.seed)  # noqa: S311 (a simulation)

    def copy(self) -> Self:
        """Return an engine of its own in the same state."""
        return copy.deepcopy(self)

    @property
    def now(self) -> float:
        """Seconds since the beginning."""
        return int(self.state.meta[layout.NOW]) / MICRO

    def number_of(self, name: str) -> int:
        """Return the number of a handle, a new one if need be."""
        number = self.handles.get(name)
        return int(self.numbers_of([name])[0]) if number < 0 else number

    def numbers_of(self, names: Sequence[str]) -> NDArray[np.int64]:
        """Return the numbers of many handles, new ones if need be."""
        numbers = self.handles.add(names)
        self._grow_handles()
        return numbers

    def numbers_of_row(self, stem: str, count: int) -> NDArray[np.int64]:
        """Return the numbers of so many handles, named by a stem and a number from 1 on; new ones if need be."""
        numbers = self.handles.add_row(stem, count)
        self._grow_handles()
        return numbers

    def _grow_handles(self) -> None:
        size = len(self.handles)
        if size > len(self.state.handles):
            self.state = self.state._replace(handles=grown(self.state.handles, size, fill=-1))

    def name_of(self, node: int) -> str:
        """Return the name of a node by its number."""
        return self._node_names[node]

    def handle_name(self, number: int) -> str:
        """Return the name of a handle by its number."""
        return self.handles.name_of(number)

    def _node(self, name: str) -> Node:
        if name not in self.nodes:
            number = len(self._node_names)
            self._node_names.append(name)
            self.nodes[name] = Node(number, {}, exists=False)
            state = self.state
            if number >= len(state.seeds):
                self.state = state._replace(
                    held=grown(state.held, number + 1, axis=1, fill=-1),
                    seeds=grown(state.seeds, number + 1),
                    starts=grown(state.starts, number + 1, fill=-1),
                    alive=grown(state.alive, number + 1),
                    is_dirty=grown(state.is_dirty, number + 1),
                    dirty=grown(state.dirty, number + 1),
                )
            self.state.seeds[number] = seed_of(name)
            for of, each in enumerate(self._ranges):
                if self.state.ranges[of, layout.COUNT] < 0:
                    self._set_start(number, of, each)
        return self.nodes[name]

    def holder(self, handle: str) -> str:
        """Return the node that last asked for a handle's addresses; empty for a handle that nobody knows."""
        number = self.handles.get(handle, -1)
        node = int(self.state.handles[number, layout.PLACED]) if number >= 0 else -1
        return self._node_names[node] if node >= 0 else ""

    def _holding(self, node: int) -> list[str]:
        """Return the handles that hold addresses for a node."""
        known = len(self.handles)
        first, placed = self.state.handles[:known].T
        holding = (placed == node) & (first >= 0)
        return [self.handles.name_of(number) for number in np.flatnonzero(holding).tolist()]

    def _range(self, cidr: Cidr, size: int) -> int:
        """Return the number of a range of blocks."""
        if (cidr, size) not in self._range_of:
            of = len(self._ranges)
            self._range_of[cidr, size] = of
            self._ranges.append(Range(cidr, size))
            self._lay_out_range(of)
        return self._range_of[cidr, size]

    @property
    def all_ranges(self) -> list[Cidr]:
        """The ranges that blocks are in, by their numbers."""
        return [each.cidr for each in self._ranges]

    def pool_of_range(self, of: int) -> str:
        """Return the name of the pool that has a range."""
        return self._ranges[of].pool

    def pools_by_range(self, names: Sequence[str]) -> list[int]:
        """Return for each range the place of its pool among names; behind them all where it is in none."""
        return [names.index(each.pool) if each.pool in names else len(names) for each in self._ranges]

    def _lay_out_range(self, of: int) -> None:
        state, each = self.state, self._ranges[of]
        bits = int(np.sum(state.ranges[:of, layout.WORDS] + state.ranges[:of, layout.SUMS])) * 3
        count = each.cidr.subnets(each.size)
        mapped = count <= layout.MOST_MAPPED
        words = -(-count // 32) if mapped else 0
        sums = -(-words // 32)
        self.state = state._replace(
            ranges=grown(state.ranges, of + 1),
            groups=grown(state.groups, of + 1),
            bits=grown(state.bits, bits + 3 * (words + sums)),
            starts=grown(state.starts, of + 1, axis=1, fill=-1),
        )
        high, low = split(count)
        width = BITS[each.cidr.version]
        shift = width - each.size
        self.state.ranges[of] = (count if mapped else -1, high, low, shift, each.cidr.version == 6, bits, words, sums)
        first = each.cidr.first
        self.state.groups[of] = [first >> 16 * (7 - place) & 0xFFFF for place in range(8)]
        self._open_range(of)
        for node in range(len(self._node_names)):
            self._set_start(node, of, each)

    def _open_range(self, of: int) -> None:
        """Mark every block of a range as unclaimed, but for those that exist or are wholly reserved."""
        state, each = self.state, self._ranges[of]
        count, words, sums = (int(state.ranges[of, column]) for column in (layout.COUNT, layout.WORDS, layout.SUMS))
        if count <= 0:
            return
        free = np.ones(words * 32, bool)
        free[count:] = False
        shift = int(state.ranges[of, layout.SHIFT])
        size = 1 << shift
        for first, last in self._reserved(each.cidr):
            free[-(-first // size) : (last + 1) // size] = False
        mine = state.blocks[: state.meta[layout.SLOTS], layout.OF_RANGE] == of
        free[state.wide[np.flatnonzero(mine), layout.INDEX_LO]] = False
        begin = int(state.ranges[of, layout.BITS])
        powers = 1 << np.arange(32, dtype=np.int64)
        packed = (free.reshape(-1, 32) * powers).sum(axis=1)
        state.bits[begin : begin + words] = packed
        full = np.zeros(sums * 32, bool)
        full[:words] = packed != 0
        state.bits[begin + words : begin + words + sums] = (full.reshape(-1, 32) * powers).sum(axis=1)

    def _set_start(self, node: int, of: int, each: Range) -> None:
        count = each.cidr.subnets(each.size)
        if count > layout.MOST_MAPPED:
            self.state.starts[node, of] = split(start(int(self.state.seeds[node]), count))

    def _hash_anew(self, size: int) -> None:
        table = np.full(size, -1, np.int32)
        blocks.remember_all(table, self.state)
        self.state = self.state._replace(table=table)

    def make_room(self, blocks: int) -> None:
        """Make room for some more blocks of any pool."""
        every = np.array([(of, 0, -1) for of in range(len(self._ranges))], np.int64)
        self._grow(every, spare=blocks)

    def _grow(self, ranges: Any, spare: int = 1) -> None:
        """Make room for new blocks of any of the ranges."""
        state, meta = self.state, self.state.meta
        largest = max(1 << int(state.ranges[row[0], layout.SHIFT]) for row in ranges)
        top, slots = int(meta[layout.TOP]) + spare * largest, int(meta[layout.SLOTS]) + spare
        self.state = state._replace(
            blocks=grown(state.blocks, slots, fill=layout.GONE),
            wide=grown(state.wide, slots),
            keys=grown(state.keys, slots),
            cells=grown(state.cells, top, fill=-1),
            since=grown(state.since, top),
            kept=grown(state.kept, top),
            looks=self._more_looks(2 * max(slots, len(state.blocks))),
        )
        self._grow_fifo(layout.MOST_HELD)
        size = len(state.table)
        while 2 * (int(meta[layout.HASHED]) + spare) > size:
            size *= 2
        if size > len(state.table):
            self._hash_anew(size)

    def _more_looks(self, size: int) -> Any:
        """Return the notes of kube-controllers, with room for so many."""
        looks, meta = self.state.looks, self.state.meta
        if len(looks) >= size:
            return looks
        ordered = np.roll(looks, -int(meta[layout.LOOK_HEAD]), axis=0)
        meta[layout.LOOK_HEAD] = 0
        return grown(ordered, size)

    def _grow_fifo(self, more: int) -> None:
        meta, fifo = self.state.meta, self.state.fifo
        length = int(meta[layout.FIFO_LEN])
        if length + more > len(fifo):
            ordered = np.roll(fifo, -int(meta[layout.FIFO_HEAD]), axis=0)
            meta[layout.FIFO_HEAD] = 0
            self.state = self.state._replace(fifo=grown(ordered, length + more))

    def _reserve_anew(self) -> None:
        state = self.state
        spans = []
        for of, each in enumerate(self._ranges):
            shift = int(state.ranges[of, layout.SHIFT])
            mask = (1 << shift) - 1
            for first, last in self._reserved(each.cidr):
                spans.append((of, *split(first >> shift), first & mask, *split(last >> shift), last & mask))
        had = int(state.meta[layout.RESERVED])
        if not spans and not had:
            return
        self.state = state = state._replace(spans=grown(state.spans, len(spans)))
        state.spans[: len(spans)] = np.array(spans, np.int64).reshape(-1, 7)
        state.meta[layout.RESERVED] = len(spans)
        for of in range(len(self._ranges)):
            self._open_range(of)
        for slot, _ in self.slots():
            blocks.reserve(state, slot)

    def _reserved(self, cidr: Cidr) -> tuple[tuple[int, int], ...]:
        return Coverage.of(cidr, [each for cidrs in self.reservations.values() for each in cidrs]).spans

    def _cool_anew(self, cooldown: int) -> None:
        """Judge everything that cools by another cooldown."""
        state, meta = self.state, self.state.meta
        meta[layout.COOLDOWN] = cooldown
        holders = state.cells[:, layout.HOLDER]
        cooling = np.flatnonzero((holders == layout.IS_COOLING) | (holders == layout.HAS_COOLED))
        cooling = cooling[np.argsort(state.since[cooling], kind="stable")]
        meta[layout.FIFO_HEAD] = meta[layout.FIFO_LEN] = 0
        self._grow_fifo(len(cooling) + layout.MOST_HELD)
        state = self.state
        for place, at in enumerate(cooling):
            slot = state.cells[at, layout.SLOT]
            if state.cells[at, layout.HOLDER] == layout.HAS_COOLED:
                state.cells[at, layout.HOLDER] = layout.IS_COOLING
                state.blocks[slot, layout.COOLED] -= 1
                state.blocks[slot, layout.OPEN] -= int(not state.kept[at])
                blocks.mark(state, slot)
            state.fifo[place] = at, state.since[at]
        meta[layout.FIFO_LEN] = len(cooling)
        core.pass_time(state, int(meta[layout.NOW]))

    def _release(self, held: list[int]) -> None:
        if held:
            self._grow_fifo(len(held) + layout.MOST_HELD)
            core.release(self.state, np.array(sorted(held), np.int64), len(held))

    def _release_affinity(self, slot: int) -> None:
        if blocks.is_empty(self.state.blocks[slot]):
            blocks.drop(self.state, slot)
        elif self.state.blocks[slot, layout.OWNER] >= 0:
            blocks.let_go(self.state, slot)

    def _held(self, node: int) -> list[int]:
        found = []
        for family in (0, 1):
            slot = int(self.state.held[family, node])
            while slot >= 0:
                found.append(slot)
                slot = int(self.state.blocks[slot, layout.NEXT])
        return found

    def _owned(self) -> Any:
        rows = self.state.blocks[: self.state.meta[layout.SLOTS]]
        return np.flatnonzero((rows[:, layout.OF_RANGE] != layout.GONE) & (rows[:, layout.OWNER] >= 0))

    def slots(self) -> list[tuple[int, Cidr]]:
        """Return the rows of all blocks, each with its range."""
        rows = self.state.blocks[: self.state.meta[layout.SLOTS], layout.OF_RANGE]
        return [(int(slot), self._cidr(int(slot))) for slot in np.flatnonzero(rows != layout.GONE)]

    def _cidr(self, slot: int) -> Cidr:
        each = self._ranges[self.state.blocks[slot, layout.OF_RANGE]]
        wide = self.state.wide[slot]
        index = join(int(wide[layout.INDEX_HI]), int(wide[layout.INDEX_LO]))
        return Cidr(each.cidr.version, each.cidr.first + (index << (BITS[each.cidr.version] - each.size)), each.size)

    def used(self, slot: int) -> list[int]:
        """Return which addresses of a block somebody holds, by their ordinals."""
        begin, size = int(self.state.blocks[slot, layout.OFFSET]), self._cidr(slot).size
        holders = self.state.cells[begin : begin + size, layout.HOLDER]
        return [int(at) for at in np.flatnonzero((holders >= 0) | (holders == layout.FOR_WINDOWS))]

    def _address(self, at: int) -> Address:
        slot = int(self.state.cells[at, layout.SLOT])
        cidr = self._cidr(slot)
        return address_of(cidr.version, cidr.first + at - int(self.state.blocks[slot, layout.OFFSET]))

    def _find(self, address: Address) -> tuple[int, int | None, int]:
        """Return where an address stands in the arena (-1: in no block), its range (None), and its block's index."""
        homes = [of for of, each in enumerate(self._ranges) if address in each.cidr]
        homes.sort(key=lambda of: not self._ranges[of].pool)
        for of in homes:
            each = self._ranges[of]
            index = each.cidr.index_of(address, each.size)
            slot = int(blocks.look_up(self.state, of, *split(index)))
            if slot >= 0:
                return int(self.state.blocks[slot, layout.OFFSET]) + self._ordinal(of, address), of, index
        live = [of for of in homes if self._ranges[of].pool and not self.pools[self._ranges[of].pool].disabled]
        if not live:
            return -1, None, 0
        return -1, live[0], self._ranges[live[0]].cidr.index_of(address, self._ranges[live[0]].size)

    def _ordinal(self, of: int, address: Address) -> int:
        """Return an address's place in its block."""
        return (int(address) - self._ranges[of].cidr.first) & ((1 << int(self.state.ranges[of, layout.SHIFT])) - 1)


def split(number: int) -> tuple[int, int]:
    """Return the bits of a number of up to 128 bits as two signed numbers of 64."""
    halves = number >> 64 & ((1 << 64) - 1), number & ((1 << 64) - 1)
    high, low = (half - (1 << 64) if half >> 63 else half for half in halves)
    return high, low


def join(high: int, low: int) -> int:
    """Return the number behind two halves of bits."""
    return (high % (1 << 64)) << 64 | low % (1 << 64)
