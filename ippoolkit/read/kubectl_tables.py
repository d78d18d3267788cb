"""Tables of kubectl, and those of calicoctl that show the same: nodes, pods, services, names of block affinities."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from ..calico.pool_selection import OS_LABEL
from ..cidr import Cidr
from ..findings import Finding, Place
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
FINISHED_PHASES = ("Succeeded", "Failed")
_STARTING = ("ContainerCreating", "PodInitializing")
_BLOCK_NAME_V4 = re.compile(r"(?:(?P<node>\S+)-)?(?P<address>\d{1,3}-\d{1,3}-\d{1,3}-\d{1,3})-(?P<prefix>\d{1,2})$")
# A node's name may end as an address begins: that of a pool begins with 2, 3, fc or fd, and has four digits there.
_BLOCK_NAME_V6 = re.compile(
    r"(?:(?P<node>\S+?)-)?(?P<address>(?:[23][\da-f]{3}|f[cd][\da-f]{2})-(?:[\da-f]{0,4}-){1,7}[\da-f]{0,4})-(?P<prefix>\d{1,3})$"
)


def read_nodes(lines: NumberedLines, file: str, reported: ReportedText) -> None:
    """Read `kubectl get nodes`, with or without `-o wide`; only with `--show-labels` a node is known."""
    count = 0
    for place, row in table_rows(lines, file):
        if "NAME" not in row:
            reported.note_unread_row(row[""], place)
            continue
        count += 1
        node = ListedObject(node_object(row["NAME"], _labels(row), internal_address=_cell(row, "INTERNAL-IP")), place)
        (reported.objects if "LABELS" in row else reported.listed_nodes).append(node)
        if (age := _age_in_seconds(row.get("AGE", ""))) is not None:
            reported.node_ages[row["NAME"]] = age
        for heading in ("INTERNAL-IP", "EXTERNAL-IP"):
            reported.add_node_address(_cell(row, heading))
    reported.add_figures("totals", "", Place(file, lines[0][0]), {"nodes": count})


def node_object(
    name: str,
    labels: Mapping[str, str] = {},
    annotations: Mapping[str, str] = {},
    *,
    internal_address: str = "",
    spec: Mapping[str, Any] = {},
    status: Mapping[str, Any] = {},
) -> dict[str, Any]:
    """Return a node as the API gives it, as far as a text tells of it."""
    addresses = [{"type": "InternalIP", "address": internal_address}] if internal_address else []
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": dict(labels), "annotations": dict(annotations)},
        "spec": dict(spec),
        "status": {"addresses": addresses, **status},
    }


def pod_object(
    namespace: str, name: str, node: str, phase: str, address: str, *, annotations: Mapping[str, str] = {}
) -> dict[str, Any]:
    """Return a pod as the API gives it, as far as a text tells of it."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "annotations": dict(annotations)},
        "spec": {"nodeName": node},
        "status": {"phase": phase, "podIPs": [{"ip": address}] if address else []},
    }


def shown_text(text: str) -> str:
    """Return the text of a cell; empty for what stands where there is nothing, such as `<none>`."""
    return "" if text in _NONE else text


def _cell(row: Mapping[str, str], heading: str) -> str:
    return shown_text(row.get(heading, ""))


def _age_in_seconds(text: str) -> int | None:
    """Return an age as kubectl prints it, such as 5d6h."""
    parts = _AGE_PART.findall(text)
    if "".join(map("".join, parts)) != text or not parts:
        return None
    return sum(int(count) * _SECONDS_PER_UNIT[unit] for count, unit in parts)


def _labels(row: Mapping[str, str]) -> dict[str, str]:
    """Return the labels of a row's node, or those that other columns tell."""
    if "LABELS" in row:
        pairs = _cell(row, "LABELS").split(",") if _cell(row, "LABELS") else []
        return {key: value for key, _, value in (pair.partition("=") for pair in pairs)}
    labels = {f"{ROLE_LABEL}{role}": "" for role in row.get("ROLES", "").split(",") if shown_text(role)}
    if image := _cell(row, "OS-IMAGE"):
        is_windows = "Windows" in image or bool(_WINDOWS_KERNEL.match(row.get("KERNEL-VERSION", "")))
        labels[OS_LABEL] = "windows" if is_windows else "linux"
    return labels


def read_calico_nodes(lines: NumberedLines, file: str, reported: ReportedText) -> None:
    """Read `calicoctl get nodes`, with or without `-o wide`, whose addresses have the prefix of the nodes' network."""
    count = 0
    for place, row in table_rows(lines, file):
        annotations = {f"projectcalico.org/IPv{version}Address": row.get(f"IPV{version}", "") for version in (4, 6)}
        for address in annotations.values():
            reported.add_node_address(shown_text(address))
        if "NAME" in row:
            count += 1
            node = node_object(row["NAME"], annotations=annotations)
            reported.listed_nodes.append(ListedObject(node, place))
    reported.add_figures("totals", "", Place(file, lines[0][0]), {"nodes": count})


def read_bgp_peers(lines: NumberedLines, file: str, reported: ReportedText) -> None:
    """Read `calicoctl node status`: the peers of the mesh are nodes."""
    for _, row in table_rows(lines, file):
        if "mesh" in row.get("PEER TYPE", ""):
            reported.add_node_address(row["PEER ADDRESS"])


def read_pods(lines: NumberedLines, file: str, reported: ReportedText) -> None:
    """Read `kubectl get pods`; with `-o wide` it tells nodes and addresses, and who has none."""
    rows = list(table_rows(_with_pod_heading(lines), file))
    if any("NAMESPACE" in row for _, row in rows) and "NAMESPACE" in lines[0][1]:  # else one namespace, or a selection
        reported.add_figures("totals", "", Place(file, lines[0][0]), {"pods": len(rows)})
        for place, row in rows:
            if "IP" in row and (node := _cell(row, "NODE")):
                pod = pod_object(row["NAMESPACE"], row["NAME"], node, _phase(row), _cell(row, "IP"))
                reported.listed_pods.append(ListedObject(pod, place))
    for place, row in rows:
        name, node = "/".join(filter(None, (row.get("NAMESPACE"), row.get("NAME", "")))), _cell(row, "NODE")
        if row.get("IP") == "<none>" and node and _phase(row) not in FINISHED_PHASES:
            reported.waiting_pods.append((name, node, place))
        elif "IP" not in row and row.get("STATUS") in _STARTING:
            reported.starting_pods.append((name, place))


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


def read_services(lines: NumberedLines, file: str, reported: ReportedText) -> None:
    """Read `kubectl get services`: their cluster IPs."""
    for _, row in table_rows(lines, file):
        for address in row.get("CLUSTER-IP", "").split(","):
            reported.add_service_address(address)


def read_names(lines: NumberedLines, file: str, reported: ReportedText) -> None:
    """Read a table of names, of which those of block affinities tell node and block."""
    block_counts: Counter[str] = Counter()  # by node
    blocks: list[Cidr] = []
    other_names: list[str] = []
    first_place = Place(file, lines[0][0])
    for place, row in table_rows(lines, file):
        name = row.get("NAME", "")
        node, cidr = parse_block_name(name) or ("", None)
        if cidr is None:
            other_names.append(name)
        elif node:
            reported.affinities.append((node, cidr, place))
            block_counts[node] += 1
        else:
            blocks.append(cidr)
    if other_names:
        which = ", ".join(other_names[:_MAX_NAMES_SHOWN]) + (" …" if len(other_names) > _MAX_NAMES_SHOWN else "")
        reported.notes.append(Finding("names-only", "", {"count": len(other_names), "which": which}, first_place))
    for node, count in block_counts.items():
        reported.add_figures("nodes", node, first_place, {"blocks": count})
    if blocks:
        reported.add_figures("totals", "", first_place, {"blocks": len(blocks)})
        size_counts = sorted(Counter(cidr.prefix for cidr in blocks).items())
        sizes = ", ".join(f"/{prefix}: {count}" for prefix, count in size_counts)
        reported.notes.append(Finding("blocks-listed", "", {"count": len(blocks), "sizes": sizes}, first_place))


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
