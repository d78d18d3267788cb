"""Rules on ranges: pools against each other, the cluster CIDR, and the networks around."""

from __future__ import annotations

from collections.abc import Iterator

from ..capacity.demand import reserved
from ..cidr import Cidr
from ..findings import Finding
from ..limits import RESERVED_SHARE
from ..model import Scenario


def overlapping_pools(scenario: Scenario) -> Iterator[Finding]:
    """Calico refuses a pool that overlaps another, whatever either is for; kubectl lets it through."""
    earlier: list[tuple[Cidr, str]] = []
    for pool in sorted(scenario.cluster.pools, key=lambda pool: (pool.cidr, pool.name)):
        earlier = [(cidr, name) for cidr, name in earlier if cidr.overlaps(pool.cidr)]
        for cidr, name in earlier:
            numbers = {"cidr": str(pool.cidr), "other": name, "other_cidr": str(cidr)}
            yield Finding("pools-overlap", f"IPPool/{pool.name}", numbers)
        earlier.append((pool.cidr, pool.name))


def outside_cluster_cidr(scenario: Scenario) -> Iterator[Finding]:
    """kube-proxy and others take an address outside the cluster CIDR for one from outside the cluster."""
    for pool in scenario.cluster.pools:
        ranges = [cidr for cidr in scenario.networks.cluster if cidr.version == pool.version]
        if ranges and "LoadBalancer" not in pool.allowed_uses and not any(pool.cidr in cidr for cidr in ranges):
            numbers = {"cidr": str(pool.cidr), "cluster": ", ".join(map(str, ranges))}
            yield Finding("pool-outside-cluster", f"IPPool/{pool.name}", numbers)


def overlapping_networks(scenario: Scenario) -> Iterator[Finding]:
    """Tell of pools inside networks around: an address that two share is reached in one of them only."""
    for kind in ("services", "nodes", "peers"):
        for cidr in getattr(scenario.networks, kind):
            for pool in scenario.cluster.pools:
                if pool.cidr.overlaps(cidr):
                    numbers = {"cidr": str(pool.cidr), "network": str(cidr)}
                    yield Finding(f"pool-overlaps-{kind}", f"IPPool/{pool.name}", numbers)


def large_reservations(scenario: Scenario) -> Iterator[Finding]:
    """Reservations are for single addresses; a large one wastes its pool."""
    for pool in scenario.cluster.pools:
        kept = reserved(scenario, pool).addresses
        if kept > pool.cidr.size * RESERVED_SHARE:
            numbers = {"reserved": kept, "addresses": pool.cidr.size, "share": RESERVED_SHARE}
            yield Finding("reserved-much", f"IPPool/{pool.name}", numbers)
