"""The table of block sizes: what each size that Calico takes would make of a pool."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..cidr import Cidr
from ..findings import SOURCES, language
from ..limits import block_sizes as allowed_sizes
from ..model import IPPool, Scenario
from .columns import BLOCK_SIZES, frame
from .demand import demand, reserved, rooms_in
from .fill import Load, Request, Room, fill
from .idle import why_idle
from .judge import BLOCKS, BLOCKS_A_NODE, Moment, State, Verdict, Word, judge

if TYPE_CHECKING:
    import pandas as pd

# The sources of what binds next where a plan holds.
_NEXT_SOURCE = {BLOCKS: "blocks", BLOCKS_A_NODE: "ipam"}


def block_sizes(scenario: Scenario, pool: str | None = None, *, lang: str = "en") -> pd.DataFrame:
    """Compare all block sizes of one pool.

    The pool is judged as if it served alone every node that it selects; existing nodes count with the addresses
    that they hold in it.

    Parameters
    ----------
    scenario
        The design.
    pool
        Name of the pool; the first by name if left out.
    lang
        Language of the verdict's reason.

    Returns
    -------
    pandas.DataFrame
        A row a size, ascending; columns as in docs/tables.md. Counts are exact Python ints.

    Raises
    ------
    KeyError
        When there is no such pool.
    """
    return frame(BLOCK_SIZES, [row(sized, lang) for sized in sizes_of(scenario, chosen_pool(scenario, pool))])


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
class Sized:
    """A pool at one block size: the plan at its start and end, and the verdict."""

    cidr: Cidr
    block_size: int
    now: State
    then: State
    verdict: Verdict


def sizes_of(scenario: Scenario, pool: IPPool) -> Iterator[Sized]:
    """Yield the pool at each size that Calico takes for it, ascending."""
    idle = why_idle(pool)
    alone = replace(
        pool, disabled=False, assignment_mode="Automatic", allowed_uses=("Workload", "Tunnel"), namespace_selector=""
    )
    coverage = reserved(scenario, pool)
    carried = None
    for size in allowed_sizes(pool.version, pool.cidr.prefix):
        if carried is None or coverage.spans:  # reservations cut each size's blocks into other rooms
            cluster = replace(scenario.cluster, pools=(replace(alone, block_size=size),))
            carried = demand(replace(scenario, cluster=cluster), pool.version).served()
            idle = idle or ("" if carried.loads() else "pool-selects-none")
            start, end = Moment(carried), Moment(carried, carried.months)
        rooms = rooms_in(pool.cidr, size, coverage)
        now = State(start, rooms)
        then = State(end, rooms) if carried.grows else now
        subject = f"blockSize {size}"
        verdict = (
            Verdict(Word.IDLE, idle, BLOCKS, subject, {"selector": pool.node_selector})
            if idle
            else judge(now, then, subject)
        )
        yield Sized(pool.cidr, size, now, then, verdict)


def pods_evenly(state: State, *, strict: bool) -> int:
    """Return the pods in all when every node served holds as many as can be; 0 where one has no block of its own.

    `strict`: each node keeps to blocks of its own.
    """
    rooms = state.rooms
    loads = [load for load in state.moment.loads if load.nodes]
    served = [load for load in loads if load.pod_rooms]
    if not served:
        return 0
    nodes = sum(load.nodes for load in served)
    most = min(state.ceiling(load) for load in served)
    # Alike nodes in a pool without reservations: plain division. Anything else is searched, starting from there.
    usable = rooms[0].size - served[0].kept_back
    tunnels = sum(request.count for request in served[0].requests if request.tunnel)
    each = rooms[0].blocks // nodes * usable if strict else rooms[0].blocks * usable // nodes
    each = min(max(each - tunnels, 0), most)
    if len(loads) > 1 or len(rooms) > 1:
        each = _greatest(lambda pods: _all_hold(rooms, loads, pods, strict=strict), each, most)
    return each * nodes


def _all_hold(rooms: Sequence[Room], loads: Iterable[Load], pods: int, *, strict: bool) -> bool:
    filled = fill(rooms, [_with_pods(load, pods) if load.pod_rooms else load for load in loads], strict=strict)
    return not (filled.pods_lost or filled.tunnels_lost or (strict and filled.first_without_block))


def _with_pods(load: Load, pods: int) -> Load:
    tunnels = tuple(request for request in load.requests if request.tunnel)
    return replace(load, pods=pods, requests=(*tunnels, Request(pods, load.pod_rooms)))


def _greatest(holds: Callable[[int], bool], guess: int, most: int) -> int:
    """Return the greatest number up to `most` that holds, 0 if none does, in widening steps from a guess."""
    low, high, step, at = -1, most + 1, 1, guess  # holds at `low` (or it is -1), fails at `high`
    while high - low > 1:
        if holds(at):
            low, at = at, at + step
        else:
            high, at = at, at - step
        if not low < at < high:
            at = (low + high) // 2
        step *= 2
    return max(low, 0)


def row(sized: Sized, lang: str) -> tuple[Any, ...]:
    """Return the values of one row."""
    now, then, verdict, moment = sized.now, sized.then, sized.verdict, sized.now.moment
    filled, typical, open_rooms = now.filled, moment.typical, moment.open_rooms
    strict = moment.demand.supply.strict
    each = now.blocks_for(typical, open_rooms)
    busiest = max((now.blocks_for(load, open_rooms, busiest=True) for load in moment.loads), default=0)
    source = verdict.finding.rule.source if verdict.word is not Word.FITS else _NEXT_SOURCE[verdict.limit]
    even_strict = pods_evenly(now, strict=True)
    return (
        sized.block_size,
        1 << (sized.cidr.bits - sized.block_size),
        sized.cidr.subnets(sized.block_size),
        each,
        max(busiest, each),
        now.nodes_fit,
        now.ceiling(typical),
        even_strict if strict else pods_evenly(now, strict=False),
        even_strict,
        sum(filled.slack) + filled.borrowed,
        filled.borrowed,
        filled.routes,
        then.spare,
        filled.first_without_block or None,
        filled.first_pod_lost or None,
        filled.nodes,
        then.filled.nodes,
        language(lang).text(verdict.limit),
        SOURCES[source].title,
        language(lang).text(verdict.word.value),
        verdict.finding.brief(lang),
    )
