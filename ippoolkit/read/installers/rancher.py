"""Rancher's distributions: RKE1's cluster.yml, the config.yaml of RKE2 and k3s."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..plain_values import get_list, get_mapping, get_mappings
from .calico_node import NODE_SPECS
from .installer_input import InstallerInput
from .installer_settings import DefaultPools, read_controller_arguments, set_default_node_prefix
from .setting_values import parse_arguments, split_list
from .tigera_operator import RKE2_SPECS

_CLUSTER_RANGE, _SERVICE_RANGE = "10.42.0.0/16", "10.43.0.0/16"  # of RKE, RKE2 and k3s alike
_K3S_KEYS = {
    "cluster-cidr",
    "service-cidr",
    "cni",
    "kube-controller-manager-arg",
    "flannel-backend",
    "cluster-dns",
    "disable-network-policy",
}
_FURTHER_KEYS = {"kubelet-arg", "node-ip", "node-label", "tls-san", "write-kubeconfig-mode"}
_RKE2_KEYS = {"cni", "profile", "ingress-controller", "disable-cloud-controller"}
_RANCHER_KEY = "rancher_kubernetes_engine_config"  # what "Edit as YAML" in Rancher wraps RKE1's settings in


def is_rke1(value: Mapping[str, Any]) -> bool:
    """Whether a document is RKE1's cluster.yml, or Rancher's form of it."""
    inner = get_mapping(value, _RANCHER_KEY) or value
    services, nodes = get_mapping(inner, "services"), get_list(inner, "nodes")
    has_services = bool({"kube-controller", "kube-api", "kube_controller", "kube_api"} & set(services))
    has_nodes = any(isinstance(node, Mapping) and "role" in node and "address" in node for node in nodes)
    return _RANCHER_KEY in value or has_services or (has_nodes and "kind" not in value)


def read_rke1(source: InstallerInput) -> None:
    """Read RKE1's cluster.yml."""
    settings = source.settings
    cluster = source.part(_RANCHER_KEY) if _RANCHER_KEY in source.value else source
    services = cluster.part("services")
    controller = services.part("kube_controller" if "kube_controller" in services.value else "kube-controller")
    api = services.part("kube-api" if "kube-api" in services.value else "kube_api")
    controller.add_ranges("cluster", "cluster_cidr", default=_CLUSTER_RANGE)
    key = "service_cluster_ip_range"
    service_ranges = [part.get(key) for part in (controller, api)]
    written = next(filter(None, service_ranges), "")
    settings.add_ranges("services", written, controller.place(key), default=_SERVICE_RANGE)
    arguments = parse_arguments(controller.get("extra_args"))
    read_controller_arguments(arguments, settings, controller.place("extra_args"))
    set_default_node_prefix(settings)
    for node in get_mappings(cluster.value, "nodes"):
        addresses = [str(address) for key in ("internal_address", "address") if (address := node.get(key))]
        settings.add_node(node.get("hostname_override") or node.get("address"), addresses, node.get("labels"))
    settings.set_max_pods(parse_arguments(services.get("kubelet", "extra_args")).get("max-pods"))
    plugin = get_mapping(cluster.value, "network").get("plugin", "canal")
    if plugin not in ("calico", "none"):
        cluster.note_other_plugin(plugin, "network", "plugin")
        return
    # RKE's template of calico-node says only the range.
    place, assumed = controller.place("cluster_cidr"), plugin == "none"
    settings.default_pools.append(DefaultPools("RKE", place, NODE_SPECS, fallback=_CLUSTER_RANGE, assumed=assumed))


def is_k3s(value: Mapping[str, Any]) -> bool:
    """Whether a document is the config.yaml of k3s or RKE2."""
    return "kind" not in value and bool((_K3S_KEYS | _FURTHER_KEYS) & set(value))


def read_k3s(source: InstallerInput) -> None:
    """Read the config.yaml of k3s or RKE2, or a file beside it that tells nothing of networks."""
    settings, value = source.settings, source.value
    settings.set_max_pods(parse_arguments(source.get("kubelet-arg")).get("max-pods"))
    for address in split_list(source.get("node-ip")):
        settings.add_node_address(address, source.place("node-ip"))
    if not (_K3S_KEYS | _RKE2_KEYS) & set(value):
        return
    source.add_ranges("cluster", "cluster-cidr", default=_CLUSTER_RANGE)
    source.add_ranges("services", "service-cidr", default=_SERVICE_RANGE)
    for key in ("kube-controller-manager-arg", "kube-apiserver-arg"):
        read_controller_arguments(parse_arguments(source.get(key)), settings, source.place(key))
    set_default_node_prefix(settings)
    if _RKE2_KEYS & set(value):
        _add_rke2_pools(source)
        return
    backend = str(source.get("flannel-backend") or "")
    if backend != "none":
        source.note_other_plugin("flannel", "flannel-backend")
    if backend in ("", "none"):  # where nothing is written, the pool is what Calico would have instead
        settings.default_pools.append(DefaultPools("k3s", source.place("cluster-cidr"), NODE_SPECS, assumed=True))


def _add_rke2_pools(source: InstallerInput) -> None:
    plugins = [plugin for plugin in split_list(source.get("cni") or "canal") if plugin != "multus"]
    if plugins != ["calico"]:
        source.note_other_plugin(", ".join(plugins), "cni")
        return
    place = source.place("cluster-cidr")
    source.settings.default_pools.append(DefaultPools("RKE2", place, RKE2_SPECS, fallback=_CLUSTER_RANGE))
    for key in ("strictAffinity", "autoAllocateBlocks"):  # what the chart rke2-calico writes, for Windows nodes
        source.settings.ipam.setdefault(key, True)
