"""Tunnel addresses, as calico-node's allocator on each node keeps them: what it does when pools change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..calico.pool_selection import TunnelType, serves_tunnel
from ..cidr import IPVersion
from ..model import IPPool

TUNNEL_TYPES: tuple[tuple[TunnelType, IPVersion], ...] = (
    ("vxlan", 4),
    ("ipip", 4),
    ("wireguard", 4),
    ("vxlan", 6),
    ("wireguard", 6),
)


@dataclass(frozen=True, slots=True)
class Tunnel:
    """One tunnel of one node: what it speaks, and of which family its address is."""

    node: str
    type: TunnelType
    version: IPVersion = 4

    @property
    def handle(self) -> str:
        """What Calico holds its address by."""
        return f"{self.type}{'-v6' if self.version == 6 else ''}-tunnel-addr-{self.node}"


def pools_for_tunnel(
    pools: Mapping[str, IPPool],
    labels: Mapping[str, str],
    tunnel_type: TunnelType,
    version: IPVersion,
    wireguard_versions: frozenset[IPVersion] = frozenset(),
) -> tuple[IPPool, ...]:
    """Return the pools that may give a node the address of a tunnel, in the order of their names.

    Parameters
    ----------
    pools
        All pools by name.
    labels
        The node's.
    tunnel_type, version
        What the tunnel encapsulates with, and its IP version.
    wireguard_versions
        Families for which WireGuard is on.
    """
    if tunnel_type == "wireguard" and version not in wireguard_versions:
        return ()
    return tuple(
        pool
        for _, pool in sorted(pools.items())
        if pool.version == version and serves_tunnel(pool, labels, tunnel_type)
    )
