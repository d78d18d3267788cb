"""The names of blocks in a datastore, whose order decides which of its own blocks a node fills first."""

from __future__ import annotations

from .compiler import compiled
from .layout import ETCD, FAMILY, INDEX_HI, INDEX_LO, KEY, OF_RANGE, SHIFT


@compiled
def _number(key, at, value):
    """Write a decimal number below 1,000."""
    if value >= 100:
        key[at] = 48 + value // 100
        at += 1
    if value >= 10:
        key[at] = 48 + value // 10 % 10
        at += 1
    key[at] = 48 + value % 10
    return at + 1


@compiled
def _hexadecimal(key, at, value):
    """Write a group of an IPv6 address."""
    started = False
    for shift in (12, 8, 4, 0):
        digit = value >> shift & 15
        if digit or started or shift == 0:
            key[at] = 48 + digit if digit < 10 else 87 + digit
            at += 1
            started = True
    return at


@compiled
def _sixteen(high, low, bottom):
    """Return 16 bits of a number of 128 bits from a position on; below it stand zeros."""
    if bottom >= 64:
        return high >> (bottom - 64) & 0xFFFF
    if bottom > 48:
        return (low >> bottom & ((1 << (64 - bottom)) - 1) | high << (64 - bottom)) & 0xFFFF
    if bottom >= 0:
        return low >> bottom & 0xFFFF
    return low << -bottom & 0xFFFF if bottom > -16 else 0


@compiled
def _group(state, slot, place):
    """Return one of the eight groups of a block's first address: the pool's bits and the index share none."""
    row = state.blocks[slot]
    bottom = 16 * (7 - place) - state.ranges[row[OF_RANGE], SHIFT]
    return state.groups[row[OF_RANGE], place] | _sixteen(state.wide[slot, INDEX_HI], state.wide[slot, INDEX_LO], bottom)


@compiled
def name(state, slot):
    """Write a block's name into its row of keys."""
    key = state.keys[slot]
    of = state.blocks[slot, OF_RANGE]
    at = 0
    if state.ranges[of, FAMILY] == 0:
        for octet in range(4):
            if octet:
                key[at] = 46
                at += 1
            group = _group(state, slot, 6 + octet // 2)
            at = _number(key, at, group & 255 if octet % 2 else group >> 8)
    else:
        colon = 58 if state.meta[ETCD] else 45
        best, best_length, run = -1, 1, 0  # the longest run of zero groups, of two at least, is written ::
        for place in range(8):
            run = run + 1 if _group(state, slot, place) == 0 else 0
            if run > best_length:
                best, best_length = place - run + 1, run
        place = 0
        while place < 8:
            if place == best:
                key[at] = key[at + 1] = colon
                at += 2
                place += best_length
                continue
            if place and (best < 0 or place != best + best_length):
                key[at] = colon
                at += 1
            at = _hexadecimal(key, at, _group(state, slot, place))
            place += 1
    key[at] = 45
    at += 1
    at = _number(key, at, (32 if state.ranges[of, FAMILY] == 0 else 128) - state.ranges[of, SHIFT])
    for place in range(at, KEY):
        key[place] = 0


@compiled
def before(state, one, other):
    """Whether one block comes before another in the datastore."""
    for place in range(KEY):
        if state.keys[one, place] != state.keys[other, place]:
            return state.keys[one, place] < state.keys[other, place]
    return False
