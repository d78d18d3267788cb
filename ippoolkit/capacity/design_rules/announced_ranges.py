"""Rules on what BGP announces of pools for services."""

from __future__ import annotations

from collections.abc import Iterator

from ...findings import Finding
from ...model import Scenario


def load_balancer_ranges(scenario: Scenario) -> Iterator[Finding]:
    """Find LoadBalancer pools outside the ranges of load balancers that the BGPConfiguration announces."""
    bgp = scenario.cluster.bgp
    announced = bgp.service_load_balancer_ips if bgp else ()
    for pool in scenario.cluster.pools:
        if announced and "LoadBalancer" in pool.allowed_uses and not any(pool.cidr in cidr for cidr in announced):
            params = {"cidr": str(pool.cidr), "announced": ", ".join(map(str, announced))}
            yield Finding("loadbalancer-not-announced", f"IPPool/{pool.name}", params)
