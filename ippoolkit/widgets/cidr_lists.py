"""Lists of ranges as people type them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..cidr import Cidr


def join_cidrs(cidrs: Iterable[Cidr]) -> str:
    """Return ranges with commas between."""
    return ", ".join(map(str, cidrs))


def split_cidrs(text: str, parse_cidr: Callable[[str], Cidr] = Cidr.parse) -> tuple[Cidr, ...]:
    """Return the ranges of a text.

    Raises
    ------
    CidrError
        For the first that is no range.
    """
    return tuple(parse_cidr(cidr_text.strip()) for cidr_text in text.split(",") if cidr_text.strip())
