"""All checks, each with the kinds of object that it cannot do without."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ...capacity.design_rules.check import design_findings
from ...findings import Finding
from ...model import KindName
from . import addresses, block_ownership, pool_access
from .context import AuditContext


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """A check, and what it needs."""

    run: Callable[[AuditContext], Iterable[Finding]]
    required_kinds: tuple[KindName, ...]


def _design_findings(context: AuditContext) -> Iterable[Finding]:
    return design_findings(context.scenario)


_POOLS_BLOCKS_NODES: tuple[KindName, ...] = ("IPPool", "IPAMBlock", "Node")

# What users of Calico report most comes first.
CHECKS: tuple[AuditCheck, ...] = (
    AuditCheck(block_ownership.blocks_left, _POOLS_BLOCKS_NODES),
    AuditCheck(block_ownership.nodes_at_cap, _POOLS_BLOCKS_NODES),
    AuditCheck(block_ownership.next_to_fail, (*_POOLS_BLOCKS_NODES, "Pod")),
    AuditCheck(block_ownership.together, (*_POOLS_BLOCKS_NODES, "Pod")),
    AuditCheck(block_ownership.borrowed_tunnels, ("IPAMBlock",)),
    AuditCheck(addresses.leaked, ("IPAMBlock", "Pod")),
    AuditCheck(pool_access.nodes_without_pool, ("IPPool", "Node")),
    AuditCheck(pool_access.pools_named, ("IPPool",)),
    AuditCheck(addresses.waiting, ("Pod",)),
    AuditCheck(addresses.used_twice, ("Pod", "Node")),
    AuditCheck(addresses.unallocated, ("IPPool", "IPAMBlock", "Pod", "Node")),
    AuditCheck(block_ownership.overlapping, ("IPAMBlock",)),
    AuditCheck(block_ownership.outside, ("IPPool", "IPAMBlock")),
    AuditCheck(block_ownership.other_size, ("IPPool", "IPAMBlock")),
    AuditCheck(addresses.full_pools, ("IPPool", "IPAMBlock")),
    AuditCheck(block_ownership.borrowed, ("IPAMBlock",)),
    AuditCheck(block_ownership.of_missing_nodes, ("IPAMBlock", "Node")),
    AuditCheck(block_ownership.without_affinity, ("IPAMBlock",)),
    AuditCheck(block_ownership.empty, ("IPAMBlock",)),
    AuditCheck(addresses.in_lost_pools, ("IPPool", "IPAMBlock")),
    AuditCheck(addresses.handles, ("IPAMBlock", "IPAMHandle")),
    AuditCheck(block_ownership.affinities, ("IPAMBlock", "BlockAffinity")),
    AuditCheck(pool_access.namespaces_without_pool, ("IPPool", "Namespace")),
    AuditCheck(block_ownership.services_near_cap, ("IPAMBlock",)),
    AuditCheck(addresses.reserved_in_use, ("IPAMBlock", "IPReservation")),
    AuditCheck(addresses.cooling, ("IPAMBlock",)),
    AuditCheck(addresses.windows, ("IPAMBlock",)),
    AuditCheck(_design_findings, ("IPPool",)),
)
