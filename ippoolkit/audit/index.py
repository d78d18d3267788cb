"""A cluster looked at address by address: which pool each block is in, who holds what, who uses what.

An address is an int here; those of IPv6 are lifted above those of IPv4, so that one set holds both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from ..cidr import Address, Cidr, Coverage, address_of
from ..limits import WINDOWS_HANDLE
from ..model import Allocation, Block, Cluster, IPPool, Node, Pod

LOAD_BALANCER = "virtual:load-balancer"
_V6 = 1 << 128


def number(address: Address) -> int:
    """Return the int that stands for an address."""
    return int(address) + (_V6 if address.version == 6 else 0)


def address(of: int) -> Address:
    """Return the address that an int stands for."""
    return address_of(6, of - _V6) if of >= _V6 else address_of(4, of)


def printed(numbers: Iterable[int]) -> list[str]:
    """Return addresses as texts, in the order of the texts."""
    return sorted(str(address(each)) for each in numbers)


def first_of(cidr: Cidr) -> int:
    """Return the int that stands for a range's first address."""
    return cidr.first + (_V6 if cidr.version == 6 else 0)


@dataclass(frozen=True, slots=True)
class Home:
    """A block, and the pool that it belongs to: the first by name whose range it overlaps; None outside of all."""

    block: Block
    pool: IPPool | None

    @property
    def free(self) -> int:
        """Addresses that nobody holds; cooling ones are held."""
        return self.block.cidr.size - len(self.block.allocations)


def kind_of(held: Allocation) -> str:
    """Say what holds an address: windows, cooling, tunnel, service, pod or other."""
    if held.handle == WINDOWS_HANDLE:
        return "windows"
    if held.released_at:
        return "cooling"
    if held.type:
        return "service" if held.type == "LoadBalancer" else "tunnel"
    return "pod" if held.pod else "other"


def is_borrowed(block: Block, held: Allocation) -> bool:
    """Whether a node holds an address in a block that is not its own; blocks without affinity are nobody's own."""
    return bool(held.node) and held.node != block.host


def is_workload(pod: Pod) -> bool:
    """Whether Calico takes a pod for a workload with an address."""
    return not pod.host_network and bool(pod.node) and bool(pod.addresses)


class Index:
    """A cluster, and what is worked out of it, each part when it is first asked for."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster

    @cached_property
    def pools(self) -> tuple[IPPool, ...]:
        """The pools in the order of their names."""
        return tuple(sorted(self.cluster.pools, key=lambda pool: pool.name))

    @cached_property
    def homes(self) -> tuple[Home, ...]:
        """The blocks, each with its pool."""
        return tuple(
            Home(block, next((pool for pool in self.pools if block.cidr.overlaps(pool.cidr)), None))
            for block in self.cluster.blocks
        )

    @cached_property
    def homes_of(self) -> Mapping[str, list[Home]]:
        """The blocks of each pool, by its name; those outside all pools by the empty name."""
        found: dict[str, list[Home]] = {name: [] for name in ("", *(pool.name for pool in self.pools))}
        for home in self.homes:
            found[home.pool.name if home.pool else ""].append(home)
        return found

    @cached_property
    def owned(self) -> Mapping[str, list[Home]]:
        """The blocks that each node owns."""
        found: dict[str, list[Home]] = {}
        for home in self.homes:
            if host := home.block.host:
                found.setdefault(host, []).append(home)
        return found

    @cached_property
    def held(self) -> Mapping[int, list[tuple[Block, Allocation]]]:
        """Who holds each address; in blocks that overlap several may."""
        found: dict[int, list[tuple[Block, Allocation]]] = {}
        for block in self.cluster.blocks:
            start = first_of(block.cidr)
            for each in block.allocations:
                found.setdefault(start + each.ordinal, []).append((block, each))
        return found

    @cached_property
    def workloads(self) -> tuple[Pod, ...]:
        """The pods with an address of their own."""
        return tuple(filter(is_workload, self.cluster.pods))

    @cached_property
    def by_pods(self) -> Mapping[int, list[Pod]]:
        """The pods that use each address."""
        found: dict[int, list[Pod]] = {}
        for pod in self.workloads:
            for each in pod.addresses:
                found.setdefault(number(each), []).append(pod)
        return found

    @cached_property
    def by_tunnels(self) -> Mapping[int, Node]:
        """The node whose tunnel uses each address."""
        return {number(tunnel.address): node for node in self.cluster.nodes for tunnel in node.tunnels}

    @cached_property
    def by_services(self) -> frozenset[int]:
        """The addresses of load balancers."""
        return frozenset(number(each) for service in self.cluster.services for each in service.addresses)

    def uses(self, of: int) -> int:
        """Return how many pods, tunnels and services use an address."""
        return len(self.by_pods.get(of, ())) + (of in self.by_tunnels) + (of in self.by_services)

    @cached_property
    def leaked(self) -> Mapping[int, tuple[Block, Allocation]]:
        """The addresses that are held and that nothing uses."""
        return {
            of: holders[0]
            for of, holders in self.held.items()
            if not self.uses(of) and any(kind_of(each) not in ("windows", "cooling") for _, each in holders)
        }

    @cached_property
    def unallocated(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The addresses that pods and tunnels use and no block has allocated: in enabled pools, and outside of them."""
        active = [pool.cidr for pool in self.pools if not pool.disabled]
        inside: list[int] = []
        outside: list[int] = []
        for of in {*self.by_pods, *self.by_tunnels}:
            if of not in self.held:
                one = address(of)
                (inside if any(one in cidr for cidr in active) else outside).append(of)
        return tuple(sorted(inside)), tuple(sorted(outside))

    @cached_property
    def shared(self) -> tuple[int, ...]:
        """The addresses that several pods, tunnels or services use."""
        return tuple(sorted(of for of in {*self.by_pods, *self.by_tunnels} if self.uses(of) > 1))

    @cached_property
    def handles(self) -> tuple[frozenset[str], frozenset[str]]:
        """The handles that blocks name, and those that exist as objects."""
        named = {
            each.handle for block in self.cluster.blocks for each in block.allocations if each.handle != WINDOWS_HANDLE
        }
        return frozenset(named - {""}), frozenset(handle.handle_id for handle in self.cluster.handles)

    @cached_property
    def node_names(self) -> tuple[str, ...]:
        """The nodes that exist, and those that blocks still name."""
        known = {node.name: None for node in self.cluster.nodes}
        for block in self.cluster.blocks:
            if block.host:
                known.setdefault(block.host)
            for each in block.allocations:
                if each.node:
                    known.setdefault(each.node)
        return tuple(sorted(known))

    def reserved(self, cidr: Cidr) -> Coverage:
        """Return the part of a range that is reserved."""
        return Coverage.of(cidr, self.reservations)

    @cached_property
    def reservations(self) -> tuple[Cidr, ...]:
        """All reserved ranges."""
        return tuple(cidr for each in self.cluster.reservations for cidr in each.reserved_cidrs)

    def allocations(self) -> Iterator[tuple[Home, Allocation]]:
        """Yield every address that is held, with its block."""
        for home in self.homes:
            for each in home.block.allocations:
                yield home, each
