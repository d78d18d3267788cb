"""Free ranges: what all known networks leave, offers of a size among them, and what to release for one."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from ..cidr import ADDRESS_BITS, Cidr, IPVersion
from ..read.listed_network import ListedNetwork
from .ranges import Networks, subtract_networks

# IANA's special-purpose registries, and multicast. Private ranges are what offers are for, so they are not here.
# https://www.iana.org/assignments/iana-ipv4-special-registry, .../iana-ipv6-special-registry
SPECIAL = (
    *map(
        Cidr.parse,
        (
            "0.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "::/96",
            "64:ff9b::/96",
            "64:ff9b:1::/48",
            "100::/63",
            "2001::/23",
            "2001:db8::/32",
            "2002::/16",
            "2620:4f:8000::/48",
            "3fff::/20",
            "5f00::/16",
            "fe80::/10",
            "ff00::/8",
        ),
    ),
    Cidr(6, 0xFFFF << 32, 96),  # ::ffff:0:0/96, which parses as IPv4
)  # fmt: skip (a table: IPv4, then IPv6)

# Where free ranges are looked for when nobody says where: RFC 1918, RFC 4193.
PRIVATE: dict[IPVersion, tuple[Cidr, ...]] = {
    4: tuple(map(Cidr.parse, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))),
    6: (Cidr.parse("fd00::/8"),),
}


@dataclass(frozen=True, slots=True)
class RangeToFree:
    """A range that would be free, were these networks released."""

    cidr: Cidr
    networks: tuple[ListedNetwork, ...]


@dataclass(frozen=True)
class AddressSpace:
    """Ranges to look in, and the networks that are in use; both may overlap, networks may lie outside.

    Special-purpose ranges are not offered unless `special` is set, or a range to look in lies in one.
    """

    within: tuple[Cidr, ...]
    in_use: tuple[ListedNetwork, ...]
    special: bool = False

    @cached_property
    def free(self) -> Networks:
        """What the networks leave, as the fewest CIDRs: IPv4, then IPv6, ascending."""
        return subtract_networks(self.within, (network.cidr for network in self.in_use))

    @cached_property
    def offered(self) -> Networks:
        """The free ranges without special-purpose ones."""
        if not self._special:
            return self.free
        return subtract_networks(self.within, [*self._special, *(network.cidr for network in self.in_use)])

    def largest(self, version: IPVersion) -> Cidr | None:
        """Return the largest free range that is offered, the lowest of several."""
        candidates = self.offered.holding(ADDRESS_BITS[version], version)
        prefix, first = min(candidates, default=(0, -1))
        return Cidr(version, first, prefix) if first >= 0 else None

    def count_free(self, prefix: int, version: IPVersion) -> int:
        """Return how many ranges of a size are free, side by side."""
        return self.offered.subnet_count(prefix, version)

    def best_fit(self, prefix: int, count: int, version: IPVersion) -> list[Cidr]:
        """Return free ranges of a size, best fit.

        Parameters
        ----------
        prefix
            Prefix length of the ranges wanted.
        count
            How many of them; fewer come back where there are fewer.
        version
            Family of the ranges.

        Returns
        -------
        list of Cidr
            Each from the smallest free range that holds it, the lowest of several; each is taken before the next.
        """
        heap = [(-longest, first) for longest, first in self.offered.holding(prefix, version)]
        heapq.heapify(heap)
        bits = ADDRESS_BITS[version]
        offers: list[Cidr] = []
        while heap and len(offers) < count:
            length, first = heapq.heappop(heap)
            offers.append(Cidr(version, first, prefix))
            for longer in range(-length + 1, prefix + 1):  # the halves that are left, the largest first
                heapq.heappush(heap, (-longer, first + (1 << (bits - longer))))
        return offers

    def range_to_free(self, prefix: int, version: IPVersion) -> RangeToFree | None:
        """Find the range that takes the fewest networks to free, then the fewest addresses, then the lowest one.

        None where no range of that size lies within.
        """
        shift = ADDRESS_BITS[version] - prefix
        inside: dict[int, list[ListedNetwork]] = {}  # by the index of the range that they are part of
        around: dict[int, dict[int, list[ListedNetwork]]] = {}  # by prefix length and index of their own
        known = [network for network in self.in_use if network.cidr.version == version]
        for network in known:
            if network.cidr.prefix >= prefix:
                inside.setdefault(network.cidr.first >> shift, []).append(network)
            else:
                by_index = around.setdefault(network.cidr.prefix, {})
                by_index.setdefault(network.cidr.first >> (ADDRESS_BITS[version] - network.cidr.prefix), []).append(
                    network
                )
        best: tuple[tuple[int, int, int], tuple[ListedNetwork, ...]] | None = None
        for index in self._candidates(known, prefix, version):
            over = [
                network
                for length, by_index in around.items()
                for network in by_index.get(index >> (prefix - length), ())
            ]
            networks = (*over, *inside.get(index, ()))
            cost = len(networks), sum(network.cidr.size for network in networks), index
            if best is None or cost < best[0]:
                best = cost, networks
        return RangeToFree(Cidr(version, best[0][2] << shift, prefix), best[1]) if best else None

    def without(self, cidrs: Iterable[Cidr]) -> AddressSpace:
        """Return the space without these ranges, and without special-purpose ones where they are not offered."""
        return AddressSpace(tuple(subtract_networks(self.within, [*cidrs, *self._special])), self.in_use, special=True)

    @cached_property
    def _special(self) -> list[Cidr]:
        if self.special:
            return []
        return [
            special
            for special in SPECIAL
            if any(special.overlaps(cidr) for cidr in self.within) and not any(cidr in special for cidr in self.within)
        ]

    def _candidates(self, known: Iterable[ListedNetwork], prefix: int, version: IPVersion) -> Iterator[int]:
        """Yield the indices of ranges at an edge of a network: what is to be released changes nowhere else."""
        shift = ADDRESS_BITS[version] - prefix
        free_ranges = subtract_networks(self.within, self._special).holding(prefix, version)
        spans = [(first >> shift, (first >> shift) + (1 << (prefix - length)) - 1) for length, first in free_ranges]
        edges: set[int] = {low for low, _ in spans}
        for network in known:
            first, last = network.cidr.first >> shift, network.cidr.last >> shift
            edges.update((first, first + 1, last, last + 1))
        for index in edges:
            if any(low <= index <= high for low, high in spans):
                yield index


def default_within(networks: Iterable[ListedNetwork], version: IPVersion | None = None) -> tuple[Cidr, ...]:
    """Return where to look when nobody says: the private ranges of a family, or of those that networks are known of."""
    if version is not None:
        return PRIVATE[version]
    ipv6 = any(network.cidr.version == 6 for network in networks)
    return (*PRIVATE[4], *(PRIVATE[6] if ipv6 else ()))
