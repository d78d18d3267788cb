"""Rancher's distributions: RKE1's cluster.yml, the config.yaml of RKE2 and k3s."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..document import Document, FieldPath
from .calico_node import NODE_SPECS
from .installer_settings import DefaultPools, InstallerSettings, read_controller_arguments, set_default_node_prefix
from .setting_values import get_list, get_mapping, parse_arguments, positive_number, split_list
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


def read_rke1(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read RKE1's cluster.yml."""
    parents: FieldPath = (_RANCHER_KEY,) if _RANCHER_KEY in value else ()
    inner = get_mapping(value, _RANCHER_KEY) if parents else value
    services = get_mapping(inner, "services")
    name = "kube_controller" if "kube_controller" in services else "kube-controller"
    controller = get_mapping(services, name)
    api = get_mapping(services, "kube-api") or get_mapping(services, "kube_api")
    place = document.place((*parents, "services", name, "cluster_cidr"))
    service_place = document.place((*parents, "services", name, "service_cluster_ip_range"))
    settings.add_ranges("cluster", controller.get("cluster_cidr"), place, default=_CLUSTER_RANGE)
    service_ranges = [part.get("service_cluster_ip_range") for part in (controller, api)]
    service_range = next(
        (service_range_of_part for service_range_of_part in service_ranges if service_range_of_part), ""
    )
    settings.add_ranges("services", service_range, service_place, default=_SERVICE_RANGE)
    arguments = parse_arguments(controller.get("extra_args"))
    read_controller_arguments(arguments, settings, document.place((*parents, "services", name, "extra_args")))
    set_default_node_prefix(settings)
    for node in get_list(inner, "nodes"):
        if isinstance(node, Mapping):
            addresses = [str(address) for key in ("internal_address", "address") if (address := node.get(key))]
            settings.add_node(node.get("hostname_override") or node.get("address"), addresses, node.get("labels"))
    kubelet = get_mapping(services, "kubelet")
    settings.max_pods = positive_number(parse_arguments(kubelet.get("extra_args")).get("max-pods")) or settings.max_pods
    plugin = get_mapping(inner, "network").get("plugin", "canal")
    if plugin not in ("calico", "none"):
        settings.note_other_plugin(plugin, document.place((*parents, "network", "plugin")))
        return
    # RKE's template of calico-node says only the range.
    assumed = plugin == "none"
    settings.default_pools.append(DefaultPools("RKE", place, NODE_SPECS, fallback=_CLUSTER_RANGE, assumed=assumed))


def is_k3s(value: Mapping[str, Any]) -> bool:
    """Whether a document is the config.yaml of k3s or RKE2."""
    return "kind" not in value and bool((_K3S_KEYS | _FURTHER_KEYS) & set(value))


def read_k3s(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read the config.yaml of k3s or RKE2, or a file beside it that tells nothing of networks."""
    _read_node_settings(value, document, settings)
    if not (_K3S_KEYS | _RKE2_KEYS) & set(value):
        return
    place = document.place(("cluster-cidr",))
    settings.add_ranges("cluster", value.get("cluster-cidr"), place, default=_CLUSTER_RANGE)
    service_place = document.place(("service-cidr",))
    settings.add_ranges("services", value.get("service-cidr"), service_place, default=_SERVICE_RANGE)
    for key in ("kube-controller-manager-arg", "kube-apiserver-arg"):
        read_controller_arguments(parse_arguments(value.get(key)), settings, document.place((key,)))
    set_default_node_prefix(settings)
    if _RKE2_KEYS & set(value):
        _add_rke2_pools(value, document, settings)
        return
    backend = str(value.get("flannel-backend") or "")
    if backend != "none":
        settings.note_other_plugin("flannel", document.place(("flannel-backend",)))
    if backend in ("", "none"):  # where nothing is written, the pool is what Calico would have instead
        settings.default_pools.append(DefaultPools("k3s", place, NODE_SPECS, assumed=True))


def _read_node_settings(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    kubelet_pods = parse_arguments(value.get("kubelet-arg")).get("max-pods")
    settings.max_pods = positive_number(kubelet_pods) or settings.max_pods
    for address in split_list(value.get("node-ip")):
        settings.add_node_address(address, document.place(("node-ip",)))


def _add_rke2_pools(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    plugins = [plugin for plugin in split_list(value.get("cni") or "canal") if plugin != "multus"]
    if plugins != ["calico"]:
        settings.note_other_plugin(", ".join(plugins), document.place(("cni",)))
        return
    place = document.place(("cluster-cidr",))
    settings.default_pools.append(DefaultPools("RKE2", place, RKE2_SPECS, fallback=_CLUSTER_RANGE))
    for key in ("strictAffinity", "autoAllocateBlocks"):  # what the chart rke2-calico writes, for Windows nodes
        settings.ipam.setdefault(key, True)
