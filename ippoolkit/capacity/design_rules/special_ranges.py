"""Pools in address space that has another purpose, by IANA's special-purpose registries, or that is public."""

from __future__ import annotations

from collections.abc import Iterator

from ...cidr import Cidr
from ...findings import Finding
from ...model import Scenario
from ...texts import N_, LocalizedText

# Range, name, document. Of ranges inside one another the first that holds a pool counts.
_SPECIAL_RANGES: tuple[tuple[str, str, str], ...] = (
    ("0.0.0.0/8", N_("this network"), "RFC 791"),
    ("127.0.0.0/8", N_("loopback"), "RFC 1122"),
    ("169.254.0.0/16", N_("link-local"), "RFC 3927"),
    ("192.0.0.0/24", N_("IETF protocol assignments"), "RFC 6890"),
    ("192.0.2.0/24", N_("documentation"), "RFC 5737"),
    ("192.88.99.0/24", N_("6to4 relay anycast, deprecated"), "RFC 7526"),
    ("198.18.0.0/15", N_("benchmarking"), "RFC 2544"),
    ("198.51.100.0/24", N_("documentation"), "RFC 5737"),
    ("203.0.113.0/24", N_("documentation"), "RFC 5737"),
    ("224.0.0.0/4", N_("multicast"), "RFC 5771"),
    ("240.0.0.0/4", N_("reserved"), "RFC 1112"),
    ("::1/128", N_("loopback"), "RFC 4291"),
    ("64:ff9b::/96", N_("IPv4-IPv6 translation"), "RFC 6052"),
    ("100::/64", N_("discard-only"), "RFC 6666"),
    ("2001:2::/48", N_("benchmarking"), "RFC 5180"),
    ("2001:db8::/32", N_("documentation"), "RFC 3849"),
    ("3fff::/20", N_("documentation"), "RFC 9637"),
    ("2001::/23", N_("IETF protocol assignments"), "RFC 2928"),
    ("2002::/16", N_("6to4"), "RFC 3056"),
    ("fe80::/10", N_("link-local"), "RFC 4291"),
    ("ff00::/8", N_("multicast"), "RFC 4291"),
)
_RANGES = tuple((Cidr.parse(cidr), name, source) for cidr, name, source in _SPECIAL_RANGES)
_PRIVATE = tuple(map(Cidr.parse, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")))
_SHARED = Cidr.parse("100.64.0.0/10")
_HOME_NETWORKS = Cidr.parse("192.168.0.0/16")


def special_ranges(scenario: Scenario) -> Iterator[Finding]:
    """Find pools in public or special-purpose address space; shared address space is fine and only named."""
    for pool in scenario.cluster.pools:
        subject, params = f"IPPool/{pool.name}", {"cidr": str(pool.cidr)}
        if pool.cidr in _SHARED:
            yield Finding("range-shared", subject, params)
            continue
        if any(pool.cidr in private for private in _PRIVATE):
            if pool.cidr == _HOME_NETWORKS:
                yield Finding("range-swallows-lans", subject, params)
            continue
        special = next((entry for entry in _RANGES if pool.cidr in entry[0]), None)
        special_inside = [entry for entry in _RANGES if entry[0].overlaps(pool.cidr)] if special is None else [special]
        source_key = "special-ranges" if pool.version == 4 else "special-ranges-ipv6"
        if special is None and "LoadBalancer" not in pool.allowed_uses:  # services are meant to have public addresses
            yield Finding("range-public", subject, params, source_key=source_key)
        for cidr, purpose, document in special_inside:
            range_params = {"range": str(cidr), "purpose": LocalizedText(purpose), "document": document}
            yield Finding("range-special", subject, {**params, **range_params}, source_key=source_key)
