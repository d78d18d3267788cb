"""A round in which every node is drained: which pod goes where, in order. Compiled, for pods move more than once."""

from __future__ import annotations

import numpy as np

from ..ipam.compilation import compiled


@compiled
def _drain_nodes(next_pods, first_pods, current_nodes, old, new, pods, nodes, steps, random_state):
    """Drain node after node; return how many moves there are, -1 where there is no room for them."""
    move_count = 0
    for step in range(len(old)):
        current_nodes[step] = new[step]
        pod = first_pods[step]
        first_pods[step] = -1
        while pod >= 0:
            next_pod = next_pods[pod]
            random_state = random_state * 48271 % 2147483647
            target = random_state % len(current_nodes)
            if move_count == len(pods):
                return -1
            pods[move_count], nodes[move_count], steps[move_count] = pod, current_nodes[target], step
            move_count += 1
            if target > step:  # one that will be drained itself
                next_pods[pod] = first_pods[target]
                first_pods[target] = pod
            pod = next_pod
    return move_count


def drain_moves(
    pod_nodes: np.ndarray, old: np.ndarray, new: np.ndarray, start_time: int, pause: int, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the moves of a rolling replacement: pods, the nodes they go to, and when.

    Parameters
    ----------
    pod_nodes
        Per pod: its node.
    old, new
        The nodes in the order in which they are drained, and those that take their places.
    start_time, pause
        When the first is drained, and the time between two, in microseconds.
    seed
        Of the choice of nodes.
    """
    node_positions = np.full(int(max(old.max(), pod_nodes.max(initial=0))) + 1, -1, np.int64)
    node_positions[old] = np.arange(len(old))
    first_pods = np.full(len(old), -1, np.int64)
    next_pods = np.full(len(pod_nodes), -1, np.int64)
    for pod in np.flatnonzero(pod_nodes >= 0)[::-1]:
        position = node_positions[pod_nodes[pod]]
        if position >= 0:
            next_pods[pod], first_pods[position] = first_pods[position], pod
    size = 3 * len(pod_nodes) + 64
    while True:
        pods, nodes, steps = (np.zeros(size, np.int64) for _ in range(3))
        move_count = _drain_nodes(
            next_pods.copy(), first_pods.copy(), old.copy(), old, new, pods, nodes, steps, seed % 2147483646 + 1
        )
        if move_count >= 0:
            return pods[:move_count], nodes[:move_count], start_time + steps[:move_count] * pause
        size *= 2
