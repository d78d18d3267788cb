"""Networks that are in use, as address plans, routing tables and Kubernetes' objects list them, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..cidr import Cidr
from ..findings import Finding, Place
from .address_plan import read_address_plan
from .document import Document
from .installers.setting_values import parse_container_arguments, split_list
from .listed_network import ListedNetwork, parse_network
from .plain_values import get_list, get_mapping, get_mappings, get_value, iter_objects

_ROUTE = re.compile(
    r"\s*(?:(?P<type>unicast|blackhole|unreachable|prohibit|throw|local|broadcast|multicast|anycast)\s+)?"
    r"(?P<network>default|[0-9a-fA-F.:]+(?:/[0-9]{1,3})?)"
    r"(?:\s+(?P<rest>(?:via|dev|proto|scope|metric|nhid|src|table|onlink|nexthop)\b.*))?\s*"
)
_ROUTE_COMMAND = re.compile(r"(?:.*[$#>%]\s*)?(?:sudo\s+)?ip\s+(?:-\S+\s+)*r(?:o|oute)?(?:\s.*)?")
_NOT_NETWORKS = ("broadcast", "multicast", "anycast")


def read_networks(text: str, name: str, problems: list[Finding]) -> list[ListedNetwork] | None:
    """Read an address plan or a routing table; None where a text is neither. `problems` gets what is wrong in it."""
    lines = text.splitlines()
    filled = [index for index, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")]
    if filled and _ROUTE_COMMAND.fullmatch(lines[filled[0]]):
        lines[filled.pop(0)] = ""
    if not filled:
        return None
    if _ROUTE.fullmatch(lines[filled[0]]):
        return list(_routes(lines, name, problems))
    return read_address_plan(lines, filled, name, problems)


def _routes(lines: Iterable[str], name: str, problems: list[Finding]) -> Iterator[ListedNetwork]:
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith(("#", "nexthop")):
            continue
        match = _ROUTE.fullmatch(line)
        if match is None:
            problems.append(Finding("route-line", params={"line": line.strip()[:120]}, place=Place(name, number)))
            continue
        if match["network"] == "default" or match["type"] in _NOT_NETWORKS:
            continue
        cidr = parse_network(match["network"], Place(name, number), problems, takes_hosts=True)
        if cidr is not None and cidr.prefix:
            yield ListedNetwork(cidr, str(Place(name, number)), match["rest"] or match["type"] or "")


def networks_in_documents(documents: Iterable[Document], problems: list[Finding]) -> list[ListedNetwork]:
    """Return the networks that Kubernetes' objects say are in use and that a scenario does not hold.

    Addresses of nodes and, where Calico notes their network, that network; addresses of services; the ranges of
    ServiceCIDRs, and those that the flags of kube-apiserver and kube-controller-manager give to services.
    """
    networks: list[ListedNetwork] = []
    for document in documents:
        for path, item in iter_objects(document.value):
            place = document.place(path)
            takes_hosts = item.get("kind") in ("Node", "Service")
            for text, user in _ranges_in_use(item):
                if isinstance(text, str) and (cidr := parse_network(text, place, problems, takes_hosts=takes_hosts)):
                    networks.append(ListedNetwork(cidr, str(place), user))
    return networks


def _ranges_in_use(item: Mapping[str, Any]) -> Iterator[tuple[object, str]]:
    """Yield what an object says is in use, and by whom."""
    name, spec = get_value(item, "metadata", "name") or "", get_mapping(item, "spec")
    match item.get("kind"):
        case "Node":
            yield from _node_ranges(item, str(name))
        case "Service":
            user = f"service {get_mapping(item, 'metadata').get('namespace', 'default')}/{name}"
            addresses = get_list(spec, "clusterIPs") or [spec.get("clusterIP")]
            for address in (*addresses, *get_list(spec, "externalIPs")):
                if address not in ("", "None"):
                    yield address, user
        case "ServiceCIDR":
            yield from ((cidr, f"ServiceCIDR {name}") for cidr in get_list(spec, "cidrs"))
        case "Pod":
            ranges = parse_container_arguments(spec).get("service-cluster-ip-range")
            yield from ((text, "services (--service-cluster-ip-range)") for text in split_list(ranges))


def _node_ranges(node: Mapping[str, Any], name: str) -> Iterator[tuple[str, str]]:
    """Yield the networks of a node's addresses where they are known, and its other addresses."""
    annotations, bgp = get_mapping(node, "metadata", "annotations"), get_mapping(node, "spec", "bgp")
    values = [annotations.get(f"projectcalico.org/{key}") for key in ("IPv4Address", "IPv6Address")]
    values += [bgp.get(key) for key in ("ipv4Address", "ipv6Address")]
    values += [
        address.get("address")
        for address in get_mappings(node, "status", "addresses")
        if address.get("type") in ("InternalIP", "ExternalIP")
    ]
    texts = [text for text in values if isinstance(text, str)]
    with_network = {text.partition("/")[0] for text in texts if "/" in text}
    yield from ((str(Cidr.parse_or_none(text) or text), f"network of node {name}") for text in texts if "/" in text)
    yield from ((text, f"node {name}") for text in texts if "/" not in text and text not in with_network)
