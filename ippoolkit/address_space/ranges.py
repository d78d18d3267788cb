"""Sets of networks as ranges of integers: united, taken from each other, as the fewest CIDRs.

IPv4 is worked out in arrays: a hundred thousand networks leave half a million others. IPv6 passes the integers of
arrays, and goes through Python's own.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ..cidr import ADDRESS_BITS, Cidr, IPVersion, address_from_int

Array = npt.NDArray[Any]
_HALVES = [f"{number >> 8}.{number & 255}" for number in range(1 << 16)]


@dataclass(frozen=True, slots=True)
class Ranges:
    """Addresses of one family as ranges: first and last of each, ascending, apart, none touching another."""

    version: IPVersion
    firsts: Array
    lasts: Array

    @classmethod
    def covering(cls, version: IPVersion, cidrs: Iterable[Cidr]) -> Ranges:
        """Unite the networks of one family among those given."""
        networks = [cidr for cidr in cidrs if cidr.version == version]
        dtype = _dtype(version)
        firsts = np.array([cidr.first for cidr in networks], dtype)
        sizes = np.array([cidr.size for cidr in networks], dtype)
        order = np.argsort(firsts, kind="stable")
        firsts, lasts = firsts[order], (firsts + sizes - 1)[order]
        if not len(firsts):
            return cls(version, firsts, lasts)
        reach = np.maximum.accumulate(lasts)
        begins = np.concatenate([[True], np.asarray(firsts[1:] > reach[:-1] + 1, bool)])
        ends = np.concatenate([begins[1:], [True]])
        return cls(version, firsts[begins], reach[ends])

    def without(self, subtracted: Ranges) -> Ranges:
        """Return the addresses that are not in other ranges."""
        if not len(subtracted.firsts) or not len(self.firsts):
            return self
        # Gaps between the others, clipped to each range in turn.
        gap_firsts = np.concatenate([[0], subtracted.lasts + 1]).astype(self.firsts.dtype)
        top = (1 << ADDRESS_BITS[self.version]) - 1
        gap_lasts = np.concatenate([subtracted.firsts - 1, [top]]).astype(self.firsts.dtype)
        firsts, lasts = [], []
        for first, last in zip(self.firsts, self.lasts, strict=True):
            low = np.searchsorted(gap_lasts, first)
            high = np.searchsorted(gap_firsts, last, side="right")
            begin, end = np.maximum(gap_firsts[low:high], first), np.minimum(gap_lasts[low:high], last)
            overlaps = np.asarray(begin <= end, bool)
            firsts.append(begin[overlaps])
            lasts.append(end[overlaps])
        return Ranges(self.version, np.concatenate(firsts), np.concatenate(lasts))

    def cidrs(self) -> tuple[Array, npt.NDArray[np.int64]]:
        """Return the fewest CIDRs of the same addresses: first address and prefix length of each, ascending."""
        if self.version == 4:
            return _ipv4_cidrs_of(self.firsts, self.lasts)
        pairs = [
            pair for first, last in zip(self.firsts, self.lasts, strict=True) for pair in _ipv6_cidrs_of(first, last)
        ]
        return np.array([first for first, _ in pairs], object), np.array([prefix for _, prefix in pairs], np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Networks(Sequence[Cidr]):
    """Disjoint networks as the fewest CIDRs: IPv4, then IPv6, ascending. Kept as numbers, since they may be many."""

    firsts: dict[IPVersion, Array] = field(default_factory=dict)
    prefixes: dict[IPVersion, npt.NDArray[np.int64]] = field(default_factory=dict)

    @classmethod
    def from_ranges(cls, *ranges: Ranges) -> Networks:
        """Cut ranges, one of each family, into CIDRs."""
        cidrs = {
            addresses.version: addresses.cidrs() for addresses in sorted(ranges, key=lambda ranges: ranges.version)
        }
        return cls(
            {version: firsts for version, (firsts, _) in cidrs.items()},
            {version: prefixes for version, (_, prefixes) in cidrs.items()},
        )

    def __len__(self) -> int:
        return sum(map(len, self.prefixes.values()))

    def __iter__(self) -> Iterator[Cidr]:
        for version, firsts in self.firsts.items():
            for first, prefix in zip(firsts.tolist(), self.prefixes[version].tolist(), strict=True):
                yield Cidr(version, first, prefix)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return list(self)[index]
        position = range(len(self))[index]
        for version, firsts in self.firsts.items():
            if position < len(firsts):
                return Cidr(version, int(firsts[position]), int(self.prefixes[version][position]))
            position -= len(firsts)
        raise IndexError(index)

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, Sequence) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # a list's, too

    def to_strings(self) -> list[str]:
        """Return them as text."""
        return [
            f"{address_text(version, first)}/{prefix}"
            for version, firsts in self.firsts.items()
            for first, prefix in zip(firsts.tolist(), self.prefixes[version].tolist(), strict=True)
        ]

    @property
    def addresses(self) -> int:
        """Number of addresses in all of them."""
        return sum(
            int(count) << (ADDRESS_BITS[version] - int(prefix))
            for version, prefixes in self.prefixes.items()
            for prefix, count in zip(*np.unique(prefixes, return_counts=True), strict=True)
        )

    def subnet_count(self, prefix: int, version: IPVersion) -> int:
        """Return how many networks of a prefix length lie in them, side by side."""
        if version not in self.prefixes:
            return 0
        lengths, counts = np.unique(self.prefixes[version], return_counts=True)
        pairs = zip(lengths.tolist(), counts.tolist(), strict=True)
        return sum(count << (prefix - length) for length, count in pairs if length <= prefix)

    def holding(self, prefix: int, version: IPVersion) -> list[tuple[int, int]]:
        """Return prefix length and first address of those that hold a network of a prefix length."""
        if version not in self.firsts:
            return []
        wide = self.prefixes[version] <= prefix
        firsts, prefixes = self.firsts[version][wide].tolist(), self.prefixes[version][wide].tolist()
        return list(zip(prefixes, firsts, strict=True))


def subtract_networks(networks: Iterable[Cidr], subtracted: Iterable[Cidr] = ()) -> Networks:
    """Return what is left of networks without others, as the fewest CIDRs."""
    outer, inner = list(networks), list(subtracted)
    return Networks.from_ranges(
        *(Ranges.covering(version, outer).without(Ranges.covering(version, inner)) for version in ADDRESS_BITS)
    )


def address_text(version: IPVersion, address: int) -> str:
    """Print an address as `ipaddress` does, only faster."""
    if version == 4:
        return f"{_HALVES[address >> 16]}.{_HALVES[address & 0xFFFF]}"
    if address >> 96:  # addresses below have more than one form
        return socket.inet_ntop(socket.AF_INET6, address.to_bytes(16, "big"))
    return str(address_from_int(version, address))


def network_text(cidr: Cidr) -> str:
    """Print a network as `str` does, only faster."""
    return f"{address_text(cidr.version, cidr.first)}/{cidr.prefix}"


def _dtype(version: IPVersion) -> Any:
    return np.int64 if version == 4 else object


def _ipv6_cidrs_of(first: int, last: int) -> Iterator[tuple[int, int]]:
    while first <= last:
        fitting = (last - first + 1).bit_length() - 1
        spare = min(fitting, (first & -first).bit_length() - 1) if first else fitting
        yield first, 128 - spare
        first += 1 << spare


def _ipv4_cidrs_of(firsts: Array, lasts: Array) -> tuple[Array, npt.NDArray[np.int64]]:
    """Cut all ranges at once, one CIDR off the front of each until nothing is left."""
    begins, spares = [], []
    first, end = firsts.copy(), lasts + 1
    while len(first):
        aligned = np.where(first == 0, np.int64(1) << 32, first & -first)
        fitting = np.int64(1) << np.floor(np.log2((end - first).astype(float))).astype(np.int64)
        size = np.minimum(aligned, fitting)
        begins.append(first)
        spares.append(np.round(np.log2(size.astype(float))).astype(np.int64))
        first = first + size
        unfinished = first < end
        first, end = first[unfinished], end[unfinished]
    if not begins:
        return firsts, np.array([], np.int64)
    begin, prefix = np.concatenate(begins), 32 - np.concatenate(spares)
    order = np.argsort(begin)
    return begin[order], prefix[order]
