"""A procedure carried out in the engine on a cluster's snapshot, step by step, with the figures after each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..calico.releases import NEWEST, Release
from ..cidr import Address
from ..findings import Finding
from ..ipam import IpamError, layout
from ..model import Cluster, IPPool
from .cluster_state import ClusterState, TunnelChange
from .pool_usage import PoolUsage, StepResult
from .recreate_order import PodGroup, RecreateOrder, Workload, group_pods, select_recreated_pods, workload_of
from .rehearsed_pods import RehearsedPods
from .steps import SELECT_NO_NODE, Step, pool_names
from .tunnels import NodeTunnel

_MAX_NAMES = 3  # names that a finding gives


def first_names(names: Sequence[str]) -> str:
    """Return the names that a finding gives of many."""
    return ", ".join(names[:_MAX_NAMES])


@dataclass
class Rehearsal:
    """A cluster in the engine, and its pods as they are recreated."""

    cluster: Cluster
    order: RecreateOrder = "namespace"
    batches: int = 4
    release: Release = NEWEST

    def __post_init__(self) -> None:
        self.cluster_state = ClusterState.from_cluster(self.cluster, self.release)
        self.pods = RehearsedPods(self.cluster, self.cluster_state)
        self.restarted_workloads: set[Workload] = set()  # by steps that recreate pods
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
        result = StepResult(step)
        tunnel_changes: list[TunnelChange] = []
        failures: list[Finding] = []
        pool_name = step.pool.name
        resources = self.cluster_state.ipam.resources
        try:
            match step.action:
                case "create":
                    self.cluster_state.create(step.pool)
                    tunnel_changes = self.cluster_state.reconcile_tunnels()
                case "annotate":
                    result = self._annotate(step)
                case "cni":
                    self.pods.rename_in_cni(pool_names(step.pool), step.target_pool)
                case "disable":
                    if step.managed:  # tunnels do not follow a selector until calico-node restarts
                        resources.change_pool(pool_name, node_selector=SELECT_NO_NODE)
                    else:
                        resources.change_pool(pool_name, disabled=True)
                        tunnel_changes = self.cluster_state.reconcile_tunnels()
                case "restart":
                    tunnel_changes = self.cluster_state.reconcile_tunnels()
                case "recreate":
                    result = self._leave_pool(step)
                    failures += self._strict_affinity_findings(step.pool)
                case "delete":
                    # Blocks with addresses that cool down would stay.
                    self.cluster_state.ipam.controllers.advance(self.cluster.ipam.ip_cooldown_seconds)
                    failures += self._remaining_addresses(pool_name)
                    self.cluster_state.delete(pool_name)
                    tunnel_changes = self.cluster_state.reconcile_tunnels()
        except IpamError as error:
            failures.append(Finding("change-refused", pool_name, {"pool": pool_name, "reason": error.finding}))
        failures += [*result.failures, *self._tunnel_findings(tunnel_changes)]
        if tunnel_changes:
            self.tunnel_addresses = self._allocated_tunnel_addresses()
        return replace(result, usage=tuple(self.usage()), failures=tuple(failures))

    # ---- pods

    def _annotate(self, step: Step) -> StepResult:
        """Let annotations name another pool; workloads whose template names the pool roll out at once."""
        old_names = pool_names(step.pool)
        pod_groups = self.pods.groups_naming(old_names)
        self.pods.rename_pool(old_names, step.target_pool)
        result = self._recreate_pods(step, pod_groups)
        return replace(result, groups=(), usage_per_batch=())  # the step has no parts between which anybody looks

    def _leave_pool(self, step: Step) -> StepResult:
        """Recreate the pods that hold addresses of a pool, with all that is recreated along with them."""
        pods = self.pods.pods
        in_pool = self.pods.in_pool(step.pool.name)
        pod_indices, left_alone = select_recreated_pods(pods, in_pool, self.order, self.restarted_workloads)
        result = self._recreate_pods(step, group_pods(pods, pod_indices, self.order, self.batches))
        self.restarted_workloads |= {
            workload for pod_index in pod_indices if (workload := workload_of(pods[pod_index]))
        }
        elsewhere = int((~np.isin(pod_indices, in_pool)).sum())
        return replace(result, left_alone=left_alone, recreated_elsewhere=elsewhere)

    def _recreate_pods(self, step: Step, pod_groups: list[PodGroup]) -> StepResult:
        """Recreate pods group by group.

        How many of a group start before the first of them ends is up to each workload (maxSurge). What pools hold at
        most is therefore also observed on a copy, on which all new pods of a group start before an old one ends.
        """
        usage_per_batch, failed_pods = [], []
        surge_states: list[tuple[PoolUsage, ...]] = []

        def observe(cluster_state: ClusterState) -> None:
            surge_states.append(tuple(self._usage_of(cluster_state)))

        whole_groups = self.pods.copy() if pod_groups else self.pods
        for group in pod_groups:
            failed_pods += [self.pods.pods[pod_index] for pod_index in self.pods.recreate(group, observe)]
            whole_groups.recreate(group, observe, parts=1)
            usage_per_batch.append(tuple(self.usage()))
        pod_count = sum(len(group.pod_indices) for group in pod_groups)
        failures: tuple[Finding, ...] = ()
        if failed_pods:
            which = first_names([f"{pod.namespace}/{pod.name}" for pod in failed_pods])
            params = {"count": len(failed_pods), "pods": pod_count, "which": which, "pool": step.pool.name}
            failures = (Finding("change-pods-without", step.pool.name, params),)
        return StepResult(
            step,
            recreated_pods=pod_count,
            groups=tuple(group.keys for group in pod_groups),
            usage_per_batch=tuple(usage_per_batch),
            surge_usage=tuple(surge_states),
            failures=failures,
        )

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

    def _remaining_addresses(self, pool_name: str) -> list[Finding]:
        """Say how many addresses a pool still has in use that is about to be deleted."""
        count = sum(usage.pods + usage.tunnels for usage in self.usage() if usage.pool == pool_name)
        return [Finding("change-delete-in-use", pool_name, {"pool": pool_name, "count": count})] if count else []

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
        return self._usage_of(self.cluster_state)

    def _usage_of(self, cluster_state: ClusterState) -> list[PoolUsage]:
        ipam = cluster_state.ipam
        counts = ipam.count_addresses()
        rows = ipam.store.state.blocks[: len(counts)]
        usages = []
        for name, pool in sorted(ipam.store.pools.items()):
            is_in_pool = np.isin(rows[:, layout.RANGE_INDEX], list(cluster_state.range_indices(name)))
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
        nodes_without_address = [change.tunnel.node for change in tunnel_changes if change.failed]
        nodes_without_address += [change.tunnel.node for change in tunnel_changes if change.after is None]
        findings = []
        if nodes_without_address:
            params = {"count": len(nodes_without_address), "which": first_names(nodes_without_address)}
            findings.append(Finding("change-tunnels-lost", params=params))
        nodes_borrowing = [
            change.tunnel.node
            for change in tunnel_changes
            if change.after is not None and not change.failed and not self._is_in_own_block(change.tunnel)
        ]
        if nodes_borrowing:
            params = {"count": len(nodes_borrowing), "which": first_names(nodes_borrowing)}
            findings.append(Finding("change-tunnels-borrowed", params=params))
        return findings

    def _is_in_own_block(self, tunnel: NodeTunnel) -> bool:
        store = self.cluster_state.ipam.store
        address_index = store.addresses_of_handle(tunnel.handle)[0]
        owner = store.state.blocks[store.state.cells[address_index, layout.SLOT], layout.OWNER]
        return int(owner) == store.nodes[tunnel.node].number
