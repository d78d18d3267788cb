"""A scenario brought to life: its pools and nodes in the engine, its pods by number, and events carried out in bulk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..calico.pool_selection import OS_LABEL, Use, max_blocks_per_node
from ..capacity.supply import Supply, compute_supply, ip_versions, tunnel_pools
from ..cidr import ADDRESS_BITS, Address, IPVersion
from ..ipam import Ipam, IpamError, batch_events, layout
from ..ipam.from_cluster import engine_without_nodes
from ..ipam.request_table import RequestTable, assignment_kind
from ..ipam.state_growth import enlarge
from ..model import Allocation, NodeGroup, Scenario

Events = NDArray[np.int64]
SECOND = 1_000_000
DAY = 86_400 * SECOND
MAX_FAILURES_KEPT = 1_000  # that are kept one by one


@dataclass(frozen=True, slots=True)
class FailedRequest:
    """One request that got nothing: when, which pod and node, and the engine's answer."""

    time: int
    pod: int
    node: int
    status: int
    request: int


@dataclass(frozen=True, slots=True)
class BlockCounts:
    """The blocks of a pool, a row each: index in the pool, owner, addresses in use, of these borrowed, cooling down.

    `indexes` are in two halves, of 64 bits each.
    """

    indexes: NDArray[np.int64]
    owners: NDArray[np.int32]
    counts: NDArray[np.int64]


@dataclass(slots=True)
class SimulatedCluster:
    """The engine, and what the workloads have to know of nodes and pods.

    `pod_nodes` holds for each pod the node it runs on, -1 for none; `schedulable_nodes` those that take new pods.
    """

    scenario: Scenario
    datastore: Literal["kubernetes", "etcd"] = "kubernetes"
    seed: int = 0
    ipam: Ipam = field(init=False)
    schedulable_nodes: list[int] = field(default_factory=list)
    pod_nodes: NDArray[np.int32] = field(default_factory=lambda: np.full(0, -1, np.int32))
    failures: list[FailedRequest] = field(default_factory=list)
    failure_counts: NDArray[np.int64] = field(init=False)
    workload_state: dict[object, dict[int, list[tuple[int, int]]]] = field(
        default_factory=dict
    )  # what workloads remember
    _versions: tuple[IPVersion, ...] = field(init=False)
    _supplies: tuple[Supply, ...] = field(init=False)
    request_table: RequestTable = field(default_factory=RequestTable)
    _request_indexes: dict[tuple[object, ...], int] = field(default_factory=dict)
    _node_requests: NDArray[np.int64] = field(default_factory=lambda: np.zeros(16, np.int64))
    _node_event_kinds: NDArray[np.int64] = field(default_factory=lambda: np.zeros(16, np.int64))
    _node_tunnels: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    _tunnels_by_labels: dict[tuple[object, ...], list[tuple[int, int]]] = field(default_factory=dict)
    request_pools: list[list[str]] = field(default_factory=list)
    refusal_codes: dict[int, str] = field(default_factory=dict)  # per request without a pool: the code of the reason

    def __post_init__(self) -> None:
        cluster = self.scenario.cluster
        serving = {pool.version for pool in cluster.pools if pool.serves("Workload")}
        self._versions = tuple(version for version in ADDRESS_BITS if version in serving)
        self._supplies = tuple(compute_supply(self.scenario, version) for version in ip_versions(self.scenario))
        self.failure_counts = np.zeros(len(cluster.pools), np.int64)
        self.ipam = engine_without_nodes(
            cluster, datastore=self.datastore, seed=self.seed, release=self.scenario.release
        )
        for node in cluster.nodes:
            self.add_node(node.name, node.labels)
        for block in cluster.blocks:
            self.ipam.restore_block(replace(block, allocations=tuple(map(_with_pod_handle, block.allocations))))
        self._load_running_pods()

    def _load_running_pods(self) -> None:
        """Give what runs already its addresses; a block that no dump shows belongs to whose address comes first."""
        for node in self.scenario.cluster.nodes:
            for tunnel in node.tunnels:
                self._assign_if_free(node.name, _tunnels_handle(node.name), tunnel.address, use="Tunnel")
        for pod in self.scenario.cluster.pods:
            if pod.host_network or not pod.addresses or pod.node not in self.ipam.store.nodes:
                continue
            name = f"{pod.namespace}/{pod.name}"
            numbers = self.add_pods([name])  # which may replace `pod_nodes` by a longer array
            self.pod_nodes[numbers] = self.ipam.store.nodes[pod.node].number
            for address in pod.addresses:
                self._assign_if_free(pod.node, name, address)

    def _assign_if_free(self, node: str, handle: str, address: Address, *, use: Use = "Workload") -> None:
        if not self.ipam.requests.is_unavailable(address):
            with suppress(IpamError):
                self.ipam.requests.assign_ip(node, handle, address, use=use)

    # ---- nodes and pods

    def add_node(self, name: str, labels: Mapping[str, str], max_blocks: int = 0) -> int:
        """Make a node known and let it exist; return its number."""
        number = self._create_node(name, labels)
        windows = labels.get(OS_LABEL) == "windows"
        self._node_event_kinds[number] = assignment_kind(() if windows else self._versions)  # Windows has no IPv6
        self._node_requests[number] = self._pod_request(name, labels, max_blocks, windows=windows)
        self._node_tunnels[number] = self._tunnel_requests(name, labels)
        return number

    def add_replacement_node(self, node: int, name: str) -> int:
        """Make a node known that is like another but for its name; return its number."""
        number = self._create_node(name, self.ipam.store.nodes[self.ipam.store.node_names[node]].labels)
        self._node_event_kinds[number] = self._node_event_kinds[node]
        self._node_requests[number] = self._node_requests[node]
        self._node_tunnels[number] = self._node_tunnels[node]
        return number

    def _create_node(self, name: str, labels: Mapping[str, str]) -> int:
        self.ipam.resources.create_node(name, labels)
        number = self.ipam.store.nodes[name].number
        self._node_event_kinds = enlarge(self._node_event_kinds, number + 1)
        self._node_requests = enlarge(self._node_requests, number + 1)
        self.schedulable_nodes.append(number)
        return number

    def add_group_nodes(self, group: NodeGroup, begin: int, end: int) -> list[tuple[int, int]]:
        """Make some nodes of a group known; return their numbers, and how many pods each is to run."""
        nodes_and_counts: list[tuple[int, int]] = []
        for index in range(begin, end):
            name = f"{group.name}-{index + 1:05d}"
            if nodes_and_counts:
                node = self.add_replacement_node(nodes_and_counts[0][0], name)
            else:
                node = self.add_node(name, group.node_labels, group.max_blocks)
            nodes_and_counts.append(
                (node, group.pods_per_node if index else max(group.pods_per_node, group.pods_on_busiest_node))
            )
        return nodes_and_counts

    def add_planned_nodes(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Make the plan's nodes known; return their numbers, and how many pods each is to run."""
        groups = self.scenario.plan.groups
        nodes_and_counts = [pair for group in groups for pair in self.add_group_nodes(group, 0, group.nodes)]
        nodes, counts = np.array(nodes_and_counts, np.int64).reshape(-1, 2).T.copy()
        return nodes, counts

    def add_pods(self, names: list[str]) -> NDArray[np.int64]:
        """Make pods known; return their numbers, which are their handles."""
        numbers = self.ipam.store.handle_numbers(names)
        self._ensure_pod_capacity()
        return numbers

    def add_pod_series(self, prefix: str, count: int) -> NDArray[np.int64]:
        """Make so many pods known, named by a stem and a number from 1 on; return their numbers."""
        numbers = self.ipam.store.handle_number_series(prefix, count)
        self._ensure_pod_capacity()
        return numbers

    def _ensure_pod_capacity(self) -> None:
        size = len(self.ipam.store.handles)
        if size > len(self.pod_nodes):
            self.pod_nodes = enlarge(self.pod_nodes, size, fill=-1)

    # ---- events

    def pod_start_events(self, pods: NDArray[np.int64], nodes: NDArray[np.int64], times: NDArray[np.int64]) -> Events:
        """Return the events of pods that start on nodes."""
        events = np.zeros((len(pods), batch_events.EVENT_WIDTH), np.int64)
        events[:, batch_events.KIND] = self._node_event_kinds[nodes]
        events[:, batch_events.NODE] = nodes
        events[:, batch_events.HANDLE] = pods
        events[:, batch_events.REQUEST] = self._node_requests[nodes]
        events[:, batch_events.TIME] = times
        self.pod_nodes[pods] = nodes
        return events

    def pod_end_events(self, pods: NDArray[np.int64], times: NDArray[np.int64]) -> Events:
        """Return the events of pods that end."""
        events = np.zeros((len(pods), batch_events.EVENT_WIDTH), np.int64)
        events[:, batch_events.KIND] = batch_events.RELEASE
        events[:, batch_events.HANDLE] = pods
        events[:, batch_events.TIME] = times
        self.pod_nodes[pods] = -1
        return events

    def node_join_events(self, nodes: Sequence[int], time: int) -> Events:
        """Return the events of nodes that join: each comes, and draws the addresses of its tunnels."""
        nodes_with_tunnels = [node for node in nodes if self._node_tunnels[node]]
        handles = self.add_pods([_tunnels_handle(self.ipam.store.node_names[node]) for node in nodes_with_tunnels])
        handles_by_node = dict(zip(nodes_with_tunnels, handles.tolist(), strict=True))
        rows = []
        for node in nodes:
            rows.append((batch_events.NODE_JOINS, node, 0, 0, time))
            rows += [(kind, node, handles_by_node[node], request, time) for kind, request in self._node_tunnels[node]]
        return np.array(rows, np.int64)

    def node_leave_events(self, node: int, time: int) -> Events:
        """Return the events of a node that is deleted; its tunnels' addresses go with kube-controllers' clean-up."""
        rows = [(batch_events.NODE_LEAVES, node, 0, 0, time)]
        if self._node_tunnels[node]:
            rows.append((batch_events.RELEASE, 0, self._tunnel_handle(node), 0, time + 2 * SECOND))
        return np.array(rows, np.int64)

    def place_pods(self, nodes: NDArray[np.int64], counts: NDArray[np.int64], pods: NDArray[np.int64]) -> None:
        """Place pods node after node, in one call for each family.

        Parameters
        ----------
        nodes, counts
            The nodes in order, and how many pods each is to get.
        pods
            The pods, numbered in a row.
        """
        ranges, requests = self.request_table.to_arrays()
        config, node_requests = self.ipam.store.config, self._node_requests[nodes]
        out = np.zeros(int(counts.max(initial=1)), np.int64)
        for version in self._versions:
            takes_part = (version == 4) | (self._node_event_kinds[nodes] != batch_events.ASSIGN_IPV4)
            assigned_counts, statuses, position = np.where(takes_part, 0, counts), np.zeros_like(counts), 0
            while position < len(nodes):
                position = batch_events.place_pods(
                    self.ipam.store.state,
                    nodes,
                    counts,
                    int(version == 6),
                    pods[0] if len(pods) else 0,
                    position,
                    ranges,
                    requests,
                    node_requests,
                    assigned_counts,
                    statuses,
                    config.strict_affinity,
                    config.auto_allocate_blocks,
                    out,
                )
                if position < len(nodes):
                    self.ipam.store.ensure_block_capacity(len(nodes))
        self.pod_nodes[pods] = np.repeat(nodes, counts)

    def run_events(self, events: Events) -> None:
        """Carry events out, in order of time."""
        if (np.diff(events[:, batch_events.TIME]) < 0).any():
            events = events[np.argsort(events[:, batch_events.TIME], kind="stable")]
        statuses = self.ipam.run_events(events, self.request_table)
        self._record_failures(events, statuses)

    def _record_failures(self, events: Events, statuses: NDArray[np.int64]) -> None:
        """Count the requests that got nothing, and keep the first of them."""
        failed_events = np.flatnonzero(
            (events[:, batch_events.KIND] <= batch_events.ASSIGN_BOTH) & (statuses != layout.OK)
        )
        names = [pool.name for pool in self.scenario.cluster.pools]
        for request, count in zip(
            *np.unique(events[failed_events, batch_events.REQUEST], return_counts=True), strict=True
        ):
            if pools := self.request_pools[request]:
                self.failure_counts[names.index(pools[0])] += count
        for position in failed_events[: MAX_FAILURES_KEPT - len(self.failures)]:
            _, node, handle, request, time = (int(value) for value in events[position])
            self.failures.append(FailedRequest(time, handle, node, int(statuses[position]), request))

    def block_counts(self) -> dict[str, BlockCounts]:
        """Count what is in each block of each pool."""
        counts, store = self.ipam.count_addresses(), self.ipam.store
        rows, wide = store.state.blocks[: len(counts)], store.state.wide[: len(counts)]
        counts_by_pool = {}
        for pool in self.scenario.cluster.pools:
            ranges = [index for index, block_range in enumerate(store.ranges) if block_range.pool == pool.name]
            slots = np.flatnonzero(np.isin(rows[:, layout.RANGE_INDEX], ranges))
            indexes = wide[slots[:, np.newaxis], [layout.INDEX_HIGH, layout.INDEX_LOW]]
            counts_by_pool[pool.name] = BlockCounts(indexes, rows[slots, layout.OWNER], counts[slots])
        return counts_by_pool

    # ---- requests

    def request_index(self, node: int) -> int:
        """Return what the pods of a node ask for: the index in `request_pools`."""
        return int(self._node_requests[node])

    def _pod_request(self, host: str, labels: Mapping[str, str], max_blocks: int, *, windows: bool) -> int:
        block_limit = max_blocks_per_node(self.ipam.store.config.max_blocks_per_host, max_blocks, windows=windows)
        key = ("pods", tuple(sorted(labels.items())), block_limit)
        if key not in self._request_indexes:
            ranges, refusal_code = {}, "ipam-no-pools"
            for version in self._versions:
                if windows and version == 6:
                    continue
                try:
                    ranges[version], _ = self.ipam.resources.resolve_request(
                        host, version, pool_names=self.scenario.cluster.cni_pools(version), windows=windows
                    )
                except IpamError as error:
                    refusal_code = error.finding.code
            self._request_indexes[key] = self._add_request(ranges, block_limit, windows=windows)
            self.refusal_codes[self._request_indexes[key]] = refusal_code
        return self._request_indexes[key]

    def _tunnel_requests(self, host: str, labels: Mapping[str, str]) -> list[tuple[int, int]]:
        """Return kind and request of each address that a node's tunnels need."""
        key = tuple(sorted(labels.items()))
        if key not in self._tunnels_by_labels:
            tunnel_requests = []
            for supply in self._supplies:
                for indices in tunnel_pools(self.scenario, supply, labels).values():
                    pool_cidrs = tuple(str(supply.pools[index].cidr) for index in indices)
                    ranges, _ = self.ipam.resources.resolve_request(
                        host, supply.version, use="Tunnel", pool_names=pool_cidrs
                    )
                    block_limit = self.ipam.resources.block_limit(0)
                    request = self._add_request({supply.version: ranges}, block_limit)
                    tunnel_requests.append((assignment_kind((supply.version,)), request))
            self._tunnels_by_labels[key] = tunnel_requests
        return self._tunnels_by_labels[key]

    def _add_request(
        self, ranges_by_version: Mapping[IPVersion, NDArray[np.int64]], block_limit: int, *, windows: bool = False
    ) -> int:
        self.request_pools.append(
            [
                self.ipam.store.ranges[range_index].pool
                for ranges in ranges_by_version.values()
                for range_index in ranges[:, layout.RANGE]
            ]
        )
        return self.request_table.add(ranges_by_version, block_limit, windows=windows)

    def _tunnel_handle(self, node: int) -> int:
        (number,) = self.add_pods([_tunnels_handle(self.ipam.store.node_names[node])])
        return int(number)


def _tunnels_handle(node: str) -> str:
    return f"tunnels of {node}"


def _with_pod_handle(allocation: Allocation) -> Allocation:
    """Return an allocation of a dump under the name that its pod, or its node's tunnels, have here."""
    if allocation.pod:
        return replace(allocation, handle=f"{allocation.namespace}/{allocation.pod}")
    return replace(allocation, handle=_tunnels_handle(allocation.node)) if allocation.type else allocation
