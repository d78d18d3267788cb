"""The tables that calicoctl prints for people: `get ippools -o wide`, `ipam show` with its options.

Counts above 99,999 and all percentages are rounded; what comes of them is marked so. Pools stand in `ipam show` by
their CIDR only. Older releases leave out the column of reserved addresses, and that of the assignment mode.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..cidr import Cidr
from ..findings import Finding, Place
from ..yaml_scalars import is_digits
from .reported import ANY_ROW, ReportedText
from .table_layout import NumberedLines, table_rows

_GO_POINTER = re.compile(r"\(|0x[0-9a-f]+$")
_COUNT_PATTERN = re.compile(r"[0-9.e+]{1,40}")
_UNKNOWN_NODE_NOTE = re.compile(r"Note: found (\d{1,18}) IP allocations? without an explicit node")
# A row's counts by heading, each with whether it was rounded.
Counts = dict[str, tuple[int, bool]]
_FLAG_VALUES = {"true": True, "false": False}
_CONFIG_FIELDS = {
    "StrictAffinity": "strictAffinity",
    "AutoAllocateBlocks": "autoAllocateBlocks",
    "MaxBlocksPerHost": "maxBlocksPerHost",
    "IPCooldownSeconds": "ipCooldownSeconds",
    "KubeVirtVMAddressPersistence": "kubeVirtVMAddressPersistence",
}
_POOL_COLUMNS = {
    "NAME": "name",
    "DISABLED": "disabled",
    "SELECTOR": "nodeSelector",
    "ASSIGNMENTMODE": "assignmentMode",
    "NAT": "natOutgoing",
    "IPIPMODE": "ipipMode",
    "VXLANMODE": "vxlanMode",
    "DISABLEBGPEXPORT": "disableBGPExport",
    "BLOCKSIZE": "blockSize",
}
# Of these, what an audit's table of pools has.
_POOL_FIGURES = ("name", "disabled", "nodeSelector", "assignmentMode")


@dataclass(slots=True)
class _ListedPool:
    """A row of a pool, and the blocks listed under it."""

    cidr: Cidr
    place: Place
    counts: Counts
    blocks: list[tuple[Cidr, Counts]] = field(default_factory=list)


def read_ipam_show(lines: NumberedLines, file: str, reported: ReportedText) -> None:
    """Read `ipam show`, with or without `--show-blocks`: a pool's blocks are listed below it."""
    pools: list[_ListedPool] = []
    outside: list[tuple[Cidr, Counts]] = []
    for place, row in table_rows(lines, file):
        cidr = Cidr.parse_or_none(row.get("CIDR"))
        cells = {name: _parse_count(row[name]) for name in row if name.startswith("IPS ")}
        counts = {name: count for name, count in cells.items() if count is not None}
        if cidr is None or len(counts) < len(cells) or "IPS IN USE" not in counts or "GROUPING" not in row:
            reported.note_unread_row(" ".join(row.values()), place)
            continue
        if row["GROUPING"] == "IP Pool":
            pools.append(_ListedPool(cidr, place, counts))
            _add_pool_usage(cidr, counts, place, reported)
            continue
        _check_sums(cidr, counts, place, reported)
        reported.listed_blocks.append((cidr, "", place))
        used, is_rounded = counts["IPS IN USE"]
        if not is_rounded:
            reported.block_usage[cidr] = used
        listed_above = [pools[-1], *pools] if pools else []
        pool = next((pool for pool in listed_above if cidr.overlaps(pool.cidr)), None)
        if pool is None:
            outside.append((cidr, counts))
        else:
            pool.blocks.append((cidr, counts))
    listed = [*(block for pool in pools for block in pool.blocks), *outside]
    block_counts = [counts for _, counts in listed]
    if not block_counts:
        return  # without --show-blocks nothing is said of them
    reported.blocks_outside += [(cidr, counts["IPS IN USE"][0]) for cidr, counts in outside]
    complete = [_add_pool_blocks(pool, reported) for pool in pools]
    if not all(complete):
        return  # what was cut off may be more blocks
    totals = _block_counts(block_counts)
    totals["blocks"] = totals.pop("blocks_allocated")
    totals = {"blocks_outside_pools": len(outside), **totals}
    if not any(rounded for counts in block_counts for _, rounded in counts.values()):
        totals["allocations"] = sum(counts["IPS IN USE"][0] for counts in block_counts)
    reported.add_figures("totals", "", Place(file, lines[0][0]), totals)


def _check_sums(cidr: Cidr, counts: Counts, place: Place, reported: ReportedText) -> None:
    """Note a row whose figures contradict its range or each other."""
    if any(is_rounded for _, is_rounded in counts.values()):
        return
    total = counts.get("IPS TOTAL", (cidr.size, False))[0]
    used, reserved = counts["IPS IN USE"][0], counts.get("IPS RESERVED", (0, False))[0]
    free = counts.get("IPS FREE", (total - used, False))[0]
    # A reserved address may be in use, too.
    if total != cidr.size or not used + free <= total <= used + free + reserved:
        params = {"cidr": str(cidr), "size": cidr.size, "total": total, "used": used, "free": free}
        reported.notes.append(Finding("row-contradicts", str(cidr), params, place))


def _add_pool_blocks(pool: _ListedPool, reported: ReportedText) -> bool:
    """Note what the blocks listed under a pool tell; say whether they add up to what the pool has in use."""
    reported.add_block_sizes(pool.cidr, (cidr for cidr, _ in pool.blocks), pool.place)
    in_use, rounded = pool.counts["IPS IN USE"]
    listed = sum(counts["IPS IN USE"][0] for _, counts in pool.blocks)
    if listed != in_use and not rounded and not any(counts["IPS IN USE"][1] for _, counts in pool.blocks):
        params = {"cidr": str(pool.cidr), "used": in_use, "listed": listed, "blocks": len(pool.blocks)}
        reported.notes.append(Finding("blocks-incomplete", str(pool.cidr), params, pool.place))
        return False
    counts = _block_counts([counts for _, counts in pool.blocks])
    reported.add_figures("pools", str(pool.cidr), pool.place, counts)
    return True


def _add_pool_usage(cidr: Cidr, counts: Counts, place: Place, reported: ReportedText) -> None:
    reported.add_figures("pools", str(cidr), place, {"capacity": cidr.size})
    reported.add_pool(cidr, place)
    for heading, figure in (("IPS IN USE", "allocated"), ("IPS RESERVED", "reserved"), ("IPS FREE", "free")):
        if heading in counts:
            value, rounded = counts[heading]
            reported.add_figures("pools", str(cidr), place, {figure: value}, rounded=rounded)
    _check_sums(cidr, counts, place, reported)


def _block_counts(rows: Sequence[Counts]) -> dict[str, int]:
    return {
        "blocks_allocated": len(rows),
        "blocks_empty": sum(counts["IPS IN USE"] == (0, False) for counts in rows),
        "blocks_full": sum(counts["IPS IN USE"] == counts.get("IPS TOTAL") for counts in rows),
    }


def _parse_count(cell: str) -> tuple[int, bool] | None:
    """Return the count of a cell such as `4027 (98%)`, and whether it was rounded: as 1.0486e+06."""
    match = _COUNT_PATTERN.match(cell)
    if match is None:
        return None
    try:
        return int(float(match[0])), not match[0].isdigit()
    except (ValueError, OverflowError):
        return None


def read_borrowed_addresses(lines: NumberedLines, file: str, reported: ReportedText) -> None:
    """Read `ipam show --show-borrowed`."""
    borrowers: Counter[str] = Counter()
    owners: Counter[str] = Counter()
    for place, row in table_rows(lines, file):
        node, owner = row.get("BORROWING-NODE"), row.get("BLOCK OWNER", row.get("BLOCK-OWNER", ""))
        if not node:
            reported.note_unread_row(" ".join(row.values()), place)
            continue
        borrowers[node] += 1
        if owner:
            owners[owner] += 1
        if block := Cidr.parse_or_none(row.get("BLOCK")):
            reported.borrowed[row.get("IP", "")] = block, place
    undecided = 0
    for number, line in lines:
        if match := _UNKNOWN_NODE_NOTE.match(line):
            undecided = int(match[1])
            reported.notes.append(Finding("borrowed-unknown", "", {"count": undecided}, Place(file, number)))
    place, count = Place(file, lines[0][0]), borrowers.total()
    if count or not undecided:  # of what is listed nothing is borrowed: of the rest nobody knows
        reported.add_figures("totals", "", place, {"borrowed": count})
    if not count and not undecided:
        reported.add_figures("pools", ANY_ROW, place, {"borrowed": 0})
        reported.notes.append(Finding("borrowed-none", place=place))
    for node in sorted({*borrowers, *owners}):
        figures = {"borrowed_in": borrowers[node], "borrowed_out": owners[node]}
        reported.add_figures("nodes", node, place, figures)


def read_ipam_configuration(lines: NumberedLines, file: str, reported: ReportedText) -> None:
    """Read `ipam show --show-configuration`."""
    for place, row in table_rows(lines, file):
        figure, text = _CONFIG_FIELDS.get(row.get("PROPERTY", "")), row.get("VALUE", "")
        if figure is None or _GO_POINTER.match(text):  # that release does not say
            continue
        value = _FLAG_VALUES.get(text, int(text) if is_digits(text) else text)
        reported.add_figures("config", "", place, {figure: value})


def read_pools_table(lines: NumberedLines, file: str, reported: ReportedText) -> None:
    """Read `get ippools`, with or without `-o wide`; Calico v2 has no names, and an IPIP that is true or false."""
    for place, row in table_rows(lines, file):
        cidr = Cidr.parse_or_none(row.get("CIDR"))
        if cidr is None:
            reported.note_unread_row(" ".join(row.values()), place)
            continue
        cells = {figure: row[name] for name, figure in _POOL_COLUMNS.items() if row.get(name, "") not in ("", "<none>")}
        values: dict[str, Any] = {key: _FLAG_VALUES.get(text, text) for key, text in cells.items()}
        figures = {key: values[key] for key in _POOL_FIGURES if key in values}
        reported.add_figures("pools", str(cidr), place, {"cidr": str(cidr), "capacity": cidr.size, **figures})
        if (ipip := _FLAG_VALUES.get(row.get("IPIP", ""))) is not None:
            values["ipipMode"] = "Always" if ipip else "Never"
        reported.add_pool(cidr, place, str(values.pop("name", "")), **values)


def read_address(lines: NumberedLines, file: str, reported: ReportedText) -> None:
    """Read `ipam show --ip`: whether an address is held, and the attributes of who holds it."""
    number, line = lines[0]
    attributes = ", ".join(text.strip() for _, text in lines[1:] if ":" in text and text.startswith(" "))
    params = {"line": line.strip()[:200], "attributes": attributes[:300] or "-"}
    reported.notes.append(Finding("address-shown", "", params, Place(file, number)))
