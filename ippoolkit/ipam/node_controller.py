"""kube-controllers: what its node controller gives back, and when. Compiled.

It looks at the blocks of nodes where something changed, a second after the change, and at all of them at each tick,
every half of its grace period. An empty block goes once it was seen empty for longer than the grace period while its
node held another; the last block of a node stays. The blocks of a node that is gone go as soon as they are empty.
"""

from __future__ import annotations

from .assignment import advance_clock
from .blocks import block_size, delete_block, first_block_of_node, is_empty, next_block_of_node
from .compilation import compiled, internal
from .free_queue import enqueue_cooled
from .layout import (
    COOLING_COUNT,
    DIRTY_COUNT,
    EMPTY_SINCE,
    FIRST_SEEN_EMPTY,
    GRACE_PERIOD,
    NEEDS_FREE_ADDRESSES,
    NEXT_SYNC,
    NEXT_TICK,
    NOW,
    OWNER,
    RANDOM_STATE,
    RANGE_INDEX,
    SEEN_EMPTY_HEAD,
    SEEN_EMPTY_LENGTH,
    UNUSED_SLOT,
    USED,
)

MIN_FREE_ADDRESSES = 3  # beside an empty block, before releases to v3.27 give it back
TICK_WITHOUT_GRACE_PERIOD = 300_000_000  # between ticks, where there is no grace period


@internal
def _is_unused(row):
    """Whether a block is empty to kube-controllers: what Windows keeps and what cools counts as something."""
    return row[USED] == 0 and row[COOLING_COUNT] == 0


@internal
def _count_blocks(state, node, seen_before):
    """Count a node's blocks, and those of them seen empty before a time."""
    count = expired = 0
    slot = first_block_of_node(state, node)
    while slot >= 0:
        count += 1
        if _is_unused(state.blocks[slot]) and 0 <= state.wide[slot, EMPTY_SINCE] < seen_before:
            expired += 1
        slot = next_block_of_node(state, slot)
    return count, expired


@internal
def _check_node(state, node):
    """Start, keep or stop the clocks of a node's blocks; of a node that is gone, release the empty ones."""
    meta = state.meta
    count, _ = _count_blocks(state, node, 0)
    slot = first_block_of_node(state, node)
    while slot >= 0:
        row = state.blocks[slot]
        next_slot = next_block_of_node(state, slot)
        enqueue_cooled(state, slot)
        if state.exists[node] == 0:
            if is_empty(row):
                delete_block(state, slot)
        elif meta[NEEDS_FREE_ADDRESSES] or meta[GRACE_PERIOD] == 0 or count < 2 or not _is_unused(row):
            state.wide[slot, EMPTY_SINCE] = -1
        elif state.wide[slot, EMPTY_SINCE] < 0:
            state.wide[slot, EMPTY_SINCE] = meta[NOW]
            if meta[SEEN_EMPTY_LENGTH] == len(state.seen_empty):
                _drop_stale_notes(state)
            position = (meta[SEEN_EMPTY_HEAD] + meta[SEEN_EMPTY_LENGTH]) % len(state.seen_empty)
            state.seen_empty[position, 0], state.seen_empty[position, 1] = slot, meta[NOW]
            meta[SEEN_EMPTY_LENGTH] += 1
        slot = next_slot


@internal
def _is_still_empty(state, position):
    """Whether what was noted of a block still holds."""
    slot = state.seen_empty[position, 0]
    return (
        state.blocks[slot, RANGE_INDEX] != UNUSED_SLOT
        and state.wide[slot, EMPTY_SINCE] == state.seen_empty[position, 1]
    )


@internal
def _drop_stale_notes(state):
    """Throw away the notes that hold no more; there are twice as many rows as blocks."""
    meta, size = state.meta, len(state.seen_empty)
    current_count = 0
    for offset in range(meta[SEEN_EMPTY_LENGTH]):
        source = (meta[SEEN_EMPTY_HEAD] + offset) % size
        if _is_still_empty(state, source):
            target = (meta[SEEN_EMPTY_HEAD] + current_count) % size
            state.seen_empty[target, 0], state.seen_empty[target, 1] = (
                state.seen_empty[source, 0],
                state.seen_empty[source, 1],
            )
            current_count += 1
    meta[SEEN_EMPTY_LENGTH] = current_count


@internal
def _next_random(meta, limit):
    """Draw a number; the order of a map in Go is random, and here a seed decides it."""
    meta[RANDOM_STATE] = meta[RANDOM_STATE] * 48271 % 2147483647
    return meta[RANDOM_STATE] % limit


@internal
def _release_expired_blocks(state):
    """Release the blocks that were seen empty for longer than the grace period."""
    meta = state.meta
    if meta[GRACE_PERIOD] == 0:
        return
    deadline = meta[NOW] - meta[GRACE_PERIOD]
    while meta[SEEN_EMPTY_LENGTH] and state.seen_empty[meta[SEEN_EMPTY_HEAD], 1] < deadline:
        head = meta[SEEN_EMPTY_HEAD]
        slot = state.seen_empty[head, 0]
        is_current = _is_still_empty(state, head)
        meta[SEEN_EMPTY_HEAD] = (head + 1) % len(state.seen_empty)
        meta[SEEN_EMPTY_LENGTH] -= 1
        if not is_current:
            continue
        node = state.blocks[slot, OWNER]
        if node < 0:
            continue
        count, expired = _count_blocks(state, node, deadline)
        if count < 2:
            state.wide[slot, EMPTY_SINCE] = -1
        elif count == expired:
            _release_all_but_one(state, node, _next_random(meta, count))
        else:
            delete_block(state, slot)


@internal
def _check_node_with_free_addresses(state, node):
    """Look at a node's empty blocks as releases to v3.27 do, and release those whose time is over.

    A block is a candidate only while the node's other blocks together have `MIN_FREE_ADDRESSES` free ones, and its
    clock runs on while it is used.
    """
    meta = state.meta
    while True:
        count = free = expired = 0
        slot = first_block_of_node(state, node)
        while slot >= 0:
            count += 1
            free += _free_addresses(state, slot)
            slot = next_block_of_node(state, slot)
        slot = first_block_of_node(state, node)
        while slot >= 0:
            if _is_unused(state.blocks[slot]):
                clock = state.wide[slot, FIRST_SEEN_EMPTY]
                others_free = free - _free_addresses(state, slot)
                if meta[GRACE_PERIOD] == 0 or count < 2 or others_free < MIN_FREE_ADDRESSES:
                    state.wide[slot, FIRST_SEEN_EMPTY] = -1
                elif clock < 0:
                    state.wide[slot, FIRST_SEEN_EMPTY] = meta[NOW]
                elif meta[NOW] - clock > meta[GRACE_PERIOD]:
                    expired += 1
            slot = next_block_of_node(state, slot)
        if expired == 0:
            return
        _release_expired_block(state, node, _next_random(meta, expired))


@internal
def _free_addresses(state, slot):
    """Count the addresses of a block that are not allocated."""
    row = state.blocks[slot]
    return block_size(state, row) - row[USED] - row[COOLING_COUNT]


@internal
def _release_expired_block(state, node, position):
    """Release one of a node's empty blocks whose time is over, by its place among them."""
    meta = state.meta
    slot = first_block_of_node(state, node)
    while slot >= 0:
        clock = state.wide[slot, FIRST_SEEN_EMPTY]
        if _is_unused(state.blocks[slot]) and clock >= 0 and meta[NOW] - clock > meta[GRACE_PERIOD]:
            if position == 0:
                delete_block(state, slot)
                return
            position -= 1
        slot = next_block_of_node(state, slot)


@internal
def _release_all_but_one(state, node, remaining_position):
    """Release all blocks of a node but one."""
    position = 0
    slot = first_block_of_node(state, node)
    while slot >= 0:
        next_slot = next_block_of_node(state, slot)
        if position != remaining_position:
            delete_block(state, slot)
        else:
            state.wide[slot, EMPTY_SINCE] = -1
        position += 1
        slot = next_slot


@internal
def sync_nodes(state):
    """Do what kube-controllers does in one round."""
    meta = state.meta
    count = meta[DIRTY_COUNT]
    for position in range(count):
        state.is_dirty[state.dirty_nodes[position]] = 0
    meta[DIRTY_COUNT] = 0
    meta[NEXT_SYNC] = -1
    # What is released on the way makes nodes dirty again; the array holds each node once.
    for position in range(count):
        node = state.dirty_nodes[position]
        _check_node(state, node)
    if meta[NEEDS_FREE_ADDRESSES]:
        for node in range(len(state.exists)):
            if state.exists[node]:
                _check_node_with_free_addresses(state, node)
    else:
        _release_expired_blocks(state)


@compiled
def run_until(state, until):
    """Let time pass, with every round of kube-controllers that falls into it."""
    meta = state.meta
    while True:
        round_time = meta[NEXT_TICK]
        if round_time < 0:
            break
        if 0 <= meta[NEXT_SYNC] < round_time:
            round_time = meta[NEXT_SYNC]
        if round_time > until:
            break
        advance_clock(state, round_time)
        if round_time == meta[NEXT_TICK]:
            period = meta[GRACE_PERIOD] // 2 if meta[GRACE_PERIOD] else TICK_WITHOUT_GRACE_PERIOD
            meta[NEXT_TICK] += period
            if meta[SEEN_EMPTY_LENGTH] == 0 and meta[DIRTY_COUNT] == 0 and not meta[NEEDS_FREE_ADDRESSES]:
                # nothing to find until something changes: on to the last tick before the end
                meta[NEXT_TICK] += max((until - meta[NEXT_TICK]) // period, 0) * period
        sync_nodes(state)
    advance_clock(state, until)
