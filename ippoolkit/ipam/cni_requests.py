"""Requests for addresses, and their release."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..calico.pool_selection import Use, selects_node
from ..cidr import Address, Cidr, IPVersion
from ..findings import Finding
from . import assignment, blocks, layout
from .cluster_resources import ClusterResources
from .int128 import split_128
from .overlapping_pools import sync_overlapping_ranges
from .state_store import IpamError


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a request got: the addresses of each family in order, why there are not more, and what ended it."""

    v4: tuple[Address, ...] = ()
    v6: tuple[Address, ...] = ()
    messages: tuple[Finding, ...] = ()
    error: Finding | None = None


# Why a request ends early, by the answer of the core.
REFUSAL_CODES = {
    layout.BLOCK_LIMIT: "ipam-block-limit",
    layout.AUTO_ALLOCATE_OFF: "ipam-no-claims",
    layout.TOO_SMALL_FOR_WINDOWS: "ipam-windows-small",
}


class CniRequests:
    """What the CNI plugin asks for, and gives back."""

    __slots__ = ("_overcounted_handles", "resources", "store")

    def __init__(self, resources: ClusterResources) -> None:
        self.resources = resources
        self.store = resources.store
        self._overcounted_handles: set[str] = set()  # before v3.33: still counted, though some addresses are released

    def assign(
        self,
        host: str,
        handle: str,
        ipv4_count: int = 0,
        ipv6_count: int = 0,
        *,
        use: Use = "Workload",
        ipv4_pools: Sequence[str] = (),
        ipv6_pools: Sequence[str] = (),
        namespace_labels: Mapping[str, str] | None = None,
        max_blocks: int = 0,
        windows: bool = False,
    ) -> Assignment:
        """Ask for addresses, as the CNI plugin does for a pod.

        Parameters
        ----------
        host, handle
            The node, and what the addresses are held by.
        ipv4_count, ipv6_count
            How many of each family.
        use
            What for; `load-balancer` is the host that asks for LoadBalancer addresses.
        ipv4_pools, ipv6_pools
            Names or CIDRs of pools to draw from, in this order, whatever they select.
        namespace_labels
            Labels of the pod's namespace; None where there is none.
        max_blocks
            The request's own cap on blocks; 0 for none.
        windows
            Whether new blocks keep back the addresses that Windows needs.
        """
        addresses_by_version: dict[IPVersion, tuple[Address, ...]] = {4: (), 6: ()}
        messages: list[Finding] = []
        error: Finding | None = None
        families: list[tuple[IPVersion, int, tuple[str, ...]]] = [
            (4, ipv4_count, tuple(ipv4_pools)),
            (6, ipv6_count, tuple(ipv6_pools)),
        ]
        for version, requested, pool_names in families:
            if not requested:
                continue
            try:
                ranges, cidrs = self.resources.resolve_request(
                    host,
                    version,
                    use=use,
                    pool_names=pool_names,
                    namespace_labels=namespace_labels,
                    windows=windows,
                )
            except IpamError as refusal:
                error = refusal.finding
                break
            limit = self.resources.block_limit(max_blocks)
            node_number = self.store.node(host).number
            if use == "Tunnel":
                self.store.tunnel_handles.add(handle)
            addresses, status = self._assign(
                node_number, version, ranges, requested, self.store.handle_number(handle), limit, windows=windows
            )
            sync_overlapping_ranges(self.store)
            addresses_by_version[version] = tuple(addresses)
            if code := REFUSAL_CODES.get(status):
                params = {"cap": limit} if status == layout.BLOCK_LIMIT else {}
                error = Finding(code, host, params, release=self.store.release)
                if status == layout.BLOCK_LIMIT:
                    messages.append(Finding("ipam-limit-reached", host, params))
                break
            if len(addresses) < requested:
                code = "ipam-strict" if self.store.config.strict_affinity else "ipam-exhausted"
                messages.append(Finding(code, host, {"pools": ", ".join(cidrs)}))
        return Assignment(addresses_by_version[4], addresses_by_version[6], tuple(messages), error)

    def _assign(  # noqa: PLR0917 (as the core takes them)
        self, node: int, version: int, ranges: Any, requested: int, handle: int, limit: int, *, windows: bool
    ) -> tuple[list[Address], int]:
        self.store.state.handles[handle, layout.REQUESTING_NODE] = node
        addresses: list[Address] = []
        while True:
            assigned_addresses = np.zeros(requested - len(addresses), np.int64)
            assigned_count, status = assignment.assign(
                self.store.state,
                node,
                int(version == 6),
                ranges,
                len(ranges),
                len(assigned_addresses),
                handle,
                0,
                limit,
                self.store.config.strict_affinity,
                self.store.config.auto_allocate_blocks,
                windows,
                assigned_addresses,
            )
            addresses += [
                self.store.address_at(int(address_index)) for address_index in assigned_addresses[:assigned_count]
            ]
            if status != layout.ARRAYS_FULL:
                return addresses, int(status)
            self.store.ensure_block_capacity(1, ranges[:, layout.RANGE])

    def assign_ip(self, host: str, handle: str, address: Address, *, use: Use = "Workload") -> None:
        """Ask for one address by value."""
        address_index, range_index, index = self.store.locate(address)
        if range_index is None:
            raise IpamError("ipam-not-in-pool", address=str(address))
        owner_pool = self.store.pools.get(self.store.ranges[range_index].pool)
        if owner_pool and use not in owner_pool.allowed_uses and self.store.release.has("assign-ip-checks-use"):
            uses = ", ".join(owner_pool.allowed_uses)
            raise IpamError("ipam-use", address=str(address), pool=owner_pool.name, use=use, uses=uses)
        node = self.store.node(host)
        if address_index < 0:
            self.store.ensure_block_capacity(1, [range_index])
            pool = self.store.pools[self.store.ranges[range_index].pool]
            unselected = int(not selects_node(pool, node.labels))
            blocks.create_block(
                self.store.state, range_index, *split_128(index), node.number, unselected, is_windows=False
            )
            address_index, _, _ = self.store.locate(address)
        handle_number = self.store.handle_number(handle)
        status = assignment.assign_address(
            self.store.state, address_index, handle_number, node.number, self.store.config.strict_affinity
        )
        if status == layout.NOT_BLOCK_OWNER:
            raise IpamError("ipam-foreign", address=str(address))
        if status == layout.ALREADY_ASSIGNED:
            raise IpamError("ipam-taken", address=str(address))
        self.store.state.handles[handle_number, layout.REQUESTING_NODE] = node.number

    def release_handle(self, handle: str) -> None:
        """Free everything that a handle holds."""
        address_indexes = self.store.addresses_of_handle(handle)
        if not address_indexes:
            if handle in self._overcounted_handles:
                return
            raise IpamError("ipam-no-handle", handle=handle)
        self.store.release_addresses(address_indexes)
        self.store.leak_candidates.pop(handle, None)

    def release_ips(self, addresses: Iterable[Address]) -> list[Address]:
        """Free addresses by value; return those that nobody held."""
        address_indexes, not_assigned = [], []
        for address in dict.fromkeys(addresses):
            address_index, _, _ = self.store.locate(address)
            if address_index >= 0 and self.store.state.cells[address_index, layout.HOLDER] >= 0:
                address_indexes.append(address_index)
            else:
                not_assigned.append(address)
        if not self.store.release.has("handle-counts-exact"):
            self._note_overcounted_handles(address_indexes)
        self.store.release_addresses(address_indexes)
        return not_assigned

    def _note_overcounted_handles(self, address_indexes: Sequence[int]) -> None:
        """Note the handles of several addresses of one block, which lower their counts by one only."""
        handles_and_slots = set()
        for address_index in address_indexes:
            handle_and_slot = tuple(self.store.state.cells[address_index, [layout.HOLDER, layout.SLOT]].tolist())
            if handle_and_slot in handles_and_slots:
                self._overcounted_handles.add(self.store.handles.name_of(handle_and_slot[0]))
            handles_and_slots.add(handle_and_slot)

    def release_host_affinities(self, host: str, *, must_be_empty: bool = False) -> None:
        """Take the affinities of a node away; where they must be empty, those of others stay, and it is an error."""
        error = None
        node = self.store.nodes.get(host)
        for slot in self.store.slots_of_node(node.number) if node else ():
            if must_be_empty and not blocks.is_empty(self.store.state.blocks[slot]):
                error = IpamError("ipam-not-empty", block=str(self.store.block_cidr(slot)))
            else:
                self.store.release_slot_affinity(slot)
        if error:
            raise error

    def release_block_affinity(self, cidr: Cidr) -> None:
        """Take the affinity of one block away; an empty one goes."""
        for slot, block_cidr in self.store.slots():
            if block_cidr == cidr:
                self.store.release_slot_affinity(slot)

    def ips_by_handle(self, handle: str) -> list[Address]:
        """Return what a handle holds, in order; nothing for a handle that nobody knows."""
        addresses = map(self.store.address_at, self.store.addresses_of_handle(handle))
        return sorted(addresses, key=lambda address: (address.version, address))

    def is_unavailable(self, address: Address) -> bool:
        """Whether an address is in use, or cools."""
        address_index, _, _ = self.store.locate(address)
        free = (layout.FREE, layout.COOLED_DOWN)
        return address_index >= 0 and int(self.store.state.cells[address_index, layout.HOLDER]) not in free
