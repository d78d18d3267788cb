"""Inputs of distributions: RKE, RKE2, k3s, kops, KubeKey, OKD, Talos, Helm values of the operator's chart.

Each says pod and service ranges in its own words; what Calico makes of them follows from each one's defaults.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...errors import InputError
from ...findings import Finding
from ..document import Document
from ..text_files import parse_documents
from .installer_settings import (
    DEFAULT_NODE_PREFIXES,
    InstallerSettings,
    get_list,
    get_mapping,
    parse_arguments,
    parse_number,
    read_controller_arguments,
    split_list,
)
from .kubernetes_manifests import read_operator_installation

_K3S_KEYS = {"cluster-cidr", "service-cidr", "cni", "kube-controller-manager-arg", "flannel-backend", "cluster-dns"}
_TALOS_PATHS = ("/cluster/network/podSubnets", "/cluster/network/serviceSubnets")
_HELM_CHARTS = ("rke2-calico", "tigera-operator", "calico", "rke2-canal")


def is_rke1(value: Mapping[str, Any]) -> bool:
    """Whether a document is RKE1's cluster.yml."""
    services = value.get("services")
    return isinstance(services, Mapping) and bool({"kube-controller", "kube-api", "kube_controller"} & set(services))


def read_rke1(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read RKE1's cluster.yml."""
    controller = get_mapping(value, "services", "kube-controller") or get_mapping(value, "services", "kube_controller")
    api = get_mapping(value, "services", "kube-api") or get_mapping(value, "services", "kube_api")
    settings.cluster_cidrs += split_list(controller.get("cluster_cidr") or "10.42.0.0/16")
    settings.service_cidrs += split_list(
        controller.get("service_cluster_ip_range") or api.get("service_cluster_ip_range") or "10.43.0.0/16"
    )
    read_controller_arguments(parse_arguments(controller.get("extra_args")), settings)
    settings.node_prefixes.setdefault(4, (DEFAULT_NODE_PREFIXES[4], "node-cidr-mask-size"))
    for node in get_list(value, "nodes"):
        if isinstance(node, Mapping):
            settings.node_names.append(str(node.get("hostname_override") or node.get("address") or ""))
            _add_address(node.get("internal_address") or node.get("address"), settings)
    kubelet_pods = parse_arguments(get_mapping(value, "services", "kubelet").get("extra_args")).get("max-pods")
    settings.max_pods = _positive(kubelet_pods) or settings.max_pods
    plugin = get_mapping(value, "network").get("plugin", "canal")
    settings.default_pool_installer = "RKE"
    settings.default_pool_spec = {"ipipMode": "Always", "natOutgoing": True}
    if plugin == "canal":
        settings.has_calico = False
    if plugin not in ("calico", "none"):
        settings.notes.append(Finding("plugin-other", "", {"plugin": plugin}, document.place(("network", "plugin"))))


def is_k3s(value: Mapping[str, Any]) -> bool:
    """Whether a document is the config.yaml of k3s or RKE2."""
    return (
        bool(_K3S_KEYS & set(value)) and "kind" not in value and ("token" in value or len(_K3S_KEYS & set(value)) > 0)
    )


def read_k3s(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read the config.yaml of k3s or RKE2."""
    del document
    settings.cluster_cidrs += split_list(value.get("cluster-cidr") or "10.42.0.0/16")
    settings.service_cidrs += split_list(value.get("service-cidr") or "10.43.0.0/16")
    read_controller_arguments(parse_arguments(value.get("kube-controller-manager-arg")), settings)
    settings.node_prefixes.setdefault(4, (DEFAULT_NODE_PREFIXES[4], "node-cidr-mask-size"))
    kubelet_pods = parse_arguments(value.get("kubelet-arg")).get("max-pods")
    settings.max_pods = _positive(kubelet_pods) or settings.max_pods
    is_rke2 = "cni" in value
    settings.default_pool_installer = "RKE2" if is_rke2 else "k3s"
    settings.default_pool_spec = (
        {"vxlanMode": "Always", "natOutgoing": True} if is_rke2 else {"ipipMode": "Always", "natOutgoing": True}
    )


def read_kops(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read a Cluster of kops: the pods' range is the upper part of nonMasqueradeCIDR where nothing else says it."""
    spec = get_mapping(value, "spec")
    pods = spec.get("podCIDR") or get_mapping(spec, "kubeControllerManager").get("clusterCIDR")
    settings.cluster_cidrs += split_list(pods or "100.96.0.0/11")
    settings.service_cidrs += split_list(
        spec.get("serviceClusterIPRange")
        or get_mapping(spec, "kubeAPIServer").get("serviceClusterIPRange")
        or "100.64.0.0/13"
    )
    networking = spec.get("networking") if get_mapping(spec, "networking") else spec.get("networkSpec")
    settings.node_networks += [
        str(subnet.get("cidr"))
        for subnet in get_list(spec, "subnets")
        if isinstance(subnet, Mapping) and subnet.get("cidr")
    ] or split_list(spec.get("networkCIDR"))
    calico = get_mapping(networking, "calico")
    if "calico" not in (networking or {}):
        plugin = ", ".join(networking or {}) or "kubenet"
        settings.notes.append(Finding("plugin-other", "", {"plugin": plugin}, document.place(("spec", "networking"))))
    mode = str(calico.get("encapsulationMode", "ipip"))
    cross = bool(calico.get("crossSubnet"))
    ipip = calico.get("ipipMode") or ("CrossSubnet" if cross else "Always") if mode == "ipip" else None
    vxlan = calico.get("vxlanMode") or ("CrossSubnet" if cross else "Always") if mode == "vxlan" else None
    settings.default_pool_installer = "kops"
    settings.default_pool_spec = {
        "ipipMode": ipip,
        "vxlanMode": vxlan,
        "natOutgoing": True,
        "blockSize": parse_number(calico.get("blockSize")),
    }


def read_kubekey(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read a Cluster of KubeKey, which makes nodeCidrMaskSize the pool's blockSize."""
    network, kubernetes = get_mapping(value, "spec", "network"), get_mapping(value, "spec", "kubernetes")
    plugin = network.get("plugin", "calico")
    if plugin != "calico":
        settings.notes.append(
            Finding("plugin-other", "", {"plugin": plugin}, document.place(("spec", "network", "plugin")))
        )
    cidr = str(network.get("kubePodsCIDR") or "10.233.64.0/18").split(",")[0]
    settings.cluster_cidrs += split_list(network.get("kubePodsCIDR") or "10.233.64.0/18")
    settings.service_cidrs += split_list(network.get("kubeServiceCIDR") or "10.233.0.0/18")
    mask = parse_number(kubernetes.get("nodeCidrMaskSize"))
    settings.set_node_prefix(4, mask or 24, "nodeCidrMaskSize")
    settings.max_pods = _positive(kubernetes.get("maxPods")) or settings.max_pods
    for host in get_list(get_mapping(value, "spec"), "hosts"):
        if isinstance(host, Mapping):
            settings.node_names.append(str(host.get("name", "")))
            _add_address(host.get("internalAddress"), settings)
    calico = get_mapping(network, "calico")
    spec = {
        "cidr": cidr if network.get("kubePodsCIDR") else None,
        "blockSize": mask,
        "ipipMode": calico.get("ipipMode"),
        "vxlanMode": calico.get("vxlanMode"),
    }
    defaults = {"cidr": cidr, "blockSize": 24, "ipipMode": "Always", "vxlanMode": "Never", "natOutgoing": True}
    place = document.place(("spec", "kubernetes", "nodeCidrMaskSize"))
    settings.add_pool("default-pool", spec, place, "KubeKey", defaults)
    params = {"size": mask or 24, "name": "nodeCidrMaskSize"}
    settings.notes.append(Finding("mask-is-block-size", "IPPool/default-pool", params, place))


def is_openshift(value: Mapping[str, Any]) -> bool:
    """Whether a document is OKD's install-config."""
    return bool(get_list(get_mapping(value, "networking"), "clusterNetwork")) and "kind" not in value


def read_openshift(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read OKD's install-config, or its Network: clusterNetwork with hostPrefix, serviceNetwork, machineNetwork."""
    del document
    network = get_mapping(value, "networking") or get_mapping(value, "spec")
    for entry in get_list(network, "clusterNetwork"):
        if isinstance(entry, Mapping):
            cidr = str(entry.get("cidr", ""))
            settings.cluster_cidrs.append(cidr)
            settings.set_node_prefix(6 if ":" in cidr else 4, entry.get("hostPrefix"), "hostPrefix")
    settings.service_cidrs += split_list(network.get("serviceNetwork") or "172.30.0.0/16")
    settings.node_networks += [
        str(entry.get("cidr")) for entry in get_list(network, "machineNetwork") if isinstance(entry, Mapping)
    ]
    settings.default_pool_installer = "Tigera operator"
    settings.default_pool_spec = {"ipipMode": "Always", "natOutgoing": True}


def is_talos(value: object) -> bool:
    """Whether a document is Talos' machine configuration, or a list of JSON patches of it."""
    if isinstance(value, list):
        return any(isinstance(patch, Mapping) and str(patch.get("path", "")) in _TALOS_PATHS for patch in value)
    return bool(get_mapping(value, "cluster", "network")) and (
        isinstance(value, Mapping) and ("machine" in value or "podSubnets" in get_mapping(value, "cluster", "network"))
    )


def read_talos(value: object, settings: InstallerSettings) -> None:
    """Read Talos' machine configuration, or JSON patches of it."""
    network = get_mapping(value, "cluster", "network")
    if isinstance(value, list):
        network = {
            str(patch.get("path", "")).rpartition("/")[2]: patch.get("value")
            for patch in value
            if isinstance(patch, Mapping)
        }
    settings.cluster_cidrs += split_list(network.get("podSubnets") or "10.244.0.0/16")
    settings.service_cidrs += split_list(network.get("serviceSubnets") or "10.96.0.0/12")
    arguments = parse_arguments(get_mapping(value, "cluster", "controllerManager").get("extraArgs"))
    read_controller_arguments(arguments, settings)
    settings.node_prefixes.setdefault(4, (DEFAULT_NODE_PREFIXES[4], "node-cidr-mask-size"))
    for subnet in split_list(get_mapping(value, "machine", "kubelet", "nodeIP").get("validSubnets")):
        settings.node_networks.append(subnet.lstrip("!"))
    settings.default_pool_spec = {"ipipMode": "Always", "natOutgoing": True}


def is_helm_values(value: Mapping[str, Any]) -> bool:
    """Whether a document holds values of the operator's chart."""
    installation = value.get("installation")
    return isinstance(installation, Mapping) and "kind" not in value


def read_helm_values(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read the values of the operator's chart: its `installation` is the spec of the Installation."""
    installation = get_mapping(value, "installation")
    if installation.get("enabled", True):
        read_operator_installation({"spec": installation}, document, settings, ("installation",), "Helm chart")


def is_helm_chart_config(value: Mapping[str, Any]) -> bool:
    """Whether an object gives values to one of Calico's charts in RKE2 or k3s."""
    spec = get_mapping(value, "spec")
    names = (get_mapping(value, "metadata").get("name"), spec.get("chart"))
    return any(str(name).rpartition("/")[2] in _HELM_CHARTS for name in names)


def read_helm_chart_config(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read a HelmChart or HelmChartConfig, whose values are YAML in a text."""
    spec, place = get_mapping(value, "spec"), document.place(("spec", "valuesContent"))
    values: object = spec.get("values") if get_mapping(spec, "values") else None
    if isinstance(spec.get("valuesContent"), str):
        try:
            values = parse_documents(str(spec["valuesContent"]), place.file)[0].value
        except InputError as error:
            reason = error.problems[0]
            settings.problems.append(Finding("embedded-yaml", params={"reason": reason}, place=place))
            return
    if isinstance(values, Mapping):
        embedded = Document.without_lines(place.file, values, place.line)
        read_helm_values(values, embedded, settings)
        for setting in ("calico", "flannel"):  # canal: the kit plans Calico's own IPAM only
            if setting in values and "installation" not in values:
                settings.notes.append(Finding("plugin-other", "", {"plugin": f"canal ({setting})"}, place))
                return


def _add_address(value: object, settings: InstallerSettings) -> None:
    text = str(value or "")
    if text:
        settings.node_networks.append(text if "/" in text else f"{text}/{128 if ':' in text else 32}")


def _positive(value: object) -> int:
    number = parse_number(value)
    return number if isinstance(number, int) and not isinstance(number, bool) and 0 < number <= 1_000_000 else 0
