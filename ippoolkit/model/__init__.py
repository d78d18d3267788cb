"""The frozen model: what exists, what is planned."""

from .affinities import BlockAffinity, IPAMHandle
from .calico_objects import Allocation, Block, IPAMConfig, IPPool, IPReservation, Tunnel, Use
from .cluster import Cluster, KindName, Namespace, Node, Pod, Service
from .scenario import Networks, NodeGroup, Plan, Scenario

__all__ = [
    "Allocation",
    "Block",
    "BlockAffinity",
    "Cluster",
    "IPAMConfig",
    "IPAMHandle",
    "IPPool",
    "IPReservation",
    "KindName",
    "Namespace",
    "Networks",
    "Node",
    "NodeGroup",
    "Plan",
    "Pod",
    "Scenario",
    "Service",
    "Tunnel",
    "Use",
]
