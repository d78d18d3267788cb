"""`simulate`: a scenario and workloads in, what becomes of blocks and addresses out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from ..analysis import Source, scenario_of
from ..calico.limits import DEFAULT_LEAK_GRACE_PERIOD
from ..ipam import IpamError
from ..model import Scenario
from .result import Simulation
from .simulated_cluster import DAY, SimulatedCluster
from .size_limits import find_size_problem
from .workloads import InitialRollout, Workload


def simulate(
    source: Source,
    *workloads: Workload,
    datastore: Literal["kubernetes", "etcd"] = "kubernetes",
    controllers: bool = True,
    leak_grace_period: float = DEFAULT_LEAK_GRACE_PERIOD,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Simulation:
    """Let workloads run on a scenario, address for address as Calico would.

    Parameters
    ----------
    source
        Pools, nodes, blocks that exist, and the plan: a scenario, its analysis, or the path of anything that
        `ippoolkit.read` takes.
    workloads
        What happens; left out, the plan's nodes and pods come up, by turns.
    datastore
        Where Calico keeps its objects; it decides the order in which a node fills its own IPv6 blocks.
    controllers
        Whether kube-controllers runs and gives empty blocks back.
    leak_grace_period
        leakGracePeriod of kube-controllers, in seconds.
    seed
        Of what is random in Calico: where nodes start in pools with blocks of one address, and which of several empty
        blocks stays.
    progress
        Called after each day with its number and how many there are.

    Returns
    -------
    Simulation
        Tables and state; one that was interrupted (Ctrl+C) holds what was computed so far.

    Raises
    ------
    IpamError
        Where the scenario is too large (`size_limits`), or IPAM refuses its pools.
    """
    scenario = scenario_of(source)
    selected = workloads or (InitialRollout(),)
    days = max(workload.days for workload in selected)
    _refuse_too_large(scenario, days)
    cluster = SimulatedCluster(scenario, datastore, seed)
    if controllers:
        cluster.ipam.controllers.start(leak_grace_period)
    result = Simulation(cluster)
    try:
        for workload in selected:
            if (events := workload.initial_events(cluster)) is not None:
                cluster.run_events(events)
        result.record_day(0)
        for day in range(days):
            for workload in selected:
                if day < workload.days and (events := workload.events_on_day(cluster, day)) is not None:
                    cluster.run_events(events)
            cluster.ipam.controllers.advance(max((day + 1) * DAY / 1_000_000 - cluster.ipam.store.now, 0))
            result.record_day(day + 1)
            if progress is not None:
                progress(day + 1, days)
    except KeyboardInterrupt:
        result.interrupted = True
    return result


def place_planned_pods(scenario: Scenario) -> Simulation:
    """Return the state after all planned pods are placed, node after node: the quickest way to it.

    Raises
    ------
    IpamError
        Where the scenario is too large (`size_limits`), or IPAM refuses its pools.
    """
    _refuse_too_large(scenario)
    cluster = SimulatedCluster(scenario)
    nodes, counts = cluster.add_planned_nodes()
    if len(nodes):
        cluster.run_events(cluster.node_join_events(nodes.tolist(), 0))
        cluster.place_pods(nodes, counts, cluster.add_pod_series("pod-", int(counts.sum())))
    result = Simulation(cluster)
    result.record_day(0)
    return result


def _refuse_too_large(scenario: Scenario, days: int = 0) -> None:
    problem = find_size_problem(scenario, days)
    if problem is not None:
        raise IpamError(problem.code, **problem.params)
