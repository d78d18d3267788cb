"""Blocks where pools come and go: those that stand in a new pool's range, and pools that overlap."""

from __future__ import annotations

from dataclasses import dataclass

from ..cidr import address_of
from . import bitmap, blocks, layout
from .memory import Memory, Range, split


@dataclass(slots=True)
class Overlaps(Memory):
    """Adds which range a block belongs to."""

    def _bring_home(self, of: int) -> None:
        """Let blocks that stand in a new pool's range belong to it; those of other sizes to a range of their own."""
        each = self._ranges[of]
        for size in {cidr.prefix for _, cidr in self.slots() if cidr in each.cidr}:
            self._move(self._range(each.cidr, size))

    def _move(self, of: int) -> None:
        """Let the blocks of a range's size that stand in it, and in none that is smaller, belong to it."""
        each, moved = self._ranges[of], []
        for slot, cidr in self.slots():
            row = self.state.blocks[slot]
            home = self._ranges[row[layout.OF_RANGE]]
            smaller = home.cidr in each.cidr and home.pool and home.cidr != each.cidr
            if row[layout.OF_RANGE] != of and cidr in each.cidr and cidr.prefix == each.size and not smaller:
                index = each.cidr.index_of(address_of(cidr.version, cidr.first), cidr.prefix)
                self._leave_range(slot)
                row[layout.OF_RANGE] = of
                self.state.wide[slot, layout.INDEX_HI], self.state.wide[slot, layout.INDEX_LO] = split(index)
                moved.append(slot)
        if moved:
            self._hash_anew(len(self.state.table))
            self._open_range(of)
            for slot in moved:
                blocks.reserve(self.state, slot)

    def _leave_range(self, slot: int) -> None:
        """Let a range know nothing of a block that moves to another."""
        state, of = self.state, int(self.state.blocks[slot, layout.OF_RANGE])
        if state.ranges[of, layout.COUNT] >= 0:
            for which in (layout.AVAILABLE, layout.EMPTY):
                bitmap.put(state.bits, state.ranges, of, which, int(state.wide[slot, layout.INDEX_LO]), on=False)

    def _mirror(self) -> None:
        """Where pools overlap, which only kubectl lets them: what is claimed by the one is not free in the other."""
        if not self._overlapping:
            return
        for large, outer in enumerate(self._ranges):
            inside = [of for of, each in enumerate(self._ranges) if _is_overlap(each, outer)]
            for of in inside:
                self._move(of)
            if not inside or self.state.ranges[large, layout.COUNT] <= 0:
                continue
            self._open_range(large)
            for slot, cidr in self.slots():
                if self.state.blocks[slot, layout.OF_RANGE] in inside:
                    index = outer.cidr.index_of(address_of(cidr.version, cidr.first), outer.size)
                    bitmap.put(self.state.bits, self.state.ranges, large, layout.UNCLAIMED, index, on=False)
                elif self.state.blocks[slot, layout.OF_RANGE] == large:
                    blocks.reserve(self.state, slot)


def _is_overlap(each: Range, outer: Range) -> bool:
    """Whether a pool's range lies inside a larger one of another pool, with blocks of the same size."""
    pools = bool(each.pool and outer.pool)
    return pools and each.size == outer.size and each.cidr != outer.cidr and each.cidr in outer.cidr
