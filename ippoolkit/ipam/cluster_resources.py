"""Pools, nodes, configuration and reservations, and which pools a request may draw from."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ..calico.limits import LOAD_BALANCER_HOST
from ..calico.pool_selection import PoolRequest, Use, known_pool, max_blocks_per_node, select_pools, selects_node
from ..cidr import Cidr, IPVersion
from ..model import IPPool
from . import layout
from .overlapping_pools import adopt_blocks, sync_overlapping_ranges
from .state_store import MICROSECONDS, IpamError, NodeEntry, StateStore


class ClusterResources:
    """What a cluster's operator creates, changes and deletes, and what a request may draw from it."""

    __slots__ = ("_random", "_request_cache", "store")

    def __init__(self, store: StateStore) -> None:
        self.store = store
        self._request_cache: dict[tuple[Any, ...], tuple[Any, list[str]]] = {}
        self._random = random.Random(store.seed)  # noqa: S311 (a simulation)

    def create_pool(self, pool: IPPool, *, validate: bool = True) -> None:
        """Create a pool; without `validate` as kubectl does: it may overlap others and blocks of another size."""
        if pool.name in self.store.pools:
            raise IpamError("exists-already", kind="IPPool", name=pool.name)
        pool = known_pool(pool, self.store.release)
        if validate:
            self._validate_uses(pool)
            self.validate_range(pool)
        self.store.pools[pool.name] = pool
        self._attach_range(pool)

    def _validate_uses(self, pool: IPPool) -> None:
        """Refuse a use that Calico of this release does not know."""
        if "LoadBalancer" in pool.allowed_uses and not self.store.release.has("loadbalancer"):
            raise IpamError("value-choice", value="LoadBalancer", choices="Workload, Tunnel")

    def validate_range(self, pool: IPPool) -> None:
        """Refuse a pool that overlaps another, or that holds blocks of another size."""
        for name, existing in sorted(self.store.pools.items()):
            if name != pool.name and existing.cidr.overlaps(pool.cidr):
                raise IpamError("pools-overlap", cidr=str(pool.cidr), other=name, other_cidr=str(existing.cidr))
        misfits = [
            cidr for _, cidr in self.store.slots() if cidr.overlaps(pool.cidr) and cidr.prefix != pool.block_size
        ]
        if misfits:
            size, first = pool.block_size, str(min(misfits))
            raise IpamError("blocks-of-other-size", count=len(misfits), cidr=str(pool.cidr), size=size, first=first)

    def _attach_range(self, pool: IPPool) -> None:
        """Give a pool its range, with the blocks that stand in it."""
        range_index = self.store.ensure_range(pool.cidr, pool.block_size)
        self.store.ranges[range_index].pool = pool.name
        adopt_blocks(self.store, range_index)
        pools = list(self.store.pools.values())
        self.store.pools_overlap = any(
            first.cidr.overlaps(second.cidr) for position, first in enumerate(pools) for second in pools[:position]
        )
        sync_overlapping_ranges(self.store)
        self.refresh(pools=True)

    def change_pool(self, name: str, *, validate: bool = True, **changes: Any) -> None:
        """Change fields of a pool, by the names of the model; without `validate` its blockSize too."""
        pool = self._existing_pool(name)
        changed = known_pool(replace(pool, **changes), self.store.release)
        if validate:
            self._validate_uses(changed)
        if changed.cidr != pool.cidr:
            raise IpamError("cidr-changed", before=str(pool.cidr), after=str(changed.cidr))
        if changed.block_size != pool.block_size:
            if validate:
                raise IpamError("block-size-changed", before=pool.block_size, after=changed.block_size)
            self.store.ranges[self.store.ensure_range(pool.cidr, pool.block_size)].pool = ""
            self.store.pools[name] = changed
            self._attach_range(changed)
        self.store.pools[name] = changed
        self.refresh(pools=True)

    def delete_pool(self, name: str, *, release_blocks: bool = True) -> None:
        """Delete a pool: its empty blocks go, the others lose their affinity.

        Without `release_blocks` as kubectl does, which keeps both.
        """
        pool = self._existing_pool(name)
        if release_blocks:
            for slot, cidr in self.store.slots():
                if cidr in pool.cidr:
                    self.store.release_slot_affinity(slot)
        del self.store.pools[name]
        self.store.ranges[self.store.ensure_range(pool.cidr, pool.block_size)].pool = ""
        self.refresh(pools=True)

    def _existing_pool(self, name: str) -> IPPool:
        if name not in self.store.pools:
            raise IpamError("exists-not", kind="IPPool", name=name)
        return self.store.pools[name]

    def create_node(self, name: str, labels: Mapping[str, str] | None = None) -> None:
        """Create a node, or one of the name of one that was deleted."""
        is_known = name in self.store.nodes
        node = self.store.node(name)
        node.exists, node.labels = True, dict(labels or {})
        self.store.state.exists[node.number] = 1
        self._request_cache.clear()
        if is_known:  # a new one has no blocks that anything could follow for
            self.refresh(node=name)

    def label_node(self, name: str, labels: Mapping[str, str]) -> None:
        """Give a node other labels."""
        self.existing_node(name).labels = dict(labels)
        self.refresh(node=name)

    def delete_node(self, name: str) -> None:
        """Delete a node as calicoctl does: its empty blocks go, the others lose their affinity."""
        node = self.existing_node(name)
        for slot in self.store.slots_of_node(node.number):
            self.store.release_slot_affinity(slot)
        node.exists = False
        self.store.state.exists[node.number] = 0
        self.refresh(node=name)

    def existing_node(self, name: str) -> NodeEntry:
        """Return a node that exists, or raise `IpamError`."""
        node = self.store.nodes.get(name)
        if node is None or not node.exists:
            raise IpamError("ipam-no-node", node=name)
        return node

    def configure(self, **changes: Any) -> None:
        """Change the configuration, by the names of the model."""
        config = replace(self.store.config, **changes)
        if not config.strict_affinity and not config.auto_allocate_blocks:
            raise IpamError("configure-both-off")
        if config.max_blocks_per_host and not config.strict_affinity:
            raise IpamError("configure-max", most=config.max_blocks_per_host)
        self.store.config = config
        self.store.set_cooldown(
            config.ip_cooldown_seconds * MICROSECONDS if self.store.release.has("ip-cooldown") else 0
        )

    def create_reservation(self, name: str, cidrs: Iterable[Cidr]) -> None:
        """Create a reservation."""
        if name in self.store.reservations:
            raise IpamError("exists-already", kind="IPReservation", name=name)
        self.store.reservations[name] = tuple(cidrs)
        self.refresh(reservations=True)

    def delete_reservation(self, name: str) -> None:
        """Delete a reservation."""
        if name not in self.store.reservations:
            raise IpamError("exists-not", kind="IPReservation", name=name)
        del self.store.reservations[name]
        self.refresh(reservations=True)

    def refresh(self, *, pools: bool = False, node: str = "", reservations: bool = False) -> None:
        """Bring what follows from pools, nodes and reservations in step with them."""
        self._request_cache.clear()
        if reservations or pools:
            self.store.rebuild_reservations()
        for slot in self.store.slots_of_node(self.store.nodes[node].number) if node else self.store.owned_slots():
            row = self.store.state.blocks[slot]
            owner = self.store.nodes[self.store.node_names[row[layout.OWNER]]]
            pool = self.store.pools.get(self.store.ranges[row[layout.RANGE_INDEX]].pool)
            is_served = pool is None or pool.disabled or not owner.exists or selects_node(pool, owner.labels)
            row[layout.UNSELECTED] = int(not is_served)

    def block_limit(self, request_limit: int) -> int:
        """Return how many blocks of the pools of a request a node may hold."""
        return max_blocks_per_node(self.store.config.max_blocks_per_host, request_limit)

    def resolve_request(
        self,
        host: str,
        version: IPVersion,
        *,
        use: Use = "Workload",
        pool_names: tuple[str, ...] = (),
        namespace_labels: Mapping[str, str] | None = None,
        windows: bool = False,
    ) -> tuple[Any, list[str]]:
        """Return the ranges that a host's request draws from, as `assignment.assign` takes them, and the pools' CIDRs.

        Raises
        ------
        IpamError
            Where there is none.
        """
        if host != LOAD_BALANCER_HOST or use != "LoadBalancer" or not self.store.release.has("loadbalancer"):
            self.existing_node(host)
        labels_key = None if namespace_labels is None else tuple(sorted(namespace_labels.items()))
        key = (host, version, use, pool_names, labels_key, windows)
        if key not in self._request_cache:
            labels = self.store.node(host).labels
            pools = self._select_pools(host, PoolRequest(version, labels, use, pool_names, namespace_labels, windows))
            rows = [
                (self.store.ensure_range(pool.cidr, pool.block_size), int(not selects_node(pool, labels)), -1)
                for pool in pools
            ]
            # A node's own blocks inside the pools serve too, whatever their size.
            pool_ranges = {range_index for range_index, _, _ in rows}
            rows += [
                (range_index, 0, layout.OWN_BLOCKS_ONLY)
                for range_index, block_range in enumerate(self.store.ranges)
                if range_index not in pool_ranges and any(block_range.cidr in pool.cidr for pool in pools)
            ]
            ranges = np.array(rows, np.int64).reshape(-1, 3)
            self._request_cache[key] = ranges, [str(pool.cidr) for pool in pools]
        ranges, cidrs = self._request_cache[key]
        for row in ranges:
            block_range = self.store.ranges[row[layout.RANGE]]
            if block_range.ordinal_bits == 0 and row[layout.START_INDEX] != layout.OWN_BLOCKS_ONLY:
                # Blocks of one address: Calico draws where to start by the clock. It is a number of 64 bits here: of a
                # larger pool a part is as good as the whole.
                row[layout.START_INDEX] = self._random.randrange(min(block_range.block_count, 2**62))
        return ranges, cidrs

    def _select_pools(self, host: str, request: PoolRequest) -> tuple[IPPool, ...]:
        """Return the pools that a request draws from, in order, or raise `IpamError`."""
        selection = select_pools(self.store.pools.values(), request)
        match selection.failure:
            case "":
                return selection.pools
            case "ipam-pool-missing":
                raise IpamError("ipam-pool-missing", pool=selection.missing_pool)
            case "ipam-no-use":
                raise IpamError("ipam-no-use", use=request.use)
            case failure:
                raise IpamError(failure, node=host)
