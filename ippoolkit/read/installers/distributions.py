"""Inputs of distributions: kops, KubeKey, OKD, Talos.

Each says pod and service ranges in its own words; what Calico makes of them follows from each one's defaults.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ...calico.limits import DEFAULT_BLOCK_SIZE
from ...cidr import Cidr, IPVersion
from ...findings import Finding
from ..document import Document
from .installer_settings import (
    DefaultPools,
    InstallerSettings,
    Weight,
    get_list,
    get_mapping,
    parse_arguments,
    parse_number,
    positive_number,
    read_controller_arguments,
    set_default_node_prefix,
    split_list,
)
from .kubernetes_manifests import NODE_SPECS
from .tigera_operator import OPERATOR_SPECS

_KOPS_RANGE = "100.64.0.0/10"  # nonMasqueradeCIDR, where nothing is said
_KOPS_SERVICES = "100.64.0.0/13"
_TALOS_PATH = re.compile(r"/cluster/(?:network|controllerManager|apiServer)(?:/|$)|/machine/kubelet(?:/|$)")
_MINOR = re.compile(r"v?1\.(\d{1,3})")


def read_kops(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read a Cluster of kops: the pods' range is the upper half of nonMasqueradeCIDR where nothing else says it."""
    spec = get_mapping(value, "spec")
    networking = get_mapping(spec, "networking") or get_mapping(spec, "networkSpec")
    network = {**spec, **networking}  # v1alpha3 has the ranges inside networking
    controller = get_mapping(spec, "kubeControllerManager")
    non_masquerade = Cidr.parse_or_none(network.get("nonMasqueradeCIDR") or _KOPS_RANGE)
    is_ipv6 = non_masquerade is not None and non_masquerade.version == 6
    place = document.place(("spec", "podCIDR") if "podCIDR" in spec else ("spec", "nonMasqueradeCIDR"))
    pods = network.get("podCIDR") or controller.get("clusterCIDR")
    upper_half = "" if non_masquerade is None or is_ipv6 else str(non_masquerade.subnet(non_masquerade.prefix + 1, 1))
    settings.add_ranges("cluster", pods, place, default=upper_half)
    services = network.get("serviceClusterIPRange") or get_mapping(spec, "kubeAPIServer").get("serviceClusterIPRange")
    service_default = "fd00:5e4f:ce::/108" if is_ipv6 else _lower_eighth(non_masquerade)
    service_place = document.place(("spec", "serviceClusterIPRange"))
    settings.add_ranges("services", services, service_place, default=service_default)
    subnets = [subnet.get("cidr") for subnet in get_list(network, "subnets") if isinstance(subnet, Mapping)]
    node_ranges = [cidr for cidr in subnets if cidr] or [network.get("networkCIDR")]
    settings.add_ranges("nodes", [cidr for cidr in node_ranges if cidr], document.place(("spec", "subnets")))
    kubelet = get_mapping(spec, "kubelet")
    settings.max_pods = positive_number(kubelet.get("maxPods")) or settings.max_pods
    if "calico" not in networking:
        plugin = ", ".join(key for key in networking if isinstance(networking.get(key), Mapping)) or "kubenet"
        settings.note_other_plugin(plugin, document.place(("spec", "networking")))
        return
    calico = get_mapping(networking, "calico")
    settings.wireguard |= calico.get("wireguardEnabled") is True
    mode = str(calico.get("encapsulationMode") or "ipip")
    written = {
        "ipipMode": calico.get("ipipMode") or ("Never" if mode != "ipip" else None),
        "vxlanMode": calico.get("vxlanMode") or ("Never" if mode != "vxlan" else None),
    }
    written = {key: value for key, value in written.items() if value is not None and key[:-4] == mode}
    usual = "CrossSubnet" if calico.get("crossSubnet") or _is_from(spec.get("kubernetesVersion"), 22) else "Always"
    specs: dict[IPVersion, Mapping[str, Any]] = {
        4: {
            "blockSize": DEFAULT_BLOCK_SIZE[4],
            "ipipMode": usual if mode == "ipip" else "Never",
            "vxlanMode": usual if mode == "vxlan" else "Never",
            "natOutgoing": True,
            **written,
        },
        6: {"blockSize": DEFAULT_BLOCK_SIZE[6], "natOutgoing": False},
    }
    settings.default_pools.append(DefaultPools("kops", place, specs, written={4: written}))


def _lower_eighth(cidr: Cidr | None) -> str:
    """Return the range of the services that kops takes: an eighth of nonMasqueradeCIDR."""
    return str(cidr.subnet(cidr.prefix + 3, 0)) if cidr is not None and cidr.prefix <= 29 else _KOPS_SERVICES


def _is_from(version: object, minor: int) -> bool:
    """Whether a version of Kubernetes is so new, or not told: kops of the same minor writes CrossSubnet since 1.22."""
    match = _MINOR.match(str(version or ""))
    return match is None or int(match[1]) >= minor


def read_kubekey(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read a Cluster of KubeKey, which makes nodeCidrMaskSize the pool's blockSize."""
    network, kubernetes = get_mapping(value, "spec", "network"), get_mapping(value, "spec", "kubernetes")
    place = document.place(("spec", "network", "kubePodsCIDR"))
    pod_ranges = split_list(network.get("kubePodsCIDR"))
    settings.add_ranges("cluster", pod_ranges, place, default="10.233.64.0/18")
    service_place = document.place(("spec", "network", "kubeServiceCIDR"))
    settings.add_ranges("services", network.get("kubeServiceCIDR"), service_place, default="10.233.0.0/18")
    settings.max_pods = positive_number(kubernetes.get("maxPods")) or settings.max_pods
    for host in get_list(get_mapping(value, "spec"), "hosts"):
        if isinstance(host, Mapping):
            _add_kubekey_hosts(host, settings)
    plugin = network.get("plugin", "calico")
    if plugin != "calico":
        settings.note_other_plugin(plugin, document.place(("spec", "network", "plugin")))
        return
    calico = get_mapping(network, "calico")
    keys: dict[IPVersion, tuple[str, int]] = {4: ("nodeCidrMaskSize", 24), 6: ("nodeCidrMaskSizeIPv6", 64)}
    for text in pod_ranges or ["10.233.64.0/18"]:
        cidr = Cidr.parse_or_none(text)
        version: IPVersion = cidr.version if cidr else 4
        key, default_mask = keys[version]
        mask = parse_number(kubernetes.get(key))
        settings.set_node_prefix(version, mask or default_mask, key)
        mask_place = document.place(("spec", "kubernetes", key))
        block_size = mask or (24 if version == 4 else DEFAULT_BLOCK_SIZE[6])
        spec = {
            "cidr": text if pod_ranges else None,
            "blockSize": mask,
            "ipipMode": calico.get("ipipMode") if version == 4 else None,
            "vxlanMode": calico.get("vxlanMode"),
            "natOutgoing": calico.get("ipv4NatOutgoing" if version == 4 else "ipv6NatOutgoing"),
        }
        is_wrapped = str(spec["vxlanMode"] or "Never") != "Never"
        defaults = {**NODE_SPECS[version], "cidr": text, "blockSize": block_size}
        if version == 4 and is_wrapped:
            defaults["ipipMode"] = "Never"
        name = "default-pool" if version == 4 else "default-pool-ipv6"
        settings.add_pool(name, spec, mask_place if mask else place, "KubeKey", defaults)
        if version == 4 or mask:
            params = {"size": block_size, "name": key, "default": DEFAULT_BLOCK_SIZE[version]}
            settings.notes.append(Finding("mask-is-block-size", f"IPPool/{name}", params, mask_place))


_HOST_RANGE = re.compile(r"([^\[]{0,200})\[(\d{1,5}):(\d{1,5})\]([^\[]{0,53})$")


def _add_kubekey_hosts(host: Mapping[str, Any], settings: InstallerSettings) -> None:
    names = list(_expand(str(host.get("name", ""))))
    addresses = list(_expand(str(host.get("internalAddress") or host.get("address") or "")))
    for index, name in enumerate(names):
        settings.add_node(name, addresses[index] if index < len(addresses) else "", host.get("labels"))


def _expand(text: str) -> Iterator[str]:
    """Yield what `node[2:4]` stands for."""
    match = _HOST_RANGE.match(text)
    if match is None or int(match[3]) - int(match[2]) > 10_000:
        yield text
        return
    for number in range(int(match[2]), int(match[3]) + 1):
        yield f"{match[1]}{number}{match[4]}"


def is_openshift(value: Mapping[str, Any]) -> bool:
    """Whether a document is OKD's install-config."""
    networking = get_mapping(value, "networking")
    return "kind" not in value and bool(
        get_list(networking, "clusterNetwork") or get_list(networking, "clusterNetworks")
    )


def read_openshift(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read OKD's install-config, or its Network: clusterNetwork with hostPrefix, serviceNetwork, machineNetwork."""
    parent = "networking" if get_mapping(value, "networking") else "spec"
    network = get_mapping(value, parent)
    key = "clusterNetwork" if "clusterNetwork" in network else "clusterNetworks"  # the latter until 4.0
    place = document.place((parent, key))
    for entry in get_list(network, key):
        if isinstance(entry, Mapping):
            text = str(entry.get("cidr", ""))
            settings.add_ranges("cluster", text, place, is_platform=True)
            length = parse_number(entry.get("hostSubnetLength"))
            prefix = 32 - length if isinstance(length, int) else entry.get("hostPrefix")
            settings.set_node_prefix(6 if ":" in text else 4, prefix, "hostPrefix")
    services = network.get("serviceNetwork") or network.get("serviceCIDR")
    settings.add_ranges("services", services, document.place((parent, "serviceNetwork")), default="172.30.0.0/16")
    machines = [entry.get("cidr") for entry in get_list(network, "machineNetwork") if isinstance(entry, Mapping)]
    settings.add_ranges("nodes", machines or network.get("machineCIDR"), document.place((parent, "machineNetwork")))
    plugin = str(
        network.get("networkType") or network.get("type") or get_mapping(network, "defaultNetwork").get("type")
    )
    if plugin.lower() not in ("calico", "none", "raw"):
        settings.note_other_plugin(plugin, document.place((parent, "networkType")))
        return
    settings.default_pools.append(DefaultPools("Tigera operator", place, OPERATOR_SPECS, platform_only=True))


def is_talos(value: object) -> bool:
    """Whether a document is Talos' machine configuration, or a list of JSON patches of it."""
    if isinstance(value, list):
        return any(isinstance(patch, Mapping) and _TALOS_PATH.match(str(patch.get("path", ""))) for patch in value)
    network = get_mapping(value, "cluster", "network")
    if not network or not isinstance(value, Mapping) or "kind" in value:
        return False
    return "machine" in value or bool({"podSubnets", "serviceSubnets", "cni"} & set(network))


def read_talos(value: object, document: Document, settings: InstallerSettings) -> None:
    """Read Talos' machine configuration, or patches of it, which win over what they patch."""
    is_patch = isinstance(value, list) or not get_mapping(value, "machine").get("type")
    settings_of_machine = _apply_patches(value) if isinstance(value, list) else value
    network = get_mapping(settings_of_machine, "cluster", "network")
    place = document.place(() if isinstance(value, list) else ("cluster", "network", "podSubnets"))
    weight = Weight.PATCH if is_patch else Weight.WRITTEN
    default = "" if is_patch and "podSubnets" not in network and settings.ranges.get("cluster") else "10.244.0.0/16"
    settings.add_ranges("cluster", network.get("podSubnets"), place, default=default, weight=weight)
    services = network.get("serviceSubnets")
    settings.add_ranges("services", services, place, default="10.96.0.0/12", weight=weight)
    arguments = parse_arguments(get_mapping(settings_of_machine, "cluster", "controllerManager").get("extraArgs"))
    for version, names in (
        (4, ("node-cidr-mask-size", "node-cidr-mask-size-ipv4")),
        (6, ("node-cidr-mask-size-ipv6",)),
    ):
        for name in names:
            settings.set_node_prefix(version, arguments.get(name), name, is_patch=is_patch)  # type: ignore[arg-type]
    read_controller_arguments(arguments, settings, place)
    set_default_node_prefix(settings)
    kubelet = get_mapping(settings_of_machine, "machine", "kubelet")
    settings.max_pods = positive_number(parse_arguments(kubelet.get("extraArgs")).get("max-pods")) or settings.max_pods
    subnets = [subnet for subnet in split_list(get_mapping(kubelet, "nodeIP").get("validSubnets")) if subnet[0] != "!"]
    settings.add_ranges("nodes", subnets, document.place(("machine", "kubelet", "nodeIP")))
    cni = get_mapping(network, "cni")
    urls = " ".join(split_list(cni.get("urls")))
    name = str(cni.get("name") or "")
    cni_place = document.place(("cluster", "network", "cni"))
    if name == "flannel" or (name == "custom" and "calico" not in urls):
        settings.note_other_plugin(name, cni_place)
        return
    if not name and not is_patch:
        settings.note_other_plugin("flannel", cni_place)  # by default; the pool is what Calico would have
    if is_patch and name:  # what the configuration without the patch would have
        settings.notes[:] = [
            note for note in settings.notes if note.code != "plugin-other" or note.params.get("plugin") != "flannel"
        ]
    if not (is_patch and any(pools.installer == "Talos" for pools in settings.default_pools)):
        settings.default_pools.append(DefaultPools("Talos", place, NODE_SPECS, assumed=True))


def _apply_patches(patches: list[Any]) -> Mapping[str, Any]:
    """Return what JSON patches write, as one mapping; what they remove or test is left out."""
    written: dict[str, Any] = {}
    for patch in patches:
        if not isinstance(patch, Mapping) or patch.get("op") not in ("add", "replace"):
            continue
        *parents, last = str(patch.get("path", "")).strip("/").split("/")
        target: dict[str, Any] = written
        if last.isdigit() or last == "-":  # an item of a list
            last, item = (parents.pop() if parents else last), patch.get("value")
            for key in parents:
                target = target.setdefault(key, {})
            target[last] = [*split_list(target.get(last)), item]
            continue
        for key in parents:
            child = target.setdefault(key, {})
            target = child if isinstance(child, dict) else {}
        target[last] = patch.get("value")
    return written
