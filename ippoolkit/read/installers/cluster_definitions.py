"""Definitions of whole clusters: kind, k0s, MicroK8s' launch configuration, Cluster API, Rancher's provisioning.

Where one tells only the pods' range, the pool is assumed to be all of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...cidr import IPVersion
from ..plain_values import get_mapping
from .calico_node import NODE_SPECS
from .installer_input import InstallerInput
from .installer_settings import DefaultPools
from .rancher import read_k3s
from .setting_values import parse_arguments
from .tigera_operator import read_chart_values

_CONTROL_PLANE = {"node-role.kubernetes.io/control-plane": ""}
_KUBEADM_SERVICES = "10.96.0.0/12"
_VXLAN_SPECS: Mapping[IPVersion, Mapping[str, Any]] = {
    4: {**NODE_SPECS[4], "ipipMode": "Never", "vxlanMode": "Always"},
    6: NODE_SPECS[6],
}


def read_kind(source: InstallerInput) -> None:
    """Read a Cluster of kind, which hands its ranges to kubeadm."""
    networking = source.part("networking")
    networking.add_ranges("cluster", "podSubnet", default="10.244.0.0/16", is_platform=True)
    networking.add_ranges("services", "serviceSubnet", default="10.96.0.0/16")
    roles = [node.get("role") or "control-plane" for node in source.parts("nodes")] or ["control-plane"]
    for role, labels in (("control-plane", _CONTROL_PLANE), ("worker", {})):
        if count := roles.count(role):
            source.settings.add_group(role, {"nodes": count}, source.place("nodes"), labels=labels)
    if networking.get("disableDefaultCNI") is not True:
        networking.note_other_plugin("kindnet", "disableDefaultCNI")
        return
    place = networking.place("podSubnet")
    source.settings.default_pools.append(
        DefaultPools("calico-node", place, NODE_SPECS, platform_only=True, assumed=True)
    )


def read_k0s(source: InstallerInput) -> None:
    """Read a ClusterConfig of k0s, whose calico-node wraps pods' traffic in VXLAN where nothing else is written."""
    settings, network = source.settings, source.part("spec", "network")
    network.add_ranges("cluster", "podCIDR", default="10.244.0.0/16")
    network.add_ranges("services", "serviceCIDR", default=_KUBEADM_SERVICES)
    dual_stack = network.part("dualStack")
    if dual_stack.get("enabled") is True:
        dual_stack.add_ranges("cluster", "IPv6podCIDR")
        dual_stack.add_ranges("services", "IPv6serviceCIDR")
    provider = str(network.get("provider") or "kuberouter")
    if provider not in ("calico", "custom"):
        network.note_other_plugin(provider, "provider")
        return
    calico = network.part("calico")
    settings.wireguard |= calico.get("wireguard") is True
    mode, overlay = str(calico.get("mode") or "vxlan"), str(calico.get("overlay") or "Always")
    modes = {key: overlay if mode == key[:-4] else "Never" for key in ("vxlanMode", "ipipMode")}
    specs = dict(NODE_SPECS)
    if provider == "calico":
        specs[4] = {**specs[4], **modes}
    place = network.place("podCIDR")
    settings.default_pools.append(DefaultPools("k0s", place, specs, assumed=provider == "custom"))


def is_microk8s(value: Mapping[str, Any]) -> bool:
    """Whether a document is a launch configuration of MicroK8s."""
    return "kind" not in value and any("CLUSTER_CIDR" in str(key) for key in get_mapping(value, "extraCNIEnv"))


def read_microk8s(source: InstallerInput) -> None:
    """Read a launch configuration of MicroK8s."""
    settings, environment = source.settings, source.part("extraCNIEnv")
    place = environment.place()
    ranges = [environment.get(f"IPv{version}_CLUSTER_CIDR") for version in (4, 6)]
    settings.add_ranges("cluster", [text for text in ranges if text], place, default="10.1.0.0/16")
    services = [environment.get(f"IPv{version}_SERVICE_CIDR") for version in (4, 6)]
    settings.add_ranges("services", [text for text in services if text], place, default="10.152.183.0/24")
    settings.set_max_pods(parse_arguments(source.get("extraKubeletArgs")).get("max-pods"))
    settings.default_pools.append(DefaultPools("MicroK8s", place, _VXLAN_SPECS))


def read_cluster_api(source: InstallerInput) -> None:
    """Read a Cluster of Cluster API, whose ranges kubeadm gets."""
    settings, network = source.settings, source.part("spec", "clusterNetwork")
    network.add_ranges("cluster", "pods", "cidrBlocks", is_platform=True)
    network.add_ranges("services", "services", "cidrBlocks", default=_KUBEADM_SERVICES)
    place = network.place("pods", "cidrBlocks")
    settings.default_pools.append(DefaultPools("calico-node", place, NODE_SPECS, platform_only=True, assumed=True))


def read_machines(source: InstallerInput) -> None:
    """Read how many machines a MachineDeployment, MachinePool or KubeadmControlPlane of Cluster API has."""
    labels = _CONTROL_PLANE if source.get("kind") == "KubeadmControlPlane" else {}
    counts = {"replicas": source.get("spec", "replicas")}
    source.settings.add_group(source.get("metadata", "name"), counts, source.place("spec", "replicas"), labels=labels)


def read_rancher_cluster(source: InstallerInput) -> None:
    """Read a Cluster of Rancher's provisioning: RKE2's or k3s' settings, values of charts, pools of machines."""
    config = source.part("spec", "rkeConfig")
    for pool in config.parts("machinePools"):
        role_labels = _CONTROL_PLANE if pool.get("controlPlaneRole") is True else {}
        pool.add_group(pool.get("name"), ("quantity",), labels={**role_labels, **get_mapping(pool.value, "labels")})
    global_config = config.part("machineGlobalConfig")
    if global_config.value:
        read_k3s(global_config)
    chart = config.part("chartValues", "rke2-calico")
    if chart.value:
        read_chart_values(chart, "RKE2")
