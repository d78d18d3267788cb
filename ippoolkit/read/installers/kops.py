"""kops: its Cluster, whose pods have the upper half of nonMasqueradeCIDR, and its InstanceGroups."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ...calico.limits import DEFAULT_BLOCK_SIZE
from ...cidr import Cidr, IPVersion
from ..document import Document
from .installer_settings import DefaultPools, InstallerSettings
from .setting_values import get_list, get_mapping, positive_number

_RANGE = "100.64.0.0/10"  # nonMasqueradeCIDR, where nothing is said
_SERVICES = "100.64.0.0/13"
_MINOR = re.compile(r"v?1\.(\d{1,3})")


def read_kops(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read a Cluster of kops: the pods' range is the upper half of nonMasqueradeCIDR where nothing else says it."""
    spec = get_mapping(value, "spec")
    networking = get_mapping(spec, "networking") or get_mapping(spec, "networkSpec")
    network = {**spec, **networking}  # v1alpha3 has the ranges inside networking
    controller = get_mapping(spec, "kubeControllerManager")
    non_masquerade = Cidr.parse_or_none(network.get("nonMasqueradeCIDR") or _RANGE)
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
    return str(cidr.subnet(cidr.prefix + 3, 0)) if cidr is not None and cidr.prefix <= 29 else _SERVICES


def _is_from(version: object, minor: int) -> bool:
    """Whether a version of Kubernetes is so new, or not told: kops of the same minor writes CrossSubnet since 1.22."""
    match = _MINOR.match(str(version or ""))
    return match is None or int(match[1]) >= minor


def read_instance_group(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read an InstanceGroup of kops: it may grow to maxSize, which the pools have to hold; bastions are no nodes."""
    spec = get_mapping(value, "spec")
    role = str(spec.get("role") or "Node")
    if role in ("Bastion", "APIServer"):
        return
    own = {} if role == "Node" else {"node-role.kubernetes.io/control-plane": ""}
    settings.add_group(
        get_mapping(value, "metadata").get("name"),
        {"maxSize": spec.get("maxSize"), "minSize": spec.get("minSize")},
        document.place(("spec",)),
        labels={**own, **get_mapping(spec, "nodeLabels")},
        max_pods=get_mapping(spec, "kubelet").get("maxPods"),
    )
