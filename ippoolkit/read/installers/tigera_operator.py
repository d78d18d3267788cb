"""The Tigera operator: its Installation, the values of its Helm chart, and the objects that carry such values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...calico.limits import DEFAULT_BLOCK_SIZE
from ...cidr import Cidr, IPVersion, address_from_int
from ...errors import InputError
from ...findings import Finding
from ..document import Document, FieldPath
from ..text_files import parse_documents
from ..validation import short_value
from .installer_settings import DEFAULT_POOL_NAMES, DEFAULT_RANGE, DefaultPools, InstallerSettings
from .setting_values import get_mapping, split_list, with_assignments
from .tracked_settings import TrackedMapping

_ENCAPSULATION_MODES = {
    "IPIP": ("Always", None),
    "IPIPCrossSubnet": ("CrossSubnet", None),
    "VXLAN": (None, "Always"),
    "VXLANCrossSubnet": (None, "CrossSubnet"),
    "None": (None, None),
}
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


def read_operator_installation(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read an Installation of operator.tigera.io/v1."""
    spec = get_mapping(value, "spec")
    settings.add_ranges("services", spec.get("serviceCIDRs"), document.place(("spec", "serviceCIDRs")))
    _read_installation_spec(spec, document, settings, ("spec",), "Tigera operator")


def _read_installation_spec(
    spec: Mapping[str, Any], document: Document, settings: InstallerSettings, parents: FieldPath, installer: str
) -> None:
    network = get_mapping(spec, "calicoNetwork")
    pools_path = (*parents, "calicoNetwork", "ipPools")
    for key in ("nodeAddressAutodetectionV4", "nodeAddressAutodetectionV6"):
        place = document.place((*parents, "calicoNetwork", key))
        settings.detection_ranges += [(text, place) for text in split_list(get_mapping(network, key).get("cidrs"))]
    plugin = get_mapping(spec, "cni").get("type", "Calico")
    ipam = get_mapping(spec, "cni", "ipam").get("type", "Calico" if plugin == "Calico" else plugin)
    provider = spec.get("kubernetesProvider")
    pools = network.get("ipPools")
    if plugin != "Calico" or ipam != "Calico":
        settings.note_other_plugin(plugin if plugin != "Calico" else f"ipam {ipam}", document.place((*parents, "cni")))
        if pools is None:
            settings.creates_no_pool = True
            return
    if pools is None:
        is_rke2 = installer == "RKE2"
        is_eks = provider == "EKS" and not is_rke2
        settings.default_pools.append(
            DefaultPools(
                installer,
                document.place(pools_path),
                RKE2_SPECS if is_rke2 else _EKS_SPECS if is_eks else OPERATOR_SPECS,
                fallback=_RKE2_RANGE if is_rke2 else _EKS_RANGE if is_eks else DEFAULT_RANGE,
                platform_only=not is_rke2,
                rank=2,
            )
        )
        return
    items = [(index, pool) for index, pool in enumerate(pools if isinstance(pools, list) else ())]
    if not items:
        settings.creates_no_pool = True
        settings.notes.append(Finding("installer-no-pool", "", {"installer": installer}, document.place(pools_path)))
    cidrs = [Cidr.parse_or_none(pool.get("cidr")) if isinstance(pool, Mapping) else None for _, pool in items]
    is_calico = plugin == "Calico"
    for index, pool in items:
        if not isinstance(pool, Mapping):
            params = {"value": short_value(pool)}
            settings.problems.append(Finding("type-mapping", params=params, place=document.place((*pools_path, index))))
        else:
            name = str(pool.get("name") or _default_pool_name(cidrs, index))
            _read_operator_pool(
                pool, name, document, settings, (*pools_path, index), installer=installer, is_calico=is_calico
            )


def _default_pool_name(cidrs: list[Cidr | None], index: int) -> str:
    """Return the name that the operator gives a pool without one: of several of a family it is made of the cidr."""
    cidr = cidrs[index]
    if cidr is None:
        return f"ippool-{index}"
    versions = {pool_cidr.version for pool_cidr in cidrs if pool_cidr is not None}
    if len(cidrs) == len(versions):
        return DEFAULT_POOL_NAMES[cidr.version]
    return f"{address_from_int(cidr.version, cidr.first).exploded.replace(':', '.')}-{cidr.prefix}"


def _read_operator_pool(
    pool: Mapping[str, Any],
    name: str,
    document: Document,
    settings: InstallerSettings,
    path: FieldPath,
    *,
    installer: str,
    is_calico: bool,
) -> None:
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
            settings.problems.append(Finding("value-choice", params=params, place=document.place((*path, key))))
    ipip, vxlan = _ENCAPSULATION_MODES.get(encapsulation, (None, None))
    modes = {"ipipMode": ipip, "vxlanMode": vxlan}
    is_written = bool(pool.get("encapsulation"))
    spec = {
        "cidr": pool.get("cidr", ""),
        "blockSize": pool.get("blockSize"),
        **({key: mode or "Never" for key, mode in modes.items()} if is_written else {}),
        "natOutgoing": None if nat is None else nat == "Enabled",
        "nodeSelector": pool.get("nodeSelector"),
        "namespaceSelector": pool.get("namespaceSelector"),
        "allowedUses": pool.get("allowedUses"),
        "assignmentMode": pool.get("assignmentMode"),
        "disableBGPExport": pool.get("disableBGPExport"),
        "disabled": pool.get("disableNewAllocations"),
    }
    operator_defaults = OPERATOR_SPECS[version]
    defaults = {
        "blockSize": operator_defaults["blockSize"],
        **({} if is_written else {key: mode or "Never" for key, mode in modes.items()}),
        "natOutgoing": operator_defaults["natOutgoing"],
    }
    settings.add_pool(name, spec, document.place(path), installer, defaults)


def is_helm_values(value: Mapping[str, Any]) -> bool:
    """Whether a document holds values of the operator's chart, or of a chart that holds it."""
    return "kind" not in value and any(
        isinstance(part.get("installation"), Mapping)
        for part in (value, *(get_mapping(value, key) for key in _SUBCHART_KEYS))
    )


def read_helm_values(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read the values of the operator's chart: its `installation` is the spec of the Installation."""
    read_chart_values(value, document, settings, (), "Helm chart")
    for key in _SUBCHART_KEYS:
        if isinstance(get_mapping(value, key).get("installation"), Mapping):
            read_chart_values(get_mapping(value, key), document, settings, (key,), "Helm chart")


def read_chart_values(
    value: Mapping[str, Any], document: Document, settings: InstallerSettings, parents: FieldPath, installer: str
) -> None:
    """Read the values of Calico's chart, of the operator or of RKE2, that stand under a path."""
    for key in ("defaultFelixConfiguration", "felixConfiguration"):  # the operator's chart, RKE2's
        settings.wireguard |= get_mapping(value, key).get("wireguardEnabled") is True
    if installer == "RKE2":
        ipam = get_mapping(value, "ipamConfig")
        for key in ("strictAffinity", "autoAllocateBlocks"):
            settings.ipam[key] = ipam.get(key, True) is True
    if "installation" not in value and installer == "Helm chart":
        return
    installation = get_mapping(value, "installation")
    if installation.get("enabled", True):
        _read_installation_spec(installation, document, settings, (*parents, "installation"), installer)
    else:
        settings.creates_no_pool = True
        place = document.place((*parents, "installation", "enabled"))
        settings.notes.append(Finding("installer-no-pool", "", {"installer": installer}, place))


def is_helm_chart_config(value: Mapping[str, Any]) -> bool:
    """Whether an object gives values to one of Calico's charts: in RKE2, in k3s, by Flux."""
    return _chart_name(value) in _HELM_CHARTS


def _chart_name(value: Mapping[str, Any]) -> str:
    spec = get_mapping(value, "spec")
    chart = spec.get("chart")
    names = [
        str(name).rpartition("/")[2]
        for name in (chart, get_mapping(spec, "chart", "spec").get("chart"), get_mapping(value, "metadata").get("name"))
    ]
    return next((name for name in names if name in _HELM_CHARTS), "")


def read_helm_chart_config(value: Mapping[str, Any], document: Document, settings: InstallerSettings) -> None:
    """Read a HelmChart, HelmChartConfig or HelmRelease, whose values are YAML in a text or a mapping."""
    spec = get_mapping(value, "spec")
    place = document.place(("spec", "valuesContent"))
    chart = _chart_name(value)
    values: object = spec.get("values")
    if isinstance(spec.get("valuesContent"), str):
        try:
            documents = parse_documents(str(spec["valuesContent"]), place.file)
        except InputError as error:
            settings.problems.append(Finding("embedded-yaml", params={"reason": error.problems[0]}, place=place))
            return
        values = documents[0].value if documents else None
    values = with_assignments(values if isinstance(values, Mapping) else {}, get_mapping(spec, "set").items())
    if chart == "rke2-canal" or ("flannel" in values and "installation" not in values):
        settings.note_other_plugin("canal", place)
        settings.creates_no_pool = True
        return
    tracked, embedded = TrackedMapping(values), Document.without_lines(place.file, values, place.line)
    if chart == "rke2-calico":
        read_chart_values(tracked, embedded, settings, (), "RKE2")
    elif is_helm_values(tracked):
        read_helm_values(tracked, embedded, settings)
    else:
        _read_installation_spec({}, embedded, settings, ("installation",), "Helm chart")
    settings.note_unused(tracked, embedded)
