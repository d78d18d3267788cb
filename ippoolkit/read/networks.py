"""Networks that are in use, as address plans and routing tables list them.

CSV as NetBox, phpIPAM, Infoblox and spreadsheets export it, and what ``ip route`` prints. Each network comes with where
it stands. Networks are taken as they are written: bits behind a prefix are a mistake worth knowing, unless the column
holds addresses.
"""

from __future__ import annotations

import csv
import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..cidr import ADDRESS_BITS, Cidr, CidrError, IPVersion
from ..findings import Finding, Place
from .document import Document, FieldPath

_NETWORK = ("prefix", "cidr", "network", "subnet", "network_address", "ip_network", "range", "block", "route")
_ADDRESS = ("address", "ip_address", "ip", "ip_addr", "host")
_MASK = ("mask", "netmask", "subnet_mask", "cidr", "prefix_length", "prefixlen", "masklen")
_ENDS = (
    ("start", "end"),
    ("start_address", "end_address"),
    ("start_ip", "end_ip"),
    ("range_start", "range_end"),
    ("first", "last"),
    ("first_address", "last_address"),
    ("first_ip", "last_ip"),
    ("from", "to"),
)
_OWNERS = ("description", "name", "comment", "comments", "section", "tenant", "site", "role", "owner", "vrf")
_SECTION = "header"  # of Infoblox: a file holds sections, each begun by a row of names such as header-network
_Line = tuple[str, int]  # of a file

_ROUTE = re.compile(
    r"\s*(?:(?P<type>unicast|blackhole|unreachable|prohibit|throw|local|broadcast|multicast|anycast)\s+)?"
    r"(?P<network>default|[0-9a-fA-F.:]+(?:/[0-9]{1,3})?)"
    r"(?:\s+(?P<rest>(?:via|dev|proto|scope|metric|nhid|src|table|onlink|nexthop)\b.*))?\s*"
)
_NOT_NETWORKS = ("broadcast", "multicast", "anycast")


@dataclass(frozen=True, slots=True)
class ListedNetwork:
    """A network, where it is listed, and by whom it is used, if that is said."""

    cidr: Cidr
    where: str
    used_by: str = ""

    @property
    def owner(self) -> str:
        """Who uses it; where nobody says: where it is listed."""
        return self.used_by or self.where


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
    filled = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if not filled:
        return None
    if _ROUTE.fullmatch(filled[0]):
        return list(_routes(lines, name, problems))
    if (delimiter := _delimiter(filled[0])) is not None:
        return list(_rows(lines, delimiter, name, problems))
    return None


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
        cidr = _network(match["network"], Place(name, number), problems, host=True)
        if cidr is not None and cidr.prefix:
            yield ListedNetwork(cidr, str(Place(name, number)), match["rest"] or match["type"] or "")


def _delimiter(head: str) -> str | None:
    """Return what separates the cells of a heading; None where it names no column that holds networks."""
    if len(head) > csv.field_size_limit():
        return None
    for delimiter in (",", ";", "\t"):
        cells = next(csv.reader([head], delimiter=delimiter))
        if _Columns.of(cells) is not None:
            return delimiter
    return None


def _rows(lines: Sequence[str], delimiter: str, name: str, problems: list[Finding]) -> Iterator[ListedNetwork]:
    columns: _Columns | None = None
    reader = csv.reader(lines, delimiter=delimiter)
    next_line = 1
    while True:
        number = next_line
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.append(Finding("csv-syntax", params={"reason": str(error)}, place=Place(name, number)))
            return
        next_line = reader.line_num + 1
        if not cells or not any(cells) or cells[0].lstrip().startswith("#"):
            continue
        if columns is None or cells[0][:6].lower() == _SECTION:
            columns = _Columns.of(cells)
            continue
        place = (name, number)
        owner = next((text for column in columns.owners if (text := _cell(cells, column))), "")
        for cidr in columns.networks(cells, place, problems):
            yield ListedNetwork(cidr, f"{name}:{number}", owner)


def _cell(cells: Sequence[str], column: int) -> str:
    return cells[column].strip() if 0 <= column < len(cells) else ""


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where in a row the network stands, its mask, or the ends of its range (-1: nowhere), and who uses it."""

    owners: tuple[int, ...]
    network: int = -1
    mask: int = -1
    ends: tuple[int, int] | None = None
    hosts: bool = False

    @classmethod
    def of(cls, cells: Sequence[str]) -> _Columns | None:
        """Find the columns by their names; None where none holds networks."""
        names = list(map(_key, cells))
        is_section = names[0].startswith(_SECTION)
        known = names[1:] if is_section else names

        def place(choices: Sequence[str]) -> int:
            return next((names.index(choice) for choice in choices if choice in known), -1)

        owners = tuple(names.index(choice) for choice in _OWNERS if choice in known)
        network, address, mask = place(_NETWORK), place(_ADDRESS), place(_MASK)
        if is_section and address >= 0 and mask >= 0:  # Infoblox: address* and netmask*, or cidr* as a number
            return cls(owners, address, mask)
        if network >= 0:
            return cls(owners, network, mask if mask != network else -1)
        if pair := next((pair for pair in _ENDS if set(pair) <= set(known)), None):
            return cls(owners, ends=(names.index(pair[0]), names.index(pair[1])))
        if address >= 0:
            return cls(owners, address, mask, hosts=True)
        return cls(owners) if is_section else None

    def networks(self, cells: Sequence[str], place: _Line, problems: list[Finding]) -> list[Cidr]:
        """Return the networks of a row: one, or those that make up its range."""
        if self.ends is not None:
            return _between(_cell(cells, self.ends[0]), _cell(cells, self.ends[1]), place, problems)
        text = _cell(cells, self.network)
        if not text:
            return []
        if "/" not in text and (mask := _cell(cells, self.mask)):
            text = f"{text}/{_length(mask)}"
        cidr = _network(text, place, problems, host=self.hosts)
        return [cidr] if cidr else []


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.strip().lower().removeprefix("\ufeff")).strip("_")


def _length(mask: str) -> str:
    """Turn a mask such as 255.255.255.0 into a prefix length; leave what is none as it is."""
    try:
        return str(ipaddress.ip_network(f"0.0.0.0/{mask.lstrip('/')}").prefixlen) if "." in mask else mask.lstrip("/")
    except ValueError:
        return mask


def _network(text: str, place: _Line | Place, problems: list[Finding], *, host: bool) -> Cidr | None:
    """Read a network; with `host` also a bare address, and of an address with a prefix the address alone."""
    try:
        if not host:
            return Cidr.parse(text)
        head = text.partition("/")[0]
        network = Cidr.parse_ignoring_host_bits(text) if "/" in text else None
        if network is not None and _first(head) == network.first:
            return network
        alone = ipaddress.ip_address(head)
        version: IPVersion = 4 if alone.version == 4 else 6
        return Cidr(version, int(alone), ADDRESS_BITS[version])
    except CidrError as error:
        problems.append(Finding(error.code, params=error.params, place=_place(place)))
    except ValueError:
        problems.append(Finding("cidr-syntax", params={"cidr": text}, place=_place(place)))
    return None


def _place(place: _Line | Place) -> Place:
    return place if isinstance(place, Place) else Place(*place)


def _first(text: str) -> int:
    return int(ipaddress.ip_address(text))


def _between(first: str, last: str, place: _Line | Place, problems: list[Finding]) -> list[Cidr]:
    """Return the networks that make up a range of addresses; NetBox writes them with a prefix length."""
    if not first and not last:
        return []
    try:
        low, high = (ipaddress.ip_address(text.partition("/")[0]) for text in (first, last))
        if low.version != high.version or int(low) > int(high):
            raise ValueError  # noqa: TRY301 (one message for all)
    except ValueError:
        problems.append(Finding("range-syntax", params={"first": first, "last": last}, place=_place(place)))
        return []
    spans = ipaddress.summarize_address_range(low, high)
    version: IPVersion = 4 if low.version == 4 else 6
    return [Cidr(version, int(span.network_address), span.prefixlen) for span in spans]


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
    networks_and_uses: list[tuple[object, str]] = []
    match item.get("kind"):
        case "Node":
            annotations, bgp = _mapping(metadata.get("annotations")), _mapping(spec.get("bgp"))
            networks_and_uses += [
                (annotations.get(f"projectcalico.org/{key}"), f"network of node {name}")
                for key in ("IPv4Address", "IPv6Address")
            ]
            networks_and_uses += [(bgp.get(key), f"network of node {name}") for key in ("ipv4Address", "ipv6Address")]
            networks_and_uses += [
                (listed.get("address"), f"node {name}")
                for listed in _mappings(status.get("addresses"))
                if _is_address(listed)
            ]
            networks_and_uses = _widest(networks_and_uses)
        case "Service":
            whose = f"service {metadata.get('namespace', 'default')}/{name}"
            addresses = spec.get("clusterIPs") or [spec.get("clusterIP")]
            networks_and_uses += [(listed, whose) for listed in addresses if listed not in (None, "", "None")]
            networks_and_uses += [(listed, whose) for listed in _list(spec.get("externalIPs"))]
        case "ServiceCIDR":
            networks_and_uses += [(listed, f"ServiceCIDR {name}") for listed in _list(spec.get("cidrs"))]
        case "Pod":
            for flag in _flags(spec):
                key, _, value = flag.partition("=")
                if key == "--service-cluster-ip-range":
                    networks_and_uses += [
                        (listed.strip(), "services (--service-cluster-ip-range)") for listed in value.split(",")
                    ]
    for text, whose in networks_and_uses:
        if isinstance(text, str) and (
            cidr := _network(text, place, problems, host="node " in whose or "service " in whose)
        ):
            yield ListedNetwork(cidr, str(place), whose)


def _widest(networks_and_uses: list[tuple[object, str]]) -> list[tuple[object, str]]:
    """Take the network of a node's address where it is known; else the address."""
    networks = [(text, whose) for text, whose in networks_and_uses if isinstance(text, str) and "/" in text]
    wide = {str(text).partition("/")[0] for text, _ in networks}
    known: list[tuple[object, str]] = [(str(Cidr.parse_or_none(text) or text), whose) for text, whose in networks]
    return known + [
        (text, whose)
        for text, whose in networks_and_uses
        if isinstance(text, str) and "/" not in text and text not in wide
    ]


def _is_address(address: Mapping[str, Any]) -> bool:
    return address.get("type") in ("InternalIP", "ExternalIP")


def _flags(spec: Mapping[str, Any]) -> Iterator[str]:
    for container in _mappings(spec.get("containers")):
        for key in ("command", "args"):
            yield from (argument for argument in _list(container.get(key)) if isinstance(argument, str))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _mappings(value: object) -> list[Mapping[str, Any]]:
    return [item for item in _list(value) if isinstance(item, Mapping)]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
