"""What an audit shows beside its figures, as tables: who may use which pool, and which nodes each pool covers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from ..calico.pool_selection import allows, selects_every_namespace
from ..capacity.supply import compute_supply, ip_versions, tunnel_pools
from ..capacity.table_columns import ColumnKind, typed_frame
from ..errors import InputError
from ..findings import N_, Finding, Severity, abbreviate_names, get_language
from ..model import Block, Cluster, IPPool, Namespace, Node, Scenario
from ..read import Reading
from .cluster_index import ClusterIndex
from .pool_choice import AddressRequest, PoolChoice, choose_pools, iter_pool_users, pod_requests
from .without_block import forbids_borrowing, outcome_without_block, youngest_nodes

_PODS, _SOME_PODS, _TUNNEL = N_("pods"), N_("some pods"), N_("tunnel")
_POOLS_FOR_COLUMNS: dict[str, ColumnKind] = {
    "family": "count",
    "order": "count",
    "pool": "text",
    "cidr": "text",
    "block": "text",
    "free": "count",
    "why": "text",
    "code": "text",
}


def pools_for(cluster: Cluster, node: str, namespace: str = "", pod: str = "", *, lang: str = "en") -> pd.DataFrame:
    """Return the pools that would serve a pod, in the order tried, and why others would not; `ippoolkit.pools_for`."""
    problems = []
    if node not in {known.name for known in cluster.nodes}:
        problems.append(_missing("Node", node, cluster.nodes))
    if namespace and cluster.has_read("Namespace") and namespace not in {known.name for known in cluster.namespaces}:
        problems.append(_missing("Namespace", namespace, cluster.namespaces))
    if problems:
        raise InputError(problems)
    rows: list[tuple[Any, ...]] = []
    for request, choice in _choices(cluster, node, namespace, pod):
        if choice.error:
            rows.append((request.version, None, "", "", "", None, choice.error.full_message(lang), choice.error.code))
        own_blocks = [(pool, str(block.cidr), free) for pool, block, free in _own_blocks(cluster, node, choice.pools)]
        sources = [*own_blocks, *((pool, "", None) for pool in choice.pools)]
        rows += [
            (request.version, order, pool.name, str(pool.cidr), block, free, "", "")
            for order, (pool, block, free) in enumerate(sources, 1)
        ]
        for pool in sorted(cluster.pools, key=lambda candidate: candidate.name):
            if pool.version == request.version and (reason := choice.rejections.get(pool.name)):
                message = reason.full_message(lang)
                rows.append((request.version, None, pool.name, str(pool.cidr), "", None, message, reason.code))
    return typed_frame(_POOLS_FOR_COLUMNS, rows)


def _choices(cluster: Cluster, node: str, namespace: str, pod: str) -> list[tuple[AddressRequest, PoolChoice]]:
    """Return what a pod on a node asks for, and the pools that serve it; nothing where there is no such node."""
    existing_node = next((known for known in cluster.nodes if known.name == node), None)
    requests = () if existing_node is None else pod_requests(cluster, existing_node, namespace, pod)
    return [(request, choose_pools(cluster, request)) for request in requests]


def _own_blocks(cluster: Cluster, node: str, pools: Iterable[IPPool]) -> list[tuple[IPPool, Block, int]]:
    """Return the blocks of a node in these pools that have a free address, with how many, in the datastore's order."""
    index = ClusterIndex(cluster)
    own_blocks = [block for block in cluster.blocks if block.host == node]
    blocks_with_free = [
        (pool, block, free)
        for pool in pools
        for block in own_blocks
        if block.cidr in pool.cidr and (free := index.count_assignable(block)) > 0
    ]
    return sorted(blocks_with_free, key=lambda item: re.sub(r"[.:/]", "-", str(item[1].cidr)))


def pools_for_pod(
    reading: Reading, node: str, namespace: str = "", pod: str = "", *, lang: str = "en"
) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the table of `pools_for`, with what was read of claims and figures, and what is to be said beside it.

    Rows of pools all of whose blocks are claimed say so; where the node gets no address from them, without an order.
    """
    cluster = reading.scenario.cluster
    table = pools_for(cluster, node, namespace, pod, lang=lang)
    choices = _choices(cluster, node, namespace, pod)
    for finding in _claimed_pools(reading, node, choices):
        rows = table["order"].notna() & (table["pool"] == finding.subject.removeprefix("IPPool/"))
        table.loc[rows, ["why", "code"]] = [finding.full_message(lang), finding.code]
        if finding.severity is Severity.ERROR:
            table.loc[rows, "order"] = None
    return table, [*_ignored_selectors(node, choices), *_own_blocks_first(cluster, node, choices)]


def _ignored_selectors(node: str, choices: Iterable[tuple[AddressRequest, PoolChoice]]) -> list[Finding]:
    """Say which pools serve a pod only because they are named: by their nodeSelector they would not serve the node."""
    return [
        Finding(
            "named-ignores-selector",
            f"IPPool/{pool.name}",
            {"by": request.annotated_object, "selector": pool.node_selector, "node": node},
        )
        for request, choice in choices
        if request.named_pools
        for pool in choice.pools
        if not pool.selects_node(request.node_labels)
    ]


def _claimed_pools(
    reading: Reading, node: str, choices: Iterable[tuple[AddressRequest, PoolChoice]]
) -> Iterator[Finding]:
    """Say of which pools a pod is served only if its node borrows: their blocks are claimed, none known to be its own.

    What was read of blocks, claims and figures decides; where these leave it open, nothing is said.
    """
    cluster = reading.scenario.cluster
    claims = {cidr for owner, cidr, _ in reading.affinities if owner == node}
    claims |= {cidr for cidr, owner, _ in reading.listed_blocks if owner == node}
    for _, choice in choices:
        if _own_blocks(cluster, node, choice.pools):
            continue
        for pool in choice.pools:
            addresses_used, blocks_used = _usage(reading, pool)
            if blocks_used is None or addresses_used is None or blocks_used < pool.block_count:
                continue
            if cluster.has_read("IPAMBlock") or not any(cidr in pool.cidr for cidr in claims):
                free = pool.cidr.size - addresses_used
                outcome = outcome_without_block(reading.scenario, free)
                params = {"blocks": pool.block_count, "node": node, "outcome": outcome}
                fails = free <= 0 or (forbids_borrowing(reading.scenario) and _likely_has_none(reading, node, pool))
                severity = Severity.ERROR if fails else None
                yield Finding("pool-claimed-for-node", f"IPPool/{pool.name}", params, severity_override=severity)


def _likely_has_none(reading: Reading, node: str, pool: IPPool) -> bool:
    """Whether a node of which no block is known most likely has none: all owners are known, or it is too young."""
    cluster = reading.scenario.cluster
    owned = {cidr for cidr, owner, _ in reading.listed_blocks if owner} | {cidr for _, cidr, _ in reading.affinities}
    if cluster.has_read("IPAMBlock") or sum(cidr in pool.cidr for cidr in owned) >= pool.block_count:
        return True
    nodes = {candidate.name for candidate in cluster.nodes}
    without = len(nodes) - pool.block_count
    return without > 0 and node in youngest_nodes(nodes, reading.node_ages, without)


def _usage(reading: Reading, pool: IPPool) -> tuple[int | None, int | None]:
    """Return the addresses and blocks of a pool that are in use; reserved blocks count as used."""
    cluster = reading.scenario.cluster
    if not cluster.has_read("IPAMBlock"):
        return reading.reported_usage.get(str(pool.cidr), (None, None))
    blocks = [block for block in cluster.blocks if block.cidr in pool.cidr]
    reserved_blocks, _ = ClusterIndex(cluster).reserved_coverage(pool.cidr).count_blocks(pool.block_size)
    claimed = sum(block.cidr.prefix == pool.block_size for block in blocks)
    return sum(len(block.allocations) for block in blocks), claimed + reserved_blocks


def _own_blocks_first(
    cluster: Cluster, node: str, choices: Iterable[tuple[AddressRequest, PoolChoice]]
) -> Iterator[Finding]:
    """Say from which of its own blocks a node takes the next address of a pod.

    Calico looks into the blocks that a node owns before it claims another one, whatever the order of the pools.
    """
    pools = [pool for _, choice in choices for pool in choice.pools]
    blocks = ", ".join(f"{block.cidr} ({pool.name}, {free})" for pool, block, free in _own_blocks(cluster, node, pools))
    if blocks and cluster.has_read("IPAMBlock"):
        yield Finding("own-blocks-first", f"Node/{node}", {"node": node, "blocks": blocks})


def pool_users(cluster: Cluster, pool: str) -> pd.DataFrame:
    """Return every node and namespace that may draw from a pool: ``node``, ``namespace``, ``by``.

    ``by`` is empty where selectors let them, else it names whose annotation does.

    Raises
    ------
    InputError
        Where there is no such pool.
    """
    try:
        return typed_frame({"node": "text", "namespace": "text", "by": "text"}, list(iter_pool_users(cluster, pool)))
    except KeyError:
        raise InputError([_missing("IPPool", pool, cluster.pools)]) from None


def _missing(kind: str, name: str, objects: Iterable[IPPool | Node | Namespace]) -> Finding:
    names = abbreviate_names(known.name for known in objects)
    return Finding("object-missing", f"{kind}/{name}", {"kind": kind, "name": name, "known": names or "–"})


def no_users_finding(cluster: Cluster, pool: str) -> Finding:
    """Say that no pod may draw from a pool, and why not on one of the nodes."""
    pool = cluster.pool(pool).name
    for node in cluster.nodes:
        for namespace in cluster.namespaces[:1]:
            for _, choice in _choices(cluster, node.name, namespace.name, ""):
                if reason := choice.rejections.get(pool):
                    params = {"pool": pool, "node": node.name, "namespace": namespace.name, "reason": reason}
                    return Finding("pool-without-users", f"IPPool/{pool}", params)
    missing_kinds = ", ".join(
        kind for kind, objects in (("Node", cluster.nodes), ("Namespace", cluster.namespaces)) if not objects
    )
    return Finding("pool-users-unknown", f"IPPool/{pool}", {"pool": pool, "kinds": missing_kinds})


def pool_coverage(scenario: Scenario, lang: str = "en") -> pd.DataFrame:
    """Return a row a node and a column a pool: ``pods``, ``tunnel`` or both, where the pool serves them unasked.

    The column ``gaps`` says what a node has no pool for: ``pods``, or the tunnels that other nodes have. Pods of
    namespaces that a namespaceSelector singles out are marked ``some pods``.
    """
    cluster = scenario.cluster
    pools = sorted(cluster.pools, key=lambda candidate: candidate.name)
    supplies = [compute_supply(scenario, version) for version in ip_versions(scenario)]
    tunnels_by_node = {
        node.name: {pool_supply.version: tunnel_pools(scenario, pool_supply, node.labels) for pool_supply in supplies}
        for node in cluster.nodes
    }
    tunnels_in_use = {
        pool_supply.version: set().union(*(tunnels_by_node[node][pool_supply.version] for node in tunnels_by_node))
        for pool_supply in supplies
        if tunnels_by_node
    }
    translator = get_language(lang)
    rows = []
    for node in cluster.nodes:
        uses_by_pool = [(pool, _uses_served(node, pool, cluster.cni_pools(pool.version))) for pool in pools]
        gaps = []
        for pool_supply in supplies:
            if node.windows and pool_supply.version == 6:
                continue
            has_pod_pools = any(pool.serves("Workload") for pool in pool_supply.pools)
            serves_pods = any(_PODS in uses for pool, uses in uses_by_pool if pool.version == pool_supply.version)
            if has_pod_pools and not serves_pods:
                gaps.append(f"{translator.translate(_PODS)} IPv{pool_supply.version}")
            missing_tunnels = tunnels_in_use[pool_supply.version] - set(tunnels_by_node[node.name][pool_supply.version])
            gaps += [f"{tunnel} IPv{pool_supply.version}" for tunnel in sorted(missing_tunnels)]
        uses_texts = (", ".join(map(translator.translate, uses)) for _, uses in uses_by_pool)
        rows.append((node.name, *uses_texts, ", ".join(gaps)))
    # A pool may have the name of another column.
    return pd.DataFrame(rows, columns=["node", *(pool.name for pool in pools), "gaps"])


def _uses_served(node: Node, pool: IPPool, cni_pools: tuple[str, ...]) -> list[str]:
    """Return what a pool serves a node unasked; of pods, if the CNI configuration names pools, only by its name."""
    uses = []
    selects = pool.selects_node(node.labels)
    if not (node.windows and pool.version == 6):
        if cni_pools and allows(pool, "Workload") and {pool.name, str(pool.cidr)} & set(cni_pools):
            uses.append(_PODS)
        elif not cni_pools and selects and pool.serves("Workload"):
            uses.append(_PODS if selects_every_namespace(pool) else _SOME_PODS)
    if selects and allows(pool, "Tunnel"):
        uses.append(_TUNNEL)
    return uses
