"""A scenario brought to life: its pools and nodes in the engine, its pods by number, and events carried out in bulk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..capacity.demand import Supply, supply, tunnels_of, versions
from ..cidr import BITS, Address, Version
from ..ipam import Ipam, IpamError, bulk, layout
from ..limits import WINDOWS_MAX_BLOCKS
from ..model import Allocation, NodeGroup, Scenario
from ..model.cluster import OS_LABEL
from .load import engine_without_nodes

Events = NDArray[np.int64]
SECOND = 1_000_000
DAY = 86_400 * SECOND
MOST_FAILURES = 1_000  # that are kept one by one


@dataclass(frozen=True, slots=True)
class Failure:
    """One request that got nothing: when, which pod and node, and the engine's answer."""

    time: int
    pod: int
    node: int
    answer: int
    request: int


@dataclass(frozen=True, slots=True)
class Tally:
    """All blocks, a row each: place of the pool in the scenario (its end: in none), number in it, owner, counts.

    `numbers` are in two halves, of 64 bits each; `counts` are addresses in use, borrowed, and cooling down.
    """

    pools: NDArray[np.int64]
    numbers: NDArray[np.int64]
    owners: NDArray[np.int32]
    counts: NDArray[np.int64]


@dataclass(slots=True)
class Site:
    """The engine, and what the workloads have to know of nodes and pods.

    `on` holds for each pod the node it runs on, -1 for none; `up` the nodes that pods may be put on.
    """

    scenario: Scenario
    datastore: Literal["kubernetes", "etcd"] = "kubernetes"
    seed: int = 0
    ipam: Ipam = field(init=False)
    up: list[int] = field(default_factory=list)
    on: NDArray[np.int32] = field(default_factory=lambda: np.full(0, -1, np.int32))
    failures: list[Failure] = field(default_factory=list)
    failed: NDArray[np.int64] = field(init=False)
    memory: dict[object, dict[int, list[tuple[int, int]]]] = field(default_factory=dict)  # what workloads remember
    _versions: tuple[Version, ...] = field(init=False)
    _supplies: tuple[Supply, ...] = field(init=False)
    _rows: list[tuple[int, int, int]] = field(default_factory=list)
    _requests: list[tuple[int, ...]] = field(default_factory=list)
    _request_of: dict[tuple[object, ...], int] = field(default_factory=dict)
    _of_node: NDArray[np.int64] = field(default_factory=lambda: np.zeros(16, np.int64))
    _kinds: NDArray[np.int64] = field(default_factory=lambda: np.zeros(16, np.int64))
    _tunnels_of: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    _tunnels_by_labels: dict[tuple[object, ...], list[tuple[int, int]]] = field(default_factory=dict)
    pools_of: list[list[str]] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)  # per request without a pool: the code of the reason

    def __post_init__(self) -> None:
        cluster = self.scenario.cluster
        serving = {pool.version for pool in cluster.pools if pool.serves("Workload")}
        self._versions = tuple(version for version in BITS if version in serving)
        self._supplies = tuple(supply(self.scenario, version) for version in versions(self.scenario))
        self.failed = np.zeros(len(cluster.pools), np.int64)
        self.ipam = engine_without_nodes(cluster, datastore=self.datastore, seed=self.seed)
        for node in cluster.nodes:
            self.add_node(node.name, node.labels)
        for block in cluster.blocks:
            self.ipam.restore(replace(block, allocations=tuple(map(_by_pod, block.allocations))))
        self._settle()

    def _settle(self) -> None:
        """Give what runs already its addresses; a block that no dump shows belongs to whose address comes first."""
        for node in self.scenario.cluster.nodes:
            for tunnel in node.tunnels:
                self._hold(node.name, _tunnels_name(node.name), tunnel.address)
        for pod in self.scenario.cluster.pods:
            if pod.host_network or not pod.addresses or pod.node not in self.ipam.nodes:
                continue
            name = f"{pod.namespace}/{pod.name}"
            numbers = self.add_pods([name])  # which may replace `on` by a longer one
            self.on[numbers] = self.ipam.nodes[pod.node].number
            for address in pod.addresses:
                self._hold(pod.node, name, address)

    def _hold(self, node: str, handle: str, address: Address) -> None:
        if not self.ipam.is_held(address):
            with suppress(IpamError):
                self.ipam.assign_ip(node, handle, address)

    # ---- nodes and pods

    def add_node(self, name: str, labels: Mapping[str, str], max_blocks: int = 0) -> int:
        """Make a node known and let it exist; return its number."""
        number = self._make_node(name, labels)
        windows = labels.get(OS_LABEL) == "windows"
        self._kinds[number] = bulk.ASSIGN4 if windows else self._kind  # Windows has no IPv6
        self._of_node[number] = self._request(name, labels, max_blocks, windows=windows)
        self._tunnels_of[number] = self._tunnels(name, labels)
        return number

    def add_successor(self, node: int, name: str) -> int:
        """Make a node known that is like another but for its name; return its number."""
        number = self._make_node(name, self.ipam.nodes[self.ipam.name_of(node)].labels)
        self._kinds[number] = self._kinds[node]
        self._of_node[number] = self._of_node[node]
        self._tunnels_of[number] = self._tunnels_of[node]
        return number

    def _make_node(self, name: str, labels: Mapping[str, str]) -> int:
        self.ipam.create_node(name, labels)
        number = self.ipam.nodes[name].number
        self._kinds = layout.grown(self._kinds, number + 1)
        self._of_node = layout.grown(self._of_node, number + 1)
        self.up.append(number)
        return number

    def add_group(self, group: NodeGroup, begin: int, end: int) -> list[tuple[int, int]]:
        """Make some nodes of a group known; return their numbers, and how many pods each is to run."""
        found: list[tuple[int, int]] = []
        for each in range(begin, end):
            name = f"{group.name}-{each + 1:05d}"
            if found:
                node = self.add_successor(found[0][0], name)
            else:
                node = self.add_node(name, group.node_labels, group.max_blocks)
            found.append((node, group.pods_per_node if each else max(group.pods_per_node, group.pods_on_busiest_node)))
        return found

    def add_pods(self, names: list[str]) -> NDArray[np.int64]:
        """Make pods known; return their numbers, which are their handles."""
        numbers = self.ipam.numbers_of(names)
        self._grow()
        return numbers

    def add_row_of_pods(self, stem: str, count: int) -> NDArray[np.int64]:
        """Make so many pods known, named by a stem and a number from 1 on; return their numbers."""
        numbers = self.ipam.numbers_of_row(stem, count)
        self._grow()
        return numbers

    def _grow(self) -> None:
        size = len(self.ipam.handles)
        if size > len(self.on):
            self.on = layout.grown(self.on, size, fill=-1)

    # ---- events

    def assigning(self, pods: NDArray[np.int64], nodes: NDArray[np.int64], times: NDArray[np.int64]) -> Events:
        """Return the events of pods that start on nodes."""
        events = np.zeros((len(pods), bulk.EVENT), np.int64)
        events[:, bulk.KIND] = self._kinds[nodes]
        events[:, bulk.NODE] = nodes
        events[:, bulk.HANDLE] = pods
        events[:, bulk.REQUEST] = self._of_node[nodes]
        events[:, bulk.TIME] = times
        self.on[pods] = nodes
        return events

    def releasing(self, pods: NDArray[np.int64], times: NDArray[np.int64]) -> Events:
        """Return the events of pods that end."""
        events = np.zeros((len(pods), bulk.EVENT), np.int64)
        events[:, bulk.KIND] = bulk.RELEASE
        events[:, bulk.HANDLE] = pods
        events[:, bulk.TIME] = times
        self.on[pods] = -1
        return events

    def coming(self, nodes: Sequence[int], time: int) -> Events:
        """Return the events of nodes that join: each comes, and draws the addresses of its tunnels."""
        tunneled = [node for node in nodes if self._tunnels_of[node]]
        handles = self.add_pods([_tunnels_name(self.ipam.name_of(node)) for node in tunneled])
        handle_of = dict(zip(tunneled, handles.tolist(), strict=True))
        rows = []
        for node in nodes:
            rows.append((bulk.NODE_COMES, node, 0, 0, time))
            rows += [(kind, node, handle_of[node], request, time) for kind, request in self._tunnels_of[node]]
        return np.array(rows, np.int64)

    def going(self, node: int, time: int) -> Events:
        """Return the events of a node that is deleted; its tunnels' addresses go with kube-controllers' clean-up."""
        rows = [(bulk.NODE_GOES, node, 0, 0, time)]
        if self._tunnels_of[node]:
            rows.append((bulk.RELEASE, 0, self._tunnel_handle(node), 0, time + 2 * SECOND))
        return np.array(rows, np.int64)

    def place(self, nodes: NDArray[np.int64], counts: NDArray[np.int64], pods: NDArray[np.int64]) -> NDArray[np.int64]:
        """Place pods node after node, in one call for each family; return how many each node has got, at the least.

        Parameters
        ----------
        nodes, counts
            The nodes in order, and how many pods each is to get.
        pods
            The pods, numbered in a row.
        """
        rows, requests = self._tables()
        config, of = self.ipam.config, self._of_node[nodes]
        out = np.zeros(int(counts.max(initial=1)), np.int64)
        least = counts.copy()
        for family in (0,) if self._kind == bulk.ASSIGN4 else (1,) if self._kind == bulk.ASSIGN6 else (0, 1):
            wanting = np.where((family == 0) | (self._kinds[nodes] != bulk.ASSIGN4), counts, 0)
            got, answers, begin = counts - wanting, np.zeros_like(counts), 0
            while begin < len(nodes):
                begin = bulk.place(
                    self.ipam.state, nodes, counts, family, pods[0] if len(pods) else 0, begin, rows,
                    requests, of, got, answers, config.strict_affinity, config.auto_allocate_blocks, out,
                )  # fmt: skip
                if begin < len(nodes):
                    self.ipam.make_room(len(nodes))
            least = np.minimum(least, got)
        self.on[pods] = np.repeat(nodes, counts)
        return least

    def _tables(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the ranges of all requests, and the requests, as the engine takes them."""
        rows = np.array(self._rows, np.int64).reshape(-1, 3)
        return rows, np.array(self._requests, np.int64).reshape(-1, bulk.REQUEST_WIDTH)

    def run(self, events: Events) -> None:
        """Carry events out, in order of time."""
        if (np.diff(events[:, bulk.TIME]) < 0).any():
            events = events[np.argsort(events[:, bulk.TIME], kind="stable")]
        answers = self.ipam.carry_out(events, *self._tables())
        self._note(events, answers)

    def _note(self, events: Events, answers: NDArray[np.int64]) -> None:
        """Count the requests that got nothing, and keep the first of them."""
        bad = np.flatnonzero((events[:, bulk.KIND] <= bulk.ASSIGN_BOTH) & (answers != layout.DONE))
        names = [pool.name for pool in self.scenario.cluster.pools]
        for request, count in zip(*np.unique(events[bad, bulk.REQUEST], return_counts=True), strict=True):
            if pools := self.pools_of[request]:
                self.failed[names.index(pools[0])] += count
        for place in bad[: MOST_FAILURES - len(self.failures)]:
            _, node, handle, request, time = (int(each) for each in events[place])
            self.failures.append(Failure(time, handle, node, int(answers[place]), request))

    def tally(self) -> Tally:
        """Count what is in each block."""
        state = self.ipam.state
        counts = np.zeros((int(state.meta[layout.SLOTS]), 3), np.int64)
        bulk.tally(state, counts)
        rows = state.blocks[: len(counts)]
        there = rows[:, layout.OF_RANGE] != layout.GONE
        names = [pool.name for pool in self.scenario.cluster.pools]
        pools = np.array([*self.ipam.pools_by_range(names), len(names)], np.int64)[rows[there, layout.OF_RANGE]]
        numbers = state.wide[: len(counts)][there][:, [layout.INDEX_HI, layout.INDEX_LO]]
        return Tally(pools, numbers, rows[there, layout.OWNER], counts[there])

    def census(self) -> dict[str, tuple[int, int, int, int]]:
        """Return for each pool: addresses in use, blocks, blocks without affinity, borrowed addresses."""
        tally = self.tally()
        found = {}
        for place, pool in enumerate(self.scenario.cluster.pools):
            inside = tally.pools == place
            used, borrowed, _ = (int(each) for each in tally.counts[inside].sum(axis=0))
            found[pool.name] = used, int(inside.sum()), int((tally.owners[inside] == layout.NOBODY).sum()), borrowed
        return found

    # ---- requests

    def request_of(self, node: int) -> int:
        """Return what the pods of a node ask for: the place in `pools_of`."""
        return int(self._of_node[node])

    @property
    def _kind(self) -> int:
        if len(self._versions) == len(BITS):
            return bulk.ASSIGN_BOTH
        return bulk.ASSIGN6 if self._versions == (6,) else bulk.ASSIGN4

    def _request(self, host: str, labels: Mapping[str, str], max_blocks: int, *, windows: bool) -> int:
        cap = self.ipam.cap(max_blocks or (WINDOWS_MAX_BLOCKS if windows else 0))
        key = ("pods", tuple(sorted(labels.items())), cap)
        if key not in self._request_of:
            ranges, refused = {}, "ipam-no-pools"
            for version in self._versions:
                if windows and version == 6:
                    continue
                try:
                    ranges[version] = self.ipam.ranges(host, version, windows=windows)
                except IpamError as error:
                    ranges[version], refused = [], error.finding.code
            self._request_of[key] = self._add_request(ranges, cap, windows=windows)
            self.refused[self._request_of[key]] = refused
        return self._request_of[key]

    def _tunnels(self, host: str, labels: Mapping[str, str]) -> list[tuple[int, int]]:
        """Return kind and request of each address that a node's tunnels need."""
        key = tuple(sorted(labels.items()))
        if key not in self._tunnels_by_labels:
            found = []
            for offer in self._supplies:
                for indices in tunnels_of(self.scenario, offer, labels).values():
                    named = tuple(str(offer.pools[index].cidr) for index in indices)
                    ranges = {offer.version: self.ipam.ranges(host, offer.version, use="Tunnel", named=named)}
                    kind = bulk.ASSIGN4 if offer.version == 4 else bulk.ASSIGN6
                    found.append((kind, self._add_request(ranges, self.ipam.cap(0), windows=False)))
            self._tunnels_by_labels[key] = found
        return self._tunnels_by_labels[key]

    def _add_request(self, ranges: Mapping[Version, list[tuple[int, int, int]]], cap: int, *, windows: bool) -> int:
        row: list[int] = []
        for version in BITS:
            of = ranges.get(version, [])
            row += [len(self._rows), len(of)]
            self._rows += of
        self._requests.append((*row, cap, int(windows)))
        self.pools_of.append([self.ipam.pool_of_range(of) for each in ranges.values() for of, _, _ in each])
        return len(self._requests) - 1

    def _tunnel_handle(self, node: int) -> int:
        (number,) = self.add_pods([_tunnels_name(self.ipam.name_of(node))])
        return int(number)


def _tunnels_name(node: str) -> str:
    return f"tunnels of {node}"


def _by_pod(held: Allocation) -> Allocation:
    """Return an allocation of a dump under the name that its pod, or its node's tunnels, have here."""
    if held.pod:
        return replace(held, handle=f"{held.namespace}/{held.pod}")
    return replace(held, handle=_tunnels_name(held.node)) if held.type else held
