"""Mistakes that people make with a procedure, foreseen on this cluster, with their numbers."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from ..findings import Finding
from ..ipam import IpamError
from ..model import Scenario
from .rehearsal import WHICH, Done
from .stage import Stage
from .steps import Change, named_by


def foreseen(scenario: Scenario, change: Change, done: tuple[Done, ...]) -> list[Finding]:
    """Return what is to be known before a procedure that holds is begun."""
    return list(_foreseen(scenario, change, done))


def _foreseen(scenario: Scenario, change: Change, done: tuple[Done, ...]) -> Iterator[Finding]:
    cluster, pool = scenario.cluster, change.pool
    actions = [each.step.action for each in done]
    if "close" in actions:
        names = named_by(cluster, pool)
        if names:
            numbers = {"count": len(names), "pool": pool, "which": ", ".join(names[:WHICH])}
            yield Finding("change-annotated", pool, numbers)
        held = next(each for each in done[0].held if each.pool == pool)
        yield Finding("change-early", pool, {"pool": pool, "count": held.pods + held.tunnels})
        yield Finding("change-kubectl-delete", pool)
        yield Finding("change-two-at-once", pool, {"nodes": len(cluster.nodes)})
        yield Finding("change-surge", pool, {"batches": change.batches})
        yield Finding("change-document", pool)
    if change.kind == "block-size":
        yield from in_place(scenario, pool, change.size)
    if change.install == "operator" and "close" in actions:
        yield Finding("change-operator", pool, {"pool": pool})
    if change.install == "kubespray":
        yield Finding("change-kubespray", pool, {"size": change.size or cluster.pool(pool).block_size})


def in_place(scenario: Scenario, pool: str, size: int) -> Iterator[Finding]:
    """Say which addresses would be given twice if blockSize were changed in place, and each node claimed a block."""
    try:
        stage = Stage.of(scenario.cluster)
        stage.ipam.change_pool(pool, checked=False, block_size=size)
    except (IpamError, ValueError):
        return
    ipam = stage.ipam
    cidr, before = ipam.pools[pool].cidr, {each["cidr"] for each in ipam.blocks()}
    room: dict[str, int] = {}  # free addresses in the blocks that each node has
    for each in ipam.blocks():
        if each["cidr"] in cidr:
            room[each["affinity"]] = room.get(each["affinity"], 0) + len(each["free"])
    for host in sorted(name for name, node in ipam.nodes.items() if node.exists):
        free = room.get(f"host:{host}", 0)
        four, six = (free + 1, 0) if cidr.version == 4 else (0, free + 1)
        ipam.assign(host, f"next of {host}", four, six, pools4=(pool,), pools6=(pool,))
    used = {
        each["cidr"].first + ordinal
        for each in ipam.blocks()
        if each["cidr"] in before
        for handle, ordinals in each["allocated"].items()
        if not handle.startswith("next of ")
        for ordinal in ordinals
    }
    doubled, hosts = [], set()
    for each in ipam.blocks():
        if each["cidr"] not in before:
            twice = [at for at in range(each["cidr"].first, each["cidr"].last + 1) if at in used]
            doubled += twice
            hosts |= {each["affinity"]} if twice else set()
    if doubled:
        which = ", ".join(str(ipaddress.ip_address(at)) for at in sorted(doubled)[:WHICH])
        yield Finding("change-in-place", pool, {"nodes": len(hosts), "count": len(doubled), "which": which})
