"""kube-controllers: what its node controller gives back, and when. Compiled.

It looks at the blocks of nodes where something changed, a second after the change, and at all of them at each tick,
every half of its grace period. An empty block goes once it was seen empty for longer than the grace period while its
node held another; the last block of a node stays. The blocks of a node that is gone go as soon as they are empty.
"""

from __future__ import annotations

from .blocks import drop, is_empty
from .compiler import compiled
from .core import pass_time
from .layout import (
    COOLING,
    DICE,
    DIRTY,
    GONE,
    GRACE,
    LOOK_HEAD,
    LOOK_LEN,
    NEXT,
    NOW,
    OF_RANGE,
    OWNER,
    SEEN,
    SYNC_AT,
    TICK_AT,
    USED,
)
from .queue import sweep

RARE = 300_000_000  # between ticks, where there is no grace period


@compiled
def _has_nothing(row):
    """Whether a block is empty to kube-controllers: what Windows keeps and what cools counts as something."""
    return row[USED] == 0 and row[COOLING] == 0


@compiled
def _holdings(state, node, seen_before):
    """Count a node's blocks, and those of them seen empty before a time."""
    count = old = 0
    for family in range(2):
        slot = state.held[family, node]
        while slot >= 0:
            row = state.blocks[slot]
            count += 1
            if _has_nothing(row) and 0 <= state.wide[slot, SEEN] < seen_before:
                old += 1
            slot = row[NEXT]
    return count, old


@compiled
def _look(state, node):
    """Start, keep or stop the clocks of a node's blocks; of a node that is gone, release the empty ones."""
    meta = state.meta
    count, _ = _holdings(state, node, 0)
    for family in range(2):
        slot = state.held[family, node]
        while slot >= 0:
            row = state.blocks[slot]
            following = row[NEXT]
            sweep(state, slot)
            if state.alive[node] == 0:
                if is_empty(row):
                    drop(state, slot)
            elif meta[GRACE] == 0 or count < 2 or not _has_nothing(row):
                state.wide[slot, SEEN] = -1
            elif state.wide[slot, SEEN] < 0:
                state.wide[slot, SEEN] = meta[NOW]
                if meta[LOOK_LEN] == len(state.looks):
                    _compact(state)
                at = (meta[LOOK_HEAD] + meta[LOOK_LEN]) % len(state.looks)
                state.looks[at, 0], state.looks[at, 1] = slot, meta[NOW]
                meta[LOOK_LEN] += 1
            slot = following


@compiled
def _is_current(state, at):
    """Whether what was noted of a block still holds."""
    slot = state.looks[at, 0]
    return state.blocks[slot, OF_RANGE] != GONE and state.wide[slot, SEEN] == state.looks[at, 1]


@compiled
def _compact(state):
    """Throw away the notes that hold no more; there are twice as many rows as blocks."""
    meta, size = state.meta, len(state.looks)
    kept = 0
    for place in range(meta[LOOK_LEN]):
        at = (meta[LOOK_HEAD] + place) % size
        if _is_current(state, at):
            to = (meta[LOOK_HEAD] + kept) % size
            state.looks[to, 0], state.looks[to, 1] = state.looks[at, 0], state.looks[at, 1]
            kept += 1
    meta[LOOK_LEN] = kept


@compiled
def _draw(meta, below):
    """Draw a number; the order of a map in Go is random, and here a seed decides it."""
    meta[DICE] = meta[DICE] * 48271 % 2147483647
    return meta[DICE] % below


@compiled
def _release_old(state):
    """Release the blocks that were seen empty for longer than the grace period."""
    meta = state.meta
    if meta[GRACE] == 0:
        return
    before = meta[NOW] - meta[GRACE]
    while meta[LOOK_LEN] and state.looks[meta[LOOK_HEAD], 1] < before:
        head = meta[LOOK_HEAD]
        slot = state.looks[head, 0]
        current = _is_current(state, head)
        meta[LOOK_HEAD] = (head + 1) % len(state.looks)
        meta[LOOK_LEN] -= 1
        if not current:
            continue
        node = state.blocks[slot, OWNER]
        if node < 0:
            continue
        count, old = _holdings(state, node, before)
        if count < 2:
            state.wide[slot, SEEN] = -1
        elif count == old:
            _keep_one(state, node, _draw(meta, count))
        else:
            drop(state, slot)


@compiled
def _keep_one(state, node, kept):
    """Release all blocks of a node but one."""
    place = 0
    for family in range(2):
        slot = state.held[family, node]
        while slot >= 0:
            following = state.blocks[slot, NEXT]
            if place != kept:
                drop(state, slot)
            else:
                state.wide[slot, SEEN] = -1
            place += 1
            slot = following


@compiled
def sync(state):
    """Do what kube-controllers does in one round."""
    meta = state.meta
    count = meta[DIRTY]
    for place in range(count):
        state.is_dirty[state.dirty[place]] = 0
    meta[DIRTY] = 0
    meta[SYNC_AT] = -1
    # What is released on the way makes nodes dirty again; the array holds each node once.
    for place in range(count):
        node = state.dirty[place]
        _look(state, node)
    _release_old(state)


@compiled
def catch_up(state, until):
    """Let time pass, with every round of kube-controllers that falls into it."""
    meta = state.meta
    while True:
        at = meta[TICK_AT]
        if at < 0:
            break
        if 0 <= meta[SYNC_AT] < at:
            at = meta[SYNC_AT]
        if at > until:
            break
        pass_time(state, at)
        if at == meta[TICK_AT]:
            period = meta[GRACE] // 2 if meta[GRACE] else RARE
            meta[TICK_AT] += period
            if meta[LOOK_LEN] == 0 and meta[DIRTY] == 0:
                # nothing to find until something changes: on to the last tick before the end
                meta[TICK_AT] += max((until - meta[TICK_AT]) // period, 0) * period
        sync(state)
    pass_time(state, until)
