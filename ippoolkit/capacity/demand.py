"""A scenario seen by one address family: what its pools offer, and what its nodes draw from them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from ..cidr import BITS, Address, Cidr, Coverage, Version
from ..limits import DEFAULT_MAX_BLOCKS, WINDOWS_MAX_BLOCKS, WINDOWS_RESERVED
from ..model import IPPool, Node, NodeGroup, Pod, Scenario
from ..recall import recalled
from .fill import Load, Request, Room

TUNNELS = ("ipip", "vxlan", "wireguard")


@dataclass(frozen=True, slots=True)
class Supply:
    """The pools of one family in the order of their names, and their rooms; `rooms_of` holds each pool's indices."""

    version: Version
    pools: tuple[IPPool, ...]
    rooms: tuple[Room, ...]
    rooms_of: tuple[tuple[int, ...], ...]
    strict: bool
    claims: bool  # autoAllocateBlocks: whether nodes claim new blocks

    def of(self, indices: Iterable[int]) -> tuple[int, ...]:
        """Return the rooms of these pools, in order."""
        return tuple(room for index in indices for room in self.rooms_of[index])


@dataclass(frozen=True, slots=True)
class Group:
    """Nodes alike in what they may use; `load` is theirs at the start, the rates say how it grows."""

    load: Load
    max_pods: int
    nodes_rate: Fraction = Fraction(0)
    pods_rate: Fraction = Fraction(0)

    @property
    def grows(self) -> bool:
        """Whether anything about it changes with time."""
        return bool(self.nodes_rate or self.pods_rate)

    def at(self, month: int) -> Load:
        """Return the load after so many months; what is begun counts as whole."""
        if not month or not self.grows:
            return self.load
        more = math.ceil(self.pods_rate * month)
        *tunnels, pods = self.load.requests
        return replace(
            self.load,
            nodes=self.load.nodes + math.ceil(self.nodes_rate * month),
            pods=self.load.pods + more,
            busiest=self.load.busiest + more,
            requests=(*tunnels, replace(pods, count=pods.count + more)),
        )


@dataclass(frozen=True, slots=True)
class Demand:
    """Everything that capacity tables of one family are computed from.

    `nodes` are those that exist, one group each; `merged` their loads with alike ones taken together; `groups` are
    the planned ones.
    """

    supply: Supply
    nodes: tuple[Group, ...]
    groups: tuple[Group, ...]
    months: int
    merged: tuple[Load, ...]

    def loads(self, month: int = 0) -> list[Load]:
        """Return all loads after so many months, in the order of joining."""
        return [*self.merged, *(group.at(month) for group in self.groups)]

    def served(self) -> Demand:
        """Return the demand of those nodes only that the pools serve, or that hold an address in them."""
        return replace(
            self,
            nodes=tuple(node for node in self.nodes if _draws(node.load)),
            groups=tuple(group for group in self.groups if _draws(group.load)),
            merged=tuple(load for load in self.merged if _draws(load)),
        )

    @property
    def grows(self) -> bool:
        """Whether anything changes within the horizon."""
        return self.months > 0 and any(group.grows for group in self.groups)


def versions(scenario: Scenario) -> tuple[Version, ...]:
    """Return the families that the scenario has pools of."""
    present = {pool.version for pool in scenario.cluster.pools}
    return tuple(version for version in BITS if version in present)


def supply(scenario: Scenario, version: Version) -> Supply:
    """Work out what the pools of one family offer."""
    pools = sorted((p for p in scenario.cluster.pools if p.version == version), key=lambda pool: pool.name)
    rooms: list[Room] = []
    rooms_of: list[tuple[int, ...]] = []
    for pool in pools:
        made = rooms_in(pool.cidr, pool.block_size, reserved(scenario, pool))
        rooms_of.append(tuple(range(len(rooms), len(rooms) + len(made))))
        rooms += made
    ipam = scenario.cluster.ipam
    return Supply(version, tuple(pools), tuple(rooms), tuple(rooms_of), ipam.strict_affinity, ipam.auto_allocate_blocks)


def reserved(scenario: Scenario, pool: IPPool) -> Coverage:
    """Return the part of a pool that is never handed out."""
    return Coverage.of(pool.cidr, (c for r in scenario.cluster.reservations for c in r.reserved_cidrs))


def rooms_in(cidr: Cidr, block_size: int, coverage: Coverage) -> tuple[Room, ...]:
    """Return a pool's rooms: its whole blocks, then what reservations leave of others, roomiest first."""
    blocks, size = cidr.subnets(block_size), 1 << (cidr.bits - block_size)
    if not coverage.spans:
        return (Room(blocks, size),)
    whole, left = coverage.blocks(block_size)
    cut = sum(left.values())
    return Room(blocks - whole - cut, size), *(Room(n, size) for size, n in sorted(left.items(), reverse=True))


def demand(scenario: Scenario, version: Version) -> Demand:
    """Work out what one family's pools have to carry; Windows nodes have no IPv6."""
    offer = supply(scenario, version)
    nodes, merged = _existing(scenario, offer)
    # Without any node a node of no load stands for one, so that there is something to measure the pools with.
    planned = scenario.plan.groups or (() if nodes else (NodeGroup(),))
    groups = tuple(_planned(scenario, offer, g) for g in planned if not (g.os == "windows" and version == 6))
    return Demand(offer, nodes, groups, scenario.plan.months, merged)


def _draws(load: Load) -> bool:
    return bool(load.pod_rooms) or any(request.rooms and request.count for request in load.requests)


def _merged(nodes: Iterable[Group]) -> tuple[Load, ...]:
    alike: dict[Load, int] = {}
    for node in nodes:
        load = replace(node.load, name="")
        alike[load] = alike.get(load, 0) + 1
    return tuple(replace(load, nodes=count) for load, count in alike.items())


def pools_for(offer: Supply, labels: Mapping[str, str]) -> tuple[int, ...]:
    """Return the indices of the pools that serve a pod which names none, on a node with these labels.

    A pool with a namespaceSelector is left out: it serves only pods of the namespaces that it selects.
    """
    return tuple(
        index
        for index, pool in enumerate(offer.pools)
        if pool.serves("Workload") and pool.namespace_selector in ("", "all()") and pool.selects(labels)
    )


def tunnels_of(scenario: Scenario, offer: Supply, labels: Mapping[str, str]) -> dict[str, tuple[int, ...]]:
    """Return the tunnels that a node with these labels needs, each with the pools that may give its address."""
    cluster = scenario.cluster
    wireguard = cluster.wireguard_enabled if offer.version == 4 else cluster.wireguard_enabled_v6
    may = [i for i, pool in enumerate(offer.pools) if pool.serves("Tunnel") and pool.selects(labels)]
    by_type = {
        "ipip": tuple(i for i in may if offer.pools[i].ipip_mode != "Never"),
        "vxlan": tuple(i for i in may if offer.pools[i].vxlan_mode != "Never"),
        "wireguard": tuple(may) if wireguard else (),
    }
    return {tunnel: pools for tunnel, pools in by_type.items() if pools}


def _planned(scenario: Scenario, offer: Supply, group: NodeGroup) -> Group:
    windows = group.os == "windows"
    labels = group.node_labels
    tunnels = tunnels_of(scenario, offer, labels)
    pods = pools_for(offer, labels)
    requests = [Request(1, offer.of(pools), tunnel=True) for pools in tunnels.values()]
    load = Load(
        name=group.name,
        nodes=group.nodes,
        pods=group.pods_per_node,
        busiest=max(group.pods_per_node, group.pods_on_busiest_node),
        requests=(*requests, Request(group.pods_per_node, offer.of(pods))),
        pod_rooms=offer.of(pods),
        cap=_cap(scenario, group.max_blocks, windows=windows),
        kept_back=WINDOWS_RESERVED if windows else 0,
    )
    return Group(
        load,
        group.max_pods,
        nodes_rate=Fraction(str(group.nodes_per_month)),
        pods_rate=Fraction(str(group.pods_per_node_per_month)),
    )


def _of_existing(scenario: Scenario, offer: Supply) -> tuple[object, ...]:
    """Return all that decides what nodes draw that exist: of the pools everything but the size of their blocks."""
    cluster = scenario.cluster
    pools = tuple(replace(pool, block_size=BITS[pool.version]) for pool in offer.pools)
    tunnels = cluster.wireguard_enabled, cluster.wireguard_enabled_v6
    return offer.version, pools, offer.rooms_of, tunnels, cluster.ipam.max_blocks_per_host, cluster.nodes, cluster.pods


@recalled(_of_existing)
def _existing(scenario: Scenario, offer: Supply) -> tuple[tuple[Group, ...], tuple[Load, ...]]:
    """Return a group for each node that exists, with what it draws from the pools where its addresses are; merged."""
    pods: dict[str, list[Pod]] = {}
    for pod in scenario.cluster.pods:
        if pod.node and not pod.host_network:
            pods.setdefault(pod.node, []).append(pod)
    nodes = tuple(_node(scenario, offer, node, pods.get(node.name, ())) for node in scenario.cluster.nodes)
    return nodes, _merged(nodes)


def _node(scenario: Scenario, offer: Supply, node: Node, pods: Sequence[Pod]) -> Group:
    pod_pools = pools_for(offer, node.labels)
    tunnels: list[Request] = []
    wanted = tunnels_of(scenario, offer, node.labels)
    for tunnel in node.tunnels:
        if tunnel.address.version == offer.version:
            wanted.pop(tunnel.type, None)
            if (index := _pool_of(offer, tunnel.address)) is not None:
                tunnels.append(Request(1, offer.of((index,)), tunnel=True))
    tunnels += [Request(1, offer.of(pools), tunnel=True) for pools in wanted.values()]
    held: dict[int, int] = {}
    waiting = 0
    for pod in pods:
        for address in pod.addresses:
            if address.version == offer.version and (index := _pool_of(offer, address)) is not None:
                held[index] = held.get(index, 0) + 1
        waiting += not pod.addresses and not pod.finished
    count = sum(held.values()) + waiting
    load = Load(
        name=node.name,
        nodes=1,
        pods=count,
        busiest=count,
        requests=(
            *tunnels,
            *(Request(n, offer.of((index,))) for index, n in sorted(held.items())),
            Request(waiting, offer.of(pod_pools)),
        ),
        pod_rooms=offer.of(pod_pools),
        cap=_cap(scenario, 0, windows=node.windows),
        kept_back=WINDOWS_RESERVED if node.windows else 0,
        needs_block=False,
    )
    return Group(load, node.max_pods)


def _pool_of(offer: Supply, address: Address) -> int | None:
    return next((index for index, pool in enumerate(offer.pools) if address in pool.cidr), None)


def _cap(scenario: Scenario, asked: int, *, windows: bool) -> int:
    """Return the blocks a node may hold: the smaller of its own limit and the configuration's, 20 without either."""
    limits = [asked or (WINDOWS_MAX_BLOCKS if windows else 0), scenario.cluster.ipam.max_blocks_per_host]
    return min(filter(None, limits), default=DEFAULT_MAX_BLOCKS)
