"""Checks on who gets addresses from where: nodes without a pool, annotations that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator

from ...calico.pool_selection import TUNNEL_TYPES, is_malformed_request, selects_namespace
from ...capacity.supply import compute_supply, ip_versions, pools_for, tunnel_pools
from ...findings import Finding, abbreviate_names
from ...model import Namespace, Node, Pod, Scenario
from .context import AuditContext, names_params


def nodes_without_pool(context: AuditContext) -> Iterator[Finding]:
    """Find nodes that no pool selects, for pods and for tunnels."""
    scenario = context.scenario
    for version in ip_versions(scenario):
        pool_supply = compute_supply(scenario, version)
        nodes = [node for node in scenario.cluster.nodes if not (node.windows and version == 6)]
        uncovered = [node.name for node in nodes if not pools_for(pool_supply, node.labels)]
        if uncovered and any(pool.serves("Workload") for pool in pool_supply.pools):
            yield Finding("node-without-pool", f"IPv{version}", {**names_params(uncovered), "version": version})
        if version == 4:
            yield from _windows_without_tunnel(scenario)
        nodes = [node for node in nodes if not node.windows]
        tunnels_by_node = {node.name: set(tunnel_pools(scenario, pool_supply, node.labels)) for node in nodes}
        tunnels_in_use = set().union(*tunnels_by_node.values()) if tunnels_by_node else set()
        for tunnel in (tunnel_type for tunnel_type in TUNNEL_TYPES if tunnel_type in tunnels_in_use):
            uncovered = [name for name, node_tunnels in tunnels_by_node.items() if tunnel not in node_tunnels]
            without_address = [
                node.name
                for node in nodes
                if tunnel in tunnels_by_node[node.name]
                and _is_from_cluster(node, scenario)
                and not any(
                    tunnel_address.type == tunnel and tunnel_address.address.version == version
                    for tunnel_address in node.tunnels
                )
            ]
            for code, names in (("node-without-tunnel-pool", uncovered), ("node-without-tunnel", without_address)):
                if names:
                    params = {**names_params(names), "version": version, "tunnel": tunnel}
                    yield Finding(code, f"IPv{version}", params)


def _is_from_cluster(node: Node, scenario: Scenario) -> bool:
    """Whether a node was read from a cluster; one that an installer's inventory lists has no annotations yet."""
    return bool(node.tunnels or node.networks) or scenario.cluster.has_read("IPAMBlock")


def _windows_without_tunnel(scenario: Scenario) -> Iterator[Finding]:
    """Find Windows nodes whose VXLAN tunnel has no address: neither startup nor the CNI plugin has set it."""
    pools = [pool for pool in scenario.cluster.pools if pool.vxlan_mode != "Never" and not pool.disabled]
    without_address = [
        node.name
        for node in scenario.cluster.nodes
        if node.windows
        and any(pool.version == 4 and pool.selects_node(node.labels) for pool in pools)
        and _is_from_cluster(node, scenario)
        and not any(tunnel.type == "vxlan" and tunnel.address.version == 4 for tunnel in node.tunnels)
    ]
    if without_address:
        yield Finding("windows-without-tunnel", "IPv4", names_params(without_address))


def namespaces_without_pool(context: AuditContext) -> Iterator[Finding]:
    """Find pools whose namespaceSelector matches no namespace."""
    namespaces = context.cluster.namespaces
    for pool in context.index.pools:
        if pool.namespace_selector and not any(selects_namespace(pool, namespace.labels) for namespace in namespaces):
            yield Finding("pool-selects-no-namespace", f"IPPool/{pool.name}", {"selector": pool.namespace_selector})


def pools_named(context: AuditContext) -> Iterator[Finding]:
    """Find annotations that name a pool which is disabled or missing: new pods get no address."""
    cluster = context.cluster
    pools_by_name = {name: pool for pool in cluster.pools for name in (str(pool.cidr), pool.name)}
    annotated_objects: list[tuple[str, Namespace | Pod]] = [(item.name, item) for item in cluster.namespaces]
    annotated_objects += [(f"{pod.namespace}/{pod.name}", pod) for pod in cluster.pods if not pod.finished]
    objects_by_problem: dict[tuple[str, str], dict[str, Namespace | Pod]] = {}
    for label, annotated in annotated_objects:
        for name in (*annotated.ipv4_pools, *annotated.ipv6_pools):
            if name not in pools_by_name or pools_by_name[name].disabled:
                problem = (
                    "malformed" if is_malformed_request(name) else "disabled" if name in pools_by_name else "missing"
                )
                objects_by_problem.setdefault((problem, name), {})[label] = annotated
    for (problem, name), objects in objects_by_problem.items():
        pods = sum(isinstance(annotated, Pod) for annotated in objects.values())
        params = {
            "value" if problem == "malformed" else "pool": name,
            "spaces": len(objects) - pods,
            "pods": pods,
            "which": abbreviate_names(objects),
        }
        yield Finding(f"annotation-{problem}", "" if problem == "malformed" else f"IPPool/{name}", params)
