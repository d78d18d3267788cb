"""Tables of the whole plan: its growth, its nodes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..findings import get_language
from ..model import Scenario
from .block_filling import NodeLoad, needs_of_node
from .evaluation import Evaluation, PlanEvaluation
from .table_columns import GROWTH, NODES, build_frame
from .verdict import (
    LIMIT_ADDRESSES,
    LIMIT_BLOCKS_PER_NODE,
    LIMIT_BY_CODE,
    LIMIT_MAX_PODS,
    LIMIT_STRICT_AFFINITY,
)

if TYPE_CHECKING:
    import pandas as pd


def growth_table(plans: Sequence[PlanEvaluation], months: int, lang: str) -> pd.DataFrame:
    """Return a row for each month and IP version; see `Analysis.growth`."""
    language = get_language(lang)
    rows: list[tuple[Any, ...]] = []
    for month in range(months + 1):
        for plan in plans:
            evaluation, pods_known = plan.at_month(month), plan.demand.existing.pods_known
            limit = LIMIT_BY_CODE[evaluation.problem[1]] if evaluation.problem else ""
            rows.append(
                (
                    month,
                    plan.demand.supply.version,
                    evaluation.fill_result.nodes,
                    evaluation.fill_result.pods if pods_known else None,
                    evaluation.blocks_needed,
                    evaluation.total_blocks,
                    evaluation.plan.addresses_needed if pods_known else None,
                    evaluation.total_addresses,
                    evaluation.spare_blocks,
                    language.translate(limit) if limit else "",
                )
            )
    return build_frame(GROWTH, rows)


def node_table(scenario: Scenario, plans: Iterable[PlanEvaluation], lang: str) -> pd.DataFrame:
    """Return a row for each node and planned group and each IP version; see `Analysis.nodes`."""
    rows: list[tuple[Any, ...]] = []
    for plan in plans:
        existing = plan.demand.existing
        # Nodes that draw alike differ in name and kubelet's limit only.
        kinds = [
            (index, node.max_pods) for node, index in zip(scenario.cluster.nodes, existing.load_of_node, strict=True)
        ]
        row_of_kind = {
            (index, max_pods): _node_row(
                plan.start, replace(existing.loads[index], nodes=1), max_pods, lang, pods_known=existing.pods_known
            )
            for index, max_pods in set(kinds)
        }
        rows += [(node.name, *row_of_kind[kind]) for node, kind in zip(scenario.cluster.nodes, kinds, strict=True)]
        if scenario.plan.groups:
            rows += [
                (group.load.name, *_node_row(plan.start, group.load, group.max_pods, lang))
                for group in plan.demand.groups
            ]
    return build_frame(NODES, rows)


def _node_row(
    evaluation: Evaluation, load: NodeLoad, max_pods: int, lang: str, *, pods_known: bool = True
) -> tuple[Any, ...]:
    """Return all columns but the name."""
    supply = evaluation.plan.demand.supply
    blocks_per_node = evaluation.own_blocks.needed_by(load, frozenset(range(len(evaluation.block_classes))))
    pods_possible, limit = _first_limit_of_node(evaluation, load, max_pods)
    pools = [
        pool.name
        for pool, class_indices in zip(supply.pools, supply.classes_by_pool, strict=True)
        if class_indices[0] in load.pod_block_classes
    ]
    return (
        supply.version,
        load.nodes,
        load.pods if pods_known else None,
        load.pods_on_busiest_node if pods_known else None,
        sum(demand.count for demand in load.tunnel_demands),
        ", ".join(pools),
        blocks_per_node,
        blocks_per_node * load.nodes,
        evaluation.own_blocks.max_pods(load),
        pods_possible,
        get_language(lang).translate(limit),
    )


def _first_limit_of_node(evaluation: Evaluation, load: NodeLoad, max_pods: int) -> tuple[int, str]:
    """Return the pods at which one node accepts no more, and what stops it."""
    fill_result, block_classes = evaluation.fill_result, evaluation.block_classes
    no_borrowing = evaluation.plan.demand.supply.strict_affinity or load.reserved_per_block > 0
    if no_borrowing:  # what its own blocks leave, and the blocks that nobody has
        _, free_in_own_blocks, _ = needs_of_node(
            block_classes, [block_class.blocks for block_class in block_classes], load
        )
        free_addresses = sum(free_in_own_blocks.get(class_index, 0) for class_index in load.pod_block_classes)
        for class_index in load.pod_block_classes:
            usable_per_block = max(0, block_classes[class_index].usable_addresses - load.reserved_per_block)
            free_blocks = block_classes[class_index].blocks - fill_result.claimed_blocks[class_index]
            free_addresses += free_blocks * usable_per_block
    else:
        free_addresses = sum(
            block_classes[class_index].blocks * block_classes[class_index].usable_addresses
            - fill_result.used_addresses[class_index]
            for class_index in load.pod_block_classes
        )
    return min(
        (max_pods, LIMIT_MAX_PODS),
        (evaluation.own_blocks.max_pods(load), LIMIT_BLOCKS_PER_NODE),
        (load.pods + free_addresses, LIMIT_STRICT_AFFINITY if no_borrowing else LIMIT_ADDRESSES),
        key=lambda limit: limit[0],
    )
