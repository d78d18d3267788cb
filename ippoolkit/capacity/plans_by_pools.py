"""The plan of a scenario on its own pools, and on others in their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ..cidr import Cidr
from ..model import IPPool, Scenario
from .block_filling import BlockClass
from .demand import compute_demand
from .evaluation import PlanEvaluation
from .supply import ip_versions, reserved_coverage


@dataclass(frozen=True, eq=False)
class PlansByPools:
    """The plan of one scenario, evaluated once for each set of pools of one IP version that is asked for."""

    scenario: Scenario
    _plans: list[tuple[Sequence[IPPool], PlanEvaluation]] = field(default_factory=list, init=False, repr=False)

    def on_own_pools(self) -> list[PlanEvaluation]:
        """Return the plan for each IP version that has pools; IPv4 first."""
        pools = self.scenario.cluster.pools
        return [
            self.on_pools([pool for pool in pools if pool.version == version]) for version in ip_versions(self.scenario)
        ]

    def on_pools(self, pools: Sequence[IPPool]) -> PlanEvaluation:
        """Return the plan on these pools, all of one IP version, in place of the scenario's."""
        for known_pools, known_plan in self._plans:
            if known_pools == pools:
                return known_plan
        plan = PlanEvaluation.from_demand(compute_demand(self.scenario, pools[0].version, pools))
        self._plans.append((pools, plan))
        return plan

    def with_resized_pool(self, plan: PlanEvaluation, index: int, cidr: Cidr, block_size: int) -> PlanEvaluation:
        """Return the plan with another range or blockSize of the pool that stands at this index in its supply."""
        supply = plan.demand.supply
        pool, pool_classes = supply.pools[index], supply.classes_by_pool[index]
        if (cidr, block_size) == (pool.cidr, pool.block_size):
            return plan
        if len(pool_classes) > 1 or reserved_coverage(self.scenario, cidr).covered_ranges:
            # Reservations cut every size and range into other block classes: what nodes draw is worked out again.
            resized_pool = replace(pool, cidr=cidr, block_size=block_size)
            return self.on_pools([*supply.pools[:index], resized_pool, *supply.pools[index + 1 :]])
        block_classes = list(plan.block_classes)
        block_classes[pool_classes[0]] = BlockClass(cidr.subnet_count(block_size), 1 << (cidr.bits - block_size))
        return plan.in_blocks(tuple(block_classes))
