"""Kubernetes' own configuration: kubeadm, kube-proxy, kubelet, static pods, and ConfigMaps that hold such."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...cidr import Cidr
from ...findings import Finding
from ..plain_values import get_mapping
from .calico_node import NODE_SPECS
from .cni_configuration import read_cni_text
from .installer_input import InstallerInput
from .installer_settings import DEFAULT_NODE_PREFIXES, DefaultPools, read_controller_arguments
from .setting_values import parse_arguments, parse_container_arguments, split_list


def read_cluster_configuration(source: InstallerInput) -> None:
    """Read a ClusterConfiguration of kubeadm, or the MasterConfiguration that it once was."""
    settings, networking = source.settings, source.part("networking")
    networking.add_ranges("cluster", "podSubnet", is_platform=True)
    networking.add_ranges("services", "serviceSubnet", default="10.96.0.0/12")
    # The last is MasterConfiguration's.
    for keys in (("controllerManager", "extraArgs"), ("apiServer", "extraArgs"), ("controllerManagerExtraArgs",)):
        read_controller_arguments(parse_arguments(source.get(*keys)), settings, source.place(*keys))
    address = ("api", "advertiseAddress")  # of MasterConfiguration
    settings.add_node_address(source.get(*address), source.place(*address))
    place, pod_subnets = networking.place("podSubnet"), split_list(networking.get("podSubnet"))
    settings.lacks_platform_ranges |= not pod_subnets
    specs = NODE_SPECS if pod_subnets else {}
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


def read_init_configuration(source: InstallerInput) -> None:
    """Read the address of the first node from kubeadm's InitConfiguration."""
    address = ("localAPIEndpoint", "advertiseAddress")
    source.settings.add_node_address(source.get(*address), source.place(*address))
    arguments = ("nodeRegistration", "kubeletExtraArgs")
    for text in split_list(parse_arguments(source.get(*arguments)).get("node-ip")):
        source.settings.add_node_address(text, source.place(*arguments))


def read_kube_proxy(source: InstallerInput) -> None:
    """Read a KubeProxyConfiguration: outside its clusterCIDR it masquerades."""
    source.add_ranges("cluster", "clusterCIDR")


def read_kubelet(source: InstallerInput) -> None:
    """Read a KubeletConfiguration."""
    source.settings.set_max_pods(source.get("maxPods"))


def read_config_map(source: InstallerInput) -> bool:
    """Read what Calico's and kubeadm's ConfigMaps hold; say whether this is one of them."""
    name, data = source.get("metadata", "name"), source.part("data")
    if name == "kubeadm-config" and isinstance(data.get("ClusterConfiguration"), str):
        for embedded in data.embedded("ClusterConfiguration") or ():
            read_cluster_configuration(embedded)
        return True
    if name == "kube-proxy" and isinstance(data.get("config.conf"), str):
        for embedded in data.embedded("config.conf") or ():
            read_kube_proxy(embedded)
        return True
    if name == "canal-config" and isinstance(data.get("net-conf.json"), str):
        for embedded in data.embedded("net-conf.json") or ():
            source.settings.add_ranges("cluster", embedded.get("Network"), data.place("net-conf.json"))
    if name in ("calico-config", "canal-config"):
        source.settings.config_maps[str(name)] = data.value
        if isinstance(text := data.get("cni_network_config"), str):
            read_cni_text(text, data.place("cni_network_config"), source.settings)
        return True
    return False


def is_component_pod(value: Mapping[str, Any]) -> bool:
    """Whether a Pod is a static pod of the control plane whose flags tell ranges."""
    name = str(get_mapping(value, "metadata").get("name", ""))
    return name.startswith(("kube-controller-manager", "kube-apiserver"))


def read_component_pod(source: InstallerInput) -> bool:
    """Read the flags of kube-controller-manager and kube-apiserver; say whether any was there."""
    spec = source.part("spec")
    arguments = parse_container_arguments(spec.value)
    if arguments.get("allocate-node-cidrs") == "true":
        arguments.setdefault("node-cidr-mask-size", str(DEFAULT_NODE_PREFIXES[4]))
    read_controller_arguments(arguments, source.settings, spec.place("containers"))
    return bool({"cluster-cidr", "service-cluster-ip-range"} & set(arguments))
