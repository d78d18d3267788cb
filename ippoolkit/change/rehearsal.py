"""A procedure carried out in the engine on a cluster's snapshot, step by step, with the figures after each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..cidr import Address, Version
from ..findings import Finding
from ..ipam import IpamError, bulk, layout
from ..model import Cluster, IPPool, Pod
from .moments import Done, Held
from .moving import Group, Order, groups, has_address
from .stage import Asking, Moved, Stage
from .steps import CLOSED, Step

WHICH = 3  # names that a finding gives
SURGES = 4  # parts in which a rollout comes: Kubernetes' maxSurge is 25% where a Deployment says nothing


@dataclass
class Rehearsal:
    """A cluster on the stage, and its pods as they are recreated."""

    cluster: Cluster
    order: Order = "namespace"
    batches: int = 4

    def __post_init__(self) -> None:
        self.stage = Stage.of(self.cluster)
        ipam = self.stage.ipam
        self.pods = [p for p in self.cluster.pods if has_address(p) and p.node in ipam.nodes]
        held = {}
        for block in self.cluster.blocks:
            first, version = block.cidr.first, block.cidr.version
            for each in block.allocations:
                if not each.type and not each.released_at:
                    held[first + each.ordinal, version] = each.handle
        self.handles: list[str] = []
        for pod in self.pods:
            handle = ""
            for address in pod.addresses:
                handle = handle or held.get((int(address), address.version), "")
            if not handle:  # an older dump of blocks than of pods
                handle = f"{pod.namespace}/{pod.name}"
                for address in pod.addresses:
                    if self.stage.pool_of(address) and not ipam.is_held(address):
                        ipam.assign_ip(pod.node, handle, address)
            self.handles.append(handle)
        self.now = ipam.numbers_of(self.handles)
        self.spaces = {space.name: space for space in self.cluster.namespaces}
        self.windows = {node.name for node in self.cluster.nodes if node.windows}
        self.renamed: dict[str, str] = {}
        self.rounds = 0
        self.tunnels = self._held_tunnels()

    def run(self, steps: tuple[Step, ...]) -> Iterator[Done]:
        """Carry steps out one after the other; the last is the first that breaks something."""
        for step in steps:
            done = self.carry_out(step)
            yield done
            if done.broken:
                return

    def carry_out(self, step: Step) -> Done:
        """Carry one step out."""
        moved: list[Moved] = []
        count = 0
        chosen: list[Group] = []
        batches: tuple[tuple[Held, ...], ...] = ()
        broken: list[Finding] = []
        name = step.pool.name
        try:
            match step.action:
                case "create":
                    self.stage.create(step.pool)
                    moved = self.stage.settle()
                case "annotate":
                    self._rename({name, str(step.pool.cidr)}, step.to)
                case "close":
                    if step.managed:  # tunnels do not follow a selector until calico-node starts anew
                        self.stage.ipam.change_pool(name, node_selector=CLOSED)
                    else:
                        self.stage.ipam.change_pool(name, disabled=True)
                        moved = self.stage.settle()
                case "restart":
                    moved = self.stage.settle()
                case "recreate":
                    inside = self._inside(name)
                    count, chosen = len(inside), groups(self.pods, inside, self.order, self.batches)
                    batches, broken = self._recreate(name, inside, chosen)
                    broken += self._strict(step.pool)
                case "delete":
                    self.stage.ipam.sleep(self.cluster.ipam.ip_cooldown_seconds)  # else blocks with cooling ones stay
                    if left := sum(each.pods + each.tunnels for each in self.held() if each.pool == name):
                        broken.append(Finding("change-delete-in-use", name, {"pool": name, "count": left}))
                    self.stage.delete(name)
                    moved = self.stage.settle()
        except IpamError as error:
            broken.append(Finding("change-refused", name, {"pool": name, "reason": error.finding}))
        broken += self._tunnels(moved)
        if moved:
            self.tunnels = self._held_tunnels()
        return Done(
            step, tuple(self.held()), count, len(moved), tuple(each.keys for each in chosen), batches, tuple(broken)
        )

    # ---- pods

    def _recreate(
        self, pool: str, inside: NDArray[np.int64], chosen: list[Group]
    ) -> tuple[tuple[tuple[Held, ...], ...], list[Finding]]:
        """Recreate pods group by group, each on its node.

        A group rolls in as many parts as Deployments do, of which each comes before what it replaces goes.
        """
        events, rows, requests = self._events(inside)
        where = np.zeros(len(self.pods), np.int64)
        where[inside] = np.arange(len(inside))
        held, failed = [], np.zeros(0, np.int64)
        for group in chosen:
            for part in np.array_split(group.places, SURGES):
                at = where[part]
                answers = self.stage.ipam.carry_out(events[np.concatenate([2 * at, 2 * at + 1])], rows, requests)
                failed = np.append(failed, part[answers[: len(part)] != layout.DONE])
            held.append(tuple(self.held()))
        if not len(failed):
            return tuple(held), []
        which = ", ".join(f"{self.pods[place].namespace}/{self.pods[place].name}" for place in failed[:WHICH])
        numbers = {"count": len(failed), "pods": len(inside), "which": which, "pool": pool}
        return tuple(held), [Finding("change-pods-without", pool, numbers)]

    def _events(self, inside: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return two events for each pod, its new address and the release of the old one, and what they ask of."""
        ipam = self.stage.ipam
        asks = self._all_asks(inside)
        of, rows, requests = self.stage.requests(asks)
        self.rounds += 1
        new = ipam.numbers_of([f"{self.handles[place]} {self.rounds}" for place in inside])
        events = np.zeros((2 * len(inside), bulk.EVENT), np.int64)
        kind_and_node = {id(ask): (ask.kind, ipam.nodes[ask.node].number) for ask in {id(a): a for a in asks}.values()}
        events[0::2, [bulk.KIND, bulk.NODE]] = np.array([kind_and_node[id(ask)] for ask in asks]).reshape(-1, 2)
        events[0::2, bulk.HANDLE], events[0::2, bulk.REQUEST] = new, of
        events[1::2, bulk.KIND], events[1::2, bulk.HANDLE] = bulk.RELEASE, self.now[inside]
        events[:, bulk.TIME] = int(ipam.state.meta[layout.NOW])
        self.now[inside] = new
        return events, rows, requests

    def _inside(self, pool: str) -> NDArray[np.int64]:
        """Return the places of the pods that hold an address of a pool."""
        state = self.stage.ipam.state
        at = state.handles[self.now, layout.FIRST]
        found = np.zeros(len(at), bool)
        while (at >= 0).any():
            slots = state.cells[at, layout.SLOT]
            found |= (at >= 0) & np.isin(state.blocks[slots, layout.OF_RANGE], list(self._ranges_of(pool)))
            at = np.where(at >= 0, state.cells[at, layout.SIBLING], -1)
        return np.flatnonzero(found)

    def _ranges_of(self, pool: str) -> set[int]:
        cidr = self.stage.ipam.pools[pool].cidr
        return {of for of, each in enumerate(self.stage.ipam.all_ranges) if each in cidr}

    def _all_asks(self, places: NDArray[np.int64]) -> list[Asking]:
        """Return what each pod asks for; pods that ask alike share it."""
        known: dict[tuple[object, ...], Asking] = {}
        found = []
        for place in places:
            pod = self.pods[place]
            families = tuple(address.version for address in pod.addresses)
            key = (pod.node, pod.namespace, pod.ipv4_pools, pod.ipv6_pools, families)
            if key not in known:
                known[key] = self._asks(pod)
            found.append(known[key])
        return found

    def _asks(self, pod: Pod) -> Asking:
        space = self.spaces.get(pod.namespace)
        labels = tuple(sorted(space.labels.items())) if space else None
        windows = pod.node in self.windows
        serving = {pool.version for pool in self.stage.ipam.pools.values()}
        versions: tuple[Version, ...] = tuple(
            version for version in (4, 6) if any(a.version == version for a in pod.addresses) and version in serving
        )
        four = self._named(pod.ipv4_pools or (space.ipv4_pools if space else ()))
        six = self._named(pod.ipv6_pools or (space.ipv6_pools if space else ()))
        return Asking(pod.node, versions, "Workload", four, six, labels, windows)

    def _named(self, pools: tuple[str, ...]) -> tuple[str, ...]:
        """Return the pools that an annotation names once it was corrected."""
        return tuple(filter(None, (self.renamed.get(pool, pool) for pool in pools)))

    def _strict(self, left: IPPool) -> list[Finding]:
        """Say under strictAffinity which nodes have no block, and could not claim one."""
        ipam = self.stage.ipam
        if not ipam.config.strict_affinity:
            return []
        serving = [pool for pool in ipam.pools.values() if pool.serves("Workload") and pool.version == left.version]
        with_block = {
            each["affinity"].removeprefix("host:")
            for each in ipam.blocks()
            if any(each["cidr"] in pool.cidr for pool in serving)
        }
        without = [
            name
            for name in self.stage.hosts
            if name not in with_block and any(pool.selects(ipam.nodes[name].labels) for pool in serving)
        ]
        made = sum(held.blocks for held in self.held() if held.pool in {pool.name for pool in serving})
        open_ = sum(pool.blocks for pool in serving) - made
        numbers = {"count": len(without), "left": open_}
        return [Finding("change-nodes-without", left.name, numbers)] if len(without) > open_ else []

    def _rename(self, names: set[str], to: str) -> None:
        """Let annotations that name a pool name another, also those that were corrected before."""
        self.renamed = {was: to if now in names else now for was, now in self.renamed.items()}
        self.renamed |= {name: to for name in names if name not in self.renamed}

    # ---- figures

    def _held_tunnels(self) -> list[Address]:
        """Return the addresses of tunnels that are announced, and allocated."""
        of = self.stage.ipam.addresses_of
        return [each for tunnel, each in self.stage.announced.items() if each in of(tunnel.handle)]

    def held(self) -> list[Held]:
        """Count what each pool holds now."""
        ipam = self.stage.ipam
        counts = np.zeros((int(ipam.state.meta[layout.SLOTS]), 3), np.int64)
        bulk.tally(ipam.state, counts)
        rows = ipam.state.blocks[: len(counts)]
        found = []
        for name, pool in sorted(ipam.pools.items()):
            mine = np.isin(rows[:, layout.OF_RANGE], list(self._ranges_of(name)))
            used, borrowed, cooling = (int(each) for each in counts[mine].sum(axis=0))
            owned = int((rows[mine, layout.OWNER] != layout.NOBODY).sum())
            tunnels = sum(each in pool.cidr for each in self.tunnels)
            empty = int((counts[mine, 0] == 0).sum())
            free = pool.cidr.size - used - cooling
            found.append(Held(name, used - tunnels, tunnels, int(mine.sum()), empty, free, borrowed, owned + borrowed))
        return found

    def _tunnels(self, moved: list[Moved]) -> list[Finding]:
        """Say which tunnels got no address, or one in a block that is another node's."""
        lost = [each.tunnel.node for each in moved if each.failed]
        lost += [each.tunnel.node for each in moved if each.after is None]
        found = []
        if lost:
            which = {"count": len(lost), "which": ", ".join(lost[:WHICH])}
            found.append(Finding("change-tunnels-lost", numbers=which))
        borrowed = [
            each.tunnel.node for each in moved if each.after is not None and not each.failed and not self._own(each)
        ]
        if borrowed:
            which = {"count": len(borrowed), "which": ", ".join(borrowed[:WHICH])}
            found.append(Finding("change-tunnels-borrowed", numbers=which))
        return found

    def _own(self, moved: Moved) -> bool:
        state, ipam = self.stage.ipam.state, self.stage.ipam
        at = int(state.handles[ipam.number_of(moved.tunnel.handle), layout.FIRST])
        return int(state.blocks[state.cells[at, layout.SLOT], layout.OWNER]) == ipam.nodes[moved.tunnel.node].number
