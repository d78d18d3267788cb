"""A cluster without the names of its people: what IPAM computes from stays, the rest goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ..calico.limits import WINDOWS_HANDLE
from ..calico.selectors import SelectorError, parse_selector
from ..model import Allocation, Block, Cluster, Scenario

OS_LABEL = "kubernetes.io/os"


def redacted(scenario: Scenario) -> Scenario:
    """Return a scenario whose nodes, namespaces, pods, services and handles have numbers for names.

    Labels that no selector looks at, annotations and descriptions are dropped; ranges, addresses, names of pools and
    the labels that selectors need stay. A node starts its walk through a pool by its name: which block it claims next
    is therefore not the real one's.
    """
    cluster = scenario.cluster
    nodes = _numbered_names("node", [*(node.name for node in cluster.nodes), *_node_names(cluster)])
    namespaces = _numbered_names(
        "namespace", [*(node.name for node in cluster.namespaces), *(p.namespace for p in cluster.pods)]
    )
    pods = _numbered_names("pod", (f"{pod.namespace}/{pod.name}" for pod in cluster.pods))
    services = _numbered_names("service", (f"{service.namespace}/{service.name}" for service in cluster.services))
    handles = _numbered_names(
        "handle", [*_handle_names(cluster), *(ipam_handle.handle_id for ipam_handle in cluster.handles)]
    )
    handles[WINDOWS_HANDLE] = WINDOWS_HANDLE
    kept_labels = _selector_labels(cluster)

    def labels(all_labels: Mapping[str, str]) -> dict[str, str]:
        return {key: value for key, value in all_labels.items() if key in kept_labels}

    def held(allocation: Allocation) -> Allocation:
        name = f"{allocation.namespace}/{allocation.pod}"
        pod = pods.setdefault(name, f"pod-{len(pods) + 1:05d}") if allocation.pod else ""
        namespace = (
            namespaces.setdefault(allocation.namespace, f"namespace-{len(namespaces) + 1:05d}")
            if allocation.namespace
            else ""
        )
        handle = handles[allocation.handle] if allocation.handle else ""
        return replace(
            allocation, handle=handle, node=nodes.get(allocation.node, ""), namespace=namespace, pod=pod, timestamp=""
        )

    def block(original: Block) -> Block:
        kind, _, owner = original.affinity.partition(":")
        affinity = f"host:{nodes[owner]}" if kind == "host" else original.affinity
        return replace(original, affinity=affinity, allocations=tuple(map(held, original.allocations)), claimed_at="")

    blocks = tuple(map(block, cluster.blocks))
    changes: dict[str, Any] = {
        "pools": tuple(replace(pool, labels={}, annotations={}) for pool in cluster.pools),
        "nodes": tuple(
            replace(node, name=nodes[node.name], labels=labels(node.labels), pod_cidrs=()) for node in cluster.nodes
        ),
        "namespaces": tuple(
            replace(node, name=namespaces[node.name], labels=labels(node.labels)) for node in cluster.namespaces
        ),
        "pods": tuple(
            replace(
                pod,
                name=pods[f"{pod.namespace}/{pod.name}"],
                namespace=namespaces[pod.namespace],
                node=nodes.get(pod.node, ""),
            )
            for pod in cluster.pods
        ),
        "services": tuple(
            replace(
                service,
                name=services[f"{service.namespace}/{service.name}"],
                namespace=namespaces.setdefault(service.namespace, f"namespace-{len(namespaces) + 1:05d}"),
            )
            for service in cluster.services
        ),
        "blocks": blocks,
        "affinities": tuple(
            replace(
                block_affinity,
                node=nodes.get(block_affinity.node, block_affinity.node)
                if block_affinity.type == "host"
                else block_affinity.node,
            )
            for block_affinity in cluster.affinities
        ),
        "handles": tuple(
            replace(ipam_handle, handle_id=handles[ipam_handle.handle_id]) for ipam_handle in cluster.handles
        ),
    }
    return replace(scenario, name="redacted", description="", cluster=replace(cluster, **changes))


def _numbered_names(word: str, names: Iterable[str]) -> dict[str, str]:
    return {name: f"{word}-{index:05d}" for index, name in enumerate(dict.fromkeys(filter(None, names)), 1)}


def _node_names(cluster: Cluster) -> Iterable[str]:
    for block in cluster.blocks:
        yield block.host
        yield from (allocation.node for allocation in block.allocations)
    yield from (affinity.node for affinity in cluster.affinities if affinity.type == "host")
    yield from (pod.node for pod in cluster.pods)


def _handle_names(cluster: Cluster) -> Iterable[str]:
    return (
        allocation.handle
        for block in cluster.blocks
        for allocation in block.allocations
        if allocation.handle != WINDOWS_HANDLE
    )


def _selector_labels(cluster: Cluster) -> set[str]:
    """Return the labels that any selector looks at, and the operating system's."""
    keys = {OS_LABEL}
    for pool in cluster.pools:
        for text in (pool.node_selector, pool.namespace_selector):
            try:
                keys |= set(parse_selector(text).labels)
            except SelectorError:
                continue
    return keys
