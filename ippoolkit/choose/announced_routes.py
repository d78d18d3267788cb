"""The routes that a scenario's nodes announce, rack by rack: nodes that share pools with no other are a rack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..capacity.block_filling import fill_blocks
from ..capacity.demand import Demand, compute_demand, ip_versions
from ..capacity.evaluation import PlanAtMonth
from ..cidr import IPVersion
from ..model import Cluster, Scenario
from .choose_tables import routes_of
from .routes import Peering, RackRoutes

if TYPE_CHECKING:
    import pandas as pd


def scenario_routes(scenario: Scenario, *, max_routes: int | None = None, lang: str = "en") -> pd.DataFrame:
    """List what a node, a top-of-rack router, the spine and a route reflector hold at the end of a plan.

    Parameters
    ----------
    scenario
        The design. Where its blocks were read and nothing is planned, they and the addresses borrowed from them are
        counted; else what the plan comes to.
    max_routes
        Routes that a table takes; left out: those of the scenario's requirements, else any number.
    lang
        Language of the column `peering`.

    Returns
    -------
    pandas.DataFrame
        A row a family and way in which routes travel; columns as in docs/tables.md.
    """
    if max_routes is None and scenario.requirements is not None:
        max_routes = scenario.requirements.max_routes
    announced = {version: racks for version in ip_versions(scenario) if (racks := _racks(scenario, version))}
    return routes_of(announced, max_routes, peering=peering_of(scenario.cluster), lang=lang)


def peering_of(cluster: Cluster) -> Peering | None:
    """Return how a cluster's routes travel, as far as its BGP configuration and peers say; None: they do not."""
    bgp = cluster.bgp
    if bgp is None and not cluster.bgp_peers:
        return None
    if any(peer.peer_selector for peer in cluster.bgp_peers):
        return Peering.REFLECTORS
    if bgp is not None and not bgp.node_to_node_mesh_enabled:
        return Peering.RACKS if cluster.bgp_peers else Peering.VXLAN
    return Peering.MESH


def _racks(scenario: Scenario, version: IPVersion) -> list[RackRoutes]:
    demand = compute_demand(scenario, version)
    plan = PlanAtMonth(demand, demand.months)
    if scenario.cluster.blocks and not scenario.plan.groups:
        return _racks_as_read(scenario.cluster, demand, plan)
    racks = []
    for classes, loads in plan.sets_with_own_pools:
        nodes = sum(load.nodes for load in loads)
        if classes and nodes:
            filled = fill_blocks(demand.supply.block_classes, loads, strict_affinity=demand.supply.strict_affinity)
            pools = sum(not classes.isdisjoint(of_pool) for of_pool in demand.supply.classes_by_pool)
            racks.append(RackRoutes(nodes, sum(filled.claimed_blocks), filled.borrowed_addresses, pools))
    return racks


def _racks_as_read(cluster: Cluster, demand: Demand, plan: PlanAtMonth) -> list[RackRoutes]:
    """Count the blocks that were read, in the pools of each rack, and the addresses that nodes borrowed from them."""
    racks = []
    for classes, loads in plan.sets_with_own_pools:
        pools = [
            pool.cidr
            for pool, of_pool in zip(demand.supply.pools, demand.supply.classes_by_pool, strict=True)
            if not classes.isdisjoint(of_pool)
        ]
        blocks = [block for block in cluster.blocks if block.host and any(block.cidr in pool for pool in pools)]
        borrowed = sum(
            bool(address.node) and address.node != block.host for block in blocks for address in block.allocations
        )
        if pools:
            racks.append(RackRoutes(sum(load.nodes for load in loads), len(blocks), borrowed, len(pools)))
    return racks
