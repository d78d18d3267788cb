"""Exact IPv4 and IPv6 arithmetic on integers.

A `Cidr` is three integers, so a /0 of IPv6 costs no more than a /32 of IPv4, and every count is an exact Python int.
Text is parsed and printed by the standard library's `ipaddress`, within the spellings that Go's ``net.ParseCIDR``
(and so Calico) takes: a mask is a prefix length, a bare address or an IPv6 zone is refused.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal, Self

IPVersion = Literal[4, 6]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

ADDRESS_BITS: dict[IPVersion, int] = {4: 32, 6: 128}
_IPV4_MAPPED_PREFIX = 0xFFFF << 32  # ::ffff:0:0/96


class CidrError(ValueError):
    """A text that is not a CIDR; `code` is the finding's code, `params` its values."""

    _MESSAGES: ClassVar = {
        "cidr-syntax": "{cidr!r} is not a valid CIDR",
        "cidr-host-bits": "{cidr} has host bits set; the network is {network}",
    }

    def __init__(self, code: str, **numbers: str) -> None:
        super().__init__(self._MESSAGES[code].format(**numbers))
        self.code = code
        self.params = numbers


@dataclass(frozen=True, slots=True, order=True, repr=False)
class Cidr:
    """A network: IP version, its first address as an integer, its prefix length.

    Examples
    --------
    >>> from ippoolkit import Cidr
    >>> pool = Cidr.parse("10.244.0.0/18")
    >>> pool.size, pool.subnet_count(26), str(pool.subnet(26, 255))
    (16384, 256, '10.244.63.192/26')
    """

    version: IPVersion
    first: int
    prefix: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``address/prefix``.

        An IPv4-mapped IPv6 network becomes the IPv4 network that Calico makes of it.

        Raises
        ------
        CidrError
            ``cidr-syntax``: not a CIDR; ``cidr-host-bits``: bits behind the prefix are set.
        """
        version, address, prefix = _parse(text)
        host_bits = ADDRESS_BITS[version] - prefix
        network = cls(version, address >> host_bits << host_bits, prefix)
        if network.first != address:
            raise CidrError("cidr-host-bits", cidr=text, network=str(network))
        return network

    @classmethod
    def parse_ignoring_host_bits(cls, text: str) -> Self:
        """Read ``address/prefix`` and clear the bits behind the prefix, as IPReservations allow."""
        version, address, prefix = _parse(text)
        host_bits = ADDRESS_BITS[version] - prefix
        return cls(version, address >> host_bits << host_bits, prefix)

    @classmethod
    def parse_or_none(cls, text: object) -> Self | None:
        """Read as `parse_ignoring_host_bits` does; None for what is not a CIDR."""
        try:
            return cls.parse_ignoring_host_bits(text) if isinstance(text, str) else None
        except CidrError:
            return None

    @classmethod
    def parse_network_or_address(cls, text: object) -> Self | None:
        """Read as `parse_or_none` does; an address alone is a network of one."""
        if isinstance(text, str) and "/" not in text:
            text = f"{text}/{ADDRESS_BITS[6 if ':' in text else 4]}"
        return cls.parse_or_none(text)

    @classmethod
    def of_address(cls, address: Address) -> Self:
        """Return the network that holds an address and no other."""
        version: IPVersion = 4 if address.version == 4 else 6
        return cls(version, int(address), ADDRESS_BITS[version])

    @property
    def bits(self) -> int:
        """Length of an address of this family: 32 or 128."""
        return ADDRESS_BITS[self.version]

    @property
    def size(self) -> int:
        """Number of addresses, the first and the last included."""
        return 1 << (self.bits - self.prefix)

    @property
    def last(self) -> int:
        """Last address as an integer."""
        return self.first + self.size - 1

    def __contains__(self, other: Cidr | Address) -> bool:
        if isinstance(other, Cidr):
            return self.version == other.version and self.first <= other.first and other.last <= self.last
        return self.version == other.version and self.first <= int(other) <= self.last

    def overlaps(self, other: Cidr) -> bool:
        """Whether the two share an address."""
        return self.version == other.version and self.first <= other.last and other.first <= self.last

    def subnet_count(self, prefix: int) -> int:
        """How many networks of that prefix length it holds; 0 when it is smaller than one."""
        return 1 << (prefix - self.prefix) if prefix >= self.prefix else 0

    def subnet(self, prefix: int, index: int) -> Cidr:
        """Return the network of that prefix length at that index, counted from 0."""
        if not 0 <= index < self.subnet_count(prefix):
            raise IndexError(
                f"{self} has {self.subnet_count(prefix)} networks of /{prefix}; index {index} is out of range"
            )
        return Cidr(self.version, self.first + (index << (self.bits - prefix)), prefix)

    def with_prefix(self, prefix: int) -> Cidr:
        """Return the network of that prefix length which holds the first address."""
        host_bits = self.bits - prefix
        return Cidr(self.version, self.first >> host_bits << host_bits, prefix)

    def subnet_index_of(self, address: Address, prefix: int) -> int:
        """Index of the network of that prefix length which holds the address."""
        return (int(address) - self.first) >> (self.bits - prefix)

    def __str__(self) -> str:
        return f"{address_from_int(self.version, self.first)}/{self.prefix}"

    def __repr__(self) -> str:
        return f"Cidr('{self}')"


def address_from_int(version: IPVersion, value: int) -> Address:
    """Turn an integer into an address of that version."""
    return ipaddress.IPv4Address(value) if version == 4 else ipaddress.IPv6Address(value)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The part of one network that a set of other networks covers, such as the reservations inside a pool.

    `covered_ranges` are disjoint ranges of offsets from the network's first address, ascending, both ends included.
    """

    network: Cidr
    covered_ranges: tuple[tuple[int, int], ...]

    @classmethod
    def from_cidrs(cls, network: Cidr, cidrs: Iterable[Cidr]) -> Self:
        """Clip the networks to `network` and merge adjacent ones."""
        clipped = sorted(
            (max(cidr.first, network.first) - network.first, min(cidr.last, network.last) - network.first)
            for cidr in cidrs
            if cidr.overlaps(network)
        )
        return cls(network, tuple(_merge_adjacent(clipped)))

    @property
    def address_count(self) -> int:
        """Number of addresses covered, each counted once."""
        return sum(last - first + 1 for first, last in self.covered_ranges)

    def count_blocks(self, prefix: int) -> tuple[int, dict[int, int]]:
        """Say what the coverage does to the blocks of that prefix length.

        Returns
        -------
        tuple
            How many are covered wholly, and of those covered in part how many leave how many addresses:
            ``{addresses left: blocks}``.
        """
        offset_bits = self.network.bits - prefix
        block_size = 1 << offset_bits
        fully_covered = 0
        covered_by_block: dict[int, int] = {}  # index of a block at an end of a span -> addresses covered in it
        for first, last in self.covered_ranges:
            first_block, last_block = first >> offset_bits, last >> offset_bits
            fully_covered += max(0, last_block - first_block - 1)
            for block in {first_block, last_block}:
                start = block << offset_bits
                covered = min(last, start + block_size - 1) - max(first, start) + 1
                covered_by_block[block] = covered_by_block.get(block, 0) + covered
        blocks_by_addresses_left: dict[int, int] = {}
        for covered in covered_by_block.values():
            blocks_by_addresses_left[block_size - covered] = blocks_by_addresses_left.get(block_size - covered, 0) + 1
        return fully_covered + blocks_by_addresses_left.pop(0, 0), blocks_by_addresses_left


def _merge_adjacent(ranges: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    current: tuple[int, int] | None = None
    for first, last in ranges:
        if current is None:
            current = (first, last)
        elif first <= current[1] + 1:
            current = (current[0], max(current[1], last))
        else:
            yield current
            current = (first, last)
    if current is not None:
        yield current


def _parse(text: str) -> tuple[IPVersion, int, int]:
    address_text, slash, prefix_text = text.rpartition("/")
    if (
        not slash
        or "%" in address_text
        or not (prefix_text.isascii() and prefix_text.isdigit() and len(prefix_text) <= 20)
    ):
        raise CidrError("cidr-syntax", cidr=text)
    version, value = _parse_address(address_text, text)
    prefix = int(prefix_text)
    if prefix > ADDRESS_BITS[version]:
        raise CidrError("cidr-syntax", cidr=text)
    if version == 6 and value >> 32 << 32 == _IPV4_MAPPED_PREFIX and prefix >= 96:
        return 4, value - _IPV4_MAPPED_PREFIX, prefix - 96
    return version, value, prefix


def _parse_address(text: str, cidr: str) -> tuple[IPVersion, int]:
    try:  # as strict as `ipaddress` about IPv4, and ten times faster, which long address plans feel
        return 4, int.from_bytes(socket.inet_pton(socket.AF_INET, text), "big")
    except (OSError, ValueError):
        pass
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise CidrError("cidr-syntax", cidr=cidr) from None
    return (4 if address.version == 4 else 6), int(address)
