"""The CNI configuration: the pools that it names, the third place Calico looks, after pod and namespace."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ...cidr import ADDRESS_BITS, IPVersion
from ...findings import Finding, Place
from ..json_text import load_json
from ..plain_values import get_list, get_mapping, get_mappings
from .installer_input import InstallerInput
from .installer_settings import InstallerSettings
from .setting_values import canonical_pool

_CNI_POOLS = re.compile(r'"ipv([46])_pools"\s{0,20}:\s{0,20}\[([^\]]{0,2000})\]')
_QUOTED = re.compile(r'"([^"]{1,253})"')
_MAX_CNI_TEXT = 100_000
_PLACEHOLDER = re.compile(r'(?<!")__\w{1,80}__(?!")')


def read_cni_text(text: str, place: Place, settings: InstallerSettings) -> None:
    """Read a CNI configuration that may hold `__PLACEHOLDERS__` without quotes, as Calico's manifests have it."""
    try:
        value = load_json(_PLACEHOLDER.sub("0", text))
    except ValueError:  # of what people paste a bracket is often missing: the lists of pools are found all the same
        pools: dict[IPVersion, tuple[str, ...]] = {4: (), 6: ()}
        for match in _CNI_POOLS.finditer(text[:_MAX_CNI_TEXT]):
            pools[6 if match[1] == "6" else 4] = tuple(map(canonical_pool, _QUOTED.findall(match[2])))
        settings.cni_pools = pools
        params = {"pools": ", ".join((*pools[4], *pools[6])) or "-"}
        settings.notes.append(Finding("cni-not-json", params=params, place=place))
        return
    if isinstance(value, Mapping):
        read_cni_configuration(value, place, settings)


def is_cni_text(text: str) -> bool:
    """Whether a text is a CNI configuration of Calico's that is not quite JSON, perhaps with words around it."""
    if '"cniVersion"' not in text or '"calico-ipam"' not in text or "kind" in text:
        return False
    try:
        load_json(text)
    except ValueError:
        return True
    return False


def is_cni_configuration(value: Mapping[str, Any]) -> bool:
    """Whether a document is a CNI configuration, or a list of plugins, with Calico's plugin in it."""
    return "kind" not in value and any(plugin.get("type") == "calico" for plugin in _cni_plugins(value))


def read_cni_document(source: InstallerInput) -> None:
    """Read a document that is a CNI configuration."""
    read_cni_configuration(source.value, source.place(), source.settings)


def read_cni_configuration(value: Mapping[str, Any], place: Place, settings: InstallerSettings) -> None:
    """Read the pools that the CNI configuration names: the third place Calico looks, after pod and namespace."""
    for plugin in _cni_plugins(value):
        if plugin.get("type") != "calico":
            continue
        ipam = get_mapping(plugin, "ipam")
        settings.cni_pools = {
            version: tuple(canonical_pool(str(pool)) for pool in get_list(ipam, f"ipv{version}_pools"))
            for version in ADDRESS_BITS
        }
        if ipam.get("type", "calico-ipam") != "calico-ipam":
            settings.note_other_plugin(f"ipam {ipam.get('type')}", place)


def _cni_plugins(value: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return get_mappings(value, "plugins") if isinstance(value.get("plugins"), list) else [value]
