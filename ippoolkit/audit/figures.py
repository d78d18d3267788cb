"""What a cluster counts to: the figures of each pool and node and of the whole, as Calico itself reports them.

A figure that needs a kind of object which could not be read is None: unknown. Texts fill in what the objects leave
open; a rounded figure never takes the place of an exact one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..cidr import Cidr, Coverage
from ..findings import Finding
from ..model import Cluster
from ..read.told import EVERY, Told
from .columns import CONFIG, NODES, POOLS, TOTALS, Figure
from .index import Home, Index, is_borrowed, kind_of, printed

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures: a row a pool, a row a node, the totals, the configuration.

    `rounded` names those that come from a rounded text, as (table, row, figure); `notes` tell where texts and objects
    disagree.
    """

    pools: list[Row]
    nodes: list[Row]
    totals: Row
    config: Row
    rounded: frozenset[tuple[str, str, str]] = frozenset()
    notes: tuple[Finding, ...] = field(default=())


def figures(index: Index, told: Iterable[Told] = ()) -> Figures:
    """Count a cluster; `told` are figures that texts state."""
    cluster = index.cluster
    pools = [_known(POOLS, _pool(index, pool.name), cluster) for pool in index.pools]
    nodes = [_known(NODES, row, cluster) for row in _nodes(index)]
    totals = _known(TOTALS, _totals(index), cluster)
    config = _known(CONFIG, _config(cluster), cluster)
    filled = _filled(Figures(pools, nodes, totals, config), told)
    if not cluster.knows("IPPool") and cluster.knows("IPAMBlock"):
        _by_range(index, filled)
    return filled


def _by_range(index: Index, filled: Figures) -> None:
    """Count the blocks of pools that only a text names, by their ranges."""
    ranges = [(row, Cidr.parse(row["cidr"])) for row in filled.pools]
    homes: dict[str, list[Home]] = {row["cidr"]: [] for row in filled.pools}
    by_node: dict[str, Counter[str]] = {row["name"]: Counter() for row in filled.nodes}
    for home in index.homes:
        row = next((row for row, cidr in ranges if home.block.cidr.overlaps(cidr)), None)
        if row is not None:
            homes[row["cidr"]].append(home)
        if home.block.host:
            by_node[home.block.host][(row["name"] or "") if row else ""] += 1
    for row, _ in ranges:
        counted = {**_blocks(homes[row["cidr"]]), **_unowned(homes[row["cidr"]])}
        row.update({key: value for key, value in counted.items() if row.get(key) is None})
    if all(row["name"] for row in filled.pools):
        for row in filled.nodes:
            row["blocks_by_pool"] = dict(sorted(by_node[row["name"]].items()))


def _unowned(homes: Iterable[Home]) -> Row:
    return {"blocks_without_affinity": sum(not home.block.affinity for home in homes)}


def _known(figures: Iterable[Figure], row: Row, cluster: Cluster) -> Row:
    return {each.name: row[each.name] if cluster.knows(*each.needs) else None for each in figures}


def _pool(index: Index, name: str) -> Row:
    pool = index.cluster.pool(name)
    homes = index.homes_of[name]
    kinds = Counter(kind_of(each) for home in homes for each in home.block.allocations)
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
        "allocated": sum(kinds.values()),
        "reserved": index.reserved(pool.cidr).addresses,
        "free": _free(index, homes, pool.cidr),
        "blocks_total": pool.blocks,
        **_blocks(homes),
        **_unowned(homes),
        "selected_nodes": sorted(node.name for node in index.cluster.nodes if pool.selects(node.labels)),
    }


def _blocks(homes: Iterable[Home]) -> Row:
    homes = list(homes)
    held = [(home.block, each) for home in homes for each in home.block.allocations]
    kinds = Counter(kind_of(each) for _, each in held)
    return {
        "blocks_allocated": len(homes),
        "blocks_empty": sum(not home.block.allocations for home in homes),
        "blocks_full": sum(not home.free for home in homes),
        "borrowed": sum(is_borrowed(block, each) for block, each in held),
        "allocations_without_node_attr": sum(not each.node and kind_of(each) != "windows" for _, each in held),
        "windows_reserved": kinds["windows"],
        "cooling_down": kinds["cooling"],
    }


def _free(index: Index, homes: Iterable[Home], cidr: Cidr) -> int:
    """Count the addresses neither held nor reserved: outside of blocks, and, as Calico does, in each block anew."""
    homes = list(homes)
    free = cidr.size - Coverage.of(cidr, [*(home.block.cidr for home in homes), *index.reservations]).addresses
    for home in homes:
        free += home.free
        kept = index.reserved(home.block.cidr)
        if kept.spans:
            held = sum(any(low <= each.ordinal <= high for low, high in kept.spans) for each in home.block.allocations)
            free -= kept.addresses - held
    return free


def _nodes(index: Index) -> list[Row]:
    rows = {name: _empty_node(name) for name in index.node_names}
    for host, homes in index.owned.items():
        row = rows[host]
        row["blocks"] = len(homes)
        row["blocks_v4"] = sum(home.block.cidr.version == 4 for home in homes)
        row["blocks_v6"] = len(homes) - row["blocks_v4"]
        row["blocks_by_pool"] = dict(sorted(Counter(home.pool.name if home.pool else "" for home in homes).items()))
        row["blocks_empty"] = sum(not home.block.allocations for home in homes)
        row["free_in_own_blocks"] = sum(home.free for home in homes)
    for home, each in index.allocations():
        host = home.block.host
        if host and kind_of(each) == "windows":
            rows[host]["windows_reserved"] += 1
        if not each.node:
            continue
        if each.node == host:
            rows[host]["own_allocated"] += 1
        else:
            rows[each.node]["borrowed_in"] += 1
            if host:
                rows[host]["borrowed_out"] += 1
    for node in index.cluster.nodes:
        row = rows[node.name]
        row["exists"], row["pod_capacity"] = True, node.max_pods
        row["tunnel_addresses"] = sorted(str(tunnel.address) for tunnel in node.tunnels)
    for pod in index.cluster.pods:
        if row_of := rows.get(pod.node):
            row_of["all_pods_not_finished"] += not pod.finished
            row_of["calico_pods_with_ip"] += not pod.host_network and bool(pod.addresses)
    return list(rows.values())


def _empty_node(name: str) -> Row:
    zeros = dict.fromkeys((each.name for each in NODES), 0)
    return {**zeros, "name": name, "exists": False, "blocks_by_pool": {}, "tunnel_addresses": []}


def _totals(index: Index) -> Row:
    cluster = index.cluster
    inside, outside = index.unallocated
    named, existing = index.handles
    tunnels = [each for node in cluster.nodes for each in node.tunnels]
    # What calicoctl takes for leaked beside the real leaks: it looks up the tunnels of IPv4 only.
    overlooked = [of for of, node in index.by_tunnels.items() if of in index.held and _only_tunnel_v6(index, of)]
    reported = {*index.leaked, *overlooked}
    return {
        "nodes": len(cluster.nodes),
        "pods": len(cluster.pods),
        "pods_finished": sum(pod.finished for pod in cluster.pods),
        "pods_host_network": sum(pod.host_network for pod in cluster.pods),
        "pods_without_ip": sum(not pod.host_network and not pod.finished and not pod.addresses for pod in cluster.pods),
        "workload_ips": sum(len(pod.addresses) for pod in index.workloads),
        "tunnel_addresses_v4": sum(each.address.version == 4 for each in tunnels),
        "tunnel_addresses_v6": sum(each.address.version == 6 for each in tunnels),
        "load_balancer_ips": sum(len(service.addresses) for service in cluster.services),
        **{key: value for key, value in _blocks(index.homes).items() if key != "blocks_allocated"},
        "blocks": len(index.homes),
        "allocations": sum(len(block.allocations) for block in cluster.blocks),
        **_unowned(index.homes),
        "blocks_outside_pools": len(index.homes_of[""]),
        "block_affinities": len(cluster.affinities),
        "block_affinities_not_confirmed": sum(each.state != "confirmed" for each in cluster.affinities),
        "handles": len(cluster.handles),
        "leaked_handles": sorted(existing - named),
        "missing_handles": sorted(named - existing),
        "leaked": len(index.leaked),
        "leaked_ips": printed(index.leaked),
        "leaked_as_calicoctl_reports": len(reported),
        "leaked_ips_as_calicoctl_reports": printed(reported),
        "pods_without_allocation": len(inside) + len(outside),
        "in_use_in_pool_not_allocated": printed(inside),
        "in_use_outside_active_pools": printed(outside),
        "ips_with_several_owners": printed(index.shared),
    }


def _only_tunnel_v6(index: Index, of: int) -> bool:
    return of >> 128 > 0 and of not in index.by_pods and of not in index.by_services


def _config(cluster: Cluster) -> Row:
    ipam = cluster.ipam
    return {
        "stored": cluster.ipam_stored,
        "strictAffinity": ipam.strict_affinity,
        "autoAllocateBlocks": ipam.auto_allocate_blocks,
        "maxBlocksPerHost": ipam.max_blocks_per_host,
        "ipCooldownSeconds": ipam.ip_cooldown_seconds,
        "kubeVirtVMAddressPersistence": ipam.kube_virt_vm_address_persistence,
    }


def _filled(counted: Figures, told: Iterable[Told]) -> Figures:
    """Put figures of texts where nothing was counted, exact ones first; note where they contradict what was."""
    pools = {row["cidr"]: dict(row) for row in counted.pools}
    nodes = {row["name"]: dict(row) for row in counted.nodes}
    tables: Mapping[str, dict[str, Row]] = {
        "pools": pools,
        "nodes": nodes,
        "totals": {"": dict(counted.totals)},
        "config": {"": dict(counted.config)},
    }
    blank = {"pools": [each.name for each in POOLS], "nodes": [each.name for each in NODES]}
    rounded: set[tuple[str, str, str]] = set()
    notes = []
    for each in sorted(told, key=lambda one: (one.row == EVERY, one.rounded)):
        rows = tables[each.table]
        if each.row == EVERY:
            for row in rows.values():
                if row.get(each.figure) is None:
                    row[each.figure] = each.value
            continue
        if each.row not in rows:
            rows[each.row] = dict.fromkeys(blank[each.table]) | {"cidr" if each.table == "pools" else "name": each.row}
        row = rows[each.row]
        if row.get(each.figure) is None:
            row[each.figure] = each.value
            if each.rounded:
                rounded.add((each.table, each.row, each.figure))
        elif not each.rounded and row[each.figure] != each.value:
            numbers = {
                "figure": each.figure,
                "counted": row[each.figure],
                "told": each.value,
                "of": each.row or each.table,
            }
            notes.append(Finding("figure-differs", each.row, numbers, each.place))
    ordered = sorted(pools.values(), key=lambda row: (row["name"] is None, row["name"] or "", row["cidr"]))
    listed = sorted(nodes.values(), key=lambda row: str(row["name"]))
    return Figures(ordered, listed, tables["totals"][""], tables["config"][""], frozenset(rounded), tuple(notes))
