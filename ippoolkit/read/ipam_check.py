"""What `calicoctl ipam check` prints, and the report that it writes with `-o`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from ..cidr import Cidr
from ..findings import Finding, Place
from ..model import Allocation, Block
from .told import EVERY, Lines, Telling

_BLOCK = re.compile(r" IPAM block (\S+) affinity=(.*):$")
_HELD = re.compile(r"  (\S+) allocated; attrs Main:(.*) Extra:(.*)$")
_LEAKED = re.compile(r"  (\S+) leaked; attrs Main:(.*) Extra:(.*)$")
_OWNER = re.compile(r"  (\S+) (?:belongs to|in use by) (Workload|Node)\((.+?)\)(?:$| and | is )")
_POOL = re.compile(r"  (\S+/\d+)$")
_IN_POOL = re.compile(r"  (\S+) in use by .* and in active IPAM pool but has no IPAM allocation")
_OUTSIDE = re.compile(r"  (\S+) in use by .* is not in any active IP pool")
_SEVERAL = re.compile(r"  (\S+) has multiple owners")
_NO_ADDRESS = re.compile(r"  (\S+) doesn't have any active IPs")
_NO_HANDLE = re.compile(r"  (\S+) is in use in a block but doesn't exist")
# A workload endpoint: `-` inside a name is doubled.
_ENDPOINT = re.compile(r"[^/]*/((?:[^-]|--)+)-k8s-(?:[^-]|--)+-eth0$")
_COUNTS = (
    (re.compile(r"Found (\d+) IPAM blocks"), "blocks"),
    (re.compile(r"IPAM blocks record (\d+) allocations"), "allocations"),
    (re.compile(r"Found (\d+) node tunnel IPs"), "tunnel_addresses_v4"),
    (re.compile(r"Found (\d+) service load balancer"), "load_balancer_ips"),
    (re.compile(r"Found (\d+) workload IPs"), "workload_ips"),
    (re.compile(r"Found (\d+) IPs that are allocated in IPAM but not"), "leaked_as_calicoctl_reports"),
)
_HANDLES = re.compile(r"Found (\d+) handles with no matching IPs \(and (\d+) handles")
# What is listed one a line, and how many there are: without --show-all-ips some lists are left out.
_LISTS = (
    (_IN_POOL, "in_use_in_pool_not_allocated", re.compile(r"Found (\d+) in-use IPs that are in active IP pools but")),
    (_OUTSIDE, "in_use_outside_active_pools", re.compile(r"Found (\d+) in-use IPs that are not in active IP pools")),
    (_NO_ADDRESS, "leaked_handles", re.compile(r"Found (\d+) handles with no matching IPs")),
    (_NO_HANDLE, "missing_handles", re.compile(r"Found (\d+) handles mentioned in blocks with no matching")),
)
_TUNNEL_V6 = "vxlanV6TunnelAddress"
_DONE = "Check complete"


def read_check(lines: Lines, file: str, telling: Telling) -> None:
    """Read `ipam check`; with `--show-all-ips` every block and allocation is in it."""
    place = Place(file, lines[0][0])
    texts = [line for _, line in lines]
    totals: dict[str, Any] = {}
    for pattern, figure in _COUNTS:
        if found := next(filter(None, map(pattern.match, texts)), None):
            totals[figure] = int(found[1])
    whole = any(line.startswith(_DONE) for line in texts)
    if not whole:
        telling.notes.append(Finding("check-cut", place=place))
    leaked = _listed(_LEAKED, texts)
    if whole and len(leaked) == totals.get("leaked_as_calicoctl_reports"):
        totals["leaked_ips_as_calicoctl_reports"] = leaked
        kinds = {found[3] for found in map(_LEAKED.match, texts) if found}
        if not any(_TUNNEL_V6 in kind or "ireguard" in kind for kind in kinds):
            totals["leaked"], totals["leaked_ips"] = len(leaked), leaked
    if found := next(filter(None, map(_HANDLES.match, texts)), None):
        totals["handles"] = int(found[1]) + int(found[2])
    shown = bool(leaked) or any("allocated; attrs" in line for line in texts) or _clean(texts)
    if whole and shown:
        totals["ips_with_several_owners"] = _listed(_SEVERAL, texts)
        for pattern, figure, counted in _LISTS:
            count = next((int(found[1]) for found in map(counted.match, texts) if found), None)
            if len(listed := _listed(pattern, texts)) == count:
                totals[figure] = listed
        parts = [totals[figure] for _, figure, _ in _LISTS[:2] if figure in totals]
        if len(parts) == 2:
            totals["pods_without_allocation"] = len(parts[0]) + len(parts[1])
    telling.tell("totals", "", place, totals)
    _pools(lines, file, telling)
    _blocks(lines, file, telling, totals)
    _owners(texts, place, telling)


def _listed(pattern: re.Pattern[str], texts: list[str]) -> list[str]:
    return sorted({found[1] for found in map(pattern.match, texts) if found})


def _clean(texts: list[str]) -> bool:
    return any(line.startswith(_DONE) and " 0 problems" in line for line in texts)


def _pools(lines: Lines, file: str, telling: Telling) -> None:
    inside = False
    for number, line in lines:
        if line.startswith("Loading all IPAM pools"):
            inside = True
        elif inside and (found := _POOL.match(line)) and (cidr := Cidr.maybe(found[1])):
            numbers = {"cidr": str(cidr), "capacity": cidr.size, "disabled": False}
            telling.tell("pools", str(cidr), Place(file, number), numbers)
        elif inside:
            return


def _blocks(lines: Lines, file: str, telling: Telling, totals: Mapping[str, Any]) -> None:
    """Make blocks of the lines that show them, where all are shown; in which order free ones go out is not said."""
    found: list[tuple[Cidr, str, list[Allocation]]] = []
    for number, line in lines:
        if line.startswith("IPAM blocks record"):
            break
        if block := _BLOCK.match(line):
            cidr = Cidr.maybe(block[1])
            if cidr is None:
                telling.notes.append(Finding("table-row", numbers={"row": line.strip()}, place=Place(file, number)))
                return
            found.append((cidr, block[2].replace("<none>", ""), []))
        elif (held := _HELD.match(line)) and found:
            if (allocation := _allocation(found[-1][0], held)) is None:
                telling.notes.append(Finding("table-row", numbers={"row": line.strip()}, place=Place(file, number)))
                return
            found[-1][2].append(allocation)
    count = sum(len(allocations) for _, _, allocations in found)
    if (len(found), count) == (totals.get("blocks"), totals.get("allocations")):
        telling.blocks = [
            Block(cidr=cidr, affinity=affinity, allocations=tuple(allocations)) for cidr, affinity, allocations in found
        ]
        telling.blocks_known = True


def _allocation(cidr: Cidr, held: re.Match[str]) -> Allocation | None:
    address = Cidr.maybe(f"{held[1]}/{cidr.bits}")
    if address is None or address not in cidr:
        return None
    pairs = (part.partition("=") for part in held[3].split(","))
    extra = {key: value for key, _, value in pairs if key in ("node", "namespace", "pod", "type")}
    handle = "" if held[2] == "<none>" else held[2]
    cooling = {} if handle else {"released_at": "unknown"}
    return Allocation(ordinal=address.first - cidr.first, handle=handle, **extra, **cooling)


def _owners(texts: list[str], place: Place, telling: Telling) -> None:
    """Count the workloads that own an address, by node; tunnels are shown for IPv4 only."""
    pods: dict[str, set[str]] = {}
    nodes: dict[str, list[str]] = {}
    for line in texts:
        if owner := _OWNER.match(line):
            if owner[2] == "Node":
                nodes.setdefault(owner[3], []).append(owner[1])
            elif endpoint := _ENDPOINT.match(owner[3]):
                pods.setdefault(endpoint[1].replace("--", "-"), set()).add(owner[3])
    if not any("belongs to" in line for line in texts):
        return
    only_v4 = not any(":" in line and _POOL.match(line) for line in texts)
    for node in {*pods, *nodes}:
        telling.tell("nodes", node, place, {"calico_pods_with_ip": len(pods.get(node, ()))})
        if only_v4:
            telling.tell("nodes", node, place, {"tunnel_addresses": sorted(set(nodes.get(node, ())))})
    telling.tell("nodes", EVERY, place, {"calico_pods_with_ip": 0})
    if only_v4:
        telling.tell("nodes", EVERY, place, {"tunnel_addresses": []})


def is_report(value: object) -> bool:
    """Whether a document is the report that `ipam check -o` writes."""
    return isinstance(value, Mapping) and "clusterGUID" in value and isinstance(value.get("allocations"), Mapping)


def read_report(value: Mapping[str, Any], file: str, telling: Telling) -> None:
    """Read the report of `ipam check -o`: every allocation with its owners, but no blocks and no pools."""
    place = Place(file)
    entries = [each for several in value["allocations"].values() for each in several if isinstance(each, Mapping)]
    cooling = [each for each in entries if each.get("coolingDown")]
    idle = {str(each.get("ip")) for each in entries if not each.get("inUse") and not each.get("coolingDown")}
    windows = {str(each.get("ip")) for each in entries if not each.get("handle") and not each.get("coolingDown")}
    leaked = sorted(idle - windows)
    handles = [each.get("ID") for each in value.get("leakedHandles") or () if isinstance(each, Mapping)]
    owners = Counter(str(each.get("ip")) for each in entries for _ in each.get("owners") or ())
    told = {
        "allocations": len(entries),
        "cooling_down": len(cooling),
        "borrowed": sum(bool(each.get("borrowed")) for each in entries),
        "leaked_handles": sorted(map(str, handles)),
        "leaked_as_calicoctl_reports": len(leaked),
        "leaked_ips_as_calicoctl_reports": leaked,
        "ips_with_several_owners": sorted(ip for ip, count in owners.items() if count > 1),
    }
    telling.tell("totals", "", place, told)
    tunnels = [str(each.get("ip")) for each in entries if each.get("type")]
    if not any(":" in ip for ip in tunnels):
        telling.tell("totals", "", place, {"leaked": len(leaked), "leaked_ips": leaked})
