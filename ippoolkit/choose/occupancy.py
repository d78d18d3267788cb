"""A picture of an address space in cells: how much of each is taken, and by whom."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ..address_space import AddressSpace
from ..address_space.ranges import Ranges
from ..cidr import Cidr

MOST_STRIPS = 12


@dataclass(frozen=True, slots=True)
class Cell:
    """A part of a strip: `taken` of its addresses are in use; `owners` by whom, who holds most of it first."""

    cidr: Cidr
    taken: int
    owners: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """Share of its addresses that are taken."""
        return self.taken / self.cidr.size


@dataclass(frozen=True, slots=True)
class Strip:
    """A range that was looked in, cut into cells of one size, ascending."""

    within: Cidr
    cells: tuple[Cell, ...]

    @property
    def is_free(self) -> bool:
        """Whether all of it is free."""
        return not any(cell.taken for cell in self.cells)


def occupancy(address_space: AddressSpace, *, cells: int = 256) -> list[Strip]:
    """Cut each range that was looked in into cells.

    Parameters
    ----------
    address_space
        Ranges and the networks in them.
    cells
        Cells of a range at most; a power of two.
    """
    outer = [
        cidr
        for cidr in address_space.within
        if not any(cidr != larger and cidr in larger for larger in address_space.within)
    ]
    return [_strip(address_space, cidr, cells) for cidr in dict.fromkeys(outer[:MOST_STRIPS])]


def owners_of(strips: list[Strip]) -> list[str]:
    """Return who holds cells of the strips, who holds most cells first."""
    counts = Counter(cell.owners[0] for strip in strips for cell in strip.cells if cell.owners)
    return [owner for owner, _ in counts.most_common()]


def _strip(address_space: AddressSpace, within: Cidr, cells: int) -> Strip:
    spare = min(cells.bit_length() - 1, within.bits - within.prefix)
    shift = within.bits - within.prefix - spare
    size = 1 << shift
    networks = [network for network in address_space.in_use if network.cidr.overlaps(within)]
    covered = [0] * (1 << spare)
    merged = Ranges.covering(within.version, (network.cidr for network in networks))
    for first, last in zip(merged.firsts.tolist(), merged.lasts.tolist(), strict=True):
        begin, end = max(first - within.first, 0), min(last - within.first, within.size - 1)
        for index in range(begin >> shift, (end >> shift) + 1):
            covered[index] += min(end, (index + 1) * size - 1) - max(begin, index * size) + 1
    owners: list[Counter[str]] = [Counter() for _ in covered]
    for network in networks:
        begin = max(network.cidr.first - within.first, 0)
        end = min(network.cidr.last - within.first, within.size - 1)
        for index in range(begin >> shift, (end >> shift) + 1):
            owners[index][network.owner] += min(network.cidr.size, size)
    return Strip(
        within,
        tuple(
            Cell(
                Cidr(within.version, within.first + index * size, within.prefix + spare),
                taken,
                tuple(owner for owner, _ in owners[index].most_common()),
            )
            for index, taken in enumerate(covered)
        ),
    )
