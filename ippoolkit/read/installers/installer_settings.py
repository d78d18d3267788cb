"""What one installer's input says of pools and networks, before it becomes a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...cidr import Cidr, IPVersion
from ...findings import Finding, Place

DEFAULT_POOL_NAMES: dict[IPVersion, str] = {4: "default-ipv4-ippool", 6: "default-ipv6-ippool"}
DEFAULT_RANGE = "192.168.0.0/16"  # the operator's and calico-node's, where nothing says otherwise


@dataclass(slots=True)
class InstallerSettings:
    """Pools as specs of IPPools by name, networks as texts, nodes, and per-node prefixes by family."""

    pools: dict[str, tuple[dict[str, Any], Place]] = field(default_factory=dict)
    cluster_cidrs: list[str] = field(default_factory=list)
    service_cidrs: list[str] = field(default_factory=list)
    node_names: list[str] = field(default_factory=list)
    max_pods: int = 0
    node_prefixes: dict[IPVersion, tuple[int, str]] = field(default_factory=dict)  # and what the setting is called
    notes: list[Finding] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)
    uses_default_range: bool = False  # pools stand on the installer's default range: a cluster CIDR replaces it

    def add_pool(self, name: str, spec: Mapping[str, Any], place: Place) -> None:
        """Add a pool; values of None are left to Calico's defaults."""
        self.pools[name] = {key: value for key, value in spec.items() if value is not None}, place


def split_list(text: object) -> list[str]:
    """Return the CIDRs of a list with commas."""
    return [part.strip() for part in str(text or "").split(",") if part.strip()]


def first_by_version(texts: list[str]) -> dict[IPVersion, str]:
    """Return the first range of each family."""
    cidr_by_version: dict[IPVersion, str] = {}
    for text in texts:
        if cidr := Cidr.parse_or_none(text):
            cidr_by_version.setdefault(cidr.version, text)
    return cidr_by_version


def parse_number(value: object) -> object:
    """Return a number that stands in quotes, as installers take it."""
    text = str(value)
    return int(text) if isinstance(value, str) and text.isascii() and text.isdigit() else value
