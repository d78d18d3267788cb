"""All checks, each with the kinds of object that it cannot do without."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ...capacity.design_rules.check import design_findings
from ...findings import Finding
from ...model import KindName
from . import addresses, blocks, selection
from .context import AuditContext


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """A check, and what it needs."""

    run: Callable[[AuditContext], Iterable[Finding]]
    required_kinds: tuple[KindName, ...]


def _design_findings(context: AuditContext) -> Iterable[Finding]:
    """Return what the rules on designs say, too."""
    return design_findings(context.scenario)


_POOLS_BLOCKS_NODES: tuple[KindName, ...] = ("IPPool", "IPAMBlock", "Node")

# What users of Calico report most comes first.
CHECKS: tuple[AuditCheck, ...] = (
    AuditCheck(blocks.blocks_left, _POOLS_BLOCKS_NODES),
    AuditCheck(blocks.nodes_at_cap, _POOLS_BLOCKS_NODES),
    AuditCheck(blocks.next_to_fail, (*_POOLS_BLOCKS_NODES, "Pod")),
    AuditCheck(blocks.together, (*_POOLS_BLOCKS_NODES, "Pod")),
    AuditCheck(blocks.borrowed_tunnels, ("IPAMBlock",)),
    AuditCheck(addresses.leaked, ("IPAMBlock", "Pod")),
    AuditCheck(selection.nodes_without_pool, ("IPPool", "Node")),
    AuditCheck(selection.pools_named, ("IPPool",)),
    AuditCheck(addresses.waiting, ("Pod",)),
    AuditCheck(addresses.used_twice, ("Pod", "Node")),
    AuditCheck(addresses.unallocated, ("IPPool", "IPAMBlock", "Pod", "Node")),
    AuditCheck(blocks.overlapping, ("IPAMBlock",)),
    AuditCheck(blocks.outside, ("IPPool", "IPAMBlock")),
    AuditCheck(blocks.other_size, ("IPPool", "IPAMBlock")),
    AuditCheck(addresses.full_pools, ("IPPool", "IPAMBlock")),
    AuditCheck(blocks.borrowed, ("IPAMBlock",)),
    AuditCheck(blocks.of_missing_nodes, ("IPAMBlock", "Node")),
    AuditCheck(blocks.without_affinity, ("IPAMBlock",)),
    AuditCheck(blocks.empty, ("IPAMBlock",)),
    AuditCheck(addresses.in_lost_pools, ("IPPool", "IPAMBlock")),
    AuditCheck(addresses.handles, ("IPAMBlock", "IPAMHandle")),
    AuditCheck(blocks.affinities, ("IPAMBlock", "BlockAffinity")),
    AuditCheck(selection.namespaces_without_pool, ("IPPool", "Namespace")),
    AuditCheck(blocks.services_near_cap, ("IPAMBlock",)),
    AuditCheck(addresses.reserved_in_use, ("IPAMBlock", "IPReservation")),
    AuditCheck(addresses.cooling, ("IPAMBlock",)),
    AuditCheck(addresses.windows, ("IPAMBlock",)),
    AuditCheck(_design_findings, ("IPPool",)),
)
