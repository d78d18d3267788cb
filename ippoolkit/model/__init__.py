"""The frozen model: what exists, what is planned."""

from ..calico.pool_selection import Use
from .affinities import BlockAffinity, IPAMHandle
from .bgp import BGPConfiguration, BGPPeer
from .calico_objects import (
    Allocation,
    Block,
    BlockUsage,
    IPAMConfig,
    IPPool,
    IPReservation,
    Tunnel,
)
from .cluster import ALL_KINDS, Cluster, CNIConfiguration, KindName, Namespace, Node, Pod, Service
from .requirements import GroupRequirement, Requirements
from .scenario import Networks, NodeGroup, Plan, Scenario

__all__ = [
    "ALL_KINDS",
    "Allocation",
    "BGPConfiguration",
    "BGPPeer",
    "Block",
    "BlockAffinity",
    "BlockUsage",
    "CNIConfiguration",
    "Cluster",
    "GroupRequirement",
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
    "Requirements",
    "Scenario",
    "Service",
    "Tunnel",
    "Use",
]
