"""All checks, each with the kinds of object that it cannot do without."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ...findings import Finding
from ...model import Kind
from ...rules.plan import standing
from . import addresses, blocks, selection
from .site import Site


@dataclass(frozen=True, slots=True)
class Check:
    """A check, and what it needs."""

    of: Callable[[Site], Iterable[Finding]]
    needs: tuple[Kind, ...]


def _standing(site: Site) -> Iterable[Finding]:
    """Return what the rules on designs say, too."""
    return standing(site.scenario)


_USE: tuple[Kind, ...] = ("IPPool", "IPAMBlock", "Node")

# What users of Calico report most comes first.
CHECKS: tuple[Check, ...] = (
    Check(blocks.blocks_left, _USE),
    Check(blocks.nodes_at_cap, _USE),
    Check(blocks.next_to_fail, (*_USE, "Pod")),
    Check(blocks.together, (*_USE, "Pod")),
    Check(blocks.borrowed_tunnels, ("IPAMBlock",)),
    Check(addresses.leaked, ("IPAMBlock", "Pod", "Node", "Service")),
    Check(selection.nodes_without_pool, ("IPPool", "Node")),
    Check(selection.pools_named, ("IPPool",)),
    Check(addresses.waiting, ("Pod",)),
    Check(addresses.used_twice, ("Pod", "Node")),
    Check(addresses.unallocated, ("IPPool", "IPAMBlock", "Pod", "Node")),
    Check(blocks.overlapping, ("IPAMBlock",)),
    Check(blocks.outside, ("IPPool", "IPAMBlock")),
    Check(blocks.other_size, ("IPPool", "IPAMBlock")),
    Check(addresses.full_pools, ("IPPool", "IPAMBlock")),
    Check(blocks.borrowed, ("IPAMBlock",)),
    Check(blocks.of_missing_nodes, ("IPAMBlock", "Node")),
    Check(blocks.without_affinity, ("IPAMBlock",)),
    Check(blocks.empty, ("IPAMBlock",)),
    Check(addresses.in_lost_pools, ("IPPool", "IPAMBlock")),
    Check(addresses.handles, ("IPAMBlock", "IPAMHandle")),
    Check(blocks.affinities, ("IPAMBlock", "BlockAffinity")),
    Check(selection.namespaces_without_pool, ("IPPool", "Namespace")),
    Check(blocks.services_near_cap, ("IPAMBlock",)),
    Check(addresses.reserved_in_use, ("IPAMBlock", "IPReservation")),
    Check(addresses.cooling, ("IPAMBlock",)),
    Check(addresses.windows, ("IPAMBlock",)),
    Check(_standing, ("IPPool",)),
)
