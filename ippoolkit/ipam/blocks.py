"""Blocks: how they are created, claimed, released and deleted; the table that finds them; reservations. Compiled.

Every function works on a `State`, and cannot enlarge its arrays. The caller sees to it that there is room for the
blocks and addresses that a call may need (`has_room` says whether there is).
"""

from __future__ import annotations

import numpy as np

from . import bitmap
from .compilation import compiled, inlined, internal
from .datastore_keys import is_before, write_key
from .int128 import is_less_128
from .layout import (
    ADDRESS_COUNT,
    ASSIGNABLE,
    AVAILABLE,
    BLOCK_COUNT,
    CLAIMED_AT,
    COOLED_COUNT,
    COOLED_DOWN,
    COOLING_COUNT,
    COOLING_LENGTH,
    DIRTY_COUNT,
    EMPTY,
    EMPTY_SINCE,
    FAMILY,
    FIRST_SEEN_EMPTY,
    FREE,
    FREE_CHUNKS,
    FREE_SLOT,
    HOLDER,
    INDEX_HIGH,
    INDEX_LOW,
    MAX_SYNC_DELAY,
    NEXT_FREE,
    NEXT_OF_HANDLE,
    NEXT_SLOT,
    NEXT_SYNC,
    NEXT_TICK,
    NO_OWNER,
    NOW,
    OFFSET,
    ORDINAL_BITS,
    OWNER,
    QUEUE_HEAD,
    QUEUE_TAIL,
    RANGE_INDEX,
    RELEASE_BATCH,
    RESERVED_SPANS,
    SLOT,
    SLOT_COUNT,
    TABLE_ENTRIES,
    UNCLAIMED,
    UNSELECTED,
    UNUSED_SLOT,
    USED,
    WINDOWS_COUNT,
    WINDOWS_RESERVED,
)

SYNC_DELAY = 1_000_000  # kube-controllers gathers updates for a second


@inlined
def block_size(state, row):
    """Return the number of addresses of a block."""
    return 1 << state.ranges[row[RANGE_INDEX], ORDINAL_BITS]


# ---- a node's blocks: IPv4, then IPv6, each family in the datastore's order


@inlined
def first_block_of_node(state, node):
    """Return the first block that a node owns; -1 for none."""
    slot = state.first_owned[0, node]
    return slot if slot >= 0 else state.first_owned[1, node]


@inlined
def next_block_of_node(state, slot):
    """Return the block that its owner has behind another; -1 for none."""
    row = state.blocks[slot]
    if row[NEXT_SLOT] < 0 and state.ranges[row[RANGE_INDEX], FAMILY] == 0:
        return state.first_owned[1, row[OWNER]]
    return row[NEXT_SLOT]


# ---- which block stands at an index


@internal
def _hash(range_index, high, low, size):
    mixed = (low & 0xFFFFFFFF) * 0x0B873593 + (low >> 32 & 0xFFFFFFFF) * 0x0545F491 + (high & 0xFFFFFFFF) * 0x0E3779B1
    mixed = (mixed & 0x7FFFFFFFFFFF) + range_index * 0x05EBCA6B
    mixed ^= mixed >> 15
    mixed = (mixed & 0xFFFFFFFF) * 0x2C1B3C6D
    mixed ^= mixed >> 17
    return mixed & (size - 1)


@compiled
def find_block(state, range_index, high, low):
    """Return the block at an index of a range; -1 for none."""
    size = len(state.table)
    table_index = _hash(range_index, high, low, size)
    while True:
        slot = state.table[table_index]
        if slot < 0:
            return -1
        index = state.wide[slot]
        if index[INDEX_LOW] == low and index[INDEX_HIGH] == high and state.blocks[slot, RANGE_INDEX] == range_index:
            return slot
        table_index = (table_index + 1) & (size - 1)


@internal
def _table_position(state, slot, size):
    """Return where in a table of a size a block belongs."""
    range_index = np.int64(state.blocks[slot, RANGE_INDEX])
    return _hash(range_index, state.wide[slot, INDEX_HIGH], state.wide[slot, INDEX_LOW], size)


@internal
def add_to_table(table, state, slot):
    """Put a block into a table."""
    size = len(table)
    table_index = _table_position(state, slot, size)
    while table[table_index] >= 0:
        table_index = (table_index + 1) & (size - 1)
    table[table_index] = slot


@compiled
def add_all_to_table(table, state):
    """Put all blocks into a table."""
    for slot in range(state.meta[SLOT_COUNT]):
        if state.blocks[slot, RANGE_INDEX] != UNUSED_SLOT:
            add_to_table(table, state, slot)


@internal
def _remove_from_table(state, slot):
    """Take a block out of the table; those behind it move up."""
    table = state.table
    size = len(table)
    table_index = _table_position(state, slot, size)
    while table[table_index] != slot:
        table_index = (table_index + 1) & (size - 1)
    hole = table_index
    while True:
        table_index = (table_index + 1) & (size - 1)
        next_slot = table[table_index]
        if next_slot < 0:
            break
        if (table_index - _table_position(state, next_slot, size)) & (size - 1) >= (table_index - hole) & (size - 1):
            table[hole] = next_slot
            hole = table_index
    table[hole] = -1


# ---- reservations


@internal
def _reserved_ordinals(state, span, range_index, high, low):
    """Return the first and last ordinal of a block inside a reservation; (0, -1) for none."""
    row = state.reserved_spans[span]
    if row[0] != range_index or is_less_128(high, low, row[1], row[2]) or is_less_128(row[4], row[5], high, low):
        return 0, -1
    first = row[3] if row[1] == high and row[2] == low else 0
    last = row[6] if row[4] == high and row[5] == low else (1 << state.ranges[range_index, ORDINAL_BITS]) - 1
    return first, last


@internal
def covering_reservation(state, range_index, high, low):
    """Return the reservation that holds all addresses of a block, -1 for none; spans are disjoint and do not touch."""
    for span in range(state.meta[RESERVED_SPANS]):
        first, last = _reserved_ordinals(state, span, range_index, high, low)
        if first == 0 and last == (1 << state.ranges[range_index, ORDINAL_BITS]) - 1:
            return span
    return -1


@compiled
def apply_reservations(state, slot):
    """Mark the reserved addresses of a block, and count those that are open."""
    row = state.blocks[slot]
    range_index, offset, size = row[RANGE_INDEX], row[OFFSET], block_size(state, row)
    for ordinal in range(size):
        state.reserved[offset + ordinal] = 0
    for span in range(state.meta[RESERVED_SPANS]):
        first, last = _reserved_ordinals(
            state, span, range_index, state.wide[slot, INDEX_HIGH], state.wide[slot, INDEX_LOW]
        )
        for ordinal in range(first, last + 1):
            state.reserved[offset + ordinal] = 1
    assignable = 0
    for ordinal in range(size):
        holder = state.cells[offset + ordinal, HOLDER]
        if not state.reserved[offset + ordinal] and (holder == FREE or holder == COOLED_DOWN):
            assignable += 1
    row[ASSIGNABLE] = assignable
    update_bitmaps(state, slot)


# ---- what is known of a block


@compiled
def is_empty(row):
    """Whether a block has no allocation but Windows' own, and nothing in it cools."""
    return row[USED] == row[WINDOWS_COUNT] and row[COOLING_COUNT] == row[COOLED_COUNT]


@compiled
def mark_node_dirty(state, node, delay):
    """Let kube-controllers look at a node."""
    meta = state.meta
    if meta[NEXT_TICK] >= 0 and node >= 0:
        if not state.is_dirty[node]:
            state.is_dirty[node] = 1
            state.dirty_nodes[meta[DIRTY_COUNT]] = node
            meta[DIRTY_COUNT] += 1
        if meta[NEXT_SYNC] < 0:
            meta[NEXT_SYNC] = meta[NOW] + min(delay, meta[MAX_SYNC_DELAY])


@compiled
def update_bitmaps(state, slot):
    """Bring the bitmaps, and what kube-controllers looks at, in step with a block."""
    row = state.blocks[slot]
    range_index = row[RANGE_INDEX]
    mark_node_dirty(state, row[OWNER], SYNC_DELAY)
    if state.ranges[range_index, BLOCK_COUNT] >= 0:
        index = state.wide[slot, INDEX_LOW]
        bitmap.set_bit(state.bitmaps, state.ranges, range_index, AVAILABLE, index, row[ASSIGNABLE] > 0)
        bitmap.set_bit(state.bitmaps, state.ranges, range_index, EMPTY, index, row[OWNER] >= 0 and is_empty(row))


@inlined
def has_room(state, blocks, addresses):
    """Whether there is room for so many more blocks, of so many addresses each."""
    return (
        state.meta[SLOT_COUNT] + blocks <= len(state.blocks)
        and state.meta[ADDRESS_COUNT] + blocks * addresses <= len(state.cells)
        and 2 * (state.meta[TABLE_ENTRIES] + blocks) <= len(state.table)
        and state.meta[COOLING_LENGTH] + RELEASE_BATCH <= len(state.cooling)
    )


@internal
def reset_addresses(state, slot, is_windows):
    """Make all addresses of a block free, in ascending order, but for the first three and the last one on Windows."""
    row = state.blocks[slot]
    offset, size = row[OFFSET], block_size(state, row)
    first_free = min(3, size) if is_windows else 0
    end_free = max(size - 1, first_free) if is_windows else size
    for ordinal in range(size):
        address_index = offset + ordinal
        state.cells[address_index, HOLDER] = FREE if first_free <= ordinal < end_free else WINDOWS_RESERVED
        state.cells[address_index, NEXT_FREE] = ordinal + 1
        state.cells[address_index, NEXT_OF_HANDLE] = -1
        state.cells[address_index, SLOT] = slot
    row[QUEUE_HEAD] = first_free if end_free > first_free else -1
    row[QUEUE_TAIL] = end_free - 1 if end_free > first_free else -1
    if end_free > first_free:
        state.cells[offset + end_free - 1, NEXT_FREE] = -1
    row[USED] = row[WINDOWS_COUNT] = size - (end_free - first_free)
    row[COOLING_COUNT] = row[COOLED_COUNT] = 0
    row[ASSIGNABLE] = end_free - first_free
    if state.meta[RESERVED_SPANS]:
        apply_reservations(state, slot)


@internal
def link_to_owner(state, slot):
    """Put a block among its owner's, in the datastore's order."""
    row = state.blocks[slot]
    write_key(state, slot)
    family, node = state.ranges[row[RANGE_INDEX], FAMILY], row[OWNER]
    previous, current = -1, state.first_owned[family, node]
    while current >= 0 and is_before(state, current, slot):
        previous, current = current, state.blocks[current, NEXT_SLOT]
    row[NEXT_SLOT] = current
    if previous < 0:
        state.first_owned[family, node] = slot
    else:
        state.blocks[previous, NEXT_SLOT] = slot


@compiled
def release_affinity(state, slot):
    """Take a block's affinity away."""
    row = state.blocks[slot]
    family, node = state.ranges[row[RANGE_INDEX], FAMILY], row[OWNER]
    previous, current = -1, state.first_owned[family, node]
    while current != slot:
        previous, current = current, state.blocks[current, NEXT_SLOT]
    if previous < 0:
        state.first_owned[family, node] = row[NEXT_SLOT]
    else:
        state.blocks[previous, NEXT_SLOT] = row[NEXT_SLOT]
    row[OWNER] = NO_OWNER
    row[UNSELECTED] = 0
    state.wide[slot, EMPTY_SINCE] = -1
    mark_node_dirty(state, node, SYNC_DELAY)
    update_bitmaps(state, slot)


@compiled
def create_block(state, range_index, high, low, node, unselected, is_windows):
    """Create a block with a node's affinity; return its row."""
    meta, blocks = state.meta, state.blocks
    slot = meta[FREE_SLOT]
    if slot >= 0:
        meta[FREE_SLOT] = blocks[slot, NEXT_SLOT]
    else:
        slot = meta[SLOT_COUNT]
        meta[SLOT_COUNT] += 1
    shift = state.ranges[range_index, ORDINAL_BITS]
    offset = meta[FREE_CHUNKS + shift]
    if offset >= 0:
        meta[FREE_CHUNKS + shift] = state.cells[offset, NEXT_FREE]
    else:
        offset = meta[ADDRESS_COUNT]
        meta[ADDRESS_COUNT] += 1 << shift
    row = blocks[slot]
    row[RANGE_INDEX], row[OFFSET], row[OWNER], row[UNSELECTED] = range_index, offset, node, unselected
    wide = state.wide[slot]
    wide[INDEX_HIGH], wide[INDEX_LOW], wide[CLAIMED_AT] = high, low, meta[NOW]
    wide[EMPTY_SINCE] = wide[FIRST_SEEN_EMPTY] = -1
    add_to_table(state.table, state, slot)
    meta[TABLE_ENTRIES] += 1
    reset_addresses(state, slot, is_windows)
    if state.ranges[range_index, BLOCK_COUNT] >= 0:
        bitmap.set_bit(state.bitmaps, state.ranges, range_index, UNCLAIMED, low, False)
    link_to_owner(state, slot)
    update_bitmaps(state, slot)
    return slot


@compiled
def delete_block(state, slot):
    """Delete an empty block."""
    row = state.blocks[slot]
    if row[OWNER] >= 0:
        release_affinity(state, slot)
    _remove_from_table(state, slot)
    range_index, offset = row[RANGE_INDEX], row[OFFSET]
    if state.ranges[range_index, BLOCK_COUNT] >= 0:
        index = state.wide[slot, INDEX_LOW]
        bitmap.set_bit(state.bitmaps, state.ranges, range_index, AVAILABLE, index, False)
        bitmap.set_bit(state.bitmaps, state.ranges, range_index, EMPTY, index, False)
        is_free = covering_reservation(state, range_index, 0, index) < 0
        bitmap.set_bit(state.bitmaps, state.ranges, range_index, UNCLAIMED, index, is_free)
    shift = state.ranges[range_index, ORDINAL_BITS]
    for ordinal in range(1 << shift):  # what cools is cooling no more
        state.cells[offset + ordinal, HOLDER] = FREE
        state.cells[offset + ordinal, SLOT] = -1
        state.reserved[offset + ordinal] = 0
    state.cells[offset, NEXT_FREE] = state.meta[FREE_CHUNKS + shift]
    state.meta[FREE_CHUNKS + shift] = offset
    row[RANGE_INDEX] = UNUSED_SLOT
    row[NEXT_SLOT] = state.meta[FREE_SLOT]
    state.meta[FREE_SLOT] = slot
    state.meta[TABLE_ENTRIES] -= 1
