"""Scenarios with one thing changed: what a planner's sliders and the command line's options do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from ..caching import cache_last
from ..calico.limits import KUBELET_MAX_PODS
from ..calico.pool_selection import OS_LABEL
from ..cidr import Cidr
from ..errors import InputError
from ..findings import Finding
from .calico_objects import Block, BlockUsage
from .cluster import Cluster, Node
from .scenario import NodeGroup, Scenario

HOSTNAME_LABEL = "kubernetes.io/hostname"


def nodes_as_group(scenario: Scenario) -> NodeGroup:
    """Sum up the nodes that exist and are planned.

    Parameters
    ----------
    scenario
        The design.

    Returns
    -------
    NodeGroup
        The number of nodes, their mean number of pods, rounded up, and the greatest, and the labels that all share.
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
        max_pods=max(
            [*(node.max_pods for node in cluster.nodes), *(group.max_pods for group in groups)],
            default=KUBELET_MAX_PODS,
        ),
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
        Fields of the `NodeGroup` that differ from `nodes_as_group`. Where `pods_per_node` changes alone, the
        busiest node has as many.

    Returns
    -------
    Scenario
        A copy without the nodes, namespaces, pods and blocks that exist.
    """
    if "pods_per_node" in changes:
        changes.setdefault("pods_on_busiest_node", changes["pods_per_node"])
    return _with_groups_only(scenario, (replace(nodes_as_group(scenario), **changes),))


def with_scaled_groups(scenario: Scenario, sizes: Mapping[str, int] = {}, **changes: Any) -> Scenario:
    """Put groups in the place of all nodes, existing and planned, and scale them to the numbers that are asked for.

    Nodes that the pools' selectors treat alike become one group with their labels, so that 50 nodes of which 10 are
    labelled become, for 100, 100 of which 20 are.

    Parameters
    ----------
    scenario
        The design; its pools, configuration and networks stay.
    sizes
        Numbers of nodes by group: by its name, or by a label ``key=value`` that only its nodes have. The other groups
        stay, or share what ``nodes`` leaves.
    changes
        ``nodes``: how many in all; other fields of `NodeGroup`, which every group takes.

    Raises
    ------
    InputError
        Where there is no such group, or `sizes` add up to more than ``nodes``.
    """
    groups = _groups_of_nodes(scenario)
    if len(groups) < 2 and not sizes:
        return with_single_group(scenario, **changes)
    node_count = changes.pop("nodes", None)
    if "pods_per_node" in changes:
        changes.setdefault("pods_on_busiest_node", changes["pods_per_node"])
    groups = _sized_groups(groups, sizes, node_count)
    growth = changes.pop("nodes_per_month", None)
    if growth is not None:
        total = sum(group.nodes for group in groups)
        shares = [Fraction(group.nodes, total) if total else Fraction(1, len(groups)) for group in groups]
        groups = [
            replace(group, nodes_per_month=float(Fraction(str(growth)) * share))
            for group, share in zip(groups, shares, strict=True)
        ]
    return _with_groups_only(scenario, tuple(replace(group, **changes) for group in groups))


def _sized_groups(groups: list[NodeGroup], sizes: Mapping[str, int], node_count: int | None) -> list[NodeGroup]:
    """Give some groups their own number of nodes, and the others what is left of the number of all."""
    own_counts = {_index_of_group(groups, name): count for name, count in sizes.items()}
    other_indexes = [index for index in range(len(groups)) if index not in own_counts]
    counts = [own_counts.get(index, group.nodes) for index, group in enumerate(groups)]
    if node_count is not None:
        nodes_left = node_count - sum(own_counts.values())
        if nodes_left < 0 or (nodes_left and not other_indexes):
            params = {"named": sum(own_counts.values()), "nodes": node_count}
            raise InputError([Finding("group-sum", "--group", params)])
        if other_indexes:
            shared_counts = _apportion([groups[index].nodes for index in other_indexes], nodes_left)
            for index, count in zip(other_indexes, shared_counts, strict=True):
                counts[index] = count
    return [replace(group, nodes=count) for group, count in zip(groups, counts, strict=True)]


def _index_of_group(groups: list[NodeGroup], name: str) -> int:
    key, equals, value = name.partition("=")
    matching = [
        index
        for index, group in enumerate(groups)
        if group.name == name or (equals and group.node_labels.get(key) == value)
    ]
    if len(matching) != 1:
        group_list = ", ".join(f"{group.name} ({group.nodes})" for group in groups) or "-"
        raise InputError([Finding("group-unknown", "--group", {"name": name, "groups": group_list})])
    return matching[0]


def _with_groups_only(scenario: Scenario, groups: tuple[NodeGroup, ...]) -> Scenario:
    """Put groups in the place of all nodes; the nodes' networks, and their addresses inside pools, stay known."""
    nodes, pools = scenario.cluster.nodes, scenario.cluster.pools
    networks = [*scenario.networks.nodes, *(network for node in nodes for network in node.networks)]
    networks += [
        Cidr.of_address(address)
        for node in nodes
        for address in node.addresses
        if any(address in pool.cidr for pool in pools)
    ]
    return replace(
        scenario,
        cluster=replace(scenario.cluster, nodes=(), namespaces=(), pods=(), blocks=()),
        plan=replace(scenario.plan, groups=groups),
        networks=replace(scenario.networks, nodes=tuple(dict.fromkeys(networks))),
    )


def _groups_of_nodes(scenario: Scenario) -> list[NodeGroup]:
    """Return the planned groups, and one for the existing nodes of each kind: chosen by the same pools, same system."""
    cluster = scenario.cluster
    pods = dict(zip((node.name for node in cluster.nodes), _pod_count_by_node(cluster), strict=True))
    nodes_by_kind: dict[tuple[object, ...], list[Node]] = {}
    for node in cluster.nodes:
        selected = tuple(pool.selects_node(node.labels) for pool in cluster.pools)
        nodes_by_kind.setdefault((selected, node.windows), []).append(node)
    groups = []
    for number, nodes in enumerate(nodes_by_kind.values(), 1):
        labels = _common_labels([node.labels for node in nodes])
        if any(pool.selects_node(labels) != pool.selects_node(nodes[0].labels) for pool in cluster.pools):
            labels = {key: value for key, value in nodes[0].labels.items() if key != HOSTNAME_LABEL}
        counts = [pods[node.name] for node in nodes]
        mean = -(-sum(counts) // len(nodes))
        groups.append(
            NodeGroup(
                name="nodes" if len(nodes_by_kind) == 1 else _name_of_kind(labels, cluster.nodes, number),
                nodes=len(nodes),
                pods_per_node=mean,
                pods_on_busiest_node=max(mean, *counts),
                os="windows" if nodes[0].windows else "linux",
                max_pods=max(node.max_pods for node in nodes),
                labels=labels,
            )
        )
    existing_names = {group.name for group in groups}
    return groups + [
        replace(group, name=f"{group.name}-planned") if group.name in existing_names else group
        for group in scenario.plan.groups
    ]


def _name_of_kind(labels: Mapping[str, str], nodes: tuple[Node, ...], number: int) -> str:
    """Name nodes of one kind by the label that others do not have: `gpu-true`; by a number where there is none."""
    common = _common_labels([node.labels for node in nodes])
    names = (f"{key.rpartition('/')[2]}-{value}" for key, value in labels.items() if common.get(key) != value)
    return next(names, f"nodes-{number}")


def _apportion(counts: list[int], total: int) -> list[int]:
    """Share a total out in proportion to counts, so that the parts add up: by largest remainder."""
    count_sum = sum(counts)
    if not count_sum:
        return [total, *[0] * (len(counts) - 1)]
    parts = [count * total // count_sum for count in counts]
    by_remainder = sorted(range(len(counts)), key=lambda index: (-(counts[index] * total % count_sum), index))
    for index in by_remainder[: total - sum(parts)]:
        parts[index] += 1
    return parts


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

    Returns
    -------
    Scenario
        A copy with the changed pool. Blocks of another size than it has now, or outside of its new range, are gone:
        they would have to be claimed anew. Where pods were not read, how many addresses these held is kept.

    Raises
    ------
    KeyError
        When there is no such pool.
    """
    old_pool = scenario.cluster.pool(pool_name)
    changed_pool = replace(old_pool, **changes)
    pools = tuple(changed_pool if pool is old_pool else pool for pool in scenario.cluster.pools)
    cluster = replace(scenario.cluster, pools=pools)
    if (changed_pool.cidr, changed_pool.block_size) == (old_pool.cidr, old_pool.block_size):
        return replace(scenario, cluster=cluster)
    remaining: list[Block] = []
    released: list[Block] = []
    for block in cluster.blocks:
        fits = block.cidr in changed_pool.cidr and block.cidr.prefix == changed_pool.block_size
        (remaining if fits or block.cidr not in old_pool.cidr else released).append(block)
    usage = cluster.block_usage
    if cluster.lacks_pods:
        usage += tuple(BlockUsage(cidr=block.cidr, used=len(block.pod_allocations)) for block in released)
    return replace(scenario, cluster=replace(cluster, blocks=tuple(remaining), block_usage=usage))


def _common_labels(label_sets: list[Mapping[str, str]]) -> dict[str, str]:
    """Return the labels that all have alike."""
    if not label_sets:
        return {}
    first, *further_sets = label_sets
    return {key: value for key, value in first.items() if all(labels.get(key) == value for labels in further_sets)}
