"""How a node gets a further block: the next unclaimed one, or an empty one of another node. Compiled."""

from __future__ import annotations

from . import bitmap
from .blocks import (
    covering_reservation,
    create_block,
    find_block,
    link_to_owner,
    release_affinity,
    reset_addresses,
    update_bitmaps,
)
from .compilation import inlined, internal
from .int128 import increment_128, is_less_128
from .layout import (
    BLOCK_COUNT,
    BLOCK_COUNT_HIGH,
    BLOCK_COUNT_LOW,
    CLAIMED_AT,
    EMPTY,
    IS_UNSELECTED,
    NOW,
    OWN_BLOCKS_ONLY,
    OWNER,
    RANGE,
    RECLAIM_AGE,
    START_INDEX,
    UNCLAIMED,
    UNSELECTED,
)
from .start_index import small_start_block_index


@inlined
def start_index_of_node(state, node, ranges, position):
    """Return the index at which a node starts looking in a range with bitmaps; it is worked out once."""
    range_index = ranges[position, RANGE]
    if ranges[position, START_INDEX] >= 0:
        return ranges[position, START_INDEX]
    if state.start_indexes[node, range_index, 1] < 0:
        count = state.ranges[range_index, BLOCK_COUNT]
        state.start_indexes[node, range_index, 1] = (
            small_start_block_index(state.seeds[node], count) if count > 1 else 0
        )
    return state.start_indexes[node, range_index, 1]


@internal
def _find_unclaimed_without_bitmap(state, node, range_index):
    """Return whether there is an unclaimed block in a range without bitmaps, and its index."""
    first_high, first_low = state.start_indexes[node, range_index, 0], state.start_indexes[node, range_index, 1]
    high, low = first_high, first_low
    while True:
        span = covering_reservation(state, range_index, high, low)
        if span >= 0 and (state.reserved_spans[span, 4] != high or state.reserved_spans[span, 5] != low):
            last_high, last_low = state.reserved_spans[span, 4], state.reserved_spans[span, 5]
            if is_less_128(high, low, first_high, first_low) and not is_less_128(
                last_high, last_low, first_high, first_low
            ):
                return False, high, low  # once round
            high, low = last_high, last_low
            continue
        if span < 0 and find_block(state, range_index, high, low) < 0:
            return True, high, low
        high, low = increment_128(high, low)
        if high == state.ranges[range_index, BLOCK_COUNT_HIGH] and low == state.ranges[range_index, BLOCK_COUNT_LOW]:
            high, low = 0, 0
        if high == first_high and low == first_low:
            return False, high, low


@internal
def _find_unclaimed_block(state, node, ranges, position):
    """Return whether a range has an unclaimed block, and the index of the first from where a node starts."""
    range_index = ranges[position, RANGE]
    count = state.ranges[range_index, BLOCK_COUNT]
    if count < 0:
        return _find_unclaimed_without_bitmap(state, node, range_index)
    if count == 0:
        return False, 0, 0
    start_index = start_index_of_node(state, node, ranges, position)
    index = bitmap.find_set_bit(state.bitmaps, state.ranges, range_index, UNCLAIMED, start_index)
    return index >= 0, 0, index


@internal
def claim_block(state, node, ranges, range_count, is_windows):
    """Claim a new block in the first range that has one, else take over an empty one of another node; -1 for none."""
    for position in range(range_count):
        if ranges[position, START_INDEX] == OWN_BLOCKS_ONLY:
            continue
        is_found, high, low = _find_unclaimed_block(state, node, ranges, position)
        if is_found:
            return create_block(
                state, ranges[position, RANGE], high, low, node, ranges[position, IS_UNSELECTED], is_windows
            )
    for position in range(range_count):
        range_index = ranges[position, RANGE]
        if state.ranges[range_index, BLOCK_COUNT] > 0 and ranges[position, START_INDEX] != OWN_BLOCKS_ONLY:
            start_index = start_index_of_node(state, node, ranges, position)
            slot = _find_reclaimable_block(state, range_index, start_index, node)
            if slot >= 0:
                release_affinity(state, slot)
                state.blocks[slot, OWNER] = node
                state.wide[slot, CLAIMED_AT] = state.meta[NOW]
                state.blocks[slot, UNSELECTED] = ranges[position, IS_UNSELECTED]
                reset_addresses(state, slot, is_windows)
                link_to_owner(state, slot)
                update_bitmaps(state, slot)
                return slot
    return -1


@internal
def _find_reclaimable_block(state, range_index, start_index, node):
    """Return the first empty block of another node that was claimed long enough ago; -1 for none."""
    index = bitmap.find_set_bit(state.bitmaps, state.ranges, range_index, EMPTY, start_index)
    first = index
    while index >= 0:
        slot = find_block(state, range_index, 0, index)
        row = state.blocks[slot]
        old_enough = row[OWNER] != node and state.meta[NOW] - state.wide[slot, CLAIMED_AT] >= state.meta[RECLAIM_AGE]
        if old_enough and covering_reservation(state, range_index, 0, index) < 0:
            return slot
        index = bitmap.find_set_bit(
            state.bitmaps, state.ranges, range_index, EMPTY, (index + 1) % state.ranges[range_index, BLOCK_COUNT]
        )
        if index == first:
            return -1
    return -1
