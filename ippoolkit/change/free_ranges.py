"""Ranges that are free for a new pool, and what is wrong with one that is given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from ..address_space import PRIVATE
from ..cidr import Cidr
from ..findings import N_, Advice, Finding, LocalizedText
from ..model import IPPool, Scenario

OUTSIDE_CODES = ("change-outside", "change-outside-full")  # a new range that is not in the cluster CIDR
# Where installers put services: kubeadm and Talos, Kubespray, k3s and RKE2. Avoided where the network is unknown.
_USUAL_SERVICES = tuple(map(Cidr.parse, ("10.96.0.0/12", "10.233.0.0/18", "10.43.0.0/16")))
NETWORKS_COMMAND = (
    "kubectl cluster-info dump | grep -oE 'service-cluster-ip-range=[^\"]+|cluster-cidr=[^\"]+' | sort -u; "
    "kubectl get nodes -o wide"
)
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
    findings = _overlaps(cidr, _used_ranges(scenario))
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
        findings.append(_unknown_networks(scenario, cidr, option))
    return findings


def _unknown_networks(scenario: Scenario, cidr: Cidr, option: str) -> Finding:
    """Say which networks a range could not be compared with, the cluster CIDR among them."""
    nodes = scenario.cluster.nodes
    are_nodes_known = bool(scenario.networks.nodes or (nodes and all(node.networks for node in nodes)))
    unknown_text = {
        (True, True): N_("The cluster CIDR is unknown"),
        (True, False): N_("The cluster CIDR and the networks of the nodes are unknown"),
        (False, True): N_("The cluster CIDR and the services' network are unknown"),
        (False, False): N_("The cluster CIDR, the services' network and the networks of the nodes are unknown"),
    }[bool(scenario.networks.services), are_nodes_known]
    pod_cidrs = [pod_cidr for node in nodes for pod_cidr in node.pod_cidrs if pod_cidr.version == cidr.version]
    advice: tuple[Advice, ...] = ()
    if pod_cidrs:
        hull = _smallest_common(pod_cidrs)
        advice = (
            Advice(
                LocalizedText(
                    N_("The cluster CIDR contains {hull}, in which the podCIDRs of the nodes are."), hull=str(hull)
                )
            ),
        )
    params = {"unknown": LocalizedText(unknown_text), "cidr": str(cidr), "option": option}
    return Finding("change-networks-unknown", str(cidr), params, advice=advice, commands=(NETWORKS_COMMAND,))


def _smallest_common(cidrs: list[Cidr]) -> Cidr:
    """Return the smallest network that contains all of these."""
    common = cidrs[0]
    while not all(cidr in common for cidr in cidrs):
        common = common.with_prefix(common.prefix - 1)
    return common


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
    return _overlaps(cidr, _node_ranges(scenario))


def _overlaps(cidr: Cidr, used_ranges: Iterable[tuple[str, Cidr]]) -> list[Finding]:
    return [
        Finding(
            "change-overlaps", str(cidr), {"cidr": str(cidr), "what": LocalizedText(owner), "other": str(used_cidr)}
        )
        for owner, used_cidr in used_ranges
        if used_cidr.overlaps(cidr)
    ]


def free_range(scenario: Scenario, prefix: int, near: Cidr, *, only_inside: bool = False) -> Cidr | None:
    """Return a range of a size that is clear of every pool and network.

    It is in the cluster CIDR, else, unless `only_inside`, a private one; of IPv6, where most is unknown to be
    anybody's, one beside `near`. Of several it is the nearest to `near`: the one with most bits in common, which is
    the likeliest to be in the same cluster CIDR where that is unknown.
    """
    networks = [cluster_cidr for cluster_cidr in scenario.networks.cluster if cluster_cidr.version == near.version]
    if only_inside:
        pass
    elif near.version == 4:
        networks += sorted(PRIVATE[4], key=lambda private_cidr: near not in private_cidr)
    else:
        networks.append(near.with_prefix(max(min(near.prefix, prefix) - _NEIGHBOUR_BITS, 0)))
    used_cidrs = [used_cidr for _, used_cidr in _used_ranges(scenario) if used_cidr.version == near.version]
    usual_services = () if scenario.networks.services else _USUAL_SERVICES
    for network in networks:
        avoided = [*used_cidrs, *(usual_services if network in PRIVATE[4] else ())]
        for cidr in islice(_nearest_subnets(network, prefix, near), _MAX_TRIED):
            if not any(used_cidr.overlaps(cidr) for used_cidr in avoided):
                return cidr
    return None


def _nearest_subnets(network: Cidr, prefix: int, near: Cidr) -> Iterator[Cidr]:
    """Yield the parts of a network, those first that have most bits in common with a range; not that range itself."""
    if near not in network or near.prefix == network.prefix:
        yield from _subnets(network, prefix)
        return
    for common_bits in range(min(near.prefix, prefix) - 1, network.prefix - 1, -1):
        own_half = near.with_prefix(common_bits + 1)
        other_half = Cidr(near.version, own_half.first ^ own_half.size, own_half.prefix)
        yield from _subnets(other_half, prefix)


def _subnets(network: Cidr, prefix: int) -> Iterator[Cidr]:
    return (network.subnet(prefix, index) for index in range(network.subnet_count(prefix)))


def _used_ranges(scenario: Scenario) -> Iterator[tuple[str, Cidr]]:
    yield from ((N_("the pool"), pool.cidr) for pool in scenario.cluster.pools)
    yield from ((N_("the services' network"), cidr) for cidr in scenario.networks.services)
    yield from _node_ranges(scenario)
    yield from ((N_("the network"), cidr) for cidr in scenario.networks.peers)


def _node_ranges(scenario: Scenario) -> Iterator[tuple[str, Cidr]]:
    nodes = scenario.cluster.nodes
    networks = [*scenario.networks.nodes, *dict.fromkeys(cidr for node in nodes for cidr in node.networks)]
    yield from ((N_("the nodes' network"), cidr) for cidr in networks)
    for node in nodes:
        for address in node.addresses:
            yield N_("the address of a node"), Cidr.of_address(address)
