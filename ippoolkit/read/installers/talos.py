"""Talos: the machine configuration, and patches of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ...cidr import Cidr
from ..plain_values import get_mapping, get_mappings
from .calico_node import NODE_SPECS
from .installer_input import InstallerInput
from .installer_settings import DefaultPools, Weight, read_controller_arguments, set_default_node_prefix
from .setting_values import parse_arguments, split_list

_TALOS_PATH = re.compile(r"/cluster/(?:network|controllerManager|apiServer)(?:/|$)|/machine/kubelet(?:/|$)")


def is_talos(value: Mapping[str, Any]) -> bool:
    """Whether a document is Talos' machine configuration."""
    network = get_mapping(value, "cluster", "network")
    if not network or "kind" in value:
        return False
    return "machine" in value or bool({"podSubnets", "serviceSubnets", "cni"} & set(network))


def is_patch_list(value: list[Any]) -> bool:
    """Whether a document is a list of JSON patches of the machine configuration."""
    return any(isinstance(patch, Mapping) and _TALOS_PATH.match(str(patch.get("path", ""))) for patch in value)


def read_talos(source: InstallerInput) -> None:
    """Read Talos' machine configuration; without the machine's type it is a patch, which wins over what it patches."""
    settings, network = source.settings, source.part("cluster", "network")
    is_patch = not source.get("machine", "type")
    weight = Weight.PATCH if is_patch else Weight.WRITTEN
    is_silent = is_patch and "podSubnets" not in network.value and bool(settings.ranges.get("cluster"))
    place = network.place("podSubnets")
    network.add_ranges("cluster", "podSubnets", default="" if is_silent else "10.244.0.0/16", weight=weight)
    services = network.get("serviceSubnets")
    settings.add_ranges("services", services, place, default="10.96.0.0/12", weight=weight)
    arguments = parse_arguments(source.get("cluster", "controllerManager", "extraArgs"))
    read_controller_arguments(arguments, settings, place, is_patch=is_patch)
    set_default_node_prefix(settings)
    kubelet = source.part("machine", "kubelet")
    settings.set_max_pods(parse_arguments(kubelet.get("extraArgs")).get("max-pods"))
    subnets = [subnet for subnet in split_list(kubelet.get("nodeIP", "validSubnets")) if subnet[0] != "!"]
    settings.add_ranges("nodes", subnets, kubelet.place("nodeIP"))
    interfaces = get_mappings(source.value, "machine", "network", "interfaces")
    networks = [
        str(cidr)
        for interface in interfaces
        for text in _addresses_of(interface)
        if (cidr := Cidr.parse_network_or_address(text)) is not None
    ]
    settings.add_ranges("nodes", networks, source.place("machine", "network", "interfaces"))
    urls, name = " ".join(split_list(network.get("cni", "urls"))), str(network.get("cni", "name") or "")
    if name == "flannel" or (name == "custom" and "calico" not in urls):
        network.note_other_plugin(name, "cni")
        return
    if not name and not is_patch:
        network.note_other_plugin("flannel", "cni")  # by default; the pool is what Calico would have
    if is_patch and name:  # what the configuration without the patch would have
        settings.notes[:] = [
            note for note in settings.notes if note.code != "plugin-other" or note.params.get("plugin") != "flannel"
        ]
    if not (is_patch and any(pools.installer == "Talos" for pools in settings.default_pools)):
        settings.default_pools.append(DefaultPools("Talos", place, NODE_SPECS, assumed=True))


def _addresses_of(interface: Mapping[str, Any]) -> list[str]:
    """Return the addresses of an interface, those of its VLANs included; `cidr` is the name until Talos v0.12."""
    addresses = [*split_list(interface.get("addresses")), *split_list(interface.get("cidr"))]
    return addresses + [text for vlan in get_mappings(interface, "vlans") for text in _addresses_of(vlan)]


def apply_patches(patches: list[Any]) -> Mapping[str, Any]:
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
