"""The few numbers that sum a plan up."""

from __future__ import annotations

from dataclasses import dataclass

from ..cidr import IPVersion
from ..model import Scenario
from .demand import compute_demand, ip_versions
from .evaluation import Evaluation, PlanAtMonth
from .plan_tables import verdicts


@dataclass(frozen=True, slots=True)
class KeyMetrics:
    """One family's numbers today, and the first month in which something is wrong."""

    version: IPVersion
    nodes: int
    pods: int
    blocks_needed: int
    blocks: int
    addresses_needed: int
    addresses: int
    pods_per_node_max: int
    pods_on_busiest_node: int
    routes: int
    borrowed_addresses: int
    horizon_months: int
    first_month_with_problem: int | None


def key_metrics(scenario: Scenario) -> KeyMetrics | None:
    """Sum up the family whose verdict is worst; None for a scenario without pools."""
    versions_in_use = ip_versions(scenario)
    if not versions_in_use:
        return None
    worst_verdict_and_version = min(
        zip(verdicts(scenario), versions_in_use, strict=True), key=lambda pair: pair[0].status.rank
    )
    demand = compute_demand(scenario, worst_verdict_and_version[1])
    evaluation = Evaluation(PlanAtMonth(demand), demand.supply.block_classes)
    month = worst_verdict_and_version[0].params.get("month")
    first_month_with_problem = 0 if evaluation.problem else month if isinstance(month, int) else None
    return KeyMetrics(
        version=worst_verdict_and_version[1],
        nodes=evaluation.fill_result.nodes,
        pods=evaluation.fill_result.pods,
        blocks_needed=evaluation.blocks_needed,
        blocks=evaluation.total_blocks,
        addresses_needed=evaluation.plan.addresses_needed,
        addresses=evaluation.total_addresses,
        pods_per_node_max=evaluation.max_pods_per_node(evaluation.plan.typical_load),
        pods_on_busiest_node=max((load.pods_on_busiest_node for load in evaluation.plan.loads), default=0),
        routes=evaluation.fill_result.routes,
        borrowed_addresses=evaluation.fill_result.borrowed_addresses,
        horizon_months=demand.months,
        first_month_with_problem=first_month_with_problem,
    )
