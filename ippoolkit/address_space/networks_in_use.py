"""The networks that a scenario says are in use."""

from __future__ import annotations

from collections.abc import Iterator

from ..cidr import ADDRESS_BITS, Address, Cidr, IPVersion
from ..model import Scenario
from .space import Taken


def networks_taken(scenario: Scenario, file: str = "") -> Iterator[Taken]:
    """Yield pools, blocks outside of them, services', nodes' and peers' networks, and addresses outside of all these.

    Parameters
    ----------
    scenario
        The design.
    file
        Where it was read, for `Taken.where`.
    """
    found = [_taken(pool.cidr, file, f"pool {pool.name}") for pool in scenario.cluster.pools]
    networks = scenario.networks
    for what, cidrs in (("services", networks.services), ("nodes", networks.nodes), ("peers", networks.peers)):
        found += [_taken(cidr, file, f"networks.{what}") for cidr in cidrs]
    found += [
        _taken(cidr, file, f"network of node {node.name}") for node in scenario.cluster.nodes for cidr in node.networks
    ]
    yield from found
    covered = _Covered(each.cidr for each in found)
    for block in scenario.cluster.blocks:
        if not covered.holds(block.cidr):
            yield _taken(block.cidr, file, f"block of {block.host or 'nobody'}")
            covered.add(block.cidr)
    for node in scenario.cluster.nodes:
        for cidr in node.pod_cidrs:
            if not covered.holds(cidr):
                yield _taken(cidr, file, f"podCIDR of node {node.name}")
                covered.add(cidr)
    holders: list[tuple[str, tuple[Address, ...]]] = [
        *((f"node {node.name}", node.addresses) for node in scenario.cluster.nodes),
        *((f"pod {pod.namespace}/{pod.name}", pod.addresses) for pod in scenario.cluster.pods if not pod.host_network),
        *((f"service {each.namespace}/{each.name}", each.addresses) for each in scenario.cluster.services),
    ]
    for whose, addresses in holders:
        for address in addresses:
            version: IPVersion = 4 if address.version == 4 else 6
            cidr = Cidr(version, int(address), ADDRESS_BITS[version])
            if not covered.holds(cidr):
                yield _taken(cidr, file, whose)
                covered.add(cidr)


def _taken(cidr: Cidr, file: str, whose: str) -> Taken:
    return Taken(cidr, f"{file}: {whose}" if file else whose, whose)


class _Covered:
    """Networks that were named, to leave out what lies in them: one look-up a prefix length."""

    def __init__(self, cidrs: Iterator[Cidr]) -> None:
        self.known: dict[tuple[int, int], set[int]] = {}
        for cidr in cidrs:
            self.add(cidr)

    def add(self, cidr: Cidr) -> None:
        self.known.setdefault((cidr.version, cidr.prefix), set()).add(cidr.first)

    def holds(self, cidr: Cidr) -> bool:
        return any(
            version == cidr.version and prefix <= cidr.prefix and cidr.with_prefix(prefix).first in firsts
            for (version, prefix), firsts in self.known.items()
        )
