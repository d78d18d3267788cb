"""The whole plan: its verdict, its growth, its nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..findings import language
from ..model import Scenario
from .columns import GROWTH, NODES, frame
from .demand import Demand, Group, demand, versions
from .fill import needs
from .judge import (
    ADDRESSES,
    BLOCKS,
    BLOCKS_A_NODE,
    LIMITS,
    MAX_PODS,
    STRICT,
    Moment,
    State,
    Verdict,
    Word,
    judge,
    states,
)

if TYPE_CHECKING:
    import pandas as pd


def verdicts(scenario: Scenario) -> list[Verdict]:
    """Judge the plan for each address family, all its pools together; IPv4 first."""
    if not scenario.cluster.pools:
        return [Verdict(Word.FAILS, "no-pool", BLOCKS)]
    return [_verdict(demand(scenario, version)) for version in versions(scenario)]


def verdict(scenario: Scenario) -> Verdict:
    """Judge the plan: the worse of its families' verdicts."""
    return min(verdicts(scenario), key=lambda verdict: verdict.word.rank)


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
    carried = [demand(scenario, version) for version in versions(scenario)]
    for month in range(scenario.plan.months + 1):
        for of_family in carried:
            state = State(Moment(of_family, month), of_family.supply.rooms)
            limit = LIMITS[state.problem[1]] if state.problem else ""
            rows.append(
                (
                    month,
                    of_family.supply.version,
                    state.filled.nodes,
                    state.filled.pods,
                    state.needed,
                    state.blocks,
                    state.moment.drawn,
                    state.addresses,
                    state.spare,
                    language(lang).text(limit) if limit else "",
                )
            )
    return frame(GROWTH, rows)


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
    for version in versions(scenario):
        carried = demand(scenario, version)
        state = State(Moment(carried), carried.supply.rooms)
        planned = carried.groups if scenario.plan.groups else ()
        rows += [_node(state, group, lang) for group in (*carried.nodes, *planned)]
    return frame(NODES, rows)


def _verdict(carried: Demand) -> Verdict:
    return judge(*states(carried), f"IPv{carried.supply.version}")


def _node(state: State, group: Group, lang: str) -> tuple[Any, ...]:
    load = group.load
    supply = state.moment.demand.supply
    each = state.blocks_for(load, frozenset(range(len(state.rooms))))
    possible, limit = _first_limit(state, group)
    pools = [pool.name for pool, rooms in zip(supply.pools, supply.rooms_of, strict=True) if rooms[0] in load.pod_rooms]
    return (
        load.name,
        supply.version,
        load.nodes,
        load.pods,
        load.busiest,
        sum(request.count for request in load.requests if request.tunnel),
        ", ".join(pools),
        each,
        each * load.nodes,
        state.ceiling(load),
        possible,
        language(lang).text(limit),
    )


def _first_limit(state: State, group: Group) -> tuple[int, str]:
    """Return the pods at which one node of a group takes no more, and what stops it."""
    load, filled = group.load, state.filled
    strict = state.moment.demand.supply.strict or load.kept_back > 0
    if strict:  # what its own blocks leave, and the blocks that nobody has
        _, own, _ = needs(state.rooms, [room.blocks for room in state.rooms], load)
        free = sum(own.get(room, 0) for room in load.pod_rooms)
        for room in load.pod_rooms:
            usable = max(0, state.rooms[room].size - load.kept_back)
            free += (state.rooms[room].blocks - filled.claimed[room]) * usable
    else:
        free = sum(state.rooms[r].blocks * state.rooms[r].size - filled.used[r] for r in load.pod_rooms)
    return min(
        (group.max_pods, MAX_PODS),
        (state.ceiling(load), BLOCKS_A_NODE),
        (load.pods + free, STRICT if strict else ADDRESSES),
        key=lambda limit: limit[0],
    )
