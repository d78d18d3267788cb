"""Inputs of KubeKey and OKD: pod and service ranges in their own words; Calico's pools follow from their defaults."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ...calico.limits import DEFAULT_BLOCK_SIZE
from ...cidr import Cidr, IPVersion
from ...findings import Finding
from ..document import Document, FieldPath
from .calico_node import NODE_SPECS
from .installer_settings import DefaultPools, InstallerSettings
from .setting_values import get_list, get_mapping, parse_number, positive_number, split_list
from .tigera_operator import OPERATOR_SPECS


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
    _add_machine_pools(value, document, settings)
    plugin = str(
        network.get("networkType") or network.get("type") or get_mapping(network, "defaultNetwork").get("type")
    )
    if plugin.lower() not in ("calico", "none", "raw"):
        settings.note_other_plugin(plugin, document.place((parent, "networkType")))
        return
    settings.default_pools.append(DefaultPools("Tigera operator", place, OPERATOR_SPECS, platform_only=True))


def _add_machine_pools(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Add the nodes of install-config's controlPlane and compute pools."""
    control_plane = get_mapping(value, "controlPlane")
    pools: list[tuple[FieldPath, Any, str]] = [(("controlPlane",), control_plane, "master")] if control_plane else []
    pools += [(("compute", index), pool, "worker") for index, pool in enumerate(get_list(value, "compute"))]
    for path, pool, role in pools:
        if isinstance(pool, Mapping):
            settings.add_group(
                pool.get("name") or role,
                {"replicas": pool.get("replicas")},
                document.place(path),
                labels={f"node-role.kubernetes.io/{role}": ""},
            )
