"""In which order pods are recreated, and where that stops for a look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..model import Cluster, IPPool, Pod

Order = Literal["namespace", "workload", "node"]
Keys = tuple[tuple[str, ...], ...]
KINDS = ("deployments", "daemonsets", "statefulsets")  # what kubectl rolls out, in the order of a change
_KIND_OF = {"ReplicaSet": 0, "Deployment": 0, "DaemonSet": 1, "StatefulSet": 2}


@dataclass(frozen=True, slots=True)
class Group:
    """Pods that are recreated between two stops.

    `keys` are namespaces, pairs of a kind of workload and a namespace, or nodes, as the order has it; `places` those of
    the pods among all.
    """

    keys: Keys
    places: NDArray[np.int64]


def groups(pods: Sequence[Pod], places: Sequence[int] | NDArray[np.int64], order: Order, most: int) -> list[Group]:
    """Put pods into groups: no namespace, kind or node is cut in two, and there are no more groups than `most`.

    Namespaces come fewest pods first, so that what is wrong shows where it does least harm; kinds of workload as in
    `KINDS`, in each the namespaces likewise; nodes by name.
    """
    keys = [_key(pods[place], order) for place in places]
    counts = Counter(keys)
    ranked = sorted(counts, key=lambda key: (_rank(key, order), 0 if order == "node" else counts[key], key))
    group_of: dict[tuple[str, ...], int] = {}
    done = 0
    for key in ranked:
        # The middle of a key's pods tells where it belongs: groups come out as even as keys allow.
        group_of[key] = (2 * done + counts[key]) * most // (2 * len(keys))
        done += counts[key]
    numbers = np.array([group_of[key] for key in keys], np.int64)
    rank_of = {key: rank for rank, key in enumerate(ranked)}
    ordered = np.argsort([rank_of[key] for key in keys], kind="stable")
    every = np.asarray(places, np.int64)
    found = []
    for number in dict.fromkeys(group_of[key] for key in ranked):
        mine = tuple(key for key in ranked if group_of[key] == number)
        found.append(Group(mine, every[ordered[numbers[ordered] == number]]))
    return found


def has_address(pod: Pod) -> bool:
    """Whether a pod holds an address of its own."""
    return bool(pod.node and pod.addresses and not pod.host_network and not pod.finished)


def tells_owners(cluster: Cluster) -> bool:
    """Whether a dump tells what makes its pods; without that there are no workloads to go by."""
    return any(pod.owner for pod in cluster.pods)


def left_over(cluster: Cluster, pool: IPPool) -> list[Pod]:
    """Return the pods in a pool that no rollout recreates; none where the dump tells no owners."""
    if not tells_owners(cluster):
        return []
    return [
        pod
        for pod in cluster.pods
        if has_address(pod) and pod.owner not in _KIND_OF and any(address in pool.cidr for address in pod.addresses)
    ]


def _key(pod: Pod, order: Order) -> tuple[str, ...]:
    if order == "node":
        return (pod.node,)
    if order == "namespace":
        return (pod.namespace,)
    rank = _KIND_OF.get(pod.owner)
    return ("" if rank is None else KINDS[rank], pod.namespace)


def _rank(key: tuple[str, ...], order: Order) -> int:
    return KINDS.index(key[0]) if order == "workload" and key[0] else len(KINDS)
