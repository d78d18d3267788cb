"""Blocks: made, held, let go and dropped; the table of them; what is reserved. Compiled.

Every function works on a `State`; what it may not do is grow an array. Whoever calls sees to it that there is room for
the blocks and addresses that a call may need (`room` says whether there is).
"""

from __future__ import annotations

import numpy as np

from . import bitmap
from .compiler import compiled, inlined
from .layout import (
    AFTER,
    AVAILABLE,
    CLAIMED,
    COOLED,
    COOLING,
    COUNT,
    DIRTY,
    EMPTY,
    FAMILY,
    FIFO_LEN,
    FOR_WINDOWS,
    FREE_CHUNKS,
    FREE_SLOT,
    GONE,
    HAS_COOLED,
    HASHED,
    HEAD,
    HOLDER,
    IN_QUEUE,
    INDEX_HI,
    INDEX_LO,
    MOST_HELD,
    NEXT,
    NOBODY,
    NOW,
    OF_RANGE,
    OFFSET,
    OPEN,
    OWNER,
    RESERVED,
    SEEN,
    SHIFT,
    SIBLING,
    SLOT,
    SLOTS,
    SYNC_AT,
    TAIL,
    TICK_AT,
    TOP,
    UNCLAIMED,
    UNSELECTED,
    USED,
    WINDOWS,
)
from .names import before, name

BATCH = 1_000_000  # kube-controllers gathers updates for a second
_SIGN = -(1 << 63)


@compiled
def less(high, low, other_high, other_low):
    """Compare unsigned numbers of 128 bits, given as bits."""
    if high != other_high:
        return (high ^ _SIGN) < (other_high ^ _SIGN)
    return (low ^ _SIGN) < (other_low ^ _SIGN)


# ---- which block stands at an index


@compiled
def _hash(of, high, low, size):
    mixed = (low & 0xFFFFFFFF) * 0x0B873593 + (low >> 32 & 0xFFFFFFFF) * 0x0545F491 + (high & 0xFFFFFFFF) * 0x0E3779B1
    mixed = (mixed & 0x7FFFFFFFFFFF) + of * 0x05EBCA6B
    mixed ^= mixed >> 15
    mixed = (mixed & 0xFFFFFFFF) * 0x2C1B3C6D
    mixed ^= mixed >> 17
    return mixed & (size - 1)


@compiled
def look_up(state, of, high, low):
    """Return the block at an index of a range; -1 for none."""
    size = len(state.table)
    at = _hash(of, high, low, size)
    while True:
        slot = state.table[at]
        if slot < 0:
            return -1
        index = state.wide[slot]
        if index[INDEX_LO] == low and index[INDEX_HI] == high and state.blocks[slot, OF_RANGE] == of:
            return slot
        at = (at + 1) & (size - 1)


@inlined
def _home(state, slot, size):
    """Return where in a table of a size a block belongs."""
    of = np.int64(state.blocks[slot, OF_RANGE])
    return _hash(of, state.wide[slot, INDEX_HI], state.wide[slot, INDEX_LO], size)


@compiled
def remember(table, state, slot):
    """Put a block into a table."""
    size = len(table)
    at = _home(state, slot, size)
    while table[at] >= 0:
        at = (at + 1) & (size - 1)
    table[at] = slot


@compiled
def remember_all(table, state):
    """Put all blocks into a table."""
    for slot in range(state.meta[SLOTS]):
        if state.blocks[slot, OF_RANGE] != GONE:
            remember(table, state, slot)


@compiled
def _forget(state, slot):
    """Take a block out of the table; those behind it move up."""
    table = state.table
    size = len(table)
    at = _home(state, slot, size)
    while table[at] != slot:
        at = (at + 1) & (size - 1)
    hole = at
    while True:
        at = (at + 1) & (size - 1)
        other = table[at]
        if other < 0:
            break
        if (at - _home(state, other, size)) & (size - 1) >= (at - hole) & (size - 1):
            table[hole] = other
            hole = at
    table[hole] = -1


# ---- reservations


@compiled
def _reserved_part(state, span, of, high, low):
    """Return the first and last ordinal of a block inside a reservation; (0, -1) for none."""
    row = state.spans[span]
    if row[0] != of or less(high, low, row[1], row[2]) or less(row[4], row[5], high, low):
        return 0, -1
    first = row[3] if row[1] == high and row[2] == low else 0
    last = row[6] if row[4] == high and row[5] == low else (1 << state.ranges[of, SHIFT]) - 1
    return first, last


@compiled
def covering(state, of, high, low):
    """Return the reservation that holds all addresses of a block, -1 for none; spans are disjoint and do not touch."""
    for span in range(state.meta[RESERVED]):
        first, last = _reserved_part(state, span, of, high, low)
        if first == 0 and last == (1 << state.ranges[of, SHIFT]) - 1:
            return span
    return -1


@compiled
def wholly_reserved(state, of, high, low):
    """Whether no address of a block may be handed out."""
    return covering(state, of, high, low) >= 0


@compiled
def reserve(state, slot):
    """Mark the reserved addresses of a block anew, and count those that are open."""
    row = state.blocks[slot]
    of, offset, size = row[OF_RANGE], row[OFFSET], 1 << state.ranges[row[OF_RANGE], SHIFT]
    for ordinal in range(size):
        state.kept[offset + ordinal] = 0
    for span in range(state.meta[RESERVED]):
        first, last = _reserved_part(state, span, of, state.wide[slot, INDEX_HI], state.wide[slot, INDEX_LO])
        for ordinal in range(first, last + 1):
            state.kept[offset + ordinal] = 1
    count = 0
    for ordinal in range(size):
        owner = state.cells[offset + ordinal, HOLDER]
        if not state.kept[offset + ordinal] and (owner == IN_QUEUE or owner == HAS_COOLED):
            count += 1
    row[OPEN] = count
    mark(state, slot)


# ---- what is known of a block


@inlined
def is_empty(row):
    """Whether a block has no allocation but Windows' own, and nothing in it cools."""
    return row[USED] == row[WINDOWS] and row[COOLING] == row[COOLED]


@inlined
def soil(state, node, delay):
    """Let kube-controllers look at a node."""
    meta = state.meta
    if meta[TICK_AT] >= 0 and node >= 0:
        if not state.is_dirty[node]:
            state.is_dirty[node] = 1
            state.dirty[meta[DIRTY]] = node
            meta[DIRTY] += 1
        if meta[SYNC_AT] < 0:
            meta[SYNC_AT] = meta[NOW] + delay


@inlined
def mark(state, slot):
    """Bring the bitmaps, and what kube-controllers looks at, in step with a block."""
    row = state.blocks[slot]
    of = row[OF_RANGE]
    soil(state, row[OWNER], BATCH)
    if state.ranges[of, COUNT] >= 0:
        index = state.wide[slot, INDEX_LO]
        bitmap.put(state.bits, state.ranges, of, AVAILABLE, index, row[OPEN] > 0)
        bitmap.put(state.bits, state.ranges, of, EMPTY, index, row[OWNER] >= 0 and is_empty(row))


@inlined
def room(state, blocks, addresses):
    """Whether there is room for so many more blocks, of so many addresses each."""
    return (
        state.meta[SLOTS] + blocks <= len(state.blocks)
        and state.meta[TOP] + blocks * addresses <= len(state.cells)
        and 2 * (state.meta[HASHED] + blocks) <= len(state.table)
        and state.meta[FIFO_LEN] + MOST_HELD <= len(state.fifo)
    )


@compiled
def lay_out(state, slot, first_windows, last_windows):
    """Make all addresses of a block free, in ascending order, but for those kept for Windows."""
    row = state.blocks[slot]
    size = 1 << state.ranges[row[OF_RANGE], SHIFT]
    offset = row[OFFSET]
    kept = min(first_windows, size)
    end = max(size - last_windows, kept)
    for ordinal in range(size):
        at = offset + ordinal
        state.cells[at, HOLDER] = IN_QUEUE if kept <= ordinal < end else FOR_WINDOWS
        state.cells[at, AFTER] = ordinal + 1
        state.cells[at, SIBLING] = -1
        state.cells[at, SLOT] = slot
    row[HEAD] = kept if end > kept else -1
    row[TAIL] = end - 1 if end > kept else -1
    if end > kept:
        state.cells[offset + end - 1, AFTER] = -1
    row[USED] = row[WINDOWS] = size - (end - kept)
    row[COOLING] = row[COOLED] = 0
    row[OPEN] = end - kept
    if state.meta[RESERVED]:
        reserve(state, slot)


@compiled
def hold(state, slot):
    """Put a block among its owner's, in the datastore's order."""
    row = state.blocks[slot]
    name(state, slot)
    family, node = state.ranges[row[OF_RANGE], FAMILY], row[OWNER]
    last, at = -1, state.held[family, node]
    while at >= 0 and before(state, at, slot):
        last, at = at, state.blocks[at, NEXT]
    row[NEXT] = at
    if last < 0:
        state.held[family, node] = slot
    else:
        state.blocks[last, NEXT] = slot


@compiled
def let_go(state, slot):
    """Take a block's affinity away."""
    row = state.blocks[slot]
    family, node = state.ranges[row[OF_RANGE], FAMILY], row[OWNER]
    last, at = -1, state.held[family, node]
    while at != slot:
        last, at = at, state.blocks[at, NEXT]
    if last < 0:
        state.held[family, node] = row[NEXT]
    else:
        state.blocks[last, NEXT] = row[NEXT]
    row[OWNER] = NOBODY
    row[UNSELECTED] = 0
    state.wide[slot, SEEN] = -1
    soil(state, node, BATCH)
    mark(state, slot)


@compiled
def make(state, of, high, low, node, first_windows, last_windows, unselected):
    """Create a block with a node's affinity; return its row."""
    meta, blocks = state.meta, state.blocks
    slot = meta[FREE_SLOT]
    if slot >= 0:
        meta[FREE_SLOT] = blocks[slot, NEXT]
    else:
        slot = meta[SLOTS]
        meta[SLOTS] += 1
    shift = state.ranges[of, SHIFT]
    offset = meta[FREE_CHUNKS + shift]
    if offset >= 0:
        meta[FREE_CHUNKS + shift] = state.cells[offset, AFTER]
    else:
        offset = meta[TOP]
        meta[TOP] += 1 << shift
    row = blocks[slot]
    row[OF_RANGE], row[OFFSET], row[OWNER], row[UNSELECTED] = of, offset, node, unselected
    wide = state.wide[slot]
    wide[INDEX_HI], wide[INDEX_LO], wide[CLAIMED], wide[SEEN] = high, low, meta[NOW], -1
    remember(state.table, state, slot)
    meta[HASHED] += 1
    lay_out(state, slot, first_windows, last_windows)
    if state.ranges[of, COUNT] >= 0:
        bitmap.put(state.bits, state.ranges, of, UNCLAIMED, low, False)
    hold(state, slot)
    mark(state, slot)
    return slot


@compiled
def drop(state, slot):
    """Delete an empty block."""
    row = state.blocks[slot]
    if row[OWNER] >= 0:
        let_go(state, slot)
    _forget(state, slot)
    of, offset = row[OF_RANGE], row[OFFSET]
    if state.ranges[of, COUNT] >= 0:
        index = state.wide[slot, INDEX_LO]
        bitmap.put(state.bits, state.ranges, of, AVAILABLE, index, False)
        bitmap.put(state.bits, state.ranges, of, EMPTY, index, False)
        free = state.meta[RESERVED] == 0 or not wholly_reserved(state, of, 0, index)
        bitmap.put(state.bits, state.ranges, of, UNCLAIMED, index, free)
    shift = state.ranges[of, SHIFT]
    for ordinal in range(1 << shift):  # what cools is cooling no more
        state.cells[offset + ordinal, HOLDER] = IN_QUEUE
        state.cells[offset + ordinal, SLOT] = -1
        state.kept[offset + ordinal] = 0
    state.cells[offset, AFTER] = state.meta[FREE_CHUNKS + shift]
    state.meta[FREE_CHUNKS + shift] = offset
    row[OF_RANGE] = GONE
    row[NEXT] = state.meta[FREE_SLOT]
    state.meta[FREE_SLOT] = slot
    state.meta[HASHED] -= 1
