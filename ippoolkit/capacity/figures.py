"""The few numbers that sum a plan up."""

from __future__ import annotations

from dataclasses import dataclass

from ..cidr import Version
from ..model import Scenario
from .demand import demand, versions
from .judge import Moment, State
from .plan import verdicts


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """One family's numbers today, and the first month in which something is wrong."""

    version: Version
    nodes: int
    pods: int
    blocks_needed: int
    blocks: int
    addresses_needed: int
    addresses: int
    pods_per_node_max: int
    busiest: int
    routes: int
    borrowed: int
    months: int
    first_bad_month: int | None


def key_figures(scenario: Scenario) -> KeyFigures | None:
    """Sum up the family whose verdict is worst; None for a scenario without pools."""
    families = versions(scenario)
    if not families:
        return None
    worst = min(zip(verdicts(scenario), families, strict=True), key=lambda pair: pair[0].word.rank)
    carried = demand(scenario, worst[1])
    state = State(Moment(carried), carried.supply.rooms)
    month = worst[0].numbers.get("month")
    first_bad = 0 if state.problem else month if isinstance(month, int) else None
    return KeyFigures(
        version=worst[1],
        nodes=state.filled.nodes,
        pods=state.filled.pods,
        blocks_needed=state.needed,
        blocks=state.blocks,
        addresses_needed=state.moment.drawn,
        addresses=state.addresses,
        pods_per_node_max=state.ceiling(state.moment.typical),
        busiest=max((load.busiest for load in state.moment.loads), default=0),
        routes=state.filled.routes,
        borrowed=state.filled.borrowed,
        months=carried.months,
        first_bad_month=first_bad,
    )
