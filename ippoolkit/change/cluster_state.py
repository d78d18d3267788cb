"""A cluster in the engine as a change goes over it: pools written by calicoctl or kubectl, tunnels that follow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..calico.limits import LOAD_BALANCER_HOST
from ..calico.pool_selection import Use, max_blocks_per_node, serves_tunnel
from ..calico.releases import NEWEST, Release
from ..cidr import Address, IPVersion
from ..ipam import Ipam, IpamError, batch_events, layout
from ..ipam.from_cluster import engine_from_cluster
from ..ipam.request_table import RequestTable, assignment_kind
from ..model import Cluster, IPPool
from .tunnels import TUNNEL_TYPES, NodeTunnel

WriteTool = Literal["calicoctl", "kubectl"]


@dataclass(frozen=True, slots=True)
class TunnelChange:
    """What became of one tunnel's address: where it was, where it is announced now, whether it got none (`failed`)."""

    tunnel: NodeTunnel
    before: Address | None
    after: Address | None
    failed: bool = False


@dataclass(frozen=True, slots=True)
class RequestProfile:
    """Who asks alike: labels of the node and of the namespace, pools named, the use, the operating system."""

    node: str  # one of them: what a request may draw from follows from its labels
    versions: tuple[IPVersion, ...]
    use: Use = "Workload"
    ipv4_pools: tuple[str, ...] = ()  # of IPv4
    ipv6_pools: tuple[str, ...] = ()
    namespace_labels: tuple[tuple[str, str], ...] | None = None
    windows: bool = False

    @property
    def event_kind(self) -> int:
        """The kind of event, as the engine counts them."""
        return assignment_kind(self.versions)


def _tunnel_request(tunnel: NodeTunnel, pool_cidrs: tuple[str, ...]) -> RequestProfile:
    ipv4_pools, ipv6_pools = ((), pool_cidrs) if tunnel.version == 6 else (pool_cidrs, ())
    return RequestProfile(tunnel.node, (tunnel.version,), "Tunnel", ipv4_pools, ipv6_pools)


def _wireguard_families(cluster: Cluster) -> Iterable[IPVersion]:
    """Yield the families for which WireGuard is on: a dump seldom has the setting, its nodes have the addresses."""
    if cluster.wireguard_enabled:
        yield 4
    if cluster.wireguard_enabled_v6:
        yield 6
    for node in cluster.nodes:
        yield from (6 if tunnel.address.version == 6 else 4 for tunnel in node.tunnels if tunnel.type == "wireguard")


@dataclass(slots=True)
class ClusterState:
    """The engine, and what the nodes announce as their tunnels' addresses, allocated or not."""

    ipam: Ipam
    tunnel_addresses: dict[NodeTunnel, Address] = field(default_factory=dict)
    wireguard_versions: frozenset[IPVersion] = frozenset()

    @classmethod
    def from_cluster(cls, cluster: Cluster, release: Release = NEWEST) -> ClusterState:
        """Set a cluster up as its dump shows it.

        Raises
        ------
        IpamError
            Where Calico itself would refuse the pools, as it does those that overlap.
        """
        wireguard_versions = frozenset(_wireguard_families(cluster))
        state = cls(engine_from_cluster(cluster, release=release), wireguard_versions=wireguard_versions)
        for node in cluster.nodes:
            for tunnel_address in node.tunnels:
                address = tunnel_address.address
                tunnel = NodeTunnel(node.name, tunnel_address.type, 6 if address.version == 6 else 4)
                state.tunnel_addresses[tunnel] = address
                if not state.ipam.requests.is_unavailable(address) and state.pool_of(address):
                    state.ipam.requests.assign_ip(node.name, tunnel.handle, address, use="Tunnel")
        return state

    # ---- pools

    def create(self, pool: IPPool, tool: WriteTool = "calicoctl") -> None:
        """Create a pool; kubectl leaves calicoctl's checks out."""
        self.ipam.resources.create_pool(pool, validate=tool == "calicoctl")

    def delete(self, name: str, tool: WriteTool = "calicoctl") -> None:
        """Delete a pool; kubectl leaves the affinities of its blocks as they are."""
        self.ipam.resources.delete_pool(name, release_blocks=tool == "calicoctl")

    def pool_of(self, address: Address) -> str:
        """Return the name of the pool that an address is in, the first by name; empty for none."""
        return next((name for name, pool in sorted(self.ipam.store.pools.items()) if address in pool.cidr), "")

    def range_indices(self, pool: str) -> set[int]:
        """Return the numbers that the engine gave to the ranges of a pool."""
        cidr = self.ipam.store.pools[pool].cidr
        return {
            range_index for range_index, block_range in enumerate(self.ipam.store.ranges) if block_range.cidr in cidr
        }

    def copy(self) -> ClusterState:
        """Return a copy in the same state."""
        return ClusterState(self.ipam.copy(), dict(self.tunnel_addresses), self.wireguard_versions)

    @property
    def node_names(self) -> list[str]:
        """The nodes that exist, by name; Calico's own host for the addresses of load balancers is none."""
        return sorted(
            name for name, node in self.ipam.store.nodes.items() if node.exists and name != LOAD_BALANCER_HOST
        )

    # ---- tunnels

    def reconcile_tunnels(self, tunnels: Iterable[NodeTunnel] | None = None) -> list[TunnelChange]:
        """Let calico-node on each node bring its tunnels in step with the pools; return those that did not stay.

        Parameters
        ----------
        tunnels
            Those whose nodes look, in this order; by name of the node if left out.
        """
        to_reassign: list[tuple[NodeTunnel, tuple[IPPool, ...]]] = []
        for tunnel, pools in self._tunnels_with_pools(tunnels):
            address = self.tunnel_addresses.get(tunnel)
            if (pools or address is not None) and not self._keeps_address(tunnel, address, pools):
                to_reassign.append((tunnel, pools))
        tunnel_requests = [
            _tunnel_request(tunnel, tuple(str(pool.cidr) for pool in pools)) for tunnel, pools in to_reassign
        ]
        self._reassign([tunnel.handle for tunnel, _ in to_reassign], tunnel_requests)
        tunnel_changes = []
        for tunnel, pools in to_reassign:
            old_address = self.tunnel_addresses.get(tunnel)
            assigned = self.ipam.requests.ips_by_handle(tunnel.handle)
            if assigned:
                self.tunnel_addresses[tunnel] = assigned[0]
            elif not pools:
                del self.tunnel_addresses[tunnel]  # what it got not, a node goes on to announce
            new_address = self.tunnel_addresses.get(tunnel)
            has_failed = bool(pools) and not assigned
            if new_address != old_address or has_failed:
                tunnel_changes.append(TunnelChange(tunnel, old_address, new_address, has_failed))
        return tunnel_changes

    def _tunnels_with_pools(
        self, tunnels: Iterable[NodeTunnel] | None
    ) -> Iterator[tuple[NodeTunnel, tuple[IPPool, ...]]]:
        """Yield tunnels, by name of the node those that there are or may be, each with the pools that serve it."""
        if tunnels is None:
            tunnels = (NodeTunnel(name, *tunnel_type) for name in self.node_names for tunnel_type in TUNNEL_TYPES)
        pools_by_labels: dict[tuple[object, ...], tuple[IPPool, ...]] = {}  # many nodes are labelled alike
        for tunnel in tunnels:
            labels = self.ipam.store.nodes[tunnel.node].labels
            key = tunnel.type, tunnel.version, tuple(sorted(labels.items()))
            if key not in pools_by_labels:
                pools_by_labels[key] = self._pools_for(tunnel)
            yield tunnel, pools_by_labels[key]

    def _pools_for(self, tunnel: NodeTunnel) -> tuple[IPPool, ...]:
        """Return the pools that may give a node the address of a tunnel, in the order of their names."""
        if tunnel.type == "wireguard" and tunnel.version not in self.wireguard_versions:
            return ()
        labels = self.ipam.store.nodes[tunnel.node].labels
        return tuple(
            pool
            for _, pool in sorted(self.ipam.store.pools.items())
            if pool.version == tunnel.version and serves_tunnel(pool, labels, tunnel.type)
        )

    def _keeps_address(self, tunnel: NodeTunnel, address: Address | None, pools: tuple[IPPool, ...]) -> bool:
        """Whether the allocator leaves an address alone: it is in a pool that serves, and still the node's."""
        if address is None or not any(address in pool.cidr for pool in pools):
            return False
        return address in self.ipam.requests.ips_by_handle(tunnel.handle)

    def _reassign(self, handles: Sequence[str], address_requests: Sequence[RequestProfile]) -> None:
        """Free what each handle holds, then ask again for it where there are pools to ask."""
        event_rows = []
        request_table, request_numbers = self.request_table(address_requests)
        current_time = int(self.ipam.store.state.meta[layout.NOW])
        for handle, address_request, request in zip(handles, address_requests, request_numbers, strict=True):
            handle_number = self.ipam.store.handle_number(handle)
            node = self.ipam.store.nodes[address_request.node].number
            event_rows.append((batch_events.RELEASE, node, handle_number, 0, current_time))
            if address_request.ipv4_pools or address_request.ipv6_pools:
                event_rows.append((address_request.event_kind, node, handle_number, request, current_time))
        if event_rows:
            self.ipam.run_events(np.array(event_rows, np.int64), request_table)

    # ---- many requests

    def request_table(self, address_requests: Sequence[RequestProfile]) -> tuple[RequestTable, list[int]]:
        """Return the requests that the engine carries out, and for each who asks the number of theirs."""
        table = RequestTable()
        number_by_key: dict[tuple[object, ...], int] = {}
        number_by_id: dict[int, int] = {}  # many pods share a profile
        request_numbers = []
        for address_request in address_requests:
            if id(address_request) not in number_by_id:
                labels: Mapping[str, str] = self.ipam.store.nodes[address_request.node].labels
                key = (tuple(sorted(labels.items())), replace(address_request, node=""))
                if key not in number_by_key:
                    windows = address_request.windows
                    max_blocks = max_blocks_per_node(self.ipam.store.config.max_blocks_per_host, windows=windows)
                    number_by_key[key] = table.add(self._allowed_ranges(address_request), max_blocks, windows=windows)
                number_by_id[id(address_request)] = number_by_key[key]
            request_numbers.append(number_by_id[id(address_request)])
        return table, request_numbers

    def _allowed_ranges(self, request: RequestProfile) -> dict[IPVersion, NDArray[np.int64]]:
        """Return the ranges that a request may draw from, of the families for which there are any."""
        namespace = None if request.namespace_labels is None else dict(request.namespace_labels)
        ranges_by_version = {}
        for version in request.versions:
            with suppress(IpamError):
                ranges_by_version[version], _ = self.ipam.resources.resolve_request(
                    request.node,
                    version,
                    use=request.use,
                    pool_names=request.ipv6_pools if version == 6 else request.ipv4_pools,
                    namespace_labels=namespace,
                    windows=request.windows,
                )
        return ranges_by_version
