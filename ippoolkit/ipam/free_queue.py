"""One block's queue of free ordinals. Compiled."""

from __future__ import annotations

from .blocks import block_size
from .compilation import inlined
from .layout import (
    ASSIGNABLE,
    COOLED_COUNT,
    COOLED_DOWN,
    COOLING_COUNT,
    FIRST_ADDRESS,
    FREE,
    HOLDER,
    NEXT_FREE,
    NEXT_OF_HANDLE,
    OFFSET,
    QUEUE_HEAD,
    QUEUE_TAIL,
    RESERVED_SPANS,
    USED,
)


@inlined
def enqueue(state, row, ordinal):
    """Put an ordinal at the end of the queue."""
    address_index = row[OFFSET] + ordinal
    state.cells[address_index, HOLDER] = FREE
    state.cells[address_index, NEXT_FREE] = -1
    if row[QUEUE_TAIL] < 0:
        row[QUEUE_HEAD] = ordinal
    else:
        state.cells[row[OFFSET] + row[QUEUE_TAIL], NEXT_FREE] = ordinal
    row[QUEUE_TAIL] = ordinal


@inlined
def enqueue_cooled(state, slot):
    """Put what has cooled at the end of the queue, as every write to a block does first."""
    row = state.blocks[slot]
    if row[COOLED_COUNT]:
        offset = row[OFFSET]
        for ordinal in range(block_size(state, row)):
            if state.cells[offset + ordinal, HOLDER] == COOLED_DOWN:
                enqueue(state, row, ordinal)
        row[COOLING_COUNT] -= row[COOLED_COUNT]
        row[COOLED_COUNT] = 0


@inlined
def is_reserved(state, address_index):
    """Whether an address is reserved."""
    return state.meta[RESERVED_SPANS] != 0 and state.reserved[address_index] != 0


@inlined
def assign_next(state, row, handle):
    """Give the first ordinal in the queue that is not reserved to a handle; return it."""
    offset = row[OFFSET]
    previous, ordinal = -1, row[QUEUE_HEAD]
    while is_reserved(state, offset + ordinal):
        previous, ordinal = ordinal, state.cells[offset + ordinal, NEXT_FREE]
    dequeue(state, row, previous, ordinal)
    row[ASSIGNABLE] -= 1
    set_holder(state, row, ordinal, handle)
    return ordinal


@inlined
def dequeue(state, row, previous, ordinal):
    """Take an ordinal out of the queue; `previous` stands before it."""
    next_free = state.cells[row[OFFSET] + ordinal, NEXT_FREE]
    if previous < 0:
        row[QUEUE_HEAD] = next_free
    else:
        state.cells[row[OFFSET] + previous, NEXT_FREE] = next_free
    if next_free < 0:
        row[QUEUE_TAIL] = previous


@inlined
def set_holder(state, row, ordinal, handle):
    """Let a handle hold an ordinal that is out of the queue."""
    address_index = row[OFFSET] + ordinal
    state.cells[address_index, HOLDER] = handle
    state.cells[address_index, NEXT_OF_HANDLE] = state.handles[handle, FIRST_ADDRESS]
    state.handles[handle, FIRST_ADDRESS] = address_index
    row[USED] += 1
