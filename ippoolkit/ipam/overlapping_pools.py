"""Blocks where pools come and go: those that stand in a new pool's range, and pools that overlap."""

from __future__ import annotations

from . import bitmap, blocks, layout
from .int128 import split_128
from .state_store import BlockRange, StateStore


def adopt_blocks(store: StateStore, range_index: int) -> None:
    """Let blocks that stand in a new pool's range belong to it; those of other sizes to a range of their own."""
    block_range = store.ranges[range_index]
    for size in {cidr.prefix for _, cidr in store.slots() if cidr in block_range.cidr}:
        _move_blocks(store, store.ensure_range(block_range.cidr, size))


def _move_blocks(store: StateStore, range_index: int) -> None:
    """Let the blocks of a range's size that stand in it, and in none that is smaller, belong to it."""
    block_range, moved_slots = store.ranges[range_index], []
    for slot, cidr in store.slots():
        row = store.state.blocks[slot]
        current_range = store.ranges[row[layout.RANGE_INDEX]]
        is_in_smaller_pool = (
            current_range.cidr in block_range.cidr and current_range.pool and current_range.cidr != block_range.cidr
        )
        if (
            row[layout.RANGE_INDEX] != range_index
            and cidr in block_range.cidr
            and cidr.prefix == block_range.block_size
            and not is_in_smaller_pool
        ):
            _clear_range_bitmaps(store, slot)
            row[layout.RANGE_INDEX] = range_index
            index_columns = [layout.INDEX_HIGH, layout.INDEX_LOW]
            store.state.wide[slot, index_columns] = split_128(block_range.block_index(cidr.first))
            moved_slots.append(slot)
    if moved_slots:
        store.rebuild_table()
        store.rebuild_unclaimed_bitmap(range_index)
        for slot in moved_slots:
            blocks.apply_reservations(store.state, slot)


def _clear_range_bitmaps(store: StateStore, slot: int) -> None:
    """Let a range know nothing of a block that moves to another."""
    state, range_index = store.state, int(store.state.blocks[slot, layout.RANGE_INDEX])
    if state.ranges[range_index, layout.BLOCK_COUNT] >= 0:
        for bitmap_kind in (layout.AVAILABLE, layout.EMPTY):
            bitmap.set_bit(
                state.bitmaps,
                state.ranges,
                range_index,
                bitmap_kind,
                int(state.wide[slot, layout.INDEX_LOW]),
                value=False,
            )


def sync_overlapping_ranges(store: StateStore) -> None:
    """Where pools overlap, which only kubectl lets them: what is claimed by the one is not free in the other."""
    if not store.pools_overlap:
        return
    for outer_index, outer in enumerate(store.ranges):
        nested = [range_index for range_index, block_range in enumerate(store.ranges) if _is_nested(block_range, outer)]
        for range_index in nested:
            _move_blocks(store, range_index)
        if not nested or store.state.ranges[outer_index, layout.BLOCK_COUNT] <= 0:
            continue
        store.rebuild_unclaimed_bitmap(outer_index)
        for slot, cidr in store.slots():
            if store.state.blocks[slot, layout.RANGE_INDEX] in nested:
                index = outer.block_index(cidr.first)
                bitmap.set_bit(
                    store.state.bitmaps, store.state.ranges, outer_index, layout.UNCLAIMED, index, value=False
                )
            elif store.state.blocks[slot, layout.RANGE_INDEX] == outer_index:
                blocks.apply_reservations(store.state, slot)


def _is_nested(inner: BlockRange, outer: BlockRange) -> bool:
    """Whether a pool's range lies inside a larger one of another pool, with blocks of the same size."""
    have_pools = bool(inner.pool and outer.pool)
    return have_pools and inner.block_size == outer.block_size and inner.cidr != outer.cidr and inner.cidr in outer.cidr
