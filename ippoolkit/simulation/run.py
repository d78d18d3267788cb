"""`simulate`: a scenario and workloads in, what becomes of blocks and addresses out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from ..model import Scenario
from .result import Simulation
from .site import DAY, Site
from .workload import BringUp, Workload

GRACE = 900.0  # seconds, Calico's default


def simulate(
    scenario: Scenario,
    *workloads: Workload,
    datastore: Literal["kubernetes", "etcd"] = "kubernetes",
    controllers: bool = True,
    leak_grace_period: float = GRACE,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Simulation:
    """Let workloads run on a scenario, address for address as Calico would.

    Parameters
    ----------
    scenario
        Pools, nodes, blocks that exist, and the plan.
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
    """
    site = Site(scenario, datastore, seed)
    if controllers:
        site.ipam.start_controllers(leak_grace_period)
    chosen = workloads or (BringUp(),)
    result = Simulation(site)
    days = max(workload.days for workload in chosen)
    try:
        for workload in chosen:
            if (events := workload.start(site)) is not None:
                site.run(events)
        result.note(0)
        for day in range(days):
            for workload in chosen:
                if day < workload.days and (events := workload.day(site, day)) is not None:
                    site.run(events)
            site.ipam.sleep(max((day + 1) * DAY / 1_000_000 - site.ipam.now, 0))
            result.note(day + 1)
            if progress is not None:
                progress(day + 1, days)
    except KeyboardInterrupt:
        result.interrupted = True
    return result


def place(scenario: Scenario, *, datastore: Literal["kubernetes", "etcd"] = "kubernetes", seed: int = 0) -> Simulation:
    """Return the state after all planned pods are placed, node after node: the quickest way to it.

    Parameters
    ----------
    scenario, datastore, seed
        As for `simulate`.
    """
    site = Site(scenario, datastore, seed)
    planned = [pair for group in scenario.plan.groups for pair in site.add_group(group, 0, group.nodes)]
    if planned:
        nodes, counts = (np.array(each, np.int64) for each in zip(*planned, strict=True))
        site.run(site.coming(nodes.tolist(), 0))
        site.place(nodes, counts, site.add_row_of_pods("pod-", int(counts.sum())))
    result = Simulation(site)
    result.note(0)
    return result
