"""What one installer's input says of pools and networks, before it becomes a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...cidr import Cidr, Version
from ...findings import Finding, Place

NAMES: dict[Version, str] = {4: "default-ipv4-ippool", 6: "default-ipv6-ippool"}
DEFAULT_RANGE = "192.168.0.0/16"  # the operator's and calico-node's, where nothing says otherwise


@dataclass(slots=True)
class Settings:
    """Pools as specs of IPPools by name, networks as texts, nodes, and per-node prefixes by family."""

    pools: dict[str, tuple[dict[str, Any], Place]] = field(default_factory=dict)
    cluster: list[str] = field(default_factory=list)
    services: list[str] = field(default_factory=list)
    nodes: list[str] = field(default_factory=list)
    max_pods: int = 0
    prefixes: dict[Version, tuple[int, str]] = field(default_factory=dict)  # and what the setting is called
    notes: list[Finding] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)
    fallback: bool = False  # pools stand on the installer's default range: a cluster CIDR replaces it

    def add(self, name: str, spec: Mapping[str, Any], place: Place) -> None:
        """Add a pool; values of None are left to Calico's defaults."""
        self.pools[name] = {key: value for key, value in spec.items() if value is not None}, place


def split(text: object) -> list[str]:
    """Return the CIDRs of a list with commas."""
    return [part.strip() for part in str(text or "").split(",") if part.strip()]


def by_family(texts: list[str]) -> dict[Version, str]:
    """Return the first range of each family."""
    found: dict[Version, str] = {}
    for text in texts:
        if cidr := Cidr.maybe(text):
            found.setdefault(cidr.version, text)
    return found


def whole(value: object) -> object:
    """Return a number that stands in quotes, as installers take it."""
    text = str(value)
    return int(text) if isinstance(value, str) and text.isascii() and text.isdigit() else value
