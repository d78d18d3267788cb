"""How a cluster's routes travel, as far as its BGPConfiguration, its BGPPeers and its nodes say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..calico.selectors import SelectorError, parse_selector
from ..model import BGPPeer, Cluster, Node, Scenario
from ..model.scenario_edits import HOSTNAME_LABEL
from .routes import Peering

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PeeringInUse:
    """What nodes peer with; `sessions` are those of the node that has most, route reflectors left out."""

    peering: Peering
    sessions: int
    has_routers: bool  # beside a mesh or reflectors too


@dataclass(frozen=True, slots=True)
class Rack:
    """Nodes that peer with the same routers, or that have an AS number of their own."""

    as_number: int
    peers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Peerings:
    """The peers of each node of a cluster; nodes that are labelled alike are looked at once."""

    cluster: Cluster
    _known: dict[tuple[object, ...], tuple[BGPPeer, ...]] = field(default_factory=dict)

    def peers_of(self, labels: Labels, node: Node | None = None) -> tuple[BGPPeer, ...]:
        """Return the peers of a node that exists, or of a planned one with these labels."""
        key = self._key(labels, node)
        if key not in self._known:
            self._known[key] = tuple(peer for peer in self.cluster.bgp_peers if _selects(peer, labels, node))
        return self._known[key]

    def rack_of(self, labels: Labels, node: Node | None = None) -> Rack | None:
        """Return the rack of a node, by the routers that only some nodes peer with, else by its own AS number.

        None where all nodes peer alike and it has no number of its own.
        """
        as_number = node.as_number if node is not None else 0
        routers = [peer for peer in self.peers_of(labels, node) if peer.peer_ip and (peer.node or peer.node_selector)]
        if routers:
            numbers = [peer.as_number for peer in routers if peer.as_number]
            return Rack(as_number or min(numbers, default=0), tuple(sorted(peer.name for peer in routers)))
        return Rack(as_number) if as_number else None

    def _key(self, labels: Labels, node: Node | None) -> tuple[object, ...]:
        if any(peer.node or HOSTNAME_LABEL in peer.node_selector for peer in self.cluster.bgp_peers):
            return (node.name if node else "", *sorted(labels.items()))
        return tuple(sorted(label for label in labels.items() if label[0] != HOSTNAME_LABEL))


def peering_in_use(scenario: Scenario, peerings: Peerings) -> PeeringInUse | None:
    """Return how routes travel; None where neither a BGP configuration nor a peer was read."""
    cluster, plan = scenario.cluster, scenario.plan
    bgp, peers = cluster.bgp, cluster.bgp_peers
    if bgp is None and not peers:
        return None
    has_mesh = bgp is None or bgp.node_to_node_mesh_enabled
    if any(peer.peer_selector for peer in peers):
        peering = Peering.REFLECTORS
    elif has_mesh:
        peering = Peering.MESH
    else:
        peering = Peering.RACKS if peers else Peering.VXLAN
    nodes = len(cluster.nodes) + sum(group.nodes_after(plan.months) for group in plan.groups)
    mesh_sessions = max(nodes - 1, 0) if has_mesh else 0
    nodes_reached = {peer.name: _reflectors_of(peer, cluster) if peer.peer_selector else 1 for peer in peers}
    clients: list[tuple[Labels, Node | None]] = [
        *((node.labels, node) for node in cluster.nodes if not node.route_reflector_cluster_id),
        *((group.node_labels, None) for group in plan.groups),
    ]
    sessions = (sum(nodes_reached[peer.name] for peer in peerings.peers_of(labels, node)) for labels, node in clients)
    return PeeringInUse(peering, mesh_sessions + max(sessions, default=0), any(peer.peer_ip for peer in peers))


def _reflectors_of(peer: BGPPeer, cluster: Cluster) -> int:
    """Return how many nodes a peer's selector stands for; where none is labelled so, those that are reflectors."""
    selected = sum(_matches(peer.peer_selector, node.labels) for node in cluster.nodes)
    return selected or sum(bool(node.route_reflector_cluster_id) for node in cluster.nodes)


def _selects(peer: BGPPeer, labels: Labels, node: Node | None) -> bool:
    if peer.node:
        return node is not None and node.name == peer.node
    return not peer.node_selector or _matches(peer.node_selector, labels)


def _matches(selector: str, labels: Labels) -> bool:
    try:
        return parse_selector(selector).matches(labels)
    except SelectorError:
        return False
