"""The frozen model: what exists, what is planned."""

from .calico import Allocation, Block, IPAMConfig, IPPool, IPReservation, Mode, Tunnel, Use
from .claims import BlockAffinity, IPAMHandle
from .cluster import Cluster, Kind, Namespace, Node, Pod, Service
from .requirements import GroupRequirement, Requirements
from .scenario import Networks, NodeGroup, Plan, Scenario

__all__ = [
    "Allocation",
    "Block",
    "BlockAffinity",
    "Cluster",
    "GroupRequirement",
    "IPAMConfig",
    "IPAMHandle",
    "IPPool",
    "IPReservation",
    "Kind",
    "Mode",
    "Namespace",
    "Networks",
    "Node",
    "NodeGroup",
    "Plan",
    "Pod",
    "Requirements",
    "Scenario",
    "Service",
    "Tunnel",
    "Use",
]
