"""What happens in a simulation: pods and nodes that come, go and are replaced, from a seed.

Each workload says what happens at the start, and on each day of it. Events of nodes stand at the beginning of a day,
those of pods behind them, so that a pod is put on a node that exists.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil
from typing import Literal, Protocol

import numpy as np

from ..ipam import bulk
from ..model.cluster import OS_LABEL
from .drain import drain
from .site import DAY, SECOND, Events, Site

NODE_HOURS = DAY // 2  # of a day, in which nodes are replaced
DAYS_PER_MONTH = Fraction(365, 12)


class Workload(Protocol):
    """Anything that makes events."""

    days: int

    def start(self, site: Site) -> Events | None:
        """Return the events at time 0."""

    def day(self, site: Site, number: int) -> Events | None:
        """Return the events of a day, from 0."""


@dataclass(frozen=True, slots=True)
class BringUp:
    """The plan's nodes and pods, all at once.

    `order`: pods go to the nodes by turns (``even``), node after node (``by-node``), or in a random order (``random``).
    Pods that wait in the scenario start too; those that hold addresses are there already.
    """

    order: Literal["even", "by-node", "random"] = "even"
    seed: int = 0
    days: int = 0

    def start(self, site: Site) -> Events | None:
        """Return the events at time 0."""
        joined, per_node = [], []
        for group in site.scenario.plan.groups:
            labels = {OS_LABEL: group.os, **group.labels}
            for number in range(group.nodes):
                node = site.add_node(f"{group.name}-{number + 1:05d}", labels, group.max_blocks)
                joined.append(site.coming(node, 0))
                busiest = number == 0 and group.pods_on_busiest_node > group.pods_per_node
                per_node.append((node, group.pods_on_busiest_node if busiest else group.pods_per_node))
        waiting = [pod for pod in site.scenario.cluster.pods if pod.node and not pod.addresses and not pod.finished]
        waiting = [pod for pod in waiting if not pod.host_network and pod.node in site.ipam.nodes]
        nodes = np.repeat([node for node, _ in per_node], [count for _, count in per_node]).astype(np.int64)
        turns = np.concatenate([np.arange(count) for _, count in per_node]) if per_node else np.zeros(0)
        if self.order == "even":
            nodes = nodes[np.argsort(turns, kind="stable")]
        elif self.order == "random":
            nodes = np.random.default_rng(self.seed).permutation(nodes)
        names = [f"pod-{number + 1:06d}" for number in range(len(nodes))]
        names += [f"{pod.namespace}/{pod.name}" for pod in waiting]
        nodes = np.concatenate([nodes, np.array([site.ipam.nodes[pod.node].number for pod in waiting], np.int64)])
        pods = site.add_pods(names)
        times = np.full(len(pods), SECOND, np.int64)
        return _together([*joined, site.assigning(pods, nodes, times)])

    def day(self, site: Site, number: int) -> Events | None:  # noqa: ARG002
        """Return nothing: all is done at the start."""
        return None


@dataclass(frozen=True, slots=True)
class Churn:
    """Pods that end and are replaced elsewhere, a share of them a day, each after a random time.

    With a `lifetime` in days (a mean) pods also arrive for good at a rate of their own, and end after a time drawn from
    an exponential distribution.
    """

    days: int = 30
    share: float = 0.05
    arrivals: float = 0.0  # pods a day
    lifetime: float = 1.0
    seed: int = 0
    _ends: dict[int, list[tuple[int, int]]] = field(default_factory=dict, compare=False, repr=False)

    def start(self, site: Site) -> Events | None:  # noqa: ARG002
        """Return nothing: it begins with the first day."""
        self._ends.clear()
        return None

    def day(self, site: Site, number: int) -> Events | None:
        """Return the events of a day."""
        rng = np.random.default_rng((self.seed, number))
        up = np.array(site.up, np.int64)
        if not len(up):
            return None
        begin = number * DAY + NODE_HOURS
        running = np.flatnonzero(site.on >= 0)
        picked = rng.choice(running, round(len(running) * self.share), replace=False) if len(running) else running
        times = begin + np.sort(rng.integers(0, DAY - NODE_HOURS, len(picked)))
        found = [site.releasing(picked, times), site.assigning(picked, rng.choice(up, len(picked)), times)]
        if self.arrivals:
            found += self._arriving(site, number, begin, up, rng)
        return _together(found)

    def _arriving(
        self, site: Site, number: int, begin: int, up: np.ndarray, rng: np.random.Generator
    ) -> Iterator[Events]:
        count = rng.poisson(self.arrivals)
        pods = site.add_pods([f"job-{number}-{each + 1}" for each in range(count)])
        times = begin + np.sort(rng.integers(0, DAY - NODE_HOURS, count))
        ends = times + (rng.exponential(self.lifetime, count) * DAY).astype(np.int64) + SECOND
        yield site.assigning(pods, rng.choice(up, count), times)
        for pod, end in zip(pods, ends, strict=True):
            self._ends.setdefault(int(end // DAY), []).append((int(pod), int(end)))
        due = self._ends.pop(number, [])
        if due:
            gone, at = (np.array(each, np.int64) for each in zip(*due, strict=True))
            yield site.releasing(gone, at)


@dataclass(frozen=True, slots=True)
class Replacement:
    """Every so many days each node is drained and replaced by one of a new name, one after the other.

    A new node joins before the old one is drained; its pods go to random nodes.
    """

    days: int = 30
    every: int = 30
    seed: int = 0

    def start(self, site: Site) -> Events | None:  # noqa: ARG002
        """Return nothing: it begins with the first round."""
        return None

    def day(self, site: Site, number: int) -> Events | None:
        """Return the events of a day."""
        if (number + 1) % self.every:
            return None
        old = np.array(site.up, np.int64)
        names = [site.ipam.name_of(node) for node in site.up]
        labels = [site.ipam.nodes[name].labels for name in names]
        site.up.clear()
        pairs = zip(names, labels, strict=True)
        new = np.array([site.add_node(f"{name.partition('~')[0]}~{number + 1}", of) for name, of in pairs], np.int64)
        pause = NODE_HOURS // (len(old) + 1)
        begin = number * DAY
        found = [site.coming(int(node), begin + place * pause) for place, node in enumerate(new)]
        found += [site.going(int(node), begin + place * pause + 2 * SECOND) for place, node in enumerate(old)]
        pods, nodes, times = drain(site.on, old, new, begin + SECOND, pause, self.seed * 1000 + number)
        moves = np.empty((2 * len(pods), bulk.EVENT), np.int64)  # a round of a large cluster is large: no copies of it
        moves[0::2] = site.releasing(pods, times)
        moves[1::2] = site.assigning(pods, nodes, times)
        return np.concatenate([*found, moves])


@dataclass(frozen=True, slots=True)
class Autoscale:
    """Every day so many nodes come with pods of their own, and go again half a day later; names are always new."""

    days: int = 30
    nodes: int = 1
    pods_per_node: int = 30
    seed: int = 0

    def start(self, site: Site) -> Events | None:  # noqa: ARG002
        """Return nothing: it begins with the first day."""
        return None

    def day(self, site: Site, number: int) -> Events | None:
        """Return the events of a day."""
        labels = site.scenario.plan.groups[0].labels if site.scenario.plan.groups else {}
        found = []
        for each in range(self.nodes):
            node = site.add_node(f"burst-{number + 1}-{each + 1}", {OS_LABEL: "linux", **labels})
            site.up.remove(node)  # for its own pods only
            at = number * DAY
            found.append(site.coming(node, at))
            pods = site.add_pods([f"burst-{number + 1}-{each + 1}-{pod + 1}" for pod in range(self.pods_per_node)])
            found.append(site.assigning(pods, np.full(len(pods), node), np.full(len(pods), at + SECOND)))
            end = at + NODE_HOURS - SECOND
            found.append(site.releasing(pods, np.full(len(pods), end)))
            found.append(site.going(node, end))
        return _together(found)


@dataclass(frozen=True, slots=True)
class Growth:
    """The plan's growth: nodes join as the months go by, each with the pods of its group."""

    days: int = 365

    def start(self, site: Site) -> Events | None:  # noqa: ARG002
        """Return nothing: `BringUp` starts what is there today."""
        return None

    def day(self, site: Site, number: int) -> Events | None:
        """Return the events of a day; what is begun of a node counts as one, as in the capacity tables."""
        found = []
        for group in site.scenario.plan.groups:
            rate = Fraction(str(group.nodes_per_month)) / DAYS_PER_MONTH
            joined, joins = ceil(rate * number), ceil(rate * (number + 1))
            for each in range(joined, joins):
                labels = {OS_LABEL: group.os, **group.labels}
                name = f"{group.name}-{group.nodes + each + 1:05d}"
                node = site.add_node(name, labels, group.max_blocks)
                pods = site.add_pods([f"pod-of-{name}-{pod + 1}" for pod in range(group.pods_per_node)])
                found.append(site.coming(node, number * DAY))
                found.append(
                    site.assigning(pods, np.full(len(pods), node), np.full(len(pods), number * DAY + SECOND, np.int64))
                )
        return _together(found)


def _together(events: list[Events]) -> Events | None:
    filled = [each for each in events if len(each)]
    return np.concatenate(filled) if filled else None
