"""The ways in which a pool may be encapsulated: Calico takes one of them, or none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

EncapsulationMode = Literal["Never", "Always", "CrossSubnet"]

# Name -> (ipipMode, vxlanMode).
ENCAPSULATIONS: Mapping[str, tuple[EncapsulationMode, EncapsulationMode]] = {
    "None": ("Never", "Never"),
    "VXLAN Always": ("Never", "Always"),
    "VXLAN CrossSubnet": ("Never", "CrossSubnet"),
    "IPIP Always": ("Always", "Never"),
    "IPIP CrossSubnet": ("CrossSubnet", "Never"),
}


def encapsulation_name(ipip_mode: EncapsulationMode, vxlan_mode: EncapsulationMode) -> str:
    """Return ``IPIP`` or ``VXLAN`` with its mode, or ``None``; where both are set, which Calico refuses, IPIP."""
    modes = (ipip_mode, "Never" if ipip_mode != "Never" else vxlan_mode)
    return next(name for name, named_modes in ENCAPSULATIONS.items() if named_modes == modes)
