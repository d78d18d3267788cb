"""Address plans: CSV as NetBox, phpIPAM, Infoblox and spreadsheets export it.

The column that holds networks is found by its name and by what stands in it. Networks are taken as they are written:
bits behind a prefix are a mistake worth knowing, unless the column holds addresses.
"""

from __future__ import annotations

import csv
import ipaddress
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..cidr import Cidr
from ..findings import Finding, Place
from .listed_network import ListedNetwork, networks_between, parse_network

# Names of columns, without blanks and punctuation; those that are likelier to hold networks first.
_NETWORK = (
    "prefix",
    "cidr",
    "network",
    "subnet",
    "networkaddress",
    "ipnetwork",
    "range",
    "block",
    "route",
    "cidrblock",
    "networkcidr",
    "subnetcidr",
    "ipcidr",
    "ipprefix",
    "addressprefix",
    "ipsubnet",
    "subnetaddress",
    "iprange",
    "ipblock",
    "addressrange",
    "supernet",
)
_ADDRESS = ("address", "ipaddress", "ip", "ipaddr", "host")
_MASK = (
    "mask",
    "netmask",
    "subnetmask",
    "cidr",
    "prefix",
    "prefixlength",
    "prefixlen",
    "masklen",
    "netmaskbits",
    "bits",
)
_ENDS = (
    ("start", "end"),
    ("startaddress", "endaddress"),
    ("startip", "endip"),
    ("startipaddress", "endipaddress"),
    ("ipstart", "ipend"),
    ("rangestart", "rangeend"),
    ("begin", "end"),
    ("first", "last"),
    ("firstaddress", "lastaddress"),
    ("firstip", "lastip"),
    ("from", "to"),
)
_OWNERS = ("description", "name", "comment", "comments", "section", "tenant", "site", "role", "owner", "vrf")
_DELIMITERS = (",", ";", "\t", "|")
_SAMPLED_ROWS = 50  # below a heading, to see which of its columns holds networks
_HEADING_LINES = 10  # a heading may stand below a title
# What a cell with a network or an address begins with.
_ADDRESS_LIKE = re.compile(r"\s*(?:[0-9]{1,3}\.|[0-9a-fA-F]{0,4}:)")
_SECTION = "header"  # of Infoblox: a file holds sections, each begun by a row of names such as header-network
_Row = tuple[int, list[str]]  # the line it begins on, its cells


def read_address_plan(
    lines: Sequence[str], filled: Sequence[int], name: str, problems: list[Finding]
) -> list[ListedNetwork] | None:
    """Read the rows below a heading that names a column of networks; None where there is no such heading.

    `filled` are the indices of lines that are neither empty nor comments; `problems` gets what is wrong.
    """
    for number, index in enumerate(filled[:_HEADING_LINES]):
        if (delimiter := _delimiter(lines[index], is_first=not number)) is not None:
            return list(_networks_in_rows(lines, index, delimiter, name, problems))
    return None


def _delimiter(head: str, *, is_first: bool) -> str | None:
    """Return what separates the cells of a heading; None where it names no column that holds networks."""
    if len(head) > csv.field_size_limit():
        return None
    for delimiter in _DELIMITERS:
        cells = next(csv.reader([head], delimiter=delimiter))
        # One name alone is a heading on the first line only: in YAML it might be a key.
        if (len(cells) > 1 or (is_first and not head.rstrip().endswith(":"))) and _is_heading(cells):
            return delimiter
    return None


def _is_heading(cells: Sequence[str]) -> bool:
    names = set(map(_key, cells))
    return not names.isdisjoint((*_NETWORK, *_ADDRESS)) or any(set(pair) <= names for pair in _ENDS)


def _networks_in_rows(
    lines: Sequence[str], start: int, delimiter: str, name: str, problems: list[Finding]
) -> Iterator[ListedNetwork]:
    columns: _Columns | None = None
    rows = _rows(lines, start, delimiter, name, problems)
    for index, (number, cells) in enumerate(rows):
        if columns is None or cells[0][:6].lower() == _SECTION:
            columns = _find_columns(cells, [below for _, below in rows[index + 1 : index + 1 + _SAMPLED_ROWS]])
            continue
        owner = next((text for column in columns.owners if (text := _cell(cells, column))), "")
        for cidr in columns.networks(cells, Place(name, number), problems):
            yield ListedNetwork(cidr, f"{name}:{number}", owner)


def _rows(lines: Sequence[str], start: int, delimiter: str, name: str, problems: list[Finding]) -> list[_Row]:
    """Return the rows from a line on that say anything, each with the line that it begins on, counted from 1."""
    rows: list[_Row] = []
    reader = csv.reader(lines[start:], delimiter=delimiter)
    next_line = start + 1
    try:
        for cells in reader:
            number, next_line = next_line, start + reader.line_num + 1
            if any(cells) and not cells[0].lstrip().startswith("#"):
                rows.append((number, cells))
    except csv.Error as error:
        problems.append(Finding("csv-syntax", params={"reason": str(error)}, place=Place(name, next_line)))
    return rows


def _cell(cells: Sequence[str], column: int) -> str:
    return cells[column].strip() if 0 <= column < len(cells) else ""


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where in a row the network stands, its mask, or the ends of its range (-1: nowhere), and who uses it."""

    owners: tuple[int, ...]
    network: int = -1
    mask: int = -1
    ends: tuple[int, int] | None = None
    takes_hosts: bool = False

    def networks(self, cells: Sequence[str], place: Place, problems: list[Finding]) -> list[Cidr]:
        """Return the networks of a row: one, or those that make up its range."""
        if self.ends is not None:
            return networks_between(_cell(cells, self.ends[0]), _cell(cells, self.ends[1]), place, problems)
        text = _cell(cells, self.network)
        if not text:
            return []
        if "/" not in text:
            first, dash, last = text.partition("-")
            if dash:
                return networks_between(first.strip(), last.strip(), place, problems)
            if mask := _cell(cells, self.mask):
                text = f"{text}/{_length(mask)}"
        cidr = parse_network(text, place, problems, takes_hosts=self.takes_hosts)
        return [cidr] if cidr else []


def _find_columns(cells: Sequence[str], below: Sequence[Sequence[str]]) -> _Columns:
    """Find the columns by their names, and by what stands below them where several have such a name."""
    names = list(map(_key, cells))
    is_section = names[0].startswith(_SECTION)
    known = names[1:] if is_section else names

    def columns(choices: Sequence[str]) -> list[int]:
        return [names.index(choice) for choice in choices if choice in known]

    def first_text(column: int) -> str:
        return next((text for row in below if (text := _cell(row, column))), "")

    owners = tuple(columns(_OWNERS))
    networks, addresses, masks = columns(_NETWORK), columns(_ADDRESS), columns(_MASK)
    if is_section and addresses and masks:  # Infoblox: address* and netmask*, or cidr* as a number
        return _Columns(owners, addresses[0], masks[0])
    likely = [column for column in networks if _ADDRESS_LIKE.match(first_text(column))]
    pair = next((pair for pair in _ENDS if set(pair) <= set(known)), None)
    if not likely and pair is None and not any(map(first_text, addresses)):
        likely = networks  # nothing below looks like a network: what is wrong there is to be said
    if likely:
        mask = next((column for column in masks if column not in likely and first_text(column)), -1)
        return _Columns(owners, likely[0], mask)
    if pair is not None:
        return _Columns(owners, ends=(names.index(pair[0]), names.index(pair[1])))
    if addresses:
        return _Columns(owners, addresses[0], masks[0] if masks else -1, takes_hosts=True)
    return _Columns(owners)


def _key(name: str) -> str:
    """Return the name of a column without blanks, punctuation and capitals; of Infoblox's headings, the first word."""
    text = name.strip().lower().removeprefix("\ufeff")
    return _SECTION if text.startswith(f"{_SECTION}-") else re.sub(r"[^a-z0-9]+", "", text)


def _length(mask: str) -> str:
    """Turn a mask such as 255.255.255.0 into a prefix length; leave what is none as it is."""
    try:
        return str(ipaddress.ip_network(f"0.0.0.0/{mask.lstrip('/')}").prefixlen) if "." in mask else mask.lstrip("/")
    except ValueError:
        return mask
