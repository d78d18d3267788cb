"""In which order pods are recreated, and where that stops for a look."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..model import Cluster, IPPool, Pod

RecreateOrder = Literal["namespace", "workload", "node"]
GroupKeys = tuple[tuple[str, ...], ...]
# What kubectl rolls out, in the order of a change: kinds of workload as Kubernetes writes them, and as kubectl does.
WORKLOAD_KINDS = {"Deployment": "deployments", "DaemonSet": "daemonsets", "StatefulSet": "statefulsets"}
_KIND_BY_OWNER = {"ReplicaSet": "Deployment"} | {kind: kind for kind in WORKLOAD_KINDS}
_SUFFIX_PARTS = {"ReplicaSet": 2, "DaemonSet": 1, "StatefulSet": 1}  # parts of a pod's name behind the workload's
_LONGEST_GENERATED_NAME = 63  # at this length Kubernetes has cut the workload's name off to make room for its suffix


@dataclass(frozen=True, slots=True, order=True)
class Workload:
    """What makes pods: its namespace, its kind as Kubernetes writes it, its name."""

    namespace: str
    kind: str
    name: str


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
    `WORKLOAD_KINDS`, in each the namespaces likewise; nodes by name.
    """
    indices_by_key: dict[tuple[str, ...], list[int]] = {}
    for pod_index in pod_indices:
        indices_by_key.setdefault(_group_key(pods[pod_index], order), []).append(int(pod_index))
    counts = {key: len(indices) for key, indices in indices_by_key.items()}
    keys_by_group: dict[int, list[tuple[str, ...]]] = {}
    pods_before = 0
    for key in sorted(counts, key=lambda key: (_key_rank(key, order), 0 if order == "node" else counts[key], key)):
        # The middle of a key's pods tells where it belongs: groups come out as even as keys allow.
        group_number = (2 * pods_before + counts[key]) * max_groups // (2 * len(pod_indices))
        keys_by_group.setdefault(group_number, []).append(key)
        pods_before += counts[key]
    return [
        PodGroup(tuple(keys), np.array([index for key in keys for index in indices_by_key[key]], np.int64))
        for keys in keys_by_group.values()
    ]


def workload_of(pod: Pod) -> Workload | None:
    """Return what makes a pod, as the pod's own name has it; None where no rollout does, or the name does not tell."""
    if pod.owner not in _SUFFIX_PARTS:
        return None
    kind = _KIND_BY_OWNER[pod.owner]
    name = "-".join(pod.name.split("-")[: -_SUFFIX_PARTS[pod.owner]])
    is_cut = kind != "StatefulSet" and len(pod.name) >= _LONGEST_GENERATED_NAME
    return Workload(pod.namespace, kind, name) if name and not is_cut else None


def select_recreated_pods(
    pods: Sequence[Pod],
    in_pool: NDArray[np.int64],
    order: RecreateOrder,
    restarted_before: Collection[Workload],
) -> tuple[NDArray[np.int64], tuple[Workload, ...]]:
    """Return the places of the pods that are recreated when a pool is left, and the workloads that are left alone.

    A rollout recreates all pods of a workload, and an emptied node loses all of its pods, those in other pools too.
    Left alone are workloads of the namespaces gone through of which no pod is in the pool, unless they were restarted
    before in this change: where their pods are then is up to the scheduler.

    Parameters
    ----------
    pods
        All pods with an address.
    in_pool
        Places of those in the pool.
    order
        In which order pods are recreated.
    restarted_before
        Workloads whose pods were recreated by an earlier step of this kind.
    """
    keys = {_group_key(pods[pod_index], order) for pod_index in in_pool}
    tells_owners = any(pod.owner for pod in pods)
    recreated = {int(pod_index) for pod_index in in_pool}
    if order == "node":
        recreated |= {
            pod_index
            for pod_index, pod in enumerate(pods)
            if (pod.owner or not tells_owners) and _group_key(pod, order) in keys
        }
        return np.array(sorted(recreated), np.int64), ()
    moving = {workload for pod_index in recreated if (workload := workload_of(pods[pod_index]))} | {*restarted_before}
    left_alone = set()
    for pod_index, pod in enumerate(pods):
        if (tells_owners and pod.owner not in _KIND_BY_OWNER) or _group_key(pod, order) not in keys:
            continue
        workload = workload_of(pod)
        if workload is None or workload in moving:  # a workload whose name is not known cannot be left out
            recreated.add(pod_index)
        else:
            left_alone.add(workload)
    return np.array(sorted(recreated), np.int64), tuple(sorted(left_alone))


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
        and pod.owner not in _KIND_BY_OWNER
        and any(address in pool.cidr for address in pod.addresses)
    ]


def _group_key(pod: Pod, order: RecreateOrder) -> tuple[str, ...]:
    if order == "node":
        return (pod.node,)
    if order == "namespace":
        return (pod.namespace,)
    return (WORKLOAD_KINDS.get(_KIND_BY_OWNER.get(pod.owner, ""), ""), pod.namespace)


def _key_rank(key: tuple[str, ...], order: RecreateOrder) -> int:
    """Return where a group key comes by its kind of workload, what has none last."""
    kinds = [*WORKLOAD_KINDS.values(), ""]
    return kinds.index(key[0]) if order == "workload" else 0
