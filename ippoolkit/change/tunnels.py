"""The tunnels of a node whose addresses calico-node takes from pools."""

from __future__ import annotations

from dataclasses import dataclass

from ..calico.pool_selection import TunnelType
from ..cidr import IPVersion

TUNNEL_TYPES: tuple[tuple[TunnelType, IPVersion], ...] = (
    ("vxlan", 4),
    ("ipip", 4),
    ("wireguard", 4),
    ("vxlan", 6),
    ("wireguard", 6),
)


@dataclass(frozen=True, slots=True)
class NodeTunnel:
    """One tunnel of one node: what it speaks, and of which family its address is."""

    node: str
    type: TunnelType
    version: IPVersion = 4

    @property
    def handle(self) -> str:
        """What Calico holds its address by."""
        return f"{self.type}{'-v6' if self.version == 6 else ''}-tunnel-addr-{self.node}"
