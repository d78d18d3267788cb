"""How the arrays of a `State` grow: each function returns the state with room for more."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from . import layout
from .blocks import add_all_to_table
from .layout import Int64Array, State

_Item = TypeVar("_Item", bound=np.generic)


def enlarge(array: NDArray[_Item], size: int, axis: int = 0, fill: int = 0) -> NDArray[_Item]:
    """Return an array with room for `size` along an axis, at least doubled, the new part filled."""
    if array.shape[axis] >= size:
        return array
    shape = list(array.shape)
    shape[axis] = max(size, 2 * shape[axis])
    larger = np.full(shape, fill, array.dtype)
    larger[tuple(slice(0, length) for length in array.shape)] = array
    return larger


def grow_for_handles(state: State, count: int) -> State:
    """Return a state with room for so many handles."""
    return state._replace(handles=enlarge(state.handles, count, fill=-1))


def grow_for_nodes(state: State, count: int) -> State:
    """Return a state with room for so many nodes."""
    if count <= len(state.seeds):  # nodes come one by one, and many of them
        return state
    return state._replace(
        first_owned=enlarge(state.first_owned, count, axis=1, fill=-1),
        seeds=enlarge(state.seeds, count),
        start_indexes=enlarge(state.start_indexes, count, fill=-1),
        exists=enlarge(state.exists, count),
        is_dirty=enlarge(state.is_dirty, count),
        dirty_nodes=enlarge(state.dirty_nodes, count),
    )


def grow_for_ranges(state: State, count: int, bitmap_words: int) -> State:
    """Return a state with room for so many ranges, and so many words of their bitmaps."""
    return state._replace(
        ranges=enlarge(state.ranges, count),
        address_groups=enlarge(state.address_groups, count),
        bitmaps=enlarge(state.bitmaps, bitmap_words),
        start_indexes=enlarge(state.start_indexes, count, axis=1, fill=-1),
    )


def grow_for_blocks(state: State, count: int, size: int) -> State:
    """Return a state with room for so many more blocks, of so many addresses each."""
    meta = state.meta
    slot_count, address_count = int(meta[layout.SLOT_COUNT]) + count, int(meta[layout.ADDRESS_COUNT]) + count * size
    note_count = 2 * max(slot_count, len(state.blocks))
    state = state._replace(
        blocks=enlarge(state.blocks, slot_count, fill=layout.UNUSED_SLOT),
        wide=enlarge(state.wide, slot_count),
        keys=enlarge(state.keys, slot_count),
        cells=enlarge(state.cells, address_count, fill=-1),
        released_at=enlarge(state.released_at, address_count),
        reserved=enlarge(state.reserved, address_count),
        seen_empty=_enlarge_ring(meta, layout.SEEN_EMPTY_HEAD, state.seen_empty, note_count),
    )
    state = grow_for_cooling(state, layout.RELEASE_BATCH)
    table_size = len(state.table)
    while 2 * (int(meta[layout.TABLE_ENTRIES]) + count) > table_size:
        table_size *= 2
    return rebuild_table(state, table_size) if table_size > len(state.table) else state


def grow_for_cooling(state: State, count: int) -> State:
    """Return a state with room for so many more addresses that cool down."""
    size = int(state.meta[layout.COOLING_LENGTH]) + count
    return state._replace(cooling=_enlarge_ring(state.meta, layout.COOLING_HEAD, state.cooling, size))


def rebuild_table(state: State, size: int) -> State:
    """Return a state with all blocks hashed into a table of that size."""
    table = np.full(size, -1, np.int32)
    add_all_to_table(table, state)
    return state._replace(table=table)


def _enlarge_ring(meta: Int64Array, head: int, ring: Int64Array, size: int) -> Int64Array:
    """Return a ring of rows, of which `meta` says where it begins, with room for so many."""
    if len(ring) >= size:
        return ring
    ordered = np.roll(ring, -int(meta[head]), axis=0)
    meta[head] = 0
    return enlarge(ordered, size)
