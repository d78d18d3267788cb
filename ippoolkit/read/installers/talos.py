"""Talos: the machine configuration, and patches of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..document import Document
from .calico_node import NODE_SPECS
from .installer_settings import (
    DefaultPools,
    InstallerSettings,
    Weight,
    read_controller_arguments,
    set_default_node_prefix,
)
from .setting_values import get_list, get_mapping, parse_arguments, parse_network, positive_number, split_list

_TALOS_PATH = re.compile(r"/cluster/(?:network|controllerManager|apiServer)(?:/|$)|/machine/kubelet(?:/|$)")


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
    read_controller_arguments(arguments, settings, place, is_patch=is_patch)
    set_default_node_prefix(settings)
    kubelet = get_mapping(settings_of_machine, "machine", "kubelet")
    settings.max_pods = positive_number(parse_arguments(kubelet.get("extraArgs")).get("max-pods")) or settings.max_pods
    subnets = [subnet for subnet in split_list(get_mapping(kubelet, "nodeIP").get("validSubnets")) if subnet[0] != "!"]
    settings.add_ranges("nodes", subnets, document.place(("machine", "kubelet", "nodeIP")))
    interfaces = get_list(get_mapping(settings_of_machine, "machine", "network"), "interfaces")
    written = [text for interface in interfaces for text in _addresses_of(interface)]
    networks = [str(cidr) for text in written if (cidr := parse_network(text)) is not None]
    settings.add_ranges("nodes", networks, document.place(("machine", "network", "interfaces")))
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


def _addresses_of(interface: object) -> list[str]:
    """Return the addresses of an interface, those of its VLANs included; `cidr` is the name until Talos v0.12."""
    if not isinstance(interface, Mapping):
        return []
    own = [*split_list(interface.get("addresses")), *split_list(interface.get("cidr"))]
    return own + [text for vlan in get_list(interface, "vlans") for text in _addresses_of(vlan)]


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
