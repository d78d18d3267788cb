"""A scenario seen by one address family: what its pools offer, and what its nodes draw from them."""

from __future__ import annotations

import heapq
import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from ..caching import cache_last
from ..calico.limits import WINDOWS_RESERVED_PER_BLOCK
from ..calico.pool_selection import (
    TUNNEL_TYPES,
    PoolRequest,
    known_pool,
    max_blocks_per_node,
    select_pools,
    selects_every_namespace,
    selects_node,
    serves_tunnel,
    serves_unnamed,
)
from ..cidr import ADDRESS_BITS, Cidr, Coverage, IPVersion
from ..model import Block, IPPool, Node, NodeGroup, Pod, Scenario
from .block_filling import AddressDemand, BlockClass, NodeLoad


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
class ExistingNodes:
    """What the nodes that exist draw.

    `loads` are those of alike nodes together, in the order in which the first of them stands in the cluster;
    `load_of_node` holds for each node of the cluster the index of its load. Where `pods_known` is false, nothing was
    read of their pods: each node counts with what blocks hold for it, and one block at least; the addresses in use of
    blocks that a text shows count as those of one node each.
    """

    loads: tuple[NodeLoad, ...] = ()
    load_of_node: tuple[int, ...] = ()
    pods_known: bool = True

    def with_loads(self, loads: Iterable[NodeLoad]) -> ExistingNodes:
        """Return other loads, of nodes of which as much is known."""
        return ExistingNodes(tuple(loads), pods_known=self.pods_known)


@dataclass(frozen=True, slots=True)
class Demand:
    """Everything that capacity tables of one IP version are computed from: pools, existing nodes, planned groups."""

    supply: Supply
    existing: ExistingNodes
    groups: tuple[NodeGroupDemand, ...]
    months: int

    def loads_after(self, months: int = 0) -> list[NodeLoad]:
        """Return all loads after so many months, in the order of joining."""
        return [*self.existing.loads, *(group.load_after(months) for group in self.groups)]

    def without_unserved_nodes(self) -> Demand:
        """Return the demand of those nodes only that the pools serve, or that hold an address in them."""
        return replace(
            self,
            existing=self.existing.with_loads(load for load in self.existing.loads if _draws_addresses(load)),
            groups=tuple(group for group in self.groups if _draws_addresses(group.load)),
        )

    @property
    def grows(self) -> bool:
        """Whether anything changes within the horizon."""
        return self.months > 0 and any(group.grows for group in self.groups)


def ip_versions(scenario: Scenario) -> tuple[IPVersion, ...]:
    """Return the families that the scenario has pools of, those for services of type LoadBalancer left out."""
    versions_in_use = {pool.version for pool in scenario.cluster.pools if "LoadBalancer" not in pool.allowed_uses}
    return tuple(version for version in ADDRESS_BITS if version in versions_in_use)


def compute_supply(scenario: Scenario, version: IPVersion) -> Supply:
    """Work out what the pools of one family offer."""
    pools = sorted(
        (known_pool(pool, scenario.release) for pool in scenario.cluster.pools if pool.version == version),
        key=lambda pool: pool.name,
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
        scenario.cluster.cni_pools(version),
    )


def reserved_coverage(scenario: Scenario, pool: IPPool) -> Coverage:
    """Return the part of a pool that is never handed out."""
    return Coverage.from_cidrs(
        pool.cidr, (cidr for reservation in scenario.cluster.reservations for cidr in reservation.reserved_cidrs)
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


def compute_demand(scenario: Scenario, version: IPVersion) -> Demand:
    """Work out what one family's pools have to carry; Windows nodes have no IPv6."""
    supply = compute_supply(scenario, version)
    existing = _existing_nodes(scenario, supply)
    # Without any node a node of no load stands for one, so that there is something to measure the pools with.
    planned_groups = scenario.plan.groups or (() if existing.loads else (NodeGroup(),))
    groups = tuple(
        _planned_group(scenario, supply, group)
        for group in planned_groups
        if not (group.os == "windows" and version == 6)
    )
    return Demand(supply, existing, groups, scenario.plan.months)


def _draws_addresses(load: NodeLoad) -> bool:
    return bool(load.pod_block_classes) or any(request.block_classes and request.count for request in load.demands)


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
    wireguard_enabled = _wireguard_enabled(scenario, supply.version)
    pools_by_type = {
        tunnel_type: tuple(index for index, pool in enumerate(supply.pools) if serves_tunnel(pool, labels, tunnel_type))
        for tunnel_type in TUNNEL_TYPES
        if tunnel_type != "wireguard" or wireguard_enabled
    }
    return {tunnel: pools for tunnel, pools in pools_by_type.items() if pools}


def _wireguard_enabled(scenario: Scenario, version: IPVersion) -> bool:
    cluster = scenario.cluster
    if version == 4:
        return cluster.wireguard_enabled
    return cluster.wireguard_enabled_v6 and scenario.release.has("wireguard-ipv6")


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
    wireguard = _wireguard_enabled(scenario, 4), _wireguard_enabled(scenario, 6)
    return (
        supply.version,
        pools,
        supply.classes_by_pool,
        wireguard,
        cluster.ipam.max_blocks_per_host,
        cluster.nodes,
        cluster.pods,
        cluster.lacks_pods,
        cluster.block_usage,
        cluster.blocks if cluster.lacks_pods else (),
    )


@cache_last(_cache_key)
def _existing_nodes(scenario: Scenario, supply: Supply) -> ExistingNodes:
    """Work out what the nodes that exist draw from the pools where their addresses are."""
    cluster = scenario.cluster
    pools_of_pods = _pools_in_blocks(cluster.blocks, supply) if cluster.lacks_pods else {}
    pools_of_pods |= _pools_of_pods(cluster.pods, supply)
    pool_of_address = _pool_lookup(supply)
    loads: dict[NodeLoad, int] = {}
    load_by_signature: dict[object, int] = {}
    # Most nodes are alike: what a node draws is worked out once for all that differ in name only.
    load_of_node = []
    selective_pools = [pool for pool in supply.pools if pool.node_selector != "all()"]
    for node in cluster.nodes:
        selected = tuple(pool.selects_node(node.labels) for pool in selective_pools)
        tunnels = tuple(
            (tunnel.type, pool_of_address(int(tunnel.address)))
            for tunnel in node.tunnels
            if tunnel.address.version == supply.version
        )
        pods = pools_of_pods.get(node.name, {})
        signature = selected, tunnels, tuple(pods.items()), node.windows
        index = load_by_signature.get(signature)
        if index is None:
            load = _load_of_node(scenario, supply, node, tunnels, pods)
            index = load_by_signature[signature] = loads.setdefault(load, len(loads))
        load_of_node.append(index)
    counts = Counter(load_of_node)
    alike = [replace(load, nodes=counts[index]) for load, index in loads.items()]
    holding, alike = _split_by_usage(alike, _usage_by_pool(scenario, supply), supply)
    return ExistingNodes(
        (*holding, *alike),
        tuple(len(holding) + index for index in load_of_node),
        pods_known=not cluster.lacks_pods,
    )


def _usage_by_pool(scenario: Scenario, supply: Supply) -> dict[int, list[int]]:
    """Return for each pool the addresses in use of its blocks, the fullest first, where nothing tells of the pods."""
    usage_by_pool: dict[int, list[int]] = {}
    if not scenario.cluster.lacks_pods:
        return usage_by_pool
    pool_of_address = _pool_lookup(supply)
    for block in sorted(scenario.cluster.block_usage, key=lambda block: -block.used):
        pool = pool_of_address(block.cidr.first) if block.cidr.version == supply.version else None
        if pool is not None:
            usage_by_pool.setdefault(pool, []).append(block.used)
    return usage_by_pool


def _split_by_usage(
    loads: Iterable[NodeLoad], usage_by_pool: Mapping[int, Sequence[int]], supply: Supply
) -> tuple[list[NodeLoad], list[NodeLoad]]:
    """Return the loads of nodes that hold what is in use, and those of the other nodes, in the order given.

    It gives the addresses in use of blocks without a known owner to nodes that the pool serves, a block a node.

    No other distribution needs fewer blocks of any size, as long as no address is borrowed: where one node holds two
    of the blocks, it saves at most the one that the node left without needs instead. Blocks beyond the nodes go to
    whichever node has least.
    """
    loads = list(loads)
    holding: Counter[NodeLoad] = Counter()
    for pool_index, usage in usage_by_pool.items():
        classes = supply.block_classes_of((pool_index,))
        serving = [i for i, load in enumerate(loads) if not set(load.pod_block_classes).isdisjoint(classes)]
        nodes = sum(loads[i].nodes for i in serving)
        addresses = sorted(usage[:nodes])
        for used in usage[nodes:] if nodes else ():
            heapq.heapreplace(addresses, addresses[0] + used)
        for used in sorted(addresses, reverse=True):
            index = next(i for i in serving if loads[i].nodes)
            load = loads[index]
            loads[index] = replace(load, nodes=load.nodes - 1)
            holding[_holding(load, used, classes)] += 1
    return [replace(load, nodes=count) for load, count in holding.items()], loads


def _holding(load: NodeLoad, used: int, classes: tuple[int, ...]) -> NodeLoad:
    """Return the load of one node that has so many addresses of these blocks, those of its tunnels among them."""
    tunnels = sum(
        demand.count
        for demand in load.demands
        if demand.is_tunnel and not set(demand.block_classes).isdisjoint(classes)
    )
    count = max(0, used - tunnels)
    demands = (*load.demands, AddressDemand(count, classes))
    return replace(load, nodes=1, pods=count, pods_on_busiest_node=count, demands=demands)


def _load_of_node(
    scenario: Scenario,
    supply: Supply,
    node: Node,
    tunnels: Iterable[tuple[str, int | None]],
    pods: Mapping[int | None, int],
) -> NodeLoad:
    """Return what one node draws; pods without an address count under None."""
    pod_pools = pools_for(supply, node.labels)
    pools_by_missing_tunnel = tunnel_pools(scenario, supply, node.labels)
    tunnel_demands: list[AddressDemand] = []
    for tunnel_type, pool_index in () if node.windows else tunnels:  # there it is one of the reserved addresses
        pools_by_missing_tunnel.pop(tunnel_type, None)
        if pool_index is not None:
            tunnel_demands.append(AddressDemand(1, supply.block_classes_of((pool_index,)), is_tunnel=True))
    tunnel_demands += [
        AddressDemand(1, supply.block_classes_of(pools), is_tunnel=True) for pools in pools_by_missing_tunnel.values()
    ]
    pods_by_pool = sorted((index, count) for index, count in pods.items() if index is not None)
    pod_count = sum(pods.values())
    return NodeLoad(
        name="",
        nodes=1,
        pods=pod_count,
        pods_on_busiest_node=pod_count,
        demands=(
            *tunnel_demands,
            *(AddressDemand(count, supply.block_classes_of((index,))) for index, count in pods_by_pool),
            AddressDemand(pods.get(None, 0), supply.block_classes_of(pod_pools)),
        ),
        pod_block_classes=supply.block_classes_of(pod_pools),
        max_blocks=max_blocks_per_node(scenario.cluster.ipam.max_blocks_per_host, windows=node.windows),
        reserved_per_block=WINDOWS_RESERVED_PER_BLOCK if node.windows else 0,
        needs_block=scenario.cluster.lacks_pods and bool(pod_pools),
    )


def _pools_of_pods(pods: Iterable[Pod], supply: Supply) -> dict[str, dict[int | None, int]]:
    """Count by node and pool the addresses that pods hold; under None the pods that wait for one."""
    pool_of_address = _pool_lookup(supply)
    pools_of_pods: dict[str, dict[int | None, int]] = {}
    for pod in pods:
        if not pod.node or pod.host_network:
            continue
        if pod.addresses:
            pools: list[int | None] = [
                index
                for address in pod.addresses
                if address.version == supply.version and (index := pool_of_address(int(address))) is not None
            ]
        else:
            pools = [] if pod.finished else [None]
        for index in pools:
            counts = pools_of_pods.setdefault(pod.node, {})
            counts[index] = counts.get(index, 0) + 1
    return pools_of_pods


def _pools_in_blocks(blocks: Iterable[Block], supply: Supply) -> dict[str, dict[int | None, int]]:
    """Count by node and pool the addresses that blocks hold for pods."""
    pool_of_address = _pool_lookup(supply)
    pools_of_pods: dict[str, dict[int | None, int]] = {}
    for block in blocks:
        index = pool_of_address(block.cidr.first) if block.cidr.version == supply.version else None
        if index is None:
            continue
        for allocation in block.pod_allocations:
            counts = pools_of_pods.setdefault(allocation.node or block.host, {})
            counts[index] = counts.get(index, 0) + 1
    return pools_of_pods


def _pool_lookup(supply: Supply) -> Callable[[int], int | None]:
    """Return what finds the pool of an address by bisection; of overlapping pools the first by name counts."""
    edges = sorted({edge for pool in supply.pools for edge in (pool.cidr.first, pool.cidr.last + 1)})
    pool_from_edge = [
        next((i for i, pool in enumerate(supply.pools) if pool.cidr.first <= edge <= pool.cidr.last), None)
        for edge in edges
    ]
    pool_between_edges = [None, *pool_from_edge]
    return lambda address: pool_between_edges[bisect_right(edges, address)]
