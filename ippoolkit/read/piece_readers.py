"""Which function reads which piece of a paste."""

from __future__ import annotations

from collections.abc import Callable

from .calicoctl_tables import (
    read_address,
    read_borrowed_addresses,
    read_ipam_configuration,
    read_ipam_show,
    read_pools_table,
)
from .ipam_check import read_ipam_check
from .kubectl_tables import (
    read_bgp_peers,
    read_calico_nodes,
    read_describe,
    read_names,
    read_nodes,
    read_pods,
    read_routes,
    read_services,
)
from .reported import ReportedText
from .table_layout import NumberedLines

PieceReader = Callable[[NumberedLines, str, ReportedText], None]

PIECE_READERS: dict[str, PieceReader] = {
    "ipam-show": read_ipam_show,
    "borrowed": read_borrowed_addresses,
    "configuration": read_ipam_configuration,
    "address": read_address,
    "ipam-check": read_ipam_check,
    "pools": read_pools_table,
    "nodes": read_nodes,
    "calico-nodes": read_calico_nodes,
    "bgp-peers": read_bgp_peers,
    "pods": read_pods,
    "services": read_services,
    "names": read_names,
    "routes": read_routes,
    "describe": read_describe,
}
