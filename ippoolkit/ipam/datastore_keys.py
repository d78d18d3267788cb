"""The names of blocks in a datastore, whose order decides which of its own blocks a node fills first."""

from __future__ import annotations

from .compilation import internal
from .int128 import extract_16_bits
from .layout import ETCD, FAMILY, INDEX_HIGH, INDEX_LOW, KEY_LENGTH, ORDINAL_BITS, RANGE_INDEX


@internal
def _write_decimal(key, position, value):
    """Write a decimal number below 1,000."""
    if value >= 100:
        key[position] = 48 + value // 100
        position += 1
    if value >= 10:
        key[position] = 48 + value // 10 % 10
        position += 1
    key[position] = 48 + value % 10
    return position + 1


@internal
def _write_hex(key, position, value):
    """Write a group of an IPv6 address."""
    started = False
    for shift in (12, 8, 4, 0):
        digit = value >> shift & 15
        if digit or started or shift == 0:
            key[position] = 48 + digit if digit < 10 else 87 + digit
            position += 1
            started = True
    return position


@internal
def _address_group(state, slot, group_index):
    """Return one of the eight groups of a block's first address: the pool's bits and the index share none."""
    row = state.blocks[slot]
    bottom = 16 * (7 - group_index) - state.ranges[row[RANGE_INDEX], ORDINAL_BITS]
    return state.address_groups[row[RANGE_INDEX], group_index] | extract_16_bits(
        state.wide[slot, INDEX_HIGH], state.wide[slot, INDEX_LOW], bottom
    )


@internal
def write_key(state, slot):
    """Write a block's name into its row of keys."""
    key = state.keys[slot]
    range_index = state.blocks[slot, RANGE_INDEX]
    position = 0
    if state.ranges[range_index, FAMILY] == 0:
        for octet in range(4):
            if octet:
                key[position] = 46
                position += 1
            group = _address_group(state, slot, 6 + octet // 2)
            position = _write_decimal(key, position, group & 255 if octet % 2 else group >> 8)
    else:
        colon = 58 if state.meta[ETCD] else 45
        best, best_length, run = -1, 1, 0  # the longest run of zero groups, of two at least, is written ::
        for group_index in range(8):
            run = run + 1 if _address_group(state, slot, group_index) == 0 else 0
            if run > best_length:
                best, best_length = group_index - run + 1, run
        group_index = 0
        while group_index < 8:
            if group_index == best:
                key[position] = key[position + 1] = colon
                position += 2
                group_index += best_length
                continue
            if group_index and (best < 0 or group_index != best + best_length):
                key[position] = colon
                position += 1
            position = _write_hex(key, position, _address_group(state, slot, group_index))
            group_index += 1
    key[position] = 45
    position += 1
    position = _write_decimal(
        key, position, (32 if state.ranges[range_index, FAMILY] == 0 else 128) - state.ranges[range_index, ORDINAL_BITS]
    )
    for group_index in range(position, KEY_LENGTH):
        key[group_index] = 0


@internal
def is_before(state, slot, other_slot):
    """Whether one block comes before another in the datastore."""
    for position in range(KEY_LENGTH):
        if state.keys[slot, position] != state.keys[other_slot, position]:
            return state.keys[slot, position] < state.keys[other_slot, position]
    return False
