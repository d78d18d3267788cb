"""Numbers of 128 bits, such as a block's index in a range of IPv6, as the bits of two signed ones of 64.

Compiled but for `split_128` and `join_128`, which Python calls.
"""

from __future__ import annotations

from .compilation import internal

_SIGN_BIT = -(1 << 63)
_INT64_MAX = (1 << 63) - 1


def split_128(number: int) -> tuple[int, int]:
    """Return the bits of a number of up to 128 bits as two signed numbers of 64."""
    halves = number >> 64 & ((1 << 64) - 1), number & ((1 << 64) - 1)
    high, low = (half - (1 << 64) if half >> 63 else half for half in halves)
    return high, low


def join_128(high: int, low: int) -> int:
    """Return the number behind two halves of bits."""
    return (high % (1 << 64)) << 64 | low % (1 << 64)


@internal
def is_less_128(high, low, other_high, other_low):
    """Compare unsigned numbers of 128 bits."""
    if high != other_high:
        return (high ^ _SIGN_BIT) < (other_high ^ _SIGN_BIT)
    return (low ^ _SIGN_BIT) < (other_low ^ _SIGN_BIT)


@internal
def increment_128(high, low):
    """Add one to an unsigned number of 128 bits."""
    if low != -1:
        return high, _SIGN_BIT if low == _INT64_MAX else low + 1
    return (0 if high == -1 else _SIGN_BIT if high == _INT64_MAX else high + 1), 0


@internal
def extract_16_bits(high, low, lowest_bit):
    """Return 16 bits of a number of 128 bits from a position on; below it stand zeros."""
    if lowest_bit >= 64:
        return high >> (lowest_bit - 64) & 0xFFFF
    if lowest_bit > 48:
        return (low >> lowest_bit & ((1 << (64 - lowest_bit)) - 1) | high << (64 - lowest_bit)) & 0xFFFF
    if lowest_bit >= 0:
        return low >> lowest_bit & 0xFFFF
    return low << -lowest_bit & 0xFFFF if lowest_bit > -16 else 0
