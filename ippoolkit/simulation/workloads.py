"""What happens in a simulation: pods and nodes that come, go and are replaced, from a seed.

Each workload says what happens at the start, and on each day of it. Events of nodes stand at the beginning of a day,
those of pods behind them, so that a pod is put on a node that exists.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

import numpy as np

from ..ipam import batch_events
from ..model import NodeGroup
from .rolling_drain import drain_moves
from .simulated_cluster import DAY, SECOND, Events, SimulatedCluster

NODE_PHASE = DAY // 2  # of a day, in which nodes are replaced
DAYS_PER_MONTH = Fraction(365, 12)


@dataclass(frozen=True, slots=True)
class Workload:
    """Makes events: some at the start, some on each day; by default none."""

    days: int = 30

    def initial_events(self, cluster: SimulatedCluster) -> Events | None:  # noqa: ARG002 (subclasses read it)
        """Return the events at time 0."""
        return None

    def events_on_day(self, cluster: SimulatedCluster, day: int) -> Events | None:  # noqa: ARG002 (subclasses read it)
        """Return the events of a day, from 0."""
        return None


@dataclass(frozen=True, slots=True)
class InitialRollout(Workload):
    """The plan's nodes and pods, all at once.

    `order`: pods go to the nodes by turns (``even``), node after node (``by-node``), or in a random order (``random``).
    Pods that wait in the scenario start too; those that hold addresses are there already.
    """

    days: int = field(default=0, init=False)
    order: Literal["even", "by-node", "random"] = "even"
    seed: int = 0

    def initial_events(self, cluster: SimulatedCluster) -> Events | None:
        """Return the events at time 0."""
        planned_nodes, counts = cluster.add_planned_nodes()
        nodes = np.repeat(planned_nodes, counts)
        pod_positions = np.concatenate([np.zeros(0), *map(np.arange, counts)])
        if self.order == "even":
            nodes = nodes[np.argsort(pod_positions, kind="stable")]
        elif self.order == "random":
            nodes = np.random.default_rng(self.seed).permutation(nodes)
        planned_pods = cluster.add_pod_series("pod-", len(nodes))
        waiting = [pod for pod in cluster.scenario.cluster.pods if pod.node and not pod.addresses and not pod.finished]
        waiting = [pod for pod in waiting if not pod.host_network and pod.node in cluster.ipam.store.nodes]
        waiting_pods = cluster.add_pods([f"{pod.namespace}/{pod.name}" for pod in waiting])
        waiting_nodes = np.array([cluster.ipam.store.nodes[pod.node].number for pod in waiting], np.int64)
        pods, nodes = np.concatenate([planned_pods, waiting_pods]), np.concatenate([nodes, waiting_nodes])
        join_events = cluster.node_join_events(planned_nodes.tolist(), 0)
        return _concatenate([join_events, cluster.pod_start_events(pods, nodes, np.full(len(pods), SECOND))])


@dataclass(frozen=True, slots=True)
class Churn(Workload):
    """Pods that end and are replaced elsewhere, a share of them a day, each after a random time.

    With a `lifetime` in days (a mean) pods also arrive for good at a rate of their own, and end after a time drawn from
    an exponential distribution.
    """

    daily_share: float = 0.05
    arrivals_per_day: float = 0.0  # pods a day
    mean_lifetime: float = 1.0
    seed: int = 0

    def events_on_day(self, cluster: SimulatedCluster, day: int) -> Events | None:
        """Return the events of a day."""
        rng = np.random.default_rng((self.seed, day))
        schedulable_nodes = np.array(cluster.schedulable_nodes, np.int64)
        if not len(schedulable_nodes):
            return None
        start_time = day * DAY + NODE_PHASE
        batches = (
            list(self._arrival_events(cluster, day, start_time, schedulable_nodes, rng))
            if self.arrivals_per_day
            else []
        )
        running = np.flatnonzero(cluster.pod_nodes >= 0)
        replaced_pods = (
            rng.choice(running, round(len(running) * self.daily_share), replace=False) if len(running) else running
        )
        times = start_time + np.sort(rng.integers(0, DAY - NODE_PHASE, len(replaced_pods)))
        batches += [
            cluster.pod_end_events(replaced_pods, times),
            cluster.pod_start_events(replaced_pods, rng.choice(schedulable_nodes, len(replaced_pods)), times),
        ]
        return _concatenate(batches)

    def _arrival_events(
        self,
        cluster: SimulatedCluster,
        day: int,
        start_time: int,
        schedulable_nodes: np.ndarray,
        rng: np.random.Generator,
    ) -> Iterator[Events]:
        """Yield the events of pods that come for good, and of those whose time is over today."""
        count = rng.poisson(self.arrivals_per_day)
        pods = cluster.add_pods([f"job-{day}-{index + 1}" for index in range(count)])
        times = start_time + np.sort(rng.integers(0, DAY - NODE_PHASE, count))
        lifetimes = (rng.exponential(self.mean_lifetime, count) * DAY).astype(np.int64) + SECOND
        yield cluster.pod_start_events(pods, rng.choice(schedulable_nodes, count), times)
        ends_by_day = cluster.workload_state.setdefault(self, {})
        for pod, end in zip(pods, times + lifetimes, strict=True):
            ends_by_day.setdefault(int(end // DAY), []).append((int(pod), int(end)))
        if due := ends_by_day.pop(day, []):
            ended_pods, end_times = (np.array(column, np.int64) for column in zip(*due, strict=True))
            yield cluster.pod_end_events(ended_pods, end_times)


@dataclass(frozen=True, slots=True)
class NodeReplacement(Workload):
    """Every so many days each node is drained and replaced by one of a new name, one after the other.

    A new node joins before the old one is drained; its pods go to random nodes.
    """

    interval_days: int = 30
    seed: int = 0

    def events_on_day(self, cluster: SimulatedCluster, day: int) -> Events | None:
        """Return the events of a day."""
        if (day + 1) % self.interval_days:
            return None
        old_nodes = np.array(cluster.schedulable_nodes, np.int64)
        if not len(old_nodes):
            return None
        cluster.schedulable_nodes.clear()
        names = [f"{cluster.ipam.store.node_names[int(node)].partition('~')[0]}~{day + 1}" for node in old_nodes]
        replacements = [
            cluster.add_replacement_node(int(node), name) for node, name in zip(old_nodes, names, strict=True)
        ]
        new_nodes = np.array(replacements, np.int64)
        pause = NODE_PHASE // (len(old_nodes) + 1)
        start_time = day * DAY
        batches = [
            cluster.node_join_events([int(node)], start_time + position * pause)
            for position, node in enumerate(new_nodes)
        ]
        batches += [
            cluster.node_leave_events(int(node), start_time + position * pause + 2 * SECOND)
            for position, node in enumerate(old_nodes)
        ]
        pods, nodes, times = drain_moves(
            cluster.pod_nodes, old_nodes, new_nodes, start_time + SECOND, pause, self.seed * 1000 + day
        )
        moves = np.empty(
            (2 * len(pods), batch_events.EVENT_WIDTH), np.int64
        )  # a round of a large cluster is large: no copies of it
        moves[0::2] = cluster.pod_end_events(pods, times)
        moves[1::2] = cluster.pod_start_events(pods, nodes, times)
        return np.concatenate([*batches, moves])


@dataclass(frozen=True, slots=True)
class Autoscale(Workload):
    """Every day so many nodes come with pods of their own, and go again half a day later; names are always new."""

    nodes_per_day: int = 1
    pods_per_node: int = 30

    def events_on_day(self, cluster: SimulatedCluster, day: int) -> Events | None:
        """Return the events of a day."""
        groups = cluster.scenario.plan.groups or (NodeGroup(),)
        batches = []
        for index in range(self.nodes_per_day):
            node = cluster.add_node(f"burst-{day + 1}-{index + 1}", groups[0].node_labels, groups[0].max_blocks)
            cluster.schedulable_nodes.remove(node)  # for its own pods only
            start_time = day * DAY
            batches.append(cluster.node_join_events([node], start_time))
            pods = cluster.add_pods([f"burst-{day + 1}-{index + 1}-{pod + 1}" for pod in range(self.pods_per_node)])
            batches.append(
                cluster.pod_start_events(pods, np.full(len(pods), node), np.full(len(pods), start_time + SECOND))
            )
            end_time = start_time + NODE_PHASE - SECOND
            batches.append(cluster.pod_end_events(pods, np.full(len(pods), end_time)))
            batches.append(cluster.node_leave_events(node, end_time))
        return _concatenate(batches)


@dataclass(frozen=True, slots=True)
class Growth(Workload):
    """The plan's growth: nodes join as the months go by, each with the pods of its group."""

    days: int = 365

    def events_on_day(self, cluster: SimulatedCluster, day: int) -> Events | None:
        """Return the events of a day; what is begun of a node counts as one, as in the capacity tables."""
        batches = []
        for group in cluster.scenario.plan.groups:
            nodes_before, nodes_after = (
                group.nodes_after(elapsed_days / DAYS_PER_MONTH) for elapsed_days in (day, day + 1)
            )
            for node, count in cluster.add_group_nodes(group, nodes_before, nodes_after):
                name = cluster.ipam.store.node_names[node]
                pods = cluster.add_pods([f"pod-of-{name}-{pod + 1}" for pod in range(count)])
                batches.append(cluster.node_join_events([node], day * DAY))
                batches.append(cluster.pod_start_events(pods, np.full(count, node), np.full(count, day * DAY + SECOND)))
        return _concatenate(batches)


def _concatenate(events: list[Events]) -> Events | None:
    non_empty = [batch for batch in events if len(batch)]
    return np.concatenate(non_empty) if non_empty else None
