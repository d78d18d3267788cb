"""Kubespray's inventory: hosts as INI or YAML, group_vars over the roles' defaults, of 2018 to now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from ...cidr import IPVersion
from ...findings import Finding, Place
from ..document import Document
from ..json_text import load_json
from ..plain_values import get_mapping
from .installer_settings import InstallerSettings
from .setting_values import canonical_pool, is_template, parse_number, typed_value

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
    "calico_wireguard_enabled",
    "kube_version",
}
# Those with hyphens are the names until v2.15.
_OLD_GROUPS = ("kube-master", "kube-node", "k8s-cluster")
_KUBERNETES_GROUPS = ("kube_control_plane", "kube_node", "k8s_cluster", *_OLD_GROUPS)
_SECTION_HEADING = re.compile(r"\[([\w.-]{1,253})(?::(\w{1,20}))?\]$")
_HOST_RANGE = re.compile(
    r"([^\[]{0,253})\[(\d{1,9}|[a-zA-Z]):(\d{1,9}|[a-zA-Z])(?::(\d{1,9}))?\](.{0,253})$"  # first, last, stride
)
# A variable alone, perhaps with what stands in for it: `{{ kube_pods_subnet | default('10.1.0.0/16') }}`.
_REFERENCE = re.compile(
    r"\{\{\s*(?P<name>\w{1,100})\s*(?:\|\s*default\(\s*['\"](?P<default>[^'\"]{0,200})['\"]\s*(?:,\s*\w+\s*)?\)\s*)?"
    r"(?:\|\s*(?:int|string|bool)\s*)?\}\}"
)
_MOST_REFERENCES = 5  # one behind the other
_MAX_RANGE_HOSTS = 100_000
# Variables of a host that tell its own address, the one that counts first.
_ADDRESS_VARIABLES = ("ip", "access_ip", "ip6", "ansible_host", "ansible_ssh_host")
_KUBE_MINOR = re.compile(r"v?1\.(\d{1,3})(?:\.|$)")
# The last minor of Kubernetes that v2.18 installs beside v2.19, which made VXLAN the default, and the same of v2.20,
# which made 26 the blockSize instead of kube_network_node_prefix.
_LAST_MINOR_WITH_IPIP, _LAST_MINOR_WITH_NODE_PREFIX = 20, 21

Variables = dict[str, tuple[Any, Place]]


def is_ini_inventory(text: str) -> bool:
    """Whether a text is an INI inventory of Kubespray."""
    headings = (_SECTION_HEADING.match(line.strip()) for line in text.splitlines())
    return any(heading is not None and heading[1] in _KUBERNETES_GROUPS for heading in headings)


def read_ini_hosts(text: str, file: str, settings: InstallerSettings) -> Variables:
    """Read the hosts of Kubernetes' groups in an INI inventory; return the variables of its groups."""
    groups: dict[str, list[str]] = {}
    children: dict[str, list[str]] = {}
    host_variables: dict[str, dict[str, str]] = {}
    variables: Variables = {}
    kind, members = "", []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split(" #")[0].split(";")[0].split()
        if not words or words[0].startswith("#"):
            continue
        if heading := _SECTION_HEADING.match(words[0]):
            kind = heading[2] or ""
            members = (children if kind == "children" else groups).setdefault(heading[1], [])
        elif kind == "vars":
            key, _, value = line.split(" #")[0].partition("=")
            variables[key.strip()] = typed_value(value.strip()), Place(file, number)
        else:
            assigned = dict(word.split("=", 1) for word in words[1:] if "=" in word)
            for host in _expand_range(words[0], Place(file, number), settings.problems):
                members.append(host)
                host_variables.setdefault(host, {}).update(assigned)
    _add_nodes(groups, children, host_variables, settings)
    return {key: value for key, value in variables.items() if key in VARIABLE_NAMES}


def is_yaml_inventory(value: Mapping[str, Any]) -> bool:
    """Whether a document is a YAML inventory with groups of Kubernetes."""
    children = get_mapping(value, "all", "children")
    groups = {*value, *children}
    return bool(groups & set(_KUBERNETES_GROUPS)) and any(
        isinstance(get_mapping(container).get(key), Mapping)
        for container in (*value.values(), *children.values())
        for key in ("hosts", "children")
    )


def read_yaml_hosts(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> Variables:
    """Read the hosts of Kubernetes' groups in a YAML inventory; return the variables of its groups."""
    groups: dict[str, list[str]] = {}
    children: dict[str, list[str]] = {}
    host_variables: dict[str, dict[str, Any]] = {}
    variables: Variables = {}

    def add_group(name: str, group: object, path: tuple[str, ...]) -> None:
        members = groups.setdefault(name, [])
        for host, assigned in get_mapping(group, "hosts").items():
            for expanded in _expand_range(str(host), document.place((*path, "hosts", str(host))), settings.problems):
                members.append(expanded)
                host_variables.setdefault(expanded, {}).update(get_mapping(assigned))
        for key, variable in get_mapping(group, "vars").items():
            if key in VARIABLE_NAMES:
                variables[key] = variable, document.place((*path, "vars", key))
        for key, child_group in get_mapping(group, "children").items():
            children.setdefault(name, []).append(str(key))
            add_group(str(key), child_group, (*path, "children", str(key)))

    for key, top_group in value.items():
        add_group(str(key), top_group, (str(key),))
    _add_nodes(groups, children, host_variables, settings)
    return variables


def _add_nodes(
    groups: Mapping[str, list[str]],
    children: Mapping[str, list[str]],
    host_variables: Mapping[str, Mapping[str, Any]],
    settings: InstallerSettings,
) -> None:
    """Add the hosts of Kubernetes' groups, the groups inside them included."""
    settings.has_old_groups |= any(groups.get(name) or children.get(name) for name in _OLD_GROUPS)
    queue, visited = list(_KUBERNETES_GROUPS), set()
    while queue:
        name = queue.pop(0)
        if name in visited:
            continue
        visited.add(name)
        queue += children.get(name, ())
        for host in groups.get(name, ()):
            _add_node(host, host_variables.get(host, {}), settings)


def _add_node(host: str, variables: Mapping[str, Any], settings: InstallerSettings) -> None:
    address = next((str(variables[key]) for key in _ADDRESS_VARIABLES if variables.get(key)), "")
    labels = variables.get("node_labels")
    if isinstance(labels, str):  # in an INI inventory they are JSON in quotes
        try:
            labels = load_json(labels.strip("'\""))
        except ValueError:
            labels = None
    settings.add_node(host, address, labels)


def _expand_range(host: str, place: Place, problems: list[Finding]) -> Iterator[str]:
    """Yield the hosts of `node[1:3]`, `node[01:09:2]` or `r[a:c]n[1:2]`, as Ansible does: both ends belong to it."""
    match = _HOST_RANGE.match(host)
    if match is None or match[2].isdigit() != match[3].isdigit():
        yield host
        return
    before, first, last, stride, after = match.groups()
    is_number = first.isdigit()
    start, end = (int(first), int(last)) if is_number else (ord(first), ord(last))
    step, endings = int(stride or 1), list(_expand_range(after, place, problems))
    if step < 1 or ((end - start) // step + 1) * len(endings) > _MAX_RANGE_HOSTS:
        problems.append(Finding("host-range", params={"range": host[:80], "most": _MAX_RANGE_HOSTS}, place=place))
        return
    for number in range(start, end + 1, step):
        part = f"{number:0{len(first)}d}" if is_number else chr(number)
        yield from (f"{before}{part}{ending}" for ending in endings)


def _role_defaults(
    variables: Mapping[str, tuple[Any, Place]], settings: InstallerSettings
) -> tuple[dict[str, Any], bool]:
    """Return what the roles of the release fill in, and whether it is one that makes the node prefix the blockSize.

    Until v2.18 pods' traffic was wrapped in IPIP, until v2.19 `kube_network_node_prefix` was the blockSize. Which
    release it is tell the names of groups (until v2.15), `ipip` (until v2.16) and the version of Kubernetes.
    """
    defaults = dict(DEFAULT_VARIABLES)
    written_version = str(variables.get("kube_version", ("", None))[0])
    match = _KUBE_MINOR.match(written_version)
    minor = int(match[1]) if match else None
    is_old = settings.has_old_groups or bool({"ipip", "ipip_mode"} & set(variables))
    if is_old or (minor is not None and minor <= _LAST_MINOR_WITH_IPIP):
        is_off = "ipip_mode" not in variables and variables.get("ipip", (True, None))[0] in (False, "false")
        mode = "Never" if is_off else str(variables.get("ipip_mode", ("Always", None))[0])
        defaults |= {"calico_ipip_mode": mode, "calico_vxlan_mode": "Never"}
    has_node_prefix = is_old or (minor is not None and minor <= _LAST_MINOR_WITH_NODE_PREFIX)
    if has_node_prefix:
        for suffix in ("", "_ipv6"):
            name = f"kube_network_node_prefix{suffix}"
            defaults[f"calico_pool_blocksize{suffix}"] = parse_number(variables.get(name, (defaults[name], None))[0])
    return defaults, has_node_prefix


def _resolve(variables: Mapping[str, tuple[Any, Place]], settings: InstallerSettings) -> Variables:
    """Return the variables with references to one another written out; those that refer elsewhere are left out."""
    resolved: Variables = {}
    for key, (written, place) in variables.items():
        value = written
        for _ in range(_MOST_REFERENCES):
            reference = _REFERENCE.fullmatch(value.strip()) if isinstance(value, str) else None
            if reference is None:
                break
            name, default = reference["name"], reference["default"]
            other_value = variables[name][0] if name in variables else DEFAULT_VARIABLES.get(name)
            value = other_value if other_value is not None else typed_value(default) if default is not None else None
        if value is None or is_template(value):
            settings.notes.append(Finding("setting-elsewhere", key, {"name": key}, place))
        else:
            resolved[key] = value, place
    return resolved


def path_parts(file: str) -> tuple[str, str]:
    """Return whether a file is one of group_vars or host_vars, and of which group or host; empty where it is none."""
    parts = PurePath(file).parts
    for folder in ("group_vars", "host_vars"):
        if folder in parts[:-1]:
            name = parts[parts.index(folder) + 1]
            return folder, name if len(parts) > parts.index(folder) + 2 else PurePath(name).stem
    return "", ""


def add_host_variables(host: str, value: Mapping[str, Any], settings: InstallerSettings) -> None:
    """Add what host_vars say of a host of the inventory."""
    if host in settings.nodes:
        _add_node(host, value, settings)


@dataclass(frozen=True, slots=True)
class _RoleVariables:
    """Variables of an inventory over what the roles of its release fill in."""

    written: Variables
    defaults: Mapping[str, Any]
    place: Place  # of what is not written
    has_node_prefix: bool  # whether the release makes the node prefix the blockSize

    def get(self, name: str) -> Any:
        return self.written[name][0] if name in self.written else self.defaults.get(name)

    def place_of(self, *names: str) -> Place:
        """Return the place of the first that is written."""
        return next((self.written[name][1] for name in names if name in self.written), self.place)


def read_variables(variables: Mapping[str, tuple[Any, Place]], place: Place, settings: InstallerSettings) -> None:
    """Turn variables, each with its place, into pools and networks."""
    written = _resolve(variables, settings)
    defaults, has_node_prefix = _role_defaults(written, settings)
    role_variables = _RoleVariables(written, defaults, place, has_node_prefix)
    variable = role_variables.get
    plugin = variable("kube_network_plugin")
    if plugin != "calico":
        settings.notes.append(Finding("other-plugin", params={"plugin": plugin}, place=place))
    if variable("calico_ipam_host_local"):
        settings.notes.append(Finding("host-local", place=role_variables.place_of("calico_ipam_host_local")))
    settings.wireguard |= variable("calico_wireguard_enabled") is True
    settings.set_max_pods(variable("kubelet_max_pods"))
    is_dual_stack = variable("ipv6_stack") or variable("enable_dual_stack_networks")
    cni_pools: dict[IPVersion, tuple[str, ...]] = {4: (), 6: ()}
    if variable("ipv4_stack"):
        cni_pools[4] = (_add_pool(4, role_variables, settings),)
    if is_dual_stack:
        cni_pools[6] = (_add_pool(6, role_variables, settings),)
    # The nodes' CNI configuration named the pool from 2018 to v2.22.
    if settings.cni_pools is None and (role_variables.has_node_prefix or variable("calico_cni_pool")):
        settings.cni_pools, settings.is_cni_assumed = cni_pools, True


def _add_pool(version: IPVersion, variables: _RoleVariables, settings: InstallerSettings) -> str:
    """Add the networks of a family and the pool over them; return the pool's range."""
    suffix = "" if version == 4 else "_ipv6"
    subnet_name, services_name = f"kube_pods_subnet{suffix}", f"kube_service_addresses{suffix}"
    subnet, services = str(variables.get(subnet_name)), str(variables.get(services_name))
    settings.add_ranges("cluster", subnet, variables.place_of(subnet_name))
    settings.add_ranges("services", services, variables.place_of(services_name))
    prefix_name = f"kube_network_node_prefix{suffix}"
    settings.set_node_prefix(version, variables.get(prefix_name), prefix_name)
    names = {
        "blockSize": f"calico_pool_blocksize{suffix}",
        "ipipMode": f"calico_ipip_mode{suffix}",
        "vxlanMode": f"calico_vxlan_mode{suffix}",
        "natOutgoing": f"nat_outgoing{suffix}",
    }
    spec = {key: parse_number(variables.get(name)) for key, name in names.items() if name in variables.written}
    if "natOutgoing" in spec:
        spec["natOutgoing"] = spec["natOutgoing"] in (True, "true")
    pool_cidr = variables.get(f"calico_pool_cidr{suffix}")
    if pool_cidr or subnet_name in variables.written:
        spec["cidr"] = str(pool_cidr or subnet)
    defaults = {"cidr": subnet, **{key: variables.defaults[name] for key, name in names.items()}}
    place = variables.place_of(f"calico_pool_cidr{suffix}", names["blockSize"])
    pool_name = f"{variables.get('calico_pool_name')}{suffix.replace('_', '-')}"
    settings.add_pool(pool_name, spec, place, "Kubespray", defaults)
    if variables.has_node_prefix and "blockSize" not in spec:
        params = {
            "size": defaults["blockSize"],
            "name": prefix_name,
            "default": DEFAULT_VARIABLES[names["blockSize"]],
        }
        settings.notes.append(Finding("kubespray-old", f"IPPool/{pool_name}", params, place))
    return canonical_pool(str(pool_cidr or subnet))
