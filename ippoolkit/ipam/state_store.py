"""The engine's memory: names to numbers, ranges, growing arrays, blocks by their addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..calico.releases import Release
from ..cidr import ADDRESS_BITS, Address, Cidr, Coverage, address_from_int
from ..errors import FindingError
from ..model import IPAMConfig, IPPool
from . import assignment, blocks, layout
from .handles import HandleRegistry
from .layout import State, grown
from .start_index import node_seed, start_block_index

Datastore = Literal["kubernetes", "etcd"]
MICROSECONDS = 1_000_000


class IpamError(FindingError):
    """A request that IPAM refuses; `finding` says which, for what, and why."""


@dataclass(slots=True)
class NodeEntry:
    """A node: its number, its labels, whether it exists."""

    number: int
    labels: Mapping[str, str]
    exists: bool = True


@dataclass(slots=True)
class BlockRange:
    """A pool's range, cut into blocks."""

    cidr: Cidr
    block_size: int  # prefix length of a block
    pool: str = ""  # the pool that has this range now


@dataclass(slots=True)
class StateStore:
    """What the datastore holds, as arrays and by names, and how it grows."""

    datastore: Datastore
    seed: int
    config: IPAMConfig
    release: Release
    pools: dict[str, IPPool] = field(default_factory=dict)
    nodes: dict[str, NodeEntry] = field(default_factory=dict)
    reservations: dict[str, tuple[Cidr, ...]] = field(default_factory=dict)
    state: State = field(init=False)
    handles: HandleRegistry = field(default_factory=HandleRegistry)
    node_names: list[str] = field(default_factory=list)
    ranges: list[BlockRange] = field(default_factory=list)
    _range_indexes: dict[tuple[Cidr, int], int] = field(default_factory=dict)
    tunnel_handles: set[str] = field(default_factory=set)  # handles of tunnels
    pools_overlap: bool = False  # whether pools overlap
    leak_candidates: dict[str, int] = field(default_factory=dict)  # leaked handles, and since when they are candidates

    def __post_init__(self) -> None:
        self.state = layout.empty_state(etcd=self.datastore == "etcd")
        meta = self.state.meta
        if not self.release.has("reclaim-empty-blocks"):
            meta[layout.RECLAIM_AGE] = layout.NEVER
        if not self.release.has("gc-dirty-nodes"):
            meta[layout.MAX_SYNC_DELAY] = 0
        meta[layout.NEEDS_FREE_ADDRESSES] = int(self.release.has("gc-three-free"))

    @property
    def now(self) -> float:
        """Seconds since the beginning."""
        return int(self.state.meta[layout.NOW]) / MICROSECONDS

    def handle_number(self, name: str) -> int:
        """Return the number of a handle, a new one if need be."""
        number = self.handles.get(name)
        return int(self.handle_numbers([name])[0]) if number < 0 else number

    def handle_numbers(self, names: Sequence[str]) -> NDArray[np.int64]:
        """Return the numbers of many handles, new ones if need be."""
        numbers = self.handles.add(names)
        self._ensure_handle_capacity()
        return numbers

    def handle_number_series(self, prefix: str, count: int) -> NDArray[np.int64]:
        """Return the numbers of so many handles, named by a stem and a number from 1 on; new ones if need be."""
        numbers = self.handles.add_series(prefix, count)
        self._ensure_handle_capacity()
        return numbers

    def _ensure_handle_capacity(self) -> None:
        size = len(self.handles)
        if size > len(self.state.handles):
            self.state = self.state._replace(handles=grown(self.state.handles, size, fill=-1))

    def node_name(self, node: int) -> str:
        """Return the name of a node by its number."""
        return self.node_names[node]

    def handle_name(self, number: int) -> str:
        """Return the name of a handle by its number."""
        return self.handles.name_of(number)

    def node(self, name: str) -> NodeEntry:
        """Return a node by its name, one that does not exist where nobody has created it."""
        if name not in self.nodes:
            number = len(self.node_names)
            self.node_names.append(name)
            self.nodes[name] = NodeEntry(number, {}, exists=False)
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
            self.state.seeds[number] = node_seed(name)
            for range_index, block_range in enumerate(self.ranges):
                if self.state.ranges[range_index, layout.BLOCK_COUNT] < 0:
                    self._set_start_index(number, range_index, block_range)
        return self.nodes[name]

    def node_of_handle(self, handle: str) -> str:
        """Return the node that last asked for a handle's addresses; empty for a handle that nobody knows."""
        number = self.handles.get(handle, -1)
        node = int(self.state.handles[number, layout.REQUESTING_NODE]) if number >= 0 else -1
        return self.node_names[node] if node >= 0 else ""

    def handles_of_node(self, node: int) -> list[str]:
        """Return the handles that hold addresses for a node."""
        handle_count = len(self.handles)
        first, requesting_node = self.state.handles[:handle_count].T
        is_held = (requesting_node == node) & (first >= 0)
        return [self.handles.name_of(number) for number in np.flatnonzero(is_held).tolist()]

    def ensure_range(self, cidr: Cidr, block_size: int) -> int:
        """Return the number of a range of blocks."""
        if (cidr, block_size) not in self._range_indexes:
            range_index = len(self.ranges)
            self._range_indexes[cidr, block_size] = range_index
            self.ranges.append(BlockRange(cidr, block_size))
            self._add_range_arrays(range_index)
        return self._range_indexes[cidr, block_size]

    @property
    def range_cidrs(self) -> list[Cidr]:
        """The ranges that blocks are in, by their numbers."""
        return [block_range.cidr for block_range in self.ranges]

    def range_pool(self, range_index: int) -> str:
        """Return the name of the pool that has a range."""
        return self.ranges[range_index].pool

    def pool_positions(self, names: Sequence[str]) -> list[int]:
        """Return for each range the place of its pool among names; behind them all where it is in none."""
        return [
            names.index(block_range.pool) if block_range.pool in names else len(names) for block_range in self.ranges
        ]

    def _add_range_arrays(self, range_index: int) -> None:
        state, block_range = self.state, self.ranges[range_index]
        bitmap_offset = (
            int(
                np.sum(
                    state.ranges[:range_index, layout.BITMAP_WORDS] + state.ranges[:range_index, layout.SUMMARY_WORDS]
                )
            )
            * 3
        )
        count = block_range.cidr.subnet_count(block_range.block_size)
        has_bitmaps = count <= layout.MAX_BITMAP_BLOCKS
        bitmap_words = -(-count // 32) if has_bitmaps else 0
        summary_words = -(-bitmap_words // 32)
        self.state = state._replace(
            ranges=grown(state.ranges, range_index + 1),
            groups=grown(state.groups, range_index + 1),
            bits=grown(state.bits, bitmap_offset + 3 * (bitmap_words + summary_words)),
            starts=grown(state.starts, range_index + 1, axis=1, fill=-1),
        )
        high, low = split_128(count)
        width = ADDRESS_BITS[block_range.cidr.version]
        shift = width - block_range.block_size
        self.state.ranges[range_index] = (
            count if has_bitmaps else -1,
            high,
            low,
            shift,
            block_range.cidr.version == 6,
            bitmap_offset,
            bitmap_words,
            summary_words,
        )
        first = block_range.cidr.first
        self.state.groups[range_index] = [first >> 16 * (7 - group_index) & 0xFFFF for group_index in range(8)]
        self.rebuild_unclaimed_bitmap(range_index)
        for node in range(len(self.node_names)):
            self._set_start_index(node, range_index, block_range)

    def rebuild_unclaimed_bitmap(self, range_index: int) -> None:
        """Mark every block of a range as unclaimed, but for those that exist or are wholly reserved."""
        state, block_range = self.state, self.ranges[range_index]
        count, bitmap_words, summary_words = (
            int(state.ranges[range_index, column])
            for column in (layout.BLOCK_COUNT, layout.BITMAP_WORDS, layout.SUMMARY_WORDS)
        )
        if count <= 0:
            return
        free = np.ones(bitmap_words * 32, bool)
        free[count:] = False
        shift = int(state.ranges[range_index, layout.ORDINAL_BITS])
        size = 1 << shift
        for first, last in self._reserved_spans(block_range.cidr):
            free[-(-first // size) : (last + 1) // size] = False
        is_in_range = state.blocks[: state.meta[layout.SLOT_COUNT], layout.RANGE_INDEX] == range_index
        free[state.wide[np.flatnonzero(is_in_range), layout.INDEX_LOW]] = False
        bitmap_offset = int(state.ranges[range_index, layout.BITMAP_OFFSET])
        powers = 1 << np.arange(32, dtype=np.int64)
        packed = (free.reshape(-1, 32) * powers).sum(axis=1)
        state.bits[bitmap_offset : bitmap_offset + bitmap_words] = packed
        has_unclaimed = np.zeros(summary_words * 32, bool)
        has_unclaimed[:bitmap_words] = packed != 0
        state.bits[bitmap_offset + bitmap_words : bitmap_offset + bitmap_words + summary_words] = (
            has_unclaimed.reshape(-1, 32) * powers
        ).sum(axis=1)

    def _set_start_index(self, node: int, range_index: int, block_range: BlockRange) -> None:
        count = block_range.cidr.subnet_count(block_range.block_size)
        if count > layout.MAX_BITMAP_BLOCKS:
            self.state.starts[node, range_index] = split_128(start_block_index(int(self.state.seeds[node]), count))

    def rebuild_table(self, size: int) -> None:
        """Hash all blocks into a table of that size."""
        table = np.full(size, -1, np.int32)
        blocks.add_all_to_table(table, self.state)
        self.state = self.state._replace(table=table)

    def ensure_block_capacity(self, blocks: int) -> None:
        """Make room for some more blocks of any pool."""
        ranges = np.array([(range_index, 0, -1) for range_index in range(len(self.ranges))], np.int64)
        self.ensure_capacity(ranges, spare=blocks)

    def ensure_capacity(self, ranges: Any, spare: int = 1) -> None:
        """Make room for new blocks of any of the ranges."""
        state, meta = self.state, self.state.meta
        largest = max(1 << int(state.ranges[row[0], layout.ORDINAL_BITS]) for row in ranges)
        address_count, slot_count = (
            int(meta[layout.ADDRESS_COUNT]) + spare * largest,
            int(meta[layout.SLOT_COUNT]) + spare,
        )
        self.state = state._replace(
            blocks=grown(state.blocks, slot_count, fill=layout.UNUSED_SLOT),
            wide=grown(state.wide, slot_count),
            keys=grown(state.keys, slot_count),
            cells=grown(state.cells, address_count, fill=-1),
            since=grown(state.since, address_count),
            kept=grown(state.kept, address_count),
            looks=self._grown_seen_empty(2 * max(slot_count, len(state.blocks))),
        )
        self._ensure_cooling_capacity(layout.RELEASE_BATCH)
        size = len(state.table)
        while 2 * (int(meta[layout.TABLE_ENTRIES]) + spare) > size:
            size *= 2
        if size > len(state.table):
            self.rebuild_table(size)

    def _grown_seen_empty(self, size: int) -> Any:
        """Return the notes of kube-controllers, with room for so many."""
        looks, meta = self.state.looks, self.state.meta
        if len(looks) >= size:
            return looks
        ordered = np.roll(looks, -int(meta[layout.SEEN_EMPTY_HEAD]), axis=0)
        meta[layout.SEEN_EMPTY_HEAD] = 0
        return grown(ordered, size)

    def _ensure_cooling_capacity(self, additional: int) -> None:
        meta, fifo = self.state.meta, self.state.fifo
        length = int(meta[layout.COOLING_LENGTH])
        if length + additional > len(fifo):
            ordered = np.roll(fifo, -int(meta[layout.COOLING_HEAD]), axis=0)
            meta[layout.COOLING_HEAD] = 0
            self.state = self.state._replace(fifo=grown(ordered, length + additional))

    def rebuild_reservations(self) -> None:
        """Bring the reserved spans, and what each block keeps back, in step with the reservations."""
        state = self.state
        spans = []
        for range_index, block_range in enumerate(self.ranges):
            shift = int(state.ranges[range_index, layout.ORDINAL_BITS])
            mask = (1 << shift) - 1
            for first, last in self._reserved_spans(block_range.cidr):
                spans.append(
                    (range_index, *split_128(first >> shift), first & mask, *split_128(last >> shift), last & mask)
                )
        previous_spans = int(state.meta[layout.RESERVED_SPANS])
        if not spans and not previous_spans:
            return
        self.state = state = state._replace(spans=grown(state.spans, len(spans)))
        state.spans[: len(spans)] = np.array(spans, np.int64).reshape(-1, 7)
        state.meta[layout.RESERVED_SPANS] = len(spans)
        for range_index in range(len(self.ranges)):
            self.rebuild_unclaimed_bitmap(range_index)
        for slot, _ in self.slots():
            blocks.apply_reservations(state, slot)

    def _reserved_spans(self, cidr: Cidr) -> tuple[tuple[int, int], ...]:
        return Coverage.from_cidrs(
            cidr, [reserved for cidrs in self.reservations.values() for reserved in cidrs]
        ).covered_ranges

    def set_cooldown(self, cooldown: int) -> None:
        """Judge everything that cools by another cooldown."""
        state, meta = self.state, self.state.meta
        meta[layout.COOLDOWN_PERIOD] = cooldown
        holders = state.cells[:, layout.HOLDER]
        cooling = np.flatnonzero((holders == layout.COOLING_DOWN) | (holders == layout.COOLED_DOWN))
        cooling = cooling[np.argsort(state.since[cooling], kind="stable")]
        meta[layout.COOLING_HEAD] = meta[layout.COOLING_LENGTH] = 0
        self._ensure_cooling_capacity(len(cooling) + layout.RELEASE_BATCH)
        state = self.state
        for position, address_index in enumerate(cooling):
            slot = int(state.cells[address_index, layout.SLOT])
            if state.cells[address_index, layout.HOLDER] == layout.COOLED_DOWN:
                state.cells[address_index, layout.HOLDER] = layout.COOLING_DOWN
                state.blocks[slot, layout.COOLED_COUNT] -= 1
                state.blocks[slot, layout.ASSIGNABLE] -= int(not state.kept[address_index])
                blocks.update_bitmaps(state, slot)
            state.fifo[position] = address_index, state.since[address_index]
        meta[layout.COOLING_LENGTH] = len(cooling)
        assignment.advance_clock(state, int(meta[layout.NOW]))

    def release_addresses(self, address_indexes: list[int]) -> None:
        """Free addresses by where they stand in the arena."""
        if address_indexes:
            self._ensure_cooling_capacity(len(address_indexes) + layout.RELEASE_BATCH)
            assignment.release_addresses(self.state, np.array(sorted(address_indexes), np.int64), len(address_indexes))

    def release_slot_affinity(self, slot: int) -> None:
        """Take a block's affinity away; an empty block is deleted."""
        if blocks.is_empty(self.state.blocks[slot]):
            blocks.delete_block(self.state, slot)
        elif self.state.blocks[slot, layout.OWNER] >= 0:
            blocks.release_affinity(self.state, slot)

    def slots_of_node(self, node: int) -> list[int]:
        """Return the rows of the blocks that a node owns: IPv4, then IPv6."""
        node_slots = []
        for family in (0, 1):
            slot = int(self.state.held[family, node])
            while slot >= 0:
                node_slots.append(slot)
                slot = int(self.state.blocks[slot, layout.NEXT_SLOT])
        return node_slots

    def owned_slots(self) -> Any:
        """Return the rows of all blocks that have an owner."""
        rows = self.state.blocks[: self.state.meta[layout.SLOT_COUNT]]
        return np.flatnonzero((rows[:, layout.RANGE_INDEX] != layout.UNUSED_SLOT) & (rows[:, layout.OWNER] >= 0))

    def slots(self) -> list[tuple[int, Cidr]]:
        """Return the rows of all blocks, each with its range."""
        rows = self.state.blocks[: self.state.meta[layout.SLOT_COUNT], layout.RANGE_INDEX]
        return [(int(slot), self.block_cidr(int(slot))) for slot in np.flatnonzero(rows != layout.UNUSED_SLOT)]

    def block_cidr(self, slot: int) -> Cidr:
        """Return the range of a block."""
        block_range = self.ranges[self.state.blocks[slot, layout.RANGE_INDEX]]
        wide = self.state.wide[slot]
        index = join_128(int(wide[layout.INDEX_HIGH]), int(wide[layout.INDEX_LOW]))
        return Cidr(
            block_range.cidr.version,
            block_range.cidr.first + (index << (ADDRESS_BITS[block_range.cidr.version] - block_range.block_size)),
            block_range.block_size,
        )

    def used_ordinals(self, slot: int) -> list[int]:
        """Return which addresses of a block somebody holds, by their ordinals."""
        offset, size = int(self.state.blocks[slot, layout.OFFSET]), self.block_cidr(slot).size
        holders = self.state.cells[offset : offset + size, layout.HOLDER]
        return [int(ordinal) for ordinal in np.flatnonzero((holders >= 0) | (holders == layout.WINDOWS_RESERVED))]

    def address_at(self, address_index: int) -> Address:
        """Return the address at a place of the arena."""
        slot = int(self.state.cells[address_index, layout.SLOT])
        cidr = self.block_cidr(slot)
        return address_from_int(cidr.version, cidr.first + address_index - int(self.state.blocks[slot, layout.OFFSET]))

    def locate(self, address: Address) -> tuple[int, int | None, int]:
        """Return where an address stands in the arena (-1: in no block), its range (None), and its block's index."""
        range_indexes = [
            range_index for range_index, block_range in enumerate(self.ranges) if address in block_range.cidr
        ]
        range_indexes.sort(key=lambda range_index: not self.ranges[range_index].pool)
        for range_index in range_indexes:
            block_range = self.ranges[range_index]
            index = block_range.cidr.subnet_index_of(address, block_range.block_size)
            slot = int(blocks.find_block(self.state, range_index, *split_128(index)))
            if slot >= 0:
                return (
                    int(self.state.blocks[slot, layout.OFFSET]) + self.ordinal_of(range_index, address),
                    range_index,
                    index,
                )
        enabled = [
            range_index
            for range_index in range_indexes
            if self.ranges[range_index].pool and not self.pools[self.ranges[range_index].pool].disabled
        ]
        if not enabled:
            return -1, None, 0
        return (
            -1,
            enabled[0],
            self.ranges[enabled[0]].cidr.subnet_index_of(address, self.ranges[enabled[0]].block_size),
        )

    def ordinal_of(self, range_index: int, address: Address) -> int:
        """Return an address's place in its block."""
        return (int(address) - self.ranges[range_index].cidr.first) & (
            (1 << int(self.state.ranges[range_index, layout.ORDINAL_BITS])) - 1
        )


def split_128(number: int) -> tuple[int, int]:
    """Return the bits of a number of up to 128 bits as two signed numbers of 64."""
    halves = number >> 64 & ((1 << 64) - 1), number & ((1 << 64) - 1)
    high, low = (half - (1 << 64) if half >> 63 else half for half in halves)
    return high, low


def join_128(high: int, low: int) -> int:
    """Return the number behind two halves of bits."""
    return (high % (1 << 64)) << 64 | low % (1 << 64)
