"""Files of installers, told by their contents, to one scenario; and what is known to be mixed up in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ...calico.limits import ALLOWED_BLOCK_SIZES, DEFAULT_BLOCK_SIZE, KUBELET_MAX_PODS
from ...cidr import Cidr
from ...errors import InputError
from ...findings import Finding, Place
from ...model import Cluster, IPPool, Networks, Node, Scenario
from ...model.cluster import OS_LABEL
from ..collector import AnyPath, Reading
from ..document import Document
from ..kubernetes_objects import KIND_READERS, ObjectSource, read_object
from ..text_files import parse_documents, read_text
from . import kubespray
from .installer_settings import InstallerSettings, first_by_version
from .kubernetes_manifests import (
    read_calico_node_daemonset,
    read_calico_node_environment,
    read_cluster_configuration,
    read_operator_installation,
)

_ENVIRONMENT_PREFIX = "CALICO_IPV"


def read_installer(*paths: AnyPath) -> Reading:
    """Read what an installer is given into one scenario.

    Parameters
    ----------
    paths
        Files, or folders such as a Kubespray inventory: group_vars and hosts, an Installation of the Tigera operator,
        kubeadm's ClusterConfiguration, calico-node's manifest or its environment.

    Raises
    ------
    InputError
        With every problem, or where there is nothing of an installer.
    """
    settings = InstallerSettings()
    variables: dict[str, tuple[Any, Place]] = {}
    is_installer = False
    for path in paths:
        for file in _list_files(path):
            try:
                is_installer |= _read_file(file, settings, variables)
            except InputError as error:
                settings.problems += error.problems
    if variables or settings.node_names:
        kubespray.read_variables(variables, Place(str(paths[0])), settings)
    elif not is_installer and not settings.problems:
        settings.problems += [Finding("no-installer", place=Place(str(path))) for path in paths]
    if settings.uses_default_range and (cidr_by_version := first_by_version(settings.cluster_cidrs)):
        for spec, _ in settings.pools.values():
            spec["cidr"] = cidr_by_version.get(4, spec["cidr"])
    elif not settings.pools and settings.cluster_cidrs:  # kubeadm alone: Calico takes its range
        for version, cidr in first_by_version(settings.cluster_cidrs).items():
            settings.add_pool(f"default-ipv{version}-ippool", {"cidr": cidr, "natOutgoing": True}, Place(str(paths[0])))
    pools = list(_build_pools(settings))
    networks = {"cluster": _parse_cidrs(settings.cluster_cidrs), "services": _parse_cidrs(settings.service_cidrs)}
    if settings.problems:
        raise InputError(settings.problems)
    nodes = tuple(
        Node(name=name, labels={OS_LABEL: "linux"}, max_pods=settings.max_pods or KUBELET_MAX_PODS)
        for name in settings.node_names
    )
    scenario = Scenario(
        name=Path(str(paths[0])).stem[:253] or "installer",
        cluster=Cluster(pools=tuple(pools), nodes=nodes),
        networks=Networks(**networks),
    )
    return Reading(scenario, (*settings.notes, *_prefix_findings(settings, pools)))


def _list_files(path: AnyPath) -> Iterator[AnyPath]:
    folder = Path(path)
    if not folder.is_dir():
        yield path
        return
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.suffix in (".yml", ".yaml", ".ini", ".cfg", "", ".env"):
            yield file


def _read_file(file: AnyPath, settings: InstallerSettings, variables: dict[str, tuple[Any, Place]]) -> bool:
    """Read one file; say whether it was an installer's."""
    name, text = read_text(file)
    if kubespray.is_ini_inventory(text):
        settings.node_names += kubespray.parse_ini_hosts(text)
        return True
    if _ENVIRONMENT_PREFIX in text and (environment := _parse_environment(text)):
        read_calico_node_environment(environment, Document(name, environment, lambda _: None), settings)
        return True
    return sum(_read_document(document, settings, variables) for document in parse_documents(text, name)) > 0


def _read_document(document: Document, settings: InstallerSettings, variables: dict[str, tuple[Any, Place]]) -> bool:
    value = document.value
    if not isinstance(value, Mapping):
        return False
    match value.get("kind"), str(value.get("apiVersion", "")).partition("/")[0]:
        case "Installation", "operator.tigera.io":
            read_operator_installation(value, document, settings)
        case "ClusterConfiguration", "kubeadm.k8s.io":
            read_cluster_configuration(value, document, settings)
        case "DaemonSet", "apps" if value.get("metadata", {}).get("name") == "calico-node":
            read_calico_node_daemonset(value, document, settings)
        case None, "" if kubespray.VARIABLE_NAMES & set(value):
            for key in kubespray.VARIABLE_NAMES & set(value):
                variables[key] = value[key], document.place((key,))
        case None, "" if "all" in value and (hosts := kubespray.parse_yaml_hosts(value)):
            settings.node_names += hosts
        case None, "" if any(str(key).startswith(_ENVIRONMENT_PREFIX) for key in value):
            read_calico_node_environment(value, document, settings)
        case _:
            return False
    return True


def _parse_environment(text: str) -> dict[str, str]:
    """Return the settings of lines such as `CALICO_IPV4POOL_CIDR=10.0.0.0/16`; nothing where there are other lines."""
    environment = {}
    for line in text.splitlines():
        assignment = line.strip().removeprefix("export ").strip()
        if not assignment or assignment.startswith("#"):
            continue
        key, equals, value = assignment.partition("=")
        if not equals or not key.replace("_", "").isalnum():
            return {}
        environment[key] = value.strip("\"'")
    return environment


def _parse_cidrs(texts: Iterable[str]) -> tuple[Cidr, ...]:
    return tuple(cidr for text in dict.fromkeys(texts) if (cidr := Cidr.parse_or_none(text)))


def _build_pools(settings: InstallerSettings) -> Iterator[IPPool]:
    for name, (spec, place) in settings.pools.items():
        document = Document(place.file, None, lambda _, line=place.line: line)  # type: ignore[misc]
        source = ObjectSource(document, (), settings.problems, settings.notes)
        size, cidr = spec.get("blockSize"), Cidr.parse_or_none(spec.get("cidr"))
        if cidr and cidr.version == 6 and size in ALLOWED_BLOCK_SIZES[4]:
            params = {"size": size, "cidr": str(cidr), "default": DEFAULT_BLOCK_SIZE[6]}
            settings.problems.append(Finding("size-of-ipv4", f"IPPool/{name}", params, place))
            continue
        pool = read_object(KIND_READERS["IPPool"][0], {"metadata": {"name": name}, "spec": spec}, source)
        if pool is not None:
            yield pool


def _prefix_findings(settings: InstallerSettings, pools: Iterable[IPPool]) -> Iterator[Finding]:
    """Compare the per-node prefix of other network plugins with the blockSize that counts."""
    for pool in pools:
        if pool.version not in settings.node_prefixes:
            continue
        prefix, name = settings.node_prefixes[pool.version]
        place = settings.pools[pool.name][1]
        params = {"size": pool.block_size, "prefix": prefix, "name": name}
        if pool.block_size == prefix and prefix != DEFAULT_BLOCK_SIZE[pool.version]:
            yield Finding("prefix-as-size", f"IPPool/{pool.name}", params, place)
        nodes, subnets = len(settings.node_names), pool.cidr.subnet_count(prefix)
        if nodes and (subnets < nodes) != (pool.block_count < nodes):
            subnet_params = {**params, "subnets": subnets, "blocks": pool.block_count, "nodes": nodes}
            yield Finding("prefix-misleads", f"IPPool/{pool.name}", subnet_params, place)
