"""Rules on the nodes' own addresses and on the ranges that Kubernetes cuts for each node, held against the pools."""

from __future__ import annotations

from collections.abc import Iterator

from ...cidr import Cidr, address_from_int
from ...findings import Finding
from ...model import Node, Scenario

_MOST_NAMED = 5
_DISTANCE_FROM_NODES = 16  # a pool for each node's own range is not taken for a shortage from so many ranges on


def pools_over_nodes(scenario: Scenario) -> Iterator[Finding]:
    """Find pools that hold addresses of nodes, or overlap the network that these are in."""
    declared = scenario.networks.nodes
    for pool in scenario.cluster.pools:
        addresses_inside = [
            (node.name, address)
            for node in scenario.cluster.nodes
            for address in node.addresses
            if address in pool.cidr
        ]
        node_addresses = {address for _, address in addresses_inside}
        single_addresses = [
            address_from_int(cidr.version, cidr.first) for cidr in declared if cidr.size == 1 and cidr in pool.cidr
        ]
        addresses_inside += [("", address) for address in single_addresses if address not in node_addresses]
        if addresses_inside:
            params = {
                "cidr": str(pool.cidr),
                "count": len({address for _, address in addresses_inside}),
                "which": ", ".join(f"{name} {address}".strip() for name, address in addresses_inside[:_MOST_NAMED]),
            }
            yield Finding("pool-over-nodes", f"IPPool/{pool.name}", params)
            continue
        network = next((cidr for cidr in _networks_of(scenario.cluster.nodes) if cidr.overlaps(pool.cidr)), None)
        if network is not None and not any(network.overlaps(cidr) for cidr in declared):
            params = {"cidr": str(pool.cidr), "network": str(network)}
            yield Finding("pool-overlaps-nodes", f"IPPool/{pool.name}", params)


def _networks_of(nodes: tuple[Node, ...]) -> list[Cidr]:
    return list(dict.fromkeys(network for node in nodes for network in node.networks))


def per_node_ranges(scenario: Scenario) -> Iterator[Finding]:
    """Explain CIDRNotAvailable: fewer per-node ranges than nodes, which Calico's IPAM does not use.

    Only of clusters whose input names such ranges.
    """
    networks = scenario.networks
    masks = {4: networks.node_cidr_mask_size, 6: networks.node_cidr_mask_size_ipv6}
    planned = sum(group.nodes_after(scenario.plan.months) for group in scenario.plan.groups)
    nodes = len(scenario.cluster.nodes) + planned
    for cidr in networks.cluster:
        mask = masks[cidr.version]
        if not mask or mask < cidr.prefix:
            continue
        ranges = cidr.subnet_count(mask)
        is_short = ranges < nodes if nodes else ranges < min(_DISTANCE_FROM_NODES, _most_blocks(scenario, cidr))
        if is_short:
            params = {"mask": mask, "cidr": str(cidr), "ranges": ranges, "nodes": nodes}
            yield Finding("node-ranges-short" if nodes else "node-ranges-few", str(cidr), params)


def _most_blocks(scenario: Scenario, cidr: Cidr) -> int:
    pools = (pool for pool in scenario.cluster.pools if pool.version == cidr.version)
    return max((pool.block_count for pool in pools), default=0)


def enclosed_pools(scenario: Scenario) -> Iterator[Finding]:
    """Find a pool inside another one, whose addresses the outer pool assigns too."""
    for pool in scenario.cluster.pools:
        for outer_pool in scenario.cluster.pools:
            if outer_pool is not pool and pool.cidr in outer_pool.cidr and not outer_pool.disabled:
                params = {
                    "cidr": str(pool.cidr),
                    "other": outer_pool.name,
                    "other_cidr": str(outer_pool.cidr),
                    "selector": pool.node_selector,
                }
                yield Finding("pool-enclosed", f"IPPool/{pool.name}", params)
                break
