"""Files of installers, told by their contents, to one scenario; and what is known to be mixed up in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ...cidr import Cidr
from ...errors import InputError
from ...findings import Finding, Place
from ...limits import BLOCK_SIZES, DEFAULT_BLOCK_SIZE, KUBELET_MAX_PODS
from ...model import Cluster, IPPool, Networks, Node, Scenario
from ...model.cluster import OS_LABEL
from ..document import Document
from ..harvest import AnyPath, Reading
from ..objects import KINDS, Source, read_object
from ..text import documents_of, read_text
from . import kubespray
from .kubernetes import read_calico_node, read_environment, read_kubeadm, read_operator
from .settings import Settings, by_family

_ENVIRONMENT = "CALICO_IPV"


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
    settings = Settings()
    variables: dict[str, tuple[Any, Place]] = {}
    found = False
    for path in paths:
        for file in _files(path):
            try:
                found |= _file(file, settings, variables)
            except InputError as error:
                settings.problems += error.problems
    if variables or settings.nodes:
        kubespray.read_variables(variables, Place(str(paths[0])), settings)
    elif not found and not settings.problems:
        settings.problems += [Finding("no-installer", place=Place(str(path))) for path in paths]
    if settings.fallback and (ranges := by_family(settings.cluster)):
        for spec, _ in settings.pools.values():
            spec["cidr"] = ranges.get(4, spec["cidr"])
    elif not settings.pools and settings.cluster:  # kubeadm alone: Calico takes its range
        for version, cidr in by_family(settings.cluster).items():
            settings.add(f"default-ipv{version}-ippool", {"cidr": cidr, "natOutgoing": True}, Place(str(paths[0])))
    pools = list(_pools(settings))
    networks = {"cluster": _ranges(settings.cluster), "services": _ranges(settings.services)}
    if settings.problems:
        raise InputError(settings.problems)
    nodes = tuple(
        Node(name=name, labels={OS_LABEL: "linux"}, max_pods=settings.max_pods or KUBELET_MAX_PODS)
        for name in settings.nodes
    )
    scenario = Scenario(
        name=Path(str(paths[0])).stem[:253] or "installer",
        cluster=Cluster(pools=tuple(pools), nodes=nodes),
        networks=Networks(**networks),
    )
    return Reading(scenario, (*settings.notes, *_mixed_up(settings, pools)))


def _files(path: AnyPath) -> Iterator[AnyPath]:
    folder = Path(path)
    if not folder.is_dir():
        yield path
        return
    for each in sorted(folder.rglob("*")):
        if each.is_file() and each.suffix in (".yml", ".yaml", ".ini", ".cfg", "", ".env"):
            yield each


def _file(file: AnyPath, settings: Settings, variables: dict[str, tuple[Any, Place]]) -> bool:
    """Read one file; say whether it was an installer's."""
    name, text = read_text(file)
    if kubespray.is_inventory(text):
        settings.nodes += kubespray.hosts_of_ini(text)
        return True
    if _ENVIRONMENT in text and (given := _shell(text)):
        read_environment(given, Document(name, given, lambda _: None), settings)
        return True
    return sum(_document(document, settings, variables) for document in documents_of(text, name)) > 0


def _document(document: Document, settings: Settings, variables: dict[str, tuple[Any, Place]]) -> bool:
    value = document.value
    if not isinstance(value, Mapping):
        return False
    match value.get("kind"), str(value.get("apiVersion", "")).partition("/")[0]:
        case "Installation", "operator.tigera.io":
            read_operator(value, document, settings)
        case "ClusterConfiguration", "kubeadm.k8s.io":
            read_kubeadm(value, document, settings)
        case "DaemonSet", "apps" if value.get("metadata", {}).get("name") == "calico-node":
            read_calico_node(value, document, settings)
        case None, "" if kubespray.KEYS & set(value):
            for key in kubespray.KEYS & set(value):
                variables[key] = value[key], document.place((key,))
        case None, "" if "all" in value and (hosts := kubespray.hosts_of_yaml(value)):
            settings.nodes += hosts
        case None, "" if any(str(key).startswith(_ENVIRONMENT) for key in value):
            read_environment(value, document, settings)
        case _:
            return False
    return True


def _shell(text: str) -> dict[str, str]:
    """Return the settings of lines such as `CALICO_IPV4POOL_CIDR=10.0.0.0/16`; nothing where there are other lines."""
    given = {}
    for line in text.splitlines():
        bare = line.strip().removeprefix("export ").strip()
        if not bare or bare.startswith("#"):
            continue
        key, equals, value = bare.partition("=")
        if not equals or not key.replace("_", "").isalnum():
            return {}
        given[key] = value.strip("\"'")
    return given


def _ranges(texts: Iterable[str]) -> tuple[Cidr, ...]:
    return tuple(cidr for text in dict.fromkeys(texts) if (cidr := Cidr.maybe(text)))


def _pools(settings: Settings) -> Iterator[IPPool]:
    for name, (spec, place) in settings.pools.items():
        document = Document(place.file, None, lambda _, line=place.line: line)  # type: ignore[misc]
        source = Source(document, (), settings.problems, settings.notes)
        size, cidr = spec.get("blockSize"), Cidr.maybe(spec.get("cidr"))
        if cidr and cidr.version == 6 and size in BLOCK_SIZES[4]:
            numbers = {"size": size, "cidr": str(cidr), "default": DEFAULT_BLOCK_SIZE[6]}
            settings.problems.append(Finding("size-of-ipv4", f"IPPool/{name}", numbers, place))
            continue
        pool = read_object(KINDS["IPPool"][0], {"metadata": {"name": name}, "spec": spec}, source)
        if pool is not None:
            yield pool


def _mixed_up(settings: Settings, pools: Iterable[IPPool]) -> Iterator[Finding]:
    """Compare the per-node prefix of other network plugins with the blockSize that counts."""
    for pool in pools:
        if pool.version not in settings.prefixes:
            continue
        prefix, name = settings.prefixes[pool.version]
        place = settings.pools[pool.name][1]
        numbers = {"size": pool.block_size, "prefix": prefix, "name": name}
        if pool.block_size == prefix and prefix != DEFAULT_BLOCK_SIZE[pool.version]:
            yield Finding("prefix-as-size", f"IPPool/{pool.name}", numbers, place)
        nodes, subnets = len(settings.nodes), pool.cidr.subnets(prefix)
        if nodes and (subnets < nodes) != (pool.blocks < nodes):
            counts = {**numbers, "subnets": subnets, "blocks": pool.blocks, "nodes": nodes}
            yield Finding("prefix-misleads", f"IPPool/{pool.name}", counts, place)
