"""Where a node starts looking for blocks: Go's math/rand, seeded with the hash of the node's name.

The generator is additive: a draw is the sum of two of 607 numbers, which come from a linear congruence and constants.
The first 273 draws need only numbers as they were seeded, so each is worked out alone, by powers of the multiplier.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files

import numpy as np

from .compilation import internal

_PRIME = (1 << 31) - 1
_MULTIPLIER = 48271
_SLOT_COUNT, _TAP = 607, 273
_WARM_UP_DRAWS = 20
_MASK = (1 << 64) - 1


@lru_cache(maxsize=1 << 16)  # a planner asks again for the same names at every move
def node_seed(name: str) -> int:
    """Return where the random numbers of a node begin: the FNV-1 hash of its name, as Go's generator takes it."""
    value = 2166136261
    for byte in name.encode("utf-8", "surrogatepass"):
        value = value * 16777619 & 0xFFFFFFFF ^ byte
    return value % _PRIME or 89482311


# Go's own constants, and for each slot the power of the multiplier that leads to it.
_CONSTANTS = [int(number) & _MASK for number in json.loads((files("ippoolkit.ipam") / "gorand.json").read_text())]
_HALVES = np.array([(number >> 32, number & 0xFFFFFFFF) for number in _CONSTANTS], np.int64)
_POWERS = np.array([pow(_MULTIPLIER, _WARM_UP_DRAWS + 3 * slot + 1, _PRIME) for slot in range(_SLOT_COUNT)], np.int64)


def _go_random_words(seed: int) -> Iterator[int]:
    """Yield the draws of 32 bits of the generator in full."""
    value = seed
    for _ in range(_WARM_UP_DRAWS):
        value = _MULTIPLIER * value % _PRIME
    slots = []
    for constant in _CONSTANTS:
        first = value = _MULTIPLIER * value % _PRIME
        second = value = _MULTIPLIER * value % _PRIME
        value = _MULTIPLIER * value % _PRIME
        slots.append((first << 40 ^ second << 20 ^ value ^ constant) & _MASK)
    tap, feed = 0, _SLOT_COUNT - _TAP
    while True:
        tap, feed = (tap - 1) % _SLOT_COUNT, (feed - 1) % _SLOT_COUNT
        slots[feed] = (slots[feed] + slots[tap]) & _MASK
        yield (slots[feed] & (_MASK >> 1)) >> 31


def start_block_index(seed: int, blocks: int) -> int:
    """Return the index of the first of `blocks` blocks that a node looks at; any number of blocks."""
    if blocks <= 1:
        return 0
    words = _go_random_words(seed)
    bits = blocks.bit_length()
    while True:
        value = 0
        for position in range(-(-bits // 64)):
            low, high = next(words), next(words)
            value |= (low | high << 32) << 64 * position
        value &= (1 << bits) - 1
        if value < blocks:
            return value


@internal
def _seeded_slot(seed, slot):
    """Return high and low half of a slot as it was seeded."""
    first = _POWERS[slot] * seed % 2147483647
    second = first * 48271 % 2147483647
    third = second * 48271 % 2147483647
    # first << 40 ^ second << 20 ^ third, of 64 bits, in halves of 32
    high = ((first << 8) & 0xFFFFFFFF) ^ (second >> 12)
    low = ((second << 20) & 0xFFFFFFFF) ^ third
    return high ^ _HALVES[slot, 0], low ^ _HALVES[slot, 1]


@internal
def small_start_block_index(seed, blocks):
    """Return the same as `start_block_index` for fewer than 2^31 blocks; -1 where that would need 270 draws."""
    mask = 1
    while mask <= blocks:
        mask <<= 1
    mask -= 1
    draw = 0
    while draw < 270:
        high, low = _seeded_slot(seed, 333 - draw)
        other_high, other_low = _seeded_slot(seed, 606 - draw)
        total = low + other_low
        upper = (high + other_high + (total >> 32)) & 0xFFFFFFFF
        # the upper 33 bits without the sign: 32 bits
        value = ((upper << 1) & 0xFFFFFFFF) | ((total >> 31) & 1)
        draw += 2  # the other half of the word is drawn too, and is of no use
        value &= mask
        if value < blocks:
            return value
    return -1
