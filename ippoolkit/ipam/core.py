"""Requests: own blocks, new ones, those of others; and releases. Compiled."""

from __future__ import annotations

from . import bitmap
from .blocks import covering, drop, hold, is_empty, lay_out, less, let_go, look_up, make, mark, room, wholly_reserved
from .compiler import compiled, inlined
from .layout import (
    AFTER,
    AVAILABLE,
    CLAIMED,
    COOLDOWN,
    COOLED,
    COOLING,
    COUNT,
    COUNT_HI,
    COUNT_LO,
    DONE,
    EMPTY,
    FIFO_HEAD,
    FIFO_LEN,
    FIRST,
    FOREIGN,
    FULL,
    HAS_COOLED,
    HEAD,
    HOLDER,
    IN_QUEUE,
    IS_COOLING,
    LIMIT,
    NEXT,
    NOBODY,
    NOT_CLAIMED,
    NOW,
    OF_RANGE,
    OFFSET,
    OPEN,
    OWN_ONLY,
    OWNER,
    RESERVED,
    SEEN,
    SHIFT,
    SIBLING,
    SLOT,
    TAKEN,
    TOO_SMALL,
    UNCLAIMED,
    UNSELECTED,
    USED,
)
from .queue import give, is_kept, join, leave, sweep, take
from .start import small_start

RECLAIM_AGE = 60_000_000  # microseconds
_SIGN = -(1 << 63)
_MOST = (1 << 63) - 1


# ---- assigning


@inlined
def _fill(state, slot, wanted, handle, step, out, done):
    """Take up to so many addresses from a block; return how many are done in all."""
    row = state.blocks[slot]
    if row[OPEN] == 0:
        return done
    sweep(state, slot)
    was_empty = is_empty(row)
    while done < wanted and row[OPEN] > 0:
        out[done] = row[OFFSET] + take(state, row, handle + step * done)
        done += 1
    if was_empty:
        state.wide[slot, SEEN] = -1
    if was_empty or row[OPEN] == 0:
        mark(state, slot)
    return done


@inlined
def _is_among(of, ranges, count):
    for place in range(count):
        if ranges[place, 0] == of:
            return True
    return False


@inlined
def _start(state, node, ranges, place):
    """Return the index at which a node starts looking in a range with bitmaps; it is worked out once."""
    of = ranges[place, 0]
    if ranges[place, 2] >= 0:
        return ranges[place, 2]
    if state.starts[node, of, 1] < 0:
        count = state.ranges[of, COUNT]
        state.starts[node, of, 1] = small_start(state.seeds[node], count) if count > 1 else 0
    return state.starts[node, of, 1]


@compiled
def _plus_one(high, low):
    """Add one to an unsigned number of 128 bits, given as bits."""
    if low != -1:
        return high, _SIGN if low == _MOST else low + 1
    return (0 if high == -1 else _SIGN if high == _MOST else high + 1), 0


@compiled
def _next_unclaimed(state, node, of):
    """Return whether there is an unclaimed block in a range without bitmaps, and its index."""
    first_high, first_low = state.starts[node, of, 0], state.starts[node, of, 1]
    high, low = first_high, first_low
    while True:
        span = covering(state, of, high, low)
        if span >= 0 and (state.spans[span, 4] != high or state.spans[span, 5] != low):
            last_high, last_low = state.spans[span, 4], state.spans[span, 5]
            if less(high, low, first_high, first_low) and not less(last_high, last_low, first_high, first_low):
                return False, high, low  # once round
            high, low = last_high, last_low
            continue
        if span < 0 and look_up(state, of, high, low) < 0:
            return True, high, low
        high, low = _plus_one(high, low)
        if high == state.ranges[of, COUNT_HI] and low == state.ranges[of, COUNT_LO]:
            high, low = 0, 0
        if high == first_high and low == first_low:
            return False, high, low


@compiled
def _claim(state, node, ranges, count, first_windows, last_windows):
    """Claim a new block in the first range that has one, else take over an empty one of another node; -1 for none."""
    for place in range(count):
        of = ranges[place, 0]
        if ranges[place, 2] == OWN_ONLY:
            continue
        if state.ranges[of, COUNT] >= 0:
            start = _start(state, node, ranges, place)
            index = bitmap.find(state.bits, state.ranges, of, UNCLAIMED, start) if state.ranges[of, COUNT] else -1
            if index >= 0:
                return make(state, of, 0, index, node, first_windows, last_windows, ranges[place, 1])
        else:
            found, high, low = _next_unclaimed(state, node, of)
            if found:
                return make(state, of, high, low, node, first_windows, last_windows, ranges[place, 1])
    for place in range(count):
        of = ranges[place, 0]
        if state.ranges[of, COUNT] > 0 and ranges[place, 2] != OWN_ONLY:
            start = _start(state, node, ranges, place)
            slot = _reclaimable(state, of, start, node)
            if slot >= 0:
                let_go(state, slot)
                state.blocks[slot, OWNER] = node
                state.wide[slot, CLAIMED] = state.meta[NOW]
                state.blocks[slot, UNSELECTED] = ranges[place, 1]
                lay_out(state, slot, first_windows, last_windows)
                hold(state, slot)
                mark(state, slot)
                return slot
    return -1


@compiled
def _reclaimable(state, of, start, node):
    """Return the first empty block of another node that was claimed long enough ago; -1 for none."""
    index = bitmap.find(state.bits, state.ranges, of, EMPTY, start)
    first = index
    while index >= 0:
        slot = look_up(state, of, 0, index)
        row = state.blocks[slot]
        old_enough = row[OWNER] != node and state.meta[NOW] - state.wide[slot, CLAIMED] >= RECLAIM_AGE
        if old_enough and not (state.meta[RESERVED] and wholly_reserved(state, of, 0, index)):
            return slot
        index = bitmap.find(state.bits, state.ranges, of, EMPTY, (index + 1) % state.ranges[of, COUNT])
        if index == first:
            return -1
    return -1


@inlined
def give_back_unselected(state, node, family, ranges, count):
    """Release the empty blocks of a node in pools that select it no more, as its next request begins with."""
    slot = state.held[family, node]
    while slot >= 0:
        following = state.blocks[slot, NEXT]
        row = state.blocks[slot]
        if row[UNSELECTED] and is_empty(row) and not _is_among(row[OF_RANGE], ranges, count):
            drop(state, slot)
        slot = following


@inlined
def assign(
    state, node, family, ranges, count, wanted, handle, step, cap, strict, claims, windows, out
):  # fmt: skip
    """Assign addresses of one family to a handle on a node.

    Parameters
    ----------
    state
        All there is.
    node, family
        Who asks, and for IPv4 (0) or IPv6 (1).
    ranges, count
        The ranges that it may draw from, in order, in the first `count` rows: the range; whether its pool does not
        select the node; where to start, -1 for where the node's name says, `OWN_ONLY` for own blocks alone.
    wanted, handle, step
        How many, and for whom: 0 for one handle, 1 for as many handles in a row, as if each had asked alone.
    cap, strict, claims
        Blocks of these ranges that the node may hold; strictAffinity; autoAllocateBlocks.
    windows
        Whether the first three and the last address of a new block are kept back.
    out
        Room for the addresses assigned.

    Returns
    -------
    tuple
        How many were assigned, and `DONE` (even where they are too few), `LIMIT`, `NOT_CLAIMED`, `TOO_SMALL`, or
        `FULL`: there is no room for a new block; grow, and ask for the rest.
    """
    give_back_unselected(state, node, family, ranges, count)
    done = owned = 0
    slot = state.held[family, node]
    while slot >= 0 and done < wanted:
        if _is_among(state.blocks[slot, OF_RANGE], ranges, count):
            owned += 1
            done = _fill(state, slot, wanted, handle, step, out, done)
        slot = state.blocks[slot, NEXT]
    first_windows, last_windows = (3, 1) if windows else (0, 0)
    while done < wanted:
        if owned >= cap:
            return done, LIMIT
        if not claims:
            return done, NOT_CLAIMED
        largest = 0
        for place in range(count):
            largest = max(largest, 1 << state.ranges[ranges[place, 0], SHIFT])
        if not room(state, 1, largest):
            return done, FULL
        slot = _claim(state, node, ranges, count, first_windows, last_windows)
        if slot < 0:
            break
        owned += 1
        if state.blocks[slot, OPEN] == 0:
            return done, TOO_SMALL
        done = _fill(state, slot, wanted, handle, step, out, done)
    if done < wanted and not strict:
        for place in range(count):
            of = ranges[place, 0]
            if state.ranges[of, COUNT] <= 0 or ranges[place, 2] == OWN_ONLY:
                continue  # too large to be full
            start = _start(state, node, ranges, place)
            while done < wanted:
                index = bitmap.find(state.bits, state.ranges, of, AVAILABLE, start)
                if index < 0:
                    break
                done = _fill(state, look_up(state, of, 0, index), wanted, handle, step, out, done)
    return done, DONE


@compiled
def assign_this(state, at, handle, node, strict):
    """Assign one address; return `DONE`, `FOREIGN` or `TAKEN`."""
    slot = state.cells[at, SLOT]
    row = state.blocks[slot]
    ordinal = at - row[OFFSET]
    if strict and row[OWNER] != node:
        return FOREIGN
    if state.cells[at, HOLDER] != IN_QUEUE and state.cells[at, HOLDER] != HAS_COOLED:
        return TAKEN
    sweep(state, slot)
    last, other = -1, row[HEAD]
    while other != ordinal:
        last, other = other, state.cells[row[OFFSET] + other, AFTER]
    leave(state, row, last, ordinal)
    if not is_kept(state, at):
        row[OPEN] -= 1
    give(state, row, ordinal, handle)
    state.wide[slot, SEEN] = -1
    mark(state, slot)
    return DONE


# ---- releasing


@inlined
def unlink(state, at):
    """Take an address out of its handle's list."""
    handle = state.cells[at, HOLDER]
    last, other = -1, state.handles[handle, FIRST]
    while other != at:
        last, other = other, state.cells[other, SIBLING]
    if last < 0:
        state.handles[handle, FIRST] = state.cells[at, SIBLING]
    else:
        state.cells[last, SIBLING] = state.cells[at, SIBLING]


@inlined
def release(state, addresses, count):
    """Free addresses, ascending and allocated each: they join their queues in that order, or begin to cool."""
    meta = state.meta
    place = 0
    while place < count:
        slot = state.cells[addresses[place], SLOT]
        sweep(state, slot)
        row = state.blocks[slot]
        had_none = row[OPEN] == 0
        while place < count and state.cells[addresses[place], SLOT] == slot:
            at = addresses[place]
            unlink(state, at)
            row[USED] -= 1
            if meta[COOLDOWN]:
                state.cells[at, HOLDER] = IS_COOLING
                state.since[at] = meta[NOW]
                row[COOLING] += 1
                tail = (meta[FIFO_HEAD] + meta[FIFO_LEN]) % len(state.fifo)
                state.fifo[tail, 0], state.fifo[tail, 1] = at, meta[NOW]
                meta[FIFO_LEN] += 1
            else:
                join(state, row, at - row[OFFSET])
                if not is_kept(state, at):
                    row[OPEN] += 1
            place += 1
        if is_empty(row) and (row[OWNER] == NOBODY or row[UNSELECTED]):
            drop(state, slot)
        elif had_none or is_empty(row):
            mark(state, slot)


@compiled
def pass_time(state, now):
    """Let time pass: what has cooled long enough is free once its block is written."""
    meta = state.meta
    meta[NOW] = now
    while meta[FIFO_LEN]:
        head = meta[FIFO_HEAD]
        at, since = state.fifo[head, 0], state.fifo[head, 1]
        if since + meta[COOLDOWN] > now:
            return
        meta[FIFO_HEAD] = (head + 1) % len(state.fifo)
        meta[FIFO_LEN] -= 1
        if state.cells[at, HOLDER] == IS_COOLING and state.since[at] == since:
            state.cells[at, HOLDER] = HAS_COOLED
            slot = state.cells[at, SLOT]
            state.blocks[slot, COOLED] += 1
            if not is_kept(state, at):
                state.blocks[slot, OPEN] += 1
            mark(state, slot)
