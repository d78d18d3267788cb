"""Networks that are in use, as address plans, routing tables and Kubernetes' objects list them, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..cidr import Cidr
from ..findings import Finding, Place
from .address_plan import read_address_plan
from .document import Document, FieldPath
from .listed_network import ListedNetwork, parse_network

_ROUTE = re.compile(
    r"\s*(?:(?P<type>unicast|blackhole|unreachable|prohibit|throw|local|broadcast|multicast|anycast)\s+)?"
    r"(?P<network>default|[0-9a-fA-F.:]+(?:/[0-9]{1,3})?)"
    r"(?:\s+(?P<rest>(?:via|dev|proto|scope|metric|nhid|src|table|onlink|nexthop)\b.*))?\s*"
)
_ROUTE_COMMAND = re.compile(r"(?:.*[$#>%]\s*)?(?:sudo\s+)?ip\s+(?:-\S+\s+)*r(?:o|oute)?(?:\s.*)?")
_NOT_NETWORKS = ("broadcast", "multicast", "anycast")


def read_networks(text: str, name: str, problems: list[Finding]) -> list[ListedNetwork] | None:
    """Read an address plan or a routing table.

    Parameters
    ----------
    text
        The file.
    name
        What to call it.
    problems
        Gets what is wrong, each with its line.

    Returns
    -------
    list of ListedNetwork or None
        None where the text is neither.
    """
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
        cidr = parse_network(match["network"], Place(name, number), problems, host=True)
        if cidr is not None and cidr.prefix:
            yield ListedNetwork(cidr, str(Place(name, number)), match["rest"] or match["type"] or "")


def networks_in_documents(documents: Iterable[Document], problems: list[Finding]) -> list[ListedNetwork]:
    """Return the networks that Kubernetes' objects say are in use and that a scenario does not hold.

    Addresses of nodes and, where Calico notes their network, that network; addresses of services; the ranges of
    ServiceCIDRs, and those that the flags of kube-apiserver and kube-controller-manager give to services.
    """
    return [
        listed
        for document in documents
        for path, item in _objects((), document.value)
        for listed in _of_object(item, document.place(path), problems)
    ]


def _objects(path: FieldPath, value: object) -> Iterator[tuple[FieldPath, Mapping[str, Any]]]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _objects((*path, index), item)
    elif isinstance(value, Mapping):
        if isinstance(items := value.get("items"), list):
            yield from _objects((*path, "items"), items)
        else:
            yield path, value


def _of_object(item: Mapping[str, Any], place: Place, problems: list[Finding]) -> Iterator[ListedNetwork]:
    metadata, spec, status = (_mapping(item.get(key)) for key in ("metadata", "spec", "status"))
    name = str(metadata.get("name", ""))
    ranges_and_users: list[tuple[object, str]] = []
    match item.get("kind"):
        case "Node":
            annotations, bgp = _mapping(metadata.get("annotations")), _mapping(spec.get("bgp"))
            ranges_and_users += [
                (annotations.get(f"projectcalico.org/{key}"), f"network of node {name}")
                for key in ("IPv4Address", "IPv6Address")
            ]
            ranges_and_users += [(bgp.get(key), f"network of node {name}") for key in ("ipv4Address", "ipv6Address")]
            ranges_and_users += [
                (node_address.get("address"), f"node {name}")
                for node_address in _mappings(status.get("addresses"))
                if _is_address(node_address)
            ]
            ranges_and_users = _widest(ranges_and_users)
        case "Service":
            user = f"service {metadata.get('namespace', 'default')}/{name}"
            addresses = _list(spec.get("clusterIPs")) or [spec.get("clusterIP")]
            addresses = [*addresses, *_list(spec.get("externalIPs"))]
            ranges_and_users += [(address, user) for address in addresses if address not in ("", "None")]
        case "ServiceCIDR":
            ranges_and_users += [(service_cidr, f"ServiceCIDR {name}") for service_cidr in _list(spec.get("cidrs"))]
        case "Pod":
            for flag in _flags(spec):
                key, _, value = flag.partition("=")
                if key == "--service-cluster-ip-range":
                    ranges_and_users += [
                        (text.strip(), "services (--service-cluster-ip-range)") for text in value.split(",")
                    ]
    for text, user in ranges_and_users:
        if isinstance(text, str) and (
            cidr := parse_network(text, place, problems, host="node " in user or "service " in user)
        ):
            yield ListedNetwork(cidr, str(place), user)


def _widest(ranges_and_users: list[tuple[object, str]]) -> list[tuple[object, str]]:
    """Take the network of a node's address where it is known; else the address."""
    networks = [(text, user) for text, user in ranges_and_users if isinstance(text, str) and "/" in text]
    wide = {str(text).partition("/")[0] for text, _ in networks}
    known: list[tuple[object, str]] = [(str(Cidr.parse_or_none(text) or text), user) for text, user in networks]
    return known + [
        (text, user)
        for text, user in ranges_and_users
        if isinstance(text, str) and "/" not in text and text not in wide
    ]


def _is_address(address: Mapping[str, Any]) -> bool:
    return address.get("type") in ("InternalIP", "ExternalIP")


def _flags(spec: Mapping[str, Any]) -> Iterator[str]:
    for container in _mappings(spec.get("containers")):
        for key in ("command", "args"):
            yield from (flag for flag in _list(container.get(key)) if isinstance(flag, str))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _mappings(value: object) -> list[Mapping[str, Any]]:
    return [item for item in _list(value) if isinstance(item, Mapping)]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
