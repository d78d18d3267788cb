"""What texts tell beside objects, held against the pools: pools, addresses, nodes without their labels, pods."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable
from typing import Any

from ..calico.limits import ALLOWED_BLOCK_SIZES, DEFAULT_BLOCK_SIZE
from ..calico.pool_selection import OS_LABEL
from ..calico.selectors import SelectorError, parse_selector
from ..cidr import Cidr, address_from_int
from ..findings import Finding
from ..model import BlockUsage, IPPool, Pod, Scenario
from ..yaml_scalars import is_digits
from .document import Document
from .kubectl_tables import ROLE_LABEL, node_object
from .kubernetes_objects import KIND_READERS
from .object_source import ObjectSource, read_object
from .reported import ANY_ROW, ListedObject, PoolFromText, ReportedPool, ReportedText

_MAX_NAMES = 5


def add_listed(scenario: Scenario, reported: ReportedText) -> Scenario:
    """Return a scenario with what texts tell of addresses, nodes and pods, where no object does.

    Notes and figures are added to what the texts report.
    """
    pools_by_cidr = {reported_pool.pool.cidr: reported_pool.pool for reported_pool in build_reported_pools(reported)}
    pools_by_cidr |= {pool.cidr: pool for pool in scenario.cluster.pools}
    pools = pools_by_cidr.values()
    scenario = _add_node_addresses(scenario, reported)
    scenario = _add_service_addresses(scenario, pools, reported)
    scenario = _add_listed_nodes(scenario, pools, reported)
    scenario = _add_listed_pods(scenario, pools, reported)
    scenario = _add_block_usage(scenario, reported)
    _add_borrowed_by_pool(pools, reported)
    return scenario


def build_reported_pools(reported: ReportedText) -> tuple[PoolFromText, ...]:
    """Return the pools that texts tell of; one that Calico would refuse is noted once."""
    built_pools: list[PoolFromText] = []
    for pool in reported.pools:
        if (built := _build_reported_pool(pool)) is not None:
            built_pools.append(PoolFromText(built, frozenset(pool.spec)))
            continue
        unread = Finding("table-row", params={"row": f"{pool.name} {pool.cidr}".strip()}, place=pool.place)
        if unread not in reported.notes:
            reported.notes.append(unread)
    return tuple(built_pools)


def _build_reported_pool(pool: ReportedPool) -> IPPool | None:
    spec = {"cidr": str(pool.cidr), **{key: value for key, value in pool.spec.items() if value != ""}}
    if is_digits(spec.get("blockSize")):
        spec["blockSize"] = int(spec["blockSize"])
    # A pool holds at least one block: where nobody tells the size of a small one, its own is the largest that fits.
    spec.setdefault("blockSize", max(DEFAULT_BLOCK_SIZE[pool.cidr.version], pool.cidr.prefix))
    name = pool.name or str(pool.cidr)
    return _build("IPPool", ListedObject({"metadata": {"name": name}, "spec": spec}, pool.place))


def _add_node_addresses(scenario: Scenario, reported: ReportedText) -> Scenario:
    """Add the nodes' addresses that only texts tell to the nodes' networks, against which pools are held."""
    networks = scenario.networks
    added = [cidr for cidr in reported.node_addresses if not any(cidr in network for network in networks.nodes)]
    return dataclasses.replace(scenario, networks=dataclasses.replace(networks, nodes=(*networks.nodes, *added)))


def _add_service_addresses(scenario: Scenario, pools: Iterable[IPPool], reported: ReportedText) -> Scenario:
    """Add to the networks of services a cluster IP that lies in a pool, one of each pool: the two ranges overlap."""
    networks = scenario.networks
    cidrs = sorted(reported.service_addresses)
    inside = {next((cidr for cidr in cidrs if cidr in pool.cidr), None) for pool in pools}
    added = {cidr for cidr in inside if cidr is not None and not any(cidr in network for network in networks.services)}
    services = (*networks.services, *sorted(added))
    return dataclasses.replace(scenario, networks=dataclasses.replace(networks, services=services))


def _add_listed_nodes(scenario: Scenario, pools: Iterable[IPPool], reported: ReportedText) -> Scenario:
    """Return a scenario with the nodes that tables list, where what these show decides which pools serve them.

    A table shows a node's roles and, with ``-o wide``, its operating system and address; one of all pods, the nodes
    that these are on. Where a nodeSelector asks for another label, nobody can say which nodes it selects: they are left
    out, and it is said.
    """
    known = {node.name for node in scenario.cluster.nodes}
    listed = {node.name: node for node in reported.listed_nodes if node.name not in known}
    if not listed and not known:
        nodes_of_pods = {str(pod.value["spec"]["nodeName"]): pod.place for pod in reversed(reported.listed_pods)}
        listed = {name: ListedObject(node_object(name), place) for name, place in nodes_of_pods.items()}
    if not listed:
        return scenario
    first = next(iter(listed.values()))
    has_os = all(OS_LABEL in node.value["metadata"]["labels"] for node in listed.values())
    deciding = {label for pool in pools for label in _deciding_labels(pool) if not label.startswith(ROLE_LABEL)}
    hidden = sorted(deciding - ({OS_LABEL} if has_os else set()))
    if hidden:
        params = {"count": len(listed), "labels": ", ".join(hidden)}
        reported.notes.append(Finding("nodes-labels-hidden", "", params, first.place))
        return scenario
    nodes = tuple(node for listed_node in listed.values() if (node := _build("Node", listed_node)) is not None)
    reported.notes.append(Finding("nodes-listed", "", {"count": len(nodes)}, first.place))
    cluster = dataclasses.replace(scenario.cluster, nodes=(*scenario.cluster.nodes, *nodes))
    return dataclasses.replace(scenario, cluster=cluster)


def _deciding_labels(pool: IPPool) -> tuple[str, ...]:
    try:
        return parse_selector(pool.node_selector).labels
    except SelectorError:  # which is said elsewhere
        return ()


def _add_listed_pods(scenario: Scenario, pools: Iterable[IPPool], reported: ReportedText) -> Scenario:
    """Return a scenario with the pods that tables of all namespaces list, where nothing else tells of pods.

    A table does not show which pods are on the host's network: those with an address of a node, those that share
    theirs with others on their node, and those whose address is in no pool are taken for such.
    """
    cluster = scenario.cluster
    if not reported.listed_pods or cluster.pods or "Pod" not in cluster.unknown:
        return scenario
    own_addresses = {str(address) for node in cluster.nodes for address in node.addresses}
    own_addresses |= {str(address_from_int(cidr.version, cidr.first)) for cidr in reported.node_addresses}
    pods = [pod for listed_pod in reported.listed_pods if (pod := _build("Pod", listed_pod)) is not None]
    pods_at = Counter((pod.node, pod.addresses) for pod in pods)
    ranges = [pool.cidr for pool in pools]
    placed: list[Pod] = []
    outside: list[str] = []
    nodes_by_address: dict[str, set[str]] = {}
    for pod in pods:
        is_on_host = pods_at[pod.node, pod.addresses] > 1 or any(
            str(address) in own_addresses for address in pod.addresses
        )
        is_outside = not any(address in cidr for cidr in ranges for address in pod.addresses) and bool(ranges)
        if pod.addresses and (is_on_host or is_outside):
            placed.append(dataclasses.replace(pod, host_network=True, addresses=()))
            outside += [] if is_on_host else [f"{pod.namespace}/{pod.name} {pod.addresses[0]}"]
            continue
        placed.append(pod)
        for address in pod.addresses if not pod.finished else ():
            nodes_by_address.setdefault(str(address), set()).add(pod.node)
    place = reported.listed_pods[0].place
    host_count = sum(pod.host_network for pod in placed)
    reported.notes.append(Finding("pods-listed", "", {"count": len(placed), "host": host_count}, place))
    if outside:
        params = {"count": len(outside), "which": ", ".join(outside[:_MAX_NAMES]), "all": outside}
        reported.notes.append(Finding("pods-outside-pools", "", params, place))
    if shared := sorted(address for address, nodes in nodes_by_address.items() if len(nodes) > 1):
        reported.add_figures("totals", "", place, {"ips_with_several_owners": shared})
    return dataclasses.replace(scenario, cluster=dataclasses.replace(cluster, pods=tuple(placed)))


def _add_block_usage(scenario: Scenario, reported: ReportedText) -> Scenario:
    """Return a scenario with the addresses in use of listed blocks, where nothing tells more of blocks or pods."""
    cluster = scenario.cluster
    if not reported.block_usage or cluster.blocks or not cluster.lacks_pods:
        return scenario
    usage = tuple(
        BlockUsage(cidr=cidr, used=used)
        for cidr, used in reported.block_usage.items()
        if cidr.prefix in ALLOWED_BLOCK_SIZES[cidr.version] and used <= cidr.size
    )
    return dataclasses.replace(scenario, cluster=dataclasses.replace(cluster, block_usage=usage))


def _build(kind: str, listed: ListedObject) -> Any | None:
    return read_object(KIND_READERS[kind][0], ObjectSource(listed.value, Document.at_place(listed.place)))


def _add_borrowed_by_pool(pools: Iterable[IPPool], reported: ReportedText) -> None:
    """Count the borrowed addresses of each pool, by the blocks they are in; these tell the pool's blockSize, too."""
    if not reported.borrowed:
        return
    counts: Counter[Cidr] = Counter()
    for pool in pools:
        inside = [(block, place) for block, place in reported.borrowed.values() if block in pool.cidr]
        if not inside:
            continue
        counts[pool.cidr] = len(inside)
        place = inside[0][1]
        reported.add_figures("pools", str(pool.cidr), place, {"borrowed": len(inside)})
        reported.add_block_sizes(pool.cidr, (block for block, _ in inside), place)
    if counts.total() == len(reported.borrowed) and not any(note.code == "borrowed-unknown" for note in reported.notes):
        place = next(iter(reported.borrowed.values()))[1]
        reported.add_figures("pools", ANY_ROW, place, {"borrowed": 0})  # of all others
