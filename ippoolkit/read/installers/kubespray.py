"""Kubespray's inventory: hosts as INI or YAML, group_vars over the roles' defaults."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ...cidr import Version
from ...findings import Finding, Place
from .settings import Settings, whole

# What Kubespray's roles set where an inventory is silent.
DEFAULTS: dict[str, Any] = {
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
KEYS = frozenset(DEFAULTS) | {"calico_pool_cidr", "calico_pool_cidr_ipv6", "enable_dual_stack_networks"}
_GROUPS = ("kube_control_plane", "kube_node", "k8s_cluster")
_HEAD = re.compile(r"\[([\w.-]+)(?::(\w+))?\]$")
_RANGE = re.compile(r"(.*)\[(\d+):(\d+)\](.*)$")
_MOST_HOSTS = 100_000


def is_inventory(text: str) -> bool:
    """Whether a text is an INI inventory of Kubespray."""
    heads = [found[1] for line in text.splitlines() if (found := _HEAD.match(line.strip()))]
    return any(head in _GROUPS for head in heads)


def hosts_of_ini(text: str) -> list[str]:
    """Return the hosts of Kubernetes' groups in an INI inventory."""
    groups: dict[str, list[str]] = {}
    children: dict[str, list[str]] = {}
    into: list[str] = []
    for line in text.splitlines():
        words = line.split("#")[0].split(";")[0].split()
        if not words:
            continue
        if head := _HEAD.match(words[0]):
            kind = head[2]
            into = [] if kind == "vars" else (children if kind == "children" else groups).setdefault(head[1], [])
        else:
            into += _expanded(words[0])
    return _members(groups, children)


def hosts_of_yaml(value: Mapping[str, Any]) -> list[str]:
    """Return the hosts of Kubernetes' groups in a YAML inventory."""
    groups: dict[str, list[str]] = {}
    children: dict[str, list[str]] = {}

    def walk(name: str, group: object) -> None:
        if not isinstance(group, Mapping):
            return
        hosts, below = group.get("hosts"), group.get("children")
        if isinstance(hosts, Mapping):
            groups.setdefault(name, []).extend(each for host in hosts for each in _expanded(str(host)))
        if isinstance(below, Mapping):
            children.setdefault(name, []).extend(map(str, below))
            for key, each in below.items():
                walk(str(key), each)

    for key, each in value.items():
        walk(str(key), each)
    return _members(groups, children)


def _members(groups: Mapping[str, list[str]], children: Mapping[str, list[str]]) -> list[str]:
    found: dict[str, None] = {}
    waiting, done = list(_GROUPS), set()
    while waiting:
        name = waiting.pop(0)
        if name not in done:
            done.add(name)
            found |= dict.fromkeys(groups.get(name, ()))
            waiting += children.get(name, ())
    return list(found)


def _expanded(host: str) -> Iterator[str]:
    """Yield the hosts of `node[1:3]`."""
    if not (found := _RANGE.match(host)):
        yield host
        return
    head, first, last, tail = found.groups()
    for number in range(int(first), min(int(last), int(first) + _MOST_HOSTS) + 1):
        yield f"{head}{number:0{len(first)}d}{tail}"


def read_variables(given: Mapping[str, tuple[Any, Place]], place: Place, settings: Settings) -> None:
    """Turn variables, each with its place, into pools and networks."""

    def of(key: str, default: object = None) -> Any:
        value, where = given.get(key, (DEFAULTS.get(key, default), place))
        if isinstance(value, str) and "{{" in value:
            settings.notes.append(Finding("setting-elsewhere", key, {"name": key}, where))
            return DEFAULTS.get(key, default)
        return value

    plugin = of("kube_network_plugin")
    if plugin != "calico":
        settings.notes.append(Finding("other-plugin", numbers={"plugin": plugin}, place=place))
    if of("calico_ipam_host_local"):
        settings.notes.append(Finding("host-local", place=given["calico_ipam_host_local"][1]))
    settings.max_pods = of("kubelet_max_pods") if isinstance(of("kubelet_max_pods"), int) else 0
    dual = of("ipv6_stack") or of("enable_dual_stack_networks")
    families: list[tuple[Version, str]] = [(4, "")] if of("ipv4_stack") else []
    families += [(6, "_ipv6")] if dual else []
    for version, tail in families:
        subnet = str(of(f"kube_pods_subnet{tail}"))
        settings.cluster.append(subnet)
        settings.services.append(str(of(f"kube_service_addresses{tail}")))
        prefix = whole(of(f"kube_network_node_prefix{tail}"))
        if isinstance(prefix, int):
            settings.prefixes[version] = prefix, f"kube_network_node_prefix{tail}"
        spec = {
            "cidr": str(of(f"calico_pool_cidr{tail}") or subnet),
            "blockSize": whole(of(f"calico_pool_blocksize{tail}")),
            "ipipMode": of(f"calico_ipip_mode{tail}"),
            "vxlanMode": of(f"calico_vxlan_mode{tail}"),
            "natOutgoing": bool(of(f"nat_outgoing{tail}")),
        }
        where = given.get(f"calico_pool_cidr{tail}", given.get(f"calico_pool_blocksize{tail}", (None, place)))[1]
        settings.add(f"{of('calico_pool_name')}{tail.replace('_', '-')}", spec, where)
