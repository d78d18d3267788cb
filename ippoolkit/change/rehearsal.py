"""A procedure carried out in the engine on a cluster's snapshot, step by step, with the figures after each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..calico.releases import NEWEST, Release
from ..cidr import Address, IPVersion
from ..findings import Finding
from ..ipam import IpamError, batch_events, layout
from ..model import Cluster, IPPool, Pod
from .cluster_state import AddressRequest, ClusterState, TunnelChange
from .pool_usage import PoolUsage, StepResult
from .recreate_order import PodGroup, RecreateOrder, group_pods, has_address
from .steps import SELECT_NO_NODE, Step

MAX_NAMES = 3  # names that a finding gives
SURGE_PARTS = 4  # parts in which a rollout comes: Kubernetes' maxSurge is 25% where a Deployment says nothing


@dataclass
class Rehearsal:
    """A cluster in the engine, and its pods as they are recreated."""

    cluster: Cluster
    order: RecreateOrder = "namespace"
    batches: int = 4
    release: Release = NEWEST

    def __post_init__(self) -> None:
        self.cluster_state = ClusterState.from_cluster(self.cluster, self.release)
        ipam = self.cluster_state.ipam
        self.pods = [
            candidate
            for candidate in self.cluster.pods
            if has_address(candidate) and candidate.node in ipam.store.nodes
        ]
        handle_by_address = {}
        for block in self.cluster.blocks:
            first, version = block.cidr.first, block.cidr.version
            for allocation in block.allocations:
                if not allocation.type and not allocation.released_at:
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
        self.namespaces = {namespace.name: namespace for namespace in self.cluster.namespaces}
        self.windows_nodes = {node.name for node in self.cluster.nodes if node.windows}
        self.renamed_pools: dict[str, str] = {}  # in annotations
        cni = self.cluster.cni
        self.cni_pools = (cni.ipv4_pools, cni.ipv6_pools) if cni is not None else ((), ())
        self.rollout_count = 0
        self.tunnel_addresses = self._allocated_tunnel_addresses()

    def run(self, steps: tuple[Step, ...]) -> Iterator[StepResult]:
        """Carry steps out one after the other; the last is the first that breaks something."""
        for step in steps:
            result = self.run_step(step)
            yield result
            if result.failures:
                return

    def run_step(self, step: Step) -> StepResult:
        """Carry one step out."""
        tunnel_changes: list[TunnelChange] = []
        pod_count = 0
        pod_groups: list[PodGroup] = []
        usage_per_batch: tuple[tuple[PoolUsage, ...], ...] = ()
        failures: list[Finding] = []
        pool_name = step.pool.name
        try:
            match step.action:
                case "create":
                    self.cluster_state.create(step.pool)
                    tunnel_changes = self.cluster_state.reconcile_tunnels()
                case "annotate":
                    self._rename_pool({pool_name, str(step.pool.cidr)}, step.target_pool)
                case "cni":
                    self._rename_in_cni({pool_name, str(step.pool.cidr)}, step.target_pool)
                case "disable":
                    if step.managed:  # tunnels do not follow a selector until calico-node restarts
                        self.cluster_state.ipam.resources.change_pool(pool_name, node_selector=SELECT_NO_NODE)
                    else:
                        self.cluster_state.ipam.resources.change_pool(pool_name, disabled=True)
                        tunnel_changes = self.cluster_state.reconcile_tunnels()
                case "restart":
                    tunnel_changes = self.cluster_state.reconcile_tunnels()
                case "recreate":
                    pod_indices = self._pods_in_pool(pool_name)
                    pod_count, pod_groups = (
                        len(pod_indices),
                        group_pods(self.pods, pod_indices, self.order, self.batches),
                    )
                    usage_per_batch, failures = self._recreate_pods(pool_name, pod_indices, pod_groups)
                    failures += self._strict_affinity_findings(step.pool)
                case "delete":
                    self.cluster_state.ipam.controllers.advance(
                        self.cluster.ipam.ip_cooldown_seconds
                    )  # else blocks with cooling ones stay
                    if addresses_in_use := sum(
                        pool_usage.pods + pool_usage.tunnels
                        for pool_usage in self.usage()
                        if pool_usage.pool == pool_name
                    ):
                        failures.append(
                            Finding("change-delete-in-use", pool_name, {"pool": pool_name, "count": addresses_in_use})
                        )
                    self.cluster_state.delete(pool_name)
                    tunnel_changes = self.cluster_state.reconcile_tunnels()
        except IpamError as error:
            failures.append(Finding("change-refused", pool_name, {"pool": pool_name, "reason": error.finding}))
        failures += self._tunnel_findings(tunnel_changes)
        if tunnel_changes:
            self.tunnel_addresses = self._allocated_tunnel_addresses()
        return StepResult(
            step,
            tuple(self.usage()),
            pod_count,
            tuple(group.keys for group in pod_groups),
            usage_per_batch,
            tuple(failures),
        )

    # ---- pods

    def _recreate_pods(
        self, pool: str, pod_indices: NDArray[np.int64], pod_groups: list[PodGroup]
    ) -> tuple[tuple[tuple[PoolUsage, ...], ...], list[Finding]]:
        """Recreate pods group by group, each on its node.

        A group rolls in as many parts as Deployments do, of which each comes before what it replaces goes.
        """
        events, rows, requests = self._rollout_events(pod_indices)
        event_index = np.zeros(len(self.pods), np.int64)
        event_index[pod_indices] = np.arange(len(pod_indices))
        usage_per_batch, failed_pods = [], np.zeros(0, np.int64)
        for group in pod_groups:
            for part in np.array_split(group.pod_indices, SURGE_PARTS):
                event_rows = event_index[part]
                outcomes = self.cluster_state.ipam.run_events(
                    events[np.concatenate([2 * event_rows, 2 * event_rows + 1])], rows, requests
                )
                failed_pods = np.append(failed_pods, part[outcomes[: len(part)] != layout.OK])
            usage_per_batch.append(tuple(self.usage()))
        if not len(failed_pods):
            return tuple(usage_per_batch), []
        example_names = ", ".join(
            f"{self.pods[pod_index].namespace}/{self.pods[pod_index].name}" for pod_index in failed_pods[:MAX_NAMES]
        )
        params = {"count": len(failed_pods), "pods": len(pod_indices), "which": example_names, "pool": pool}
        return tuple(usage_per_batch), [Finding("change-pods-without", pool, params)]

    def _rollout_events(
        self, pod_indices: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return two events for each pod, its new address and the release of the old one, and what they ask of."""
        ipam = self.cluster_state.ipam
        pod_requests = self._pod_requests(pod_indices)
        request_indices, rows, requests = self.cluster_state.request_tables(pod_requests)
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
        events[0::2, batch_events.HANDLE], events[0::2, batch_events.REQUEST] = new_handles, request_indices
        events[1::2, batch_events.KIND], events[1::2, batch_events.HANDLE] = (
            batch_events.RELEASE,
            self.current_handles[pod_indices],
        )
        events[:, batch_events.TIME] = int(ipam.store.state.meta[layout.NOW])
        self.current_handles[pod_indices] = new_handles
        return events, rows, requests

    def _pods_in_pool(self, pool: str) -> NDArray[np.int64]:
        """Return the places of the pods that hold an address of a pool."""
        state = self.cluster_state.ipam.store.state
        cell_indices = state.handles[self.current_handles, layout.FIRST_ADDRESS]
        is_inside = np.zeros(len(cell_indices), bool)
        while (cell_indices >= 0).any():
            slots = state.cells[cell_indices, layout.SLOT]
            is_inside |= (cell_indices >= 0) & np.isin(
                state.blocks[slots, layout.RANGE_INDEX], list(self._range_indices(pool))
            )
            cell_indices = np.where(cell_indices >= 0, state.cells[cell_indices, layout.NEXT_OF_HANDLE], -1)
        return np.flatnonzero(is_inside)

    def _range_indices(self, pool: str) -> set[int]:
        cidr = self.cluster_state.ipam.store.pools[pool].cidr
        return {
            range_index
            for range_index, range_cidr in enumerate(self.cluster_state.ipam.store.range_cidrs)
            if range_cidr in cidr
        }

    def _pod_requests(self, pod_indices: NDArray[np.int64]) -> list[AddressRequest]:
        """Return what each pod asks for; pods that ask alike share it."""
        request_by_key: dict[tuple[object, ...], AddressRequest] = {}
        pod_requests = []
        for pod_index in pod_indices:
            pod = self.pods[pod_index]
            families = tuple(address.version for address in pod.addresses)
            key = (pod.node, pod.namespace, pod.ipv4_pools, pod.ipv6_pools, families)
            if key not in request_by_key:
                request_by_key[key] = self._pod_request(pod)
            pod_requests.append(request_by_key[key])
        return pod_requests

    def _pod_request(self, pod: Pod) -> AddressRequest:
        namespace = self.namespaces.get(pod.namespace)
        namespace_labels = tuple(sorted(namespace.labels.items())) if namespace else None
        windows = pod.node in self.windows_nodes
        versions_with_pools = {pool.version for pool in self.cluster_state.ipam.store.pools.values()}
        versions: tuple[IPVersion, ...] = tuple(
            version
            for version in (4, 6)
            if any(pod_address.version == version for pod_address in pod.addresses) and version in versions_with_pools
        )
        ipv4_pools = self._corrected_pools(pod.ipv4_pools or (namespace.ipv4_pools if namespace else ()))
        ipv6_pools = self._corrected_pools(pod.ipv6_pools or (namespace.ipv6_pools if namespace else ()))
        ipv4_pools, ipv6_pools = ipv4_pools or self.cni_pools[0], ipv6_pools or self.cni_pools[1]
        return AddressRequest(pod.node, versions, "Workload", ipv4_pools, ipv6_pools, namespace_labels, windows)

    def _corrected_pools(self, pools: tuple[str, ...]) -> tuple[str, ...]:
        """Return the pools that an annotation names once it was corrected."""
        return tuple(filter(None, (self.renamed_pools.get(pool, pool) for pool in pools)))

    def _strict_affinity_findings(self, old_pool: IPPool) -> list[Finding]:
        """Say under strictAffinity which nodes have no block, and could not claim one."""
        ipam = self.cluster_state.ipam
        if not ipam.store.config.strict_affinity:
            return []
        serving_pools = [
            pool for pool in ipam.store.pools.values() if pool.serves("Workload") and pool.version == old_pool.version
        ]
        nodes_with_block = {
            block["affinity"].removeprefix("host:")
            for block in ipam.blocks()
            if any(block["cidr"] in pool.cidr for pool in serving_pools)
        }
        nodes_without_block = [
            name
            for name in self.cluster_state.node_names
            if name not in nodes_with_block
            and any(pool.selects_node(ipam.store.nodes[name].labels) for pool in serving_pools)
        ]
        existing_blocks = sum(
            pool_usage.blocks for pool_usage in self.usage() if pool_usage.pool in {pool.name for pool in serving_pools}
        )
        unclaimed_blocks = sum(pool.block_count for pool in serving_pools) - existing_blocks
        params = {"count": len(nodes_without_block), "left": unclaimed_blocks}
        return (
            [Finding("change-nodes-without", old_pool.name, params)]
            if len(nodes_without_block) > unclaimed_blocks
            else []
        )

    def _rename_pool(self, old_names: set[str], new_name: str) -> None:
        """Let annotations that name a pool name another, also those that were corrected before."""
        self.renamed_pools = {
            original: new_name if current in old_names else current for original, current in self.renamed_pools.items()
        }
        self.renamed_pools |= {name: new_name for name in old_names if name not in self.renamed_pools}

    def _rename_in_cni(self, old_names: set[str], new_name: str) -> None:
        """Let the nodes' CNI configuration name another pool, or none."""
        ipv4_pools, ipv6_pools = (
            tuple(filter(None, (new_name if pool in old_names else pool for pool in pools))) for pools in self.cni_pools
        )
        self.cni_pools = ipv4_pools, ipv6_pools

    # ---- figures

    def _allocated_tunnel_addresses(self) -> list[Address]:
        """Return the addresses of tunnels that are announced, and allocated."""
        addresses_of = self.cluster_state.ipam.requests.ips_by_handle
        return [
            announced_address
            for tunnel, announced_address in self.cluster_state.tunnel_addresses.items()
            if announced_address in addresses_of(tunnel.handle)
        ]

    def usage(self) -> list[PoolUsage]:
        """Count what each pool holds now."""
        ipam = self.cluster_state.ipam
        counts = np.zeros((int(ipam.store.state.meta[layout.SLOT_COUNT]), 3), np.int64)
        batch_events.count_addresses(ipam.store.state, counts)
        rows = ipam.store.state.blocks[: len(counts)]
        usages = []
        for name, pool in sorted(ipam.store.pools.items()):
            is_in_pool = np.isin(rows[:, layout.RANGE_INDEX], list(self._range_indices(name)))
            used, borrowed, cooling = (int(total) for total in counts[is_in_pool].sum(axis=0))
            blocks_with_affinity = int((rows[is_in_pool, layout.OWNER] != layout.NO_OWNER).sum())
            tunnels = sum(tunnel_address in pool.cidr for tunnel_address in self.tunnel_addresses)
            empty = int((counts[is_in_pool, 0] == 0).sum())
            free = pool.cidr.size - used - cooling
            usages.append(
                PoolUsage(
                    name,
                    used - tunnels,
                    tunnels,
                    int(is_in_pool.sum()),
                    empty,
                    free,
                    borrowed,
                    blocks_with_affinity + borrowed,
                )
            )
        return usages

    def _tunnel_findings(self, tunnel_changes: list[TunnelChange]) -> list[Finding]:
        """Say which tunnels got no address, or one in a block that is another node's."""
        nodes_without_address = [tunnel_change.tunnel.node for tunnel_change in tunnel_changes if tunnel_change.failed]
        nodes_without_address += [
            tunnel_change.tunnel.node for tunnel_change in tunnel_changes if tunnel_change.after is None
        ]
        findings = []
        if nodes_without_address:
            params = {"count": len(nodes_without_address), "which": ", ".join(nodes_without_address[:MAX_NAMES])}
            findings.append(Finding("change-tunnels-lost", params=params))
        nodes_borrowing = [
            tunnel_change.tunnel.node
            for tunnel_change in tunnel_changes
            if tunnel_change.after is not None and not tunnel_change.failed and not self._is_in_own_block(tunnel_change)
        ]
        if nodes_borrowing:
            params = {"count": len(nodes_borrowing), "which": ", ".join(nodes_borrowing[:MAX_NAMES])}
            findings.append(Finding("change-tunnels-borrowed", params=params))
        return findings

    def _is_in_own_block(self, tunnel_change: TunnelChange) -> bool:
        state, ipam = self.cluster_state.ipam.store.state, self.cluster_state.ipam
        cell_index = int(state.handles[ipam.store.handle_number(tunnel_change.tunnel.handle), layout.FIRST_ADDRESS])
        return (
            int(state.blocks[state.cells[cell_index, layout.SLOT], layout.OWNER])
            == ipam.store.nodes[tunnel_change.tunnel.node].number
        )
