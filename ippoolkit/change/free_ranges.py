"""Ranges that are free for a new pool, and what is wrong with one that is given."""

from __future__ import annotations

from collections.abc import Iterator

from ..cidr import Cidr
from ..findings import N_, Finding, LocalizedText
from ..model import IPPool, Scenario

OUTSIDE_CODES = ("change-outside", "change-outside-full")  # a new range that is not in the cluster CIDR
_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
_MAX_TRIED = 1 << 16
_NEIGHBOUR_BITS = 12  # bits of an IPv6 prefix that a range beside may differ in


def check_range(scenario: Scenario, cidr: Cidr, *, option: str) -> list[Finding]:
    """Return what is wrong with a range for a new pool.

    Parameters
    ----------
    scenario
        The pools and the networks around them.
    cidr
        The range.
    option
        The option of the command line that names another range.
    """
    findings = []
    for owner, used_cidr in _used_ranges(scenario):
        if used_cidr.overlaps(cidr):
            params = {"cidr": str(cidr), "what": LocalizedText(owner), "other": str(used_cidr)}
            findings.append(Finding("change-overlaps", str(cidr), params))
    cluster_cidrs = [cluster_cidr for cluster_cidr in scenario.networks.cluster if cluster_cidr.version == cidr.version]
    if cluster_cidrs and not any(cidr in cluster_cidr for cluster_cidr in cluster_cidrs):
        inside = free_range(scenario, cidr.prefix, cidr, only_inside=True)
        outside_params: dict[str, object] = {
            "cidr": str(cidr),
            "cluster": ", ".join(map(str, cluster_cidrs)),
            "prefix": cidr.prefix,
            "option": option,
            "free": str(inside),
        }
        findings.append(Finding("change-outside" if inside else "change-outside-full", str(cidr), outside_params))
    elif not cluster_cidrs:
        findings.append(Finding("change-networks-unknown", str(cidr), {"cidr": str(cidr)}))
    return findings


def temporary_range(scenario: Scenario, pool: IPPool) -> Cidr | None:
    """Return a range for a pool that holds the addresses of another for a while.

    It has the pool's size, or is smaller where the cluster CIDR has no room for that: outside of it, kube-proxy may
    masquerade what pods send to each other. It is never smaller than twice the pool's claimed blocks.
    """
    claimed_blocks = sum(block.cidr in pool.cidr for block in scenario.cluster.blocks)
    longest_prefix = pool.block_size - (2 * claimed_blocks).bit_length()
    for prefix in range(pool.cidr.prefix, longest_prefix + 1):
        if cidr := free_range(scenario, prefix, pool.cidr, only_inside=True):
            return cidr
    return free_range(scenario, pool.cidr.prefix, pool.cidr)


def node_overlaps(scenario: Scenario, cidr: Cidr) -> list[Finding]:
    """Return where a range that is to be used again lies over the nodes' networks or addresses."""
    return [
        Finding(
            "change-overlaps", str(cidr), {"cidr": str(cidr), "what": LocalizedText(owner), "other": str(used_cidr)}
        )
        for owner, used_cidr in _node_ranges(scenario)
        if used_cidr.overlaps(cidr)
    ]


def free_range(scenario: Scenario, prefix: int, near: Cidr, *, only_inside: bool = False) -> Cidr | None:
    """Return a range of a size that is clear of every pool and network.

    It is in the cluster CIDR, else, unless `only_inside`, a private one; of IPv6, where most is unknown to be
    anybody's, one beside `near`.
    """
    networks = [cluster_cidr for cluster_cidr in scenario.networks.cluster if cluster_cidr.version == near.version]
    if only_inside:
        pass
    elif near.version == 4:
        networks += [Cidr.parse(private_cidr) for private_cidr in _PRIVATE]
    else:
        networks.append(near.with_prefix(max(min(near.prefix, prefix) - _NEIGHBOUR_BITS, 0)))
    used_cidrs = [used_cidr for _, used_cidr in _used_ranges(scenario) if used_cidr.version == near.version]
    for network in networks:
        if network.prefix > prefix:
            continue
        size = 1 << (network.bits - prefix)
        for subnet_index in range(min(network.subnet_count(prefix), _MAX_TRIED)):
            cidr = Cidr(network.version, network.first + subnet_index * size, prefix)
            if not any(used_cidr.overlaps(cidr) for used_cidr in used_cidrs):
                return cidr
    return None


def _used_ranges(scenario: Scenario) -> Iterator[tuple[str, Cidr]]:
    yield from ((N_("the pool"), pool.cidr) for pool in scenario.cluster.pools)
    yield from ((N_("the services' network"), cidr) for cidr in scenario.networks.services)
    yield from _node_ranges(scenario)
    yield from ((N_("the network"), cidr) for cidr in scenario.networks.peers)


def _node_ranges(scenario: Scenario) -> Iterator[tuple[str, Cidr]]:
    yield from ((N_("the nodes' network"), cidr) for cidr in scenario.networks.nodes)
    nodes = scenario.cluster.nodes
    yield from (
        (N_("the nodes' network"), cidr) for cidr in dict.fromkeys(cidr for node in nodes for cidr in node.networks)
    )
    for node in nodes:
        for address in node.addresses:
            yield N_("the address of a node"), Cidr(address.version, int(address), address.max_prefixlen)
