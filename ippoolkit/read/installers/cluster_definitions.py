"""Definitions of whole clusters: kind, k0s, MicroK8s' launch configuration, Cluster API, Rancher's provisioning.

Where one tells only the pods' range, the pool is assumed to be all of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...cidr import IPVersion
from ..document import Document
from .calico_node import NODE_SPECS
from .installer_settings import DefaultPools, InstallerSettings
from .rancher import read_k3s
from .setting_values import get_list, get_mapping, parse_arguments, positive_number
from .tigera_operator import read_chart_values

_CONTROL_PLANE = {"node-role.kubernetes.io/control-plane": ""}
_KUBEADM_SERVICES = "10.96.0.0/12"
_VXLAN_SPECS: Mapping[IPVersion, Mapping[str, Any]] = {
    4: {**NODE_SPECS[4], "ipipMode": "Never", "vxlanMode": "Always"},
    6: NODE_SPECS[6],
}


def read_kind(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read a Cluster of kind, which hands its ranges to kubeadm."""
    networking = get_mapping(value, "networking")
    place = document.place(("networking", "podSubnet"))
    settings.add_ranges("cluster", networking.get("podSubnet"), place, default="10.244.0.0/16", is_platform=True)
    service_place = document.place(("networking", "serviceSubnet"))
    settings.add_ranges("services", networking.get("serviceSubnet"), service_place, default="10.96.0.0/16")
    roles = [get_mapping(node).get("role", "control-plane") for node in get_list(value, "nodes")] or ["control-plane"]
    for role, labels in (("control-plane", _CONTROL_PLANE), ("worker", {})):
        if count := roles.count(role):
            settings.add_group(role, {"nodes": count}, document.place(("nodes",)), labels=labels)
    if networking.get("disableDefaultCNI") is not True:
        settings.note_other_plugin("kindnet", document.place(("networking", "disableDefaultCNI")))
        return
    settings.default_pools.append(DefaultPools("calico-node", place, NODE_SPECS, platform_only=True, assumed=True))


def read_k0s(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read a ClusterConfig of k0s, whose calico-node wraps pods' traffic in VXLAN where nothing else is written."""
    network = get_mapping(value, "spec", "network")
    place = document.place(("spec", "network", "podCIDR"))
    settings.add_ranges("cluster", network.get("podCIDR"), place, default="10.244.0.0/16")
    service_place = document.place(("spec", "network", "serviceCIDR"))
    settings.add_ranges("services", network.get("serviceCIDR"), service_place, default=_KUBEADM_SERVICES)
    dual_stack = get_mapping(network, "dualStack")
    if dual_stack.get("enabled") is True:
        dual_place = document.place(("spec", "network", "dualStack"))
        settings.add_ranges("cluster", dual_stack.get("IPv6podCIDR"), dual_place)
        settings.add_ranges("services", dual_stack.get("IPv6serviceCIDR"), dual_place)
    provider = str(network.get("provider") or "kuberouter")
    if provider not in ("calico", "custom"):
        settings.note_other_plugin(provider, document.place(("spec", "network", "provider")))
        return
    calico = get_mapping(network, "calico")
    settings.wireguard |= calico.get("wireguard") is True
    mode, overlay = str(calico.get("mode") or "vxlan"), str(calico.get("overlay") or "Always")
    modes = {key: overlay if mode == key[:-4] else "Never" for key in ("vxlanMode", "ipipMode")}
    specs = dict(NODE_SPECS)
    if provider == "calico":
        specs[4] = {**specs[4], **modes}
    settings.default_pools.append(DefaultPools("k0s", place, specs, assumed=provider == "custom"))


def is_microk8s(value: Mapping[str, Any]) -> bool:
    """Whether a document is a launch configuration of MicroK8s."""
    return "kind" not in value and any("CLUSTER_CIDR" in str(key) for key in get_mapping(value, "extraCNIEnv"))


def read_microk8s(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read a launch configuration of MicroK8s."""
    environment = get_mapping(value, "extraCNIEnv")
    place = document.place(("extraCNIEnv",))
    ranges = [environment.get(f"IPv{version}_CLUSTER_CIDR") for version in (4, 6)]
    settings.add_ranges("cluster", [text for text in ranges if text], place, default="10.1.0.0/16")
    services = [environment.get(f"IPv{version}_SERVICE_CIDR") for version in (4, 6)]
    settings.add_ranges("services", [text for text in services if text], place, default="10.152.183.0/24")
    kubelet = parse_arguments(value.get("extraKubeletArgs"))
    settings.max_pods = positive_number(kubelet.get("max-pods")) or settings.max_pods
    settings.default_pools.append(DefaultPools("MicroK8s", place, _VXLAN_SPECS))


def read_cluster_api(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read a Cluster of Cluster API, whose ranges kubeadm gets."""
    network = get_mapping(value, "spec", "clusterNetwork")
    place = document.place(("spec", "clusterNetwork", "pods"))
    settings.add_ranges("cluster", get_mapping(network, "pods").get("cidrBlocks"), place, is_platform=True)
    service_place = document.place(("spec", "clusterNetwork", "services"))
    services = get_mapping(network, "services").get("cidrBlocks")
    settings.add_ranges("services", services, service_place, default=_KUBEADM_SERVICES)
    settings.default_pools.append(DefaultPools("calico-node", place, NODE_SPECS, platform_only=True, assumed=True))


def read_machines(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read how many machines a MachineDeployment, MachinePool or KubeadmControlPlane of Cluster API has."""
    is_control_plane = value.get("kind") == "KubeadmControlPlane"
    name, replicas = get_mapping(value, "metadata").get("name"), get_mapping(value, "spec").get("replicas")
    labels = _CONTROL_PLANE if is_control_plane else {}
    settings.add_group(name, {"replicas": replicas}, document.place(("spec", "replicas")), labels=labels)


def read_rancher_cluster(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read a Cluster of Rancher's provisioning: RKE2's or k3s' settings, values of charts, pools of machines."""
    config = get_mapping(value, "spec", "rkeConfig")
    path = ("spec", "rkeConfig")
    for index, pool in enumerate(get_list(config, "machinePools")):
        if isinstance(pool, Mapping):
            labels = {**(_CONTROL_PLANE if pool.get("controlPlaneRole") is True else {}), **get_mapping(pool, "labels")}
            place = document.place((*path, "machinePools", index))
            settings.add_group(pool.get("name"), {"quantity": pool.get("quantity")}, place, labels=labels)
    key = "machineGlobalConfig"
    if global_config := get_mapping(config, key):
        read_k3s(global_config, document.at((*path, key)), settings)
    chart = get_mapping(config, "chartValues", "rke2-calico")
    if chart:
        read_chart_values(chart, document.at((*path, "chartValues", "rke2-calico")), settings, (), "RKE2")
