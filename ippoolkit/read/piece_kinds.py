"""The kinds of piece that a paste is made of: what each is called, how it is known, and what reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from ..texts import N_
from .calicoctl_tables import (
    read_address,
    read_borrowed_addresses,
    read_ipam_configuration,
    read_ipam_show,
    read_pools_table,
)
from .described_objects import read_described_object
from .ip_route import read_routes
from .ipam_check import read_ipam_check
from .kubectl_tables import (
    read_bgp_peers,
    read_calico_nodes,
    read_names,
    read_nodes,
    read_pods,
    read_services,
)
from .reported import ReportedText
from .table_layout import NumberedLines


class PieceKind(NamedTuple):
    """A kind of piece; of a table with the headings that it is known by, any of several sets."""

    label: str
    read: Callable[[NumberedLines, str, ReportedText], None] | None = None
    headings: tuple[frozenset[str], ...] = ()


def _headings(*names: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(text.split(" | ")) for text in names)


PIECE_KINDS: dict[str, PieceKind] = {
    "ipam-show": PieceKind(N_("calicoctl ipam show"), read_ipam_show, _headings("GROUPING | CIDR")),
    "borrowed": PieceKind(
        N_("calicoctl ipam show --show-borrowed"), read_borrowed_addresses, _headings("IP | BORROWING-NODE")
    ),
    "configuration": PieceKind(
        N_("calicoctl ipam show --show-configuration"), read_ipam_configuration, _headings("PROPERTY | VALUE")
    ),
    "bgp-peers": PieceKind(N_("calicoctl node status"), read_bgp_peers, _headings("PEER ADDRESS | PEER TYPE")),
    # The second is of calicoctl of Calico v2.
    "pools": PieceKind(N_("table of IP pools"), read_pools_table, _headings("NAME | CIDR", "CIDR | NAT | IPIP")),
    "nodes": PieceKind(N_("table of nodes"), read_nodes, _headings("NAME | STATUS | ROLES")),
    "calico-nodes": PieceKind(N_("table of Calico nodes"), read_calico_nodes, _headings("NAME | ASN")),
    "pods": PieceKind(N_("table of pods"), read_pods, _headings("NAME | READY | STATUS")),
    "services": PieceKind(N_("table of services"), read_services, _headings("NAME | TYPE | CLUSTER-IP")),
    "names": PieceKind(N_("table of names"), read_names, _headings("NAME | AGE", "NAME | CREATED AT")),
    "address": PieceKind(N_("calicoctl ipam show --ip"), read_address),
    "ipam-check": PieceKind(N_("calicoctl ipam check"), read_ipam_check),
    "routes": PieceKind(N_("routes"), read_routes),
    "describe": PieceKind(N_("kubectl describe"), read_described_object),
    "document": PieceKind(N_("YAML or JSON")),
    "command": PieceKind(N_("prompt or command")),
    "error": PieceKind(N_("error message of a command")),
    "unrecognized": PieceKind(N_("not recognized")),
}


_KINDS_BY_HEADINGS = [(names, kind) for kind, piece_kind in PIECE_KINDS.items() for names in piece_kind.headings]


def find_table_kind(headings: Iterable[str]) -> str | None:
    """Return the kind of a table with these headings, None where it is none."""
    distinct = set(headings)
    if len(distinct) < 2:
        return None
    return next((kind for names, kind in _KINDS_BY_HEADINGS if names <= distinct), None)
