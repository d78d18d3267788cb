"""Tables and texts of kubectl and of the node itself: nodes, pods, affinities, routes, `kubectl describe node`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from ..calico.kinds import V1, V3
from ..calico.pool_selection import OS_LABEL
from ..cidr import Cidr
from ..findings import N_, Finding, LocalizedText, Place
from ..yaml_scalars import resolve_plain_scalar
from .reported import ListedObject, ReportedText
from .table_layout import NumberedLines, table_rows

_NONE = ("", "<none>", "<unset>", "<unknown>")
_MAX_NAME = 253
_MAX_NAMES_SHOWN = 5
ROLE_LABEL = "node-role.kubernetes.io/"  # what the column ROLES lists
_WINDOWS_KERNEL = re.compile(r"10\.0\.\d{5}(?:\.|$)")
_POD_HEADINGS = (
    "NAME",
    "READY",
    "STATUS",
    "RESTARTS",
    "AGE",
    "IP",
    "NODE",
    "NOMINATED NODE",
    "READINESS GATES",
)
# A row of `kubectl get pods`, by which it is known without its heading.
POD_ROW = re.compile(
    r"(?:[\w.-]+\s+)?[\w.-]+\s+\d{1,3}/\d{1,3}\s+[A-Z][\w:/-]*\s+\d+(?:\s+\([^)]{1,30} ago\))?\s+\d+[smhdy]\w*(?:\s|$)"
)
_AGE_PART = re.compile(r"(\d{1,9})([ydhms])")
_SECONDS_PER_UNIT = {"y": 365 * 86_400, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_RESTARTED = re.compile(r"\s\([^)]{1,30} ago\)")
_DESCRIBED_KINDS = ("IPPool", "IPReservation", "IPAMConfig", "IPAMConfiguration", "BlockAffinity")
_FINISHED = ("Succeeded", "Failed")
_STARTING = ("ContainerCreating", "PodInitializing")
_BLOCK_NAME_V4 = re.compile(r"(?:(?P<node>\S+)-)?(?P<address>\d{1,3}-\d{1,3}-\d{1,3}-\d{1,3})-(?P<prefix>\d{1,2})$")
# A node's name may end as an address begins: that of a pool begins with 2, 3, fc or fd, and has four digits there.
_BLOCK_NAME_V6 = re.compile(
    r"(?:(?P<node>\S+?)-)?(?P<address>(?:[23][\da-f]{3}|f[cd][\da-f]{2})-(?:[\da-f]{0,4}-){1,7}[\da-f]{0,4})-(?P<prefix>\d{1,3})$"
)
_CALICO_ROUTE = re.compile(r"\bproto (?:bird|80)\b|\bdev (?:cali\w*|tunl0|vxlan[\w-]*\.calico)\b")
_VXLAN_DEVICE = re.compile(r"\bdev vxlan")
_MAX_ROUTES_SHOWN = 8
_THIS_NODE = LocalizedText(N_("this node"))
_ROUTE = re.compile(
    r"(?:blackhole |unreachable )?(?P<to>[\da-fA-F:.]+)(?:/(?P<prefix>\d{1,3}))?(?: .*?via (?P<via>[\da-fA-F:.]+))?"
)


def read_nodes(lines: NumberedLines, file: str, reported: ReportedText) -> None:
    """Read `kubectl get nodes`, with or without `-o wide`; only with `--show-labels` a node is known."""
    count = 0
    for number, row in table_rows(lines):
        if "NAME" not in row:
            reported.notes.append(Finding("table-row", params={"row": row[""]}, place=Place(file, number)))
            continue
        count += 1
        if "LABELS" in row:
            reported.objects.append((_listed_node(row), Place(file, number)))
        else:
            reported.listed_nodes.append(ListedObject(row["NAME"], _listed_node(row), Place(file, number)))
        if (age := _age_in_seconds(row.get("AGE", ""))) is not None:
            reported.node_ages[row["NAME"]] = age
        for address in (row.get("INTERNAL-IP", ""), row.get("EXTERNAL-IP", "")):
            if address not in _NONE:
                reported.add_node_address(address, Place(file, number))
    reported.add_figures("totals", "", Place(file, lines[0][0]), {"nodes": count})


def _age_in_seconds(text: str) -> int | None:
    """Return an age as kubectl prints it, such as 5d6h."""
    parts = _AGE_PART.findall(text)
    if "".join(map("".join, parts)) != text or not parts:
        return None
    return sum(int(count) * _SECONDS_PER_UNIT[unit] for count, unit in parts)


def _listed_node(row: dict[str, str]) -> dict[str, Any]:
    """Return the object of a row: its labels, or those that other columns tell."""
    labels_text = row.get("LABELS", "")
    labels = {
        key: value
        for key, _, value in (pair.partition("=") for pair in labels_text.split(",") if labels_text not in _NONE)
    }
    if "LABELS" not in row:
        labels = {f"{ROLE_LABEL}{role}": "" for role in row.get("ROLES", "").split(",") if role not in _NONE}
        if row.get("OS-IMAGE", "") not in _NONE:
            is_windows = "Windows" in row["OS-IMAGE"] or bool(_WINDOWS_KERNEL.match(row.get("KERNEL-VERSION", "")))
            labels[OS_LABEL] = "windows" if is_windows else "linux"
    internal = row.get("INTERNAL-IP", "")
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": row["NAME"], "labels": labels},
        "status": {"addresses": [] if internal in _NONE else [{"type": "InternalIP", "address": internal}]},
    }


def read_calico_nodes(lines: NumberedLines, file: str, reported: ReportedText) -> None:
    """Read `calicoctl get nodes`, with or without `-o wide`, whose addresses have the prefix of the nodes' network."""
    count = 0
    for number, row in table_rows(lines):
        place = Place(file, number)
        shown = {version: row.get(f"IPV{version}", "") for version in (4, 6)}
        for address in shown.values():
            if address not in _NONE:
                reported.add_node_address(address, place)
        if "NAME" in row:
            count += 1
            annotations = {f"projectcalico.org/IPv{version}Address": text for version, text in shown.items()}
            metadata = {"name": row["NAME"], "labels": {}, "annotations": annotations}
            value = {"apiVersion": "v1", "kind": "Node", "metadata": metadata}
            reported.listed_nodes.append(ListedObject(row["NAME"], value, place))
    reported.add_figures("totals", "", Place(file, lines[0][0]), {"nodes": count})


def read_bgp_peers(lines: NumberedLines, file: str, reported: ReportedText) -> None:
    """Read `calicoctl node status`: the peers of the mesh are nodes."""
    for number, row in table_rows(lines):
        if "mesh" in row.get("PEER TYPE", ""):
            reported.add_node_address(row["PEER ADDRESS"], Place(file, number))


def read_pods(lines: NumberedLines, file: str, reported: ReportedText) -> None:
    """Read `kubectl get pods`; with `-o wide` it tells nodes and addresses, and who has none."""
    rows = list(table_rows(_with_pod_heading(lines)))
    place = Place(file, lines[0][0])
    if any("NAMESPACE" in row for _, row in rows) and "NAMESPACE" in lines[0][1]:  # else one namespace, or a selection
        reported.add_figures("totals", "", place, {"pods": len(rows)})
        reported.listed_pods += [
            ListedObject(_pod_name(row), _listed_pod(row), Place(file, number))
            for number, row in rows
            if row.get("NODE", "<none>") not in _NONE and "IP" in row
        ]
    for number, row in rows:
        if row.get("IP") == "<none>" and row.get("NODE", "<none>") not in _NONE and _phase(row) not in _FINISHED:
            reported.waiting_pods.append((_pod_name(row), row["NODE"], Place(file, number)))
        elif "IP" not in row and row.get("STATUS") in _STARTING:
            reported.starting_pods.append((_pod_name(row), Place(file, number)))


def _with_pod_heading(lines: NumberedLines) -> NumberedLines:
    """Put a heading above rows that `grep` left without one; others stay as they are."""
    number, line = lines[0]
    if not POD_ROW.match(line):
        return lines
    cells = _RESTARTED.sub("", line).split()
    has_namespace = "/" not in cells[1]
    headings = [*(("NAMESPACE",) if has_namespace else ()), *_POD_HEADINGS]
    return [(number, "  ".join(headings[: len(cells)])), *lines]


def _phase(row: dict[str, str]) -> str:
    status = row.get("STATUS", "")
    if status in ("Completed", "Succeeded"):
        return "Succeeded"
    if status in ("Failed", "Evicted", "Error"):
        return "Failed"
    return "Running" if status == "Running" else "Pending"


def _listed_pod(row: dict[str, str]) -> dict[str, Any]:
    has_address = row["IP"] not in _NONE
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": row["NAME"], "namespace": row["NAMESPACE"]},
        "spec": {"nodeName": row["NODE"]},
        "status": {"phase": _phase(row), "podIPs": [{"ip": row["IP"]}] if has_address else []},
    }


def _pod_name(row: dict[str, str]) -> str:
    return "/".join(filter(None, (row.get("NAMESPACE"), row.get("NAME", ""))))


def read_services(lines: NumberedLines, file: str, reported: ReportedText) -> None:
    """Read `kubectl get services`: their cluster IPs."""
    for number, row in table_rows(lines):
        for address in row.get("CLUSTER-IP", "").split(","):
            reported.add_service_address(address, Place(file, number))


def read_names(lines: NumberedLines, file: str, reported: ReportedText) -> None:
    """Read a table of names, of which those of block affinities tell node and block."""
    counts: Counter[str] = Counter()
    blocks: list[Cidr] = []
    other_names: list[str] = []
    place = Place(file, lines[0][0])
    for number, row in table_rows(lines):
        if parsed := parse_block_name(row.get("NAME", "")):
            node, cidr = parsed
            if node:
                reported.affinities.append((node, cidr, Place(file, number)))
                counts[node] += 1
            else:
                blocks.append(cidr)
        else:
            other_names.append(row.get("NAME", ""))
    if other_names:
        which = ", ".join(other_names[:_MAX_NAMES_SHOWN]) + (" …" if len(other_names) > _MAX_NAMES_SHOWN else "")
        reported.notes.append(Finding("names-only", "", {"count": len(other_names), "which": which}, place))
    for node, count in counts.items():
        reported.add_figures("nodes", node, place, {"blocks": count})
    if blocks:
        reported.add_figures("totals", "", place, {"blocks": len(blocks)})
        sizes = ", ".join(
            f"/{prefix}: {count}" for prefix, count in sorted(Counter(cidr.prefix for cidr in blocks).items())
        )
        reported.notes.append(Finding("blocks-listed", "", {"count": len(blocks), "sizes": sizes}, place))


def parse_block_name(name: str) -> tuple[str, Cidr] | None:
    """Return the node and the block that a name is made of; no node in that of an IPAMBlock.

    Parameters
    ----------
    name
        Of a BlockAffinity, such as ``node-1-10-244-7-0-26``, or of an IPAMBlock, such as ``10-244-7-0-26``; with or
        without the kind before it.
    """
    name = name.rpartition("/")[2][: _MAX_NAME * 2]
    for pattern, separator in ((_BLOCK_NAME_V4, "."), (_BLOCK_NAME_V6, ":")):
        match = pattern.match(name)
        if match and (cidr := Cidr.parse_or_none(f"{match['address'].replace('-', separator)}/{match['prefix']}")):
            return match["node"] or "", cidr
    return None


def read_routes(lines: NumberedLines, file: str, reported: ReportedText) -> None:
    """Read `ip route`: a block is a route to its node; a single address outside its node's blocks is a borrowed one."""
    blocks: dict[str, list[Cidr]] = {}
    addresses: dict[str, list[Cidr]] = {}
    node_gateways = set()
    for _, line in lines:
        match = _ROUTE.match(line)
        if match is None or not _CALICO_ROUTE.search(line):
            continue
        if match["via"] and not _VXLAN_DEVICE.search(line):  # over VXLAN it is the tunnel's address, out of a pool
            node_gateways.add(match["via"])
        is_host_route = match["prefix"] in (None, "32", "128")
        cidr = Cidr.parse_or_none(f"{match['to']}/{match['prefix'] or (128 if ':' in match['to'] else 32)}")
        if cidr is not None:
            (addresses if is_host_route else blocks).setdefault(match["via"] or "", []).append(cidr)
    place = Place(file, lines[0][0])
    for gateway, routed in addresses.items():
        own_blocks = blocks.get(gateway, [])
        borrowed = [cidr for cidr in routed if not any(cidr in block for block in own_blocks)]
        if borrowed:
            owners = {block: node for node, routed_there in blocks.items() for block in routed_there}
            params = {
                "gateway": gateway,
                "node": LocalizedText(N_("node {address}"), address=gateway) if gateway else _THIS_NODE,
                "count": len(borrowed),
                "which": ", ".join(_with_block(cidr, owners) for cidr in borrowed[:_MAX_ROUTES_SHOWN]),
                "blocks": ", ".join(map(str, own_blocks)) or LocalizedText(N_("none routed there")),
            }
            reported.notes.append(Finding("routes-borrowed", "", params, place))
    for gateway in sorted(node_gateways):
        if not gateway.lower().startswith("fe80:"):
            reported.add_node_address(gateway, place)
    if blocks:
        params = {"count": sum(map(len, blocks.values())), "nodes": len(blocks)}
        reported.notes.append(Finding("routes-blocks", "", params, place))


def _with_block(cidr: Cidr, owners: dict[Cidr, str]) -> str:
    """Return a routed address, with the block it lies in and the node that this is routed to, where that is known."""
    address = str(cidr).partition("/")[0]
    block = next((block for block in owners if cidr in block), None)
    via = f" via {owners[block]}" if block and owners[block] else ""
    return f"{address} [{block}{via}]" if block else address


def read_describe(lines: NumberedLines, file: str, reported: ReportedText) -> None:
    """Read `kubectl describe` of a node, a pod or what Calico configures, as if it had come as YAML.

    Nodes, pods and claims are described one at a time: what there is beside them is unknown.
    """
    place = Place(file, lines[0][0])
    fields = list(_described_fields(lines))
    own = {key: value for section, key, value in fields if section == key}
    kind = own.get("Kind") or _described_kind(own)
    name = own.get("Name", "")
    if kind in _DESCRIBED_KINDS:
        spec = _described_spec(lines)
        version = V1 if kind == "IPAMConfig" else V3
        value = {"apiVersion": version, "kind": kind, "metadata": {"name": name}, "spec": spec}
        (reported.single_objects if kind == "BlockAffinity" else reported.objects).append((value, place))
    elif kind == "Node":
        reported.single_objects.append((_described_node(name, fields), place))
    elif kind == "Pod":
        pod = _described_pod(own, fields)
        reported.single_objects.append((pod, place))
        if pod["spec"]["nodeName"] and not pod["status"]["podIPs"] and pod["status"]["phase"] not in _FINISHED:
            reported.waiting_pods.append((f"{own['Namespace']}/{name}", pod["spec"]["nodeName"], place))
    else:
        params = {"line": f"Name: {name}", "count": len(lines)}
        reported.notes.append(Finding("lines-unread", params=params, place=place))


def _described_kind(own: dict[str, str]) -> str:
    """Tell a node from a pod, and both from anything else, of which kubectl does not print the kind."""
    if "Namespace" not in own:
        return "Node" if {"Addresses", "PodCIDR", "PodCIDRs", "Roles", "System Info"} & set(own) else ""
    return "Pod" if {"Node", "IP"} <= set(own) else ""


def _described_pod(own: dict[str, str], fields: list[tuple[str, str, str]]) -> dict[str, Any]:
    annotations = {key: value for section, key, value in fields if section == "Annotations" and key != section}
    node, address = own["Node"].partition("/")[0], own["IP"]
    is_on_host = bool(address) and own["Node"].partition("/")[2] == address
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": own["Name"], "namespace": own["Namespace"], "annotations": annotations},
        "spec": {"nodeName": "" if node in _NONE else node, "hostNetwork": is_on_host},
        "status": {
            "phase": own.get("Status", "Pending").partition(" ")[0],
            "podIPs": [] if address in _NONE else [{"ip": address}],
        },
    }


def _described_fields(lines: NumberedLines) -> Iterator[tuple[str, str, str]]:
    """Yield section, key and value of each line; labels have `=` between the two."""
    section = ""
    for _, line in lines:
        if line[:1] not in " \t":
            section = line.partition(":")[0]
            content = line.partition(":")[2].strip()
            yield section, section, content
        else:
            content = line.strip()
        separator = "=" if section == "Labels" else ":"
        key, separator_found, value = content.partition(separator)
        if separator_found:
            yield section, key.strip(), value.strip()


def _described_spec(lines: NumberedLines) -> dict[str, Any]:
    """Return the spec of a described object: its fields, and lists whose items stand below their field."""
    spec: dict[str, Any] = {}
    in_spec, field = False, ""
    for _, line in lines:
        if line[:1] not in " \t":
            in_spec = line.startswith("Spec:")
            continue
        key, is_field, value = line.strip().partition(":")
        if not in_spec:
            continue
        if is_field and (line.startswith("  ") and not line.startswith("   ")):
            field = _camel_case(key)
            if value.strip():
                spec[field] = resolve_plain_scalar(value.strip())
        elif field and isinstance(spec.setdefault(field, []), list):
            spec[field].append(line.strip())
    return spec


def _described_node(name: str, fields: list[tuple[str, str, str]]) -> dict[str, Any]:
    def section_of(heading: str) -> dict[str, str]:
        return {key: value for section, key, value in fields if section == heading and key != heading}

    pod_cidrs = next((value for section, key, value in fields if section == key and key.startswith("PodCIDR")), "")
    addresses = section_of("Addresses")
    allocatable = {"pods": pods} if (pods := section_of("Allocatable").get("pods")) else {}
    internal = [{"type": "InternalIP", "address": addresses["InternalIP"]}] if "InternalIP" in addresses else []
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": section_of("Labels"), "annotations": section_of("Annotations")},
        "spec": {"podCIDRs": [cidr for cidr in pod_cidrs.split(",") if cidr]},
        "status": {"addresses": internal, "allocatable": allocatable},
    }


def _camel_case(heading: str) -> str:
    """Return the field that `kubectl describe` prints as words: `Block Size` is blockSize."""
    first, *further_words = heading.split()
    return first.lower() + "".join({"Bgp": "BGP"}.get(word, word) for word in further_words)
