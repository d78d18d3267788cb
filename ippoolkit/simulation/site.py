"""A scenario brought to life: its pools and nodes in the engine, its pods by number, and events carried out in bulk."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..capacity.demand import TUNNELS
from ..cidr import BITS, Address, Version
from ..ipam import Ipam, IpamError, bulk, layout
from ..ipam.start import tables
from ..limits import WINDOWS_MAX_BLOCKS
from ..model import Scenario
from ..model.cluster import OS_LABEL

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
    pods: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    failed: NDArray[np.int64] = field(init=False)
    _rows: list[tuple[int, int, int]] = field(default_factory=list)
    _requests: list[tuple[int, ...]] = field(default_factory=list)
    _request_of: dict[tuple[object, ...], int] = field(default_factory=dict)
    _of_node: NDArray[np.int64] = field(default_factory=lambda: np.zeros(16, np.int64))
    _kinds: NDArray[np.int64] = field(default_factory=lambda: np.zeros(16, np.int64))
    _tunnels_of: dict[int, list[int]] = field(default_factory=dict)
    _tunnels_by_labels: dict[tuple[object, ...], list[int]] = field(default_factory=dict)
    pools_of: list[list[str]] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)  # per request without a pool: the code of the reason

    def __post_init__(self) -> None:
        cluster = self.scenario.cluster
        self.ipam = Ipam(datastore=self.datastore, seed=self.seed, config=cluster.ipam)
        self.ipam.configure()
        for pool in cluster.pools:
            self.ipam.create_pool(pool)
        for reservation in cluster.reservations:
            self.ipam.reserve(reservation.name, reservation.reserved_cidrs)
        for node in cluster.nodes:
            self.add_node(node.name, node.labels)
        for block in cluster.blocks:
            self.ipam.restore(block)
        self.failed = np.zeros(len(cluster.pools), np.int64)
        self._settle()

    def _settle(self) -> None:
        """Give what runs already its addresses; a block that no dump shows belongs to whose address comes first."""
        cluster = self.scenario.cluster
        taken = {address for node in cluster.nodes for address in (each.address for each in node.tunnels)}
        for node in cluster.nodes:
            for tunnel in node.tunnels:
                self._hold(node.name, f"tunnels of {node.name}", tunnel.address)
        for pod in cluster.pods:
            if pod.host_network or not pod.addresses or pod.node not in self.ipam.nodes:
                continue
            name = f"{pod.namespace}/{pod.name}"
            (number,) = self.add_pods([name])
            self.on[number] = self.ipam.nodes[pod.node].number
            for address in pod.addresses:
                if address not in taken:
                    self._hold(pod.node, name, address)

    def _hold(self, node: str, handle: str, address: Address) -> None:
        if not self.ipam.is_held(address):
            with suppress(IpamError):
                self.ipam.assign_ip(node, handle, address)

    # ---- nodes and pods

    def add_node(self, name: str, labels: Mapping[str, str], max_blocks: int = 0, *, comes: bool = True) -> int:
        """Make a node known, and by default let it exist; return its number."""
        self.ipam.create_node(name, labels)
        number = self.ipam.nodes[name].number
        windows = labels.get(OS_LABEL) == "windows"
        self._of_node = layout.grown(self._of_node, number + 1)
        self._kinds = layout.grown(self._kinds, number + 1)
        self._kinds[number] = bulk.ASSIGN4 if windows else self._kind  # Windows has no IPv6
        self._of_node[number] = self._request(name, labels, max_blocks, windows=windows)
        key = tuple(sorted(labels.items()))
        if key not in self._tunnels_by_labels:
            self._tunnels_by_labels[key] = self._tunnels(name, labels)
        self._tunnels_of[number] = self._tunnels_by_labels[key]
        if comes:
            self.up.append(number)
        else:
            self.ipam.state.alive[number] = 0
        return number

    def add_pods(self, names: list[str]) -> NDArray[np.int64]:
        """Make pods known; return their numbers, which are their handles."""
        numbers = np.array([self.ipam.number_of(name) for name in names], np.int64)
        size = len(self.ipam.handles)
        if size > len(self.on):
            self.on = layout.grown(self.on, size, fill=-1)
        self.pods += names
        return numbers

    def pods_on(self, node: int) -> NDArray[np.int64]:
        """Return the pods of a node."""
        return np.flatnonzero(self.on == node)

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

    def coming(self, node: int, time: int) -> Events:
        """Return the events of a node that joins: it comes, and draws its tunnels' addresses."""
        if not self._tunnels_of[node]:
            return np.array([(bulk.NODE_COMES, node, 0, 0, time)], np.int64)
        name = self.ipam.name_of(node)
        rows = [(bulk.NODE_COMES, node, 0, 0, time)]
        for request in self._tunnels_of[node]:
            kind = bulk.ASSIGN4 if self._requests[request][bulk.COUNT4] else bulk.ASSIGN6
            rows.append((kind, node, self._tunnel_handle(name), request, time))
        return np.array(rows, np.int64)

    def going(self, node: int, time: int) -> Events:
        """Return the events of a node that is deleted; its tunnels' addresses go with kube-controllers' clean-up."""
        if not self._tunnels_of[node]:
            return np.array([(bulk.NODE_GOES, node, 0, 0, time)], np.int64)
        handle = self._tunnel_handle(self.ipam.name_of(node))
        rows = [(bulk.NODE_GOES, node, 0, 0, time), (bulk.RELEASE, 0, handle, 0, time + 2 * SECOND)]
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
        powers, halves = tables()
        config, of = self.ipam.config, self._of_node[nodes]
        out, groups = np.zeros(int(counts.max(initial=1)), np.int64), np.zeros(8, np.int64)
        least = counts.copy()
        for family in (0,) if self._kind == bulk.ASSIGN4 else (1,) if self._kind == bulk.ASSIGN6 else (0, 1):
            wanting = np.where((family == 0) | (self._kinds[nodes] != bulk.ASSIGN4), counts, 0)
            got, answers, begin = counts - wanting, np.zeros_like(counts), 0
            while begin < len(nodes):
                begin = bulk.place(
                    self.ipam.state, powers, halves, nodes, counts, family, pods[0] if len(pods) else 0, begin, rows,
                    requests, of, got, answers, config.strict_affinity, config.auto_allocate_blocks, out, groups,
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
        rows, requests = self._tables()
        answers = np.zeros(len(events), np.int64)
        out, groups = np.zeros(bulk.MOST_HELD, np.int64), np.zeros(8, np.int64)
        powers, halves = tables()
        config = self.ipam.config
        begin = 0
        while True:
            begin = bulk.run(
                self.ipam.state, powers, halves, events, begin, rows, requests, answers,
                config.strict_affinity, config.auto_allocate_blocks, out, groups,
            )  # fmt: skip
            if begin == len(events):
                break
            self.ipam.make_room(2)
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

    def census(self) -> dict[str, tuple[int, int, int, int]]:
        """Return for each pool: addresses in use, blocks, blocks without affinity, borrowed addresses."""
        names = [pool.name for pool in self.scenario.cluster.pools]
        pool_of = np.array([*self.ipam.pools_by_range(names), 0], np.int64)
        counts = np.zeros((len(names) + 1, 4), np.int64)
        bulk.census(self.ipam.state, pool_of, counts)
        return {name: tuple(int(each) for each in counts[row]) for row, name in enumerate(names)}  # type: ignore[misc]

    # ---- requests

    @property
    def _versions(self) -> set[Version]:
        serving = [pool for pool in self.scenario.cluster.pools if pool.serves("Workload")]
        return {pool.version for pool in serving}

    @property
    def _kind(self) -> int:
        versions = self._versions
        return bulk.ASSIGN_BOTH if len(versions) == len(BITS) else bulk.ASSIGN6 if versions == {6} else bulk.ASSIGN4

    def _request(self, host: str, labels: Mapping[str, str], max_blocks: int, *, windows: bool) -> int:
        cap = self.ipam.cap(max_blocks or (WINDOWS_MAX_BLOCKS if windows else 0))
        key = ("pods", tuple(sorted(labels.items())), cap)
        if key not in self._request_of:
            ranges, refused = {}, "ipam-no-pools"
            for version in sorted(self._versions - {6} if windows else self._versions):
                try:
                    ranges[version] = self.ipam.ranges(host, version, windows=windows)
                except IpamError as error:
                    ranges[version], refused = [], error.finding.code
            self._request_of[key] = self._add_request(ranges, cap, windows=windows)
            self.refused[self._request_of[key]] = refused
        return self._request_of[key]

    def _tunnels(self, host: str, labels: Mapping[str, str]) -> list[int]:
        cluster, found = self.scenario.cluster, []
        for version in BITS:
            may = [p for p in cluster.pools if p.version == version and p.serves("Tunnel") and p.selects(labels)]
            wireguard = cluster.wireguard_enabled if version == 4 else cluster.wireguard_enabled_v6
            wanted = {
                "ipip": [pool for pool in may if pool.ipip_mode != "Never"],
                "vxlan": [pool for pool in may if pool.vxlan_mode != "Never"],
                "wireguard": may if wireguard else [],
            }
            for tunnel in TUNNELS:
                if not wanted[tunnel]:
                    continue
                key = ("tunnel", version, tuple(sorted(pool.name for pool in wanted[tunnel])))
                if key not in self._request_of:
                    named = tuple(str(pool.cidr) for pool in sorted(wanted[tunnel], key=lambda pool: pool.name))
                    ranges = {version: self.ipam.ranges(host, version, use="Tunnel", named=named)}
                    self._request_of[key] = self._add_request(ranges, self.ipam.cap(0), windows=False)
                found.append(self._request_of[key])
        return found

    def _add_request(self, ranges: Mapping[Version, list[tuple[int, int, int]]], cap: int, *, windows: bool) -> int:
        row: list[int] = []
        for version in BITS:
            of = ranges.get(version, [])
            row += [len(self._rows), len(of)]
            self._rows += of
        self._requests.append((*row, cap, int(windows)))
        self.pools_of.append([self.ipam.pool_of_range(of) for each in ranges.values() for of, _, _ in each])
        return len(self._requests) - 1

    def _tunnel_handle(self, node: str) -> int:
        name = f"tunnels of {node}"
        if name not in self.ipam.handles:
            self.add_pods([name])
        return self.ipam.handles[name]
