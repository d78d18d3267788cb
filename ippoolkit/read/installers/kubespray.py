"""Kubespray's inventory: hosts as INI or YAML, group_vars over the roles' defaults."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ...cidr import IPVersion
from ...findings import Finding, Place
from ..document import Document
from .installer_settings import InstallerSettings, parse_number

# What Kubespray's roles set where an inventory is silent.
DEFAULT_VARIABLES: dict[str, Any] = {
    "kube_network_plugin": "calico",
    "kube_pods_subnet": "10.233.64.0/18",
    "kube_service_addresses": "10.233.0.0/18",
    "kube_network_node_prefix": 24,
    "kube_pods_subnet_ipv6": "fd85:ee78:d8a6:8607::1:0000/112",
    "kube_service_addresses_ipv6": "fd85:ee78:d8a6:8607::1000/116",
    "kube_network_node_prefix_ipv6": 120,
    "ipv4_stack": True,
    "ipv6_stack": False,
    "kubelet_max_pods": 110,
    "calico_pool_name": "default-pool",
    "calico_pool_blocksize": 26,
    "calico_pool_blocksize_ipv6": 122,
    "calico_ipip_mode": "Never",
    "calico_vxlan_mode": "Always",
    "calico_ipip_mode_ipv6": "Never",
    "calico_vxlan_mode_ipv6": "Always",
    "nat_outgoing": True,
    "nat_outgoing_ipv6": False,
    "calico_ipam_host_local": False,
}
VARIABLE_NAMES = frozenset(DEFAULT_VARIABLES) | {
    "calico_pool_cidr",
    "calico_pool_cidr_ipv6",
    "enable_dual_stack_networks",
    "ipip",
    "ipip_mode",
    "calico_network_backend",
    "calico_cni_pool",
    "calico_cni_pool_ipv6",
}
# Those with hyphens are the names until v2.15.
_KUBERNETES_GROUPS = (
    "kube_control_plane",
    "kube_node",
    "k8s_cluster",
    "kube-master",
    "kube-node",
    "k8s-cluster",
)
_SECTION_HEADING = re.compile(r"\[([\w.-]{1,253})(?::(\w{1,20}))?\]$")
_HOST_RANGE = re.compile(r"([^\[]{0,253})\[(\d{1,9}):(\d{1,9})\]([^\[]{0,253})$")
_MAX_RANGE_HOSTS = 100_000


def is_ini_inventory(text: str) -> bool:
    """Whether a text is an INI inventory of Kubespray."""
    section_names = [match[1] for line in text.splitlines() if (match := _SECTION_HEADING.match(line.strip()))]
    return any(section_name in _KUBERNETES_GROUPS for section_name in section_names)


def parse_ini_hosts(text: str, file: str, problems: list[Finding]) -> list[str]:
    """Return the hosts of Kubernetes' groups in an INI inventory; ranges that are too long are problems."""
    groups: dict[str, list[str]] = {}
    children: dict[str, list[str]] = {}
    current_section: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split("#")[0].split(";")[0].split()
        if not words:
            continue
        if heading := _SECTION_HEADING.match(words[0]):
            kind = heading[2]
            current_section = (
                [] if kind == "vars" else (children if kind == "children" else groups).setdefault(heading[1], [])
            )
        else:
            current_section += _expand_range(words[0], Place(file, number), problems)
    return _member_hosts(groups, children)


def parse_yaml_hosts(value: Mapping[str, Any], document: Document, problems: list[Finding]) -> list[str]:
    """Return the hosts of Kubernetes' groups in a YAML inventory; ranges that are too long are problems."""
    groups: dict[str, list[str]] = {}
    children: dict[str, list[str]] = {}

    def add_group(name: str, group: object) -> None:
        if not isinstance(group, Mapping):
            return
        hosts, child_groups = group.get("hosts"), group.get("children")
        if isinstance(hosts, Mapping):
            groups.setdefault(name, []).extend(
                expanded_host
                for host in hosts
                for expanded_host in _expand_range(str(host), Place(document.file), problems)
            )
        if isinstance(child_groups, Mapping):
            children.setdefault(name, []).extend(map(str, child_groups))
            for key, child_group in child_groups.items():
                add_group(str(key), child_group)

    for key, top_group in value.items():
        add_group(str(key), top_group)
    return _member_hosts(groups, children)


def _member_hosts(groups: Mapping[str, list[str]], children: Mapping[str, list[str]]) -> list[str]:
    hosts: dict[str, None] = {}
    queue, visited = list(_KUBERNETES_GROUPS), set()
    while queue:
        name = queue.pop(0)
        if name not in visited:
            visited.add(name)
            hosts |= dict.fromkeys(groups.get(name, ()))
            queue += children.get(name, ())
    return list(hosts)


def _expand_range(host: str, place: Place, problems: list[Finding]) -> Iterator[str]:
    """Yield the hosts of `node[1:3]`."""
    if not (match := _HOST_RANGE.match(host)):
        yield host
        return
    before, first, last, after = match.groups()
    if int(last) - int(first) >= _MAX_RANGE_HOSTS:
        problems.append(Finding("host-range", params={"range": host[:80], "most": _MAX_RANGE_HOSTS}, place=place))
        return
    for number in range(int(first), int(last) + 1):
        yield f"{before}{number:0{len(first)}d}{after}"


def read_variables(variables: Mapping[str, tuple[Any, Place]], place: Place, settings: InstallerSettings) -> None:
    """Turn variables, each with its place, into pools and networks."""

    def variable(key: str, default: object = None) -> Any:
        value, variable_place = variables.get(key, (DEFAULT_VARIABLES.get(key, default), place))
        if isinstance(value, str) and "{{" in value:
            settings.notes.append(Finding("setting-elsewhere", key, {"name": key}, variable_place))
            return DEFAULT_VARIABLES.get(key, default)
        return value

    plugin = variable("kube_network_plugin")
    if plugin != "calico":
        settings.notes.append(Finding("other-plugin", params={"plugin": plugin}, place=place))
    if variable("calico_ipam_host_local"):
        settings.notes.append(Finding("host-local", place=variables["calico_ipam_host_local"][1]))
    max_pods = parse_number(variable("kubelet_max_pods"))
    settings.max_pods = max_pods if isinstance(max_pods, int) and 0 < max_pods <= 1_000_000 else 0
    defaults = dict(DEFAULT_VARIABLES)
    if old := {"ipip", "ipip_mode"} & set(variables):  # until v2.16: IPIP unless it was switched off
        is_off = old == {"ipip"} and variable("ipip") in (False, "false")
        mode = "Never" if is_off else str(variable("ipip_mode", "Always"))
        defaults |= {"calico_ipip_mode": mode, "calico_vxlan_mode": "Never"}
    is_dual_stack = variable("ipv6_stack") or variable("enable_dual_stack_networks")
    families: list[tuple[IPVersion, str]] = [(4, "")] if variable("ipv4_stack") else []
    families += [(6, "_ipv6")] if is_dual_stack else []
    for version, suffix in families:
        subnet = str(variable(f"kube_pods_subnet{suffix}"))
        settings.cluster_cidrs.append(subnet)
        settings.service_cidrs.append(str(variable(f"kube_service_addresses{suffix}")))
        name = f"kube_network_node_prefix{suffix}"
        settings.set_node_prefix(version, variable(name), name)
        written_cidr = variable(f"calico_pool_cidr{suffix}")
        names = {
            "blockSize": f"calico_pool_blocksize{suffix}",
            "ipipMode": f"calico_ipip_mode{suffix}",
            "vxlanMode": f"calico_vxlan_mode{suffix}",
            "natOutgoing": f"nat_outgoing{suffix}",
        }
        spec = {key: parse_number(variable(name)) for key, name in names.items() if name in variables}
        if "natOutgoing" in spec:
            spec["natOutgoing"] = spec["natOutgoing"] in (True, "true")
        if written_cidr or f"kube_pods_subnet{suffix}" in variables:
            spec["cidr"] = str(written_cidr or subnet)
        pool_defaults = {"cidr": subnet, **{key: defaults[name] for key, name in names.items()}}
        pool_place = variables.get(
            f"calico_pool_cidr{suffix}", variables.get(f"calico_pool_blocksize{suffix}", (None, place))
        )[1]
        pool_name = f"{variable('calico_pool_name')}{suffix.replace('_', '-')}"
        settings.add_pool(pool_name, spec, pool_place, "Kubespray", pool_defaults)
    if variables.get("calico_cni_pool", (None, place))[0]:
        settings.cni_pools = {4: (str(variable("calico_pool_name")),), 6: ()}
