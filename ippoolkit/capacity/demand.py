"""A scenario seen by one address family: what its pools offer, and what its nodes draw from them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from ..caching import cache_last
from ..calico.limits import WINDOWS_RESERVED_PER_BLOCK
from ..calico.pool_selection import (
    TUNNEL_TYPES,
    max_blocks_per_node,
    selects_every_namespace,
    selects_node,
    serves_tunnel,
    serves_unnamed,
)
from ..cidr import ADDRESS_BITS, Address, Cidr, Coverage, IPVersion
from ..model import IPPool, Node, NodeGroup, Pod, Scenario
from .block_filling import AddressDemand, BlockClass, NodeLoad


@dataclass(frozen=True, slots=True)
class Supply:
    """The pools of one family in the order of their names, and their rooms; `rooms_of` holds each pool's indices."""

    version: IPVersion
    pools: tuple[IPPool, ...]
    block_classes: tuple[BlockClass, ...]
    classes_by_pool: tuple[tuple[int, ...], ...]
    strict_affinity: bool
    auto_allocate_blocks: bool  # autoAllocateBlocks: whether nodes claim new blocks

    def block_classes_of(self, pool_indices: Iterable[int]) -> tuple[int, ...]:
        """Return the rooms of these pools, in order."""
        return tuple(block_class for pool_index in pool_indices for block_class in self.classes_by_pool[pool_index])


@dataclass(frozen=True, slots=True)
class NodeGroupDemand:
    """Nodes alike in what they may use; `load` is theirs at the start, the rates say how it grows."""

    load: NodeLoad
    max_pods: int
    nodes_per_month: Fraction = Fraction(0)
    pods_per_node_per_month: Fraction = Fraction(0)

    @property
    def grows(self) -> bool:
        """Whether anything about it changes with time."""
        return bool(self.nodes_per_month or self.pods_per_node_per_month)

    def load_after(self, months: int) -> NodeLoad:
        """Return the load after so many months; what is begun counts as whole."""
        if not months or not self.grows:
            return self.load
        added_pods = math.ceil(self.pods_per_node_per_month * months)
        *tunnels, pod_demand = self.load.demands
        return replace(
            self.load,
            nodes=self.load.nodes + math.ceil(self.nodes_per_month * months),
            pods=self.load.pods + added_pods,
            pods_on_busiest_node=self.load.pods_on_busiest_node + added_pods,
            demands=(*tunnels, replace(pod_demand, count=pod_demand.count + added_pods)),
        )


@dataclass(frozen=True, slots=True)
class Demand:
    """Everything that capacity tables of one family are computed from.

    `nodes` are those that exist, one group each; `merged` their loads with alike ones taken together; `groups` are
    the planned ones.
    """

    supply: Supply
    nodes: tuple[NodeGroupDemand, ...]
    groups: tuple[NodeGroupDemand, ...]
    months: int
    merged_loads: tuple[NodeLoad, ...]

    def loads_after(self, months: int = 0) -> list[NodeLoad]:
        """Return all loads after so many months, in the order of joining."""
        return [*self.merged_loads, *(group.load_after(months) for group in self.groups)]

    def without_unserved_nodes(self) -> Demand:
        """Return the demand of those nodes only that the pools serve, or that hold an address in them."""
        return replace(
            self,
            nodes=tuple(node for node in self.nodes if _draws_addresses(node.load)),
            groups=tuple(group for group in self.groups if _draws_addresses(group.load)),
            merged_loads=tuple(load for load in self.merged_loads if _draws_addresses(load)),
        )

    @property
    def grows(self) -> bool:
        """Whether anything changes within the horizon."""
        return self.months > 0 and any(group.grows for group in self.groups)


def ip_versions(scenario: Scenario) -> tuple[IPVersion, ...]:
    """Return the families that the scenario has pools of."""
    versions_in_use = {pool.version for pool in scenario.cluster.pools}
    return tuple(version for version in ADDRESS_BITS if version in versions_in_use)


def compute_supply(scenario: Scenario, version: IPVersion) -> Supply:
    """Work out what the pools of one family offer."""
    pools = sorted(
        (candidate for candidate in scenario.cluster.pools if candidate.version == version), key=lambda pool: pool.name
    )
    block_classes: list[BlockClass] = []
    classes_by_pool: list[tuple[int, ...]] = []
    for pool in pools:
        new_classes = block_classes_of_pool(pool.cidr, pool.block_size, reserved_coverage(scenario, pool))
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
    )


def reserved_coverage(scenario: Scenario, pool: IPPool) -> Coverage:
    """Return the part of a pool that is never handed out."""
    return Coverage.from_cidrs(
        pool.cidr, (cidr for reservation in scenario.cluster.reservations for cidr in reservation.reserved_cidrs)
    )


def block_classes_of_pool(cidr: Cidr, block_size: int, coverage: Coverage) -> tuple[BlockClass, ...]:
    """Return a pool's rooms: its whole blocks, then what reservations leave of others, roomiest first."""
    blocks, addresses_per_block = cidr.subnet_count(block_size), 1 << (cidr.bits - block_size)
    if not coverage.covered_ranges:
        return (BlockClass(blocks, addresses_per_block),)
    reserved_blocks, partly_reserved = coverage.count_blocks(block_size)
    partly_reserved_count = sum(partly_reserved.values())
    return BlockClass(blocks - reserved_blocks - partly_reserved_count, addresses_per_block), *(
        BlockClass(count, addresses_per_block)
        for addresses_per_block, count in sorted(partly_reserved.items(), reverse=True)
    )


def compute_demand(scenario: Scenario, version: IPVersion) -> Demand:
    """Work out what one family's pools have to carry; Windows nodes have no IPv6."""
    supply = compute_supply(scenario, version)
    nodes, merged_loads = _existing_nodes(scenario, supply)
    # Without any node a node of no load stands for one, so that there is something to measure the pools with.
    planned_groups = scenario.plan.groups or (() if nodes else (NodeGroup(),))
    groups = tuple(
        _planned_group(scenario, supply, group)
        for group in planned_groups
        if not (group.os == "windows" and version == 6)
    )
    return Demand(supply, nodes, groups, scenario.plan.months, merged_loads)


def _draws_addresses(load: NodeLoad) -> bool:
    return bool(load.pod_block_classes) or any(request.block_classes and request.count for request in load.demands)


def _merge_equal_loads(nodes: Iterable[NodeGroupDemand]) -> tuple[NodeLoad, ...]:
    count_by_load: dict[NodeLoad, int] = {}
    for node in nodes:
        load = replace(node.load, name="")
        count_by_load[load] = count_by_load.get(load, 0) + 1
    return tuple(replace(load, nodes=count) for load, count in count_by_load.items())


def pools_for(supply: Supply, labels: Mapping[str, str]) -> tuple[int, ...]:
    """Return the indices of the pools that serve a pod which names none, on a node with these labels.

    A pool with a namespaceSelector is left out: it serves only pods of the namespaces that it selects.
    """
    return tuple(
        index
        for index, pool in enumerate(supply.pools)
        if serves_unnamed(pool, "Workload") and selects_every_namespace(pool) and selects_node(pool, labels)
    )


def tunnel_pools(scenario: Scenario, supply: Supply, labels: Mapping[str, str]) -> dict[str, tuple[int, ...]]:
    """Return the tunnels that a node with these labels needs, each with the pools that may give its address."""
    cluster = scenario.cluster
    wireguard_enabled = cluster.wireguard_enabled if supply.version == 4 else cluster.wireguard_enabled_v6
    pools_by_type = {
        tunnel_type: tuple(index for index, pool in enumerate(supply.pools) if serves_tunnel(pool, labels, tunnel_type))
        for tunnel_type in TUNNEL_TYPES
        if tunnel_type != "wireguard" or wireguard_enabled
    }
    return {tunnel: pools for tunnel, pools in pools_by_type.items() if pools}


def _planned_group(scenario: Scenario, supply: Supply, group: NodeGroup) -> NodeGroupDemand:
    windows = group.os == "windows"
    labels = group.node_labels
    pools_by_tunnel = tunnel_pools(scenario, supply, labels)
    pod_pools = pools_for(supply, labels)
    tunnel_demands = [
        AddressDemand(1, supply.block_classes_of(pools), is_tunnel=True) for pools in pools_by_tunnel.values()
    ]
    load = NodeLoad(
        name=group.name,
        nodes=group.nodes,
        pods=group.pods_per_node,
        pods_on_busiest_node=max(group.pods_per_node, group.pods_on_busiest_node),
        demands=(*tunnel_demands, AddressDemand(group.pods_per_node, supply.block_classes_of(pod_pools))),
        pod_block_classes=supply.block_classes_of(pod_pools),
        max_blocks=max_blocks_per_node(scenario.cluster.ipam.max_blocks_per_host, group.max_blocks, windows=windows),
        reserved_per_block=WINDOWS_RESERVED_PER_BLOCK if windows else 0,
    )
    return NodeGroupDemand(
        load,
        group.max_pods,
        nodes_per_month=Fraction(str(group.nodes_per_month)),
        pods_per_node_per_month=Fraction(str(group.pods_per_node_per_month)),
    )


def _cache_key(scenario: Scenario, supply: Supply) -> tuple[object, ...]:
    """Return all that decides what nodes draw that exist: of the pools everything but the size of their blocks."""
    cluster = scenario.cluster
    pools = tuple(replace(pool, block_size=ADDRESS_BITS[pool.version]) for pool in supply.pools)
    wireguard = cluster.wireguard_enabled, cluster.wireguard_enabled_v6
    return (
        supply.version,
        pools,
        supply.classes_by_pool,
        wireguard,
        cluster.ipam.max_blocks_per_host,
        cluster.nodes,
        cluster.pods,
    )


@cache_last(_cache_key)
def _existing_nodes(scenario: Scenario, supply: Supply) -> tuple[tuple[NodeGroupDemand, ...], tuple[NodeLoad, ...]]:
    """Return a group for each node that exists, with what it draws from the pools where its addresses are; merged."""
    pods_by_node: dict[str, list[Pod]] = {}
    for pod in scenario.cluster.pods:
        if pod.node and not pod.host_network:
            pods_by_node.setdefault(pod.node, []).append(pod)
    groups = tuple(
        _existing_node(scenario, supply, node, pods_by_node.get(node.name, ())) for node in scenario.cluster.nodes
    )
    return groups, _merge_equal_loads(groups)


def _existing_node(scenario: Scenario, supply: Supply, node: Node, pods: Sequence[Pod]) -> NodeGroupDemand:
    pod_pools = pools_for(supply, node.labels)
    tunnel_demands: list[AddressDemand] = []
    pools_by_missing_tunnel = tunnel_pools(scenario, supply, node.labels)
    for tunnel in node.tunnels:
        if tunnel.address.version == supply.version:
            pools_by_missing_tunnel.pop(tunnel.type, None)
            if (pool_index := _pool_index_of(supply, tunnel.address)) is not None:
                tunnel_demands.append(AddressDemand(1, supply.block_classes_of((pool_index,)), is_tunnel=True))
    tunnel_demands += [
        AddressDemand(1, supply.block_classes_of(pools), is_tunnel=True) for pools in pools_by_missing_tunnel.values()
    ]
    addresses_by_pool: dict[int, int] = {}
    pods_without_address = 0
    for pod in pods:
        for address in pod.addresses:
            if address.version == supply.version and (pool_index := _pool_index_of(supply, address)) is not None:
                addresses_by_pool[pool_index] = addresses_by_pool.get(pool_index, 0) + 1
        pods_without_address += not pod.addresses and not pod.finished
    pod_count = sum(addresses_by_pool.values()) + pods_without_address
    load = NodeLoad(
        name=node.name,
        nodes=1,
        pods=pod_count,
        pods_on_busiest_node=pod_count,
        demands=(
            *tunnel_demands,
            *(
                AddressDemand(addresses, supply.block_classes_of((pool_index,)))
                for pool_index, addresses in sorted(addresses_by_pool.items())
            ),
            AddressDemand(pods_without_address, supply.block_classes_of(pod_pools)),
        ),
        pod_block_classes=supply.block_classes_of(pod_pools),
        max_blocks=max_blocks_per_node(scenario.cluster.ipam.max_blocks_per_host, windows=node.windows),
        reserved_per_block=WINDOWS_RESERVED_PER_BLOCK if node.windows else 0,
        needs_block=False,
    )
    return NodeGroupDemand(load, node.max_pods)


def _pool_index_of(supply: Supply, address: Address) -> int | None:
    return next((index for index, pool in enumerate(supply.pools) if address in pool.cidr), None)
