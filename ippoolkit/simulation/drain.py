"""A round in which every node is drained: which pod goes where, in order. Compiled, for pods move more than once."""

from __future__ import annotations

import numpy as np

from ..ipam.compiler import compiled


@compiled
def _round(following, heads, up, old, new, pods, nodes, steps, dice):
    """Drain node after node; return how many moves there are, -1 where there is no room for them."""
    done = 0
    for step in range(len(old)):
        up[step] = new[step]
        pod = heads[step]
        heads[step] = -1
        while pod >= 0:
            rest = following[pod]
            dice = dice * 48271 % 2147483647
            target = dice % len(up)
            if done == len(pods):
                return -1
            pods[done], nodes[done], steps[done] = pod, up[target], step
            done += 1
            if target > step:  # one that will be drained itself
                following[pod] = heads[target]
                heads[target] = pod
            pod = rest
    return done


def drain(
    on: np.ndarray, old: np.ndarray, new: np.ndarray, begin: int, pause: int, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the moves of a rolling replacement: pods, the nodes they go to, and when.

    Parameters
    ----------
    on
        Per pod: its node.
    old, new
        The nodes in the order in which they are drained, and those that take their places.
    begin, pause
        When the first is drained, and the time between two, in microseconds.
    seed
        Of the choice of nodes.
    """
    place_of = np.full(int(max(old.max(), on.max(initial=0))) + 1, -1, np.int64)
    place_of[old] = np.arange(len(old))
    heads = np.full(len(old), -1, np.int64)
    following = np.full(len(on), -1, np.int64)
    for pod in np.flatnonzero(on >= 0)[::-1]:
        place = place_of[on[pod]]
        if place >= 0:
            following[pod], heads[place] = heads[place], pod
    size = 3 * len(on) + 64
    while True:
        pods, nodes, steps = (np.zeros(size, np.int64) for _ in range(3))
        done = _round(following.copy(), heads.copy(), old.copy(), old, new, pods, nodes, steps, seed % 2147483646 + 1)
        if done >= 0:
            return pods[:done], nodes[:done], begin + steps[:done] * pause
        size *= 2
