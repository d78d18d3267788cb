"""Manifests that installers take: the operator's Installation, kubeadm's ClusterConfiguration, calico-node itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...cidr import Cidr, Version
from ...findings import Finding
from ..document import Document
from .settings import DEFAULT_RANGE, NAMES, Settings, split, whole

_ENCAPSULATION = {
    "IPIP": ("Always", None),
    "IPIPCrossSubnet": ("CrossSubnet", None),
    "VXLAN": (None, "Always"),
    "VXLANCrossSubnet": (None, "CrossSubnet"),
    "None": (None, None),
}
_MODES = {
    "off": "Never",
    "never": "Never",
    "always": "Always",
    "crosssubnet": "CrossSubnet",
    "cross-subnet": "CrossSubnet",
}


def read_operator(value: Mapping[str, Any], document: Document, settings: Settings) -> None:
    """Read an Installation of operator.tigera.io/v1."""
    network = _mapping(_mapping(value, "spec"), "calicoNetwork")
    place = document.place(("spec", "calicoNetwork", "ipPools"))
    pools = network.get("ipPools")
    if pools is None:
        settings.add(NAMES[4], {"cidr": DEFAULT_RANGE, "ipipMode": "Always", "natOutgoing": True}, place)
        settings.fallback = True
        return
    for at, pool in enumerate(pools if isinstance(pools, list) else ()):
        if not isinstance(pool, Mapping):
            continue
        cidr = Cidr.maybe(pool.get("cidr"))
        version: Version = cidr.version if cidr else 4
        encapsulation = str(pool.get("encapsulation") or ("IPIP" if version == 4 else "None"))
        if encapsulation not in _ENCAPSULATION:
            where = document.place(("spec", "calicoNetwork", "ipPools", at, "encapsulation"))
            numbers = {"value": encapsulation, "choices": ", ".join(_ENCAPSULATION)}
            settings.problems.append(Finding("value-choice", numbers=numbers, place=where))
            continue
        ipip, vxlan = _ENCAPSULATION[encapsulation]
        spec = {
            "cidr": pool.get("cidr", ""),
            "blockSize": pool.get("blockSize"),
            "ipipMode": ipip,
            "vxlanMode": vxlan,
            "natOutgoing": pool.get("natOutgoing", "Enabled") == "Enabled",
            "nodeSelector": pool.get("nodeSelector"),
            "namespaceSelector": pool.get("namespaceSelector"),
            "allowedUses": pool.get("allowedUses"),
            "assignmentMode": pool.get("assignmentMode"),
            "disableBGPExport": pool.get("disableBGPExport"),
            "disabled": pool.get("disableNewAllocations"),
        }
        settings.add(
            str(pool.get("name") or NAMES[version]), spec, document.place(("spec", "calicoNetwork", "ipPools", at))
        )


def read_kubeadm(value: Mapping[str, Any], document: Document, settings: Settings) -> None:
    """Read a ClusterConfiguration of kubeadm."""
    networking = _mapping(value, "networking")
    settings.cluster += split(networking.get("podSubnet"))
    settings.services += split(networking.get("serviceSubnet") or "10.96.0.0/12")
    arguments = _arguments(_mapping(value, "controllerManager").get("extraArgs"))
    for family, names in ((4, ("node-cidr-mask-size-ipv4", "node-cidr-mask-size")), (6, ("node-cidr-mask-size-ipv6",))):
        for name in names:
            size = whole(arguments.get(name))
            if isinstance(size, int) and family not in settings.prefixes:
                settings.prefixes[family] = size, name  # type: ignore[index]
    for text in settings.cluster:
        cidr = Cidr.maybe(text)
        if cidr is None:
            place = document.place(("networking", "podSubnet"))
            settings.problems.append(Finding("cidr-syntax", numbers={"cidr": text}, place=place))
            continue
        size, name = settings.prefixes.get(cidr.version, (24 if cidr.version == 4 else 64, "node-cidr-mask-size"))
        if not 0 <= size - cidr.prefix <= 16:
            numbers: dict[str, object] = {"cidr": text, "size": size, "name": name}
            settings.notes.append(Finding("mask-too-far", text, numbers, document.place(("networking", "podSubnet"))))


def read_calico_node(value: Mapping[str, Any], document: Document, settings: Settings) -> None:
    """Read the environment of calico-node out of its DaemonSet."""
    given: dict[str, Any] = {}
    for at, each in _environment(value):
        name = str(each.get("name", ""))
        if "value" in each:
            given[name] = each["value"]
        elif name.startswith("CALICO_IPV") and "valueFrom" in each:
            numbers = {"name": name}
            settings.notes.append(Finding("setting-elsewhere", name, numbers, document.place(at)))
    read_environment(given, document, settings)


def read_environment(given: Mapping[str, Any], document: Document, settings: Settings) -> None:
    """Read calico-node's environment, as a mapping."""
    if str(given.get("NO_DEFAULT_POOLS", "")).lower() == "true":
        return
    versions: tuple[Version, ...] = (4, 6)
    for version in versions:
        of = f"CALICO_IPV{version}POOL_"
        cidr = given.get(f"{of}CIDR")
        if cidr is None and version == 6:
            continue  # a random range, if any
        if cidr is None:
            cidr, settings.fallback = DEFAULT_RANGE, True
        nat = given.get(f"{of}NAT_OUTGOING", "true" if version == 4 else "false")
        vxlan = _mode(given.get(f"{of}VXLAN", "Never"))
        # Without a word on either IPv4 is wrapped by IPIP.
        ipip = _mode(given.get(f"{of}IPIP", "Never" if vxlan != "Never" else "Always")) if version == 4 else None
        spec = {
            "cidr": str(cidr),
            "blockSize": whole(given[f"{of}BLOCK_SIZE"]) if f"{of}BLOCK_SIZE" in given else None,
            "ipipMode": ipip,
            "vxlanMode": vxlan,
            "natOutgoing": str(nat).lower() == "true",
            "nodeSelector": given.get(f"{of}NODE_SELECTOR"),
            "disableBGPExport": str(given.get(f"{of}DISABLE_BGP_EXPORT", "false")).lower() == "true",
        }
        settings.add(NAMES[version], spec, document.place(()))


def _mode(value: object) -> str:
    return _MODES.get(str(value).lower(), str(value))


def _environment(value: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, Any]]]:
    spec = _mapping(_mapping(_mapping(value, "spec"), "template"), "spec")
    containers = spec.get("containers")
    for at, container in enumerate(containers if isinstance(containers, list) else ()):
        if isinstance(container, Mapping) and container.get("name") == "calico-node":
            for number, each in enumerate(container.get("env") or ()):
                if isinstance(each, Mapping):
                    yield ("spec", "template", "spec", "containers", at, "env", number), each


def _arguments(value: object) -> dict[str, Any]:
    """Return extraArgs, which are a mapping in older and a list in newer versions of kubeadm."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, list):
        return {str(each.get("name")): each.get("value") for each in value if isinstance(each, Mapping)}
    return {}


def _mapping(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = value.get(key)
    return found if isinstance(found, Mapping) else {}
