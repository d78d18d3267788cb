"""The table of block sizes: what each size that Calico takes would make of a pool."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..calico.limits import allowed_block_sizes
from ..cidr import Cidr
from ..findings import SOURCES, get_language
from ..model import IPPool, Scenario
from .block_filling import BlockClass, NodeLoad, fill_blocks
from .evaluation import Evaluation, PlanEvaluation
from .idle_pools import idle_reason_code
from .plans_by_pools import PlansByPools
from .table_columns import BLOCK_SIZES, PREFIXES, build_frame
from .verdict import LIMIT_BLOCKS, LIMIT_BLOCKS_PER_NODE, Status, Verdict

if TYPE_CHECKING:
    import pandas as pd

USUAL_PREFIXES = {4: range(8, 29), 6: range(48, 125, 4)}
# The sources of what binds next where a plan holds.
_SOURCE_BY_LIMIT = {LIMIT_BLOCKS: "blocks", LIMIT_BLOCKS_PER_NODE: "ipam"}


def block_size_table(plans: PlansByPools, pool: IPPool, lang: str) -> pd.DataFrame:
    """Return a row for each block size that Calico takes for the pool; see `Analysis.block_sizes`."""
    return build_frame(
        BLOCK_SIZES, [block_size_row(pool_at_size, lang) for pool_at_size in pool_at_each_block_size(plans, pool)]
    )


def prefix_table(plans: PlansByPools, pool: IPPool, prefix_lengths: Iterable[int] | None, lang: str) -> pd.DataFrame:
    """Return a row for each prefix length that the pool's range could have and each block size."""
    rows = []
    for prefix in USUAL_PREFIXES[pool.version] if prefix_lengths is None else prefix_lengths:
        resized_pool = replace(pool, cidr=pool.cidr.with_prefix(prefix), block_size=max(pool.block_size, prefix))
        rows += [
            (prefix, *block_size_row(pool_at_size, lang))
            for pool_at_size in pool_at_each_block_size(plans, resized_pool)
        ]
    return build_frame((*PREFIXES, *BLOCK_SIZES), rows)


def chosen_pool(scenario: Scenario, name: str | None) -> IPPool:
    """Return the pool of that name, or the first by name.

    Raises
    ------
    KeyError
        When there is none.
    """
    if name is not None:
        return scenario.cluster.pool(name)
    if not scenario.cluster.pools:
        raise KeyError("the scenario has no pool")
    return min(scenario.cluster.pools, key=lambda pool: pool.name)


@dataclass(frozen=True, slots=True)
class PoolAtBlockSize:
    """A pool at one block size: the plan of the nodes that it selects, and the verdict."""

    cidr: Cidr
    block_size: int
    plan: PlanEvaluation
    verdict: Verdict


def pool_at_each_block_size(plans: PlansByPools, pool: IPPool) -> Iterator[PoolAtBlockSize]:
    """Yield the pool at each size that Calico takes for it, ascending."""
    sizes = allowed_block_sizes(pool.version, pool.cidr.prefix)
    if not sizes:
        return  # a disabled pool that is smaller than any block
    pool_for_all_nodes = replace(
        pool, disabled=False, assignment_mode="Automatic", allowed_uses=("Workload", "Tunnel"), namespace_selector=""
    )
    plan_on_pool = plans.on_pools([pool_for_all_nodes]).of_served_nodes
    idle_code = idle_reason_code(pool) or ("" if plan_on_pool.demand.loads_after() else "pool-selects-none")
    for size in sizes:
        plan = plans.with_resized_pool(plan_on_pool, 0, pool.cidr, size).of_served_nodes
        verdict = (
            Verdict(Status.IDLE, idle_code, LIMIT_BLOCKS, params={"selector": pool.node_selector})
            if idle_code
            else plan.verdict
        )
        yield PoolAtBlockSize(pool.cidr, size, plan, verdict)


def max_pods_spread_evenly(evaluation: Evaluation, *, strict_affinity: bool) -> int:
    """Return the pods in all when every node served holds as many as can be; 0 where one has no block of its own.

    `strict_affinity`: each node keeps to blocks of its own.
    """
    block_classes = evaluation.block_classes
    loads = [load for load in evaluation.plan.loads if load.nodes]
    served_loads = [load for load in loads if load.pod_block_classes]
    if not served_loads:
        return 0
    nodes = sum(load.nodes for load in served_loads)
    max_pods_per_node = min(evaluation.own_blocks.max_pods(load) for load in served_loads)
    # Alike nodes in a pool without reservations: plain division. Anything else is searched, starting from there.
    usable_per_block = block_classes[0].usable_addresses - served_loads[0].reserved_per_block
    tunnel_addresses = sum(demand.count for demand in served_loads[0].tunnel_demands)
    pods_per_node = (
        block_classes[0].blocks // nodes * usable_per_block
        if strict_affinity
        else block_classes[0].blocks * usable_per_block // nodes
    )
    pods_per_node = min(max(pods_per_node - tunnel_addresses, 0), max_pods_per_node)
    if len(loads) > 1 or len(block_classes) > 1:
        pods_per_node = _greatest_that_holds(
            lambda pods: _all_nodes_can_hold(block_classes, loads, pods, strict_affinity=strict_affinity),
            pods_per_node,
            max_pods_per_node,
        )
    return pods_per_node * nodes


def _all_nodes_can_hold(
    block_classes: Sequence[BlockClass], loads: Iterable[NodeLoad], pods: int, *, strict_affinity: bool
) -> bool:
    fill_result = fill_blocks(
        block_classes,
        [load.with_pods(pods) if load.pod_block_classes else load for load in loads],
        strict_affinity=strict_affinity,
    )
    return not (
        fill_result.pods_without_address
        or fill_result.tunnels_without_address
        or (strict_affinity and fill_result.first_node_without_block)
    )


def _greatest_that_holds(holds: Callable[[int], bool], guess: int, maximum: int) -> int:
    """Return the greatest number up to `maximum` that holds, 0 if none does, in widening steps from a guess."""
    low, high, step, candidate = -1, maximum + 1, 1, guess  # holds at `low` (or it is -1), fails at `high`
    while high - low > 1:
        if holds(candidate):
            low, candidate = candidate, candidate + step
        else:
            high, candidate = candidate, candidate - step
        if not low < candidate < high:
            candidate = (low + high) // 2
        step *= 2
    return max(low, 0)


def block_size_row(pool_at_size: PoolAtBlockSize, lang: str) -> tuple[Any, ...]:
    """Return the values of one row."""
    cidr, block_size = pool_at_size.cidr, pool_at_size.block_size
    plan, verdict = pool_at_size.plan, pool_at_size.verdict
    start, end, language = plan.start, plan.end, get_language(lang)
    fill_result, typical_load, open_block_classes = (
        start.fill_result,
        start.plan.typical_load,
        start.plan.open_block_classes,
    )
    blocks_per_node = start.own_blocks.needed_by(typical_load, open_block_classes)
    blocks_on_busiest_node = max(
        (start.own_blocks.needed_by(load, open_block_classes, busiest=True) for load in start.plan.loads), default=0
    )
    source = verdict.finding.rule.source_key if verdict.status is not Status.FITS else _SOURCE_BY_LIMIT[verdict.limit]
    pods_fit_strict = max_pods_spread_evenly(start, strict_affinity=True)
    return (
        block_size,
        1 << (cidr.bits - block_size),
        cidr.subnet_count(block_size),
        blocks_per_node,
        max(blocks_on_busiest_node, blocks_per_node),
        start.nodes_fit,
        start.own_blocks.max_pods(typical_load),
        pods_fit_strict if plan.demand.supply.strict_affinity else max_pods_spread_evenly(start, strict_affinity=False),
        pods_fit_strict,
        sum(fill_result.free_in_claimed_blocks) + fill_result.borrowed_addresses,
        fill_result.borrowed_addresses,
        fill_result.routes,
        end.spare_blocks,
        fill_result.first_node_without_block or None,
        fill_result.first_pod_without_address or None,
        fill_result.nodes,
        end.fill_result.nodes,
        language.translate(verdict.limit),
        SOURCES[source].title,
        language.translate(verdict.status.value),
        verdict.finding.short_message(lang),
    )
