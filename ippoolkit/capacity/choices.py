"""What to choose instead: the nearest change of one thing that makes a plan fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..cidr import Cidr, Version
from ..findings import N_, language
from ..limits import DEFAULT_BLOCK_SIZE, block_sizes
from ..model import IPPool, Scenario
from ..model.editing import with_pool
from .columns import CHOICES, frame
from .demand import Demand, demand, reserved, versions
from .fill import Load, Room
from .idle import why_idle
from .judge import Word, judge, states

if TYPE_CHECKING:
    import pandas as pd

BLOCK_SIZE = "blockSize"
PREFIX = N_("prefix")
ADD_POOL = N_("add a pool")

SHORTEST_PREFIX: dict[Version, int] = {4: 8, 6: 48}
_NEW = "zz-new"  # tried behind the pools that are there


@dataclass(frozen=True, slots=True)
class Choice:
    """One change that makes the plan fit: the scenario with it, and how far that reaches."""

    change: str
    pool: str
    value: int
    scenario: Scenario
    nodes_fit: int
    pods_per_node_max: int


def choices(scenario: Scenario, *, lang: str = "en") -> pd.DataFrame:
    """List the nearest changes of one thing that make a plan fit which does not.

    Parameters
    ----------
    scenario
        The design.
    lang
        Language of the texts.

    Returns
    -------
    pandas.DataFrame
        A row a change; columns as in docs/tables.md. Empty where the plan fits or no single change helps.
    """
    words = language(lang)
    rows = [
        (
            words.text(choice.change),
            choice.pool,
            f"/{choice.value}",
            choice.nodes_fit,
            choice.pods_per_node_max,
            words.text(Word.FITS.value),
        )
        for choice in find_choices(scenario)
    ]
    return frame(CHOICES, rows)


def find_choices(scenario: Scenario) -> list[Choice]:
    """Return the changes behind `choices`, each with the changed scenario."""
    carried = [demand(scenario, version) for version in versions(scenario)]
    bad = [each for each in carried if judge(*states(each)).word in (Word.TIGHT, Word.FAILS)]
    if len(bad) != 1:
        return []  # all is well, or one change of one pool is not enough
    (worst,) = bad
    found: dict[tuple[str, str], Choice] = {}
    for index, pool in enumerate(worst.supply.pools):
        if not why_idle(pool):
            for choice in _of_pool(scenario, worst, index):
                found.setdefault((choice.change, choice.pool), choice)
    return list(found.values())


def _of_pool(scenario: Scenario, carried: Demand, index: int) -> Iterator[Choice]:
    pool = carried.supply.pools[index]
    for change, tried in ((BLOCK_SIZE, _other_sizes(pool)), (PREFIX, _shorter(pool))):
        for value, instead in tried:
            if reached := _fits(_instead(scenario, carried, index, instead)):
                changes = {"cidr": instead.cidr, "block_size": instead.block_size}
                yield Choice(change, pool.name, value, with_pool(scenario, pool.name, **changes), *reached)
                break
    for value, added in _added(pool):
        if reached := _fits(_beside(carried, added)):
            cluster = replace(scenario.cluster, pools=(*scenario.cluster.pools, added))
            yield Choice(ADD_POOL, "", value, replace(scenario, cluster=cluster), *reached)
            break


def _fits(carried: Demand) -> tuple[int, int] | None:
    """Return how many nodes and how many pods a node the plan reaches, where it fits."""
    now, then = states(carried)
    if judge(now, then).word is not Word.FITS:
        return None
    return then.nodes_fit, then.ceiling(then.moment.typical)


def _instead(scenario: Scenario, carried: Demand, index: int, pool: IPPool) -> Demand:
    """Return the demand with a pool of another size or range in its place."""
    if len(carried.supply.rooms_of[index]) > 1 or reserved(scenario, pool).spans:
        # Reservations cut every size and range into other rooms: work all out anew.
        return demand(with_pool(scenario, pool.name, cidr=pool.cidr, block_size=pool.block_size), pool.version)
    rooms = list(carried.supply.rooms)
    rooms[carried.supply.rooms_of[index][0]] = Room(pool.blocks, pool.block_addresses)
    return replace(carried, supply=replace(carried.supply, rooms=tuple(rooms)))


def _beside(carried: Demand, pool: IPPool) -> Demand:
    """Return the demand with one more pool, tried behind the others by every node that they serve."""
    room = len(carried.supply.rooms)

    def widened(load: Load) -> Load:
        requests = (replace(r, rooms=(*r.rooms, room)) if r.rooms else r for r in load.requests)
        return replace(load, requests=tuple(requests), pod_rooms=(*load.pod_rooms, room)) if load.pod_rooms else load

    return replace(
        carried,
        supply=replace(carried.supply, rooms=(*carried.supply.rooms, Room(pool.blocks, pool.block_addresses))),
        groups=tuple(replace(group, load=widened(group.load)) for group in carried.groups),
        merged=tuple(widened(load) for load in carried.merged),
    )


def _other_sizes(pool: IPPool) -> Iterator[tuple[int, IPPool]]:
    """Yield other block sizes: Calico's default first, then the nearest."""
    default = DEFAULT_BLOCK_SIZE[pool.version]
    sizes = (size for size in block_sizes(pool.version, pool.cidr.prefix) if size != pool.block_size)
    for size in sorted(sizes, key=lambda size: (size != default, abs(size - pool.block_size))):
        yield size, replace(pool, block_size=size)


def _shorter(pool: IPPool) -> Iterator[tuple[int, IPPool]]:
    for prefix in range(pool.cidr.prefix - 1, SHORTEST_PREFIX[pool.version] - 1, -1):
        yield prefix, replace(pool, cidr=pool.cidr.at_prefix(prefix))


def _added(pool: IPPool) -> Iterator[tuple[int, IPPool]]:
    """Yield ever larger pools beside the one there; where such a range is free is for the user to say."""
    for prefix in range(pool.block_size, SHORTEST_PREFIX[pool.version] - 1, -1):
        yield prefix, replace(pool, name=_NEW, cidr=Cidr(pool.version, 0, prefix))
