"""What `calicoctl ipam check` prints, and the report that it writes with `-o`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..cidr import Cidr
from ..findings import Finding, Place
from ..model import Allocation, Block
from .plain_values import get_list
from .reported import ANY_ROW, COUNTS_TABLE, ReportedText
from .table_layout import NumberedLines
from .validation import short_value

_BLOCK_LINE = re.compile(r" IPAM block (\S+) affinity=(.*):$")
_ALLOCATED_LINE = re.compile(r"  (\S+) allocated; attrs Main:(.*) Extra:(.*)$")
_LEAKED_LINE = re.compile(r"  (\S+) leaked; attrs Main:(.*) Extra:(.*)$")
_OWNER_LINE = re.compile(r"  (\S+) (?:belongs to|in use by) (Workload|Node)\((.+?)\)(?:$| and | is )")
_NODE_ALLOCATIONS_LINE = re.compile(r"  (\S{1,253}) has (\d{1,12}) allocations$")
_POOL_LINE = re.compile(r"  (\S+/\d+)$")
_IN_POOL_LINE = re.compile(r"  (\S+) in use by .* and in active IPAM pool but has no IPAM allocation")
_OUTSIDE_LINE = re.compile(r"  (\S+) in use by .* is not in any active IP pool")
_SEVERAL_OWNERS_LINE = re.compile(r"  (\S+) has multiple owners")
_HANDLE_WITHOUT_ADDRESS_LINE = re.compile(r"  (\S+) doesn't have any active IPs")
_MISSING_HANDLE_LINE = re.compile(r"  (\S+) is in use in a block but doesn't exist")
# A workload endpoint: `-` inside a name is doubled.
_ENDPOINT = re.compile(r"[^/]*/((?:[^-]|--)++)-k8s-(?:[^-]|--)++-eth0$")
_COUNT_PATTERNS = (
    (re.compile(r"Found (\d{1,18}) IPAM blocks"), "blocks"),
    (re.compile(r"IPAM blocks record (\d{1,18}) allocations"), "allocations"),
    (re.compile(r"Found (\d{1,18}) node tunnel IPs"), "tunnel_addresses_v4"),
    (re.compile(r"Found (\d{1,18}) service load balancer"), "load_balancer_ips"),
    (re.compile(r"Found (\d{1,18}) workload IPs"), "workload_ips"),
    (re.compile(r"Found (\d{1,18}) IPs that are allocated in IPAM but not"), "leaked_as_calicoctl_reports"),
)
_HANDLES_PATTERN = re.compile(r"Found (\d{1,18}) handles with no matching IPs \(and (\d{1,18}) handles")
# What is listed one a line, and how many there are: without --show-all-ips some lists are left out.
_LIST_PATTERNS = (
    (
        _IN_POOL_LINE,
        "in_use_in_pool_not_allocated",
        re.compile(r"Found (\d{1,18}) in-use IPs that are in active IP pools but"),
    ),
    (
        _OUTSIDE_LINE,
        "in_use_outside_active_pools",
        re.compile(r"Found (\d{1,18}) in-use IPs that are not in active IP pools"),
    ),
    (_HANDLE_WITHOUT_ADDRESS_LINE, "leaked_handles", re.compile(r"Found (\d{1,18}) handles with no matching IPs")),
    (
        _MISSING_HANDLE_LINE,
        "missing_handles",
        re.compile(r"Found (\d{1,18}) handles mentioned in blocks with no matching"),
    ),
)
_VXLAN_V6_ATTRIBUTE = "vxlanV6TunnelAddress"
_COMPLETE_LINE = "Check complete"
_ALLOCATED_MARK = "allocated; attrs"


def read_ipam_check(lines: NumberedLines, file: str, reported: ReportedText) -> None:
    """Read `ipam check`; with `--show-all-ips` every block and allocation is in it."""
    place, texts = Place(file, lines[0][0]), [line for _, line in lines]
    end_line = next((line for line in texts if line.startswith(_COMPLETE_LINE)), None)
    if end_line is None:
        reported.notes.append(Finding("check-cut", place=place))
    totals: dict[str, Any] = {}
    for pattern, figure in _COUNT_PATTERNS:
        if match := _first_match(pattern, texts):
            totals[figure] = int(match[1])
    leaked = _first_groups(_LEAKED_LINE, texts)
    # The number follows the list.
    if len(leaked) == totals.get("leaked_as_calicoctl_reports") and (leaked or end_line is not None):
        totals["leaked_ips_as_calicoctl_reports"] = leaked
        attributes = [match[3] for match in map(_LEAKED_LINE.match, texts) if match]
        is_tunnel = any(_VXLAN_V6_ATTRIBUTE in text or "ireguard" in text for text in attributes)
        if end_line is not None and not is_tunnel:
            totals["leaked"], totals["leaked_ips"] = len(leaked), leaked
    if match := _first_match(_HANDLES_PATTERN, texts):
        totals["handles"] = int(match[1]) + int(match[2])
    if end_line is not None and (leaked or " 0 problems" in end_line or any(_ALLOCATED_MARK in line for line in texts)):
        totals["ips_with_several_owners"] = _first_groups(_SEVERAL_OWNERS_LINE, texts)
    for line_pattern, figure, count_pattern in _LIST_PATTERNS:
        if match := _first_match(count_pattern, texts):
            reported.add_figures(COUNTS_TABLE, "", place, {figure: int(match[1])})
            listed = _first_groups(line_pattern, texts)
            if end_line is not None and len(listed) == int(match[1]):
                totals[figure] = listed
    in_use_lists = [totals[figure] for _, figure, _ in _LIST_PATTERNS[:2] if figure in totals]
    if len(in_use_lists) == 2:
        totals["pods_without_allocation"] = sum(map(len, in_use_lists))
    reported.add_figures("totals", "", place, totals)
    _add_pools(lines, file, reported)
    _add_blocks(lines, file, reported, totals)
    _add_owned_addresses(texts, place, reported)
    _add_block_owners(texts, place, reported, totals)


def _first_match(pattern: re.Pattern[str], texts: list[str]) -> re.Match[str] | None:
    return next(filter(None, map(pattern.match, texts)), None)


def _first_groups(pattern: re.Pattern[str], texts: list[str]) -> list[str]:
    return sorted({match[1] for match in map(pattern.match, texts) if match})


def _add_pools(lines: NumberedLines, file: str, reported: ReportedText) -> None:
    in_pool_list = False
    for number, line in lines:
        if line.startswith("Loading all IPAM pools"):
            in_pool_list = True
        elif in_pool_list and (match := _POOL_LINE.match(line)) and (cidr := Cidr.parse_or_none(match[1])):
            figures = {"cidr": str(cidr), "capacity": cidr.size, "disabled": False}
            reported.add_figures("pools", str(cidr), Place(file, number), figures)
            reported.add_pool(cidr, Place(file, number))
        elif in_pool_list:
            return


@dataclass(slots=True)
class _ListedBlock:
    """A block as lines show it; its place is that of the first."""

    cidr: Cidr
    affinity: str
    place: Place
    allocations: list[Allocation] = field(default_factory=list)


def _add_blocks(lines: NumberedLines, file: str, reported: ReportedText, totals: Mapping[str, Any]) -> None:
    """Make blocks of the lines that show them, where all are shown; in which order free ones go out is not said."""
    blocks = _read_blocks(lines, file, reported)
    if blocks is None:
        return
    allocation_count = sum(len(block.allocations) for block in blocks)
    if (len(blocks), allocation_count) == (totals.get("blocks"), totals.get("allocations")):
        reported.blocks = [
            Block(cidr=block.cidr, affinity=block.affinity, allocations=tuple(block.allocations)) for block in blocks
        ]
        reported.blocks_known = True
        return
    reported.listed_blocks += [(block.cidr, block.affinity.removeprefix("host:"), block.place) for block in blocks]
    # Those that are shown can still be compared with the pools.
    pools = [pool.cidr for pool in reported.pools]
    for pool in pools:
        inside = [block for block in blocks if block.cidr in pool]
        if not inside:
            continue
        place = inside[0].place
        reported.add_block_sizes(pool, (block.cidr for block in inside), place)
        if len(blocks) == totals.get("blocks"):
            reported.add_figures("pools", str(pool), place, {"blocks_allocated": len(inside)})
    if pools:
        reported.blocks_outside += [
            (block.cidr, len(block.allocations) if allocation_count else None)
            for block in blocks
            if not any(block.cidr.overlaps(pool) for pool in pools)
        ]


def _read_blocks(lines: NumberedLines, file: str, reported: ReportedText) -> list[_ListedBlock] | None:
    """Return the blocks that lines show; None, and a note, where one of the lines cannot be read."""
    blocks: list[_ListedBlock] = []
    for number, line in lines:
        if line.startswith("IPAM blocks record"):
            break
        place = Place(file, number)
        if block_match := _BLOCK_LINE.match(line):
            cidr = Cidr.parse_or_none(block_match[1])
            if cidr is None:
                reported.note_unread_row(line.strip(), place)
                return None
            blocks.append(_ListedBlock(cidr, block_match[2].replace("<none>", ""), place))
        elif blocks and (allocation_match := _ALLOCATED_LINE.match(line)):
            allocation = _parse_allocation(blocks[-1].cidr, allocation_match)
            if allocation is None:
                reported.note_unread_row(line.strip(), place)
                return None
            blocks[-1].allocations.append(allocation)
    return blocks


def _add_block_owners(texts: list[str], place: Place, reported: ReportedText, totals: Mapping[str, Any]) -> None:
    """Count the blocks of each node by the lines that show their affinity, where all blocks are shown."""
    affinities = [match[2] for match in map(_BLOCK_LINE.match, texts) if match]
    if affinities and len(affinities) == totals.get("blocks"):
        hosts = Counter(affinity.removeprefix("host:") for affinity in affinities if affinity.startswith("host:"))
        for node, count in hosts.items():
            reported.add_figures("nodes", node, place, {"blocks": count})
        without = sum(affinity in ("", "<none>") for affinity in affinities)
        reported.add_figures("totals", "", place, {"blocks_without_affinity": without})
    for match in filter(None, map(_NODE_ALLOCATIONS_LINE.match, texts)):
        reported.add_figures("nodes", match[1], place, {"allocations": int(match[2])})


def _parse_allocation(cidr: Cidr, match: re.Match[str]) -> Allocation | None:
    address = Cidr.parse_or_none(f"{match[1]}/{cidr.bits}")
    if address is None or address not in cidr:
        return None
    attributes = (part.partition("=") for part in match[3].split(","))
    owner_fields = {key: value for key, _, value in attributes if key in ("node", "namespace", "pod", "type")}
    handle = "" if match[2] == "<none>" else match[2]
    cooldown_fields = {} if handle else {"released_at": "unknown"}
    return Allocation(ordinal=address.first - cidr.first, handle=handle, **owner_fields, **cooldown_fields)


def _add_owned_addresses(texts: list[str], place: Place, reported: ReportedText) -> None:
    """Count the workloads that own an address, by node; tunnels are shown for IPv4 only."""
    endpoints_by_node: dict[str, set[str]] = {}
    tunnels_by_node: dict[str, list[str]] = {}
    for line in texts:
        if owner_match := _OWNER_LINE.match(line):
            if owner_match[2] == "Node":
                tunnels_by_node.setdefault(owner_match[3], []).append(owner_match[1])
            elif endpoint_match := _ENDPOINT.match(owner_match[3]):
                endpoints_by_node.setdefault(endpoint_match[1].replace("--", "-"), set()).add(owner_match[3])
    if not any("belongs to" in line for line in texts):
        return
    is_ipv4_only = not any(":" in line and _POOL_LINE.match(line) for line in texts)
    for node in {*endpoints_by_node, *tunnels_by_node}:
        reported.add_figures("nodes", node, place, {"calico_pods_with_ip": len(endpoints_by_node.get(node, ()))})
        if is_ipv4_only:
            reported.add_figures("nodes", node, place, {"tunnel_addresses": sorted(set(tunnels_by_node.get(node, ())))})
    reported.add_figures("nodes", ANY_ROW, place, {"calico_pods_with_ip": 0})
    if is_ipv4_only:
        reported.add_figures("nodes", ANY_ROW, place, {"tunnel_addresses": []})


def is_ipam_report(value: object) -> bool:
    """Whether a document is the report that `ipam check -o` writes."""
    return isinstance(value, Mapping) and "clusterGUID" in value and isinstance(value.get("allocations"), Mapping)


def _report_entries(value: object, place: Place, reported: ReportedText) -> list[Mapping[str, Any]]:
    """Return the mappings of a list of the report; absent is empty, anything else is noted."""
    if value is not None and not isinstance(value, list):
        reported.notes.append(Finding("type-list", params={"value": short_value(value)}, place=place))
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []


def read_ipam_report(value: Mapping[str, Any], file: str, reported: ReportedText) -> None:
    """Read the report of `ipam check -o`: every allocation with its owners, but no blocks and no pools."""
    place = Place(file)
    entries = [
        entry
        for address, address_entries in value["allocations"].items()
        for entry in _report_entries(address_entries, Place(file, field=f"allocations.{address}"), reported)
    ]
    occupied = [entry for entry in entries if not entry.get("coolingDown")]
    unused_ips = {str(entry.get("ip")) for entry in occupied if not entry.get("inUse")}
    leaked = sorted(unused_ips - {str(entry.get("ip")) for entry in occupied if not entry.get("handle")})
    handles = _report_entries(value.get("leakedHandles"), Place(file, field="leakedHandles"), reported)
    owners: Counter[str] = Counter()
    for entry in entries:
        owners[str(entry.get("ip"))] += len(get_list(entry, "owners"))
    figures = {
        "allocations": len(entries),
        "cooling_down": len(entries) - len(occupied),
        "borrowed": sum(bool(entry.get("borrowed")) for entry in entries),
        "leaked_handles": sorted(str(entry.get("ID")) for entry in handles),
        "leaked_as_calicoctl_reports": len(leaked),
        "leaked_ips_as_calicoctl_reports": leaked,
        "ips_with_several_owners": sorted(ip for ip, count in owners.items() if count > 1),
    }
    reported.add_figures("totals", "", place, figures)
    tunnels = [str(entry.get("ip")) for entry in entries if entry.get("type")]
    if not any(":" in ip for ip in tunnels):
        reported.add_figures("totals", "", place, {"leaked": len(leaked), "leaked_ips": leaked})
