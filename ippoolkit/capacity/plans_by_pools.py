"""The plan of a scenario on its own pools, and on others in their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

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

    def with_changed_pool(self, plan: PlanEvaluation, index: int, changed_pool: IPPool) -> PlanEvaluation:
        """Return the plan with another blockSize or range of the pool that stands at this index in its supply."""
        supply = plan.demand.supply
        if changed_pool == supply.pools[index]:
            return plan
        if len(supply.classes_by_pool[index]) > 1 or reserved_coverage(self.scenario, changed_pool).covered_ranges:
            # Reservations cut every size and range into other block classes: what nodes draw is worked out again.
            return self.on_pools([*supply.pools[:index], changed_pool, *supply.pools[index + 1 :]])
        block_classes = list(plan.block_classes)
        block_classes[supply.classes_by_pool[index][0]] = BlockClass(
            changed_pool.block_count, changed_pool.addresses_per_block
        )
        return plan.in_blocks(tuple(block_classes))
