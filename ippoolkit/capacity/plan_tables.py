"""The whole plan: its verdict, its growth, its nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..findings import get_language
from ..model import Scenario
from .block_filling import needs_of_node
from .demand import Demand, NodeGroupDemand, compute_demand, ip_versions
from .evaluation import (
    LIMIT_ADDRESSES,
    LIMIT_BLOCKS,
    LIMIT_BLOCKS_PER_NODE,
    LIMIT_BY_CODE,
    LIMIT_MAX_PODS,
    LIMIT_STRICT_AFFINITY,
    Evaluation,
    PlanAtMonth,
    Status,
    Verdict,
    decide_verdict,
    evaluate_start_and_end,
)
from .table_columns import GROWTH, NODES, build_frame

if TYPE_CHECKING:
    import pandas as pd


def verdicts(scenario: Scenario) -> list[Verdict]:
    """Judge the plan for each address family, all its pools together; IPv4 first."""
    if not scenario.cluster.pools:
        return [Verdict(Status.FAILS, "no-pool", LIMIT_BLOCKS)]
    return [_verdict_on_demand(compute_demand(scenario, version)) for version in ip_versions(scenario)]


def verdict(scenario: Scenario) -> Verdict:
    """Judge the plan: the worse of its families' verdicts."""
    return min(verdicts(scenario), key=lambda verdict: verdict.status.rank)


def growth(scenario: Scenario, *, lang: str = "en") -> pd.DataFrame:
    """Follow the plan over its horizon, all pools of a family together.

    Parameters
    ----------
    scenario
        The design.
    lang
        Language of the column `limit`.

    Returns
    -------
    pandas.DataFrame
        A row a month and family, from month 0; columns as in docs/tables.md.
    """
    rows: list[tuple[Any, ...]] = []
    demands = [compute_demand(scenario, version) for version in ip_versions(scenario)]
    for month in range(scenario.plan.months + 1):
        for demand in demands:
            evaluation = Evaluation(PlanAtMonth(demand, month), demand.supply.block_classes)
            limit = LIMIT_BY_CODE[evaluation.problem[1]] if evaluation.problem else ""
            rows.append(
                (
                    month,
                    demand.supply.version,
                    evaluation.fill_result.nodes,
                    evaluation.fill_result.pods,
                    evaluation.blocks_needed,
                    evaluation.total_blocks,
                    evaluation.plan.addresses_needed,
                    evaluation.total_addresses,
                    evaluation.spare_blocks,
                    get_language(lang).translate(limit) if limit else "",
                )
            )
    return build_frame(GROWTH, rows)


def nodes(scenario: Scenario, *, lang: str = "en") -> pd.DataFrame:
    """List the nodes that exist, one by one, and the planned groups.

    Parameters
    ----------
    scenario
        The design.
    lang
        Language of the column `first_limit`.

    Returns
    -------
    pandas.DataFrame
        A row a node or group and family; columns as in docs/tables.md.
    """
    rows: list[tuple[Any, ...]] = []
    for version in ip_versions(scenario):
        demand = compute_demand(scenario, version)
        evaluation = Evaluation(PlanAtMonth(demand), demand.supply.block_classes)
        planned_groups = demand.groups if scenario.plan.groups else ()
        rows += [_node_row(evaluation, group, lang) for group in (*demand.nodes, *planned_groups)]
    return build_frame(NODES, rows)


def _verdict_on_demand(demand: Demand) -> Verdict:
    return decide_verdict(*evaluate_start_and_end(demand), f"IPv{demand.supply.version}")


def _node_row(evaluation: Evaluation, group: NodeGroupDemand, lang: str) -> tuple[Any, ...]:
    load = group.load
    supply = evaluation.plan.demand.supply
    blocks_per_node = evaluation.blocks_needed_by(load, frozenset(range(len(evaluation.block_classes))))
    pods_possible, limit = _first_limit_of_node(evaluation, group)
    pools = [
        pool.name
        for pool, class_indices in zip(supply.pools, supply.classes_by_pool, strict=True)
        if class_indices[0] in load.pod_block_classes
    ]
    return (
        load.name,
        supply.version,
        load.nodes,
        load.pods,
        load.pods_on_busiest_node,
        sum(request.count for request in load.demands if request.is_tunnel),
        ", ".join(pools),
        blocks_per_node,
        blocks_per_node * load.nodes,
        evaluation.max_pods_per_node(load),
        pods_possible,
        get_language(lang).translate(limit),
    )


def _first_limit_of_node(evaluation: Evaluation, group: NodeGroupDemand) -> tuple[int, str]:
    """Return the pods at which one node of a group takes no more, and what stops it."""
    load, fill_result = group.load, evaluation.fill_result
    no_borrowing = evaluation.plan.demand.supply.strict_affinity or load.reserved_per_block > 0
    if no_borrowing:  # what its own blocks leave, and the blocks that nobody has
        _, free_in_own_blocks, _ = needs_of_node(
            evaluation.block_classes, [room.blocks for room in evaluation.block_classes], load
        )
        free_addresses = sum(free_in_own_blocks.get(room, 0) for room in load.pod_block_classes)
        for room in load.pod_block_classes:
            usable_per_block = max(0, evaluation.block_classes[room].usable_addresses - load.reserved_per_block)
            free_addresses += (
                evaluation.block_classes[room].blocks - fill_result.claimed_blocks[room]
            ) * usable_per_block
    else:
        free_addresses = sum(
            evaluation.block_classes[r].blocks * evaluation.block_classes[r].usable_addresses
            - fill_result.used_addresses[r]
            for r in load.pod_block_classes
        )
    return min(
        (group.max_pods, LIMIT_MAX_PODS),
        (evaluation.max_pods_per_node(load), LIMIT_BLOCKS_PER_NODE),
        (load.pods + free_addresses, LIMIT_STRICT_AFFINITY if no_borrowing else LIMIT_ADDRESSES),
        key=lambda limit: limit[0],
    )
