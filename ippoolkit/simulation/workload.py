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

from ..ipam import bulk
from ..model import NodeGroup
from .drain import drain
from .site import DAY, SECOND, Events, Site

NODE_HOURS = DAY // 2  # of a day, in which nodes are replaced
DAYS_PER_MONTH = Fraction(365, 12)


@dataclass(frozen=True, slots=True)
class Workload:
    """Makes events: some at the start, some on each day; by default none."""

    days: int = 30

    def start(self, site: Site) -> Events | None:  # noqa: ARG002
        """Return the events at time 0."""
        return None

    def day(self, site: Site, number: int) -> Events | None:  # noqa: ARG002
        """Return the events of a day, from 0."""
        return None


@dataclass(frozen=True, slots=True)
class BringUp(Workload):
    """The plan's nodes and pods, all at once.

    `order`: pods go to the nodes by turns (``even``), node after node (``by-node``), or in a random order (``random``).
    Pods that wait in the scenario start too; those that hold addresses are there already.
    """

    days: int = field(default=0, init=False)
    order: Literal["even", "by-node", "random"] = "even"
    seed: int = 0

    def start(self, site: Site) -> Events | None:
        """Return the events at time 0."""
        planned = [pair for group in site.scenario.plan.groups for pair in site.add_group(group, 0, group.nodes)]
        nodes = np.repeat([node for node, _ in planned], [count for _, count in planned]).astype(np.int64)
        turns = np.concatenate([np.zeros(0), *(np.arange(count) for _, count in planned)])
        if self.order == "even":
            nodes = nodes[np.argsort(turns, kind="stable")]
        elif self.order == "random":
            nodes = np.random.default_rng(self.seed).permutation(nodes)
        names = [f"pod-{number + 1:06d}" for number in range(len(nodes))]
        waiting = [pod for pod in site.scenario.cluster.pods if pod.node and not pod.addresses and not pod.finished]
        waiting = [pod for pod in waiting if not pod.host_network and pod.node in site.ipam.nodes]
        names += [f"{pod.namespace}/{pod.name}" for pod in waiting]
        nodes = np.concatenate([nodes, np.array([site.ipam.nodes[pod.node].number for pod in waiting], np.int64)])
        pods = site.add_pods(names)
        joined = site.coming([node for node, _ in planned], 0)
        return _together([joined, site.assigning(pods, nodes, np.full(len(pods), SECOND))])


@dataclass(frozen=True, slots=True)
class Churn(Workload):
    """Pods that end and are replaced elsewhere, a share of them a day, each after a random time.

    With a `lifetime` in days (a mean) pods also arrive for good at a rate of their own, and end after a time drawn from
    an exponential distribution.
    """

    share: float = 0.05
    arrivals: float = 0.0  # pods a day
    lifetime: float = 1.0
    seed: int = 0

    def day(self, site: Site, number: int) -> Events | None:
        """Return the events of a day."""
        rng = np.random.default_rng((self.seed, number))
        up = np.array(site.up, np.int64)
        if not len(up):
            return None
        begin = number * DAY + NODE_HOURS
        found = list(self._arriving(site, number, begin, up, rng)) if self.arrivals else []
        running = np.flatnonzero(site.on >= 0)
        picked = rng.choice(running, round(len(running) * self.share), replace=False) if len(running) else running
        times = begin + np.sort(rng.integers(0, DAY - NODE_HOURS, len(picked)))
        found += [site.releasing(picked, times), site.assigning(picked, rng.choice(up, len(picked)), times)]
        return _together(found)

    def _arriving(
        self, site: Site, number: int, begin: int, up: np.ndarray, rng: np.random.Generator
    ) -> Iterator[Events]:
        """Yield the events of pods that come for good, and of those whose time is over today."""
        count = rng.poisson(self.arrivals)
        pods = site.add_pods([f"job-{number}-{each + 1}" for each in range(count)])
        times = begin + np.sort(rng.integers(0, DAY - NODE_HOURS, count))
        lives = (rng.exponential(self.lifetime, count) * DAY).astype(np.int64) + SECOND
        yield site.assigning(pods, rng.choice(up, count), times)
        ends = site.memory.setdefault(self, {})
        for pod, end in zip(pods, times + lives, strict=True):
            ends.setdefault(int(end // DAY), []).append((int(pod), int(end)))
        if due := ends.pop(number, []):
            gone, at = (np.array(each, np.int64) for each in zip(*due, strict=True))
            yield site.releasing(gone, at)


@dataclass(frozen=True, slots=True)
class Replacement(Workload):
    """Every so many days each node is drained and replaced by one of a new name, one after the other.

    A new node joins before the old one is drained; its pods go to random nodes.
    """

    every: int = 30
    seed: int = 0

    def day(self, site: Site, number: int) -> Events | None:
        """Return the events of a day."""
        if (number + 1) % self.every:
            return None
        old = np.array(site.up, np.int64)
        if not len(old):
            return None
        site.up.clear()
        names = [f"{site.ipam.name_of(int(node)).partition('~')[0]}~{number + 1}" for node in old]
        successors = [site.add_successor(int(node), name) for node, name in zip(old, names, strict=True)]
        new = np.array(successors, np.int64)
        pause = NODE_HOURS // (len(old) + 1)
        begin = number * DAY
        found = [site.coming([int(node)], begin + place * pause) for place, node in enumerate(new)]
        found += [site.going(int(node), begin + place * pause + 2 * SECOND) for place, node in enumerate(old)]
        pods, nodes, times = drain(site.on, old, new, begin + SECOND, pause, self.seed * 1000 + number)
        moves = np.empty((2 * len(pods), bulk.EVENT), np.int64)  # a round of a large cluster is large: no copies of it
        moves[0::2] = site.releasing(pods, times)
        moves[1::2] = site.assigning(pods, nodes, times)
        return np.concatenate([*found, moves])


@dataclass(frozen=True, slots=True)
class Autoscale(Workload):
    """Every day so many nodes come with pods of their own, and go again half a day later; names are always new."""

    nodes: int = 1
    pods_per_node: int = 30

    def day(self, site: Site, number: int) -> Events | None:
        """Return the events of a day."""
        groups = site.scenario.plan.groups or (NodeGroup(),)
        found = []
        for each in range(self.nodes):
            node = site.add_node(f"burst-{number + 1}-{each + 1}", groups[0].node_labels, groups[0].max_blocks)
            site.up.remove(node)  # for its own pods only
            at = number * DAY
            found.append(site.coming([node], at))
            pods = site.add_pods([f"burst-{number + 1}-{each + 1}-{pod + 1}" for pod in range(self.pods_per_node)])
            found.append(site.assigning(pods, np.full(len(pods), node), np.full(len(pods), at + SECOND)))
            end = at + NODE_HOURS - SECOND
            found.append(site.releasing(pods, np.full(len(pods), end)))
            found.append(site.going(node, end))
        return _together(found)


@dataclass(frozen=True, slots=True)
class Growth(Workload):
    """The plan's growth: nodes join as the months go by, each with the pods of its group."""

    days: int = 365

    def day(self, site: Site, number: int) -> Events | None:
        """Return the events of a day; what is begun of a node counts as one, as in the capacity tables."""
        found = []
        for group in site.scenario.plan.groups:
            begin, end = (group.nodes_after(each / DAYS_PER_MONTH) for each in (number, number + 1))
            for node, count in site.add_group(group, begin, end):
                name = site.ipam.name_of(node)
                pods = site.add_pods([f"pod-of-{name}-{pod + 1}" for pod in range(count)])
                found.append(site.coming([node], number * DAY))
                found.append(site.assigning(pods, np.full(count, node), np.full(count, number * DAY + SECOND)))
        return _together(found)


def _together(events: list[Events]) -> Events | None:
    filled = [each for each in events if len(each)]
    return np.concatenate(filled) if filled else None
