"""A network that is in use, as it is listed somewhere, and how its text is read."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from ..cidr import ADDRESS_BITS, Cidr, CidrError, IPVersion
from ..findings import Finding, Place

Line = tuple[str, int]  # of a file


@dataclass(frozen=True, slots=True)
class ListedNetwork:
    """A network, where it is listed, and by whom it is used, if that is said."""

    cidr: Cidr
    where: str
    used_by: str = ""

    @property
    def owner(self) -> str:
        """Who uses it; where nobody says: where it is listed."""
        return self.used_by or self.where


def parse_network(text: str, place: Line | Place, problems: list[Finding], *, host: bool) -> Cidr | None:
    """Read a network; with `host` also a bare address, and of an address with a prefix the address alone."""
    try:
        if not host:
            return Cidr.parse(text)
        head = text.partition("/")[0]
        network = Cidr.parse_ignoring_host_bits(text) if "/" in text else None
        if network is not None and _first(head) == network.first:
            return network
        address = ipaddress.ip_address(head)
        version: IPVersion = 4 if address.version == 4 else 6
        return Cidr(version, int(address), ADDRESS_BITS[version])
    except CidrError as error:
        problems.append(Finding(error.code, params=error.params, place=_place(place)))
    except ValueError:
        problems.append(Finding("cidr-syntax", params={"cidr": text}, place=_place(place)))
    return None


def _place(place: Line | Place) -> Place:
    return place if isinstance(place, Place) else Place(*place)


def _first(text: str) -> int:
    return int(ipaddress.ip_address(text))


def networks_between(first: str, last: str, place: Line | Place, problems: list[Finding]) -> list[Cidr]:
    """Return the networks that make up a range of addresses; NetBox writes them with a prefix length."""
    if not first and not last:
        return []
    try:
        low, high = (ipaddress.ip_address(text.partition("/")[0]) for text in (first, last))
        if low.version != high.version or int(low) > int(high):
            raise ValueError  # noqa: TRY301 (one message for all)
    except ValueError:
        problems.append(Finding("range-syntax", params={"first": first, "last": last}, place=_place(place)))
        return []
    spans = ipaddress.summarize_address_range(low, high)
    version: IPVersion = 4 if low.version == 4 else 6
    return [Cidr(version, int(span.network_address), span.prefixlen) for span in spans]
