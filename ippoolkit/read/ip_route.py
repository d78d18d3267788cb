"""`ip route` on a node: which blocks are routed to which nodes, and which addresses are borrowed."""

from __future__ import annotations

import re

from ..cidr import Cidr
from ..findings import N_, Finding, LocalizedText, Place
from .reported import ReportedText
from .table_layout import NumberedLines

_CALICO_ROUTE = re.compile(r"\bproto (?:bird|80)\b|\bdev (?:cali\w*|tunl0|vxlan[\w-]*\.calico)\b")
_VXLAN_DEVICE = re.compile(r"\bdev vxlan")
_MAX_ROUTES_SHOWN = 8
_THIS_NODE = LocalizedText(N_("this node"))
_ROUTE = re.compile(
    r"(?:blackhole |unreachable )?(?P<to>[\da-fA-F:.]+(?:/\d{1,3})?)(?: .*?via (?P<via>[\da-fA-F:.]+))?"
)


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
        cidr = Cidr.parse_network_or_address(match["to"])
        if cidr is not None:
            (addresses if cidr.prefix == cidr.bits else blocks).setdefault(match["via"] or "", []).append(cidr)
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
            reported.add_node_address(gateway)
    if blocks:
        params = {"count": sum(map(len, blocks.values())), "nodes": len(blocks)}
        reported.notes.append(Finding("routes-blocks", "", params, place))


def _with_block(cidr: Cidr, owners: dict[Cidr, str]) -> str:
    """Return a routed address, with the block it lies in and the node that this is routed to, where that is known."""
    address = str(cidr).partition("/")[0]
    block = next((block for block in owners if cidr in block), None)
    via = f" via {owners[block]}" if block and owners[block] else ""
    return f"{address} [{block}{via}]" if block else address
