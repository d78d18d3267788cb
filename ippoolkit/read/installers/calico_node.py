"""calico-node: its DaemonSet and its environment, from which it creates its default pools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...calico.limits import DEFAULT_BLOCK_SIZE
from ...cidr import IPVersion
from ...findings import Finding
from ..plain_values import get_mapping, get_mappings
from .installer_input import InstallerInput
from .installer_settings import DEFAULT_POOL_NAMES, DEFAULT_RANGE, DefaultPools
from .setting_values import parse_number, split_list

# Of calico-node's environment: what is read, and by what its names begin.
_READ_PREFIXES = (
    "CALICO_IPV4POOL_",
    "CALICO_IPV6POOL_",
    "NO_DEFAULT_POOLS",
    "CALICO_NETWORKING_BACKEND",
    "IP_AUTODETECTION_METHOD",
    "IP6_AUTODETECTION_METHOD",
    "FELIX_WIREGUARDENABLED",
)
# What calico-node fills in, by IP version.
NODE_SPECS: dict[IPVersion, Mapping[str, Any]] = {
    4: {"blockSize": DEFAULT_BLOCK_SIZE[4], "ipipMode": "Always", "vxlanMode": "Never", "natOutgoing": True},
    6: {"blockSize": DEFAULT_BLOCK_SIZE[6], "vxlanMode": "Never", "natOutgoing": False},
}
_MODE_SPELLINGS = {
    "off": "Never",
    "never": "Never",
    "always": "Always",
    "crosssubnet": "CrossSubnet",
    "cross-subnet": "CrossSubnet",
}


def read_calico_node_daemonset(source: InstallerInput) -> None:
    """Read the environment of calico-node out of its DaemonSet."""
    settings = source.settings
    environment: dict[str, Any] = {}
    for container in source.part("spec", "template", "spec").parts("containers"):
        if container.get("name") != "calico-node":
            continue
        for variable in container.parts("env"):
            name = str(variable.get("name") or "")
            if "value" in variable.value:
                environment[name] = variable.get("value")
            elif "valueFrom" in variable.value and name.startswith(_READ_PREFIXES):
                reference = get_mapping(variable.value, "valueFrom", "configMapKeyRef")
                config_map = settings.config_maps.get(str(reference.get("name")), {})
                if reference.get("key") in config_map:
                    environment[name] = config_map[str(reference.get("key"))]
                elif name.startswith("CALICO_IPV"):
                    settings.notes.append(Finding("setting-elsewhere", name, {"name": name}, variable.place()))
    read_calico_node_environment(replace(source, value=environment))


def is_calico_node(value: Mapping[str, Any]) -> bool:
    """Whether a DaemonSet runs calico-node, whatever it is called."""
    containers = get_mappings(value, "spec", "template", "spec", "containers")
    return any(container.get("name") == "calico-node" for container in containers)


def is_environment_list(value: list[Any]) -> bool:
    """Whether a document is the `env` of calico-node alone, as people paste it."""
    return any("kind" not in item and str(item.get("name", "")).startswith("CALICO_IPV") for item in _mappings(value))


def read_environment_list(value: list[Any]) -> dict[str, Any]:
    """Return the environment that a list of variables with name and value makes up."""
    return {str(item.get("name", "")): item["value"] for item in _mappings(value) if "value" in item}


def _mappings(items: list[Any]) -> list[Mapping[str, Any]]:
    return [item for item in items if isinstance(item, Mapping)]


def read_calico_node_environment(source: InstallerInput) -> None:
    """Read calico-node's environment, as a mapping."""
    environment, settings, place = source.value, source.settings, source.place()
    settings.note_unused_names([name for name in environment if not name.startswith(_READ_PREFIXES)], place)
    settings.wireguard |= _parse_flag(environment.get("FELIX_WIREGUARDENABLED")) is True
    for name in ("IP_AUTODETECTION_METHOD", "IP6_AUTODETECTION_METHOD"):
        method, _, ranges = str(environment.get(name, "")).partition("=")
        if method == "cidr":
            settings.detection_ranges += [(text, place) for text in split_list(ranges)]
    if str(environment.get("CALICO_NETWORKING_BACKEND", "")) == "none":  # policy only, as in canal
        settings.note_other_plugin("policy only (CALICO_NETWORKING_BACKEND=none)", place)
        if not any(name.endswith("POOL_CIDR") for name in environment):
            settings.creates_no_pool = True
            return
    if _parse_flag(environment.get("NO_DEFAULT_POOLS")):
        settings.creates_no_pool = True
        settings.notes.append(Finding("installer-no-pool", "", {"installer": "calico-node"}, place))
        return
    for version in NODE_SPECS:
        _read_pool(version, source)


def _read_pool(version: IPVersion, source: InstallerInput) -> None:
    """Read what calico-node's environment says of the default pool of a family."""

    def variable(name: str) -> Any:
        return source.get(f"CALICO_IPV{version}POOL_{name}")

    cidr, vxlan_mode = variable("CIDR"), _parse_mode(variable("VXLAN"))
    spec = {
        "cidr": None if cidr is None else str(cidr),
        "blockSize": parse_number(variable("BLOCK_SIZE")),
        "ipipMode": _parse_mode(variable("IPIP")) if version == 4 else None,
        "vxlanMode": vxlan_mode,
        "natOutgoing": _parse_flag(variable("NAT_OUTGOING")),
        "nodeSelector": variable("NODE_SELECTOR"),
        "disableBGPExport": _parse_flag(variable("DISABLE_BGP_EXPORT")),
    }
    # Where neither is set, IPv4 is wrapped by IPIP.
    defaults = dict(NODE_SPECS[version])
    if version == 4 and vxlan_mode not in (None, "Never"):
        defaults["ipipMode"] = "Never"
    if cidr is None:
        _add_default_pool(version, spec, defaults, source)
    else:
        source.settings.add_pool(DEFAULT_POOL_NAMES[version], spec, source.place(), "calico-node", defaults)


def _add_default_pool(
    version: IPVersion, spec: Mapping[str, Any], defaults: Mapping[str, Any], source: InstallerInput
) -> None:
    """Note the pool of a family whose range calico-node finds itself: kubeadm's, else its own for IPv4."""
    default_pools = source.settings.default_pools
    written = {key: value for key, value in spec.items() if value is not None}
    fields = {**defaults, **written}
    known = default_pools[-1] if default_pools else None
    if version == 6 and known is not None and known.installer == "calico-node" and known.rank == 2:
        specs = {**known.specs, version: fields}
        default_pools[-1] = replace(known, specs=specs, written={**known.written, 6: written})
    elif version == 4 or written:
        default_pools.append(
            DefaultPools(
                "calico-node",
                source.place(),
                {version: fields},
                fallback=DEFAULT_RANGE if version == 4 else "",
                platform_only=True,
                rank=2,
                written={version: written},
            )
        )


def _parse_flag(value: object) -> bool | None:
    return None if value is None else str(value).lower() == "true"


def _parse_mode(value: object) -> str | None:
    return None if value is None else _MODE_SPELLINGS.get(str(value).lower(), str(value))
