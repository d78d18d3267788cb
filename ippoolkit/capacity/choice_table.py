"""What to choose instead: the nearest change of one thing that makes a plan fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..caching import cache_last
from ..calico.limits import DEFAULT_BLOCK_SIZE, allowed_block_sizes
from ..cidr import Cidr, IPVersion
from ..findings import N_, get_language
from ..model import IPPool, Scenario
from ..model.scenario_edits import with_pool
from .block_filling import BlockClass, NodeLoad
from .demand import Demand
from .evaluation import PlanEvaluation
from .idle_pools import idle_reason_code
from .plans_by_pools import PlansByPools
from .table_columns import CHOICES, build_frame
from .verdict import Status

if TYPE_CHECKING:
    import pandas as pd

    from ..address_space import AddressSpace

CHANGE_BLOCK_SIZE = "blockSize"
CHANGE_PREFIX = N_("prefix")
ADD_POOL = N_("add a pool")

SHORTEST_PREFIX_TRIED: dict[IPVersion, int] = {4: 8, 6: 48}
_MAX_STEM = 240  # characters of a name; with what is added it stays below Kubernetes' 253


@dataclass(frozen=True, slots=True)
class Choice:
    """One change that makes the plan fit: the scenario with it, and how far that reaches."""

    change: str
    pool: str
    value: int
    scenario: Scenario
    nodes_fit: int
    pods_per_node_max: int


def choice_table(choices: Iterable[Choice], lang: str) -> pd.DataFrame:
    """Return a row for each change; see `Analysis.choice_table`."""
    language = get_language(lang)
    rows = [
        (
            language.translate(choice.change),
            choice.pool,
            f"/{choice.value}",
            choice.nodes_fit,
            choice.pods_per_node_max,
            language.translate(Status.FITS.value),
        )
        for choice in choices
    ]
    return build_frame(CHOICES, rows)


def find_choices(plans: PlansByPools) -> list[Choice]:
    """Return the nearest changes of one thing that make a plan fit which does not."""
    failing_plans = [plan for plan in plans.on_own_pools() if plan.verdict.status in (Status.TIGHT, Status.FAILS)]
    if len(failing_plans) != 1:
        return []  # all is well, or one change of one pool is not enough
    (plan,) = failing_plans
    if not plan.demand.existing.pods_known:
        return []  # what is enough depends on pods that were not read
    choice_by_change: dict[tuple[str, str], Choice] = {}
    for index, pool in enumerate(plan.demand.supply.pools):
        if not idle_reason_code(pool):
            for choice in _choices_for_pool(plans, plan, index):
                choice_by_change.setdefault((choice.change, choice.pool), choice)
    return list(choice_by_change.values())


def _choices_for_pool(plans: PlansByPools, plan: PlanEvaluation, index: int) -> Iterator[Choice]:
    scenario, pool = plans.scenario, plan.demand.supply.pools[index]
    for change, candidates in (
        (CHANGE_BLOCK_SIZE, ((size, pool.cidr, size) for size in _other_block_sizes(pool))),
        (CHANGE_PREFIX, ((cidr.prefix, cidr, pool.block_size) for cidr in _longer_ranges(pool))),
    ):
        for value, cidr, block_size in candidates:
            if reach := _reach_if_it_fits(plans.with_resized_pool(plan, index, cidr, block_size)):
                changed_scenario = with_pool(scenario, pool.name, cidr=cidr, block_size=block_size)
                yield Choice(change, pool.name, value, changed_scenario, *reach)
                break
    for value, added_pool in _pools_to_add(scenario, pool):
        if reach := _reach_if_it_fits(PlanEvaluation.from_demand(_demand_with_added_pool(plan.demand, added_pool))):
            cluster = replace(scenario.cluster, pools=(*scenario.cluster.pools, added_pool))
            yield Choice(ADD_POOL, "", value, replace(scenario, cluster=cluster), *reach)
            break


def _reach_if_it_fits(plan: PlanEvaluation) -> tuple[int, int] | None:
    """Return how many nodes and how many pods a node the plan reaches, where it fits."""
    if plan.verdict.status is not Status.FITS:
        return None
    return plan.end.nodes_fit, plan.end.own_blocks.max_pods(plan.end.plan.typical_load)


def _demand_with_added_pool(demand: Demand, added_pool: IPPool) -> Demand:
    """Return the demand with one more pool, tried behind the others by every node that they serve."""
    new_class_index = len(demand.supply.block_classes)

    def with_new_pool(load: NodeLoad) -> NodeLoad:
        demands = (
            replace(address_demand, block_classes=(*address_demand.block_classes, new_class_index))
            if address_demand.block_classes
            else address_demand
            for address_demand in load.demands
        )
        return (
            replace(load, demands=tuple(demands), pod_block_classes=(*load.pod_block_classes, new_class_index))
            if load.pod_block_classes
            else load
        )

    return replace(
        demand,
        supply=replace(
            demand.supply,
            block_classes=(
                *demand.supply.block_classes,
                BlockClass(added_pool.block_count, added_pool.addresses_per_block),
            ),
        ),
        groups=tuple(replace(group, load=with_new_pool(group.load)) for group in demand.groups),
        existing=demand.existing.with_loads(with_new_pool(load) for load in demand.existing.loads),
    )


def _other_block_sizes(pool: IPPool) -> list[int]:
    """Return other block sizes: Calico's default first, then the nearest."""
    default = DEFAULT_BLOCK_SIZE[pool.version]
    sizes = (size for size in allowed_block_sizes(pool.version, pool.cidr.prefix) if size != pool.block_size)
    return sorted(sizes, key=lambda size: (size != default, abs(size - pool.block_size)))


def _longer_ranges(pool: IPPool) -> Iterator[Cidr]:
    for prefix in range(pool.cidr.prefix - 1, SHORTEST_PREFIX_TRIED[pool.version] - 1, -1):
        yield pool.cidr.with_prefix(prefix)


def _pools_to_add(scenario: Scenario, pool: IPPool) -> Iterator[tuple[int, IPPool]]:
    """Yield ever larger pools beside the one there, each in a range that is free; none where there is no room."""
    name = _new_name(scenario, pool)
    spaces = _free_spaces(scenario, pool.version)
    for prefix in range(pool.block_size, SHORTEST_PREFIX_TRIED[pool.version] - 1, -1):
        offers = (cidr for address_space in spaces for cidr in address_space.best_fit(prefix, 1, pool.version))
        free_range = next(offers, None)
        if free_range is None:
            return
        yield prefix, replace(pool, name=name, cidr=free_range)


def _new_name(scenario: Scenario, pool: IPPool) -> str:
    """Return a name by which the new pool is tried behind all that are there: Calico goes by their names."""
    last_name = max(existing_pool.name for existing_pool in scenario.cluster.pools)
    stems = pool.object_name, max(existing_pool.object_name for existing_pool in scenario.cluster.pools)
    names = (f"{stem[:_MAX_STEM]}-{number}" for stem in stems for number in range(2, 10))
    return next((name for name in names if name > last_name), f"zz-{pool.object_name[:_MAX_STEM]}")


def _space_key(scenario: Scenario, version: IPVersion) -> tuple[object, ...]:
    cluster = scenario.cluster
    cidrs = tuple(pool.cidr for pool in cluster.pools)
    return version, scenario.networks, cidrs, cluster.nodes, cluster.blocks, cluster.services


@cache_last(_space_key)
def _free_spaces(scenario: Scenario, version: IPVersion) -> list[AddressSpace]:
    """Return where there is room for a pool: in the cluster CIDR, and in private ranges."""
    from ..address_space import PRIVATE, AddressSpace, networks_in_use  # with numpy: a plan that fits goes without

    # Pods have their addresses from pools and blocks, which count.
    cluster = replace(scenario.cluster, pods=())
    listed_networks = tuple(networks_in_use(replace(scenario, cluster=cluster)))
    within = tuple(cidr for cidr in scenario.networks.cluster if cidr.version == version)
    return [AddressSpace(ranges, listed_networks) for ranges in (within, PRIVATE[version]) if ranges]
