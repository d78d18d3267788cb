"""A scenario without its names and addresses, so that a report of it can leave the company; every number stays.

Names are replaced by what they name and a number; pools keep the order of their names, in which Calico tries them.
Addresses keep their offset in the outermost network around them, and so every size, every containment and every place
in a block; these networks are laid out anew, side by side. Link-local addresses and networks of everything stay: rules
are about them, and they tell nothing. Labels are replaced by one for each selector that picks the object.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..cidr import Address, Cidr, Version, address_of
from ..limits import LINK_LOCAL, WINDOWS_HANDLE
from ..model import (
    Block,
    BlockAffinity,
    Cluster,
    IPAMHandle,
    IPPool,
    Namespace,
    Networks,
    Node,
    NodeGroup,
    Plan,
    Pod,
    Scenario,
    Service,
)
from ..model.cluster import OS_LABEL
from ..selectors import SelectorError, parse

# Where networks are laid out: private ranges first, then whatever is unicast.
_ROOM = {
    4: ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "16.0.0.0/4", "32.0.0.0/3", "64.0.0.0/3",
        "128.0.0.0/3", "192.0.0.0/3", "0.0.0.0/0"),
    6: ("fd00::/8", "fc00::/7", "2000::/3", "::/0"),
}  # fmt: skip
_OWNERS = ("ReplicaSet", "Deployment", "DaemonSet", "StatefulSet", "Job", "Node")  # Kubernetes' own, which tell nothing
_KEPT_LABELS = {OS_LABEL: ("linux", "windows")}


def redacted(scenarios: Sequence[Scenario], name: str = "cluster") -> list[Scenario]:
    """Replace names and addresses, alike in all scenarios: what has one name in two of them has one afterwards.

    Parameters
    ----------
    scenarios
        What to redact.
    name
        What a single one is called afterwards; several are numbered.
    """
    names = _Names(scenarios)
    several = len(scenarios) > 1
    return [names.scenario(one, f"{name}-{at}" if several else name) for at, one in enumerate(scenarios, start=1)]


class _Names:
    """What stands for what."""

    def __init__(self, scenarios: Sequence[Scenario]) -> None:
        clusters = [one.cluster for one in scenarios]
        self.pools = _numbered("pool", (pool.name for one in clusters for pool in one.pools), sort=True)
        self.nodes = _numbered("node", _node_names(clusters), sort=True)
        self.namespaces = _numbered("namespace", _namespace_names(clusters), sort=True)
        self.pods = _numbered("pod", _pod_names(clusters))
        self.groups = _numbered("group", (group.name for one in scenarios for group in one.plan.groups))
        self.reservations = _numbered("reservation", (each.name for one in clusters for each in one.reservations))
        self.services = _numbered("service", (each.name for one in clusters for each in one.services))
        self.handles = _numbered("handle", _handle_names(clusters)) | {WINDOWS_HANDLE: WINDOWS_HANDLE}
        selectors = (s for one in clusters for pool in one.pools for s in (pool.node_selector, pool.namespace_selector))
        self.selectors = _numbered("selector", (s for s in selectors if s and not _everything(s)))
        self.networks = _Networks(network for one in scenarios for network in _networks_of(one))

    def scenario(self, one: Scenario, name: str) -> Scenario:
        """Return a scenario with everything replaced."""
        move = self.networks.network
        networks = {
            field: tuple(map(move, getattr(one.networks, field))) for field in ("cluster", "services", "nodes", "peers")
        }
        plan = Plan(months=one.plan.months, groups=tuple(map(self._group, one.plan.groups)))
        return Scenario(name=name, cluster=self._cluster(one.cluster), plan=plan, networks=Networks(**networks))

    def _cluster(self, cluster: Cluster) -> Cluster:
        reservations = tuple(
            replace(each, name=self.reservations[each.name],
                    reserved_cidrs=tuple(map(self.networks.network, each.reserved_cidrs)))
            for each in cluster.reservations
        )  # fmt: skip
        return replace(
            cluster,
            pools=tuple(sorted(map(self._pool, cluster.pools), key=lambda pool: pool.name)),
            reservations=reservations,
            nodes=tuple(map(self._node, cluster.nodes)),
            namespaces=tuple(map(self._namespace, cluster.namespaces)),
            pods=tuple(map(self._pod, cluster.pods)),
            services=tuple(map(self._service, cluster.services)),
            blocks=tuple(map(self._block, cluster.blocks)),
            affinities=tuple(map(self._affinity, cluster.affinities)),
            handles=tuple(map(self._handle, cluster.handles)),
        )

    def _pool(self, pool: IPPool) -> IPPool:
        return replace(
            pool,
            name=self.pools[pool.name],
            cidr=self.networks.network(pool.cidr),
            node_selector=self._selector(pool.node_selector),
            namespace_selector=self._selector(pool.namespace_selector),
            labels={},
            annotations={},
        )

    def _node(self, node: Node) -> Node:
        tunnels = tuple(replace(each, address=self.networks.address(each.address)) for each in node.tunnels)
        ranges = tuple(map(self.networks.network, node.pod_cidrs))
        return replace(
            node, name=self.nodes[node.name], labels=self._labels(node.labels), tunnels=tunnels, pod_cidrs=ranges
        )

    def _group(self, group: NodeGroup) -> NodeGroup:
        own = OS_LABEL in group.labels  # else it would be written out, which changes the scenario
        labels = self._labels(group.node_labels)
        kept = {key: value for key, value in labels.items() if own or key != OS_LABEL}
        return replace(group, name=self.groups[group.name], labels=kept)

    def _namespace(self, one: Namespace) -> Namespace:
        return replace(
            one,
            name=self.namespaces[one.name],
            labels=self._labels(one.labels),
            **self._asked_pools(one),
        )

    def _pod(self, pod: Pod) -> Pod:
        return replace(
            pod,
            name=self.pods[pod.name],
            namespace=self.namespaces[pod.namespace],
            node=self.nodes[pod.node] if pod.node else "",
            addresses=tuple(map(self.networks.address, pod.addresses)),
            phase=pod.phase if pod.phase in ("Pending", "Running", "Succeeded", "Failed", "Unknown") else "Unknown",
            owner=pod.owner if pod.owner in ("", *_OWNERS) else "other",
            **self._asked_pools(pod),
        )

    def _block(self, block: Block) -> Block:
        kind, colon, host = block.affinity.partition(":")
        affinity = f"{kind}{colon}{self.nodes.get(host, host)}" if kind == "host" else block.affinity
        allocations = tuple(
            replace(
                each,
                handle=self.handles[each.handle] if each.handle else "",
                node=self.nodes[each.node] if each.node else "",
                namespace=self.namespaces[each.namespace] if each.namespace else "",
                pod=self.pods[each.pod] if each.pod else "",
            )
            for each in block.allocations
        )
        return replace(block, cidr=self.networks.network(block.cidr), affinity=affinity, allocations=allocations)

    def _service(self, one: Service) -> Service:
        return replace(
            one,
            name=self.services[one.name],
            namespace=self.namespaces[one.namespace],
            addresses=tuple(map(self.networks.address, one.addresses)),
        )

    def _affinity(self, one: BlockAffinity) -> BlockAffinity:
        node = self.nodes[one.node] if one.type == "host" else one.node
        return replace(one, node=node, cidr=self.networks.network(one.cidr))

    def _handle(self, one: IPAMHandle) -> IPAMHandle:
        blocks = {self._asked(text): count for text, count in one.block.items()}
        return replace(one, handle_id=self.handles[one.handle_id], block=blocks)

    def _asked_pools(self, one: Namespace | Pod) -> dict[str, Any]:
        return {name: tuple(map(self._asked, getattr(one, name))) for name in ("ipv4_pools", "ipv6_pools")}

    def _asked(self, text: str) -> str:
        """Replace what a pod or namespace asks for: the name of a pool, or its range."""
        if text in self.pools:
            return self.pools[text]
        cidr = Cidr.maybe(text)
        return str(self.networks.network(cidr)) if cidr and self.networks.knows(cidr) else "unknown-pool"

    def _selector(self, text: str) -> str:
        if not text or _everything(text):
            return text
        label = self.selectors[text]
        return f"has({label})" if _matches(text, {}) is not None else f"{label} =="  # no selector before, none after

    def _labels(self, labels: Mapping[str, str]) -> dict[str, str]:
        kept = {key: value for key, value in labels.items() if value in _KEPT_LABELS.get(key, ())}
        return kept | {label: "" for text, label in self.selectors.items() if _matches(text, labels)}


class _Networks:
    """Networks laid out anew: each outermost one gets a place of its own, what lies in it keeps its offset."""

    def __init__(self, networks: Iterable[Cidr]) -> None:
        self._known = sorted(set(networks), key=lambda cidr: (cidr.version, cidr.first, cidr.prefix))
        outer: list[Cidr] = []
        for cidr in self._known:
            if not outer or cidr not in outer[-1]:
                outer.append(cidr)
        self._places: dict[Cidr, int] = {}
        self._by_family = {version: [c for c in outer if c.version == version] for version in (4, 6)}
        for of_family in self._by_family.values():
            taken = [(cidr.first, cidr.last) for cidr in of_family]
            for cidr in sorted(of_family, key=lambda cidr: (cidr.prefix, cidr.first)):
                self._places[cidr] = first = cidr.first if _stays(cidr) else _free(cidr, taken)
                if first != cidr.first:
                    taken.append((first, first + cidr.size - 1))
                    taken.sort()

    def knows(self, cidr: Cidr) -> bool:
        """Whether it lies in one of the networks laid out."""
        return self._around(cidr.version, cidr.first) is not None

    def network(self, cidr: Cidr) -> Cidr:
        """Return where a network is now."""
        return Cidr(cidr.version, self._moved(cidr.version, cidr.first), cidr.prefix)

    def address(self, address: Address) -> Address:
        """Return where an address is now."""
        version: Version = 4 if address.version == 4 else 6
        return address_of(version, self._moved(version, int(address)))

    def _moved(self, version: Version, value: int) -> int:
        around = self._around(version, value)
        assert around is not None
        return self._places[around] + value - around.first

    def _around(self, version: Version, value: int) -> Cidr | None:
        from bisect import bisect_right

        outer = self._by_family[version]
        at = bisect_right(outer, value, key=lambda cidr: cidr.first) - 1
        return outer[at] if at >= 0 and outer[at].last >= value else None


def _stays(cidr: Cidr) -> bool:
    return cidr.prefix == 0 or cidr.overlaps(LINK_LOCAL[cidr.version])


def _free(cidr: Cidr, taken: Sequence[tuple[int, int]]) -> int:
    """Return the first place for a network of this size that neither an old nor a new one overlaps."""
    for text in _ROOM[cidr.version]:
        room = Cidr.parse(text)
        if room.prefix > cidr.prefix:
            continue
        at = room.first
        for first, last in taken:
            if last < at:
                continue
            if first > at + cidr.size - 1:
                break
            at = -(-(last + 1) // cidr.size) * cidr.size
        place = Cidr(cidr.version, at, cidr.prefix) if at + cidr.size - 1 <= room.last else None
        if place and not place.overlaps(LINK_LOCAL[cidr.version]):
            return at
    return cidr.first  # nothing else is left: a network this large tells nothing


def _networks_of(scenario: Scenario) -> Iterator[Cidr]:
    cluster, around = scenario.cluster, scenario.networks
    yield from (pool.cidr for pool in cluster.pools)
    yield from (block.cidr for block in cluster.blocks)
    yield from (affinity.cidr for affinity in cluster.affinities)
    yield from (cidr for handle in cluster.handles for text in handle.block if (cidr := Cidr.maybe(text)))
    for service in cluster.services:
        yield from map(_single, service.addresses)
    for reservation in cluster.reservations:
        yield from reservation.reserved_cidrs
    for networks in (around.cluster, around.services, around.nodes, around.peers):
        yield from networks
    for node in cluster.nodes:
        yield from node.pod_cidrs
        yield from (_single(tunnel.address) for tunnel in node.tunnels)
    for pod in cluster.pods:
        yield from map(_single, pod.addresses)


def _single(address: Address) -> Cidr:
    version: Version = 4 if isinstance(address, ipaddress.IPv4Address) else 6
    return Cidr(version, int(address), 32 if version == 4 else 128)


def _node_names(clusters: Iterable[Cluster]) -> Iterator[str]:
    for one in clusters:
        yield from (node.name for node in one.nodes)
        yield from (pod.node for pod in one.pods if pod.node)
        for block in one.blocks:
            yield from (name for name in (block.host, *(each.node for each in block.allocations)) if name)
        yield from (affinity.node for affinity in one.affinities if affinity.type == "host")


def _namespace_names(clusters: Iterable[Cluster]) -> Iterator[str]:
    for one in clusters:
        yield from (namespace.name for namespace in one.namespaces)
        yield from (pod.namespace for pod in one.pods)
        yield from (service.namespace for service in one.services)
        yield from (each.namespace for block in one.blocks for each in block.allocations if each.namespace)


def _handle_names(clusters: Iterable[Cluster]) -> Iterator[str]:
    for one in clusters:
        yield from (each.handle for block in one.blocks for each in block.allocations if each.handle)
        yield from (handle.handle_id for handle in one.handles)


def _pod_names(clusters: Iterable[Cluster]) -> Iterator[str]:
    for one in clusters:
        yield from (pod.name for pod in one.pods)
        yield from (each.pod for block in one.blocks for each in block.allocations if each.pod)


def _numbered(kind: str, names: Iterable[str], *, sort: bool = False) -> dict[str, str]:
    distinct = list(dict.fromkeys(names))
    if sort:
        distinct.sort()
    width = len(str(len(distinct)))
    return {name: f"{kind}-{at:0{width}}" for at, name in enumerate(distinct, start=1)}


def _everything(selector: str) -> bool:
    return selector.replace(" ", "") in ("all()", "global()")


def _matches(selector: str, labels: Mapping[str, str]) -> bool | None:
    try:
        return parse(selector).matches(labels)
    except SelectorError:
        return None
