"""The routes that a scenario's nodes announce, rack by rack: nodes that share pools with no other are a rack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..analysis import Analysis, analyse
from ..capacity.block_filling import fill_blocks
from ..capacity.demand import Demand
from ..capacity.plan_at_month import PlanAtMonth
from ..model import Cluster, Scenario
from .bgp_peering import Peerings, Rack, peering_in_use
from .choose_tables import routes_of
from .routes import RackRoutes

if TYPE_CHECKING:
    import pandas as pd


def scenario_routes(scenario: Scenario | Analysis, *, max_routes: int | None = None, lang: str = "en") -> pd.DataFrame:
    """List what a node, a top-of-rack router, the spine and a route reflector hold at the end of a plan.

    Parameters
    ----------
    scenario
        The design, or its analysis. Where its blocks were read and nothing is planned, they and the addresses borrowed
        from them are counted; else what the plan comes to.
    max_routes
        Routes that a table takes; left out: those of the scenario's requirements, else any number.
    lang
        Language of the column `peering`.

    Returns
    -------
    pandas.DataFrame
        A row a family and way in which routes travel; columns as in docs/tables.md.
    """
    analysis = analyse(scenario)
    scenario = analysis.scenario
    if max_routes is None and scenario.requirements is not None:
        max_routes = scenario.requirements.max_routes
    peerings = Peerings(scenario.cluster)
    announced = {
        plan.demand.supply.version: racks
        for plan in analysis.plans
        if (racks := _racks(scenario, plan.end.plan, peerings))
    }
    return routes_of(announced, max_routes, in_use=peering_in_use(scenario, peerings), lang=lang)


def _racks(scenario: Scenario, plan: PlanAtMonth, peerings: Peerings) -> list[RackRoutes]:
    """Return what each rack announces: nodes with one router or AS number, else those that share pools with no other.

    Which pool a borrowed address is from is not known of a plan: it counts as announced unless no pool is.
    """
    if scenario.cluster.blocks and not scenario.plan.groups:
        return _racks_as_read(scenario.cluster, plan, peerings)
    racks: dict[Rack | int, RackRoutes] = {}
    for rack, routes in _planned_routes(scenario, plan, peerings):
        racks[rack] = racks[rack] + routes if rack in racks else routes
    return list(racks.values())


def _planned_routes(
    scenario: Scenario, plan: PlanAtMonth, peerings: Peerings
) -> Iterator[tuple[Rack | int, RackRoutes]]:
    """Yield what loads announce, with their rack; without one the number of the loads that they share pools with."""
    demand = plan.demand
    rack_of_load = _rack_of_load(scenario, demand, peerings)
    unexported_classes = _unexported_classes(demand)
    for number, (classes, loads) in enumerate(plan.sets_with_own_pools):
        nodes = sum(load.nodes for load in loads)
        if not classes or not nodes:
            continue
        fill_result = fill_blocks(demand.supply.block_classes, loads, strict_affinity=demand.supply.strict_affinity)
        pools = sum(not classes.isdisjoint(pool_classes) for pool_classes in demand.supply.classes_by_pool)
        blocks = sum(fill_result.claimed_blocks)
        borrowed = fill_result.borrowed_addresses
        unexported = sum(fill_result.claimed_blocks[index] for index in classes & unexported_classes)
        unexported += borrowed if classes <= unexported_classes else 0
        racks = {rack_of_load.get(load.name) for load in loads if load.nodes}
        if len(racks) == 1:
            (rack,) = racks
            as_number = rack.as_number if rack else 0
            yield rack or number, RackRoutes(nodes, blocks, borrowed, pools, unexported, as_number)
            continue
        for load, blocks_of_load in zip(loads, fill_result.blocks_by_load, strict=True):
            rack = rack_of_load.get(load.name)
            as_number = rack.as_number if rack else 0
            # What is borrowed and kept back counts once: routers that share pools hold the sum of all.
            yield rack or number, RackRoutes(load.nodes, blocks_of_load, borrowed, 0, unexported, as_number)
            borrowed = unexported = 0


def _rack_of_load(scenario: Scenario, demand: Demand, peerings: Peerings) -> dict[str, Rack | None]:
    """Return the rack of each load's nodes; loads of existing nodes whose racks differ have none."""
    cluster = scenario.cluster
    racks_of_groups = {group.name: peerings.rack_of(group.node_labels) for group in scenario.plan.groups}
    racks: dict[str, set[Rack | None]] = {}
    for node, index in zip(cluster.nodes, demand.existing.load_of_node, strict=False):
        racks.setdefault(demand.existing.loads[index].name, set()).add(peerings.rack_of(node.labels, node))
    return racks_of_groups | {
        name: next(iter(racks_of_load)) for name, racks_of_load in racks.items() if len(racks_of_load) == 1
    }


def _unexported_classes(demand: Demand) -> set[int]:
    """Return the block classes of pools that BGP does not announce."""
    pools = zip(demand.supply.pools, demand.supply.classes_by_pool, strict=True)
    return {index for pool, classes in pools if pool.disable_bgp_export for index in classes}


def _racks_as_read(cluster: Cluster, plan: PlanAtMonth, peerings: Peerings) -> list[RackRoutes]:
    """Count the blocks that were read and the addresses that nodes borrowed from them, rack by rack."""
    pools = [pool for pool in cluster.pools if pool.version == plan.demand.supply.version]
    set_of_node = _pool_set_of_nodes(cluster, plan)
    rack_of_node: dict[str, Rack | int] = {
        node.name: peerings.rack_of(node.labels, node) or set_of_node.get(node.name, 0) for node in cluster.nodes
    }
    counts: dict[Rack | int, list[int]] = {}
    racks_of_pool: dict[str, set[Rack | int]] = {}
    for block in cluster.blocks:
        pool = next((pool for pool in pools if block.cidr in pool.cidr), None)
        if pool is None or not block.host:
            continue
        borrowers = [address.node for address in block.allocations if address.node and address.node != block.host]
        for host, blocks, borrowed in [(block.host, 1, 0), *((node, 0, 1) for node in borrowers)]:
            rack = rack_of_node.get(host, 0)
            count = counts.setdefault(rack, [0, 0, 0])
            count[0] += blocks
            count[1] += borrowed
            count[2] += (blocks + borrowed) * pool.disable_bgp_export
            racks_of_pool.setdefault(pool.name, set()).add(rack)
    nodes = Counter(rack_of_node.values())
    return [
        RackRoutes(
            nodes[rack],
            blocks,
            borrowed,
            sum(racks == {rack} for racks in racks_of_pool.values()),
            unexported,
            rack.as_number if isinstance(rack, Rack) else 0,
        )
        for rack, (blocks, borrowed, unexported) in counts.items()
    ]


def _pool_set_of_nodes(cluster: Cluster, plan: PlanAtMonth) -> dict[str, int]:
    """Return by each node's name the number of the set of loads that it shares pools with."""
    existing = plan.demand.existing
    numbers = {load.name: number for number, (_, loads) in enumerate(plan.sets_with_own_pools) for load in loads}
    nodes = zip(cluster.nodes, existing.load_of_node, strict=False)
    return {node.name: numbers.get(existing.loads[index].name, 0) for node, index in nodes}
