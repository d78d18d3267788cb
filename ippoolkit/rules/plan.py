"""All findings on a scenario: the verdicts, what they entail, and every rule of this room."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ..capacity.demand import demand, versions
from ..capacity.judge import BLOCKS, BLOCKS_A_NODE, Moment, State, Word
from ..capacity.plan import verdicts
from ..findings import Finding, by_gravity
from ..model import Scenario
from .design import (
    fewer_blocks_than_nodes,
    load_balancer_cap,
    mixed_encapsulation,
    per_node_prefix,
    refused_pools,
)
from .networks import large_reservations, outside_cluster_cidr, overlapping_networks, overlapping_pools
from .selection import (
    idle_pools,
    more_pods_than_kubelet_runs,
    selecting_nothing,
    windows_without_strict_affinity,
)

CHECKS: tuple[Callable[[Scenario], Iterable[Finding]], ...] = (
    refused_pools,
    overlapping_pools,
    overlapping_networks,
    windows_without_strict_affinity,
    outside_cluster_cidr,
    selecting_nothing,
    large_reservations,
    mixed_encapsulation,
    load_balancer_cap,
    per_node_prefix,
    fewer_blocks_than_nodes,
    more_pods_than_kubelet_runs,
    idle_pools,
)


def check(scenario: Scenario) -> list[Finding]:
    """Return everything there is to say about a scenario, gravest first; the verdicts lead their kind."""
    found = [verdict.finding for verdict in verdicts(scenario)]
    found += borrowed_tunnels(scenario)
    found += [finding for finding in standing(scenario) if not _said_by_verdict(finding, scenario)]
    found += fixed_block_size(scenario)
    return by_gravity(found)


def standing(scenario: Scenario) -> list[Finding]:
    """Return what the rules of this room say, whatever the verdict on the plan."""
    return [finding for rule in CHECKS for finding in rule(scenario)]


def _said_by_verdict(finding: Finding, scenario: Scenario) -> bool:
    """Whether the verdict on the plan says the same: a pool that stands alone has too few blocks."""
    if finding.code != "pool-blocks-short":
        return False
    serving = [pool for pool in scenario.cluster.pools if pool.serves("Workload")]
    short = next(pool for pool in serving if finding.subject == f"IPPool/{pool.name}")
    return sum(pool.version == short.version for pool in serving) == 1


def borrowed_tunnels(scenario: Scenario) -> Iterator[Finding]:
    """Tell of nodes without a block: they draw even their tunnel address from another node's."""
    for version in versions(scenario):
        carried = demand(scenario, version)
        filled = State(Moment(carried), carried.supply.rooms).filled
        if filled.tunnels_borrowed:
            numbers = {"tunnels": filled.tunnels_borrowed, "nodes": filled.nodes_without_block}
            yield Finding("tunnels-borrowed", f"IPv{version}", numbers)


def fixed_block_size(scenario: Scenario) -> Iterator[Finding]:
    """Where blocks decide, it is worth knowing that their size is for good."""
    bad = [verdict for verdict in verdicts(scenario) if verdict.word in (Word.FAILS, Word.TIGHT)]
    if scenario.cluster.pools and any(verdict.limit in (BLOCKS, BLOCKS_A_NODE) for verdict in bad):
        yield Finding("block-size-fixed", "", {})
