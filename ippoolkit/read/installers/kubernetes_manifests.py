"""Manifests that installers take: the operator's Installation, kubeadm's ClusterConfiguration, calico-node itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...cidr import Cidr, IPVersion
from ...findings import Finding
from ..document import Document
from .installer_settings import DEFAULT_POOL_NAMES, DEFAULT_RANGE, InstallerSettings, parse_number, split_list

_ENCAPSULATION_MODES = {
    "IPIP": ("Always", None),
    "IPIPCrossSubnet": ("CrossSubnet", None),
    "VXLAN": (None, "Always"),
    "VXLANCrossSubnet": (None, "CrossSubnet"),
    "None": (None, None),
}
_MODE_SPELLINGS = {
    "off": "Never",
    "never": "Never",
    "always": "Always",
    "crosssubnet": "CrossSubnet",
    "cross-subnet": "CrossSubnet",
}


def read_operator_installation(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read an Installation of operator.tigera.io/v1."""
    network = _get_mapping(_get_mapping(value, "spec"), "calicoNetwork")
    place = document.place(("spec", "calicoNetwork", "ipPools"))
    pools = network.get("ipPools")
    if pools is None:
        settings.add_pool(
            DEFAULT_POOL_NAMES[4], {"cidr": DEFAULT_RANGE, "ipipMode": "Always", "natOutgoing": True}, place
        )
        settings.uses_default_range = True
        return
    for index, pool in enumerate(pools if isinstance(pools, list) else ()):
        if not isinstance(pool, Mapping):
            continue
        cidr = Cidr.parse_or_none(pool.get("cidr"))
        version: IPVersion = cidr.version if cidr else 4
        encapsulation = str(pool.get("encapsulation") or ("IPIP" if version == 4 else "None"))
        if encapsulation not in _ENCAPSULATION_MODES:
            encapsulation_place = document.place(("spec", "calicoNetwork", "ipPools", index, "encapsulation"))
            params = {"value": encapsulation, "choices": ", ".join(_ENCAPSULATION_MODES)}
            settings.problems.append(Finding("value-choice", params=params, place=encapsulation_place))
            continue
        ipip, vxlan = _ENCAPSULATION_MODES[encapsulation]
        spec = {
            "cidr": pool.get("cidr", ""),
            "blockSize": pool.get("blockSize"),
            "ipipMode": ipip,
            "vxlanMode": vxlan,
            "natOutgoing": pool.get("natOutgoing", "Enabled") == "Enabled",
            "nodeSelector": pool.get("nodeSelector"),
            "namespaceSelector": pool.get("namespaceSelector"),
            "allowedUses": pool.get("allowedUses"),
            "assignmentMode": pool.get("assignmentMode"),
            "disableBGPExport": pool.get("disableBGPExport"),
            "disabled": pool.get("disableNewAllocations"),
        }
        settings.add_pool(
            str(pool.get("name") or DEFAULT_POOL_NAMES[version]),
            spec,
            document.place(("spec", "calicoNetwork", "ipPools", index)),
        )


def read_cluster_configuration(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read a ClusterConfiguration of kubeadm."""
    networking = _get_mapping(value, "networking")
    settings.cluster_cidrs += split_list(networking.get("podSubnet"))
    settings.service_cidrs += split_list(networking.get("serviceSubnet") or "10.96.0.0/12")
    arguments = _extra_args(_get_mapping(value, "controllerManager").get("extraArgs"))
    for family, argument_names in (
        (4, ("node-cidr-mask-size-ipv4", "node-cidr-mask-size")),
        (6, ("node-cidr-mask-size-ipv6",)),
    ):
        for name in argument_names:
            prefix = parse_number(arguments.get(name))
            if isinstance(prefix, int) and family not in settings.node_prefixes:
                settings.node_prefixes[family] = prefix, name  # type: ignore[index]
    for text in settings.cluster_cidrs:
        cidr = Cidr.parse_or_none(text)
        if cidr is None:
            place = document.place(("networking", "podSubnet"))
            settings.problems.append(Finding("cidr-syntax", params={"cidr": text}, place=place))
            continue
        prefix, name = settings.node_prefixes.get(
            cidr.version, (24 if cidr.version == 4 else 64, "node-cidr-mask-size")
        )
        if not 0 <= prefix - cidr.prefix <= 16:
            params: dict[str, object] = {"cidr": text, "size": prefix, "name": name}
            settings.notes.append(Finding("mask-too-far", text, params, document.place(("networking", "podSubnet"))))


def read_calico_node_daemonset(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read the environment of calico-node out of its DaemonSet."""
    environment: dict[str, Any] = {}
    for path, variable in _iter_environment(value):
        name = str(variable.get("name", ""))
        if "value" in variable:
            environment[name] = variable["value"]
        elif name.startswith("CALICO_IPV") and "valueFrom" in variable:
            params = {"name": name}
            settings.notes.append(Finding("setting-elsewhere", name, params, document.place(path)))
    read_calico_node_environment(environment, document, settings)


def read_calico_node_environment(
    environment: Mapping[str, Any], document: Document, settings: InstallerSettings
) -> None:
    """Read calico-node's environment, as a mapping."""
    if str(environment.get("NO_DEFAULT_POOLS", "")).lower() == "true":
        return
    versions: tuple[IPVersion, ...] = (4, 6)
    for version in versions:
        variable_prefix = f"CALICO_IPV{version}POOL_"
        cidr = environment.get(f"{variable_prefix}CIDR")
        if cidr is None and version == 6:
            continue  # a random range, if any
        if cidr is None:
            cidr, settings.uses_default_range = DEFAULT_RANGE, True
        nat = environment.get(f"{variable_prefix}NAT_OUTGOING", "true" if version == 4 else "false")
        vxlan = _parse_mode(environment.get(f"{variable_prefix}VXLAN", "Never"))
        # Without a word on either IPv4 is wrapped by IPIP.
        ipip = (
            _parse_mode(environment.get(f"{variable_prefix}IPIP", "Never" if vxlan != "Never" else "Always"))
            if version == 4
            else None
        )
        spec = {
            "cidr": str(cidr),
            "blockSize": parse_number(environment[f"{variable_prefix}BLOCK_SIZE"])
            if f"{variable_prefix}BLOCK_SIZE" in environment
            else None,
            "ipipMode": ipip,
            "vxlanMode": vxlan,
            "natOutgoing": str(nat).lower() == "true",
            "nodeSelector": environment.get(f"{variable_prefix}NODE_SELECTOR"),
            "disableBGPExport": str(environment.get(f"{variable_prefix}DISABLE_BGP_EXPORT", "false")).lower() == "true",
        }
        settings.add_pool(DEFAULT_POOL_NAMES[version], spec, document.place(()))


def _parse_mode(value: object) -> str:
    return _MODE_SPELLINGS.get(str(value).lower(), str(value))


def _iter_environment(value: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, Any]]]:
    spec = _get_mapping(_get_mapping(_get_mapping(value, "spec"), "template"), "spec")
    containers = spec.get("containers")
    for container_index, container in enumerate(containers if isinstance(containers, list) else ()):
        if isinstance(container, Mapping) and container.get("name") == "calico-node":
            for variable_index, variable in enumerate(container.get("env") or ()):
                if isinstance(variable, Mapping):
                    yield ("spec", "template", "spec", "containers", container_index, "env", variable_index), variable


def _extra_args(value: object) -> dict[str, Any]:
    """Return extraArgs, which are a mapping in older and a list in newer versions of kubeadm."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, list):
        return {str(argument.get("name")): argument.get("value") for argument in value if isinstance(argument, Mapping)}
    return {}


def _get_mapping(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    child = value.get(key)
    return child if isinstance(child, Mapping) else {}
