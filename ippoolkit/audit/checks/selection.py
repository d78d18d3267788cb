"""Checks on who gets addresses from where: nodes without a pool, annotations that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...capacity.demand import TUNNELS, pools_for, supply, tunnels_of, versions
from ...findings import Finding
from ...model import Namespace, Pod
from ..eligible import selects_namespace
from .site import Site, several


def nodes_without_pool(site: Site) -> Iterator[Finding]:
    """Tell of nodes that no pool selects, for pods and for tunnels."""
    scenario = site.scenario
    for version in versions(scenario):
        offer = supply(scenario, version)
        nodes = [node for node in scenario.cluster.nodes if not (node.windows and version == 6)]
        if any(pool.serves("Workload") for pool in offer.pools):
            bare = [node.name for node in nodes if not pools_for(offer, node.labels)]
            numbers = {"count": len(bare), "which": several(bare), "version": version, "all": bare}
            if bare:
                yield Finding("node-without-pool", f"IPv{version}", numbers)
        served = {node.name: set(tunnels_of(scenario, offer, node.labels)) for node in nodes}
        wanted = set().union(*served.values()) if served else set()
        for tunnel in (each for each in TUNNELS if each in wanted):
            bare = [name for name, has in served.items() if tunnel not in has]
            numbers = {"count": len(bare), "which": several(bare), "version": version, "tunnel": tunnel, "all": bare}
            if bare:
                yield Finding("node-without-tunnel-pool", f"IPv{version}", numbers)
            mute = [
                node.name for node in nodes
                if tunnel in served[node.name]
                and not any(each.type == tunnel and each.address.version == version for each in node.tunnels)
            ]  # fmt: skip
            if mute:
                numbers = {
                    "count": len(mute),
                    "which": several(mute),
                    "version": version,
                    "tunnel": tunnel,
                    "all": mute,
                }
                yield Finding("node-without-tunnel", f"IPv{version}", numbers)


def namespaces_without_pool(site: Site) -> Iterator[Finding]:
    """Tell of pools whose namespaceSelector matches no namespace."""
    spaces = site.index.cluster.namespaces
    for pool in site.index.pools:
        if pool.namespace_selector and not any(selects_namespace(pool, space.labels) for space in spaces):
            yield Finding("pool-selects-no-namespace", f"IPPool/{pool.name}", {"selector": pool.namespace_selector})


def pools_named(site: Site) -> Iterator[Finding]:
    """Tell of annotations that name a pool which is disabled or missing: new pods get no address."""
    cluster = site.index.cluster
    known = {name: pool for pool in cluster.pools for name in (str(pool.cidr), pool.name)}
    found: dict[tuple[str, str], dict[str, list[str]]] = {}

    def note(each: Namespace | Pod, who: str, label: str) -> None:
        for name in (*each.ipv4_pools, *each.ipv6_pools):
            if name not in known or known[name].disabled:
                state = "disabled" if name in known else "missing"
                found.setdefault((state, name), {"Namespace": [], "Pod": []})[who].append(label)

    for space in cluster.namespaces:
        note(space, "Namespace", space.name)
    for pod in cluster.pods:
        if not pod.finished:
            note(pod, "Pod", f"{pod.namespace}/{pod.name}")
    for (state, name), who in found.items():
        numbers: dict[str, Any] = {
            "pool": name,
            "spaces": len(who["Namespace"]),
            "pods": len(who["Pod"]),
            "which": several([*who["Namespace"], *who["Pod"]]),
        }
        yield Finding(f"annotation-{state}", f"IPPool/{name}", numbers)
