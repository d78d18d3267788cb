"""A scenario seen by one address family: what its pools offer, and what its nodes draw from them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from ..calico.limits import WINDOWS_RESERVED_PER_BLOCK
from ..calico.pool_selection import max_blocks_per_node
from ..cidr import IPVersion
from ..model import IPPool, NodeGroup, Scenario
from .block_filling import AddressDemand, NodeLoad
from .existing_nodes import ExistingNodes, existing_nodes
from .supply import Supply, compute_supply, pools_for, tunnel_pools


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
        if all(load.draws_addresses for load in self.loads_after()):
            return self
        return replace(
            self,
            existing=self.existing.with_loads(load for load in self.existing.loads if load.draws_addresses),
            groups=tuple(group for group in self.groups if group.load.draws_addresses),
        )

    @property
    def grows(self) -> bool:
        """Whether anything changes within the horizon."""
        return self.months > 0 and any(group.grows for group in self.groups)


def compute_demand(scenario: Scenario, version: IPVersion, pools: Sequence[IPPool] | None = None) -> Demand:
    """Work out what one family's pools have to carry, the scenario's or others in their place.

    Windows nodes have no IPv6.
    """
    supply = compute_supply(scenario, version, pools)
    existing = existing_nodes(scenario, supply)
    # Without any node a node of no load stands for one, so that there is something to measure the pools with.
    planned_groups = scenario.plan.groups or (() if existing.loads else (NodeGroup(),))
    groups = tuple(
        _planned_group(scenario, supply, group)
        for group in planned_groups
        if not (group.os == "windows" and version == 6)
    )
    return Demand(supply, existing, groups, scenario.plan.months)


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
