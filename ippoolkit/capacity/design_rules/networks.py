"""Rules on ranges: pools against each other, the cluster CIDR, and the networks around."""

from __future__ import annotations

from collections.abc import Iterator

from ...calico.limits import MAX_RESERVED_SHARE
from ...cidr import Cidr
from ...findings import Finding
from ...model import Networks, Scenario
from ..supply import reserved_coverage


def overlapping_pools(scenario: Scenario) -> Iterator[Finding]:
    """Calico refuses a pool that overlaps another, whatever either is for; kubectl lets it through."""
    overlapping_so_far: list[tuple[Cidr, str]] = []
    for pool in sorted(scenario.cluster.pools, key=lambda pool: (pool.cidr, pool.name)):
        overlapping_so_far = [(cidr, name) for cidr, name in overlapping_so_far if cidr.overlaps(pool.cidr)]
        for cidr, name in overlapping_so_far:
            params = {"cidr": str(pool.cidr), "other": name, "other_cidr": str(cidr)}
            yield Finding("pools-overlap", f"IPPool/{pool.name}", params)
        overlapping_so_far.append((pool.cidr, pool.name))


def outside_cluster_cidr(scenario: Scenario) -> Iterator[Finding]:
    """kube-proxy and others take an address outside the cluster CIDR for one from outside the cluster."""
    for pool in scenario.cluster.pools:
        if "LoadBalancer" not in pool.allowed_uses:
            yield from range_outside_cluster(pool.cidr, scenario.networks, f"IPPool/{pool.name}")


def range_outside_cluster(cidr: Cidr, networks: Networks, subject: str) -> Iterator[Finding]:
    """Say that a range for pods is outside the cluster CIDRs of its family, where these are known."""
    cluster_cidrs = [cluster_cidr for cluster_cidr in networks.cluster if cluster_cidr.version == cidr.version]
    if cluster_cidrs and not any(cidr in cluster_cidr for cluster_cidr in cluster_cidrs):
        params = {"cidr": str(cidr), "cluster": ", ".join(map(str, cluster_cidrs))}
        yield Finding("pool-outside-cluster", subject, params)


def overlapping_networks(scenario: Scenario) -> Iterator[Finding]:
    """Find pools inside networks around: an address that two share is reached in one of them only."""
    for kind in ("services", "nodes", "peers"):
        for cidr in getattr(scenario.networks, kind):
            if kind == "nodes" and cidr.size == 1:
                continue  # an address of one node: see `pools_over_nodes`
            for pool in scenario.cluster.pools:
                if pool.cidr.overlaps(cidr):
                    params = {"cidr": str(pool.cidr), "network": str(cidr)}
                    yield Finding(f"pool-overlaps-{kind}", f"IPPool/{pool.name}", params)


def large_reservations(scenario: Scenario) -> Iterator[Finding]:
    """Reservations are for single addresses; a large one wastes its pool."""
    for pool in scenario.cluster.pools:
        reserved_addresses = reserved_coverage(scenario, pool.cidr).address_count
        if reserved_addresses > pool.cidr.size * MAX_RESERVED_SHARE:
            params = {"reserved": reserved_addresses, "addresses": pool.cidr.size, "share": MAX_RESERVED_SHARE}
            yield Finding("reserved-much", f"IPPool/{pool.name}", params)
