"""The engine's memory: names to numbers, ranges, reservations, blocks by their addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..calico.releases import Release
from ..cidr import Address, Cidr, Coverage, address_from_int
from ..errors import FindingError
from ..model import IPAMConfig, IPPool
from . import assignment, blocks, layout, state_growth
from .handles import HandleRegistry
from .int128 import join_128, split_128
from .layout import State
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

    @property
    def block_count(self) -> int:
        """How many blocks it has room for."""
        return self.cidr.subnet_count(self.block_size)

    @property
    def ordinal_bits(self) -> int:
        """The bits of an address behind a block's prefix."""
        return self.cidr.bits - self.block_size

    def block_index(self, address: int) -> int:
        """Return the index of the block that holds an address."""
        return (address - self.cidr.first) >> self.ordinal_bits


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
    tunnel_handles: set[str] = field(default_factory=set)
    pools_overlap: bool = False
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
        self.state = state_growth.grow_for_handles(self.state, len(self.handles))
        return numbers

    def handle_number_series(self, prefix: str, count: int) -> NDArray[np.int64]:
        """Return the numbers of so many handles, named by a stem and a number from 1 on; new ones if need be."""
        numbers = self.handles.add_series(prefix, count)
        self.state = state_growth.grow_for_handles(self.state, len(self.handles))
        return numbers

    def node(self, name: str) -> NodeEntry:
        """Return a node by its name, one that does not exist where nobody has created it."""
        if name not in self.nodes:
            number = len(self.node_names)
            self.node_names.append(name)
            self.nodes[name] = NodeEntry(number, {}, exists=False)
            self.state = state_growth.grow_for_nodes(self.state, number + 1)
            self.state.seeds[number] = node_seed(name)
            for range_index in range(len(self.ranges)):
                self._set_start_index(number, range_index)
        return self.nodes[name]

    def addresses_of_handle(self, handle: str) -> list[int]:
        """Return where in the arena the addresses that a handle holds stand, the last assigned first."""
        number = self.handles.get(handle)
        address_index = int(self.state.handles[number, layout.FIRST_ADDRESS]) if number >= 0 else -1
        address_indexes = []
        while address_index >= 0:
            address_indexes.append(address_index)
            address_index = int(self.state.cells[address_index, layout.NEXT_OF_HANDLE])
        return address_indexes

    def node_of_handle(self, handle: str) -> str:
        """Return the node that last asked for a handle's addresses; empty for a handle that nobody knows."""
        number = self.handles.get(handle)
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

    def _add_range_arrays(self, range_index: int) -> None:
        block_range = self.ranges[range_index]
        count, cidr = block_range.block_count, block_range.cidr
        has_bitmaps = count <= layout.MAX_BITMAP_BLOCKS
        bitmap_words = -(-count // 32) if has_bitmaps else 0
        summary_words = -(-bitmap_words // 32)
        word_columns = [layout.BITMAP_WORDS, layout.SUMMARY_WORDS]
        bitmap_offset = 3 * int(self.state.ranges[:range_index, word_columns].sum())
        self.state = state_growth.grow_for_ranges(
            self.state, range_index + 1, bitmap_offset + 3 * (bitmap_words + summary_words)
        )
        self.state.ranges[range_index] = (
            count if has_bitmaps else -1,
            *split_128(count),
            block_range.ordinal_bits,
            cidr.version == 6,
            bitmap_offset,
            bitmap_words,
            summary_words,
        )
        self.state.address_groups[range_index] = [cidr.first >> 16 * (7 - group) & 0xFFFF for group in range(8)]
        self.rebuild_unclaimed_bitmap(range_index)
        for node in range(len(self.node_names)):
            self._set_start_index(node, range_index)

    def rebuild_unclaimed_bitmap(self, range_index: int) -> None:
        """Mark every block of a range as unclaimed, but for those that exist or are wholly reserved."""
        state, block_range = self.state, self.ranges[range_index]
        columns = [layout.BLOCK_COUNT, layout.BITMAP_OFFSET, layout.BITMAP_WORDS, layout.SUMMARY_WORDS]
        count, bitmap_offset, bitmap_words, summary_words = state.ranges[range_index, columns].tolist()
        if count <= 0:
            return
        free = np.ones(bitmap_words * 32, bool)
        free[count:] = False
        size = 1 << block_range.ordinal_bits
        for first, last in self._reserved_spans(block_range.cidr):
            free[-(-first // size) : (last + 1) // size] = False
        is_in_range = state.blocks[: state.meta[layout.SLOT_COUNT], layout.RANGE_INDEX] == range_index
        free[state.wide[np.flatnonzero(is_in_range), layout.INDEX_LOW]] = False
        powers = 1 << np.arange(32, dtype=np.int64)
        packed = (free.reshape(-1, 32) * powers).sum(axis=1)
        state.bitmaps[bitmap_offset : bitmap_offset + bitmap_words] = packed
        has_unclaimed = np.zeros(summary_words * 32, bool)
        has_unclaimed[:bitmap_words] = packed != 0
        state.bitmaps[bitmap_offset + bitmap_words : bitmap_offset + bitmap_words + summary_words] = (
            has_unclaimed.reshape(-1, 32) * powers
        ).sum(axis=1)

    def _set_start_index(self, node: int, range_index: int) -> None:
        """Work out where a node starts looking in a range without bitmaps; of others compiled code does it."""
        count = self.ranges[range_index].block_count
        if count > layout.MAX_BITMAP_BLOCKS:
            start_index = start_block_index(int(self.state.seeds[node]), count)
            self.state.start_indexes[node, range_index] = split_128(start_index)

    def rebuild_table(self) -> None:
        """Hash all blocks again."""
        self.state = state_growth.rebuild_table(self.state, len(self.state.table))

    def ensure_block_capacity(self, count: int, range_indexes: Iterable[int] | None = None) -> None:
        """Make room for some more blocks of these ranges, or of any."""
        indexes = range(len(self.ranges)) if range_indexes is None else range_indexes
        largest_block = max(1 << self.ranges[range_index].ordinal_bits for range_index in indexes)
        self.state = state_growth.grow_for_blocks(self.state, count, largest_block)

    def rebuild_reservations(self) -> None:
        """Bring the reserved spans, and what each block keeps back, in step with the reservations."""
        state = self.state
        spans = []
        for range_index, block_range in enumerate(self.ranges):
            shift = block_range.ordinal_bits
            mask = (1 << shift) - 1
            for first, last in self._reserved_spans(block_range.cidr):
                spans.append(
                    (range_index, *split_128(first >> shift), first & mask, *split_128(last >> shift), last & mask)
                )
        previous_spans = int(state.meta[layout.RESERVED_SPANS])
        if not spans and not previous_spans:
            return
        self.state = state = state._replace(reserved_spans=state_growth.enlarge(state.reserved_spans, len(spans)))
        state.reserved_spans[: len(spans)] = np.array(spans, np.int64).reshape(-1, 7)
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
        cooling = cooling[np.argsort(state.released_at[cooling], kind="stable")]
        meta[layout.COOLING_HEAD] = meta[layout.COOLING_LENGTH] = 0
        self.state = state = state_growth.grow_for_cooling(state, len(cooling) + layout.RELEASE_BATCH)
        for position, address_index in enumerate(cooling):
            slot = int(state.cells[address_index, layout.SLOT])
            if state.cells[address_index, layout.HOLDER] == layout.COOLED_DOWN:
                state.cells[address_index, layout.HOLDER] = layout.COOLING_DOWN
                state.blocks[slot, layout.COOLED_COUNT] -= 1
                state.blocks[slot, layout.ASSIGNABLE] -= int(not state.reserved[address_index])
                blocks.update_bitmaps(state, slot)
            state.cooling[position] = address_index, state.released_at[address_index]
        meta[layout.COOLING_LENGTH] = len(cooling)
        assignment.advance_clock(state, int(meta[layout.NOW]))

    def release_addresses(self, address_indexes: list[int]) -> None:
        """Free addresses by where they stand in the arena."""
        if address_indexes:
            self.state = state_growth.grow_for_cooling(self.state, len(address_indexes) + layout.RELEASE_BATCH)
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
            slot = int(self.state.first_owned[family, node])
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
        block_range = self.ranges[int(self.state.blocks[slot, layout.RANGE_INDEX])]
        high, low = self.state.wide[slot, [layout.INDEX_HIGH, layout.INDEX_LOW]].tolist()
        return block_range.cidr.subnet(block_range.block_size, join_128(high, low))

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
        range_indexes = sorted(
            (range_index for range_index, block_range in enumerate(self.ranges) if address in block_range.cidr),
            key=lambda range_index: not self.ranges[range_index].pool,
        )
        for range_index in range_indexes:
            block_range = self.ranges[range_index]
            index = block_range.block_index(int(address))
            slot = int(blocks.find_block(self.state, range_index, *split_128(index)))
            if slot >= 0:
                ordinal = (int(address) - block_range.cidr.first) & ((1 << block_range.ordinal_bits) - 1)
                return int(self.state.blocks[slot, layout.OFFSET]) + ordinal, range_index, index
        for range_index in range_indexes:
            block_range = self.ranges[range_index]
            if block_range.pool and not self.pools[block_range.pool].disabled:
                return -1, range_index, block_range.block_index(int(address))
        return -1, None, 0
