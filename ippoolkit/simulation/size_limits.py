"""How large a simulation may be: every pod and every node is one of its own, in memory."""

from __future__ import annotations

from math import ceil

from ..findings import Finding
from ..model import Scenario
from .workloads import DAYS_PER_MONTH

# About 150 bytes a pod and 2 kB a node: at both limits half a gigabyte. Kubernetes itself is tested with 5,000 nodes
# and 150,000 pods (https://kubernetes.io/docs/setup/best-practices/cluster-large/).
MAX_SIMULATED_PODS = 2_000_000
MAX_SIMULATED_NODES = 100_000


def find_size_problem(scenario: Scenario, days: int = 0) -> Finding | None:
    """Return why a scenario is too large to be simulated address for address; None where it is not.

    Parameters
    ----------
    scenario
        What is to be simulated.
    days
        How many days of the plan's growth.
    """
    nodes, pods = len(scenario.cluster.nodes), len(scenario.cluster.pods)
    for group in scenario.plan.groups:
        group_nodes = group.nodes_after(ceil(days / DAYS_PER_MONTH))
        nodes += group_nodes
        pods += group_nodes * max(group.pods_per_node, group.pods_on_busiest_node)
    if nodes <= MAX_SIMULATED_NODES and pods <= MAX_SIMULATED_PODS:
        return None
    params = {"nodes": nodes, "pods": pods, "most_nodes": MAX_SIMULATED_NODES, "most_pods": MAX_SIMULATED_PODS}
    return Finding("simulation-large", params=params)
