"""Simulation: scenarios and workloads through the engine."""

from .address_map import address_map
from .result import Simulation
from .run import place, simulate
from .trace import Trace
from .walk import borrowers, walk
from .workload import Autoscale, BringUp, Churn, Growth, Replacement, Workload

__all__ = [
    "Autoscale",
    "BringUp",
    "Churn",
    "Growth",
    "Replacement",
    "Simulation",
    "Trace",
    "Workload",
    "address_map",
    "borrowers",
    "place",
    "simulate",
    "walk",
]
