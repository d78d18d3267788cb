"""The table of pools: what each holds and how much of it is in use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..cidr import Address
from ..findings import N_, language
from ..model import Cluster, IPPool, Scenario
from .columns import POOLS, frame
from .demand import reserved, rooms_in
from .idle import why_idle

if TYPE_CHECKING:
    import pandas as pd

_REMARKS = {
    "pool-disabled": N_("{uses}; disabled"),
    "pool-manual": N_("{uses}; on request only"),
}


def pools(scenario: Scenario, *, lang: str = "en") -> pd.DataFrame:
    """List the pools of a scenario, by name.

    Parameters
    ----------
    scenario
        The design.
    lang
        Language of the column `serves`.

    Returns
    -------
    pandas.DataFrame
        A row a pool; columns as in docs/tables.md. `used` and `blocks_used` are None where nothing is known of
        blocks, nodes or pods.
    """
    ordered = sorted(scenario.cluster.pools, key=lambda pool: pool.name)
    return frame(POOLS, [_row(scenario, pool, lang) for pool in ordered])


def _row(scenario: Scenario, pool: IPPool, lang: str) -> tuple[Any, ...]:
    coverage = reserved(scenario, pool)
    used, blocks_used = _use(scenario.cluster, pool)
    idle = why_idle(pool)
    claimable = sum(room.blocks for room in rooms_in(pool.cidr, pool.block_size, coverage))
    uses = ", ".join(pool.allowed_uses)
    return (
        pool.name,
        str(pool.cidr),
        pool.block_size,
        pool.cidr.size,
        pool.blocks,
        pool.block_addresses,
        coverage.addresses,
        0 if idle else claimable,
        pool.encapsulation,
        pool.nat_outgoing,
        pool.node_selector,
        language(lang).say(_REMARKS[idle], {"uses": uses}) if idle in _REMARKS else uses,
        used,
        blocks_used,
    )


def _use(cluster: Cluster, pool: IPPool) -> tuple[int | None, int | None]:
    """Count the addresses and blocks in use, by the blocks if they are known, else by who holds an address."""
    if cluster.blocks:
        blocks = [block for block in cluster.blocks if block.cidr in pool.cidr]
        return sum(len(block.allocations) for block in blocks), len(blocks)
    if not cluster.nodes and not cluster.pods:
        return None, None
    held: set[Address] = {tunnel.address for node in cluster.nodes for tunnel in node.tunnels}
    held |= {address for pod in cluster.pods for address in pod.addresses}
    inside = [address for address in held if address in pool.cidr]
    return len(inside), len({pool.cidr.index_of(address, pool.block_size) for address in inside})
