"""Rules on pools as such: what Calico refuses, and what it accepts and nobody can have meant."""

from __future__ import annotations

from collections.abc import Iterator

from ...calico.limits import DEFAULT_BLOCK_SIZE, LOAD_BALANCER_AFFINITY
from ...calico.pool_rules import POOL_CHECKS, PoolSpec, rule_applies
from ...calico.pool_selection import max_blocks_per_node
from ...findings import Finding
from ...model import Scenario
from ...write import to_manifest


def pools_that_calico_refuses(scenario: Scenario) -> Iterator[Finding]:
    """Find every rule of the release on a single pool that one of the scenario breaks."""
    checks = {code: check for code, check in POOL_CHECKS.items() if rule_applies(code, scenario.release, by_crd=False)}
    for pool in scenario.cluster.pools:
        pool_spec = PoolSpec.from_spec(to_manifest(pool)["spec"])
        for code, check in checks.items():
            for _, params in check(pool_spec):
                yield Finding(code, f"IPPool/{pool.name}", params)


def mixed_encapsulation(scenario: Scenario) -> Iterator[Finding]:
    """Find IPIP pools in a cluster of VXLAN pools, which has no need of BGP and often runs without it."""
    enabled_pools = [pool for pool in scenario.cluster.pools if not pool.disabled]
    vxlan_pool_names = sorted(pool.name for pool in enabled_pools if pool.vxlan_mode != "Never")
    for pool in enabled_pools:
        if vxlan_pool_names and pool.ipip_mode != "Never":
            yield Finding(
                "encapsulation-mixed", f"IPPool/{pool.name}", {"mode": pool.ipip_mode, "other": vxlan_pool_names[0]}
            )


def fewer_blocks_than_nodes(scenario: Scenario) -> Iterator[Finding]:
    """Find pools that cannot give each node that they select one block, growth included."""
    groups = scenario.plan.groups
    for pool in scenario.cluster.pools:
        if not pool.serves("Workload"):
            continue
        selected_nodes = sum(pool.selects_node(node.labels) for node in scenario.cluster.nodes)
        for group in groups:
            if pool.selects_node(group.node_labels):
                selected_nodes += group.nodes_after(scenario.plan.months)
        if pool.block_count < selected_nodes:
            yield Finding(
                "pool-blocks-short", f"IPPool/{pool.name}", {"blocks": pool.block_count, "nodes": selected_nodes}
            )


def load_balancer_cap(scenario: Scenario) -> Iterator[Finding]:
    """Find LoadBalancer pools larger than the blocks that services may hold: one owner for the whole cluster."""
    max_blocks = max_blocks_per_node(scenario.cluster.ipam.max_blocks_per_host)
    load_balancer_blocks = [block.cidr for block in scenario.cluster.blocks if block.affinity == LOAD_BALANCER_AFFINITY]
    for pool in scenario.cluster.pools:
        if not pool.serves("LoadBalancer"):
            continue
        params = {"cap": max_blocks, "addresses": max_blocks * pool.addresses_per_block, "blocks": pool.block_count}
        if sum(cidr in pool.cidr for cidr in load_balancer_blocks) >= max_blocks:
            yield Finding("loadbalancer-full", f"IPPool/{pool.name}", params)
        elif pool.block_count > max_blocks:
            yield Finding("loadbalancer-cap", f"IPPool/{pool.name}", params)


def per_node_prefix(scenario: Scenario) -> Iterator[Finding]:
    """Find a blockSize that is the prefix of the nodes' podCIDRs, a setting of other network plugins."""
    networks = scenario.networks
    prefixes = {(cidr.version, cidr.prefix) for node in scenario.cluster.nodes for cidr in node.pod_cidrs}
    prefixes |= {(4, networks.node_cidr_mask_size), (6, networks.node_cidr_mask_size_ipv6)}
    for pool in scenario.cluster.pools:
        if (pool.version, pool.block_size) in prefixes and pool.block_size != DEFAULT_BLOCK_SIZE[pool.version]:
            yield Finding("per-node-prefix", f"IPPool/{pool.name}", {"size": pool.block_size})
