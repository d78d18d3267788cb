"""What the nodes that exist draw from the pools where their addresses are."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ..caching import cache_last
from ..calico.limits import WINDOWS_RESERVED_PER_BLOCK
from ..calico.pool_selection import max_blocks_per_node
from ..cidr import ADDRESS_BITS
from ..model import Block, Node, Pod, Scenario
from .block_filling import AddressDemand, NodeLoad
from .supply import Supply, pool_lookup, pools_for, tunnel_pools, wireguard_enabled


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


def _cache_key(scenario: Scenario, supply: Supply) -> tuple[object, ...]:
    """Return all that decides what nodes draw that exist: of the pools everything but the size of their blocks."""
    cluster = scenario.cluster
    pools = tuple(replace(pool, block_size=ADDRESS_BITS[pool.version]) for pool in supply.pools)
    wireguard = wireguard_enabled(scenario, 4), wireguard_enabled(scenario, 6)
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
def existing_nodes(scenario: Scenario, supply: Supply) -> ExistingNodes:
    """Work out what the nodes that exist draw from the pools where their addresses are."""
    cluster = scenario.cluster
    pools_of_pods = _pools_in_blocks(cluster.blocks, supply) if cluster.lacks_pods else {}
    pools_of_pods |= _pools_of_pods(cluster.pods, supply)
    pool_of_address = pool_lookup(supply)
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
    pool_of_address = pool_lookup(supply)
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
    tunnels = sum(demand.count for demand in load.tunnel_demands if not set(demand.block_classes).isdisjoint(classes))
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
    pool_of_address = pool_lookup(supply)
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
    pool_of_address = pool_lookup(supply)
    pools_of_pods: dict[str, dict[int | None, int]] = {}
    for block in blocks:
        index = pool_of_address(block.cidr.first) if block.cidr.version == supply.version else None
        if index is None:
            continue
        for allocation in block.pod_allocations:
            counts = pools_of_pods.setdefault(allocation.node or block.host, {})
            counts[index] = counts.get(index, 0) + 1
    return pools_of_pods
