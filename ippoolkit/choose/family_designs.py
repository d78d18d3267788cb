"""The designs of one family for one set of pools, and the one of them that is picked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ..address_space import AddressSpace
from ..cidr import Cidr, IPVersion
from .need import PoolSet
from .search import Design, DesignSpace


@dataclass(frozen=True, eq=False)
class FamilyDesigns:
    """All designs of one family for the groups that share pools; `best` are those that no other one beats.

    `address_space` is where their pools may lie.
    """

    pool_set: PoolSet
    space: DesignSpace
    address_space: AddressSpace

    @property
    def family(self) -> IPVersion:
        """Address family, 4 or 6."""
        return self.space.family

    @cached_property
    def best(self) -> list[Design]:
        """Fewest addresses first, then fewest routes; empty where nothing holds."""
        return self.space.best()


@dataclass(frozen=True, slots=True)
class Pick:
    """The design that is recommended for one family of a set of pools, and a range for each rack's pool.

    `by_hand` marks one that was picked by its number.
    """

    designs: FamilyDesigns
    design: Design
    cidrs: tuple[Cidr, ...] = ()
    by_hand: bool = False
