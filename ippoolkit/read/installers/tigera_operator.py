"""The Tigera operator: its Installation, the values of its Helm chart, and the objects that carry such values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...calico.limits import DEFAULT_BLOCK_SIZE
from ...cidr import Cidr, IPVersion, address_from_int
from ...findings import Finding
from ..plain_values import get_mapping, get_value
from ..validation import short_value
from .installer_input import InstallerInput
from .installer_settings import DEFAULT_POOL_NAMES, DEFAULT_RANGE, DefaultPools
from .setting_values import split_list, with_assignments
from .tracked_settings import TrackedMapping

# What the operator makes of an encapsulation: ipipMode and vxlanMode.
_ENCAPSULATION_MODES = {
    "IPIP": ("Always", "Never"),
    "IPIPCrossSubnet": ("CrossSubnet", "Never"),
    "VXLAN": ("Never", "Always"),
    "VXLANCrossSubnet": ("Never", "CrossSubnet"),
    "None": ("Never", "Never"),
}
# Fields that an Installation's pools have in common with IPPools, and no default of the operator's.
_POOL_FIELDS = ("nodeSelector", "namespaceSelector", "allowedUses", "assignmentMode", "disableBGPExport")
_NAT_VALUES = ("Enabled", "Disabled")
_EKS_RANGE = "172.16.0.0/16"  # what the operator takes on EKS, wrapped in VXLAN
_RKE2_RANGE = "10.42.0.0/16"  # RKE2's cluster-cidr by default, which its chart hands on
_HELM_CHARTS = ("rke2-calico", "tigera-operator", "calico", "rke2-canal")
# A chart that holds the operator's as a part keeps its values under one of these.
_SUBCHART_KEYS = ("tigera-operator", "calico", "rke2-calico")

# What the operator fills in, by IP version. Source: operator, pkg/controller/ippool/defaults.go.
OPERATOR_SPECS: dict[IPVersion, Mapping[str, Any]] = {
    4: {"blockSize": DEFAULT_BLOCK_SIZE[4], "ipipMode": "Always", "natOutgoing": True},
    6: {"blockSize": DEFAULT_BLOCK_SIZE[6], "natOutgoing": False},
}
_EKS_SPECS: dict[IPVersion, Mapping[str, Any]] = {
    4: {"blockSize": DEFAULT_BLOCK_SIZE[4], "vxlanMode": "Always", "natOutgoing": True},
    6: OPERATOR_SPECS[6],
}
# The chart rke2-calico wraps both families in VXLAN.
RKE2_SPECS: dict[IPVersion, Mapping[str, Any]] = {
    4: {"blockSize": DEFAULT_BLOCK_SIZE[4], "vxlanMode": "Always", "natOutgoing": True},
    6: {"blockSize": DEFAULT_BLOCK_SIZE[6], "vxlanMode": "Always", "natOutgoing": True},
}


def read_operator_installation(source: InstallerInput) -> None:
    """Read an Installation of operator.tigera.io/v1."""
    spec = source.part("spec")
    spec.add_ranges("services", "serviceCIDRs")
    _read_installation_spec(spec, "Tigera operator")


def _read_installation_spec(spec: InstallerInput, installer: str) -> None:
    settings, network = spec.settings, spec.part("calicoNetwork")
    for key in ("nodeAddressAutodetectionV4", "nodeAddressAutodetectionV6"):
        place = network.place(key)
        settings.detection_ranges += [(text, place) for text in split_list(network.get(key, "cidrs"))]
    plugin = get_mapping(spec.value, "cni").get("type", "Calico")
    ipam = get_mapping(spec.value, "cni", "ipam").get("type", "Calico" if plugin == "Calico" else plugin)
    is_calico = plugin == "Calico"
    pools = network.get("ipPools")
    if not is_calico or ipam != "Calico":
        spec.note_other_plugin(f"ipam {ipam}" if is_calico else plugin, "cni")
        if pools is None:
            settings.creates_no_pool = True
            return
    if pools is None:
        is_eks = spec.get("kubernetesProvider") == "EKS"
        specs, fallback = (_EKS_SPECS, _EKS_RANGE) if is_eks else (OPERATOR_SPECS, DEFAULT_RANGE)
        if installer == "RKE2":
            specs, fallback = RKE2_SPECS, _RKE2_RANGE
        place, platform_only = network.place("ipPools"), installer != "RKE2"
        settings.default_pools.append(
            DefaultPools(installer, place, specs, fallback=fallback, platform_only=platform_only, rank=2)
        )
        return
    items = pools if isinstance(pools, list) else []
    if not items:
        _note_no_pool(network, "ipPools", installer)
    settings.problems += [
        Finding("type-mapping", params={"value": short_value(item)}, place=network.place("ipPools", index))
        for index, item in enumerate(items)
        if not isinstance(item, Mapping)
    ]
    cidrs = [Cidr.parse_or_none(get_value(item, "cidr")) for item in items]
    for pool in network.parts("ipPools"):
        name = str(pool.get("name") or _default_pool_name(cidrs, int(pool.path[-1])))
        _read_operator_pool(pool, name, installer, is_calico=is_calico)


def _note_no_pool(source: InstallerInput, key: str, installer: str) -> None:
    source.settings.creates_no_pool = True
    source.settings.notes.append(Finding("installer-no-pool", "", {"installer": installer}, source.place(key)))


def _default_pool_name(cidrs: list[Cidr | None], index: int) -> str:
    """Return the name that the operator gives a pool without one: of several of a family it is made of the cidr."""
    cidr = cidrs[index]
    if cidr is None:
        return f"ippool-{index}"
    versions = {pool_cidr.version for pool_cidr in cidrs if pool_cidr is not None}
    if len(cidrs) == len(versions):
        return DEFAULT_POOL_NAMES[cidr.version]
    return f"{address_from_int(cidr.version, cidr.first).exploded.replace(':', '.')}-{cidr.prefix}"


def _read_operator_pool(pool: InstallerInput, name: str, installer: str, *, is_calico: bool) -> None:
    cidr = Cidr.parse_or_none(pool.get("cidr"))
    version: IPVersion = cidr.version if cidr else 4
    encapsulation = str(pool.get("encapsulation") or ("IPIP" if version == 4 and is_calico else "None"))
    nat = pool.get("natOutgoing")
    for key, choices, value in (
        ("encapsulation", tuple(_ENCAPSULATION_MODES), encapsulation),
        ("natOutgoing", _NAT_VALUES, _NAT_VALUES[0] if nat is None else nat),
    ):
        if value not in choices:
            params = {"value": short_value(value), "choices": ", ".join(choices)}
            pool.settings.problems.append(Finding("value-choice", params=params, place=pool.place(key)))
    ipip_mode, vxlan_mode = _ENCAPSULATION_MODES.get(encapsulation, ("Never", "Never"))
    modes = {"ipipMode": ipip_mode, "vxlanMode": vxlan_mode}
    is_written = bool(pool.get("encapsulation"))
    spec = {
        "cidr": pool.value.get("cidr", ""),
        "blockSize": pool.get("blockSize"),
        **(modes if is_written else {}),
        "natOutgoing": None if nat is None else nat == "Enabled",
        **{key: pool.get(key) for key in _POOL_FIELDS},
        "disabled": pool.get("disableNewAllocations"),
    }
    defaults = {
        "blockSize": OPERATOR_SPECS[version]["blockSize"],
        **({} if is_written else modes),
        "natOutgoing": OPERATOR_SPECS[version]["natOutgoing"],
    }
    pool.settings.add_pool(name, spec, pool.place(), installer, defaults)


def is_helm_values(value: Mapping[str, Any]) -> bool:
    """Whether a document holds values of the operator's chart, or of a chart that holds it."""
    return "kind" not in value and any(
        isinstance(part.get("installation"), Mapping)
        for part in (value, *(get_mapping(value, key) for key in _SUBCHART_KEYS))
    )


def read_helm_values(source: InstallerInput) -> None:
    """Read the values of the operator's chart: its `installation` is the spec of the Installation."""
    for chart in (source, *(source.part(key) for key in _SUBCHART_KEYS)):
        if chart is source or isinstance(chart.get("installation"), Mapping):
            read_chart_values(chart, "Helm chart")


def read_chart_values(source: InstallerInput, installer: str) -> None:
    """Read the values of Calico's chart, of the operator or of RKE2."""
    settings = source.settings
    for key in ("defaultFelixConfiguration", "felixConfiguration"):  # the operator's chart, RKE2's
        settings.wireguard |= source.get(key, "wireguardEnabled") is True
    if installer == "RKE2":
        ipam = get_mapping(source.value, "ipamConfig")
        for key in ("strictAffinity", "autoAllocateBlocks"):
            settings.ipam[key] = ipam.get(key, True) is True
    if "installation" not in source.value and installer == "Helm chart":
        return
    installation = source.part("installation")
    if installation.value.get("enabled", True):
        _read_installation_spec(installation, installer)
    else:
        _note_no_pool(installation, "enabled", installer)


def is_helm_chart_config(value: Mapping[str, Any]) -> bool:
    """Whether an object gives values to one of Calico's charts: in RKE2, in k3s, by Flux."""
    return _chart_name(value) in _HELM_CHARTS


def _chart_name(value: Mapping[str, Any]) -> str:
    paths = (("spec", "chart"), ("spec", "chart", "spec", "chart"), ("metadata", "name"))
    names = [str(get_value(value, *path)).rpartition("/")[2] for path in paths]
    return next((name for name in names if name in _HELM_CHARTS), "")


def read_helm_chart_config(source: InstallerInput) -> None:
    """Read a HelmChart, HelmChartConfig or HelmRelease, whose values are YAML in a text or a mapping."""
    spec, chart = source.part("spec"), _chart_name(source.value)
    place = spec.place("valuesContent")
    values = get_mapping(spec.value, "values")
    if isinstance(spec.get("valuesContent"), str):
        embedded = spec.embedded("valuesContent")
        if embedded is None:
            return
        values = embedded[0].value if embedded else {}
    values = with_assignments(values, get_mapping(spec.value, "set").items())
    if chart == "rke2-canal" or ("flannel" in values and "installation" not in values):
        spec.note_other_plugin("canal", "valuesContent")
        source.settings.creates_no_pool = True
        return
    tracked = TrackedMapping(values)
    chart_values = source.at_place(place, tracked)
    if chart == "rke2-calico":
        read_chart_values(chart_values, "RKE2")
    elif is_helm_values(tracked):
        read_helm_values(chart_values)
    else:
        _read_installation_spec(chart_values.part("installation"), "Helm chart")
    source.settings.note_unused(tracked, chart_values.document)
