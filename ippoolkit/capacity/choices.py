"""What to choose instead: the nearest change of one thing that makes a plan fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import pandas as pd

from ..cidr import Cidr, Version
from ..findings import N_, language
from ..limits import DEFAULT_BLOCK_SIZE, block_sizes
from ..model import IPPool, Scenario
from .columns import CHOICES, frame
from .demand import demand
from .idle import why_idle
from .judge import Moment, State, Word
from .plan import verdict

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
    if verdict(scenario).word in (Word.FITS, Word.IDLE):
        return []
    found: list[Choice] = []
    for pool in sorted(scenario.cluster.pools, key=lambda pool: pool.name):
        if why_idle(pool):
            continue
        found += _first(scenario, BLOCK_SIZE, pool, _other_sizes(pool))
        found += _first(scenario, PREFIX, pool, _shorter(pool))
        found += _first(scenario, ADD_POOL, replace(pool, name=_NEW), _added(pool))
    # One pool more is one pool more, whichever it stands beside.
    return list({(choice.change, choice.pool): choice for choice in found}.values())


def _first(scenario: Scenario, change: str, pool: IPPool, tried: Iterable[tuple[int, IPPool]]) -> Iterator[Choice]:
    """Yield the first of the pools tried that makes the plan fit in its pool's place, if any does."""
    others = tuple(other for other in scenario.cluster.pools if other.name != pool.name)
    for value, instead in tried:
        changed = replace(scenario, cluster=replace(scenario.cluster, pools=(*others, instead)))
        if verdict(changed).word is Word.FITS:
            carried = demand(changed, pool.version)
            state = State(Moment(carried, carried.months), carried.supply.rooms)
            name = "" if change == ADD_POOL else pool.name
            most = state.ceiling(state.moment.typical)
            yield Choice(change, name, value, changed, state.nodes_fit, most)
            return


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
