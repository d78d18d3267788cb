"""Ranges that are free for a new pool, and what is wrong with one that is given."""

from __future__ import annotations

from collections.abc import Iterator

from ..cidr import Cidr
from ..findings import N_, Finding, Words
from ..model import Scenario

_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
_MOST_TRIED = 1 << 16
_BESIDE = 12  # bits of an IPv6 prefix that a range beside may differ in


def judged(scenario: Scenario, cidr: Cidr, *, but: str = "") -> list[Finding]:
    """Return what is wrong with a range for a new pool.

    Parameters
    ----------
    scenario
        The pools and the networks around them.
    cidr
        The range.
    but
        Name of a pool that will be gone.
    """
    found = []
    for what, other in _taken(scenario, but):
        if other.overlaps(cidr):
            numbers = {"cidr": str(cidr), "what": Words(what), "other": str(other)}
            found.append(Finding("change-overlaps", str(cidr), numbers))
    inside = [each for each in scenario.networks.cluster if each.version == cidr.version]
    if inside and not any(cidr in each for each in inside):
        numbers = {"cidr": str(cidr), "cluster": ", ".join(map(str, inside))}
        found.append(Finding("change-outside", str(cidr), numbers))
    elif not inside:
        found.append(Finding("change-networks-unknown", str(cidr), {"cidr": str(cidr)}))
    return found


def free_range(scenario: Scenario, prefix: int, near: Cidr) -> Cidr | None:
    """Return a range of a size that is clear of every pool and network.

    It is in the cluster CIDR, else a private one; of IPv6, where most is unknown to be anybody's, one beside `near`.
    """
    networks = [each for each in scenario.networks.cluster if each.version == near.version]
    if near.version == 4:
        networks += [Cidr.parse(each) for each in _PRIVATE]
    else:
        networks.append(near.at_prefix(max(min(near.prefix, prefix) - _BESIDE, 0)))
    taken = [other for _, other in _taken(scenario, "") if other.version == near.version]
    for network in networks:
        if network.prefix > prefix:
            continue
        size = 1 << (network.bits - prefix)
        for number in range(min(network.subnets(prefix), _MOST_TRIED)):
            cidr = Cidr(network.version, network.first + number * size, prefix)
            if not any(other.overlaps(cidr) for other in taken):
                return cidr
    return None


def _taken(scenario: Scenario, but: str) -> Iterator[tuple[str, Cidr]]:
    yield from ((N_("the pool"), pool.cidr) for pool in scenario.cluster.pools if pool.name != but)
    yield from ((N_("the services' network"), cidr) for cidr in scenario.networks.services)
    yield from ((N_("the nodes' network"), cidr) for cidr in scenario.networks.nodes)
    yield from ((N_("the network"), cidr) for cidr in scenario.networks.peers)
