"""Rules on pools as such: what Calico refuses, and what it accepts and nobody can have meant."""

from __future__ import annotations

from collections.abc import Iterator

from ..findings import Finding, Severity
from ..limits import DEFAULT_BLOCK_SIZE, DEFAULT_MAX_BLOCKS
from ..model import Scenario
from ..pool_rules import CHECKS, Pool
from ..write import manifest

_LOAD_BALANCER = "virtual:load-balancer"
# Kubespray's kube_network_node_prefix and its IPv6 counterpart, by family.
_KUBESPRAY = {(4, 24), (6, 120)}


def refused_pools(scenario: Scenario) -> Iterator[Finding]:
    """Tell of every rule on a single pool that one of the scenario breaks."""
    for pool in scenario.cluster.pools:
        judged = Pool.of(manifest(pool)["spec"])
        for code, check in CHECKS.items():
            for _, numbers in check(judged):
                yield Finding(code, f"IPPool/{pool.name}", numbers)


def mixed_encapsulation(scenario: Scenario) -> Iterator[Finding]:
    """Tell of IPIP pools in a cluster of VXLAN pools, which has no need of BGP and often runs without it."""
    in_use = [pool for pool in scenario.cluster.pools if not pool.disabled]
    vxlan = sorted(pool.name for pool in in_use if pool.vxlan_mode != "Never")
    for pool in in_use:
        if vxlan and pool.ipip_mode != "Never":
            yield Finding("encapsulation-mixed", f"IPPool/{pool.name}", {"mode": pool.ipip_mode, "other": vxlan[0]})


def fewer_blocks_than_nodes(scenario: Scenario) -> Iterator[Finding]:
    """Tell of pools that cannot give each node that they select one block, growth included."""
    groups = scenario.plan.groups
    for pool in scenario.cluster.pools:
        if not pool.serves("Workload"):
            continue
        selected = sum(pool.selects(node.labels) for node in scenario.cluster.nodes)
        for group in groups:
            if pool.selects(group.node_labels):
                selected += group.nodes_after(scenario.plan.months)
        if pool.blocks < selected:
            yield Finding("pool-blocks-short", f"IPPool/{pool.name}", {"blocks": pool.blocks, "nodes": selected})


def load_balancer_cap(scenario: Scenario) -> Iterator[Finding]:
    """Tell of LoadBalancer pools larger than the blocks that services may hold: one owner for the whole cluster."""
    cap = scenario.cluster.ipam.max_blocks_per_host or DEFAULT_MAX_BLOCKS
    held = [block.cidr for block in scenario.cluster.blocks if block.affinity == _LOAD_BALANCER]
    for pool in scenario.cluster.pools:
        if not pool.serves("LoadBalancer"):
            continue
        numbers = {"cap": cap, "addresses": cap * pool.block_addresses, "blocks": pool.blocks}
        if sum(cidr in pool.cidr for cidr in held) >= cap:
            yield Finding("loadbalancer-full", f"IPPool/{pool.name}", numbers)
        elif pool.blocks > cap:
            yield Finding("loadbalancer-cap", f"IPPool/{pool.name}", numbers)


def per_node_prefix(scenario: Scenario) -> Iterator[Finding]:
    """Tell of a blockSize that is the prefix of the nodes' podCIDRs, a setting of other network plugins."""
    seen = {(cidr.version, cidr.prefix) for node in scenario.cluster.nodes for cidr in node.pod_cidrs}
    for pool in scenario.cluster.pools:
        size = pool.version, pool.block_size
        if size in (seen or _KUBESPRAY) and pool.block_size != DEFAULT_BLOCK_SIZE[pool.version]:
            numbers = {"size": pool.block_size}
            yield Finding("per-node-prefix", f"IPPool/{pool.name}", numbers, level=None if seen else Severity.INFO)
