"""All findings on a scenario: the verdicts, what they entail, and every rule of this package."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from ...findings import Finding, sort_by_severity
from ...model import Scenario
from ..evaluation import PlanEvaluation
from ..verdict import LIMIT_BLOCKS, LIMIT_BLOCKS_PER_NODE, Status, Verdict
from .announced_ranges import load_balancer_ranges
from .networks import large_reservations, outside_cluster_cidr, overlapping_networks, overlapping_pools
from .node_networks import enclosed_pools, per_node_ranges, pools_over_nodes
from .pool_selectors import (
    cni_not_read,
    idle_pools,
    more_pods_than_kubelet_runs,
    pools_named_by_cni,
    pools_selecting_no_node,
    strict_affinity_without_nodes,
    windows_without_strict_affinity,
)
from .pools import (
    fewer_blocks_than_nodes,
    load_balancer_cap,
    mixed_encapsulation,
    per_node_prefix,
    pools_that_calico_refuses,
)
from .special_ranges import special_ranges

# Those that ask for nothing that a table of pools leaves out.
LISTED_POOL_RULES: tuple[Callable[[Scenario], Iterable[Finding]], ...] = (
    pools_that_calico_refuses,
    overlapping_pools,
    enclosed_pools,
    overlapping_networks,
    pools_over_nodes,
    special_ranges,
    windows_without_strict_affinity,
    outside_cluster_cidr,
    pools_selecting_no_node,
    pools_named_by_cni,
    strict_affinity_without_nodes,
)
DESIGN_RULES: tuple[Callable[[Scenario], Iterable[Finding]], ...] = (
    *LISTED_POOL_RULES,
    cni_not_read,
    large_reservations,
    mixed_encapsulation,
    load_balancer_cap,
    load_balancer_ranges,
    per_node_prefix,
    per_node_ranges,
    fewer_blocks_than_nodes,
    more_pods_than_kubelet_runs,
    idle_pools,
)


def check_design(scenario: Scenario, plans: Sequence[PlanEvaluation], verdicts: Sequence[Verdict]) -> list[Finding]:
    """Return everything there is to say about a scenario, most severe first; the verdicts lead their severity.

    Parameters
    ----------
    scenario
        The design.
    plans
        Its evaluation for each IP version.
    verdicts
        The verdicts on them, or the one that there is no pool.
    """
    findings = [verdict.finding for verdict in verdicts]
    findings += borrowed_tunnels(plans)
    findings += [finding for finding in design_findings(scenario) if not _is_covered_by_verdict(finding, scenario)]
    findings += fixed_block_size(scenario, verdicts)
    findings += pods_not_read(scenario)
    return sort_by_severity(findings)


def design_findings(scenario: Scenario) -> list[Finding]:
    """Return what the rules of this package say, whatever the verdict on the plan."""
    return [finding for rule in DESIGN_RULES for finding in rule(scenario)]


def listed_pool_findings(scenario: Scenario) -> list[Finding]:
    """Return what is to be said of pools of which only a table tells."""
    return [finding for rule in LISTED_POOL_RULES for finding in rule(scenario)]


def _is_covered_by_verdict(finding: Finding, scenario: Scenario) -> bool:
    """Whether the verdict on the plan says the same: a pool that stands alone has too few blocks."""
    if finding.code != "pool-blocks-short":
        return False
    workload_pools = [pool for pool in scenario.cluster.pools if pool.serves("Workload")]
    affected_pool = next(pool for pool in workload_pools if finding.subject == f"IPPool/{pool.name}")
    return sum(pool.version == affected_pool.version for pool in workload_pools) == 1


def borrowed_tunnels(plans: Iterable[PlanEvaluation]) -> Iterator[Finding]:
    """Report nodes without a block: they borrow even their tunnel address from another node's block."""
    for plan in plans:
        fill_result = plan.start.fill_result
        if fill_result.borrowed_tunnel_addresses:
            params = {"tunnels": fill_result.borrowed_tunnel_addresses, "nodes": fill_result.nodes_without_block}
            yield Finding("tunnels-borrowed", plan.subject, params)


def pods_not_read(scenario: Scenario) -> Iterator[Finding]:
    """Say where nodes exist and their pods were not read: what these need beside a block a node is not counted."""
    cluster = scenario.cluster
    if not cluster.lacks_pods:
        return
    params: dict[str, object] = {"nodes": len(cluster.nodes)}
    if usage := cluster.block_usage:
        params |= {"blocks": len(usage), "used": sum(block.used for block in usage)}
        yield Finding("pods-not-read-blocks", "", params)
    elif used := sum(len(block.pod_allocations) for block in cluster.blocks):
        yield Finding("pods-not-read-allocations", "", params | {"used": used})
    else:
        yield Finding("pods-not-read", "", params)


def fixed_block_size(scenario: Scenario, verdicts: Iterable[Verdict]) -> Iterator[Finding]:
    """Where blocks decide, it is worth knowing that the size of a pool's blocks cannot be changed."""
    if scenario.cluster.pools and any(
        verdict.status in (Status.FAILS, Status.TIGHT) and verdict.limit in (LIMIT_BLOCKS, LIMIT_BLOCKS_PER_NODE)
        for verdict in verdicts
    ):
        yield Finding("block-size-fixed", "", {})
