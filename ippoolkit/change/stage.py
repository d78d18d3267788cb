"""A cluster in the engine as a change goes over it: pools written by calicoctl or kubectl, tunnels that follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..cidr import Address, Version
from ..ipam import Ipam, IpamError, bulk, layout
from ..ipam.memory import LOAD_BALANCER
from ..limits import WINDOWS_MAX_BLOCKS
from ..model import Cluster, IPPool
from ..model.calico import Use
from ..simulation.load import engine_of
from .tunnels import SPEECHES, Speech, Tunnel, serving

Writer = Literal["calicoctl", "kubectl"]
_ALIKE = ("versions", "use", "named", "named6", "namespace", "windows")


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of one tunnel's address: where it was, where it is announced now, whether it got none (`failed`)."""

    tunnel: Tunnel
    before: Address | None
    after: Address | None
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks alike: labels of the node and of the namespace, pools named, the use, the operating system."""

    node: str  # one of them: what a request may draw from follows from its labels
    versions: tuple[Version, ...]
    use: Use = "Workload"
    named: tuple[str, ...] = ()  # of IPv4
    named6: tuple[str, ...] = ()
    namespace: tuple[tuple[str, str], ...] | None = None
    windows: bool = False

    @property
    def kind(self) -> int:
        """The kind of event, as the engine counts them."""
        return bulk.ASSIGN_BOTH if len(self.versions) > 1 else bulk.ASSIGN6 if self.versions == (6,) else bulk.ASSIGN4


def _tunnel_asks(tunnel: Tunnel, named: tuple[str, ...]) -> Asking:
    four, six = ((), named) if tunnel.version == 6 else (named, ())
    return Asking(tunnel.node, (tunnel.version,), "Tunnel", four, six)


def _wireguard(cluster: Cluster) -> Iterable[Version]:
    """Yield the families for which WireGuard is on: a dump seldom has the setting, its nodes have the addresses."""
    if cluster.wireguard_enabled:
        yield 4
    if cluster.wireguard_enabled_v6:
        yield 6
    for node in cluster.nodes:
        yield from (6 if each.address.version == 6 else 4 for each in node.tunnels if each.type == "wireguard")


@dataclass(slots=True)
class Stage:
    """The engine, and what the nodes announce as their tunnels' addresses, allocated or not."""

    ipam: Ipam
    announced: dict[Tunnel, Address] = field(default_factory=dict)
    wireguard: frozenset[Version] = frozenset()

    @classmethod
    def of(cls, cluster: Cluster) -> Stage:
        """Set a cluster up as its dump shows it.

        Raises
        ------
        IpamError
            Where Calico itself would refuse the pools, as it does those that overlap.
        """
        stage = cls(engine_of(cluster), wireguard=frozenset(_wireguard(cluster)))
        for node in cluster.nodes:
            for each in node.tunnels:
                version: Version = 6 if each.address.version == 6 else 4
                tunnel = Tunnel(node.name, each.type, version)
                stage.announced[tunnel] = each.address
                if not stage.ipam.is_held(each.address) and stage.pool_of(each.address):
                    stage.ipam.assign_ip(node.name, tunnel.handle, each.address)
        return stage

    # ---- pools

    def create(self, pool: IPPool, by: Writer = "calicoctl") -> None:
        """Create a pool; kubectl leaves calicoctl's checks out."""
        self.ipam.create_pool(pool, checked=by == "calicoctl")

    def delete(self, name: str, by: Writer = "calicoctl") -> None:
        """Delete a pool; kubectl leaves the affinities of its blocks as they are."""
        self.ipam.delete_pool(name, releasing=by == "calicoctl")

    def pool_of(self, address: Address) -> str:
        """Return the name of the pool that an address is in, the first by name; empty for none."""
        return next((name for name, pool in sorted(self.ipam.pools.items()) if address in pool.cidr), "")

    def copy(self) -> Stage:
        """Return a stage of its own in the same state."""
        return Stage(self.ipam.copy(), dict(self.announced), self.wireguard)

    @property
    def hosts(self) -> list[str]:
        """The nodes that exist, by name; Calico's own host for the addresses of load balancers is none."""
        return sorted(name for name, node in self.ipam.nodes.items() if node.exists and name != LOAD_BALANCER)

    # ---- tunnels

    def settle(self, tunnels: Iterable[Tunnel] | None = None) -> list[Moved]:
        """Let calico-node on each node bring its tunnels in step with the pools; return those that did not stay.

        Parameters
        ----------
        tunnels
            Those whose nodes look, in this order; by name of the node if left out.
        """
        going: list[tuple[Tunnel, tuple[IPPool, ...]]] = []
        for tunnel, pools in self._served() if tunnels is None else ((each, self._serving(each)) for each in tunnels):
            address = self.announced.get(tunnel)
            if (pools or address is not None) and not self._stays(tunnel, address, pools):
                going.append((tunnel, pools))
        asks = [_tunnel_asks(tunnel, tuple(str(pool.cidr) for pool in pools)) for tunnel, pools in going]
        self._swap([tunnel.handle for tunnel, _ in going], asks)
        found = []
        for tunnel, pools in going:
            before = self.announced.get(tunnel)
            got = self.ipam.addresses_of(tunnel.handle)
            if got:
                self.announced[tunnel] = got[0]
            elif not pools:
                del self.announced[tunnel]  # what it got not, a node goes on to announce
            after = self.announced.get(tunnel)
            failed = bool(pools) and not got
            if after != before or failed:
                found.append(Moved(tunnel, before, after, failed))
        return found

    def _serving(self, tunnel: Tunnel) -> tuple[IPPool, ...]:
        labels = self.ipam.nodes[tunnel.node].labels
        return serving(self.ipam.pools, labels, tunnel.speech, tunnel.version, self.wireguard)

    def _served(self) -> Iterable[tuple[Tunnel, tuple[IPPool, ...]]]:
        """Yield the tunnels that there are or may be, by name of the node, each with the pools that serve it."""
        known: dict[tuple[tuple[str, str], ...], list[tuple[Speech, Version, tuple[IPPool, ...]]]] = {}
        there = set(self.announced)
        for name in self.hosts:
            labels = tuple(sorted(self.ipam.nodes[name].labels.items()))
            if labels not in known:  # many nodes are labelled alike
                tunnels = (Tunnel(name, speech, version) for speech, version in SPEECHES)
                known[labels] = [(each.speech, each.version, self._serving(each)) for each in tunnels]
            for speech, version, pools in known[labels]:
                tunnel = Tunnel(name, speech, version)
                if pools or tunnel in there:
                    yield tunnel, pools

    def _stays(self, tunnel: Tunnel, address: Address | None, pools: tuple[IPPool, ...]) -> bool:
        """Whether the allocator leaves an address alone: it is in a pool that serves, and still the node's."""
        if address is None or not any(address in pool.cidr for pool in pools):
            return False
        return address in self.ipam.addresses_of(tunnel.handle)

    def _swap(self, handles: Sequence[str], asks: Sequence[Asking]) -> None:
        """Free what each handle holds, then ask anew for it where there are pools to ask."""
        rows = []
        of, table, requests = self.requests(asks)
        now = int(self.ipam.state.meta[layout.NOW])
        for handle, ask, request in zip(handles, asks, of, strict=True):
            number = self.ipam.number_of(handle)
            node = self.ipam.nodes[ask.node].number
            rows.append((bulk.RELEASE, node, number, 0, now))
            if ask.named or ask.named6:
                rows.append((ask.kind, node, number, request, now))
        if rows:
            self.ipam.carry_out(np.array(rows, np.int64), table, requests)

    # ---- many requests

    def requests(self, asks: Sequence[Asking]) -> tuple[list[int], NDArray[np.int64], NDArray[np.int64]]:
        """Return for each who asks the place of the request, the ranges of all requests, and the requests."""
        rows: list[tuple[int, int, int]] = []
        requests: list[tuple[int, ...]] = []
        places: dict[tuple[object, ...], int] = {}
        of = []
        seen: dict[int, int] = {}
        for ask in asks:
            if id(ask) in seen:  # many pods share one
                of.append(seen[id(ask)])
                continue
            labels: Mapping[str, str] = self.ipam.nodes[ask.node].labels
            key = (tuple(sorted(labels.items())), *(getattr(ask, name) for name in _ALIKE))
            if key not in places:
                places[key] = len(requests)
                row: list[int] = []
                for version in (4, 6):
                    ranges = self._ranges(ask, version) if version in ask.versions else []
                    row += [len(rows), len(ranges)]
                    rows += ranges
                requests.append((*row, self.ipam.cap(WINDOWS_MAX_BLOCKS if ask.windows else 0), int(ask.windows)))
            of.append(places[key])
            seen[id(ask)] = places[key]
        table = np.array(rows, np.int64).reshape(-1, 3)
        return of, table, np.array(requests, np.int64).reshape(-1, bulk.REQUEST_WIDTH)

    def _ranges(self, ask: Asking, version: int) -> list[tuple[int, int, int]]:
        namespace = None if ask.namespace is None else dict(ask.namespace)
        named = ask.named6 if version == 6 else ask.named
        try:
            return self.ipam.ranges(
                ask.node, version, use=ask.use, named=named, namespace=namespace, windows=ask.windows
            )
        except IpamError:
            return []
