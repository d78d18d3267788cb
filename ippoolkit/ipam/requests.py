"""Requests for addresses, and their release."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..cidr import Address, Cidr
from ..findings import Finding
from ..model.calico import Use
from . import blocks, core, layout
from .cluster import Cluster
from .memory import IpamError, split


@dataclass(frozen=True, slots=True)
class Assigned:
    """What a request got: the addresses of each family in order, why there are not more, and what ended it."""

    v4: tuple[Address, ...] = ()
    v6: tuple[Address, ...] = ()
    messages: tuple[Finding, ...] = ()
    error: Finding | None = None


@dataclass(slots=True)
class Requests(Cluster):
    """Adds what the CNI plugin does."""

    def assign(
        self,
        host: str,
        handle: str,
        v4: int = 0,
        v6: int = 0,
        *,
        use: Use = "Workload",
        pools4: Sequence[str] = (),
        pools6: Sequence[str] = (),
        namespace_labels: Mapping[str, str] | None = None,
        max_blocks: int = 0,
        windows: bool = False,
    ) -> Assigned:
        """Ask for addresses, as the CNI plugin does for a pod.

        Parameters
        ----------
        host, handle
            The node, and what the addresses are held by.
        v4, v6
            How many of each family.
        use
            What for; `load-balancer` is the host that asks for LoadBalancer addresses.
        pools4, pools6
            Names or CIDRs of pools to draw from, in this order, whatever they select.
        namespace_labels
            Labels of the pod's namespace; None where there is none.
        max_blocks
            The request's own cap on blocks; 0 for none.
        windows
            Whether new blocks keep back the addresses that Windows needs.
        """
        got: dict[int, tuple[Address, ...]] = {4: (), 6: ()}
        messages: list[Finding] = []
        for version, wanted, named in ((4, v4, tuple(pools4)), (6, v6, tuple(pools6))):
            if not wanted:
                continue
            try:
                ranges, cidrs = self._request(host, version, use, named, namespace_labels, windows=windows)
            except IpamError as error:
                return Assigned(got[4], got[6], tuple(messages), error.finding)
            cap = self.cap(max_blocks)
            number = self._node(host).number
            if use == "Tunnel":
                self._tunnels.add(handle)
            addresses, status = self._assign(
                number, version, ranges, wanted, self.number_of(handle), cap, windows=windows
            )
            self._mirror()
            got[version] = tuple(addresses)
            if status == layout.LIMIT:
                messages.append(Finding("ipam-limit-reached", host, {"cap": cap}))
                return Assigned(got[4], got[6], tuple(messages), Finding("ipam-block-limit", host, {"cap": cap}))
            if status == layout.NOT_CLAIMED:
                return Assigned(got[4], got[6], tuple(messages), Finding("ipam-no-claims", host))
            if status == layout.TOO_SMALL:
                return Assigned(got[4], got[6], tuple(messages), Finding("ipam-windows-small", host))
            if len(addresses) < wanted:
                code = "ipam-strict" if self.config.strict_affinity else "ipam-exhausted"
                messages.append(Finding(code, host, {"pools": ", ".join(cidrs)}))
        return Assigned(got[4], got[6], tuple(messages))

    def _assign(  # noqa: PLR0917 (as the core takes them)
        self, node: int, version: int, ranges: Any, wanted: int, handle: int, cap: int, *, windows: bool
    ) -> tuple[list[Address], int]:
        self.state.handles[handle, layout.PLACED] = node
        found: list[Address] = []
        while True:
            out = np.zeros(wanted - len(found), np.int64)
            done, status = core.assign(
                self.state, node, int(version == 6), ranges, len(ranges), len(out), handle, 0, cap,
                self.config.strict_affinity, self.config.auto_allocate_blocks, windows, out,
            )  # fmt: skip
            found += [self._address(int(at)) for at in out[:done]]
            if status != layout.FULL:
                return found, int(status)
            self._grow(ranges)

    def assign_ip(self, host: str, handle: str, address: Address) -> None:
        """Ask for one address by value."""
        at, of, index = self._find(address)
        if of is None:
            raise IpamError("ipam-not-in-pool", address=str(address))
        node = self._node(host)
        if at < 0:
            self._grow(np.array([[of, 0, -1]], np.int64))
            pool = self.pools[self._ranges[of].pool]
            unselected = int(not self._selects(pool, node, host))
            slot = blocks.make(self.state, of, *split(index), node.number, 0, 0, unselected)
            at = int(self.state.blocks[slot, layout.OFFSET]) + self._ordinal(of, address)
        number = self.number_of(handle)
        status = core.assign_this(self.state, at, number, node.number, self.config.strict_affinity)
        if status == layout.FOREIGN:
            raise IpamError("ipam-foreign", address=str(address))
        if status == layout.TAKEN:
            raise IpamError("ipam-taken", address=str(address))
        self.state.handles[number, layout.PLACED] = node.number

    def release(self, handle: str) -> None:
        """Free everything that a handle holds."""
        number = self.handles.get(handle, -1)
        at = int(self.state.handles[number, layout.FIRST]) if number >= 0 else -1
        if at < 0:
            raise IpamError("ipam-no-handle", handle=handle)
        held = []
        while at >= 0:
            held.append(at)
            at = int(self.state.cells[at, layout.SIBLING])
        self._release(held)
        self._suspects.pop(handle, None)

    def release_ips(self, addresses: Iterable[Address]) -> list[Address]:
        """Free addresses by value; return those that nobody held."""
        held, unheld = [], []
        for address in dict.fromkeys(addresses):
            at, _, _ = self._find(address)
            if at >= 0 and self.state.cells[at, layout.HOLDER] >= 0:
                held.append(at)
            else:
                unheld.append(address)
        self._release(held)
        return unheld

    def release_host(self, host: str, *, must_be_empty: bool = False) -> None:
        """Take the affinities of a node away; where they must be empty, those of others stay, and it is an error."""
        error = None
        node = self.nodes.get(host)
        for slot in self._held(node.number) if node else ():
            if must_be_empty and not blocks.is_empty(self.state.blocks[slot]):
                error = IpamError("ipam-not-empty", block=str(self._cidr(slot)))
            else:
                self._release_affinity(slot)
        if error:
            raise error

    def release_affinity(self, cidr: Cidr) -> None:
        """Take the affinity of one block away; an empty one goes."""
        for slot, each in self.slots():
            if each == cidr:
                self._release_affinity(slot)

    def addresses_of(self, handle: str) -> list[Address]:
        """Return what a handle holds, in order; nothing for a handle that nobody knows."""
        number = self.handles.get(handle, -1)
        at = int(self.state.handles[number, layout.FIRST]) if number >= 0 else -1
        found = []
        while at >= 0:
            found.append(self._address(at))
            at = int(self.state.cells[at, layout.SIBLING])
        return sorted(found, key=lambda each: (each.version, each))

    def is_held(self, address: Address) -> bool:
        """Whether an address is in use, or cools."""
        at, _, _ = self._find(address)
        free = (layout.IN_QUEUE, layout.HAS_COOLED)
        return at >= 0 and int(self.state.cells[at, layout.HOLDER]) not in free
