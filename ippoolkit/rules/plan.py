"""All findings on a scenario: the verdicts, what they entail, and every rule of this room."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ..capacity.demand import demand, versions
from ..capacity.judge import BLOCKS, BLOCKS_A_NODE, Moment, State, Word
from ..capacity.plan import verdicts
from ..findings import Finding, by_gravity
from ..model import Scenario
from .networks import large_reservations, link_local, outside_cluster_cidr, overlapping_networks, overlapping_pools
from .selection import (
    broken_selectors,
    idle_pools,
    more_pods_than_kubelet_runs,
    selecting_nothing,
    windows_without_strict_affinity,
)

CHECKS: tuple[Callable[[Scenario], Iterable[Finding]], ...] = (
    link_local,
    overlapping_pools,
    overlapping_networks,
    broken_selectors,
    windows_without_strict_affinity,
    outside_cluster_cidr,
    selecting_nothing,
    large_reservations,
    more_pods_than_kubelet_runs,
    idle_pools,
)


def check(scenario: Scenario) -> list[Finding]:
    """Return everything there is to say about a scenario, gravest first; the verdicts lead their kind."""
    found = [verdict.finding for verdict in verdicts(scenario)]
    found += borrowed_tunnels(scenario)
    for rule in CHECKS:
        found += rule(scenario)
    found += fixed_block_size(scenario)
    return by_gravity(found)


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
