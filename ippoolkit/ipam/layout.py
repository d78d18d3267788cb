"""The engine's state: plain numpy arrays, that compiled code reads and that are copied and compared as bytes.

Nothing is as large as a pool: blocks, addresses and handles have rows once they are used. Addresses themselves do not
occur in here; a block is known by its range and its index in it, an address by its block and its ordinal.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Int64Array = NDArray[np.int64]

# Columns of `meta`.
(
    NOW,  # microseconds
    COOLDOWN_PERIOD,
    ADDRESS_COUNT,  # addresses of the arena ever used
    SLOT_COUNT,  # rows of blocks ever used
    FREE_SLOT,
    COOLING_HEAD,
    COOLING_LENGTH,
    RESERVED_SPANS,  # rows of `reserved_spans`
    TABLE_ENTRIES,  # blocks in the table
    ETCD,
    GRACE_PERIOD,  # of kube-controllers; 0: it collects nothing
    NEXT_TICK,  # its next tick; -1: it does not run
    NEXT_SYNC,  # its next sync beside ticks; -1: none
    DIRTY_COUNT,  # nodes that it has to look at
    SEEN_EMPTY_HEAD,
    SEEN_EMPTY_LENGTH,
    RANDOM_STATE,  # the state of the draws that the order of a Go map makes
    RECLAIM_AGE,  # how old another node's empty block must be to be taken over; NEVER where it is not
    MAX_SYNC_DELAY,  # how long kube-controllers waits at most after a change
    NEEDS_FREE_ADDRESSES,  # whether it gives blocks back only beside 3 free addresses, and keeps their clocks
    FREE_CHUNKS,
) = range(21)
NEVER = 1 << 62
DEFAULT_RECLAIM_AGE = 60_000_000  # microseconds
META_WIDTH = FREE_CHUNKS + 17  # one list of free chunks for each shift, 0 to 16

# Columns of `ranges`: the number of blocks (its bits; COUNT is -1 where a walk over bitmaps would be too long), the
# address bits in a block, the family (0 or 1), where its three bitmaps begin, the number of their words.
BLOCK_COUNT, BLOCK_COUNT_HIGH, BLOCK_COUNT_LOW, ORDINAL_BITS, FAMILY, BITMAP_OFFSET, BITMAP_WORDS, SUMMARY_WORDS = (
    range(8)
)
RANGE_WIDTH = SUMMARY_WORDS + 1
UNCLAIMED, AVAILABLE, EMPTY = range(3)  # the bitmaps
MAX_BITMAP_BLOCKS = 1 << 24  # blocks of a range that has bitmaps

# Columns of `blocks`: what requests need, in as few bytes as can be.
(
    QUEUE_HEAD,  # of its queue of free ordinals
    QUEUE_TAIL,
    OFFSET,  # of its first address in the arena
    ASSIGNABLE,  # free or cooled down, and not reserved
    USED,  # with Windows' own
    WINDOWS_COUNT,
    COOLING_COUNT,  # with the cooled
    COOLED_COUNT,  # its time is over, but nobody has written the block since
    RANGE_INDEX,
    OWNER,  # a node, or NO_OWNER
    NEXT_SLOT,  # of the owner's blocks, in the datastore's order; of free rows
    UNSELECTED,  # its pool is enabled and does not select the owner
) = range(12)
BLOCK_WIDTH = UNSELECTED + 1
# Columns of `wide`, what of a block needs 64 bits: its index in its range; when it was claimed; when kube-controllers
# saw it empty first (-1: not empty, or the only one of its node); the same, kept while it is used.
INDEX_HIGH, INDEX_LOW, CLAIMED_AT, EMPTY_SINCE, FIRST_SEEN_EMPTY = range(5)
WIDE_WIDTH = FIRST_SEEN_EMPTY + 1
NO_OWNER = -1
UNUSED_SLOT = -2  # in RANGE_INDEX: the row is not in use

# Columns of `cells`, the arena of addresses: in one array, since they are used together.
(
    HOLDER,  # the handle, or what stands for an address in place of one
    NEXT_FREE,  # the next free ordinal; of the first address of a free chunk the next chunk
    NEXT_OF_HANDLE,  # the next address of its handle
    SLOT,  # its block
) = range(4)
ADDRESS_WIDTH = SLOT + 1

FIRST_ADDRESS, REQUESTING_NODE = range(2)  # columns of `handles`

# What stands for an address in place of a handle.
FREE, WINDOWS_RESERVED, COOLING_DOWN, COOLED_DOWN = -1, -2, -3, -4

# Columns of a request's ranges: the range; whether its pool does not select the node; where to start, -1 for where the
# node's name says, `OWN_BLOCKS_ONLY` where only blocks that the node has there serve.
RANGE, IS_UNSELECTED, START_INDEX = range(3)
OWN_BLOCKS_ONLY = -2

KEY_LENGTH = 46  # the longest name of a block in a datastore
RELEASE_BATCH = 64  # addresses that the release of one handle in bulk frees at a time

# Answers of the core.
OK, BLOCK_LIMIT, AUTO_ALLOCATE_OFF, TOO_SMALL_FOR_WINDOWS, NOT_BLOCK_OWNER, ALREADY_ASSIGNED, ARRAYS_FULL = range(7)


class State(NamedTuple):
    """All there is to know of IPAM at one moment."""

    meta: Int64Array
    ranges: Int64Array  # (ranges, RANGE_WIDTH)
    address_groups: Int64Array  # (ranges, 8): the first address, in groups of 16 bits
    bitmaps: Int64Array  # 32 bits a word
    blocks: NDArray[np.int32]  # (blocks, BLOCK_WIDTH)
    wide: Int64Array  # (blocks, WIDE_WIDTH)
    keys: NDArray[np.uint8]  # (blocks, KEY_LENGTH): names in the datastore
    cells: NDArray[np.int32]  # (addresses, ADDRESS_WIDTH)
    reserved: NDArray[np.uint8]  # per address: whether it is reserved, where anything is
    released_at: Int64Array  # per address: when it was released
    table: NDArray[np.int32]  # from range and index to block, by hashing
    first_owned: NDArray[np.int32]  # (2, nodes): a node's first block of each family
    seeds: Int64Array  # per node: where its random numbers begin
    start_indexes: Int64Array  # (nodes, ranges, 2): where a node starts; (-1, -1): with bitmaps, not yet worked out
    handles: NDArray[np.int32]  # (handles, 2): the first address, the node that asked for it
    cooling: Int64Array  # (cooling addresses, 2): address, since when; in order of time
    reserved_spans: Int64Array  # (reservations, 7): range, first block (hi, lo) and ordinal, last block and ordinal
    exists: NDArray[np.uint8]  # per node: whether it exists; 2: it is deleted, and its pods still hold addresses
    is_dirty: NDArray[np.uint8]  # per node: whether it is among `dirty_nodes`
    dirty_nodes: NDArray[np.int32]  # nodes whose blocks changed since kube-controllers looked
    seen_empty: Int64Array  # (blocks seen empty, 2): block, when; in order of time


def empty_state(*, etcd: bool = False) -> State:
    """Return the state of a datastore in which nothing is."""
    state = State(
        meta=np.zeros(META_WIDTH, np.int64),
        ranges=np.zeros((4, RANGE_WIDTH), np.int64),
        address_groups=np.zeros((4, 8), np.int64),
        bitmaps=np.zeros(64, np.int64),
        blocks=np.full((16, BLOCK_WIDTH), UNUSED_SLOT, np.int32),
        wide=np.zeros((16, WIDE_WIDTH), np.int64),
        keys=np.zeros((16, KEY_LENGTH), np.uint8),
        cells=np.full((1024, ADDRESS_WIDTH), -1, np.int32),
        reserved=np.zeros(1024, np.uint8),
        released_at=np.zeros(1024, np.int64),
        table=np.full(64, -1, np.int32),
        first_owned=np.full((2, 16), -1, np.int32),
        seeds=np.zeros(16, np.int64),
        start_indexes=np.full((16, 4, 2), -1, np.int64),
        handles=np.full((64, 2), -1, np.int32),
        cooling=np.zeros((64, 2), np.int64),
        reserved_spans=np.zeros((4, 7), np.int64),
        exists=np.zeros(16, np.uint8),
        is_dirty=np.zeros(16, np.uint8),
        dirty_nodes=np.zeros(16, np.int32),
        seen_empty=np.zeros((64, 2), np.int64),
    )
    state.meta[FREE_SLOT] = -1
    state.meta[FREE_CHUNKS:] = -1
    state.meta[NEXT_TICK] = state.meta[NEXT_SYNC] = -1
    state.meta[RANDOM_STATE] = 1
    state.meta[ETCD] = int(etcd)
    state.meta[RECLAIM_AGE], state.meta[MAX_SYNC_DELAY] = DEFAULT_RECLAIM_AGE, NEVER
    return state
