"""Mistakes that people make with a procedure, foreseen on this cluster, with their numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..cidr import Cidr, address_of
from ..findings import Finding
from ..ipam import IpamError, bulk, layout
from ..model import Scenario
from .moments import Done
from .moving import left_over
from .rehearsal import SURGES, WHICH
from .stage import Asking, Stage
from .steps import Change, named_by


def foreseen(scenario: Scenario, change: Change, done: tuple[Done, ...], start: Stage | None) -> list[Finding]:
    """Return what is to be known before a procedure that holds; `start` is the cluster before a new blockSize."""
    found = list(_foreseen(scenario, change, done))
    return found if start is None else [*found, *in_place(start, change.pool, change.size)]


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
        yield Finding("change-surge", pool, {"parts": SURGES})
        if bare := left_over(cluster, cluster.pool(pool)):
            which = ", ".join(f"{each.namespace}/{each.name}" for each in bare[:WHICH])
            yield Finding("change-bare", pool, {"count": len(bare), "which": which})
        yield Finding("change-document", pool)
    if any(each.step.managed and each.step.action == "close" for each in done):
        yield Finding("change-operator", pool, {"pool": pool})
    if change.install == "kubespray" and "inventory" not in actions:
        yield Finding("change-kubespray", pool, {"size": change.size or cluster.pool(pool).block_size})


def in_place(stage: Stage, pool: str, size: int) -> Iterator[Finding]:
    """Say which addresses would be given twice if blockSize were changed in place, and each node claimed a block."""
    try:
        stage.ipam.change_pool(pool, checked=False, block_size=size)
    except (IpamError, ValueError):
        return
    ipam = stage.ipam
    old = {slot: cidr for slot, cidr in ipam.slots() if cidr in ipam.pools[pool].cidr}
    used = {slot: ipam.used(slot) for slot in old}
    near: dict[Cidr, list[int]] = {}  # old blocks by the range, theirs or a new block's, that is larger
    for slot, cidr in old.items():
        near.setdefault(cidr.at_prefix(min(size, cidr.prefix)), []).append(slot)
    prefixes = {cidr.prefix for cidr in near}
    _fill(stage, pool, list(old))
    doubled: list[int] = []
    hosts = set()
    for slot, cidr in ipam.slots():
        if slot in old or cidr not in ipam.pools[pool].cidr:
            continue
        over = [other for prefix in prefixes for other in near.get(cidr.at_prefix(prefix), ())]
        held = (old[other].first + ordinal for other in over for ordinal in used[other])
        twice = [at for at in held if cidr.first <= at <= cidr.last]
        doubled += twice
        hosts |= {int(ipam.state.blocks[slot, layout.OWNER])} if twice else set()
    if doubled:
        version = ipam.pools[pool].version
        which = ", ".join(str(address_of(version, at)) for at in sorted(doubled)[:WHICH])
        yield Finding("change-in-place", pool, {"nodes": len(hosts), "count": len(doubled), "which": which})


def _fill(stage: Stage, pool: str, slots: list[int]) -> None:
    """Let each node take one address more than its blocks of a pool have left."""
    ipam = stage.ipam
    hosts = stage.hosts
    numbers = np.array([ipam.nodes[host].number for host in hosts], np.int64)
    rows = ipam.state.blocks[slots].astype(np.int64)
    owned = rows[rows[:, layout.OWNER] >= 0]
    room = np.bincount(owned[:, layout.OWNER], owned[:, layout.OPEN], len(ipam.nodes)).astype(np.int64)
    version = ipam.pools[pool].version
    asks = [Asking(host, (version,), named=(pool,), named6=(pool,)) for host in hosts]
    of, table, requests = stage.requests(asks)
    handles = ipam.numbers_of([f"next of {host}" for host in hosts])
    each = np.repeat(np.arange(len(hosts)), room[numbers] + 1)
    events = np.zeros((len(each), bulk.EVENT), np.int64)
    events[:, bulk.KIND] = asks[0].kind if asks else 0
    events[:, bulk.NODE], events[:, bulk.HANDLE] = numbers[each], handles[each]
    events[:, bulk.REQUEST] = np.array(of, np.int64)[each]
    events[:, bulk.TIME] = int(ipam.state.meta[layout.NOW])
    ipam.carry_out(events, table, requests)
