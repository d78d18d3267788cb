"""`Ipam`: one datastore and everything that is done to it, in and out as dumps show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..cidr import Cidr, Coverage, address_of
from ..limits import WINDOWS_HANDLE
from ..model.calico import Allocation, Block
from . import blocks, bulk, core, layout
from .controllers import Controllers
from .memory import LOAD_BALANCER, split


@dataclass(slots=True)
class Ipam(Controllers):
    """One datastore, and the operations of Calico's IPAM on it.

    Parameters
    ----------
    datastore
        ``kubernetes`` or ``etcd``; it decides the order in which a node fills its own IPv6 blocks.
    seed
        Of the draws that Calico makes by the clock: where a node starts looking in pools whose blocks have one address.
    """

    def restore(self, block: Block) -> None:
        """Put a block as a dump shows it: its affinity, who holds what, the order of its free addresses."""
        host = block.affinity.partition(":")[2]
        node = self._node(host)
        if host == LOAD_BALANCER:
            node.exists, self.state.alive[node.number] = True, 1
        of = self._home(block.cidr)
        each = self._ranges[of]
        self._grow(np.array([[of, 0, -1]], np.int64))
        high, low = split(each.cidr.index_of(address_of(block.cidr.version, block.cidr.first), each.size))
        slot = int(blocks.make(self.state, of, high, low, node.number, 0, 0, 0))
        numbers = {held.ordinal: self._holder(held, host) for held in block.allocations}
        state, row = self.state, self.state.blocks[slot]
        offset, size = int(row[layout.OFFSET]), block.cidr.size
        free = [ordinal for ordinal in block.unallocated if ordinal < size and ordinal not in numbers]
        free += sorted(set(range(size)) - set(free) - set(numbers))
        row[layout.HEAD] = free[0] if free else -1
        row[layout.TAIL] = free[-1] if free else -1
        state.cells[offset + np.array(free, np.int64), layout.AFTER] = [*free[1:], -1][: len(free)]
        for ordinal, number in numbers.items():
            state.cells[offset + ordinal, layout.HOLDER] = number
            if number >= 0:
                state.cells[offset + ordinal, layout.SIBLING] = state.handles[number, layout.FIRST]
                state.handles[number, layout.FIRST] = offset + ordinal
        kept = list(numbers.values())
        row[layout.WINDOWS] = kept.count(layout.FOR_WINDOWS)
        row[layout.COOLING] = kept.count(layout.IS_COOLING)
        row[layout.USED] = len(kept) - int(row[layout.COOLING])
        state.wide[slot, layout.CLAIMED] = int(state.meta[layout.NOW]) - core.RECLAIM_AGE
        blocks.reserve(state, slot)
        if not host:
            blocks.let_go(state, slot)
        if row[layout.COOLING]:
            self._cool_anew(int(state.meta[layout.COOLDOWN]))

    def carry_out(self, events: NDArray[np.int64], rows: NDArray[np.int64], requests: NDArray[np.int64]) -> Any:
        """Carry many events out; return an answer to each.

        Parameters
        ----------
        events
            A row each, with the columns of `bulk`, in order of time.
        rows, requests
            The ranges of all requests, as `ranges` returns them, and the requests, with the columns of `bulk`.
        """
        answers = np.zeros(len(events), np.int64)
        out = np.zeros(layout.MOST_HELD, np.int64)
        begin = 0
        while True:
            begin = bulk.run(
                self.state, events, begin, rows, requests, answers,
                self.config.strict_affinity, self.config.auto_allocate_blocks, out,
            )  # fmt: skip
            if begin == len(events):
                return answers
            self.make_room(2)

    def _holder(self, held: Allocation, host: str) -> int:
        """Return what stands for an allocation of a dump."""
        if held.released_at:
            return layout.IS_COOLING
        if held.handle == WINDOWS_HANDLE:
            return layout.FOR_WINDOWS
        if held.type:
            self._tunnels.add(held.handle)
        number = self.number_of(held.handle)
        self.state.handles[number, layout.PLACED] = self._node(held.node or host).number
        return number

    def _home(self, cidr: Cidr) -> int:
        """Return the range of the pool that holds a block, or one for a block in none."""
        for pool in self.pools.values():
            if cidr in pool.cidr and cidr.prefix == pool.block_size:
                return self._range(pool.cidr, pool.block_size)
        return self._range(cidr, cidr.prefix)

    def blocks(self) -> list[dict[str, Any]]:
        """Return every block: IPv4 then IPv6, sorted by the text of its range."""
        found = sorted(self.slots(), key=lambda pair: (pair[1].version, str(pair[1])))
        return [self._block(slot, cidr) for slot, cidr in found]

    def utilization(self) -> list[dict[str, Any]]:
        """Return for each pool, and for blocks in none, the addresses: all, in use, reserved, available."""
        blocks = self.slots()
        reserved = [cidr for cidrs in self.reservations.values() for cidr in cidrs]
        rows = []
        for name, pool in sorted(self.pools.items(), key=lambda item: str(item[1].cidr)):
            inside = [slot for slot, cidr in blocks if cidr in pool.cidr]
            kept = Coverage.of(pool.cidr, reserved).addresses
            in_use = free_reserved = 0
            for slot in inside:
                row = self.state.blocks[slot]
                offset, size = int(row[layout.OFFSET]), 1 << int(self.state.ranges[row[layout.OF_RANGE], layout.SHIFT])
                busy = self.state.cells[offset : offset + size, layout.HOLDER] != layout.IN_QUEUE
                in_use += int(busy.sum())
                free_reserved += int((busy & (self.state.kept[offset : offset + size] == 1)).sum())
            available = pool.cidr.size - in_use - kept + free_reserved
            rows.append(_usage(name, str(pool.cidr), pool.cidr.size, in_use, kept, available, len(inside)))
        orphans = [(slot, cidr) for slot, cidr in blocks if not any(cidr in pool.cidr for pool in self.pools.values())]
        in_use = capacity = 0
        for slot, cidr in orphans:
            offset = int(self.state.blocks[slot, layout.OFFSET])
            in_use += int((self.state.cells[offset : offset + cidr.size, layout.HOLDER] != layout.IN_QUEUE).sum())
            capacity += cidr.size
        orphaned = _usage(
            "orphaned allocation blocks", "0.0.0.0/0", capacity, in_use, 0, capacity - in_use, len(orphans)
        )
        return [orphaned, *rows]

    def _block(self, slot: int, cidr: Cidr) -> dict[str, Any]:
        row, state = self.state.blocks[slot], self.state
        offset, owner = int(row[layout.OFFSET]), int(row[layout.OWNER])
        free, ordinal = [], int(row[layout.HEAD])
        while ordinal >= 0:
            free.append(ordinal)
            ordinal = int(state.cells[offset + ordinal, layout.AFTER])
        allocated: dict[str, list[int]] = {}
        cooling = []
        for ordinal in range(cidr.size):
            holder = int(state.cells[offset + ordinal, layout.HOLDER])
            if holder >= 0:
                allocated.setdefault(self.handles.name_of(holder), []).append(ordinal)
            elif holder == layout.FOR_WINDOWS:
                allocated.setdefault(WINDOWS_HANDLE, []).append(ordinal)
            elif holder in (layout.IS_COOLING, layout.HAS_COOLED):
                cooling.append(ordinal)
        name = self._node_names[owner] if owner >= 0 else ""
        affinity = f"virtual:{name}" if name == LOAD_BALANCER else f"host:{name}" if name else ""
        return {"cidr": cidr, "affinity": affinity, "free": free, "allocated": allocated, "cooling": cooling}


def _usage(  # noqa: PLR0917 (columns of a row)
    name: str, cidr: str, capacity: int, in_use: int, reserved: int, available: int, blocks: int
) -> dict[str, Any]:
    return {
        "name": name, "cidr": cidr, "capacity": capacity, "inUse": in_use, "reserved": reserved,
        "available": available, "blocks": blocks,
    }  # fmt: skip
