"""Rules on who may use a pool: selectors, uses, operating systems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from ...calico.pool_selection import allows
from ...calico.selectors import SelectorError, parse_selector
from ...cidr import ADDRESS_BITS
from ...findings import Finding
from ...model import Cluster, Scenario
from ..idle_pools import idle_reason_code


def pools_selecting_no_node(scenario: Scenario) -> Iterator[Finding]:
    """Find pools whose nodeSelector matches no node, often by a slip of quoting."""
    labels = _labels_of_all_nodes(scenario)
    for pool in scenario.cluster.pools:
        try:
            selector = parse_selector(pool.node_selector)
        except SelectorError:
            continue  # reported elsewhere
        if labels and not any(selector.match_many(labels)):
            yield Finding("pool-selects-none", f"IPPool/{pool.name}", {"selector": pool.node_selector})


def pools_named_by_cni(scenario: Scenario) -> Iterator[Finding]:
    """Say which pools the nodes' CNI configuration leaves to pods, and which of them cannot serve any."""
    cluster = scenario.cluster
    for version in ADDRESS_BITS:
        named_pools = cluster.cni_pools(version)
        serving = {name for pool in cluster.pools if allows(pool, "Workload") for name in (pool.name, str(pool.cidr))}
        missing = [name for name in named_pools if name not in serving] if cluster.has_read("IPPool") else []
        for name in missing:
            yield Finding("cni-pool-missing", f"IPPool/{name}", {"pool": name})
        if named_pools and not missing:
            yield Finding("cni-pools-only", f"IPv{version}", {"pools": ", ".join(named_pools)})


def cni_not_read(scenario: Scenario) -> Iterator[Finding]:
    """Say of a cluster with several pools that its nodes' CNI configuration, which may name some, is unknown."""
    cluster = scenario.cluster
    is_existing = bool(cluster.nodes or cluster.pods or cluster.blocks) and bool(cluster.unknown)
    if is_existing and depends_on_cni(cluster):
        yield Finding("cni-unknown")


def depends_on_cni(cluster: Cluster) -> bool:
    """Whether there are several pools of a family that a CNI configuration which nobody read may choose among."""
    counts = Counter(pool.version for pool in cluster.pools if allows(pool, "Workload"))
    return cluster.cni is None and any(count > 1 for count in counts.values())


def strict_affinity_without_nodes(scenario: Scenario) -> Iterator[Finding]:
    """Say what strictAffinity means where there are no nodes that it could be held against."""
    if scenario.cluster.ipam.strict_affinity and not scenario.cluster.nodes and not scenario.plan.groups:
        yield Finding("strict-no-nodes", "IPAMConfiguration/default")


def idle_pools(scenario: Scenario) -> Iterator[Finding]:
    """Find pools that serve no pods automatically: they count for nothing in the plan."""
    for pool in scenario.cluster.pools:
        if code := idle_reason_code(pool):
            yield Finding(code, f"IPPool/{pool.name}")


def windows_without_strict_affinity(scenario: Scenario) -> Iterator[Finding]:
    """Windows nodes cannot use borrowed addresses."""
    if scenario.cluster.ipam.strict_affinity:
        return
    windows_names = [group.name for group in scenario.plan.groups if group.os == "windows"]
    windows_names += [node.name for node in scenario.cluster.nodes if node.windows]
    if windows_names:
        code = "windows-strict" if scenario.cluster.has_read("IPAMConfiguration") else "windows-strict-unknown"
        yield Finding(code, "IPAMConfiguration/default", {"group": windows_names[0], "count": len(windows_names)})


def more_pods_than_kubelet_runs(scenario: Scenario) -> Iterator[Finding]:
    """Kubelet stops at its max-pods, whatever addresses there are."""
    for group in scenario.plan.groups:
        pods_on_busiest_node = max(group.pods_per_node, group.pods_on_busiest_node)
        if pods_on_busiest_node > group.max_pods:
            yield Finding("max-pods", f"NodeGroup/{group.name}", {"pods": pods_on_busiest_node, "most": group.max_pods})


def _labels_of_all_nodes(scenario: Scenario) -> list[Mapping[str, str]]:
    existing = [node.labels for node in scenario.cluster.nodes]
    return existing + [group.node_labels for group in scenario.plan.groups]
