"""How many routes a node, a top-of-rack router and the spine hold, by the way they learn them.

A node announces a route a block that it holds, and one (/32, /128) an address that it borrowed. Who learns them depends
on the peering. Where each rack has a pool of its own, the top-of-rack router can announce that pool as one route.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

REFLECTORS_PER_NODE = 2  # so many route reflectors each node peers with


class Peering(StrEnum):
    """How routes travel."""

    VXLAN = "vxlan"  # no BGP: Felix writes the routes of all nodes into each node's own table
    MESH = "mesh"  # each node peers with each other
    REFLECTORS = "reflectors"  # nodes peer with a few of them
    RACKS = "racks"  # nodes peer with their top-of-rack router, which passes every route on
    RACKS_AGGREGATED = "racks-aggregated"  # the same, but the router announces its rack's pool as one


@dataclass(frozen=True, slots=True)
class RackRoutes:
    """What the nodes of one rack announce: blocks and borrowed addresses.

    `unexported` of these routes are not announced in BGP (disableBGPExport). `pools` counts those that the rack alone
    draws from; 0 where it shares them with others. `as_number` is that of its router or its nodes; 0: not known.
    """

    nodes: int
    blocks: int
    borrowed: int = 0
    pools: int = 1
    unexported: int = 0
    as_number: int = 0

    @property
    def routes(self) -> int:
        """Routes of the rack's nodes, in whichever way they travel."""
        return self.blocks + self.borrowed

    @property
    def announced(self) -> int:
        """Those of them that BGP announces."""
        return self.routes - self.unexported

    def __add__(self, other: RackRoutes) -> RackRoutes:
        """Return what both announce, from pools of their own."""
        return RackRoutes(
            self.nodes + other.nodes,
            self.blocks + other.blocks,
            self.borrowed + other.borrowed,
            self.pools + other.pools,
            self.unexported + other.unexported,
            self.as_number or other.as_number,
        )


@dataclass(frozen=True, slots=True)
class RoutingTables:
    """The largest table of each kind of holder, in routes to pods; 0 for a holder that learns none.

    `sessions` are the BGP sessions of one node.
    """

    peering: Peering
    node: int
    router: int
    spine: int
    reflector: int
    sessions: int

    @property
    def largest(self) -> int:
        """The largest of the tables."""
        return max(self.node, self.router, self.spine, self.reflector)


def routing_tables(racks: Sequence[RackRoutes], peering: Peering) -> RoutingTables:
    """Work out what each holder holds.

    Parameters
    ----------
    racks
        What the nodes of each rack announce; a cluster without racks is one.
    peering
        How routes travel.
    """
    announced = sum(rack.announced for rack in racks)  # in BGP; Felix writes what BGP keeps back, too
    nodes = sum(rack.nodes for rack in racks)
    match peering:
        case Peering.VXLAN:
            return RoutingTables(peering, sum(rack.routes for rack in racks), 0, 0, 0, 0)
        case Peering.MESH:
            return RoutingTables(peering, announced, 0, 0, 0, max(nodes - 1, 0))
        case Peering.REFLECTORS:
            return RoutingTables(peering, announced, 0, 0, announced, REFLECTORS_PER_NODE)
        case Peering.RACKS:
            return RoutingTables(peering, announced, announced, announced, 0, 1)
        case Peering.RACKS_AGGREGATED:
            pools = sum(rack.pools for rack in racks)
            rack = max((rack_routes.announced + pools - rack_routes.pools for rack_routes in racks), default=0)
            return RoutingTables(peering, rack, rack, pools, 0, 1)
