"""calico-node: its DaemonSet and its environment, from which it creates its default pools."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from ...calico.limits import DEFAULT_BLOCK_SIZE
from ...cidr import IPVersion
from ...findings import Finding
from ..document import Document
from .installer_settings import DEFAULT_POOL_NAMES, DEFAULT_RANGE, DefaultPools, InstallerSettings
from .setting_values import get_list, get_mapping, parse_number, split_list

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


def read_calico_node_daemonset(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read the environment of calico-node out of its DaemonSet."""
    environment: dict[str, Any] = {}
    for path, variable in _iter_environment(value):
        name = str(variable.get("name", ""))
        if "value" in variable:
            environment[name] = variable["value"]
        elif "valueFrom" in variable and name.startswith(_READ_PREFIXES):
            reference = get_mapping(variable, "valueFrom", "configMapKeyRef")
            data = settings.config_maps.get(str(reference.get("name")), {})
            if reference.get("key") in data:
                environment[name] = data[str(reference.get("key"))]
            elif name.startswith("CALICO_IPV"):
                params = {"name": name}
                settings.notes.append(Finding("setting-elsewhere", name, params, document.place(path)))
    read_calico_node_environment(environment, document, settings)


def is_calico_node(value: Mapping[str, Any]) -> bool:
    """Whether a DaemonSet runs calico-node, whatever it is called."""
    containers = get_list(get_mapping(value, "spec", "template", "spec"), "containers")
    return any(isinstance(container, Mapping) and container.get("name") == "calico-node" for container in containers)


def is_environment_list(value: object) -> bool:
    """Whether a document is the `env` of calico-node alone, as people paste it."""
    return isinstance(value, list) and any(
        isinstance(item, Mapping) and "kind" not in item and str(item.get("name", "")).startswith("CALICO_IPV")
        for item in value
    )


def read_environment_list(value: list[Any], document: Document, settings: InstallerSettings) -> None:
    """Read a list of variables with name and value."""
    environment = {
        str(item.get("name", "")): item["value"] for item in value if isinstance(item, Mapping) and "value" in item
    }
    read_calico_node_environment(environment, document, settings)


def read_calico_node_environment(
    environment: Mapping[str, Any], document: Document, settings: InstallerSettings
) -> None:
    """Read calico-node's environment, as a mapping."""
    unused = [name for name in environment if not name.startswith(_READ_PREFIXES)]
    settings.note_unused_names(unused, document.place(()))
    settings.wireguard |= str(environment.get("FELIX_WIREGUARDENABLED", "")).lower() == "true"
    for name in ("IP_AUTODETECTION_METHOD", "IP6_AUTODETECTION_METHOD"):
        method, _, ranges = str(environment.get(name, "")).partition("=")
        detected = split_list(ranges) if method == "cidr" else []
        settings.detection_ranges += [(text, document.place(())) for text in detected]
    if str(environment.get("CALICO_NETWORKING_BACKEND", "")) == "none":  # policy only, as in canal
        settings.note_other_plugin("policy only (CALICO_NETWORKING_BACKEND=none)", document.place(()))
        if not any(name.endswith("POOL_CIDR") for name in environment):
            settings.creates_no_pool = True
            return
    if str(environment.get("NO_DEFAULT_POOLS", "")).lower() == "true":
        settings.creates_no_pool = True
        settings.notes.append(Finding("installer-no-pool", "", {"installer": "calico-node"}, document.place(())))
        return
    versions: tuple[IPVersion, ...] = (4, 6)
    for version in versions:
        prefix = f"CALICO_IPV{version}POOL_"
        cidr = environment.get(f"{prefix}CIDR")
        vxlan = _parse_mode(environment.get(f"{prefix}VXLAN"))
        ipip = _parse_mode(environment.get(f"{prefix}IPIP")) if version == 4 else None
        nat, export = environment.get(f"{prefix}NAT_OUTGOING"), environment.get(f"{prefix}DISABLE_BGP_EXPORT")
        spec = {
            "cidr": None if cidr is None else str(cidr),
            "blockSize": parse_number(environment.get(f"{prefix}BLOCK_SIZE")),
            "ipipMode": ipip,
            "vxlanMode": vxlan,
            "natOutgoing": None if nat is None else str(nat).lower() == "true",
            "nodeSelector": environment.get(f"{prefix}NODE_SELECTOR"),
            "disableBGPExport": None if export is None else str(export).lower() == "true",
        }
        # Where neither is set, IPv4 is wrapped by IPIP.
        uses_vxlan = vxlan not in (None, "Never")
        defaults = dict(NODE_SPECS[version])
        if version == 4 and uses_vxlan:
            defaults["ipipMode"] = "Never"
        if cidr is None:
            _add_default_pool(version, spec, defaults, document, settings)
        else:
            settings.add_pool(DEFAULT_POOL_NAMES[version], spec, document.place(()), "calico-node", defaults)


def _add_default_pool(
    version: IPVersion,
    spec: Mapping[str, Any],
    defaults: Mapping[str, Any],
    document: Document,
    settings: InstallerSettings,
) -> None:
    """Note the pool of a family whose range calico-node finds itself: kubeadm's, else its own for IPv4."""
    written = {key: value for key, value in spec.items() if value is not None}
    known = settings.default_pools[-1] if settings.default_pools else None
    if version == 6 and known is not None and known.installer == "calico-node" and known.rank == 2:
        specs = {**known.specs, version: {**defaults, **written}}
        settings.default_pools[-1] = dataclasses.replace(known, specs=specs, written={**known.written, 6: written})
    elif version == 4 or written:
        settings.default_pools.append(
            DefaultPools(
                "calico-node",
                document.place(()),
                {version: {**defaults, **written}},
                fallback=DEFAULT_RANGE if version == 4 else "",
                platform_only=True,
                rank=2,
                written={version: written},
            )
        )


def _parse_mode(value: object) -> str | None:
    return None if value is None else _MODE_SPELLINGS.get(str(value).lower(), str(value))


def _iter_environment(value: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, Any]]]:
    containers = get_list(get_mapping(value, "spec", "template", "spec"), "containers")
    for container_index, container in enumerate(containers):
        if isinstance(container, Mapping) and container.get("name") == "calico-node":
            for variable_index, variable in enumerate(get_list(container, "env")):
                if isinstance(variable, Mapping):
                    yield ("spec", "template", "spec", "containers", container_index, "env", variable_index), variable
