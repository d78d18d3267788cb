"""Exact IPv4 and IPv6 arithmetic on integers.

A `Cidr` is three integers, so a /0 of IPv6 costs no more than a /32 of IPv4, and every count is an exact Python int.
Text is parsed and printed by the standard library's `ipaddress`, within the spellings that Go's ``net.ParseCIDR``
(and so Calico) takes: a mask is a prefix length, a bare address or an IPv6 zone is refused.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal, Self

Version = Literal[4, 6]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

BITS: dict[Version, int] = {4: 32, 6: 128}
_MAPPED = 0xFFFF << 32  # ::ffff:0:0/96


class CidrError(ValueError):
    """A text that is no CIDR; `code` is the finding's code, `numbers` its values."""

    _TEXTS: ClassVar = {
        "cidr-syntax": "{cidr!r} is no CIDR",
        "cidr-host-bits": "{cidr} has bits set behind its prefix; {network} has not",
    }

    def __init__(self, code: str, **numbers: str) -> None:
        super().__init__(self._TEXTS[code].format(**numbers))
        self.code = code
        self.numbers = numbers


@dataclass(frozen=True, slots=True, order=True)
class Cidr:
    """A network: IP version, its first address as an integer, its prefix length.

    Examples
    --------
    >>> pool = Cidr.parse("10.244.0.0/18")
    >>> pool.size, pool.subnets(26), str(pool.subnet(26, 255))
    (16384, 256, '10.244.63.192/26')
    """

    version: Version
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
        spare = BITS[version] - prefix
        network = cls(version, address >> spare << spare, prefix)
        if network.first != address:
            raise CidrError("cidr-host-bits", cidr=text, network=str(network))
        return network

    @classmethod
    def containing(cls, text: str) -> Self:
        """Read ``address/prefix`` and clear the bits behind the prefix, as IPReservations allow."""
        version, address, prefix = _parse(text)
        spare = BITS[version] - prefix
        return cls(version, address >> spare << spare, prefix)

    @classmethod
    def maybe(cls, text: object) -> Self | None:
        """Read as `containing` does; None for what is no CIDR."""
        try:
            return cls.containing(text) if isinstance(text, str) else None
        except CidrError:
            return None

    @property
    def bits(self) -> int:
        """Length of an address of this family: 32 or 128."""
        return BITS[self.version]

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

    def subnets(self, prefix: int) -> int:
        """How many networks of that prefix length it holds; 0 when it is smaller than one."""
        return 1 << (prefix - self.prefix) if prefix >= self.prefix else 0

    def subnet(self, prefix: int, index: int) -> Cidr:
        """Return the network of that prefix length at that index, counted from 0."""
        if not 0 <= index < self.subnets(prefix):
            raise IndexError(f"{self} has {self.subnets(prefix)} networks of /{prefix}, none at {index}")
        return Cidr(self.version, self.first + (index << (self.bits - prefix)), prefix)

    def at_prefix(self, prefix: int) -> Cidr:
        """Return the network of that prefix length which holds the first address."""
        spare = self.bits - prefix
        return Cidr(self.version, self.first >> spare << spare, prefix)

    def index_of(self, address: Address, prefix: int) -> int:
        """Index of the network of that prefix length which holds the address."""
        return (int(address) - self.first) >> (self.bits - prefix)

    def __str__(self) -> str:
        return f"{address_of(self.version, self.first)}/{self.prefix}"


def address_of(version: Version, value: int) -> Address:
    """Turn an integer into an address of that version."""
    return ipaddress.IPv4Address(value) if version == 4 else ipaddress.IPv6Address(value)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The part of one network that a set of other networks covers, such as the reservations inside a pool.

    `spans` are disjoint ranges of offsets from the network's first address, ascending, both ends included.
    """

    within: Cidr
    spans: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, within: Cidr, cidrs: Iterable[Cidr]) -> Self:
        """Clip the networks to `within` and merge what touches."""
        clipped = sorted(
            (max(c.first, within.first) - within.first, min(c.last, within.last) - within.first)
            for c in cidrs
            if c.overlaps(within)
        )
        return cls(within, tuple(_merge(clipped)))

    @property
    def addresses(self) -> int:
        """Number of addresses covered, each counted once."""
        return sum(last - first + 1 for first, last in self.spans)

    def blocks(self, prefix: int) -> tuple[int, dict[int, int]]:
        """Say what the coverage does to the blocks of that prefix length.

        Returns
        -------
        tuple
            How many are covered wholly, and of those covered in part how many leave how many addresses:
            ``{addresses left: blocks}``.
        """
        shift = self.within.bits - prefix
        size = 1 << shift
        whole = 0
        parts: dict[int, int] = {}  # index of a block at an end of a span -> addresses covered in it
        for first, last in self.spans:
            head, tail = first >> shift, last >> shift
            whole += max(0, tail - head - 1)
            for block in {head, tail}:
                start = block << shift
                covered = min(last, start + size - 1) - max(first, start) + 1
                parts[block] = parts.get(block, 0) + covered
        left: dict[int, int] = {}
        for covered in parts.values():
            left[size - covered] = left.get(size - covered, 0) + 1
        return whole + left.pop(0, 0), left


def _merge(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    current: tuple[int, int] | None = None
    for first, last in spans:
        if current is None:
            current = (first, last)
        elif first <= current[1] + 1:
            current = (current[0], max(current[1], last))
        else:
            yield current
            current = (first, last)
    if current is not None:
        yield current


def _parse(text: str) -> tuple[Version, int, int]:
    head, slash, mask = text.rpartition("/")
    if not slash or "%" in head or not (mask.isascii() and mask.isdigit() and len(mask) <= 20):
        raise CidrError("cidr-syntax", cidr=text)
    try:
        address = ipaddress.ip_address(head)
    except ValueError:
        raise CidrError("cidr-syntax", cidr=text) from None
    version: Version = 4 if address.version == 4 else 6
    value, prefix = int(address), int(mask)
    if prefix > BITS[version]:
        raise CidrError("cidr-syntax", cidr=text)
    if version == 6 and value >> 32 << 32 == _MAPPED and prefix >= 96:
        return 4, value - _MAPPED, prefix - 96
    return version, value, prefix
