"""Which blocks a node will claim, and who would borrow from it: both follow from names."""

from __future__ import annotations

import pandas as pd

from ..cidr import BITS
from ..ipam.start import seed_of, start
from ..model import Scenario
from .result import Simulation


def walk(scenario: Scenario, node: str, pool: str, *, count: int = 8) -> pd.DataFrame:
    """Return the blocks of a pool in the order in which a node looks at them.

    Parameters
    ----------
    scenario
        Where the pool is; blocks that exist are told by their affinity.
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
    found = next((each for each in scenario.cluster.pools if each.name == pool), None)
    if found is None:
        raise KeyError(pool)
    if found.block_size == BITS[found.version]:
        raise ValueError("in a pool with blocks of one address nodes start by the clock")
    first = start(seed_of(node), found.blocks)
    owners = {block.cidr: block.affinity for block in scenario.cluster.blocks}
    rows = []
    for step in range(min(count, found.blocks)):
        block = found.cidr.subnet(found.block_size, (first + step) % found.blocks)
        rows.append((step + 1, str(block), owners.get(block, "")))
    return pd.DataFrame(rows, columns=["order", "block", "affinity"])


def borrowers(simulation: Simulation, node: str) -> pd.DataFrame:
    """Return the addresses of a node's blocks that others hold: ``pod``, ``node``, ``address``, ``block``."""
    pods = simulation.pods
    lent = pods[(pods["block_of"] == node) & (pods["node"] != node)]
    return lent[["pod", "node", "address", "block"]].reset_index(drop=True)
