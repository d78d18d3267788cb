"""The address map: every block of a pool, whose it is and how full; many blocks to a cell where there are many."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..capacity.demand import reserved
from ..cidr import Cidr

if TYPE_CHECKING:
    from .result import Simulation

CELLS = 1024  # on a map: more would be too small to point at
COLUMNS = ["first", "blocks", "range", "claimed", "addresses", "used", "borrowed", "cooling", "reserved", "node"]


def address_map(
    simulation: Simulation, pool: str, *, first: int = 0, count: int | None = None, cells: int = CELLS
) -> pd.DataFrame:
    """Cut blocks of a pool into cells of equally many blocks, a power of two.

    Parameters
    ----------
    simulation
        What has become of the addresses.
    pool
        Name of the pool.
    first, count
        The part of the pool to look at, in blocks; left out, all of it.
    cells
        How many cells at the most.

    Returns
    -------
    pandas.DataFrame
        A row a cell: ``first`` (number of its first block) and ``blocks`` in it, ``range`` as text; ``claimed`` blocks;
        ``addresses``, of which ``used``, ``borrowed`` (of those used), ``cooling``, ``reserved``; ``node``, where it is
        one block that a node has. All counts are exact Python ints.

    Raises
    ------
    KeyError
        Where there is no such pool.
    """
    rows = cells_of(simulation, pool, first=first, count=count, cells=cells)
    return pd.DataFrame([list(row.values()) for row in rows], columns=COLUMNS, dtype=object)


def cells_of(
    simulation: Simulation, pool: str, *, first: int = 0, count: int | None = None, cells: int = CELLS
) -> list[dict[str, Any]]:
    """Return the rows of `address_map`, quicker than a table is made."""
    scenario = simulation.site.scenario
    found = scenario.cluster.pool(pool)
    count = found.blocks - first if count is None else min(count, found.blocks - first)
    step = 1 << max(0, (-(-count // cells) - 1).bit_length())
    rows: dict[int, list[Any]] = {}
    numbers = range(first, first + count, step)
    for number, text in zip(numbers, _ranges(found.cidr, found.block_size, numbers), strict=True):
        blocks = min(step, first + count - number)
        rows[number] = [number, blocks, text, 0, blocks * found.block_addresses, 0, 0, 0, 0, ""]
    for number, node, used, borrowed, cooling in simulation.blocks_of(pool):
        if first <= number < first + count:
            row = rows[number - (number - first) % step]
            for place, value in ((3, 1), (5, used), (6, borrowed), (7, cooling)):
                row[place] += value
            if step == 1:
                row[9] = node
    size = found.block_addresses
    for begin, end in reserved(scenario, found).spans:
        last = min(end // size, first + count - 1)
        at = max(begin // size, first)
        at -= (at - first) % step
        for number in range(at, last + 1, step):
            low, high = max(begin, number * size), min(end, (number + rows[number][1]) * size - 1)
            rows[number][8] += max(0, high - low + 1)
    return [dict(zip(COLUMNS, row, strict=True)) for row in rows.values()]


@lru_cache(maxsize=4)
def _ranges(cidr: Cidr, size: int, numbers: range) -> tuple[str, ...]:
    """Return the ranges of cells as texts: while a planner moves a slider they stay the same."""
    # A cell is itself a network where it begins at a multiple of its size, as it does from any zoom on.
    prefix = size - numbers.step.bit_length() + 1
    return tuple(str(cidr.subnet(size, number).at_prefix(prefix)) for number in numbers)


def nodes_without_block(simulation: Simulation, pool: str) -> list[str]:
    """Return the nodes that hold addresses of a pool, or would, and have no block in it."""
    site, tally = simulation.site, simulation.site.tally()
    place = [each.name for each in site.scenario.cluster.pools].index(pool)
    owners = set(tally.owners[tally.pools == place].tolist())
    wanting = (number for number in site.up if number not in owners)
    return [site.ipam.name_of(number) for number in wanting if pool in site.pools_of[site.request_of(number)]]
