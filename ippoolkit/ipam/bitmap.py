"""Bitmaps of two levels, 32 bits a word: the next set bit is found without walking."""

from __future__ import annotations

from .compilation import compiled, internal
from .layout import BITMAP_OFFSET, BITMAP_WORDS, SUMMARY_WORDS


@internal
def _lowest_set_bit(word):
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


@internal
def _bitmap_offset(ranges, range_index, bitmap_kind):
    return ranges[range_index, BITMAP_OFFSET] + bitmap_kind * (
        ranges[range_index, BITMAP_WORDS] + ranges[range_index, SUMMARY_WORDS]
    )


@compiled
def set_bit(bits, ranges, range_index, bitmap_kind, index, value):
    """Set or clear one bit."""
    offset = _bitmap_offset(ranges, range_index, bitmap_kind)
    word = index >> 5
    summary_index = offset + ranges[range_index, BITMAP_WORDS] + (word >> 5)
    if value:
        bits[offset + word] |= 1 << (index & 31)
        bits[summary_index] |= 1 << (word & 31)
    else:
        bits[offset + word] &= ~(1 << (index & 31))
        if bits[offset + word] == 0:
            bits[summary_index] &= ~(1 << (word & 31))


@internal
def _next_set_bit(bits, offset, words, summary_words, index):
    """Return the first set bit at an index or behind it; -1 for none."""
    word = index >> 5
    remaining_bits = bits[offset + word] >> (index & 31)
    if remaining_bits != 0:
        return index + _lowest_set_bit(remaining_bits)
    word += 1
    if word >= words:
        return -1
    summary_index = word >> 5
    remaining_bits = bits[offset + words + summary_index] >> (word & 31)
    if remaining_bits != 0:
        word += _lowest_set_bit(remaining_bits)
        return (word << 5) + _lowest_set_bit(bits[offset + word])
    summary_index += 1
    while summary_index < summary_words:
        remaining_bits = bits[offset + words + summary_index]
        if remaining_bits != 0:
            word = (summary_index << 5) + _lowest_set_bit(remaining_bits)
            return (word << 5) + _lowest_set_bit(bits[offset + word])
        summary_index += 1
    return -1


@internal
def find_set_bit(bits, ranges, range_index, bitmap_kind, start):
    """Return the first set bit from a start on, wrapping round; -1 for none."""
    offset = _bitmap_offset(ranges, range_index, bitmap_kind)
    words, summary_words = ranges[range_index, BITMAP_WORDS], ranges[range_index, SUMMARY_WORDS]
    bit = _next_set_bit(bits, offset, words, summary_words, start)
    return bit if bit >= 0 else _next_set_bit(bits, offset, words, summary_words, 0)
