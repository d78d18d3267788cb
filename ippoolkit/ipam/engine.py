"""`Ipam`: one datastore and everything that is done to it, in and out as dumps show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..calico.limits import LOAD_BALANCER_AFFINITY, LOAD_BALANCER_HOST, WINDOWS_HANDLE
from ..cidr import Cidr, Coverage, address_from_int
from ..model.calico_objects import Allocation, Block
from . import batch_events, blocks, layout
from .kube_controllers import KubeControllers
from .state_store import split_128


@dataclass(slots=True)
class Ipam(KubeControllers):
    """One datastore, and the operations of Calico's IPAM on it.

    Parameters
    ----------
    datastore
        ``kubernetes`` or ``etcd``; it decides the order in which a node fills its own IPv6 blocks.
    seed
        Of the draws that Calico makes by the clock: where a node starts looking in pools whose blocks have one address.
    """

    def restore_block(self, block: Block) -> None:
        """Put a block as a dump shows it: its affinity, who holds what, the order of its free addresses."""
        host = block.affinity.partition(":")[2]
        node = self._node(host)
        if host == LOAD_BALANCER_HOST:
            node.exists, self.state.alive[node.number] = True, 1
        range_index = self._range_of_block(block.cidr)
        block_range = self._ranges[range_index]
        self._ensure_capacity(np.array([[range_index, 0, -1]], np.int64))
        high, low = split_128(
            block_range.cidr.subnet_index_of(
                address_from_int(block.cidr.version, block.cidr.first), block_range.block_size
            )
        )
        slot = int(blocks.create_block(self.state, range_index, high, low, node.number, 0, 0, 0))
        holders = {allocation.ordinal: self._holder_code(allocation, host) for allocation in block.allocations}
        state, row = self.state, self.state.blocks[slot]
        offset, size = int(row[layout.OFFSET]), block.cidr.size
        free = [ordinal for ordinal in block.unallocated if ordinal < size and ordinal not in holders]
        free += sorted(set(range(size)) - set(free) - set(holders))
        row[layout.QUEUE_HEAD] = free[0] if free else -1
        row[layout.QUEUE_TAIL] = free[-1] if free else -1
        state.cells[offset + np.array(free, np.int64), layout.NEXT_FREE] = [*free[1:], -1][: len(free)]
        for ordinal, holder in holders.items():
            state.cells[offset + ordinal, layout.HOLDER] = holder
            if holder >= 0:
                state.cells[offset + ordinal, layout.NEXT_OF_HANDLE] = state.handles[holder, layout.FIRST_ADDRESS]
                state.handles[holder, layout.FIRST_ADDRESS] = offset + ordinal
        holder_codes = list(holders.values())
        row[layout.WINDOWS_COUNT] = holder_codes.count(layout.WINDOWS_RESERVED)
        row[layout.COOLING_COUNT] = holder_codes.count(layout.COOLING_DOWN)
        row[layout.USED] = len(holder_codes) - int(row[layout.COOLING_COUNT])
        state.wide[slot, layout.CLAIMED_AT] = int(state.meta[layout.NOW]) - layout.DEFAULT_RECLAIM_AGE
        blocks.apply_reservations(state, slot)
        if not host:
            blocks.release_affinity(state, slot)
        if row[layout.COOLING_COUNT]:
            self._set_cooldown(int(state.meta[layout.COOLDOWN_PERIOD]))

    def run_events(self, events: NDArray[np.int64], ranges: NDArray[np.int64], requests: NDArray[np.int64]) -> Any:
        """Carry many events out; return an answer to each.

        Parameters
        ----------
        events
            A row each, with the columns of `bulk`, in order of time.
        rows, requests
            The ranges of all requests, as `ranges` returns them, and the requests, with the columns of `bulk`.
        """
        statuses = np.zeros(len(events), np.int64)
        out = np.zeros(layout.RELEASE_BATCH, np.int64)
        first_event = 0
        while True:
            first_event = batch_events.run_events(
                self.state,
                events,
                first_event,
                ranges,
                requests,
                statuses,
                self.config.strict_affinity,
                self.config.auto_allocate_blocks,
                out,
            )
            if first_event == len(events):
                return statuses
            self.ensure_block_capacity(2)

    def _holder_code(self, allocation: Allocation, host: str) -> int:
        """Return what stands for an allocation of a dump."""
        if allocation.released_at:
            return layout.COOLING_DOWN
        if allocation.handle == WINDOWS_HANDLE:
            return layout.WINDOWS_RESERVED
        if allocation.type:
            self._tunnel_handles.add(allocation.handle)
        number = self.handle_number(allocation.handle)
        self.state.handles[number, layout.REQUESTING_NODE] = self._node(allocation.node or host).number
        return number

    def _range_of_block(self, cidr: Cidr) -> int:
        """Return the range of the pool that holds a block, or one for a block in none."""
        for pool in self.pools.values():
            if cidr in pool.cidr and cidr.prefix == pool.block_size:
                return self._range_index(pool.cidr, pool.block_size)
        return self._range_index(cidr, cidr.prefix)

    def blocks(self) -> list[dict[str, Any]]:
        """Return every block: IPv4 then IPv6, sorted by the text of its range."""
        sorted_slots = sorted(self.slots(), key=lambda pair: (pair[1].version, str(pair[1])))
        return [self._block_record(slot, cidr) for slot, cidr in sorted_slots]

    def utilization(self) -> list[dict[str, Any]]:
        """Return for each pool, and for blocks in none, the addresses: all, in use, reserved, available."""
        blocks = self.slots()
        reserved = [cidr for cidrs in self.reservations.values() for cidr in cidrs]
        rows = []
        for name, pool in sorted(self.pools.items(), key=lambda item: str(item[1].cidr)):
            pool_slots = [slot for slot, cidr in blocks if cidr in pool.cidr]
            counts_reserved = self.release.has("utilization-reserved")
            reserved_count = Coverage.from_cidrs(pool.cidr, reserved).address_count if counts_reserved else 0
            in_use = free_reserved = 0
            for slot in pool_slots:
                row = self.state.blocks[slot]
                offset, size = (
                    int(row[layout.OFFSET]),
                    1 << int(self.state.ranges[row[layout.RANGE_INDEX], layout.ORDINAL_BITS]),
                )
                in_use_mask = self.state.cells[offset : offset + size, layout.HOLDER] != layout.FREE
                in_use += int(in_use_mask.sum())
                free_reserved += counts_reserved * int(
                    (in_use_mask & (self.state.kept[offset : offset + size] == 1)).sum()
                )
            available = pool.cidr.size - in_use - reserved_count + free_reserved
            rows.append(
                _utilization_row(
                    name, str(pool.cidr), pool.cidr.size, in_use, reserved_count, available, len(pool_slots)
                )
            )
        orphans = [(slot, cidr) for slot, cidr in blocks if not any(cidr in pool.cidr for pool in self.pools.values())]
        in_use = capacity = 0
        for slot, cidr in orphans:
            offset = int(self.state.blocks[slot, layout.OFFSET])
            in_use += int((self.state.cells[offset : offset + cidr.size, layout.HOLDER] != layout.FREE).sum())
            capacity += cidr.size
        orphaned = _utilization_row(
            "orphaned allocation blocks", "0.0.0.0/0", capacity, in_use, 0, capacity - in_use, len(orphans)
        )
        return [orphaned, *rows]

    def _block_record(self, slot: int, cidr: Cidr) -> dict[str, Any]:
        row, state = self.state.blocks[slot], self.state
        offset, owner = int(row[layout.OFFSET]), int(row[layout.OWNER])
        free, ordinal = [], int(row[layout.QUEUE_HEAD])
        while ordinal >= 0:
            free.append(ordinal)
            ordinal = int(state.cells[offset + ordinal, layout.NEXT_FREE])
        allocated: dict[str, list[int]] = {}
        cooling = []
        for ordinal in range(cidr.size):
            holder = int(state.cells[offset + ordinal, layout.HOLDER])
            if holder >= 0:
                allocated.setdefault(self.handles.name_of(holder), []).append(ordinal)
            elif holder == layout.WINDOWS_RESERVED:
                allocated.setdefault(WINDOWS_HANDLE, []).append(ordinal)
            elif holder in (layout.COOLING_DOWN, layout.COOLED_DOWN):
                cooling.append(ordinal)
        name = self._node_names[owner] if owner >= 0 else ""
        affinity = LOAD_BALANCER_AFFINITY if name == LOAD_BALANCER_HOST else f"host:{name}" if name else ""
        return {"cidr": cidr, "affinity": affinity, "free": free, "allocated": allocated, "cooling": cooling}


def _utilization_row(  # noqa: PLR0917 (columns of a row)
    name: str, cidr: str, capacity: int, in_use: int, reserved: int, available: int, blocks: int
) -> dict[str, Any]:
    return {
        "name": name,
        "cidr": cidr,
        "capacity": capacity,
        "inUse": in_use,
        "reserved": reserved,
        "available": available,
        "blocks": blocks,
    }
