"""Inputs of KubeKey and OKD: pod and service ranges in their own words; Calico's pools follow from their defaults."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ...calico.limits import DEFAULT_BLOCK_SIZE
from ...cidr import Cidr, IPVersion
from ...findings import Finding
from ..plain_values import get_list, get_mapping
from .calico_node import NODE_SPECS
from .installer_input import InstallerInput
from .installer_settings import DefaultPools, InstallerSettings
from .setting_values import parse_number, split_list
from .tigera_operator import OPERATOR_SPECS

_KUBEKEY_RANGE = "10.233.64.0/18"  # KubeKey's, where kubePodsCIDR is not written
_HOST_RANGE = re.compile(r"([^\[]{0,200})\[(\d{1,5}):(\d{1,5})\]([^\[]{0,53})$")


def read_kubekey(source: InstallerInput) -> None:
    """Read a Cluster of KubeKey, which makes nodeCidrMaskSize the pool's blockSize."""
    settings, spec = source.settings, source.part("spec")
    network, kubernetes = spec.part("network"), spec.part("kubernetes")
    network.add_ranges("cluster", "kubePodsCIDR", default=_KUBEKEY_RANGE)
    network.add_ranges("services", "kubeServiceCIDR", default="10.233.0.0/18")
    settings.set_max_pods(kubernetes.get("maxPods"))
    for host in spec.parts("hosts"):
        _add_kubekey_hosts(host.value, settings)
    plugin = network.value.get("plugin", "calico")
    if plugin != "calico":
        network.note_other_plugin(plugin, "plugin")
        return
    pod_ranges = split_list(network.get("kubePodsCIDR"))
    for text in pod_ranges or [_KUBEKEY_RANGE]:
        _add_kubekey_pool(text, network, kubernetes, is_written=bool(pod_ranges))


def _add_kubekey_pool(text: str, network: InstallerInput, kubernetes: InstallerInput, *, is_written: bool) -> None:
    """Add the pool over a range, which is written or KubeKey's default."""
    settings, calico = network.settings, network.part("calico")
    cidr = Cidr.parse_or_none(text)
    version: IPVersion = cidr.version if cidr else 4
    key, default_mask = ("nodeCidrMaskSize", 24) if version == 4 else ("nodeCidrMaskSizeIPv6", 64)
    mask, mask_place = parse_number(kubernetes.get(key)), kubernetes.place(key)
    settings.set_node_prefix(version, mask or default_mask, key)
    block_size = mask or (24 if version == 4 else DEFAULT_BLOCK_SIZE[6])
    spec = {
        "cidr": text if is_written else None,
        "blockSize": mask,
        "ipipMode": calico.get("ipipMode") if version == 4 else None,
        "vxlanMode": calico.get("vxlanMode"),
        "natOutgoing": calico.get(f"ipv{version}NatOutgoing"),
    }
    is_wrapped = str(spec["vxlanMode"] or "Never") != "Never"
    defaults = {**NODE_SPECS[version], "cidr": text, "blockSize": block_size}
    if version == 4 and is_wrapped:
        defaults["ipipMode"] = "Never"
    name = "default-pool" if version == 4 else "default-pool-ipv6"
    settings.add_pool(name, spec, mask_place if mask else network.place("kubePodsCIDR"), "KubeKey", defaults)
    if version == 4 or mask:
        params = {"size": block_size, "name": key, "default": DEFAULT_BLOCK_SIZE[version]}
        settings.notes.append(Finding("mask-is-block-size", f"IPPool/{name}", params, mask_place))


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
    has_networks = any(get_list(value, "networking", key) for key in ("clusterNetwork", "clusterNetworks"))
    return "kind" not in value and has_networks


def read_openshift(source: InstallerInput) -> None:
    """Read OKD's install-config, or its Network: clusterNetwork with hostPrefix, serviceNetwork, machineNetwork."""
    settings = source.settings
    network = source.part("networking" if get_mapping(source.value, "networking") else "spec")
    key = "clusterNetwork" if "clusterNetwork" in network.value else "clusterNetworks"  # the latter until 4.0
    place = network.place(key)
    for entry in network.parts(key):
        text = str(entry.get("cidr") or "")
        settings.add_ranges("cluster", text, place, is_platform=True)
        length = parse_number(entry.get("hostSubnetLength"))
        prefix = 32 - length if isinstance(length, int) else entry.get("hostPrefix")
        settings.set_node_prefix(6 if ":" in text else 4, prefix, "hostPrefix")
    services = network.get("serviceNetwork") or network.get("serviceCIDR")
    settings.add_ranges("services", services, network.place("serviceNetwork"), default="172.30.0.0/16")
    machines = [entry.get("cidr") for entry in network.parts("machineNetwork")]
    settings.add_ranges("nodes", machines or network.get("machineCIDR"), network.place("machineNetwork"))
    _add_machine_pools(source)
    plugin = str(network.get("networkType") or network.get("type") or network.get("defaultNetwork", "type"))
    if plugin.lower() not in ("calico", "none", "raw"):
        network.note_other_plugin(plugin, "networkType")
        return
    settings.default_pools.append(DefaultPools("Tigera operator", place, OPERATOR_SPECS, platform_only=True))


def _add_machine_pools(source: InstallerInput) -> None:
    """Add the nodes of install-config's controlPlane and compute pools."""
    control_plane = source.part("controlPlane")
    pools = [(control_plane, "master")] if control_plane.value else []
    pools += [(pool, "worker") for pool in source.parts("compute")]
    for pool, role in pools:
        labels = {f"node-role.kubernetes.io/{role}": ""}
        pool.add_group(pool.get("name") or role, ("replicas",), labels=labels)
