"""A cluster without the names of its people: what IPAM computes from stays, the rest goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ..limits import WINDOWS_HANDLE
from ..model import Allocation, Block, Cluster, Scenario
from ..selectors import SelectorError, parse

_OS = "kubernetes.io/os"


def redacted(scenario: Scenario) -> Scenario:
    """Return a scenario whose nodes, namespaces, pods, services and handles have numbers for names.

    Labels that no selector looks at, annotations and descriptions are dropped; ranges, addresses, names of pools and
    the labels that selectors need stay. A node starts its walk through a pool by its name: which block it claims next
    is therefore not the real one's.
    """
    cluster = scenario.cluster
    nodes = _numbered("node", [*(n.name for n in cluster.nodes), *_node_names(cluster)])
    spaces = _numbered("namespace", [*(n.name for n in cluster.namespaces), *(p.namespace for p in cluster.pods)])
    pods = _numbered("pod", (f"{pod.namespace}/{pod.name}" for pod in cluster.pods))
    services = _numbered("service", (f"{each.namespace}/{each.name}" for each in cluster.services))
    handles = _numbered("handle", [*_handle_names(cluster), *(each.handle_id for each in cluster.handles)])
    handles[WINDOWS_HANDLE] = WINDOWS_HANDLE
    keys = _used_labels(cluster)

    def labels(of: Mapping[str, str]) -> dict[str, str]:
        return {key: value for key, value in of.items() if key in keys}

    def held(each: Allocation) -> Allocation:
        name = f"{each.namespace}/{each.pod}"
        pod = pods.setdefault(name, f"pod-{len(pods) + 1:05d}") if each.pod else ""
        space = spaces.setdefault(each.namespace, f"namespace-{len(spaces) + 1:05d}") if each.namespace else ""
        handle = handles[each.handle] if each.handle else ""
        return replace(each, handle=handle, node=nodes.get(each.node, ""), namespace=space, pod=pod, timestamp="")

    def block(each: Block) -> Block:
        kind, _, owner = each.affinity.partition(":")
        affinity = f"host:{nodes[owner]}" if kind == "host" else each.affinity
        return replace(each, affinity=affinity, allocations=tuple(map(held, each.allocations)), claimed_at="")

    blocks = tuple(map(block, cluster.blocks))
    changes: dict[str, Any] = {
        "pools": tuple(replace(each, labels={}, annotations={}) for each in cluster.pools),
        "nodes": tuple(replace(n, name=nodes[n.name], labels=labels(n.labels), pod_cidrs=()) for n in cluster.nodes),
        "namespaces": tuple(replace(n, name=spaces[n.name], labels=labels(n.labels)) for n in cluster.namespaces),
        "pods": tuple(
            replace(pod, name=pods[f"{pod.namespace}/{pod.name}"], namespace=spaces[pod.namespace],
                    node=nodes.get(pod.node, ""))
            for pod in cluster.pods
        ),
        "services": tuple(
            replace(each, name=services[f"{each.namespace}/{each.name}"],
                    namespace=spaces.setdefault(each.namespace, f"namespace-{len(spaces) + 1:05d}"))
            for each in cluster.services
        ),
        "blocks": blocks,
        "affinities": tuple(
            replace(each, node=nodes.get(each.node, each.node) if each.type == "host" else each.node)
            for each in cluster.affinities
        ),
        "handles": tuple(replace(each, handle_id=handles[each.handle_id]) for each in cluster.handles),
    }  # fmt: skip
    return replace(scenario, name="redacted", description="", cluster=replace(cluster, **changes))


def _numbered(word: str, names: Iterable[str]) -> dict[str, str]:
    return {name: f"{word}-{at:05d}" for at, name in enumerate(dict.fromkeys(filter(None, names)), 1)}


def _node_names(cluster: Cluster) -> Iterable[str]:
    for block in cluster.blocks:
        yield block.host
        yield from (each.node for each in block.allocations)
    yield from (each.node for each in cluster.affinities if each.type == "host")
    yield from (pod.node for pod in cluster.pods)


def _handle_names(cluster: Cluster) -> Iterable[str]:
    return (each.handle for block in cluster.blocks for each in block.allocations if each.handle != WINDOWS_HANDLE)


def _used_labels(cluster: Cluster) -> set[str]:
    """Return the labels that any selector looks at, and the operating system's."""
    keys = {_OS}
    for pool in cluster.pools:
        for text in (pool.node_selector, pool.namespace_selector):
            try:
                keys |= set(parse(text).labels)
            except SelectorError:
                continue
    return keys
