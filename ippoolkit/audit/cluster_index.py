"""A cluster looked at address by address: which pool each block is in, who holds what, who uses what.

An address is an int here; those of IPv6 are lifted above those of IPv4, so that one set holds both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from ..calico.limits import WINDOWS_HANDLE
from ..cidr import Address, Cidr, Coverage, address_from_int
from ..model import Allocation, Block, Cluster, IPPool, Node, Pod

_IPV6_OFFSET = 1 << 128


def address_key(address: Address) -> int:
    """Return the int that stands for an address."""
    return int(address) + (_IPV6_OFFSET if address.version == 6 else 0)


def address_from_key(key: int) -> Address:
    """Return the address that an int stands for."""
    return address_from_int(6, key - _IPV6_OFFSET) if key >= _IPV6_OFFSET else address_from_int(4, key)


def sorted_address_texts(keys: Iterable[int]) -> list[str]:
    """Return addresses as texts, in the order of the texts."""
    return sorted(str(address_from_key(key)) for key in keys)


def first_key(cidr: Cidr) -> int:
    """Return the int that stands for a range's first address."""
    return cidr.first + (_IPV6_OFFSET if cidr.version == 6 else 0)


@dataclass(frozen=True, slots=True)
class BlockInPool:
    """A block, and the pool that it belongs to: the first by name whose range it overlaps; None outside of all."""

    block: Block
    pool: IPPool | None

    @property
    def free_addresses(self) -> int:
        """Addresses that nobody holds; cooling ones are held."""
        return self.block.cidr.size - len(self.block.allocations)


def holder_kind(allocation: Allocation) -> str:
    """Say what holds an address: windows, cooling, tunnel, service, pod or other."""
    if allocation.handle == WINDOWS_HANDLE:
        return "windows"
    if allocation.released_at:
        return "cooling"
    if allocation.type:
        return "service" if allocation.type == "LoadBalancer" else "tunnel"
    return "pod" if allocation.pod else "other"


def is_borrowed(block: Block, allocation: Allocation) -> bool:
    """Whether a node holds an address in a block that is not its own; blocks without affinity are nobody's own."""
    return bool(allocation.node) and allocation.node != block.host


class ClusterIndex:
    """A cluster, and what is worked out of it, each part when it is first asked for."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster

    @cached_property
    def pools(self) -> tuple[IPPool, ...]:
        """The pools in the order of their names."""
        return tuple(sorted(self.cluster.pools, key=lambda pool: pool.name))

    @cached_property
    def blocks_in_pools(self) -> tuple[BlockInPool, ...]:
        """The blocks, each with its pool."""
        return tuple(
            BlockInPool(block, next((pool for pool in self.pools if block.cidr.overlaps(pool.cidr)), None))
            for block in self.cluster.blocks
        )

    @cached_property
    def blocks_by_pool(self) -> Mapping[str, list[BlockInPool]]:
        """The blocks of each pool, by its name; those outside all pools by the empty name."""
        blocks_by_pool: dict[str, list[BlockInPool]] = {name: [] for name in ("", *(pool.name for pool in self.pools))}
        for pool_block in self.blocks_in_pools:
            blocks_by_pool[pool_block.pool.name if pool_block.pool else ""].append(pool_block)
        return blocks_by_pool

    @cached_property
    def blocks_by_node(self) -> Mapping[str, list[BlockInPool]]:
        """The blocks that each node owns."""
        blocks_by_node: dict[str, list[BlockInPool]] = {}
        for pool_block in self.blocks_in_pools:
            if host := pool_block.block.host:
                blocks_by_node.setdefault(host, []).append(pool_block)
        return blocks_by_node

    @cached_property
    def allocations_by_address(self) -> Mapping[int, list[tuple[Block, Allocation]]]:
        """Who holds each address; in blocks that overlap several may."""
        holders: dict[int, list[tuple[Block, Allocation]]] = {}
        for block in self.cluster.blocks:
            first_address = first_key(block.cidr)
            for allocation in block.allocations:
                holders.setdefault(first_address + allocation.ordinal, []).append((block, allocation))
        return holders

    @cached_property
    def workload_pods(self) -> tuple[Pod, ...]:
        """The pods that Calico takes for workloads with an address of their own."""
        return tuple(pod for pod in self.cluster.pods if not pod.host_network and pod.node and pod.addresses)

    @cached_property
    def pods_by_address(self) -> Mapping[int, list[Pod]]:
        """The pods that use each address."""
        pods_by_address: dict[int, list[Pod]] = {}
        for pod in self.workload_pods:
            for pod_address in pod.addresses:
                pods_by_address.setdefault(address_key(pod_address), []).append(pod)
        return pods_by_address

    @cached_property
    def tunnel_node_by_address(self) -> Mapping[int, Node]:
        """The node whose tunnel uses each address."""
        return {address_key(tunnel.address): node for node in self.cluster.nodes for tunnel in node.tunnels}

    @cached_property
    def service_addresses(self) -> frozenset[int]:
        """The addresses of load balancers."""
        return frozenset(
            address_key(service_address) for service in self.cluster.services for service_address in service.addresses
        )

    def count_users(self, key: int) -> int:
        """Return how many pods, tunnels and services use an address."""
        return (
            len(self.pods_by_address.get(key, ()))
            + (key in self.tunnel_node_by_address)
            + (key in self.service_addresses)
        )

    @cached_property
    def ipv6_tunnels_in_use(self) -> tuple[int, ...]:
        """The addresses that calicoctl takes for leaked beside the real leaks: it looks up the tunnels of IPv4 only."""
        return tuple(
            key
            for key in self.tunnel_node_by_address
            if key >= _IPV6_OFFSET
            and key in self.allocations_by_address
            and key not in self.pods_by_address
            and key not in self.service_addresses
        )

    @cached_property
    def leaked_allocations(self) -> Mapping[int, tuple[Block, Allocation]]:
        """The addresses that are held and that nothing uses, of those kinds of users that were read."""
        not_judged = {"windows", "cooling"}
        not_judged |= set() if self.cluster.has_read("Node") else {"tunnel"}
        not_judged |= set() if self.cluster.has_read("Service") else {"service"}
        return {
            key: holders[0]
            for key, holders in self.allocations_by_address.items()
            if not self.count_users(key) and any(holder_kind(allocation) not in not_judged for _, allocation in holders)
        }

    @cached_property
    def unallocated_addresses(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The addresses that pods and tunnels use and no block has allocated: in enabled pools, and outside of them."""
        enabled_cidrs = [pool.cidr for pool in self.pools if not pool.disabled]
        inside: list[int] = []
        outside: list[int] = []
        for key in {*self.pods_by_address, *self.tunnel_node_by_address}:
            if key not in self.allocations_by_address:
                used_address = address_from_key(key)
                (inside if any(used_address in cidr for cidr in enabled_cidrs) else outside).append(key)
        return tuple(sorted(inside)), tuple(sorted(outside))

    @cached_property
    def shared_addresses(self) -> tuple[int, ...]:
        """The addresses that several pods, tunnels or services use."""
        return tuple(
            sorted(key for key in {*self.pods_by_address, *self.tunnel_node_by_address} if self.count_users(key) > 1)
        )

    @cached_property
    def handle_ids(self) -> tuple[frozenset[str], frozenset[str]]:
        """The handles that blocks name, and those that exist as objects."""
        referenced = {
            allocation.handle
            for block in self.cluster.blocks
            for allocation in block.allocations
            if allocation.handle != WINDOWS_HANDLE
        }
        return frozenset(referenced - {""}), frozenset(handle.handle_id for handle in self.cluster.handles)

    @cached_property
    def node_names(self) -> tuple[str, ...]:
        """The nodes that exist, and those that blocks still name."""
        names = {node.name: None for node in self.cluster.nodes}
        for block in self.cluster.blocks:
            if block.host:
                names.setdefault(block.host)
            for allocation in block.allocations:
                if allocation.node:
                    names.setdefault(allocation.node)
        return tuple(sorted(names))

    def reserved_coverage(self, cidr: Cidr) -> Coverage:
        """Return the part of a range that is reserved."""
        return Coverage.from_cidrs(cidr, self.reserved_cidrs)

    def count_assignable(self, block: Block) -> int:
        """Count the addresses of a block that can be given out: neither held nor reserved."""
        reserved_unheld = 0
        if self.reserved_cidrs:
            reserved_unheld = self.reserved_coverage(block.cidr).address_count - self.count_reserved_in_use(block)
        return block.cidr.size - len(block.allocations) - reserved_unheld

    def count_reserved_in_use(self, block: Block) -> int:
        """Count the addresses of a block that are held though reserved."""
        reserved = self.reserved_coverage(block.cidr).covered_ranges if self.reserved_cidrs else ()
        return sum(any(low <= allocation.ordinal <= high for low, high in reserved) for allocation in block.allocations)

    @cached_property
    def reserved_cidrs(self) -> tuple[Cidr, ...]:
        """All reserved ranges."""
        return tuple(cidr for reservation in self.cluster.reservations for cidr in reservation.reserved_cidrs)

    def iter_allocations(self) -> Iterator[tuple[BlockInPool, Allocation]]:
        """Yield every address that is held, with its block."""
        for pool_block in self.blocks_in_pools:
            for allocation in pool_block.block.allocations:
                yield pool_block, allocation
