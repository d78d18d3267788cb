"""Tunnel addresses, as calico-node's allocator on each node keeps them: what it does when pools change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ..cidr import Version
from ..model import IPPool

Speech = Literal["ipip", "vxlan", "wireguard"]
SPEECHES: tuple[tuple[Speech, Version], ...] = (
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
    speech: Speech
    version: Version = 4

    @property
    def handle(self) -> str:
        """What Calico holds its address by."""
        return f"{self.speech}{'-v6' if self.version == 6 else ''}-tunnel-addr-{self.node}"


def serving(
    pools: Mapping[str, IPPool],
    labels: Mapping[str, str],
    speech: Speech,
    version: Version,
    wireguard: frozenset[Version] = frozenset(),
) -> tuple[IPPool, ...]:
    """Return the pools that may give a node the address of a tunnel, in the order of their names.

    Parameters
    ----------
    pools
        All pools by name.
    labels
        The node's.
    speech, version
        What the tunnel speaks, and its family.
    wireguard
        Families for which WireGuard is on.
    """
    if speech == "wireguard" and version not in wireguard:
        return ()
    return tuple(
        pool
        for _, pool in sorted(pools.items())
        if pool.version == version
        and not pool.disabled
        and "Tunnel" in pool.allowed_uses
        and pool.selects(labels)
        and (speech == "wireguard" or getattr(pool, f"{speech}_mode") != "Never")
    )
