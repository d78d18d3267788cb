"""What a cluster counts to: the figures of each pool and node and of the whole, as Calico itself reports them.

A figure that needs a kind of object which could not be read is None: unknown. Texts fill in what the objects leave
open; a rounded figure never takes the place of an exact one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..cidr import Cidr, Coverage
from ..findings import Finding, Place
from ..model import Cluster
from ..read.reported import ANY_ROW, COUNTS_TABLE, ReportedFigures
from .cluster_index import BlockInPool, ClusterIndex, holder_kind, is_borrowed, sorted_address_texts
from .metric_schema import CONFIG_METRICS, NODE_METRICS, POOL_METRICS, TOTAL_METRICS, Metric

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ClusterMetrics:
    """All figures: a row a pool, a row a node, the totals, the configuration.

    `rounded` names those that come from a rounded text, as (table, row, figure); `notes` tell where texts and objects
    disagree.
    """

    pools: list[Row]
    nodes: list[Row]
    totals: Row
    config: Row
    rounded: frozenset[tuple[str, str, str]] = frozenset()
    notes: tuple[Finding, ...] = ()


def cluster_metrics(index: ClusterIndex, reported: Iterable[ReportedFigures] = ()) -> ClusterMetrics:
    """Count a cluster; `reported` are figures that texts state."""
    return complete_metrics(count_objects(index), index, reported)


def pool_name(row: Mapping[str, Any]) -> str:
    """Return the name of a row's pool, or its range where no name is known."""
    return str(row.get("name") or row["cidr"])


def count_objects(index: ClusterIndex) -> ClusterMetrics:
    """Count a cluster by its objects alone."""
    cluster = index.cluster
    pools = [_mask_unknown(POOL_METRICS, _pool_metrics(index, pool.name), cluster) for pool in index.pools]
    nodes = [_mask_unknown(NODE_METRICS, row, cluster) for row in _node_metrics(index)]
    totals = _mask_unknown(TOTAL_METRICS, _total_metrics(index), cluster)
    config = _mask_unknown(CONFIG_METRICS, _config_metrics(cluster), cluster)
    return ClusterMetrics(pools, nodes, totals, config)


def complete_metrics(
    counted: ClusterMetrics, index: ClusterIndex, reported: Iterable[ReportedFigures]
) -> ClusterMetrics:
    """Return what was counted, completed by figures that texts state."""
    metrics = _merge_reported(counted, tuple(reported))
    if not index.cluster.has_read("IPPool") and index.cluster.has_read("IPAMBlock"):
        _count_by_range(index, metrics)
    return metrics


def _count_by_range(index: ClusterIndex, metrics: ClusterMetrics) -> None:
    """Count the blocks of pools that only a text names, by their ranges."""
    ranges = [(row, Cidr.parse(row["cidr"])) for row in metrics.pools]
    blocks_of_cidr: dict[str, list[BlockInPool]] = {row["cidr"]: [] for row in metrics.pools}
    blocks_of_node: dict[str, Counter[str]] = {row["name"]: Counter() for row in metrics.nodes}
    for pool_block in index.blocks_in_pools:
        row = next((row for row, cidr in ranges if pool_block.block.cidr.overlaps(cidr)), None)
        if row is not None:
            blocks_of_cidr[row["cidr"]].append(pool_block)
        if pool_block.block.host:
            blocks_of_node[pool_block.block.host][(row["name"] or "") if row else ""] += 1
    for row, _ in ranges:
        counts = _block_metrics(blocks_of_cidr[row["cidr"]])
        row.update({key: value for key, value in counts.items() if row.get(key) is None})
    if all(row["name"] for row in metrics.pools):
        for row in metrics.nodes:
            row["blocks_by_pool"] = dict(sorted(blocks_of_node[row["name"]].items()))


def _mask_unknown(metrics: Iterable[Metric], row: Row, cluster: Cluster) -> Row:
    return {metric.name: row[metric.name] if cluster.has_read(*metric.required_kinds) else None for metric in metrics}


def _pool_metrics(index: ClusterIndex, name: str) -> Row:
    pool = index.cluster.pool(name)
    pool_blocks = index.blocks_by_pool[name]
    return {
        "name": name,
        "cidr": str(pool.cidr),
        "blockSize": pool.block_size,
        "disabled": pool.disabled,
        "nodeSelector": pool.node_selector,
        "namespaceSelector": pool.namespace_selector,
        "allowedUses": list(pool.allowed_uses),
        "assignmentMode": pool.assignment_mode,
        "capacity": pool.cidr.size,
        "allocated": sum(len(pool_block.block.allocations) for pool_block in pool_blocks),
        "reserved": index.reserved_coverage(pool.cidr).address_count,
        "free": _free_addresses(index, pool_blocks, pool.cidr),
        "blocks_total": pool.block_count,
        **_block_metrics(pool_blocks),
        "selected_nodes": sorted(node.name for node in index.cluster.nodes if pool.selects_node(node.labels)),
    }


def _block_metrics(pool_blocks: Sequence[BlockInPool]) -> Row:
    allocations = [
        (pool_block.block, allocation) for pool_block in pool_blocks for allocation in pool_block.block.allocations
    ]
    count_by_kind = Counter(holder_kind(allocation) for _, allocation in allocations)
    return {
        "blocks_allocated": len(pool_blocks),
        "blocks_without_affinity": sum(not pool_block.block.affinity for pool_block in pool_blocks),
        "blocks_empty": sum(not pool_block.block.allocations for pool_block in pool_blocks),
        "blocks_full": sum(not pool_block.free_addresses for pool_block in pool_blocks),
        "borrowed": sum(is_borrowed(block, allocation) for block, allocation in allocations),
        "allocations_without_node_attr": sum(
            not allocation.node and holder_kind(allocation) != "windows" for _, allocation in allocations
        ),
        "windows_reserved": count_by_kind["windows"],
        "cooling_down": count_by_kind["cooling"],
    }


def _free_addresses(index: ClusterIndex, pool_blocks: Sequence[BlockInPool], cidr: Cidr) -> int:
    """Count the addresses neither held nor reserved: outside of blocks and, as Calico does, in each block."""
    blocks = [pool_block.block for pool_block in pool_blocks]
    coverage = Coverage.from_cidrs(cidr, [*(block.cidr for block in blocks), *index.reserved_cidrs])
    return cidr.size - coverage.address_count + sum(map(index.count_assignable, blocks))


def _node_metrics(index: ClusterIndex) -> list[Row]:
    rows = {name: _empty_node_row(name) for name in index.node_names}
    for host, pool_blocks in index.blocks_by_node.items():
        row = rows[host]
        row["blocks"] = len(pool_blocks)
        row["blocks_v4"] = sum(pool_block.block.cidr.version == 4 for pool_block in pool_blocks)
        row["blocks_v6"] = len(pool_blocks) - row["blocks_v4"]
        row["blocks_by_pool"] = dict(
            sorted(Counter(pool_block.pool.name if pool_block.pool else "" for pool_block in pool_blocks).items())
        )
        row["blocks_empty"] = sum(not pool_block.block.allocations for pool_block in pool_blocks)
        row["free_in_own_blocks"] = sum(pool_block.free_addresses for pool_block in pool_blocks)
    for pool_block, allocation in index.iter_allocations():
        host = pool_block.block.host
        if host and holder_kind(allocation) == "windows":
            rows[host]["windows_reserved"] += 1
        if not allocation.node:
            continue
        rows[allocation.node]["allocations"] += 1
        if allocation.node == host:
            rows[host]["own_allocated"] += 1
        else:
            rows[allocation.node]["borrowed_in"] += 1
            if host:
                rows[host]["borrowed_out"] += 1
    for node in index.cluster.nodes:
        row = rows[node.name]
        row["exists"], row["pod_capacity"] = True, node.max_pods
        row["tunnel_addresses"] = sorted(str(tunnel.address) for tunnel in node.tunnels)
    for pod in index.cluster.pods:
        if node_row := rows.get(pod.node):
            node_row["all_pods_not_finished"] += not pod.finished
            node_row["calico_pods_with_ip"] += not pod.host_network and bool(pod.addresses)
    return list(rows.values())


def _empty_node_row(name: str) -> Row:
    zeros = dict.fromkeys((metric.name for metric in NODE_METRICS), 0)
    return {**zeros, "name": name, "exists": False, "blocks_by_pool": {}, "tunnel_addresses": []}


def _total_metrics(index: ClusterIndex) -> Row:
    cluster = index.cluster
    inside, outside = index.unallocated_addresses
    referenced, existing = index.handle_ids
    tunnels = [tunnel for node in cluster.nodes for tunnel in node.tunnels]
    leaked_for_calicoctl = {*index.leaked_allocations, *index.ipv6_tunnels_in_use}
    return {
        "nodes": len(cluster.nodes),
        "pods": len(cluster.pods),
        "pods_finished": sum(pod.finished for pod in cluster.pods),
        "pods_host_network": sum(pod.host_network for pod in cluster.pods),
        "pods_without_ip": sum(not pod.host_network and not pod.finished and not pod.addresses for pod in cluster.pods),
        "workload_ips": sum(len(pod.addresses) for pod in index.workload_pods),
        "tunnel_addresses_v4": sum(tunnel.address.version == 4 for tunnel in tunnels),
        "tunnel_addresses_v6": sum(tunnel.address.version == 6 for tunnel in tunnels),
        "load_balancer_ips": sum(len(service.addresses) for service in cluster.services),
        **_block_metrics(index.blocks_in_pools),
        "blocks": len(index.blocks_in_pools),
        "allocations": sum(len(block.allocations) for block in cluster.blocks),
        "blocks_outside_pools": len(index.blocks_by_pool[""]),
        "block_affinities": len(cluster.affinities),
        "block_affinities_not_confirmed": sum(affinity.state != "confirmed" for affinity in cluster.affinities),
        "handles": len(cluster.handles),
        "leaked_handles": sorted(existing - referenced),
        "missing_handles": sorted(referenced - existing),
        "leaked": len(index.leaked_allocations),
        "leaked_ips": sorted_address_texts(index.leaked_allocations),
        "leaked_as_calicoctl_reports": len(leaked_for_calicoctl),
        "leaked_ips_as_calicoctl_reports": sorted_address_texts(leaked_for_calicoctl),
        "pods_without_allocation": len(inside) + len(outside),
        "in_use_in_pool_not_allocated": sorted_address_texts(inside),
        "in_use_outside_active_pools": sorted_address_texts(outside),
        "ips_with_several_owners": sorted_address_texts(index.shared_addresses),
    }


def _config_metrics(cluster: Cluster) -> Row:
    ipam = cluster.ipam
    return {
        "stored": cluster.ipam_stored,
        "strictAffinity": ipam.strict_affinity,
        "autoAllocateBlocks": ipam.auto_allocate_blocks,
        "maxBlocksPerHost": ipam.max_blocks_per_host,
        "ipCooldownSeconds": ipam.ip_cooldown_seconds,
        "kubeVirtVMAddressPersistence": ipam.kube_virt_vm_address_persistence,
    }


def _is_old_free_figure(reported: ReportedFigures, row: Row) -> bool:
    """Whether a text's free addresses are those of `ipam show` before v3.33: all that are not in use."""
    capacity, allocated = row.get("capacity"), row.get("allocated")
    if reported.figure != "free" or capacity is None or allocated is None:
        return False
    return bool(reported.value == capacity - allocated)


def _merge_reported(counted: ClusterMetrics, reported: Sequence[ReportedFigures]) -> ClusterMetrics:
    """Put figures of texts where nothing was counted, exact ones first; note where they contradict what was."""
    pools = {row["cidr"]: dict(row) for row in counted.pools}
    nodes = {row["name"]: dict(row) for row in counted.nodes}
    tables: Mapping[str, dict[str, Row]] = {
        "pools": pools,
        "nodes": nodes,
        "totals": {"": dict(counted.totals)},
        "config": {"": dict(counted.config)},
    }
    rounded: set[tuple[str, str, str]] = set()
    first_places: dict[tuple[str, str, str], Place] = {}  # of the figures that texts gave
    notes = []
    rows_with_reserved = {item.row for item in reported if item.table == "pools" and item.figure == "reserved"}
    for item in sorted(reported, key=lambda candidate: (candidate.row == ANY_ROW, candidate.rounded)):
        if item.table == COUNTS_TABLE:
            continue
        rows = tables[item.table]
        if item.row == ANY_ROW:
            for row in rows.values():
                if row.get(item.figure) is None:
                    row[item.figure] = item.value
            continue
        if item.row not in rows:
            rows[item.row] = _unknown_row(item)
        row = rows[item.row]
        key = item.table, item.row, item.figure
        known_value = row.get(item.figure)
        if known_value is None:
            row[item.figure] = item.value
            first_places[key] = item.place
            if item.rounded:
                rounded.add(key)
        elif _is_old_free_figure(item, row) and item.row not in rows_with_reserved:
            continue  # calicoctl before v3.33 counts reserved addresses as free, and has no column for them
        elif not item.rounded and known_value != item.value:
            notes.append(_contradiction(item, known_value, first_places.get(key)))
    pool_rows = sorted(pools.values(), key=lambda row: (row["name"] is None, str(row["name"] or ""), row["cidr"]))
    node_rows = sorted(nodes.values(), key=lambda row: str(row["name"]))
    return ClusterMetrics(
        pool_rows, node_rows, tables["totals"][""], tables["config"][""], frozenset(rounded), tuple(notes)
    )


def _unknown_row(reported: ReportedFigures) -> Row:
    """Return the row of a pool or a node that only texts tell of."""
    metrics, key = (POOL_METRICS, "cidr") if reported.table == "pools" else (NODE_METRICS, "name")
    return {**dict.fromkeys(metric.name for metric in metrics), key: reported.row}


def _contradiction(reported: ReportedFigures, known_value: object, first_place: Place | None) -> Finding:
    """Say that a text states another value than objects count to, or than the text did that came first."""
    params = {
        "figure": reported.figure,
        "counted": known_value,
        "told": reported.value,
        "of": reported.row or reported.table,
    }
    if first_place is None:
        return Finding("figure-differs", reported.row, params, reported.place)
    return Finding("texts-differ", reported.row, {**params, "first": str(first_place)}, reported.place)
