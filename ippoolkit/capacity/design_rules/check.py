"""All findings on a scenario: the verdicts, what they entail, and every rule of this room."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ...findings import Finding, sort_by_severity
from ...model import Scenario
from ..demand import compute_demand, ip_versions
from ..evaluation import LIMIT_BLOCKS, LIMIT_BLOCKS_PER_NODE, Evaluation, PlanAtMonth, Status
from ..plan_tables import verdicts
from .networks import large_reservations, outside_cluster_cidr, overlapping_networks, overlapping_pools
from .pools import (
    fewer_blocks_than_nodes,
    load_balancer_cap,
    mixed_encapsulation,
    per_node_prefix,
    pools_that_calico_refuses,
)
from .selection import (
    idle_pools,
    more_pods_than_kubelet_runs,
    pools_selecting_no_node,
    windows_without_strict_affinity,
)

DESIGN_RULES: tuple[Callable[[Scenario], Iterable[Finding]], ...] = (
    pools_that_calico_refuses,
    overlapping_pools,
    overlapping_networks,
    windows_without_strict_affinity,
    outside_cluster_cidr,
    pools_selecting_no_node,
    large_reservations,
    mixed_encapsulation,
    load_balancer_cap,
    per_node_prefix,
    fewer_blocks_than_nodes,
    more_pods_than_kubelet_runs,
    idle_pools,
)


def check_design(scenario: Scenario) -> list[Finding]:
    """Return everything there is to say about a scenario, gravest first; the verdicts lead their kind."""
    findings = [verdict.finding for verdict in verdicts(scenario)]
    findings += borrowed_tunnels(scenario)
    findings += [finding for finding in design_findings(scenario) if not _is_covered_by_verdict(finding, scenario)]
    findings += fixed_block_size(scenario)
    return sort_by_severity(findings)


def design_findings(scenario: Scenario) -> list[Finding]:
    """Return what the rules of this room say, whatever the verdict on the plan."""
    return [finding for rule in DESIGN_RULES for finding in rule(scenario)]


def _is_covered_by_verdict(finding: Finding, scenario: Scenario) -> bool:
    """Whether the verdict on the plan says the same: a pool that stands alone has too few blocks."""
    if finding.code != "pool-blocks-short":
        return False
    workload_pools = [pool for pool in scenario.cluster.pools if pool.serves("Workload")]
    affected_pool = next(pool for pool in workload_pools if finding.subject == f"IPPool/{pool.name}")
    return sum(pool.version == affected_pool.version for pool in workload_pools) == 1


def borrowed_tunnels(scenario: Scenario) -> Iterator[Finding]:
    """Tell of nodes without a block: they draw even their tunnel address from another node's."""
    for version in ip_versions(scenario):
        demand = compute_demand(scenario, version)
        fill_result = Evaluation(PlanAtMonth(demand), demand.supply.block_classes).fill_result
        if fill_result.borrowed_tunnel_addresses:
            params = {"tunnels": fill_result.borrowed_tunnel_addresses, "nodes": fill_result.nodes_without_block}
            yield Finding("tunnels-borrowed", f"IPv{version}", params)


def fixed_block_size(scenario: Scenario) -> Iterator[Finding]:
    """Where blocks decide, it is worth knowing that their size is for good."""
    verdicts_with_problem = [
        verdict for verdict in verdicts(scenario) if verdict.status in (Status.FAILS, Status.TIGHT)
    ]
    if scenario.cluster.pools and any(
        verdict.limit in (LIMIT_BLOCKS, LIMIT_BLOCKS_PER_NODE) for verdict in verdicts_with_problem
    ):
        yield Finding("block-size-fixed", "", {})
