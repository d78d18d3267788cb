"""The tables that calicoctl prints for people: `get ippools -o wide`, `ipam show` with its options.

Counts above 99,999 and all percentages are rounded; what comes of them is marked so. Pools stand in `ipam show` by
their CIDR only. Older releases leave out the column of reserved addresses, and that of the assignment mode.
"""

from __future__ import annotations

import re

from ..cidr import Cidr
from ..findings import Finding, Place
from .told import Lines, Telling, table_rows

_COUNT = re.compile(r"[0-9.e+]+")
_FLAGS = {"true": True, "false": False}
_CONFIG = {
    "StrictAffinity": "strictAffinity",
    "AutoAllocateBlocks": "autoAllocateBlocks",
    "MaxBlocksPerHost": "maxBlocksPerHost",
    "IPCooldownSeconds": "ipCooldownSeconds",
    "KubeVirtVMAddressPersistence": "kubeVirtVMAddressPersistence",
}
_WIDE = {
    "NAME": "name",
    "DISABLED": "disabled",
    "SELECTOR": "nodeSelector",
    "ASSIGNMENTMODE": "assignmentMode",
}


def read_usage(lines: Lines, file: str, telling: Telling) -> None:
    """Read `ipam show`, with or without `--show-blocks`."""
    pools: list[tuple[Cidr, int]] = []
    blocks: list[tuple[Cidr, dict[str, tuple[int, bool]]]] = []
    for number, row in table_rows(lines):
        cidr = Cidr.maybe(row.get("CIDR"))
        cells = {name: _count(row[name]) for name in row if name.startswith("IPS ")}
        whole = {name: count for name, count in cells.items() if count is not None}
        if cidr is None or len(whole) < len(cells):
            telling.notes.append(
                Finding("table-row", numbers={"row": " ".join(row.values())}, place=Place(file, number))
            )
            continue
        if row["GROUPING"] == "IP Pool":
            pools.append((cidr, number))
            _usage(cidr, whole, Place(file, number), telling)
        else:
            blocks.append((cidr, whole))
    if not blocks:
        return  # without --show-blocks nothing is said of them
    place = Place(file, lines[0][0])
    inside: dict[Cidr, list[dict[str, tuple[int, bool]]]] = {cidr: [] for cidr, _ in pools}
    outside = 0
    for cidr, counts in blocks:
        home = next((pool for pool, _ in pools if cidr.overlaps(pool)), None)
        if home is None:
            outside += 1
        else:
            inside[home].append(counts)
    for pool, number in pools:
        telling.tell("pools", str(pool), Place(file, number), _blocks(inside[pool]))
    every = [counts for _, counts in blocks]
    of_all = _blocks(every)
    of_all["blocks"] = of_all.pop("blocks_allocated")
    telling.tell("totals", "", place, {"blocks_outside_pools": outside, **of_all})
    if not any(rounded for counts in every for _, rounded in counts.values()):
        telling.tell("totals", "", place, {"allocations": sum(counts["IPS IN USE"][0] for counts in every)})


def _usage(cidr: Cidr, counts: dict[str, tuple[int, bool]], place: Place, telling: Telling) -> None:
    telling.tell("pools", str(cidr), place, {"capacity": cidr.size})
    for heading, figure in (("IPS IN USE", "allocated"), ("IPS RESERVED", "reserved"), ("IPS FREE", "free")):
        if heading in counts:
            value, rounded = counts[heading]
            telling.tell("pools", str(cidr), place, {figure: value}, rounded=rounded)


def _blocks(rows: list[dict[str, tuple[int, bool]]]) -> dict[str, int]:
    return {
        "blocks_allocated": len(rows),
        "blocks_empty": sum(counts["IPS IN USE"] == (0, False) for counts in rows),
        "blocks_full": sum(counts["IPS IN USE"] == counts["IPS TOTAL"] for counts in rows),
    }


def _count(cell: str) -> tuple[int, bool] | None:
    """Return the count of a cell such as `4027 (98%)`, and whether it was rounded: as 1.0486e+06."""
    found = _COUNT.match(cell)
    if found is None:
        return None
    try:
        return int(float(found[0])), not found[0].isdigit()
    except (ValueError, OverflowError):
        return None


def read_borrowed(lines: Lines, file: str, telling: Telling) -> None:
    """Read `ipam show --show-borrowed`."""
    place = Place(file, lines[0][0])
    taken: dict[str, int] = {}
    given: dict[str, int] = {}
    count = 0
    for _, row in table_rows(lines):
        count += 1
        taken[row["BORROWING-NODE"]] = taken.get(row["BORROWING-NODE"], 0) + 1
        if owner := row.get("BLOCK OWNER"):
            given[owner] = given.get(owner, 0) + 1
    telling.tell("totals", "", place, {"borrowed": count})
    for node in {*taken, *given}:
        telling.tell("nodes", node, place, {"borrowed_in": taken.get(node, 0), "borrowed_out": given.get(node, 0)})


def read_configuration(lines: Lines, file: str, telling: Telling) -> None:
    """Read `ipam show --show-configuration`."""
    for number, row in table_rows(lines):
        figure, text = _CONFIG.get(row.get("PROPERTY", "")), row.get("VALUE", "")
        if figure is None or text.startswith("("):  # a Go pointer: that release does not say
            continue
        value = _FLAGS.get(text, int(text) if text.isascii() and text.isdigit() else text)
        telling.tell("config", "", Place(file, number), {figure: value})


def read_wide(lines: Lines, file: str, telling: Telling) -> None:
    """Read `get ippools`, with or without `-o wide`: cells begin where their heading does, and may hold blanks."""
    (_, head), *rows = lines
    headings = [(found.start(), found[0]) for found in re.finditer(r"\S+", head)]
    ends = [start for start, _ in headings[1:]] + [None]
    for number, line in rows:
        cells = {name: line[start:end].strip() for (start, name), end in zip(headings, ends, strict=True)}
        cidr = Cidr.maybe(cells.get("CIDR"))
        if cidr is None:
            telling.notes.append(Finding("table-row", numbers={"row": line.strip()}, place=Place(file, number)))
            continue
        figures = {figure: cells[name] for name, figure in _WIDE.items() if name in cells}
        known = {key: _FLAGS.get(text, text) for key, text in figures.items()}
        telling.tell("pools", str(cidr), Place(file, number), {"cidr": str(cidr), "capacity": cidr.size, **known})
