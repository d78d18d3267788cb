"""The table of pools: what each holds and how much of it is in use."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..cidr import Address
from ..findings import N_, get_language
from ..model import Cluster, IPPool, Scenario
from .idle_pools import idle_reason_code
from .supply import block_classes_of_pool, reserved_coverage
from .table_columns import POOLS, build_frame

if TYPE_CHECKING:
    import pandas as pd

_USES_TEMPLATE_BY_CODE = {
    "pool-disabled": N_("{uses}; disabled"),
    "pool-manual": N_("{uses}; only for pods that name the pool"),
}


# Addresses and blocks of a pool that are in use; None: unknown.
Usage = tuple[int | None, int | None]


def pool_table(scenario: Scenario, lang: str, reported: Mapping[str, Usage] = MappingProxyType({})) -> pd.DataFrame:
    """Return a row for each pool, by name; see `Analysis.pools`.

    `reported` is what texts tell of each range, which counts where the objects of the cluster do not tell.
    """
    ordered = sorted(scenario.cluster.pools, key=lambda pool: pool.name)
    return build_frame(POOLS, [_pool_row(scenario, pool, lang, reported) for pool in ordered])


def _pool_row(scenario: Scenario, pool: IPPool, lang: str, reported: Mapping[str, Usage]) -> tuple[Any, ...]:
    coverage = reserved_coverage(scenario, pool.cidr)
    addresses_used, blocks_used = _addresses_and_blocks_used(scenario.cluster, pool)
    if addresses_used is None:
        addresses_used, blocks_used = reported.get(str(pool.cidr), (None, None))
    idle_code = idle_reason_code(pool)
    claimable_blocks = sum(
        block_class.blocks for block_class in block_classes_of_pool(pool.cidr, pool.block_size, coverage)
    )
    uses = ", ".join(pool.allowed_uses)
    return (
        pool.name,
        str(pool.cidr),
        pool.block_size,
        pool.cidr.size,
        pool.block_count,
        pool.addresses_per_block,
        coverage.address_count,
        0 if idle_code else claimable_blocks,
        pool.encapsulation,
        pool.nat_outgoing,
        pool.node_selector,
        get_language(lang).render(_USES_TEMPLATE_BY_CODE[idle_code], {"uses": uses})
        if idle_code in _USES_TEMPLATE_BY_CODE
        else uses,
        addresses_used,
        blocks_used,
    )


def _addresses_and_blocks_used(cluster: Cluster, pool: IPPool) -> Usage:
    """Count the addresses and blocks in use, by the blocks if they are known, else by who holds an address."""
    if cluster.blocks:
        blocks = [block for block in cluster.blocks if block.cidr in pool.cidr]
        return sum(len(block.allocations) for block in blocks), len(blocks)
    if not cluster.pods and (not cluster.nodes or not cluster.has_read("Pod")):
        return None, None
    held_addresses: set[Address] = {tunnel.address for node in cluster.nodes for tunnel in node.tunnels}
    held_addresses |= {address for pod in cluster.pods for address in pod.addresses}
    addresses_in_pool = [address for address in held_addresses if address in pool.cidr]
    return len(addresses_in_pool), len(
        {pool.cidr.subnet_index_of(address, pool.block_size) for address in addresses_in_pool}
    )
