"""The pods of a rehearsed change: what each asks for, what it holds, and how it is recreated."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..cidr import IPVersion
from ..ipam import batch_events, layout
from ..ipam.request_table import RequestTable
from ..model import Cluster, Pod
from .cluster_state import ClusterState, RequestProfile
from .recreate_order import PodGroup, Workload, has_address, workload_of
from .steps import rename_pool
from .tunnels import NodeTunnel

SURGE_PARTS = 4  # parts in which a rollout comes: Kubernetes' maxSurge is 25% where a Deployment says nothing


@dataclass(frozen=True, slots=True)
class Placement:
    """In which pool (empty: none) tunnels and, by IP version, pods in the order of `RehearsedPods.pods` are."""

    pods: dict[IPVersion, list[str]]
    tunnels: dict[NodeTunnel, str]


class RehearsedPods:
    """The pods with an address on nodes that exist; `cluster_state` is the cluster whose addresses they hold."""

    def __init__(self, cluster: Cluster, cluster_state: ClusterState) -> None:
        self.cluster_state = cluster_state
        ipam = cluster_state.ipam
        self.pods = [
            candidate for candidate in cluster.pods if has_address(candidate) and candidate.node in ipam.store.nodes
        ]
        handle_by_address = {}
        for block in cluster.blocks:
            first, version = block.cidr.first, block.cidr.version
            for allocation in block.pod_allocations:
                handle_by_address[first + allocation.ordinal, version] = allocation.handle
        self.handles: list[str] = []
        for pod in self.pods:
            handle = ""
            for address in pod.addresses:
                handle = handle or handle_by_address.get((int(address), address.version), "")
            if not handle:  # an older dump of blocks than of pods
                handle = f"{pod.namespace}/{pod.name}"
                for address in pod.addresses:
                    if self.cluster_state.pool_of(address) and not ipam.requests.is_unavailable(address):
                        ipam.requests.assign_ip(pod.node, handle, address)
            self.handles.append(handle)
        self.current_handles = ipam.store.handle_numbers(self.handles)
        self.namespaces = {namespace.name: namespace for namespace in cluster.namespaces}
        self.windows_nodes = {node.name for node in cluster.nodes if node.windows}
        self.renamed_pools: dict[str, str] = {}  # in annotations
        cni = cluster.cni
        self.cni_pools = (cni.ipv4_pools, cni.ipv6_pools) if cni is not None else ((), ())
        self.rollout_count = 0

    def copy(self) -> RehearsedPods:
        """Return the same pods on a copy of the cluster's state."""
        copied = copy.copy(self)
        copied.cluster_state = self.cluster_state.copy()
        copied.current_handles = self.current_handles.copy()
        return copied

    def recreate(
        self, group: PodGroup, observe: Callable[[ClusterState], None], parts: int = SURGE_PARTS
    ) -> NDArray[np.int64]:
        """Recreate a group of pods, each on its node; return the places of those that got no address.

        It rolls in as many parts as Deployments do, of which each comes before what it replaces goes: in between
        `observe` is called with the state.
        """
        events, request_table = self._rollout_events(group.pod_indices)
        failed_pods = np.zeros(0, np.int64)
        for part in np.array_split(np.arange(len(group.pod_indices)), parts):
            outcomes = self.cluster_state.ipam.run_events(events[2 * part], request_table)
            failed_pods = np.append(failed_pods, group.pod_indices[part[outcomes != layout.OK]])
            observe(self.cluster_state)
            self.cluster_state.ipam.run_events(events[2 * part + 1], request_table)
        return failed_pods

    def groups_naming(self, pool_names: Collection[str]) -> list[PodGroup]:
        """Return the pods whose annotation names a pool, a group for each workload: its template names the pool."""
        pods_by_workload: dict[Workload, list[int]] = {}
        for pod_index, pod in enumerate(self.pods):
            named_pools = {*self._corrected_pools((*pod.ipv4_pools, *pod.ipv6_pools))}
            if not named_pools.isdisjoint(pool_names) and (workload := workload_of(pod)):
                pods_by_workload.setdefault(workload, []).append(pod_index)
        return [
            PodGroup(((workload.namespace,),), np.array(pod_indices, np.int64))
            for workload, pod_indices in sorted(pods_by_workload.items())
        ]

    def in_pool(self, pool: str) -> NDArray[np.int64]:
        """Return the places of the pods that hold an address of a pool."""
        is_inside = np.zeros(len(self.pods), bool)
        ranges = list(self.cluster_state.range_indices(pool))
        for pod_indices, range_indices in self._ranges_of_pods():
            is_inside[pod_indices] |= np.isin(range_indices, ranges)
        return np.flatnonzero(is_inside)

    def _ranges_of_pods(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int32]]]:
        """Yield places of pods and the ranges of the addresses that they hold: the first of each, then the second."""
        state = self.cluster_state.ipam.store.state
        pod_indices = np.arange(len(self.pods))
        cells = state.handles[self.current_handles, layout.FIRST_ADDRESS]
        while (is_held := cells >= 0).any():
            pod_indices, cells = pod_indices[is_held], cells[is_held]
            yield pod_indices, state.blocks[state.cells[cells, layout.SLOT], layout.RANGE_INDEX]
            cells = state.cells[cells, layout.NEXT_OF_HANDLE]

    def placement(self) -> Placement:
        """Return in which pool each pod and each tunnel has its address now."""
        pools = self.cluster_state.ipam.store.pools
        names = sorted(pools)
        pool_of_range = np.full(len(self.cluster_state.ipam.store.ranges), -1, np.int64)
        for pool_number, name in enumerate(names):
            pool_of_range[list(self.cluster_state.range_indices(name))] = pool_number
        pods: dict[IPVersion, list[str]] = {}
        versions: tuple[IPVersion, ...] = (4, 6)
        for version in versions:
            is_of_version = np.array([pools[name].version == version for name in names] + [False])  # the last: no pool
            numbers = np.full(len(self.pods), -1, np.int64)
            for pod_indices, range_indices in self._ranges_of_pods():
                pool_numbers = pool_of_range[range_indices]
                fits = is_of_version[pool_numbers]
                numbers[pod_indices[fits]] = pool_numbers[fits]
            pods[version] = [names[number] if number >= 0 else "" for number in numbers]
        tunnels = {
            tunnel: self.cluster_state.pool_of(address)
            for tunnel, address in self.cluster_state.tunnel_addresses.items()
        }
        return Placement(pods, tunnels)

    def rename_pool(self, old_names: Collection[str], new_name: str) -> None:
        """Let annotations that name a pool name another, also those that were corrected before."""
        renamed_again = [name for name, current in self.renamed_pools.items() if current in old_names]
        new_names = [name for name in old_names if name not in self.renamed_pools]
        self.renamed_pools = self.renamed_pools | dict.fromkeys([*renamed_again, *new_names], new_name)

    def rename_in_cni(self, old_names: Collection[str], new_name: str) -> None:
        """Let the nodes' CNI configuration name another pool, or none."""
        ipv4_pools, ipv6_pools = self.cni_pools
        self.cni_pools = rename_pool(ipv4_pools, old_names, new_name), rename_pool(ipv6_pools, old_names, new_name)

    def _rollout_events(self, pod_indices: NDArray[np.int64]) -> tuple[NDArray[np.int64], RequestTable]:
        """Return two events for each pod, its new address and the release of the old one, and their requests."""
        ipam = self.cluster_state.ipam
        pod_requests = self._pod_requests(pod_indices)
        request_table, request_numbers = self.cluster_state.request_table(pod_requests)
        self.rollout_count += 1
        new_handles = ipam.store.handle_numbers(
            [f"{self.handles[pod_index]} {self.rollout_count}" for pod_index in pod_indices]
        )
        events = np.zeros((2 * len(pod_indices), batch_events.EVENT_WIDTH), np.int64)
        kind_and_node = {
            id(request): (request.event_kind, ipam.store.nodes[request.node].number)
            for request in {id(shared_request): shared_request for shared_request in pod_requests}.values()
        }
        events[0::2, [batch_events.KIND, batch_events.NODE]] = np.array(
            [kind_and_node[id(request)] for request in pod_requests]
        ).reshape(-1, 2)
        events[0::2, batch_events.HANDLE], events[0::2, batch_events.REQUEST] = new_handles, request_numbers
        events[1::2, batch_events.KIND], events[1::2, batch_events.HANDLE] = (
            batch_events.RELEASE,
            self.current_handles[pod_indices],
        )
        events[:, batch_events.TIME] = int(ipam.store.state.meta[layout.NOW])
        self.current_handles[pod_indices] = new_handles
        return events, request_table

    def _pod_requests(self, pod_indices: NDArray[np.int64]) -> list[RequestProfile]:
        """Return what each pod asks for; pods that ask alike share it."""
        request_by_key: dict[tuple[object, ...], RequestProfile] = {}
        pod_requests = []
        for pod_index in pod_indices:
            pod = self.pods[pod_index]
            families = tuple(address.version for address in pod.addresses)
            key = (pod.node, pod.namespace, pod.ipv4_pools, pod.ipv6_pools, families)
            if key not in request_by_key:
                request_by_key[key] = self._pod_request(pod)
            pod_requests.append(request_by_key[key])
        return pod_requests

    def _pod_request(self, pod: Pod) -> RequestProfile:
        namespace = self.namespaces.get(pod.namespace)
        namespace_labels = tuple(sorted(namespace.labels.items())) if namespace else None
        windows = pod.node in self.windows_nodes
        versions_with_pools = {pool.version for pool in self.cluster_state.ipam.store.pools.values()}
        versions: tuple[IPVersion, ...] = tuple(
            version
            for version in (4, 6)
            if any(pod_address.version == version for pod_address in pod.addresses) and version in versions_with_pools
        )
        # An annotation from which the only pool was taken is gone: then the namespace's counts, then the CNI plugin's.
        ipv4_pools = self._corrected_pools(pod.ipv4_pools)
        ipv6_pools = self._corrected_pools(pod.ipv6_pools)
        if namespace:
            ipv4_pools = ipv4_pools or self._corrected_pools(namespace.ipv4_pools)
            ipv6_pools = ipv6_pools or self._corrected_pools(namespace.ipv6_pools)
        ipv4_pools, ipv6_pools = ipv4_pools or self.cni_pools[0], ipv6_pools or self.cni_pools[1]
        return RequestProfile(pod.node, versions, "Workload", ipv4_pools, ipv6_pools, namespace_labels, windows)

    def _corrected_pools(self, pools: tuple[str, ...]) -> tuple[str, ...]:
        """Return the pools that an annotation names once it was corrected."""
        return tuple(filter(None, (self.renamed_pools.get(pool, pool) for pool in pools)))
