"""One block's queue of free ordinals. Compiled."""

from __future__ import annotations

from .compiler import inlined
from .layout import (
    AFTER,
    COOLED,
    COOLING,
    FIRST,
    HAS_COOLED,
    HEAD,
    HOLDER,
    IN_QUEUE,
    OF_RANGE,
    OFFSET,
    OPEN,
    RESERVED,
    SHIFT,
    SIBLING,
    TAIL,
    USED,
)


@inlined
def join(state, row, ordinal):
    """Put an ordinal at the end of the queue."""
    at = row[OFFSET] + ordinal
    state.cells[at, HOLDER] = IN_QUEUE
    state.cells[at, AFTER] = -1
    if row[TAIL] < 0:
        row[HEAD] = ordinal
    else:
        state.cells[row[OFFSET] + row[TAIL], AFTER] = ordinal
    row[TAIL] = ordinal


@inlined
def sweep(state, slot):
    """Put what has cooled at the end of the queue, as every write to a block does first."""
    row = state.blocks[slot]
    if row[COOLED]:
        offset = row[OFFSET]
        for ordinal in range(1 << state.ranges[row[OF_RANGE], SHIFT]):
            if state.cells[offset + ordinal, HOLDER] == HAS_COOLED:
                join(state, row, ordinal)
        row[COOLING] -= row[COOLED]
        row[COOLED] = 0


@inlined
def is_kept(state, at):
    """Whether an address is reserved."""
    return state.meta[RESERVED] != 0 and state.kept[at] != 0


@inlined
def take(state, row, handle):
    """Give the first ordinal in the queue that is not reserved to a handle; return it."""
    offset = row[OFFSET]
    last, ordinal = -1, row[HEAD]
    while is_kept(state, offset + ordinal):
        last, ordinal = ordinal, state.cells[offset + ordinal, AFTER]
    leave(state, row, last, ordinal)
    row[OPEN] -= 1
    give(state, row, ordinal, handle)
    return ordinal


@inlined
def leave(state, row, last, ordinal):
    """Take an ordinal out of the queue; `last` stands before it."""
    following = state.cells[row[OFFSET] + ordinal, AFTER]
    if last < 0:
        row[HEAD] = following
    else:
        state.cells[row[OFFSET] + last, AFTER] = following
    if following < 0:
        row[TAIL] = last


@inlined
def give(state, row, ordinal, handle):
    """Let a handle hold an ordinal that is out of the queue."""
    at = row[OFFSET] + ordinal
    state.cells[at, HOLDER] = handle
    state.cells[at, SIBLING] = state.handles[handle, FIRST]
    state.handles[handle, FIRST] = at
    row[USED] += 1
