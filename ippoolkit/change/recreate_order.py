"""In which order pods are recreated, and where that stops for a look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..model import Cluster, IPPool, Pod

RecreateOrder = Literal["namespace", "workload", "node"]
GroupKeys = tuple[tuple[str, ...], ...]
WORKLOAD_KINDS = ("deployments", "daemonsets", "statefulsets")  # what kubectl rolls out, in the order of a change
_WORKLOAD_KIND_INDEX = {"ReplicaSet": 0, "Deployment": 0, "DaemonSet": 1, "StatefulSet": 2}


@dataclass(frozen=True, slots=True)
class PodGroup:
    """Pods that are recreated between two stops.

    `keys` are namespaces, pairs of a kind of workload and a namespace, or nodes, as the order has it; `pod_indices`
    those of the pods among all.
    """

    keys: GroupKeys
    pod_indices: NDArray[np.int64]


def group_pods(
    pods: Sequence[Pod], pod_indices: Sequence[int] | NDArray[np.int64], order: RecreateOrder, max_groups: int
) -> list[PodGroup]:
    """Put pods into groups: no namespace, kind or node is cut in two, and there are no more than `max_groups`.

    Namespaces come fewest pods first, so that what is wrong shows where it does least harm; kinds of workload as in
    `KINDS`, in each the namespaces likewise; nodes by name.
    """
    keys = [_group_key(pods[pod_index], order) for pod_index in pod_indices]
    counts = Counter(keys)
    ranked_keys = sorted(
        counts, key=lambda key: (_workload_rank(key, order), 0 if order == "node" else counts[key], key)
    )
    group_of: dict[tuple[str, ...], int] = {}
    pods_before = 0
    for key in ranked_keys:
        # The middle of a key's pods tells where it belongs: groups come out as even as keys allow.
        group_of[key] = (2 * pods_before + counts[key]) * max_groups // (2 * len(keys))
        pods_before += counts[key]
    group_numbers = np.array([group_of[key] for key in keys], np.int64)
    rank_of = {key: rank for rank, key in enumerate(ranked_keys)}
    ordered = np.argsort([rank_of[key] for key in keys], kind="stable")
    all_indices = np.asarray(pod_indices, np.int64)
    pod_groups = []
    for group_number in dict.fromkeys(group_of[key] for key in ranked_keys):
        group_keys = tuple(key for key in ranked_keys if group_of[key] == group_number)
        pod_groups.append(PodGroup(group_keys, all_indices[ordered[group_numbers[ordered] == group_number]]))
    return pod_groups


def has_address(pod: Pod) -> bool:
    """Whether a pod holds an address of its own."""
    return bool(pod.node and pod.addresses and not pod.host_network and not pod.finished)


def has_owner_references(cluster: Cluster) -> bool:
    """Whether a dump tells what makes its pods; without that there are no workloads to go by."""
    return any(pod.owner for pod in cluster.pods)


def pods_without_workload(cluster: Cluster, pool: IPPool) -> list[Pod]:
    """Return the pods in a pool that no rollout recreates; none where the dump tells no owners."""
    if not has_owner_references(cluster):
        return []
    return [
        pod
        for pod in cluster.pods
        if has_address(pod)
        and pod.owner not in _WORKLOAD_KIND_INDEX
        and any(address in pool.cidr for address in pod.addresses)
    ]


def _group_key(pod: Pod, order: RecreateOrder) -> tuple[str, ...]:
    if order == "node":
        return (pod.node,)
    if order == "namespace":
        return (pod.namespace,)
    rank = _WORKLOAD_KIND_INDEX.get(pod.owner)
    return ("" if rank is None else WORKLOAD_KINDS[rank], pod.namespace)


def _workload_rank(key: tuple[str, ...], order: RecreateOrder) -> int:
    return WORKLOAD_KINDS.index(key[0]) if order == "workload" and key[0] else len(WORKLOAD_KINDS)
