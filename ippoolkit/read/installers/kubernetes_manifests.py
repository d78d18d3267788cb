"""Kubernetes' own configuration: kubeadm, kube-proxy, kubelet, static pods, and ConfigMaps that hold such."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...cidr import Cidr
from ...errors import InputError
from ...findings import Finding, Place
from ..document import Document
from ..text_files import parse_documents
from .calico_node import NODE_SPECS
from .cni_configuration import read_cni_text
from .installer_settings import DEFAULT_NODE_PREFIXES, DefaultPools, InstallerSettings, read_controller_arguments
from .setting_values import get_list, get_mapping, parse_arguments, positive_number, split_list


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
    api = ("api", "advertiseAddress")  # of MasterConfiguration
    settings.add_node_address(get_mapping(value, "api").get("advertiseAddress"), document.place(api))
    settings.lacks_platform_ranges |= not pod_subnets
    settings.default_pools.append(DefaultPools("calico-node", place, specs, platform_only=True))
    for text in pod_subnets:
        cidr = Cidr.parse_or_none(text)
        if cidr is None:
            continue  # said already
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


def read_kube_proxy(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read a KubeProxyConfiguration: outside its clusterCIDR it masquerades."""
    settings.add_ranges("cluster", value.get("clusterCIDR"), document.place(("clusterCIDR",)))


def read_kubelet(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read a KubeletConfiguration."""
    del document
    settings.max_pods = positive_number(value.get("maxPods")) or settings.max_pods


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
    if name == "canal-config" and isinstance(data.get("net-conf.json"), str):
        place = document.place(("data", "net-conf.json"))
        for embedded in parse_embedded(data["net-conf.json"], place, settings):
            settings.add_ranges("cluster", get_mapping(embedded.value).get("Network"), place)
    if name in ("calico-config", "canal-config"):
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
