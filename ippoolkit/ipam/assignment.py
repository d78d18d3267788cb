"""Requests: own blocks, new ones, those of others; and releases. Compiled."""

from __future__ import annotations

from . import bitmap
from .block_claims import claim_block, start_index_of_node
from .blocks import (
    delete_block,
    find_block,
    has_room,
    is_empty,
    update_bitmaps,
)
from .compilation import compiled, inlined, internal
from .free_queue import assign_next, dequeue, enqueue, enqueue_cooled, is_reserved, set_holder
from .layout import (
    ALREADY_ASSIGNED,
    ARRAYS_FULL,
    ASSIGNABLE,
    AUTO_ALLOCATE_OFF,
    AVAILABLE,
    BLOCK_COUNT,
    BLOCK_LIMIT,
    COOLDOWN_PERIOD,
    COOLED_COUNT,
    COOLED_DOWN,
    COOLING_COUNT,
    COOLING_DOWN,
    COOLING_HEAD,
    COOLING_LENGTH,
    EMPTY_SINCE,
    FIRST_ADDRESS,
    FREE,
    HOLDER,
    NEEDS_FREE_ADDRESSES,
    NEXT_FREE,
    NEXT_OF_HANDLE,
    NEXT_SLOT,
    NO_OWNER,
    NOT_BLOCK_OWNER,
    NOW,
    OFFSET,
    OK,
    ORDINAL_BITS,
    OWN_BLOCKS_ONLY,
    OWNER,
    QUEUE_HEAD,
    RANGE,
    RANGE_INDEX,
    SLOT,
    START_INDEX,
    TOO_SMALL_FOR_WINDOWS,
    UNSELECTED,
    USED,
)

# ---- assigning


@inlined
def _assign_from_block(state, slot, wanted, handle, handle_step, out, assigned_count):
    """Take up to so many addresses from a block; return how many are done in all."""
    row = state.blocks[slot]
    if row[ASSIGNABLE] == 0:
        return assigned_count
    enqueue_cooled(state, slot)
    was_empty = is_empty(row)
    while assigned_count < wanted and row[ASSIGNABLE] > 0:
        out[assigned_count] = row[OFFSET] + assign_next(state, row, handle + handle_step * assigned_count)
        assigned_count += 1
    if was_empty:
        state.wide[slot, EMPTY_SINCE] = -1
    if was_empty or row[ASSIGNABLE] == 0:
        update_bitmaps(state, slot)
    return assigned_count


@inlined
def _contains_range(range_index, ranges, range_count):
    for position in range(range_count):
        if ranges[position, RANGE] == range_index:
            return True
    return False


@inlined
def release_unselected_blocks(state, node, family, ranges, range_count):
    """Release the empty blocks of a node in pools that select it no more, as its next request begins with."""
    slot = state.first_owned[family, node]
    while slot >= 0:
        next_slot = state.blocks[slot, NEXT_SLOT]
        row = state.blocks[slot]
        if row[UNSELECTED] and is_empty(row) and not _contains_range(row[RANGE_INDEX], ranges, range_count):
            delete_block(state, slot)
        slot = next_slot


@inlined
def assign_from_own_blocks(state, node, family, ranges, range_count, wanted, handle, handle_step, out):
    """Assign what the blocks hold that the node has; return how many are assigned, and how many blocks these are.

    It is enough for most requests, and compiled into what carries out many. The arguments are those of `assign`, which
    goes on with new blocks and those of others.
    """
    release_unselected_blocks(state, node, family, ranges, range_count)
    assigned_count = owned_blocks = 0
    slot = state.first_owned[family, node]
    while slot >= 0 and assigned_count < wanted:
        if _contains_range(state.blocks[slot, RANGE_INDEX], ranges, range_count):
            owned_blocks += 1
            assigned_count = _assign_from_block(state, slot, wanted, handle, handle_step, out, assigned_count)
        slot = state.blocks[slot, NEXT_SLOT]
    return assigned_count, owned_blocks


@internal
def largest_block_size(state, ranges, range_count):
    """Return the number of addresses of the largest block that a request may claim."""
    size = 1
    for position in range(range_count):
        size = max(size, 1 << state.ranges[ranges[position, RANGE], ORDINAL_BITS])
    return size


@compiled
def assign(
    state,
    node,
    family,
    ranges,
    range_count,
    wanted,
    handle,
    handle_step,
    max_blocks,
    strict_affinity,
    auto_allocate,
    is_windows,
    out,
):
    """Assign addresses of one family to a handle on a node.

    Parameters
    ----------
    state
        All there is.
    node, family
        Who asks, and for IPv4 (0) or IPv6 (1).
    ranges, range_count
        The ranges that it may draw from, in order, in the first `range_count` rows.
    wanted, handle, handle_step
        How many, and for whom: 0 for one handle, 1 for as many handles in a row, as if each had asked alone.
    max_blocks, strict_affinity, auto_allocate
        Blocks of these ranges that the node may hold; strictAffinity; autoAllocateBlocks.
    is_windows
        Whether the first three and the last address of a new block are kept back.
    out
        Room for the addresses assigned.

    Returns
    -------
    tuple
        How many were assigned, and `OK` (even where they are too few), `BLOCK_LIMIT`, `AUTO_ALLOCATE_OFF`,
        `TOO_SMALL_FOR_WINDOWS`, or `ARRAYS_FULL`: there is no room for a new block; grow, and ask for the rest.
    """
    assigned_count, owned_blocks = assign_from_own_blocks(
        state, node, family, ranges, range_count, wanted, handle, handle_step, out
    )
    while assigned_count < wanted:
        if owned_blocks >= max_blocks:
            return assigned_count, BLOCK_LIMIT
        if not auto_allocate:
            return assigned_count, AUTO_ALLOCATE_OFF
        if not has_room(state, 1, largest_block_size(state, ranges, range_count)):
            return assigned_count, ARRAYS_FULL
        slot = claim_block(state, node, ranges, range_count, is_windows)
        if slot < 0:
            break
        owned_blocks += 1
        if state.blocks[slot, ASSIGNABLE] == 0:
            return assigned_count, TOO_SMALL_FOR_WINDOWS
        assigned_count = _assign_from_block(state, slot, wanted, handle, handle_step, out, assigned_count)
    if assigned_count < wanted and not strict_affinity:
        assigned_count = _borrow_addresses(
            state, node, ranges, range_count, wanted, handle, handle_step, out, assigned_count
        )
    return assigned_count, OK


@internal
def _borrow_addresses(state, node, ranges, range_count, wanted, handle, handle_step, out, assigned_count):
    """Assign what blocks of others hold; return how many addresses are assigned in all."""
    for position in range(range_count):
        range_index = ranges[position, RANGE]
        if state.ranges[range_index, BLOCK_COUNT] <= 0 or ranges[position, START_INDEX] == OWN_BLOCKS_ONLY:
            continue  # too large to be full
        start = start_index_of_node(state, node, ranges, position)
        while assigned_count < wanted:
            index = bitmap.find_set_bit(state.bitmaps, state.ranges, range_index, AVAILABLE, start)
            if index < 0:
                break
            slot = find_block(state, range_index, 0, index)
            assigned_count = _assign_from_block(state, slot, wanted, handle, handle_step, out, assigned_count)
    return assigned_count


@compiled
def assign_address(state, address_index, handle, node, strict_affinity):
    """Assign one address; return `OK`, `NOT_BLOCK_OWNER` or `ALREADY_ASSIGNED`."""
    slot = state.cells[address_index, SLOT]
    row = state.blocks[slot]
    ordinal = address_index - row[OFFSET]
    if strict_affinity and row[OWNER] != node:
        return NOT_BLOCK_OWNER
    if state.cells[address_index, HOLDER] != FREE and state.cells[address_index, HOLDER] != COOLED_DOWN:
        return ALREADY_ASSIGNED
    enqueue_cooled(state, slot)
    previous, current = -1, row[QUEUE_HEAD]
    while current != ordinal:
        previous, current = current, state.cells[row[OFFSET] + current, NEXT_FREE]
    dequeue(state, row, previous, ordinal)
    if not is_reserved(state, address_index):
        row[ASSIGNABLE] -= 1
    set_holder(state, row, ordinal, handle)
    state.wide[slot, EMPTY_SINCE] = -1
    update_bitmaps(state, slot)
    return OK


# ---- releasing


@inlined
def unlink_from_handle(state, address_index):
    """Take an address out of its handle's list."""
    handle = state.cells[address_index, HOLDER]
    previous, current = -1, state.handles[handle, FIRST_ADDRESS]
    while current != address_index:
        previous, current = current, state.cells[current, NEXT_OF_HANDLE]
    if previous < 0:
        state.handles[handle, FIRST_ADDRESS] = state.cells[address_index, NEXT_OF_HANDLE]
    else:
        state.cells[previous, NEXT_OF_HANDLE] = state.cells[address_index, NEXT_OF_HANDLE]


@compiled
def release_addresses(state, addresses, count):
    """Free addresses, ascending and allocated each: they join their queues in that order, or begin to cool."""
    meta = state.meta
    position = 0
    while position < count:
        slot = state.cells[addresses[position], SLOT]
        enqueue_cooled(state, slot)
        row = state.blocks[slot]
        was_full = row[ASSIGNABLE] == 0
        while position < count and state.cells[addresses[position], SLOT] == slot:
            address_index = addresses[position]
            unlink_from_handle(state, address_index)
            row[USED] -= 1
            if meta[COOLDOWN_PERIOD]:
                state.cells[address_index, HOLDER] = COOLING_DOWN
                state.released_at[address_index] = meta[NOW]
                row[COOLING_COUNT] += 1
                tail = (meta[COOLING_HEAD] + meta[COOLING_LENGTH]) % len(state.cooling)
                state.cooling[tail, 0], state.cooling[tail, 1] = address_index, meta[NOW]
                meta[COOLING_LENGTH] += 1
            else:
                enqueue(state, row, address_index - row[OFFSET])
                if not is_reserved(state, address_index):
                    row[ASSIGNABLE] += 1
            position += 1
        if is_empty(row) and (row[OWNER] == NO_OWNER or row[UNSELECTED]):
            delete_block(state, slot)
        elif was_full or is_empty(row) or meta[NEEDS_FREE_ADDRESSES]:
            update_bitmaps(state, slot)


@compiled
def advance_clock(state, now):
    """Let time pass: what has cooled long enough is free once its block is written."""
    meta = state.meta
    meta[NOW] = now
    while meta[COOLING_LENGTH]:
        head = meta[COOLING_HEAD]
        address_index, released_at = state.cooling[head, 0], state.cooling[head, 1]
        if released_at + meta[COOLDOWN_PERIOD] > now:
            return
        meta[COOLING_HEAD] = (head + 1) % len(state.cooling)
        meta[COOLING_LENGTH] -= 1
        if state.cells[address_index, HOLDER] == COOLING_DOWN and state.released_at[address_index] == released_at:
            state.cells[address_index, HOLDER] = COOLED_DOWN
            slot = state.cells[address_index, SLOT]
            state.blocks[slot, COOLED_COUNT] += 1
            if not is_reserved(state, address_index):
                state.blocks[slot, ASSIGNABLE] += 1
            update_bitmaps(state, slot)
