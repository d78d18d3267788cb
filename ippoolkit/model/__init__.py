"""The frozen model: what exists, what is planned."""

from .calico import Allocation, Block, IPAMConfig, IPPool, IPReservation, Mode, Tunnel, Use
from .cluster import Cluster, Namespace, Node, Pod
from .scenario import Networks, NodeGroup, Plan, Scenario

__all__ = [
    "Allocation",
    "Block",
    "Cluster",
    "IPAMConfig",
    "IPPool",
    "IPReservation",
    "Mode",
    "Namespace",
    "Networks",
    "Node",
    "NodeGroup",
    "Plan",
    "Pod",
    "Scenario",
    "Tunnel",
    "Use",
]
