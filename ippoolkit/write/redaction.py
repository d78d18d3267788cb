"""A scenario without its names and addresses, so that a report of it can leave the company; every number stays.

Names are replaced by what they name and a number; pools keep the order of their names, in which Calico tries them.
Addresses keep their offset in the outermost network around them, and so every size, every containment and every place
in a block; these networks are placed side by side. Link-local addresses and networks of everything stay: rules
are about them, and they tell nothing. Labels are replaced by one for each selector that picks the object.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..calico.limits import LINK_LOCAL_CIDR, WINDOWS_HANDLE
from ..calico.pool_selection import OS_LABEL
from ..calico.selectors import SelectorError, parse_selector
from ..cidr import Address, Cidr, IPVersion, address_from_int
from ..findings import Finding
from ..model import (
    ALL_KINDS,
    BGPPeer,
    Block,
    BlockAffinity,
    BlockUsage,
    Cluster,
    IPAMHandle,
    IPPool,
    Namespace,
    Node,
    NodeGroup,
    Plan,
    Pod,
    Scenario,
    Service,
)
from ..read import Reading
from ..read.reported import ANY_ROW, ReportedFigures

# Where networks are laid out: private ranges first, then whatever is unicast.
_TARGET_RANGES = {
    4: (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "16.0.0.0/4",
        "32.0.0.0/3",
        "64.0.0.0/3",
        "128.0.0.0/3",
        "192.0.0.0/3",
        "0.0.0.0/0",
    ),
    6: ("fd00::/8", "fc00::/7", "2000::/3", "::/0"),
}
_KEPT_OWNER_KINDS = (
    "ReplicaSet",
    "Deployment",
    "DaemonSet",
    "StatefulSet",
    "Job",
    "Node",
)  # Kubernetes' own, which tell nothing
_KEPT_LABEL_VALUES = {OS_LABEL: ("linux", "windows")}


def redact_scenarios(scenarios: Sequence[Scenario], name: str = "cluster") -> list[Scenario]:
    """Replace names and addresses, alike in all scenarios: what has one name in two of them has one afterwards.

    Parameters
    ----------
    scenarios
        What to redact.
    name
        Name of a single one afterwards; several are numbered.
    """
    return [reading.scenario for reading in redact_readings(list(map(Reading, scenarios)), name)]


def redact_readings(readings: Sequence[Reading], name: str = "cluster") -> list[Reading]:
    """Replace names and addresses in what was read, alike in all readings, notes and reported figures included.

    Parameters
    ----------
    readings
        What to redact.
    name
        Name of a single scenario afterwards; several are numbered.
    """
    redactor = _Redactor(readings)
    several = len(readings) > 1
    return [
        redactor.reading(reading, f"{name}-{number}" if several else name)
        for number, reading in enumerate(readings, start=1)
    ]


class _Redactor:
    """What stands for what."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        scenarios = [reading.scenario for reading in readings]
        reported = [figure for reading in readings for figure in reading.reported]
        clusters = [scenario.cluster for scenario in scenarios]
        self.pools = _numbered_names("pool", (pool.name for cluster in clusters for pool in cluster.pools), sort=True)
        reported_nodes = (figure.row for figure in reported if figure.table == "nodes" and figure.row != ANY_ROW)
        self.nodes = _numbered_names("node", (*_node_names(clusters), *reported_nodes), sort=True)
        self.namespaces = _numbered_names("namespace", _namespace_names(clusters), sort=True)
        self.pods = _numbered_names("pod", _pod_names(clusters))
        self.groups = _numbered_names("group", (group.name for scenario in scenarios for group in scenario.plan.groups))
        self.reservations = _numbered_names(
            "reservation", (reservation.name for cluster in clusters for reservation in cluster.reservations)
        )
        self.services = _numbered_names(
            "service", (service.name for cluster in clusters for service in cluster.services)
        )
        self.handles = _numbered_names("handle", _handle_names(clusters)) | {WINDOWS_HANDLE: WINDOWS_HANDLE}
        selectors = (
            selector
            for cluster in clusters
            for pool in cluster.pools
            for selector in (pool.node_selector, pool.namespace_selector)
        )
        self.selectors = _numbered_names(
            "selector", (selector for selector in selectors if selector and not _selects_everything(selector))
        )
        self.networks = _NetworkRelocation(
            (*(network for scenario in scenarios for network in _networks_of(scenario)), *_networks_reported(reported))
        )

    def reading(self, original: Reading, name: str) -> Reading:
        """Return what was read with everything replaced."""
        scenario, notes = self.scenario(original.scenario, name), tuple(map(_redacted_note, original.notes))
        return Reading(
            scenario,
            notes,
            reported=tuple(map(self._reported_figure, original.reported)),
            newest_creation=original.newest_creation,
        )

    def _reported_figure(self, figure: ReportedFigures) -> ReportedFigures:
        row, value = figure.row, figure.value
        if figure.table == "pools":
            row = self._requested_pool(row)
        elif figure.table == "nodes":
            row = self.nodes.get(row, row)
        if isinstance(value, list):
            value = [self._address_text(item) for item in value]
        elif figure.figure == "cidr" and (cidr := Cidr.parse_or_none(value)):
            value = str(self.networks.relocate_network(cidr))
        return replace(figure, row=row, value=value, place=replace(figure.place, file="", field=""))

    def _address_text(self, text: str) -> str:
        cidr = _host_or_network(text)
        return text if cidr is None else str(self.networks.relocate_network(cidr)).split("/")[0]

    def scenario(self, original: Scenario, name: str) -> Scenario:
        """Return a scenario with everything replaced."""
        relocate = self.networks.relocate_network
        around = original.networks
        networks = replace(
            around,
            cluster=tuple(map(relocate, around.cluster)),
            services=tuple(map(relocate, around.services)),
            nodes=tuple(map(relocate, around.nodes)),
            peers=tuple(map(relocate, around.peers)),
        )
        plan = Plan(months=original.plan.months, groups=tuple(map(self._group, original.plan.groups)))
        return Scenario(name=name, cluster=self._cluster(original.cluster), plan=plan, networks=networks)

    def _cluster(self, cluster: Cluster) -> Cluster:
        reservations = tuple(
            replace(
                reservation,
                name=self.reservations[reservation.name],
                reserved_cidrs=tuple(map(self.networks.relocate_network, reservation.reserved_cidrs)),
            )
            for reservation in cluster.reservations
        )
        return replace(
            cluster,
            pools=tuple(sorted(map(self._pool, cluster.pools), key=lambda pool: pool.name)),
            reservations=reservations,
            nodes=tuple(map(self._node, cluster.nodes)),
            namespaces=tuple(map(self._namespace, cluster.namespaces)),
            pods=tuple(map(self._pod, cluster.pods)),
            services=tuple(map(self._service, cluster.services)),
            blocks=tuple(map(self._block, cluster.blocks)),
            block_usage=tuple(map(self._block_usage, cluster.block_usage)),
            affinities=tuple(map(self._affinity, cluster.affinities)),
            handles=tuple(map(self._handle, cluster.handles)),
            bgp_peers=tuple(
                BGPPeer(name=f"peer-{number}", peer_selector="all()" if peer.peer_selector else "")
                for number, peer in enumerate(cluster.bgp_peers, 1)
            ),
        )

    def _pool(self, pool: IPPool) -> IPPool:
        return replace(
            pool,
            name=self.pools[pool.name],
            cidr=self.networks.relocate_network(pool.cidr),
            node_selector=self._selector(pool.node_selector),
            namespace_selector=self._selector(pool.namespace_selector),
            labels={},
            annotations={},
        )

    def _node(self, node: Node) -> Node:
        tunnels = tuple(
            replace(tunnel, address=self.networks.relocate_address(tunnel.address)) for tunnel in node.tunnels
        )
        ranges = tuple(map(self.networks.relocate_network, node.pod_cidrs))
        return replace(
            node,
            name=self.nodes[node.name],
            labels=self._labels(node.labels),
            tunnels=tunnels,
            pod_cidrs=ranges,
            addresses=tuple(map(self.networks.relocate_address, node.addresses)),
            networks=tuple(map(self.networks.relocate_network, node.networks)),
            as_number=0,
            route_reflector_cluster_id="reflectors" if node.route_reflector_cluster_id else "",
        )

    def _group(self, group: NodeGroup) -> NodeGroup:
        has_os_label = OS_LABEL in group.labels  # else it would be written out, which changes the scenario
        labels = self._labels(group.node_labels)
        kept_labels = {key: value for key, value in labels.items() if has_os_label or key != OS_LABEL}
        return replace(group, name=self.groups[group.name], labels=kept_labels)

    def _namespace(self, namespace: Namespace) -> Namespace:
        return replace(
            namespace,
            name=self.namespaces[namespace.name],
            labels=self._labels(namespace.labels),
            **self._requested_pools(namespace),
        )

    def _pod(self, pod: Pod) -> Pod:
        return replace(
            pod,
            name=self.pods[pod.name],
            namespace=self.namespaces[pod.namespace],
            node=self.nodes[pod.node] if pod.node else "",
            addresses=tuple(map(self.networks.relocate_address, pod.addresses)),
            phase=pod.phase if pod.phase in ("Pending", "Running", "Succeeded", "Failed", "Unknown") else "Unknown",
            owner=pod.owner if pod.owner in ("", *_KEPT_OWNER_KINDS) else "other",
            **self._requested_pools(pod),
        )

    def _block(self, block: Block) -> Block:
        kind, colon, host = block.affinity.partition(":")
        affinity = f"{kind}{colon}{self.nodes.get(host, host)}" if kind == "host" else block.affinity
        allocations = tuple(
            replace(
                allocation,
                handle=self.handles[allocation.handle] if allocation.handle else "",
                node=self.nodes[allocation.node] if allocation.node else "",
                namespace=self.namespaces[allocation.namespace] if allocation.namespace else "",
                pod=self.pods[allocation.pod] if allocation.pod else "",
            )
            for allocation in block.allocations
        )
        return replace(
            block, cidr=self.networks.relocate_network(block.cidr), affinity=affinity, allocations=allocations
        )

    def _block_usage(self, block: BlockUsage) -> BlockUsage:
        return replace(block, cidr=self.networks.relocate_network(block.cidr))

    def _service(self, service: Service) -> Service:
        return replace(
            service,
            name=self.services[service.name],
            namespace=self.namespaces[service.namespace],
            addresses=tuple(map(self.networks.relocate_address, service.addresses)),
        )

    def _affinity(self, affinity: BlockAffinity) -> BlockAffinity:
        node = self.nodes[affinity.node] if affinity.type == "host" else affinity.node
        return replace(affinity, node=node, cidr=self.networks.relocate_network(affinity.cidr))

    def _handle(self, handle: IPAMHandle) -> IPAMHandle:
        blocks = {self._requested_pool(text): count for text, count in handle.block.items()}
        return replace(handle, handle_id=self.handles[handle.handle_id], block=blocks)

    def _requested_pools(self, namespace_or_pod: Namespace | Pod) -> dict[str, Any]:
        return {
            field: tuple(map(self._requested_pool, getattr(namespace_or_pod, field)))
            for field in ("ipv4_pools", "ipv6_pools")
        }

    def _requested_pool(self, text: str) -> str:
        """Replace what a pod or namespace asks for: the name of a pool, or its range."""
        if text in self.pools:
            return self.pools[text]
        cidr = Cidr.parse_or_none(text)
        return str(self.networks.relocate_network(cidr)) if cidr and self.networks.covers(cidr) else "unknown-pool"

    def _selector(self, text: str) -> str:
        if not text or _selects_everything(text):
            return text
        label = self.selectors[text]
        return (
            f"has({label})" if _selector_matches(text, {}) is not None else f"{label} =="
        )  # no selector before, none after

    def _labels(self, labels: Mapping[str, str]) -> dict[str, str]:
        kept_labels = {key: value for key, value in labels.items() if value in _KEPT_LABEL_VALUES.get(key, ())}
        return kept_labels | {
            label: "" for selector, label in self.selectors.items() if _selector_matches(selector, labels)
        }


class _NetworkRelocation:
    """Networks placed side by side: each outermost one gets a place of its own, what lies in it keeps its offset."""

    def __init__(self, networks: Iterable[Cidr]) -> None:
        self._networks = sorted(set(networks), key=lambda cidr: (cidr.version, cidr.first, cidr.prefix))
        outermost: list[Cidr] = []
        for cidr in self._networks:
            if not outermost or cidr not in outermost[-1]:
                outermost.append(cidr)
        self._new_first: dict[Cidr, int] = {}
        self._outermost = {
            version: [network for network in outermost if network.version == version] for version in (4, 6)
        }
        for outermost_networks in self._outermost.values():
            taken_spans = [(cidr.first, cidr.last) for cidr in outermost_networks]
            for cidr in sorted(outermost_networks, key=lambda cidr: (cidr.prefix, cidr.first)):
                self._new_first[cidr] = new_first = (
                    cidr.first if _keeps_place(cidr) else _first_free_address(cidr, taken_spans)
                )
                if new_first != cidr.first:
                    taken_spans.append((new_first, new_first + cidr.size - 1))
                    taken_spans.sort()

    def covers(self, cidr: Cidr) -> bool:
        """Whether it lies in one of the networks laid out."""
        return self._outermost_network(cidr.version, cidr.first) is not None

    def relocate_network(self, cidr: Cidr) -> Cidr:
        """Return where a network is now."""
        return Cidr(cidr.version, self._relocate(cidr.version, cidr.first), cidr.prefix)

    def relocate_address(self, address: Address) -> Address:
        """Return where an address is now."""
        version: IPVersion = 4 if address.version == 4 else 6
        return address_from_int(version, self._relocate(version, int(address)))

    def _relocate(self, version: IPVersion, value: int) -> int:
        outermost = self._outermost_network(version, value)
        assert outermost is not None
        return self._new_first[outermost] + value - outermost.first

    def _outermost_network(self, version: IPVersion, value: int) -> Cidr | None:
        from bisect import bisect_right

        candidates = self._outermost[version]
        position = bisect_right(candidates, value, key=lambda cidr: cidr.first) - 1
        return candidates[position] if position >= 0 and candidates[position].last >= value else None


def _keeps_place(cidr: Cidr) -> bool:
    return cidr.prefix == 0 or cidr.overlaps(LINK_LOCAL_CIDR[cidr.version])


def _first_free_address(cidr: Cidr, taken_spans: Sequence[tuple[int, int]]) -> int:
    """Return the first place for a network of this size that neither an old nor a new one overlaps."""
    for text in _TARGET_RANGES[cidr.version]:
        target_range = Cidr.parse(text)
        if target_range.prefix > cidr.prefix:
            continue
        candidate = target_range.first
        for first, last in taken_spans:
            if last < candidate:
                continue
            if first > candidate + cidr.size - 1:
                break
            candidate = -(-(last + 1) // cidr.size) * cidr.size
        network = Cidr(cidr.version, candidate, cidr.prefix) if candidate + cidr.size - 1 <= target_range.last else None
        if network and not network.overlaps(LINK_LOCAL_CIDR[cidr.version]):
            return candidate
    return cidr.first  # nothing else is left: a network this large tells nothing


def _networks_reported(figures: Iterable[ReportedFigures]) -> Iterator[Cidr]:
    for figure in figures:
        texts = figure.value if isinstance(figure.value, list) else []
        networks = (Cidr.parse_or_none(figure.row), *map(_host_or_network, texts))
        yield from (cidr for cidr in networks if cidr is not None)


def _host_or_network(text: object) -> Cidr | None:
    """Read a network, or an address as a network of its own."""
    written = str(text)
    return Cidr.parse_or_none(written if "/" in written else f"{written}/{128 if ':' in written else 32}")


def _redacted_note(note: Finding) -> Finding:
    """Return a remark on the reading without file, place and names; kinds and numbers stay."""
    params = {
        key: value if isinstance(value, int | float) or value in ALL_KINDS else "…"
        for key, value in note.params.items()
    }
    return replace(note, subject="", place=None, params=params)


def _networks_of(scenario: Scenario) -> Iterator[Cidr]:
    cluster, networks_around = scenario.cluster, scenario.networks
    yield from (pool.cidr for pool in cluster.pools)
    yield from (block.cidr for block in cluster.blocks)
    yield from (affinity.cidr for affinity in cluster.affinities)
    yield from (cidr for handle in cluster.handles for text in handle.block if (cidr := Cidr.parse_or_none(text)))
    for service in cluster.services:
        yield from map(_host_network, service.addresses)
    for reservation in cluster.reservations:
        yield from reservation.reserved_cidrs
    for networks in (networks_around.cluster, networks_around.services, networks_around.nodes, networks_around.peers):
        yield from networks
    for node in cluster.nodes:
        yield from node.pod_cidrs
        yield from (_host_network(tunnel.address) for tunnel in node.tunnels)
        yield from map(_host_network, node.addresses)
        yield from node.networks
    for pod in cluster.pods:
        yield from map(_host_network, pod.addresses)


def _host_network(address: Address) -> Cidr:
    version: IPVersion = 4 if isinstance(address, ipaddress.IPv4Address) else 6
    return Cidr(version, int(address), 32 if version == 4 else 128)


def _node_names(clusters: Iterable[Cluster]) -> Iterator[str]:
    for cluster in clusters:
        yield from (node.name for node in cluster.nodes)
        yield from (pod.node for pod in cluster.pods if pod.node)
        for block in cluster.blocks:
            yield from (name for name in (block.host, *(allocation.node for allocation in block.allocations)) if name)
        yield from (affinity.node for affinity in cluster.affinities if affinity.type == "host")


def _namespace_names(clusters: Iterable[Cluster]) -> Iterator[str]:
    for cluster in clusters:
        yield from (namespace.name for namespace in cluster.namespaces)
        yield from (pod.namespace for pod in cluster.pods)
        yield from (service.namespace for service in cluster.services)
        yield from (
            allocation.namespace for block in cluster.blocks for allocation in block.allocations if allocation.namespace
        )


def _handle_names(clusters: Iterable[Cluster]) -> Iterator[str]:
    for cluster in clusters:
        yield from (
            allocation.handle for block in cluster.blocks for allocation in block.allocations if allocation.handle
        )
        yield from (handle.handle_id for handle in cluster.handles)


def _pod_names(clusters: Iterable[Cluster]) -> Iterator[str]:
    for cluster in clusters:
        yield from (pod.name for pod in cluster.pods)
        yield from (allocation.pod for block in cluster.blocks for allocation in block.allocations if allocation.pod)


def _numbered_names(kind: str, names: Iterable[str], *, sort: bool = False) -> dict[str, str]:
    distinct = list(dict.fromkeys(names))
    if sort:
        distinct.sort()
    width = len(str(len(distinct)))
    return {name: f"{kind}-{number:0{width}}" for number, name in enumerate(distinct, start=1)}


def _selects_everything(selector: str) -> bool:
    return selector.replace(" ", "") in ("all()", "global()")


def _selector_matches(selector: str, labels: Mapping[str, str]) -> bool | None:
    try:
        return parse_selector(selector).matches(labels)
    except SelectorError:
        return None
