"""`Ipam`: one datastore and everything that is done to it, in and out as dumps show it."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..calico.limits import LOAD_BALANCER_AFFINITY, LOAD_BALANCER_HOST, WINDOWS_HANDLE
from ..calico.releases import NEWEST, Release
from ..cidr import Cidr
from ..model import Allocation, Block, IPAMConfig
from . import batch_events, blocks, layout
from .cluster_resources import ClusterResources
from .cni_requests import CniRequests
from .int128 import split_128
from .kube_controllers import KubeControllers
from .request_table import RequestTable
from .state_store import Datastore, StateStore


class Ipam:
    """One datastore, and those who work on it.

    Parameters
    ----------
    datastore
        ``kubernetes`` or ``etcd``; it decides the order in which a node fills its own IPv6 blocks.
    seed
        Of the draws that Calico makes by the clock: where a node starts looking in pools whose blocks have one address.
    config
        The IPAM configuration; `ClusterResources.configure` changes it.
    release
        The release of Calico.

    Attributes
    ----------
    store
        What the datastore holds.
    resources
        Pools, nodes, configuration and reservations, as their operator changes them.
    requests
        The CNI plugin's requests for addresses.
    controllers
        Time, and kube-controllers in it.
    """

    __slots__ = ("controllers", "requests", "resources", "store")

    def __init__(
        self,
        *,
        datastore: Datastore = "kubernetes",
        seed: int = 0,
        config: IPAMConfig | None = None,
        release: Release = NEWEST,
    ) -> None:
        self.store = StateStore(datastore, seed, config or IPAMConfig(), release)
        self.resources = ClusterResources(self.store)
        self.requests = CniRequests(self.resources)
        self.controllers = KubeControllers(self.requests)

    def copy(self) -> Ipam:
        """Return an engine of its own in the same state."""
        return copy.deepcopy(self)

    def restore_block(self, block: Block) -> None:
        """Put a block as a dump shows it: its affinity, who holds what, the order of its free addresses."""
        host = block.affinity.partition(":")[2]
        node = self.store.node(host)
        if host == LOAD_BALANCER_HOST:
            node.exists, self.store.state.exists[node.number] = True, 1
        range_index = self._range_of_block(block.cidr)
        block_range = self.store.ranges[range_index]
        self.store.ensure_block_capacity(1, [range_index])
        high, low = split_128(block_range.block_index(block.cidr.first))
        slot = int(blocks.create_block(self.store.state, range_index, high, low, node.number, 0, is_windows=False))
        holders = {allocation.ordinal: self._holder_code(allocation, host) for allocation in block.allocations}
        state, row = self.store.state, self.store.state.blocks[slot]
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
            self.store.set_cooldown(int(state.meta[layout.COOLDOWN_PERIOD]))

    def run_events(self, events: NDArray[np.int64], request_table: RequestTable) -> Any:
        """Carry many events out; return an answer to each.

        Parameters
        ----------
        events
            A row each, with the columns of `batch_events`, in order of time.
        request_table
            The requests that events name by number.
        """
        ranges, requests = request_table.to_arrays()
        statuses = np.zeros(len(events), np.int64)
        out = np.zeros(layout.RELEASE_BATCH, np.int64)
        first_event = 0
        while True:
            first_event = batch_events.run_events(
                self.store.state,
                events,
                first_event,
                ranges,
                requests,
                statuses,
                self.store.config.strict_affinity,
                self.store.config.auto_allocate_blocks,
                out,
            )
            if first_event == len(events):
                return statuses
            self.store.ensure_block_capacity(2)

    def count_addresses(self) -> NDArray[np.int64]:
        """Return for each row of blocks how many addresses are in use, how many of these borrowed, how many cool."""
        state = self.store.state
        counts = np.zeros((int(state.meta[layout.SLOT_COUNT]), 3), np.int64)
        batch_events.count_addresses(state, counts)
        return counts

    def _holder_code(self, allocation: Allocation, host: str) -> int:
        """Return what stands for an allocation of a dump."""
        if allocation.released_at:
            return layout.COOLING_DOWN
        if allocation.handle == WINDOWS_HANDLE:
            return layout.WINDOWS_RESERVED
        if allocation.type:
            self.store.tunnel_handles.add(allocation.handle)
        number = self.store.handle_number(allocation.handle)
        self.store.state.handles[number, layout.REQUESTING_NODE] = self.store.node(allocation.node or host).number
        return number

    def _range_of_block(self, cidr: Cidr) -> int:
        """Return the range of the pool that holds a block, or one for a block in none."""
        for pool in self.store.pools.values():
            if cidr in pool.cidr and cidr.prefix == pool.block_size:
                return self.store.ensure_range(pool.cidr, pool.block_size)
        return self.store.ensure_range(cidr, cidr.prefix)

    def blocks(self) -> list[dict[str, Any]]:
        """Return every block: IPv4 then IPv6, sorted by the text of its range."""
        sorted_slots = sorted(self.store.slots(), key=lambda pair: (pair[1].version, str(pair[1])))
        return [self._block_record(slot, cidr) for slot, cidr in sorted_slots]

    def _block_record(self, slot: int, cidr: Cidr) -> dict[str, Any]:
        row, state = self.store.state.blocks[slot], self.store.state
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
                allocated.setdefault(self.store.handles.name_of(holder), []).append(ordinal)
            elif holder == layout.WINDOWS_RESERVED:
                allocated.setdefault(WINDOWS_HANDLE, []).append(ordinal)
            elif holder in (layout.COOLING_DOWN, layout.COOLED_DOWN):
                cooling.append(ordinal)
        name = self.store.node_names[owner] if owner >= 0 else ""
        affinity = LOAD_BALANCER_AFFINITY if name == LOAD_BALANCER_HOST else f"host:{name}" if name else ""
        return {"cidr": cidr, "affinity": affinity, "free": free, "allocated": allocated, "cooling": cooling}
