"""What a plan asks for in one month, whatever the pools offer: its loads, and the node that is typical of them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from .block_filling import NodeLoad
from .demand import Demand, NodeGroupDemand


@dataclass(frozen=True)
class PlanAtMonth:
    """What the plan asks for in one month, whatever the pools offer."""

    demand: Demand
    month: int = 0

    @cached_property
    def loads(self) -> list[NodeLoad]:
        """What joins, in order."""
        return self.demand.loads_after(self.month)

    @cached_property
    def typical_load(self) -> NodeLoad:
        """The mean load of the nodes that growth adds, or of all nodes where none are added; rounded up."""
        return self._typical_of(self.loads, [group for group in self.demand.groups if group.nodes_per_month])

    @cached_property
    def typical_loads(self) -> list[NodeLoad]:
        """The typical load of each set of nodes that shares pools with no other."""
        growing = [group for group in self.demand.groups if group.nodes_per_month]
        return [
            self._typical_of(loads, [group for group in growing if not classes.isdisjoint(group.load.block_classes)])
            for classes, loads in self.sets_with_own_pools
        ]

    @cached_property
    def sets_with_own_pools(self) -> list[tuple[set[int], list[NodeLoad]]]:
        """Loads that share pools with no other, such as those of a rack, and the block classes that they draw from."""
        sets: list[tuple[set[int], list[NodeLoad]]] = []
        for load in self.loads:
            classes = load.block_classes
            sharing = [class_set for class_set in sets if not class_set[0].isdisjoint(classes)]
            if not sharing:
                sets.append((classes, [load]))
                continue
            (first_classes, first_loads), *further_sets = sharing
            first_classes |= classes
            first_loads.append(load)
            for other_classes, other_loads in further_sets:
                first_classes |= other_classes
                first_loads += other_loads
                sets.remove((other_classes, other_loads))
        return sets

    def _typical_of(self, all_loads: list[NodeLoad], growing: list[NodeGroupDemand]) -> NodeLoad:
        if len(all_loads) == 1:
            return all_loads[0]
        if not all_loads:
            return NodeLoad("", 1, 0, 0, (), (), max_blocks=0)
        if growing:
            loads = [group.load_after(self.month) for group in growing]
            weights = [group.nodes_per_month for group in growing]
        else:
            loads = [load for load in all_loads if load.nodes] or all_loads
            weights = [Fraction(load.nodes or 1) for load in loads]
        representative = max(
            zip(weights, loads, strict=True), key=lambda pair: (bool(pair[1].pod_block_classes), pair[0])
        )[1]
        weighted_addresses = sum(weight * load.addresses for weight, load in zip(weights, loads, strict=True))
        pods = max(0, math.ceil(weighted_addresses / sum(weights)) - len(representative.tunnel_demands))
        return replace(representative.with_pods(pods), name="", nodes=1, pods_on_busiest_node=pods, needs_block=True)

    @cached_property
    def open_block_classes(self) -> frozenset[int]:
        """Those that pods or tunnels to come may draw on, unlike those of a disabled pool."""
        pod_classes = {class_index for load in self.loads for class_index in load.pod_block_classes}
        future_demands = (demand for load in self.loads if load.needs_block for demand in load.demands)
        return frozenset(
            pod_classes | {class_index for demand in future_demands for class_index in demand.block_classes}
        )

    @cached_property
    def addresses_needed(self) -> int:
        """Addresses of those block classes that pods and tunnels take."""
        return sum(
            demand.count * load.nodes
            for load in self.loads
            for demand in load.demands
            if not self.open_block_classes.isdisjoint(demand.block_classes)
        )
