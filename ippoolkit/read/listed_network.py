"""A network that is in use, as it is listed somewhere, and how its text is read."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from ..cidr import Cidr, CidrError
from ..findings import Finding, Place


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


def parse_network(text: str, place: Place, problems: list[Finding], *, takes_hosts: bool) -> Cidr | None:
    """Read a network; with `takes_hosts` also a bare address, and of an address with a prefix the address alone."""
    try:
        if not takes_hosts:
            return Cidr.parse(text)
        host = Cidr.of_address(ipaddress.ip_address(text.partition("/")[0]))
        network = Cidr.parse_ignoring_host_bits(text) if "/" in text else host
    except CidrError as error:
        problems.append(Finding(error.code, params=error.params, place=place))
        return None
    except ValueError:
        problems.append(Finding("cidr-syntax", params={"cidr": text}, place=place))
        return None
    return network if network.first == host.first else host


def networks_between(first: str, last: str, place: Place, problems: list[Finding]) -> list[Cidr]:
    """Return the networks that make up a range of addresses; NetBox writes them with a prefix length."""
    if not first and not last:
        return []
    try:
        low, high = (ipaddress.ip_address(text.partition("/")[0]) for text in (first, last))
        if low.version != high.version or int(low) > int(high):
            raise ValueError  # noqa: TRY301 (one message for all)
    except ValueError:
        problems.append(Finding("range-syntax", params={"first": first, "last": last}, place=place))
        return []
    networks = ipaddress.summarize_address_range(low, high)
    return [Cidr.of_address(network.network_address).with_prefix(network.prefixlen) for network in networks]
