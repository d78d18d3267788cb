"""The networks that a scenario says are in use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..cidr import Address, Cidr
from ..model import Scenario
from ..read.listed_network import ListedNetwork
from .ranges import subtract_networks


def networks_in_use(scenario: Scenario, file: str = "") -> Iterator[ListedNetwork]:
    """Yield pools, blocks outside of them, services', nodes' and peers' networks, and addresses outside of all these.

    Parameters
    ----------
    scenario
        The design.
    file
        Where it was read, for `ListedNetwork.where`.
    """
    listed = [_listed(pool.cidr, file, f"pool {pool.name}") for pool in scenario.cluster.pools]
    networks = scenario.networks
    for role, cidrs in (("services", networks.services), ("nodes", networks.nodes), ("peers", networks.peers)):
        listed += [_listed(cidr, file, f"networks.{role}") for cidr in cidrs]
    listed += [
        _listed(cidr, file, f"network of node {node.name}") for node in scenario.cluster.nodes for cidr in node.networks
    ]
    yield from listed
    covered = _Covered(network.cidr for network in listed)
    for block in scenario.cluster.blocks:
        if not covered.includes(block.cidr):
            yield _listed(block.cidr, file, f"block of {block.host or 'nobody'}")
            covered.add(block.cidr)
    for node in scenario.cluster.nodes:
        for cidr in node.pod_cidrs:
            if not covered.includes(cidr):
                yield _listed(cidr, file, f"podCIDR of node {node.name}")
                covered.add(cidr)
    holders: list[tuple[str, tuple[Address, ...]]] = [
        *((f"node {node.name}", node.addresses) for node in scenario.cluster.nodes),
        *((f"pod {pod.namespace}/{pod.name}", pod.addresses) for pod in scenario.cluster.pods if not pod.host_network),
        *((f"service {service.namespace}/{service.name}", service.addresses) for service in scenario.cluster.services),
    ]
    for owner, addresses in holders:
        for address in addresses:
            cidr = Cidr.of_address(address)
            if not covered.includes(cidr):
                yield _listed(cidr, file, owner)
                covered.add(cidr)


def with_networks_in_use(scenario: Scenario, cidrs: Iterable[Cidr]) -> Scenario:
    """Return a scenario that says of further networks that they are in use, as the fewest CIDRs.

    Those that it knows of are not repeated.
    """
    covered = _Covered(network.cidr for network in networks_in_use(scenario))
    new = subtract_networks(cidr for cidr in cidrs if not covered.includes(cidr))
    if not new:
        return scenario
    return replace(scenario, networks=replace(scenario.networks, peers=(*scenario.networks.peers, *new)))


def _listed(cidr: Cidr, file: str, owner: str) -> ListedNetwork:
    return ListedNetwork(cidr, f"{file}: {owner}" if file else owner, owner)


class _Covered:
    """Networks that were named, to leave out what lies in them: one look-up a prefix length."""

    def __init__(self, cidrs: Iterator[Cidr]) -> None:
        self.known: dict[tuple[int, int], set[int]] = {}
        for cidr in cidrs:
            self.add(cidr)

    def add(self, cidr: Cidr) -> None:
        self.known.setdefault((cidr.version, cidr.prefix), set()).add(cidr.first)

    def includes(self, cidr: Cidr) -> bool:
        return any(
            version == cidr.version and prefix <= cidr.prefix and cidr.with_prefix(prefix).first in firsts
            for (version, prefix), firsts in self.known.items()
        )
