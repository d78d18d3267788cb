"""What the pools of one IP version offer, and which of them serve a node's pods and tunnels."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..calico.pool_selection import (
    TUNNEL_TYPES,
    PoolRequest,
    known_pool,
    select_pools,
    selects_every_namespace,
    selects_node,
    serves_tunnel,
    serves_unnamed,
)
from ..cidr import ADDRESS_BITS, Cidr, Coverage, IPVersion
from ..model import IPPool, Scenario
from .block_filling import BlockClass


@dataclass(frozen=True, slots=True)
class Supply:
    """The pools of one family by name, and their block classes; `classes_by_pool` holds each pool's indices."""

    version: IPVersion
    pools: tuple[IPPool, ...]
    block_classes: tuple[BlockClass, ...]
    classes_by_pool: tuple[tuple[int, ...], ...]
    strict_affinity: bool
    auto_allocate_blocks: bool  # autoAllocateBlocks: whether nodes claim new blocks
    named_pools: tuple[str, ...] = ()  # by the CNI configuration, for pods that name none themselves

    def block_classes_of(self, pool_indices: Iterable[int]) -> tuple[int, ...]:
        """Return the block classes of these pools, in order."""
        return tuple(block_class for pool_index in pool_indices for block_class in self.classes_by_pool[pool_index])


def ip_versions(scenario: Scenario) -> tuple[IPVersion, ...]:
    """Return the families that the scenario has pools of, those for services of type LoadBalancer left out."""
    versions_in_use = {pool.version for pool in scenario.cluster.pools if "LoadBalancer" not in pool.allowed_uses}
    return tuple(version for version in ADDRESS_BITS if version in versions_in_use)


def compute_supply(scenario: Scenario, version: IPVersion, pools: Sequence[IPPool] | None = None) -> Supply:
    """Work out what the pools of one family offer, the scenario's or others in their place."""
    pools = sorted(
        (
            known_pool(pool, scenario.release)
            for pool in (scenario.cluster.pools if pools is None else pools)
            if pool.version == version
        ),
        key=lambda pool: pool.name,
    )
    block_classes: list[BlockClass] = []
    classes_by_pool: list[tuple[int, ...]] = []
    for pool in pools:
        new_classes = block_classes_of_pool(pool.cidr, pool.block_size, reserved_coverage(scenario, pool.cidr))
        classes_by_pool.append(tuple(range(len(block_classes), len(block_classes) + len(new_classes))))
        block_classes += new_classes
    ipam = scenario.cluster.ipam
    return Supply(
        version,
        tuple(pools),
        tuple(block_classes),
        tuple(classes_by_pool),
        ipam.strict_affinity,
        ipam.auto_allocate_blocks,
        scenario.cluster.cni_pools(version),
    )


def reserved_coverage(scenario: Scenario, cidr: Cidr) -> Coverage:
    """Return the part of a pool's range that is never handed out."""
    return Coverage.from_cidrs(
        cidr, (reserved for reservation in scenario.cluster.reservations for reserved in reservation.reserved_cidrs)
    )


def block_classes_of_pool(cidr: Cidr, block_size: int, coverage: Coverage) -> tuple[BlockClass, ...]:
    """Return a pool's block classes: its whole blocks, then what reservations leave of others, largest first."""
    blocks, addresses_per_block = cidr.subnet_count(block_size), 1 << (cidr.bits - block_size)
    if not coverage.covered_ranges:
        return (BlockClass(blocks, addresses_per_block),)
    reserved_blocks, partly_reserved = coverage.count_blocks(block_size)
    partly_reserved_count = sum(partly_reserved.values())
    return BlockClass(blocks - reserved_blocks - partly_reserved_count, addresses_per_block), *(
        BlockClass(count, addresses_per_block)
        for addresses_per_block, count in sorted(partly_reserved.items(), reverse=True)
    )


def pools_for(supply: Supply, labels: Mapping[str, str]) -> tuple[int, ...]:
    """Return the indices of the pools that serve a pod which names none, on a node with these labels.

    A pool with a namespaceSelector is left out: it serves only pods of the namespaces that it selects. Where the CNI
    configuration names pools, these serve, whatever they select; none where one of them cannot.
    """
    if supply.named_pools:
        request = PoolRequest(supply.version, labels, pool_names=supply.named_pools)
        selected = {pool.name for pool in select_pools(supply.pools, request).pools}
        return tuple(index for index, pool in enumerate(supply.pools) if pool.name in selected)
    return tuple(
        index
        for index, pool in enumerate(supply.pools)
        if serves_unnamed(pool, "Workload") and selects_every_namespace(pool) and selects_node(pool, labels)
    )


def tunnel_pools(scenario: Scenario, supply: Supply, labels: Mapping[str, str]) -> dict[str, tuple[int, ...]]:
    """Return the tunnels that a node with these labels needs, each with the pools that may give its address."""
    has_wireguard = wireguard_enabled(scenario, supply.version)
    pools_by_type = {
        tunnel_type: tuple(index for index, pool in enumerate(supply.pools) if serves_tunnel(pool, labels, tunnel_type))
        for tunnel_type in TUNNEL_TYPES
        if tunnel_type != "wireguard" or has_wireguard
    }
    return {tunnel: pools for tunnel, pools in pools_by_type.items() if pools}


def wireguard_enabled(scenario: Scenario, version: IPVersion) -> bool:
    """Whether WireGuard is on for an IP version, and the release has it."""
    cluster = scenario.cluster
    if version == 4:
        return cluster.wireguard_enabled
    return cluster.wireguard_enabled_v6 and scenario.release.has("wireguard-ipv6")


def pool_lookup(supply: Supply) -> Callable[[int], int | None]:
    """Return what finds the pool of an address by bisection; of overlapping pools the first by name counts."""
    edges = sorted({edge for pool in supply.pools for edge in (pool.cidr.first, pool.cidr.last + 1)})
    pool_from_edge = [
        next((i for i, pool in enumerate(supply.pools) if pool.cidr.first <= edge <= pool.cidr.last), None)
        for edge in edges
    ]
    pool_between_edges = [None, *pool_from_edge]
    return lambda address: pool_between_edges[bisect_right(edges, address)]
