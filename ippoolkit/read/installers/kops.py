"""kops: its Cluster, whose pods have the upper half of nonMasqueradeCIDR, and its InstanceGroups."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ...calico.limits import DEFAULT_BLOCK_SIZE
from ...cidr import Cidr, IPVersion
from ..plain_values import get_mapping, get_mappings
from .installer_input import InstallerInput
from .installer_settings import DefaultPools

_RANGE = "100.64.0.0/10"  # nonMasqueradeCIDR, where nothing is said
_SERVICES = "100.64.0.0/13"
_MINOR = re.compile(r"v?1\.(\d{1,3})")


def read_kops(source: InstallerInput) -> None:
    """Read a Cluster of kops: the pods' range is the upper half of nonMasqueradeCIDR where nothing else says it."""
    settings, spec = source.settings, source.part("spec")
    networking = spec.part("networking")
    if not networking.value:
        networking = spec.part("networkSpec")
    network = {**spec.value, **networking.value}  # v1alpha3 has the ranges inside networking
    non_masquerade = Cidr.parse_or_none(network.get("nonMasqueradeCIDR") or _RANGE)
    is_ipv6 = non_masquerade is not None and non_masquerade.version == 6
    place = spec.place("podCIDR" if "podCIDR" in spec.value else "nonMasqueradeCIDR")
    pods = network.get("podCIDR") or spec.get("kubeControllerManager", "clusterCIDR")
    upper_half = "" if non_masquerade is None or is_ipv6 else str(non_masquerade.subnet(non_masquerade.prefix + 1, 1))
    settings.add_ranges("cluster", pods, place, default=upper_half)
    services = network.get("serviceClusterIPRange") or spec.get("kubeAPIServer", "serviceClusterIPRange")
    service_default = "fd00:5e4f:ce::/108" if is_ipv6 else _lower_eighth(non_masquerade)
    settings.add_ranges("services", services, spec.place("serviceClusterIPRange"), default=service_default)
    subnets = [cidr for subnet in get_mappings(network, "subnets") if (cidr := subnet.get("cidr"))]
    settings.add_ranges("nodes", subnets or network.get("networkCIDR"), spec.place("subnets"))
    settings.set_max_pods(spec.get("kubelet", "maxPods"))
    if "calico" not in networking.value:
        plugin = ", ".join(key for key, value in networking.value.items() if isinstance(value, Mapping)) or "kubenet"
        spec.note_other_plugin(plugin, "networking")
        return
    calico = networking.part("calico")
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


def read_instance_group(source: InstallerInput) -> None:
    """Read an InstanceGroup of kops: it may grow to maxSize, which the pools have to hold; bastions are no nodes."""
    spec = source.part("spec")
    role = str(spec.get("role") or "Node")
    if role in ("Bastion", "APIServer"):
        return
    role_labels = {} if role == "Node" else {"node-role.kubernetes.io/control-plane": ""}
    spec.add_group(
        source.get("metadata", "name"),
        ("maxSize", "minSize"),
        labels={**role_labels, **get_mapping(spec.value, "nodeLabels")},
        max_pods=spec.get("kubelet", "maxPods"),
    )
