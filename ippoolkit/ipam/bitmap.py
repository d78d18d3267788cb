"""Bitmaps of two levels, 32 bits a word: the next set bit is found without walking."""

from __future__ import annotations

from .compiler import compiled
from .layout import BITS, SUMS, WORDS


@compiled
def _lowest(word):
    """Position of the lowest set bit of a word that has one."""
    position = 0
    if word & 0xFFFF == 0:
        word >>= 16
        position += 16
    if word & 0xFF == 0:
        word >>= 8
        position += 8
    if word & 0xF == 0:
        word >>= 4
        position += 4
    if word & 0x3 == 0:
        word >>= 2
        position += 2
    return position + 1 - (word & 1)


@compiled
def _begin(ranges, of, which):
    return ranges[of, BITS] + which * (ranges[of, WORDS] + ranges[of, SUMS])


@compiled
def put(bits, ranges, of, which, index, on):
    """Set or clear one bit."""
    begin = _begin(ranges, of, which)
    word = index >> 5
    at = begin + ranges[of, WORDS] + (word >> 5)
    if on:
        bits[begin + word] |= 1 << (index & 31)
        bits[at] |= 1 << (word & 31)
    else:
        bits[begin + word] &= ~(1 << (index & 31))
        if bits[begin + word] == 0:
            bits[at] &= ~(1 << (word & 31))


@compiled
def _following(bits, begin, words, sums, index):
    """Return the first set bit at an index or behind it; -1 for none."""
    word = index >> 5
    rest = bits[begin + word] >> (index & 31)
    if rest != 0:
        return index + _lowest(rest)
    word += 1
    if word >= words:
        return -1
    sum_at = word >> 5
    rest = bits[begin + words + sum_at] >> (word & 31)
    if rest != 0:
        word += _lowest(rest)
        return (word << 5) + _lowest(bits[begin + word])
    sum_at += 1
    while sum_at < sums:
        rest = bits[begin + words + sum_at]
        if rest != 0:
            word = (sum_at << 5) + _lowest(rest)
            return (word << 5) + _lowest(bits[begin + word])
        sum_at += 1
    return -1


@compiled
def find(bits, ranges, of, which, start):
    """Return the first set bit from a start on, wrapping round; -1 for none."""
    begin = _begin(ranges, of, which)
    words, sums = ranges[of, WORDS], ranges[of, SUMS]
    found = _following(bits, begin, words, sums, start)
    return found if found >= 0 else _following(bits, begin, words, sums, 0)
