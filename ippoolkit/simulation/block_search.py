"""Which blocks a node will claim, and who would borrow from it: both follow from names."""

from __future__ import annotations

import pandas as pd

from ..capacity.table_columns import typed_frame
from ..cidr import ADDRESS_BITS
from ..ipam.start_index import node_seed, start_block_index
from ..model import Scenario
from .result import Simulation


def block_search_order(scenario: Scenario, node: str, pool: str, *, count: int = 8) -> pd.DataFrame:
    """Return the blocks of a pool in the order in which a node looks at them.

    Parameters
    ----------
    scenario
        Where the pool is; blocks that exist are known by their affinity.
    node
        The node's name, whether it exists or not.
    pool
        The pool's name.
    count
        How many blocks.

    Returns
    -------
    pandas.DataFrame
        ``order`` from 1, ``block``, ``affinity`` (empty: nobody's, or not there yet).

    Raises
    ------
    KeyError
        Where there is no such pool.
    ValueError
        For a pool with blocks of one address: there Calico starts by the clock.
    """
    ip_pool = scenario.cluster.pool(pool)
    if ip_pool.block_size == ADDRESS_BITS[ip_pool.version]:
        raise ValueError("in a pool with blocks of one address nodes start by the clock")
    start_index = start_block_index(node_seed(node), ip_pool.block_count)
    owners = {block.cidr: block.affinity for block in scenario.cluster.blocks}
    rows = []
    for offset in range(min(count, ip_pool.block_count)):
        block = ip_pool.cidr.subnet(ip_pool.block_size, (start_index + offset) % ip_pool.block_count)
        rows.append((offset + 1, str(block), owners.get(block, "")))
    return typed_frame({"order": "number", "block": "text", "affinity": "text"}, rows)


def borrowed_addresses(simulation: Simulation, node: str) -> pd.DataFrame:
    """Return the addresses of a node's blocks that others hold: ``pod``, ``node``, ``address``, ``block``."""
    pods = simulation.pods
    borrowed = pods[(pods["block_of"] == node) & (pods["node"] != node)]
    return borrowed[["pod", "node", "address", "block"]].reset_index(drop=True)
