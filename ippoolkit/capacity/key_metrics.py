"""The few numbers that sum a plan up, and a comparison of plans by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..cidr import IPVersion
from ..findings import N_, Language
from ..model import Scenario
from .evaluation import PlanEvaluation
from .verdict import Status, Verdict


@dataclass(frozen=True, slots=True)
class KeyMetrics:
    """One IP version's numbers today, and the first month in which something is short; None: pods were not read."""

    version: IPVersion
    nodes: int
    pods: int | None
    blocks_needed: int
    blocks: int
    addresses_needed: int | None
    addresses: int
    pods_per_node_max: int
    pods_on_busiest_node: int | None
    routes: int
    borrowed_addresses: int
    horizon_months: int
    first_month_with_problem: int | None


def key_metrics(plans: Sequence[PlanEvaluation]) -> KeyMetrics | None:
    """Sum up the IP version whose verdict is worst; None without a pool."""
    if not plans:
        return None
    plan = min(plans, key=lambda plan: plan.verdict.status.rank)
    evaluation = plan.start
    month = plan.verdict.params.get("month")
    first_month_with_problem = 0 if evaluation.problem else month if isinstance(month, int) else None
    pods_known = plan.demand.existing.pods_known
    busiest = max((load.pods_on_busiest_node for load in evaluation.plan.loads), default=0)
    return KeyMetrics(
        version=plan.demand.supply.version,
        nodes=evaluation.fill_result.nodes,
        pods=evaluation.fill_result.pods if pods_known else None,
        blocks_needed=evaluation.blocks_needed,
        blocks=evaluation.total_blocks,
        addresses_needed=evaluation.plan.addresses_needed if pods_known else None,
        addresses=evaluation.total_addresses,
        pods_per_node_max=evaluation.own_blocks.max_pods(evaluation.plan.typical_load),
        pods_on_busiest_node=busiest if pods_known else None,
        routes=evaluation.fill_result.routes,
        borrowed_addresses=evaluation.fill_result.borrowed_addresses,
        horizon_months=plan.demand.months,
        first_month_with_problem=first_month_with_problem,
    )


METRIC_COLUMN = "metric"
# The rows of a comparison: heading and field.
_COMPARED_METRICS = {
    N_("nodes"): "nodes",
    N_("pods"): "pods",
    N_("blocks needed"): "blocks_needed",
    N_("blocks"): "blocks",
    N_("addresses needed"): "addresses_needed",
    N_("addresses"): "addresses",
    N_("max pods on a node's blocks"): "pods_per_node_max",
    N_("pods on the busiest node"): "pods_on_busiest_node",
    N_("routes"): "routes",
    N_("borrowed addresses"): "borrowed_addresses",
    N_("first month with a shortage"): "first_month_with_problem",
}


def comparison_column(
    scenario: Scenario, verdict: Verdict, metrics: KeyMetrics | None, language: Language
) -> dict[str, object]:
    """Return what a comparison says of one plan: a value for each metric, in the order of the rows."""
    is_fine = verdict.status in (Status.FITS, Status.IDLE)
    finding = verdict.finding
    texts = {
        N_("verdict"): language.translate(verdict.status.value),
        N_("reason"): "" if is_fine else finding.short_message(language.code) or finding.message(language.code),
        N_("limit"): language.translate(verdict.limit),
        N_("pools"): ", ".join(f"{pool.cidr}\u00a0/{pool.block_size}" for pool in scenario.cluster.pools),
    }
    counts = {name: getattr(metrics, field) if metrics else None for name, field in _COMPARED_METRICS.items()}
    return {language.translate(name): value for name, value in {**texts, **counts}.items()}
