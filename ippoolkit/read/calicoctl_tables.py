"""The tables that calicoctl prints for people: `get ippools -o wide`, `ipam show` with its options.

Counts above 99,999 and all percentages are rounded; what comes of them is marked so. Pools stand in `ipam show` by
their CIDR only. Older releases leave out the column of reserved addresses, and that of the assignment mode.
"""

from __future__ import annotations

import re

from ..cidr import Cidr
from ..findings import Finding, Place
from .reported import NumberedLines, ReportedText, table_rows

_COUNT_PATTERN = re.compile(r"[0-9.e+]+")
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
}


def read_ipam_show(lines: NumberedLines, file: str, reported: ReportedText) -> None:
    """Read `ipam show`, with or without `--show-blocks`."""
    pools: list[tuple[Cidr, int]] = []
    blocks: list[tuple[Cidr, dict[str, tuple[int, bool]]]] = []
    for number, row in table_rows(lines):
        cidr = Cidr.parse_or_none(row.get("CIDR"))
        cells = {name: _parse_count(row[name]) for name in row if name.startswith("IPS ")}
        counts_by_heading = {name: count for name, count in cells.items() if count is not None}
        if cidr is None or len(counts_by_heading) < len(cells):
            reported.notes.append(
                Finding("table-row", params={"row": " ".join(row.values())}, place=Place(file, number))
            )
            continue
        if row["GROUPING"] == "IP Pool":
            pools.append((cidr, number))
            _add_pool_usage(cidr, counts_by_heading, Place(file, number), reported)
        else:
            blocks.append((cidr, counts_by_heading))
    if not blocks:
        return  # without --show-blocks nothing is said of them
    place = Place(file, lines[0][0])
    counts_by_pool: dict[Cidr, list[dict[str, tuple[int, bool]]]] = {cidr: [] for cidr, _ in pools}
    blocks_outside = 0
    for cidr, counts in blocks:
        containing_pool = next((pool for pool, _ in pools if cidr.overlaps(pool)), None)
        if containing_pool is None:
            blocks_outside += 1
        else:
            counts_by_pool[containing_pool].append(counts)
    for pool, number in pools:
        reported.add_figures("pools", str(pool), Place(file, number), _block_counts(counts_by_pool[pool]))
    all_counts = [counts for _, counts in blocks]
    totals = _block_counts(all_counts)
    totals["blocks"] = totals.pop("blocks_allocated")
    reported.add_figures("totals", "", place, {"blocks_outside_pools": blocks_outside, **totals})
    if not any(rounded for counts in all_counts for _, rounded in counts.values()):
        reported.add_figures(
            "totals", "", place, {"allocations": sum(counts["IPS IN USE"][0] for counts in all_counts)}
        )


def _add_pool_usage(cidr: Cidr, counts: dict[str, tuple[int, bool]], place: Place, reported: ReportedText) -> None:
    reported.add_figures("pools", str(cidr), place, {"capacity": cidr.size})
    for heading, figure in (("IPS IN USE", "allocated"), ("IPS RESERVED", "reserved"), ("IPS FREE", "free")):
        if heading in counts:
            value, rounded = counts[heading]
            reported.add_figures("pools", str(cidr), place, {figure: value}, rounded=rounded)


def _block_counts(rows: list[dict[str, tuple[int, bool]]]) -> dict[str, int]:
    return {
        "blocks_allocated": len(rows),
        "blocks_empty": sum(counts["IPS IN USE"] == (0, False) for counts in rows),
        "blocks_full": sum(counts["IPS IN USE"] == counts["IPS TOTAL"] for counts in rows),
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
    place = Place(file, lines[0][0])
    borrowed_in: dict[str, int] = {}
    borrowed_out: dict[str, int] = {}
    count = 0
    for _, row in table_rows(lines):
        count += 1
        borrowed_in[row["BORROWING-NODE"]] = borrowed_in.get(row["BORROWING-NODE"], 0) + 1
        if owner := row.get("BLOCK OWNER"):
            borrowed_out[owner] = borrowed_out.get(owner, 0) + 1
    reported.add_figures("totals", "", place, {"borrowed": count})
    for node in {*borrowed_in, *borrowed_out}:
        reported.add_figures(
            "nodes", node, place, {"borrowed_in": borrowed_in.get(node, 0), "borrowed_out": borrowed_out.get(node, 0)}
        )


def read_ipam_configuration(lines: NumberedLines, file: str, reported: ReportedText) -> None:
    """Read `ipam show --show-configuration`."""
    for number, row in table_rows(lines):
        figure, text = _CONFIG_FIELDS.get(row.get("PROPERTY", "")), row.get("VALUE", "")
        if figure is None or text.startswith("("):  # a Go pointer: that release does not say
            continue
        value = _FLAG_VALUES.get(text, int(text) if text.isascii() and text.isdigit() else text)
        reported.add_figures("config", "", Place(file, number), {figure: value})


def read_pools_table(lines: NumberedLines, file: str, reported: ReportedText) -> None:
    """Read `get ippools`, with or without `-o wide`: cells begin where their heading does, and may hold blanks."""
    (_, heading_line), *rows = lines
    headings = [(match.start(), match[0]) for match in re.finditer(r"\S+", heading_line)]
    ends = [start for start, _ in headings[1:]] + [None]
    for number, line in rows:
        cells = {name: line[start:end].strip() for (start, name), end in zip(headings, ends, strict=True)}
        cidr = Cidr.parse_or_none(cells.get("CIDR"))
        if cidr is None:
            reported.notes.append(Finding("table-row", params={"row": line.strip()}, place=Place(file, number)))
            continue
        cell_by_figure = {figure: cells[name] for name, figure in _POOL_COLUMNS.items() if name in cells}
        values = {key: _FLAG_VALUES.get(text, text) for key, text in cell_by_figure.items()}
        reported.add_figures(
            "pools", str(cidr), Place(file, number), {"cidr": str(cidr), "capacity": cidr.size, **values}
        )
