"""Manifests that installers take: the operator's Installation, kubeadm's ClusterConfiguration, calico-node itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ...calico.limits import DEFAULT_BLOCK_SIZE
from ...cidr import ADDRESS_BITS, Cidr, IPVersion
from ...errors import InputError
from ...findings import Finding, Place
from ..document import Document
from ..json_text import load_json
from ..text_files import parse_documents
from .installer_settings import (
    DEFAULT_NODE_PREFIXES,
    DEFAULT_POOL_NAMES,
    DEFAULT_RANGE,
    InstallerSettings,
    get_list,
    get_mapping,
    parse_arguments,
    parse_number,
    read_controller_arguments,
    split_list,
)

_ENCAPSULATION_MODES = {
    "IPIP": ("Always", None),
    "IPIPCrossSubnet": ("CrossSubnet", None),
    "VXLAN": (None, "Always"),
    "VXLANCrossSubnet": (None, "CrossSubnet"),
    "None": (None, None),
}
_PLACEHOLDER = re.compile(r'(?<!")__\w{1,80}__(?!")')
_MODE_SPELLINGS = {
    "off": "Never",
    "never": "Never",
    "always": "Always",
    "crosssubnet": "CrossSubnet",
    "cross-subnet": "CrossSubnet",
}


def read_operator_installation(
    value: Mapping[str, Any],
    document: Document,
    settings: InstallerSettings,
    parents: tuple[str | int, ...] = ("spec",),
    installer: str = "Tigera operator",
) -> None:
    """Read an Installation of operator.tigera.io/v1, or what another file holds of its spec."""
    spec = get_mapping(value, "spec")
    network = get_mapping(spec, "calicoNetwork")
    pools_path = (*parents, "calicoNetwork", "ipPools")
    plugin = get_mapping(spec, "cni").get("type", "Calico")
    ipam = get_mapping(spec, "cni", "ipam").get("type", "Calico")
    if plugin != "Calico" or ipam != "Calico":
        params = {"plugin": plugin if plugin != "Calico" else f"ipam {ipam}"}
        settings.notes.append(Finding("plugin-other", "", params, document.place((*parents, "cni"))))
        if network.get("ipPools") is None:
            return
    pools = network.get("ipPools")
    if pools is None:
        defaults = {"cidr": DEFAULT_RANGE, "ipipMode": "Always", "natOutgoing": True, "blockSize": 26}
        settings.add_pool(DEFAULT_POOL_NAMES[4], {}, document.place(pools_path), installer, defaults)
        settings.uses_default_range = True
        return
    for index, pool in enumerate(pools if isinstance(pools, list) else ()):
        if isinstance(pool, Mapping):
            _read_operator_pool(pool, document, settings, (*pools_path, index), installer)


def _read_operator_pool(
    pool: Mapping[str, Any],
    document: Document,
    settings: InstallerSettings,
    path: tuple[str | int, ...],
    installer: str,
) -> None:
    cidr = Cidr.parse_or_none(pool.get("cidr"))
    version: IPVersion = cidr.version if cidr else 4
    default_encapsulation = "IPIP" if version == 4 else "None"
    encapsulation = str(pool.get("encapsulation") or default_encapsulation)
    if encapsulation not in _ENCAPSULATION_MODES:
        params = {"value": encapsulation, "choices": ", ".join(_ENCAPSULATION_MODES)}
        settings.problems.append(Finding("value-choice", params=params, place=document.place((*path, "encapsulation"))))
        return
    ipip, vxlan = _ENCAPSULATION_MODES[encapsulation]
    modes = {"ipipMode": ipip, "vxlanMode": vxlan}
    is_written = bool(pool.get("encapsulation"))
    nat = pool.get("natOutgoing")
    spec = {
        "cidr": pool.get("cidr", ""),
        "blockSize": pool.get("blockSize"),
        **(modes if is_written else {}),
        "natOutgoing": None if nat is None else nat == "Enabled",
        "nodeSelector": pool.get("nodeSelector"),
        "namespaceSelector": pool.get("namespaceSelector"),
        "allowedUses": pool.get("allowedUses"),
        "assignmentMode": pool.get("assignmentMode"),
        "disableBGPExport": pool.get("disableBGPExport"),
        "disabled": pool.get("disableNewAllocations"),
    }
    defaults = {"blockSize": DEFAULT_BLOCK_SIZE[version], **({} if is_written else modes), "natOutgoing": True}
    name = str(pool.get("name") or DEFAULT_POOL_NAMES[version])
    settings.add_pool(name, spec, document.place(path), installer, defaults)


def read_cluster_configuration(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read a ClusterConfiguration of kubeadm."""
    networking = get_mapping(value, "networking")
    pod_subnets = split_list(networking.get("podSubnet"))
    settings.cluster_cidrs += pod_subnets
    settings.service_cidrs += split_list(networking.get("serviceSubnet") or "10.96.0.0/12")
    read_controller_arguments(parse_arguments(get_mapping(value, "controllerManager").get("extraArgs")), settings)
    settings.default_pool_spec = {"natOutgoing": True}
    place = document.place(("networking", "podSubnet"))
    for text in pod_subnets:
        cidr = Cidr.parse_or_none(text)
        if cidr is None:
            settings.problems.append(Finding("cidr-syntax", params={"cidr": text[:80]}, place=place))
            continue
        # kubeadm has kube-controller-manager cut a range for each node from every podSubnet.
        default = DEFAULT_NODE_PREFIXES[cidr.version], "node-cidr-mask-size"
        prefix, name = settings.node_prefixes.setdefault(cidr.version, default)
        if not 0 <= prefix - cidr.prefix <= 16:
            params: dict[str, object] = {"cidr": text, "size": prefix, "name": name}
            settings.notes.append(Finding("mask-too-far", text, params, place))


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
        prefix = f"CALICO_IPV{version}POOL_"
        cidr = environment.get(f"{prefix}CIDR")
        if cidr is None and version == 6:
            continue  # a random range, if any
        settings.uses_default_range |= cidr is None
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
        defaults = {
            "cidr": DEFAULT_RANGE,
            "blockSize": DEFAULT_BLOCK_SIZE[version],
            "ipipMode": None if version == 6 else "Never" if uses_vxlan else "Always",
            "vxlanMode": "Never",
            "natOutgoing": version == 4,
        }
        settings.add_pool(DEFAULT_POOL_NAMES[version], spec, document.place(()), "calico-node", defaults)


def read_config_map(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> bool:
    """Read what Calico's and kubeadm's ConfigMaps hold; say whether this is one of them."""
    data, name = get_mapping(value, "data"), get_mapping(value, "metadata").get("name")
    if name == "kubeadm-config" and isinstance(data.get("ClusterConfiguration"), str):
        place = document.place(("data", "ClusterConfiguration"))
        for embedded in parse_embedded(data["ClusterConfiguration"], place, settings):
            configuration = get_mapping(embedded.value)
            read_cluster_configuration(configuration, embedded, settings)
        return True
    if name == "calico-config" and isinstance(data.get("cni_network_config"), str):
        read_cni_text(data["cni_network_config"], document.place(("data", "cni_network_config")), settings)
        return True
    return False


def parse_embedded(text: str, place: Place, settings: InstallerSettings) -> list[Document]:
    """Return the YAML documents of a text inside a field, each at the field's line."""
    try:
        documents = parse_documents(text, place.file)
    except InputError as error:
        settings.problems.append(Finding("embedded-yaml", params={"reason": error.problems[0]}, place=place))
        return []
    return [Document.without_lines(place.file, document.value, place.line) for document in documents]


def read_cni_text(text: str, place: Place, settings: InstallerSettings) -> None:
    """Read a CNI configuration that may hold `__PLACEHOLDERS__` without quotes, as Calico's manifests have it."""
    try:
        value = load_json(_PLACEHOLDER.sub("0", text))
    except ValueError:
        settings.problems.append(Finding("embedded-yaml", params={"reason": "JSON"}, place=place))
        return
    if isinstance(value, Mapping):
        read_cni_configuration(value, settings)


def is_cni_configuration(value: Mapping[str, Any]) -> bool:
    """Whether a document is a CNI configuration, or a list of plugins, with Calico's plugin in it."""
    return "kind" not in value and any(plugin.get("type") == "calico" for plugin in _cni_plugins(value))


def read_cni_configuration(value: Mapping[str, Any], settings: InstallerSettings) -> None:
    """Read the pools that the CNI configuration names: the third place Calico looks, after pod and namespace."""
    for plugin in _cni_plugins(value):
        if plugin.get("type") != "calico":
            continue
        ipam = get_mapping(plugin, "ipam")
        pools = {version: tuple(map(str, get_list(ipam, f"ipv{version}_pools"))) for version in ADDRESS_BITS}
        settings.cni_pools = pools
        if ipam.get("type", "calico-ipam") != "calico-ipam":
            settings.notes.append(Finding("plugin-other", "", {"plugin": f"ipam {ipam.get('type')}"}))


def _cni_plugins(value: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    plugins = value.get("plugins") if isinstance(value.get("plugins"), list) else [value]
    return [plugin for plugin in plugins or () if isinstance(plugin, Mapping)]


def is_component_pod(value: Mapping[str, Any]) -> bool:
    """Whether a Pod is a static pod of the control plane whose flags tell ranges."""
    name = str(get_mapping(value, "metadata").get("name", ""))
    return name.startswith(("kube-controller-manager", "kube-apiserver"))


def read_component_pod(value: Mapping[str, Any], settings: InstallerSettings) -> bool:
    """Read the flags of kube-controller-manager and kube-apiserver; say whether any was there."""
    arguments: dict[str, str] = {}
    for container in get_list(get_mapping(value, "spec"), "containers"):
        if isinstance(container, Mapping):
            arguments |= parse_arguments([*get_list(container, "command"), *get_list(container, "args")])
    if arguments.get("allocate-node-cidrs") == "true":
        default = arguments.get("node-cidr-mask-size", str(DEFAULT_NODE_PREFIXES[4]))
        arguments.setdefault("node-cidr-mask-size", default)
    read_controller_arguments(arguments, settings)
    return bool({"cluster-cidr", "service-cluster-ip-range"} & set(arguments))


def _parse_mode(value: object) -> str | None:
    return None if value is None else _MODE_SPELLINGS.get(str(value).lower(), str(value))


def _iter_environment(value: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, Any]]]:
    containers = get_list(get_mapping(value, "spec", "template", "spec"), "containers")
    for container_index, container in enumerate(containers):
        if isinstance(container, Mapping) and container.get("name") == "calico-node":
            for variable_index, variable in enumerate(get_list(container, "env")):
                if isinstance(variable, Mapping):
                    yield ("spec", "template", "spec", "containers", container_index, "env", variable_index), variable
