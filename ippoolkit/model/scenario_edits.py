"""Scenarios with one thing changed: what a planner's sliders and the command line's options do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..caching import cache_last
from .cluster import OS_LABEL, Cluster
from .scenario import NodeGroup, Scenario


def nodes_as_group(scenario: Scenario) -> NodeGroup:
    """Sum up the nodes that exist and are planned: their number, mean and greatest number of pods, shared labels.

    Parameters
    ----------
    scenario
        The design.
    """
    cluster, groups = scenario.cluster, scenario.plan.groups
    pods_on_nodes = _pod_count_by_node(cluster)
    nodes = len(pods_on_nodes) + sum(group.nodes for group in groups)
    pods = sum(pods_on_nodes) + sum(group.nodes * group.pods_per_node for group in groups)
    label_sets = [node.labels for node in cluster.nodes] + [group.labels for group in groups]
    operating_systems = {node.labels.get(OS_LABEL, "linux") for node in cluster.nodes} | {group.os for group in groups}
    pods_per_node = -(-pods // nodes) if nodes else max((group.pods_per_node for group in groups), default=0)
    return NodeGroup(
        name=groups[0].name if len(groups) == 1 and not pods_on_nodes else "nodes",
        nodes=nodes,
        pods_per_node=pods_per_node,
        pods_on_busiest_node=max([pods_per_node, *pods_on_nodes, *(group.pods_on_busiest_node for group in groups)]),
        nodes_per_month=sum(group.nodes_per_month for group in groups),
        pods_per_node_per_month=max((group.pods_per_node_per_month for group in groups), default=0),
        os="windows" if operating_systems == {"windows"} else "linux",
        max_blocks=max((group.max_blocks for group in groups), default=0),
        max_pods=max([*(node.max_pods for node in cluster.nodes), *(group.max_pods for group in groups)], default=110),
        labels=_common_labels(label_sets),
    )


@cache_last(lambda cluster: (cluster.nodes, cluster.pods))
def _pod_count_by_node(cluster: Cluster) -> list[int]:
    counts = Counter(pod.node for pod in cluster.pods if pod.node and not pod.host_network and not pod.finished)
    return [counts[node.name] for node in cluster.nodes]


def with_single_group(scenario: Scenario, **changes: Any) -> Scenario:
    """Put one group in the place of all nodes, existing and planned.

    Parameters
    ----------
    scenario
        The design; its pools, configuration and networks stay.
    changes
        Fields of the `NodeGroup` that differ from `nodes_as_group`. Where `pods_per_node` changes alone, the busiest node
        has as many.
    """
    if "pods_per_node" in changes:
        changes.setdefault("pods_on_busiest_node", changes["pods_per_node"])
    plan = replace(scenario.plan, groups=(replace(nodes_as_group(scenario), **changes),))
    cluster = replace(scenario.cluster, nodes=(), namespaces=(), pods=(), blocks=())
    return replace(scenario, cluster=cluster, plan=plan)


def with_pool(scenario: Scenario, pool_name: str, **changes: Any) -> Scenario:
    """Change fields of one pool.

    Parameters
    ----------
    scenario
        The design.
    pool_name
        Name of the pool.
    changes
        Fields of the `IPPool` that are to differ.

    Raises
    ------
    KeyError
        When there is no such pool.
    """
    changed_pool = replace(scenario.cluster.pool(pool_name), **changes)
    pools = tuple(changed_pool if pool.name == pool_name else pool for pool in scenario.cluster.pools)
    return replace(scenario, cluster=replace(scenario.cluster, pools=pools))


def _common_labels(label_sets: list[Mapping[str, str]]) -> dict[str, str]:
    """Return the labels that all have alike."""
    if not label_sets:
        return {}
    first, *others = label_sets
    return {key: value for key, value in first.items() if all(other.get(key) == value for other in others)}
