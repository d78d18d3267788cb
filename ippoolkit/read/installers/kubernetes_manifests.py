"""Manifests that installers take: kubeadm's configuration, calico-node with its CNI configuration, static pods."""

from __future__ import annotations

import dataclasses
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
    DefaultPools,
    InstallerSettings,
    canonical_pool,
    get_list,
    get_mapping,
    parse_arguments,
    parse_number,
    positive_number,
    read_controller_arguments,
    split_list,
)

# Of calico-node's environment: what is read, and by what its names begin.
_READ_PREFIXES = ("CALICO_IPV4POOL_", "CALICO_IPV6POOL_", "NO_DEFAULT_POOLS", "CALICO_NETWORKING_BACKEND")
# What calico-node fills in, by IP version.
NODE_SPECS: dict[IPVersion, Mapping[str, Any]] = {
    4: {"blockSize": DEFAULT_BLOCK_SIZE[4], "ipipMode": "Always", "vxlanMode": "Never", "natOutgoing": True},
    6: {"blockSize": DEFAULT_BLOCK_SIZE[6], "vxlanMode": "Never", "natOutgoing": False},
}
_CNI_POOLS = re.compile(r'"ipv([46])_pools"\s{0,20}:\s{0,20}\[([^\]]{0,2000})\]')
_QUOTED = re.compile(r'"([^"]{1,253})"')
_MAX_CNI_TEXT = 100_000
# Of `kubeadm init`, and of what starts k3s and RKE2.
_RANGE_FLAG = re.compile(
    r"--(pod-network-cidr|cluster-cidr|service-cidr|service-cluster-ip-range)[= ]([\d.:/,a-fA-F]{3,200})"
)
_PLACEHOLDER = re.compile(r'(?<!")__\w{1,80}__(?!")')
_MODE_SPELLINGS = {
    "off": "Never",
    "never": "Never",
    "always": "Always",
    "crosssubnet": "CrossSubnet",
    "cross-subnet": "CrossSubnet",
}


def read_cluster_configuration(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read a ClusterConfiguration of kubeadm, or the MasterConfiguration that it once was."""
    networking = get_mapping(value, "networking")
    place = document.place(("networking", "podSubnet"))
    pod_subnets = split_list(networking.get("podSubnet"))
    settings.add_ranges("cluster", pod_subnets, place, is_platform=True)
    service_place = document.place(("networking", "serviceSubnet"))
    settings.add_ranges("services", networking.get("serviceSubnet"), service_place, default="10.96.0.0/12")
    for component in ("controllerManager", "apiServer"):
        arguments = parse_arguments(get_mapping(value, component).get("extraArgs"))
        read_controller_arguments(arguments, settings, document.place((component, "extraArgs")))
    arguments = parse_arguments(value.get("controllerManagerExtraArgs"))  # of MasterConfiguration
    read_controller_arguments(arguments, settings, document.place(("controllerManagerExtraArgs",)))
    specs = NODE_SPECS if pod_subnets else {}
    settings.lacks_platform_ranges |= not pod_subnets
    settings.default_pools.append(DefaultPools("calico-node", place, specs, platform_only=True))
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


def read_init_configuration(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read the address of the first node from kubeadm's InitConfiguration."""
    path = ("localAPIEndpoint", "advertiseAddress")
    settings.add_node_address(get_mapping(value, path[0]).get(path[1]), document.place(path))
    arguments = parse_arguments(get_mapping(value, "nodeRegistration").get("kubeletExtraArgs"))
    for address in split_list(arguments.get("node-ip")):
        settings.add_node_address(address, document.place(("nodeRegistration", "kubeletExtraArgs")))


def read_command_line(line: str, place: Place, settings: InstallerSettings) -> bool:
    """Read the ranges that a command such as `kubeadm init` is given; say whether there were any."""
    flags = dict(_RANGE_FLAG.findall(line))
    if pods := flags.get("pod-network-cidr"):
        settings.add_ranges("cluster", pods, place, is_platform=True)
        settings.default_pools.append(DefaultPools("calico-node", place, NODE_SPECS, platform_only=True))
    if pods := flags.get("cluster-cidr"):
        settings.add_ranges("cluster", pods, place)
        settings.default_pools.append(DefaultPools("k3s", place, NODE_SPECS, assumed=True))
    settings.add_ranges("services", flags.get("service-cidr") or flags.get("service-cluster-ip-range"), place)
    return bool(flags)


def read_kube_proxy(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read a KubeProxyConfiguration: outside its clusterCIDR it masquerades."""
    settings.add_ranges("cluster", value.get("clusterCIDR"), document.place(("clusterCIDR",)))


def read_kubelet(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read a KubeletConfiguration."""
    del document
    settings.max_pods = positive_number(value.get("maxPods")) or settings.max_pods


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


def read_config_map(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> bool:
    """Read what Calico's and kubeadm's ConfigMaps hold; say whether this is one of them."""
    data, name = get_mapping(value, "data"), get_mapping(value, "metadata").get("name")
    if name == "kubeadm-config" and isinstance(data.get("ClusterConfiguration"), str):
        place = document.place(("data", "ClusterConfiguration"))
        for embedded in parse_embedded(data["ClusterConfiguration"], place, settings):
            configuration = get_mapping(embedded.value)
            read_cluster_configuration(configuration, embedded, settings)
        return True
    if name == "kube-proxy" and isinstance(data.get("config.conf"), str):
        for embedded in parse_embedded(data["config.conf"], document.place(("data", "config.conf")), settings):
            read_kube_proxy(get_mapping(embedded.value), embedded, settings)
        return True
    if name == "calico-config":
        settings.config_maps[str(name)] = data
        if isinstance(data.get("cni_network_config"), str):
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
    plugins = value.get("plugins") if isinstance(value.get("plugins"), list) else [value]
    return [plugin for plugin in plugins or () if isinstance(plugin, Mapping)]


def is_component_pod(value: Mapping[str, Any]) -> bool:
    """Whether a Pod is a static pod of the control plane whose flags tell ranges."""
    name = str(get_mapping(value, "metadata").get("name", ""))
    return name.startswith(("kube-controller-manager", "kube-apiserver"))


def read_component_pod(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> bool:
    """Read the flags of kube-controller-manager and kube-apiserver; say whether any was there."""
    arguments: dict[str, str] = {}
    for container in get_list(get_mapping(value, "spec"), "containers"):
        if isinstance(container, Mapping):
            arguments |= parse_arguments([*get_list(container, "command"), *get_list(container, "args")])
    if arguments.get("allocate-node-cidrs") == "true":
        default = arguments.get("node-cidr-mask-size", str(DEFAULT_NODE_PREFIXES[4]))
        arguments.setdefault("node-cidr-mask-size", default)
    read_controller_arguments(arguments, settings, document.place(("spec", "containers")))
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
