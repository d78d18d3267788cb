"""The address map: every block of a pool, whose it is and how full; many blocks to a cell where there are many."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..capacity.supply import reserved_coverage
from ..capacity.table_columns import ColumnKind, typed_frame
from ..cidr import Cidr

if TYPE_CHECKING:
    import pandas as pd

    from .result import Simulation

MAX_CELLS = 1024  # on a map: more would be too small to point at
COLUMNS: dict[str, ColumnKind] = {
    "first": "count",
    "blocks": "count",
    "range": "text",
    **dict.fromkeys(("claimed", "addresses", "used", "borrowed", "cooling", "reserved"), "count"),
    "node": "text",
}


def address_map(
    simulation: Simulation, pool: str, *, first: int = 0, count: int | None = None, cells: int = MAX_CELLS
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
        one block that a node has. Counts are nullable ``Int64``, exact Python ints where one passes 2^63.

    Raises
    ------
    KeyError
        Where there is no such pool.
    """
    rows = address_map_rows(simulation, pool, first=first, count=count, cells=cells)
    return typed_frame(COLUMNS, [tuple(row.values()) for row in rows])


def address_map_rows(
    simulation: Simulation, pool: str, *, first: int = 0, count: int | None = None, cells: int = MAX_CELLS
) -> list[dict[str, Any]]:
    """Return the rows of `address_map`, quicker than a table is made."""
    scenario = simulation.cluster.scenario
    ip_pool = scenario.cluster.pool(pool)
    count = ip_pool.block_count - first if count is None else min(count, ip_pool.block_count - first)
    step = 1 << max(0, (-(-count // cells) - 1).bit_length())
    rows: dict[int, dict[str, Any]] = {}
    numbers = range(first, first + count, step)
    for number, text in zip(numbers, _cell_cidrs(ip_pool.cidr, ip_pool.block_size, numbers), strict=True):
        blocks = min(step, first + count - number)
        addresses = blocks * ip_pool.addresses_per_block
        rows[number] = dict(zip(COLUMNS, (number, blocks, text, 0, addresses, 0, 0, 0, 0, ""), strict=True))
    for number, node, used, borrowed, cooling in simulation.pool_blocks(pool):
        if first <= number < first + count:
            row = rows[number - (number - first) % step]
            row["claimed"] += 1
            row["used"] += used
            row["borrowed"] += borrowed
            row["cooling"] += cooling
            if step == 1:
                row["node"] = node
    size = ip_pool.addresses_per_block
    for begin, end in reserved_coverage(scenario, ip_pool.cidr).covered_ranges:
        last = min(end // size, first + count - 1)
        first_cell = max(begin // size, first)
        first_cell -= (first_cell - first) % step
        for number in range(first_cell, last + 1, step):
            low, high = max(begin, number * size), min(end, (number + rows[number]["blocks"]) * size - 1)
            rows[number]["reserved"] += max(0, high - low + 1)
    return list(rows.values())


@lru_cache(maxsize=4)
def _cell_cidrs(cidr: Cidr, size: int, numbers: range) -> tuple[str, ...]:
    """Return the ranges of cells as texts: while a planner moves a slider they stay the same."""
    # A cell is itself a network where it begins at a multiple of its size, as it does from any zoom on.
    prefix = size - numbers.step.bit_length() + 1
    return tuple(str(cidr.subnet(size, number).with_prefix(prefix)) for number in numbers)


def nodes_without_blocks(simulation: Simulation, pool: str) -> list[str]:
    """Return the nodes that hold addresses of a pool, or would, and have no block in it."""
    cluster = simulation.cluster
    owners = set(cluster.block_counts()[pool].owners.tolist())
    without_block = (number for number in cluster.schedulable_nodes if number not in owners)
    return [
        cluster.ipam.store.node_names[number]
        for number in without_block
        if pool in cluster.request_pools[cluster.request_index(number)]
    ]
