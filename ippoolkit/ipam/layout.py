"""The engine's state: plain numpy arrays, that compiled code reads and that are copied and compared as bytes.

Nothing is as large as a pool: blocks, addresses and handles have rows once they are used. Addresses themselves do not
occur in here; a block is known by its range and its index in it, an address by its block and its ordinal.
"""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
_Item = TypeVar("_Item", bound=np.generic)

# Columns of `meta`.
(
    NOW,  # microseconds
    COOLDOWN,
    TOP,  # addresses of the arena ever used
    SLOTS,  # rows of blocks ever used
    FREE_SLOT,
    FIFO_HEAD,
    FIFO_LEN,
    RESERVED,  # rows of spans
    HASHED,  # blocks in the table
    ETCD,
    GRACE,  # of kube-controllers; 0: it collects nothing
    TICK_AT,  # its next tick; -1: it does not run
    SYNC_AT,  # its next sync beside ticks; -1: none
    DIRTY,  # nodes that it has to look at
    LOOK_HEAD,
    LOOK_LEN,
    DICE,  # the state of the draws that the order of a Go map makes
    FREE_CHUNKS,
) = range(18)
META = FREE_CHUNKS + 17  # one list of free chunks for each shift, 0 to 16

# Columns of `ranges`: the number of blocks (its bits; COUNT is -1 where a walk over bitmaps would be too long), the
# address bits in a block, the family (0 or 1), where its three bitmaps begin, the number of their words.
COUNT, COUNT_HI, COUNT_LO, SHIFT, FAMILY, BITS, WORDS, SUMS = range(8)
RANGE = SUMS + 1
UNCLAIMED, AVAILABLE, EMPTY = range(3)  # the bitmaps
MOST_MAPPED = 1 << 24  # blocks of a range that has bitmaps

# Columns of `blocks`: what requests need, in as few bytes as can be.
(
    HEAD,  # of its queue of free ordinals
    TAIL,
    OFFSET,  # of its first address in the arena
    OPEN,  # free or cooled down, and not reserved
    USED,  # with Windows' own
    WINDOWS,
    COOLING,  # with the cooled
    COOLED,  # its time is over, but nobody has written the block since
    OF_RANGE,
    OWNER,  # a node, or NOBODY
    NEXT,  # of the owner's blocks, in the datastore's order; of free rows
    UNSELECTED,  # its pool is enabled and does not select the owner
) = range(12)
BLOCK = UNSELECTED + 1
# Columns of `wide`, what of a block needs 64 bits: its index in its range; when it was claimed; when kube-controllers
# saw it empty first (-1: not empty, or the only one of its node).
INDEX_HI, INDEX_LO, CLAIMED, SEEN = range(4)
WIDE = SEEN + 1
NOBODY = -1
GONE = -2  # in OF_RANGE: the row is not in use

# Columns of `cells`, the arena of addresses: together, for together they are used.
HOLDER, AFTER, SIBLING, SLOT = range(4)
CELL = SLOT + 1
# HOLDER: the handle, or one of those below; AFTER: the next free ordinal, or of the first of a free chunk the next
# chunk; SIBLING: the next address of its handle; SLOT: its block.

FIRST, PLACED = range(2)  # columns of `handles`

# What stands for an address in place of a handle.
IN_QUEUE, FOR_WINDOWS, IS_COOLING, HAS_COOLED = -1, -2, -3, -4

OWN_ONLY = -2  # in a request's ranges, for where to start: only blocks that the node has there serve

KEY = 46  # the longest name of a block in a datastore
MOST_HELD = 64  # addresses that the release of one handle in bulk frees at a time

# Answers of the core.
DONE, LIMIT, NOT_CLAIMED, TOO_SMALL, FOREIGN, TAKEN, FULL = range(7)


class State(NamedTuple):
    """All there is to know of IPAM at one moment."""

    meta: Ints
    ranges: Ints  # (ranges, RANGE)
    groups: Ints  # (ranges, 8): the first address, in groups of 16 bits
    bits: Ints  # bitmaps, 32 bits a word
    blocks: NDArray[np.int32]  # (blocks, BLOCK)
    wide: Ints  # (blocks, WIDE)
    keys: NDArray[np.uint8]  # (blocks, KEY): names in the datastore
    cells: NDArray[np.int32]  # (addresses, CELL)
    kept: NDArray[np.uint8]  # per address: whether it is reserved, where anything is
    since: Ints  # per address: when it was released
    table: NDArray[np.int32]  # from range and index to block, by hashing
    held: NDArray[np.int32]  # (2, nodes): the first block of each family
    seeds: Ints  # per node: where its random numbers begin
    starts: Ints  # (nodes, ranges, 2): where a node starts; (-1, -1) while nobody has asked, of a range with bitmaps
    handles: NDArray[np.int32]  # (handles, 2): the first address, the node that asked for it
    fifo: Ints  # (cooling addresses, 2): address, since when; in order of time
    spans: Ints  # (reservations, 7): range, first block (hi, lo) and ordinal, last block and ordinal
    alive: NDArray[np.uint8]  # per node: whether it exists
    is_dirty: NDArray[np.uint8]  # per node: whether it is among the dirty
    dirty: NDArray[np.int32]  # nodes whose blocks changed since kube-controllers looked
    looks: Ints  # (blocks seen empty, 2): block, when; in order of time


def new(*, etcd: bool = False) -> State:
    """Return the state of a datastore in which nothing is."""
    state = State(
        meta=np.zeros(META, np.int64),
        ranges=np.zeros((4, RANGE), np.int64),
        groups=np.zeros((4, 8), np.int64),
        bits=np.zeros(64, np.int64),
        blocks=np.full((16, BLOCK), GONE, np.int32),
        wide=np.zeros((16, WIDE), np.int64),
        keys=np.zeros((16, KEY), np.uint8),
        cells=np.full((1024, CELL), -1, np.int32),
        kept=np.zeros(1024, np.uint8),
        since=np.zeros(1024, np.int64),
        table=np.full(64, -1, np.int32),
        held=np.full((2, 16), -1, np.int32),
        seeds=np.zeros(16, np.int64),
        starts=np.full((16, 4, 2), -1, np.int64),
        handles=np.full((64, 2), -1, np.int32),
        fifo=np.zeros((64, 2), np.int64),
        spans=np.zeros((4, 7), np.int64),
        alive=np.zeros(16, np.uint8),
        is_dirty=np.zeros(16, np.uint8),
        dirty=np.zeros(16, np.int32),
        looks=np.zeros((64, 2), np.int64),
    )
    state.meta[FREE_SLOT] = -1
    state.meta[FREE_CHUNKS:] = -1
    state.meta[TICK_AT] = state.meta[SYNC_AT] = -1
    state.meta[DICE] = 1
    state.meta[ETCD] = int(etcd)
    return state


def grown(array: NDArray[_Item], size: int, axis: int = 0, fill: int = 0) -> NDArray[_Item]:
    """Return an array with room for `size` along an axis, at least doubled, the new part filled."""
    if array.shape[axis] >= size:
        return array
    shape = list(array.shape)
    shape[axis] = max(size, 2 * shape[axis])
    made = np.full(shape, fill, array.dtype)
    made[tuple(slice(0, length) for length in array.shape)] = array
    return made
