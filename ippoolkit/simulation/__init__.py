"""Simulation: scenarios and workloads through the engine."""

from .address_map import address_map
from .block_search import block_search_order, borrowed_addresses
from .result import Simulation
from .runner import place_planned_pods, simulate
from .trace import Trace
from .workloads import Autoscale, Churn, Growth, InitialRollout, NodeReplacement, Workload

__all__ = [
    "Autoscale",
    "Churn",
    "Growth",
    "InitialRollout",
    "NodeReplacement",
    "Simulation",
    "Trace",
    "Workload",
    "address_map",
    "block_search_order",
    "borrowed_addresses",
    "place_planned_pods",
    "simulate",
]
