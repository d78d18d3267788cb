"""Pools, nodes, configuration and reservations, and which pools a request may draw from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..cidr import BITS, Cidr
from ..limits import DEFAULT_MAX_BLOCKS
from ..model import IPPool
from ..model.calico import Use
from ..selectors import SelectorError, parse
from . import layout
from .memory import LOAD_BALANCER, MICRO, IpamError, Node
from .overlaps import Overlaps

_WINDOWS_SIZES = {4: 29, 6: 125}  # blockSizes above are too small for Windows


@dataclass(slots=True)
class Cluster(Overlaps):
    """Adds what a cluster's operator does."""

    def create_pool(self, pool: IPPool, *, checked: bool = True) -> None:
        """Create a pool; not `checked`: as kubectl does, which lets it overlap others and blocks of another size."""
        if pool.name in self.pools:
            raise IpamError("exists-already", kind="IPPool", name=pool.name)
        if checked:
            self._check_range(pool)
        self.pools[pool.name] = pool
        self._take_range(pool)

    def _check_range(self, pool: IPPool) -> None:
        """Refuse a pool that overlaps another, or that holds blocks of another size."""
        for name, other in sorted(self.pools.items()):
            if name != pool.name and other.cidr.overlaps(pool.cidr):
                raise IpamError("pools-overlap", cidr=str(pool.cidr), other=name, other_cidr=str(other.cidr))
        others = [cidr for _, cidr in self.slots() if cidr.overlaps(pool.cidr) and cidr.prefix != pool.block_size]
        if others:
            size, first = pool.block_size, str(min(others))
            raise IpamError("blocks-of-other-size", count=len(others), cidr=str(pool.cidr), size=size, first=first)

    def _take_range(self, pool: IPPool) -> None:
        """Give a pool its range, with the blocks that stand in it."""
        of = self._range(pool.cidr, pool.block_size)
        self._ranges[of].pool = pool.name
        self._bring_home(of)
        pools = list(self.pools.values())
        self._overlapping = any(
            one.cidr.overlaps(other.cidr) for place, one in enumerate(pools) for other in pools[:place]
        )
        self._mirror()
        self._changed(pools=True)

    def change_pool(self, name: str, *, checked: bool = True, **changes: object) -> None:
        """Change fields of a pool, by the names of the model; not `checked`: its blockSize too, as people force it."""
        pool = self._pool(name)
        changed = replace(pool, **changes)  # type: ignore[arg-type]
        if changed.cidr != pool.cidr:
            raise IpamError("cidr-changed", before=str(pool.cidr), after=str(changed.cidr))
        if changed.block_size != pool.block_size:
            if checked:
                raise IpamError("block-size-changed", before=pool.block_size, after=changed.block_size)
            self._ranges[self._range(pool.cidr, pool.block_size)].pool = ""
            self.pools[name] = changed
            self._take_range(changed)
        self.pools[name] = changed
        self._changed(pools=True)

    def delete_pool(self, name: str, *, releasing: bool = True) -> None:
        """Delete a pool: its empty blocks go, the others lose their affinity; not `releasing`: kubectl keeps both."""
        pool = self._pool(name)
        if releasing:
            for slot, cidr in self.slots():
                if cidr in pool.cidr:
                    self._release_affinity(slot)
        del self.pools[name]
        self._ranges[self._range(pool.cidr, pool.block_size)].pool = ""
        self._changed(pools=True)

    def _pool(self, name: str) -> IPPool:
        if name not in self.pools:
            raise IpamError("exists-not", kind="IPPool", name=name)
        return self.pools[name]

    def create_node(self, name: str, labels: Mapping[str, str] | None = None) -> None:
        """Create a node, or one of the name of one that was deleted."""
        known = name in self.nodes
        node = self._node(name)
        node.exists, node.labels = True, dict(labels or {})
        self.state.alive[node.number] = 1
        self._requests.clear()
        if known:  # a new one has no blocks that anything could follow for
            self._changed(node=name)

    def label_node(self, name: str, labels: Mapping[str, str]) -> None:
        """Give a node other labels."""
        self._existing(name).labels = dict(labels)
        self._changed(node=name)

    def delete_node(self, name: str) -> None:
        """Delete a node as calicoctl does: its empty blocks go, the others lose their affinity."""
        node = self._existing(name)
        for slot in self._held(node.number):
            self._release_affinity(slot)
        node.exists = False
        self.state.alive[node.number] = 0
        self._changed(node=name)

    def _existing(self, name: str) -> Node:
        node = self.nodes.get(name)
        if node is None or not node.exists:
            raise IpamError("ipam-no-node", node=name)
        return node

    def configure(self, **changes: object) -> None:
        """Change the configuration, by the names of the model."""
        config = replace(self.config, **changes)  # type: ignore[arg-type]
        if not config.strict_affinity and not config.auto_allocate_blocks:
            raise IpamError("configure-both-off")
        if config.max_blocks_per_host and not config.strict_affinity:
            raise IpamError("configure-max", most=config.max_blocks_per_host)
        self.config = config
        self._cool_anew(config.ip_cooldown_seconds * MICRO)

    def reserve(self, name: str, cidrs: Iterable[Cidr]) -> None:
        """Create a reservation."""
        if name in self.reservations:
            raise IpamError("exists-already", kind="IPReservation", name=name)
        self.reservations[name] = tuple(cidrs)
        self._changed(reservations=True)

    def unreserve(self, name: str) -> None:
        """Delete a reservation."""
        if name not in self.reservations:
            raise IpamError("exists-not", kind="IPReservation", name=name)
        del self.reservations[name]
        self._changed(reservations=True)

    def _changed(self, *, pools: bool = False, node: str = "", reservations: bool = False) -> None:
        """Bring what follows from pools, nodes and reservations in step with them."""
        self._requests.clear()
        if reservations or pools:
            self._reserve_anew()
        for slot in self._held(self.nodes[node].number) if node else self._owned():
            row = self.state.blocks[slot]
            owner = int(row[layout.OWNER])
            pool = self.pools.get(self._ranges[row[layout.OF_RANGE]].pool)
            name = self._node_names[owner]
            of = self.nodes[name]
            known = pool is not None and not pool.disabled and of.exists
            row[layout.UNSELECTED] = int(known and pool is not None and not self._selects(pool, of, name))

    def _selects(self, pool: IPPool, node: Node, host: str) -> bool:
        return pool.selects({} if host == LOAD_BALANCER else node.labels)

    def cap(self, of_request: int) -> int:
        """Return how many blocks of the pools of a request a node may hold."""
        caps = [cap for cap in (of_request, self.config.max_blocks_per_host) if cap > 0]
        return min(caps, default=DEFAULT_MAX_BLOCKS)

    def ranges(
        self, host: str, version: int, *, use: Use = "Workload", named: tuple[str, ...] = (),
        namespace: Mapping[str, str] | None = None, windows: bool = False,
    ) -> list[tuple[int, int, int]]:  # fmt: skip
        """Return the ranges that a node's requests draw from, as `assign` of the core takes them.

        Raises
        ------
        IpamError
            Where there is none.
        """
        ranges, _ = self._request(host, version, use, named, namespace, windows=windows)
        return [(int(of), int(unselected), int(at)) for of, unselected, at in ranges]

    def _request(
        self, host: str, version: int, use: Use, named: tuple[str, ...],
        namespace: Mapping[str, str] | None, *, windows: bool,
    ) -> tuple[Any, list[str]]:  # fmt: skip
        """Return the ranges that a request may draw from, and their CIDRs."""
        if host != LOAD_BALANCER or use != "LoadBalancer":
            self._existing(host)
        labels_key = None if namespace is None else tuple(sorted(namespace.items()))
        key = (host, version, use, named, labels_key, windows)
        if key not in self._requests:
            pools = self._allowed(host, version, use, named, namespace, windows=windows)
            node = self._node(host)
            rows = [
                (self._range(pool.cidr, pool.block_size), int(not self._selects(pool, node, host)), -1)
                for pool in pools
            ]
            rows += [(of, 0, layout.OWN_ONLY) for of in self._within(pools) if of not in {row[0] for row in rows}]
            ranges = np.array(rows, np.int64).reshape(-1, 3)
            self._requests[key] = ranges, [str(pool.cidr) for pool in pools]
        ranges, cidrs = self._requests[key]
        for row in ranges:
            each = self._ranges[row[0]]
            if (
                each.size == BITS[each.cidr.version] and row[2] != layout.OWN_ONLY
            ):  # blocks of one address: Calico draws by the clock
                row[2] = self._random.randrange(each.cidr.subnets(each.size))
        return ranges, cidrs

    def _within(self, pools: list[IPPool]) -> list[int]:
        """Return the ranges inside those of pools: a node's own blocks in them serve too, whatever their size."""
        return [of for of, each in enumerate(self._ranges) if any(each.cidr in pool.cidr for pool in pools)]

    def _allowed(
        self, host: str, version: int, use: Use, named: tuple[str, ...],
        namespace: Mapping[str, str] | None, *, windows: bool,
    ) -> list[IPPool]:  # fmt: skip
        enabled = [pool for _, pool in sorted(self.pools.items()) if pool.version == version and not pool.disabled]
        fitting = [pool for pool in enabled if not windows or pool.block_size <= _WINDOWS_SIZES[version]]
        if not fitting:
            raise IpamError("ipam-no-pools", node=host)
        if named:
            pools = []
            for text in named:
                found = [pool for pool in fitting if text in (pool.name, str(pool.cidr))]
                if not found:
                    raise IpamError("ipam-pool-missing", pool=text)
                pools += found
        else:
            node = self._node(host)
            labels = dict(namespace) if namespace is not None else None
            pools = [
                pool
                for pool in enabled
                if pool.assignment_mode == "Automatic"
                and self._selects(pool, node, host)
                and _selects_namespace(pool, labels)
            ]
            if not pools:
                raise IpamError("ipam-none-selects", node=host)
        used = [pool for pool in pools if use in pool.allowed_uses]
        if not used:
            raise IpamError("ipam-no-use", use=use)
        return used


def _selects_namespace(pool: IPPool, labels: Mapping[str, str] | None) -> bool:
    if not pool.namespace_selector:
        return True
    try:
        return parse(pool.namespace_selector).matches(labels or {})
    except SelectorError:
        return False
