"""Files of installers, recognized by their contents; and what is often mixed up in them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from ...calico.limits import ALLOWED_BLOCK_SIZES, DEFAULT_BLOCK_SIZE, KUBELET_MAX_PODS
from ...calico.pool_selection import OS_LABEL
from ...cidr import Cidr
from ...findings import Finding, Place
from ...model import CNIConfiguration, IPPool, Node, Scenario
from ..document import Document, FieldPath
from ..kubernetes_objects import KIND_READERS, ObjectSource, read_object
from ..validation import validate
from . import distributions, kubernetes_manifests, kubespray
from .installer_settings import (
    DEFAULT_POOL_NAMES,
    DEFAULT_RANGE,
    InstallerPool,
    InstallerSettings,
    first_by_version,
    get_mapping,
)

if TYPE_CHECKING:
    from ..collector import ObjectCollector

_ENVIRONMENT_PREFIX = "CALICO_IPV"
_NODE = TypeAdapter(Node)

Mapped = Mapping[str, Any]
ObjectReader = Callable[[Mapped, Document, InstallerSettings], object]
# By kind and API group; the group of the oldest DaemonSets was extensions.
_OBJECT_READERS: dict[tuple[str, str], ObjectReader] = {
    ("Installation", "operator.tigera.io"): kubernetes_manifests.read_operator_installation,
    ("ClusterConfiguration", "kubeadm.k8s.io"): kubernetes_manifests.read_cluster_configuration,
    ("Cluster", "kops.k8s.io"): distributions.read_kops,
    ("Cluster", "kubekey.kubesphere.io"): distributions.read_kubekey,
    ("Network", "config.openshift.io"): distributions.read_openshift,
    ("Network", "operator.openshift.io"): distributions.read_openshift,
}
# Documents without a kind: what they are, whether a document is one, who reads it.
_DOCUMENT_READERS: tuple[tuple[str, Callable[[Mapped], bool], ObjectReader], ...] = (
    ("Helm", distributions.is_helm_values, distributions.read_helm_values),
    ("OKD", distributions.is_openshift, distributions.read_openshift),
    ("RKE", distributions.is_rke1, distributions.read_rke1),
    ("Talos", distributions.is_talos, lambda value, _, settings: distributions.read_talos(value, settings)),
    (
        "CNI",
        kubernetes_manifests.is_cni_configuration,
        lambda value, _, settings: kubernetes_manifests.read_cni_configuration(value, settings),
    ),
    ("k3s", distributions.is_k3s, distributions.read_k3s),
)


class InstallerReader:
    """Takes texts, documents and objects; knows which are an installer's."""

    def __init__(self) -> None:
        self.settings = InstallerSettings()
        self.variables: dict[str, tuple[Any, Place]] = {}
        self.is_used = False
        self.pools: list[IPPool] = []
        self.nodes: list[Node] = []

    @property
    def kinds_seen(self) -> set[str]:
        """Kinds that the installer's input describes."""
        kinds = {"IPPool"} if self.pools else set()
        return kinds | ({"Node"} if self.nodes else set())

    def read_text(self, text: str, name: str) -> bool:
        """Read a text that is neither YAML nor JSON: an INI inventory, an environment; say whether it was one."""
        if kubespray.is_ini_inventory(text):
            self.settings.node_names += kubespray.parse_ini_hosts(text, name, self.settings.problems)
            self.is_used = True
            return True
        if _ENVIRONMENT_PREFIX in text and (environment := _parse_environment(text)):
            document = Document.without_lines(name, environment)
            kubernetes_manifests.read_calico_node_environment(environment, document, self.settings)
            self.is_used = True
            return True
        return False

    def read_document(self, document: Document) -> bool:
        """Read a document without a kind; say whether it was an installer's."""
        value = document.value
        if isinstance(value, list) and distributions.is_talos(value):
            distributions.read_talos(value, self.settings)
            self.is_used = True
            return True
        if not isinstance(value, Mapping) or "kind" in value:
            return False
        for name, is_one, reader in _DOCUMENT_READERS:
            if is_one(value):
                reader(value, document, self.settings)
                self.settings.found.append(name)
                self.is_used = True
                return True
        return self._read_kubespray(value, document)

    def _read_kubespray(self, value: Mapped, document: Document) -> bool:
        settings = self.settings
        if names := kubespray.VARIABLE_NAMES & set(value):
            for key in names:
                self.variables[key] = value[key], document.place((key,))
        elif "all" in value and (hosts := kubespray.parse_yaml_hosts(value, document, settings.problems)):
            settings.node_names += hosts
        elif any(str(key).startswith(_ENVIRONMENT_PREFIX) for key in value):
            kubernetes_manifests.read_calico_node_environment(value, document, settings)
        else:
            return False
        self.is_used = True
        return True

    def read_object(self, document: Document, path: FieldPath, value: Mapped, kind: str) -> bool:
        """Read an object of a kind that installers use; say whether it was one."""
        group = str(value.get("apiVersion", "")).partition("/")[0]
        at_object = _document_at(document, path, value)
        reader = _OBJECT_READERS.get((kind, group))
        if reader is not None:
            reader(value, at_object, self.settings)
        elif kind == "DaemonSet" and get_mapping(value, "metadata").get("name") == "calico-node":
            kubernetes_manifests.read_calico_node_daemonset(value, at_object, self.settings)
        elif kind == "ConfigMap" and kubernetes_manifests.read_config_map(value, at_object, self.settings):
            pass
        elif kind in ("HelmChartConfig", "HelmChart") and distributions.is_helm_chart_config(value):
            distributions.read_helm_chart_config(value, at_object, self.settings)
        elif kind == "Pod" and kubernetes_manifests.is_component_pod(value):
            return kubernetes_manifests.read_component_pod(value, self.settings)
        else:
            return False
        self.is_used = True
        return True

    def finish(self, collector: ObjectCollector) -> tuple[list[Finding], list[Finding]]:
        """Make pools and nodes of the settings; return the notes on them, and the problems.

        IPPools that were read win over what the installer would create, and where the two differ it is said.
        """
        settings = self.settings
        if self.variables or (settings.node_names and not settings.found and not settings.pools):
            place = next(iter(self.variables.values()))[1] if self.variables else Place("hosts")
            kubespray.read_variables(self.variables, Place(place.file), settings)
        if not self.is_used:
            return settings.notes, settings.problems
        self._add_default_pools(collector)
        existing = [located.item for located in collector.objects.get("pools", {}).values()]
        built = list(_build_pools(settings))
        notes = [*settings.notes, *_origin_findings(settings, built, existing)]
        self.pools = [] if existing else built
        notes += _difference_findings(settings, built, existing)
        notes += _prefix_findings(settings, existing or built)
        known = set(collector.objects.get("nodes", {}))
        self.nodes = [node for node in self._build_nodes() if node.name not in known]
        return notes, settings.problems

    def _add_default_pools(self, collector: ObjectCollector) -> None:
        """Give pools that stand on a default range the cluster's; make pools where only a cluster CIDR was read."""
        settings = self.settings
        cidr_by_version = first_by_version(settings.cluster_cidrs)
        if settings.uses_default_range and cidr_by_version:
            for pool in settings.pools.values():
                if "cidr" in pool.defaults and pool.spec.get("cidr") == DEFAULT_RANGE:
                    pool.spec["cidr"] = cidr_by_version.get(4, pool.spec["cidr"])
        if settings.pools or not settings.has_calico or collector.objects.get("pools"):
            return
        for version, cidr in cidr_by_version.items():
            defaults = {"blockSize": DEFAULT_BLOCK_SIZE[version], **settings.default_pool_spec}
            if version == 6:
                defaults = {"blockSize": DEFAULT_BLOCK_SIZE[6], "natOutgoing": False}
            place = Place("installer")
            settings.add_pool(
                DEFAULT_POOL_NAMES[version], {"cidr": cidr}, place, settings.default_pool_installer, defaults
            )

    def _build_nodes(self) -> Iterator[Node]:
        settings = self.settings
        for name in dict.fromkeys(settings.node_names):
            value = {"name": name, "labels": {OS_LABEL: "linux"}, "maxPods": settings.max_pods or KUBELET_MAX_PODS}
            document = Document.without_lines("hosts")
            node = validate(_NODE, value, document, settings.problems, lambda path: path)
            if node is not None:
                yield node

    def apply(self, scenario: Scenario, collector: ObjectCollector, name: str) -> Scenario:
        """Add to a scenario what the installer's input tells."""
        if not self.is_used:
            return scenario
        settings, cluster, networks = self.settings, scenario.cluster, scenario.networks
        if not collector.scenarios:
            scenario = dataclasses.replace(scenario, name=name)
        cluster = dataclasses.replace(cluster, pools=(*cluster.pools, *self.pools), nodes=(*cluster.nodes, *self.nodes))
        if settings.cni_pools is not None:
            cni = CNIConfiguration(ipv4Pools=settings.cni_pools[4], ipv6Pools=settings.cni_pools[6])
            cluster = dataclasses.replace(cluster, cni=cni)
        networks = dataclasses.replace(
            networks,
            cluster=networks.cluster or _parse_cidrs(settings.cluster_cidrs),
            services=networks.services or _parse_cidrs(settings.service_cidrs),
            nodes=networks.nodes or _parse_cidrs(settings.node_networks),
            node_cidr_mask_size=networks.node_cidr_mask_size or settings.node_prefixes.get(4, (0, ""))[0],
            node_cidr_mask_size_ipv6=networks.node_cidr_mask_size_ipv6 or settings.node_prefixes.get(6, (0, ""))[0],
        )
        return dataclasses.replace(scenario, cluster=cluster, networks=networks)


def _document_at(document: Document, path: FieldPath, value: object) -> Document:
    """Return an object of a list as a document of its own, with the lines that it has in the list."""
    if not path:
        return dataclasses.replace(document, value=value)
    return dataclasses.replace(document, value=value, line_of=lambda inner: document.line_of((*path, *inner)))


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
    return tuple(dict.fromkeys(cidr for text in texts if (cidr := Cidr.parse_or_none(text))))


def _build_pools(settings: InstallerSettings) -> Iterator[IPPool]:
    for name, installer_pool in settings.pools.items():
        spec, place = installer_pool.spec, installer_pool.place
        source = ObjectSource(
            Document.without_lines(place.file, None, place.line), (), settings.problems, settings.notes
        )
        size, cidr = spec.get("blockSize"), Cidr.parse_or_none(spec.get("cidr"))
        if cidr and cidr.version == 6 and isinstance(size, int) and size in ALLOWED_BLOCK_SIZES[4]:
            params = {"size": size, "cidr": str(cidr), "default": DEFAULT_BLOCK_SIZE[6]}
            settings.problems.append(Finding("size-of-ipv4", f"IPPool/{name}", params, place))
            continue
        pool = read_object(KIND_READERS["IPPool"][0], {"metadata": {"name": name}, "spec": spec}, source)
        if pool is not None:
            yield pool


def _origin_findings(
    settings: InstallerSettings, built: Iterable[IPPool], existing: Iterable[IPPool]
) -> Iterator[Finding]:
    """Show each pool that an installer creates, and which of its values were not written but are defaults."""
    if list(existing):
        return
    for pool in built:
        installer_pool: InstallerPool = settings.pools[pool.name]
        written = [key for key in installer_pool.spec if key not in installer_pool.defaults]
        params = {
            "installer": installer_pool.installer,
            "cidr": str(pool.cidr),
            "size": pool.block_size,
            "encapsulation": pool.encapsulation,
            "written": ", ".join(written) or "-",
            "defaults": ", ".join(installer_pool.defaults) or "-",
        }
        yield Finding("installer-pool", f"IPPool/{pool.name}", params, installer_pool.place)


def _difference_findings(
    settings: InstallerSettings, built: Iterable[IPPool], existing: Iterable[IPPool]
) -> Iterator[Finding]:
    """Say where an IPPool that exists differs from what the installer's file would create."""
    for pool in existing:
        for planned in built:
            if not (planned.name == pool.name or planned.cidr.overlaps(pool.cidr)):
                continue
            fields = ("cidr", "block_size", "encapsulation", "nat_outgoing", "node_selector")
            differing = [name for name in fields if getattr(planned, name) != getattr(pool, name)]
            if differing:
                params = {
                    "installer": settings.pools[planned.name].installer,
                    "fields": ", ".join(
                        f"{name}: {getattr(pool, name)} / {getattr(planned, name)}" for name in differing
                    ),
                }
                yield Finding("installer-differs", f"IPPool/{pool.name}", params, settings.pools[planned.name].place)


def _prefix_findings(settings: InstallerSettings, pools: Iterable[IPPool]) -> Iterator[Finding]:
    """Compare the per-node prefix of other network plugins with the blockSize that counts."""
    nodes = len(dict.fromkeys(settings.node_names))
    for pool in pools:
        if pool.version not in settings.node_prefixes:
            continue
        prefix, name = settings.node_prefixes[pool.version]
        place = settings.pools[pool.name].place if pool.name in settings.pools else None
        params: dict[str, object] = {"size": pool.block_size, "prefix": prefix, "name": name}
        is_intended = any(note.code == "mask-is-block-size" for note in settings.notes)
        if pool.block_size == prefix and prefix != DEFAULT_BLOCK_SIZE[pool.version] and not is_intended:
            yield Finding("prefix-as-size", f"IPPool/{pool.name}", params, place)
        if "kube_network_node_prefix" not in name:
            continue  # of others the design rule on per-node ranges speaks
        subnets = pool.cidr.subnet_count(prefix)
        if nodes and (subnets < nodes) != (pool.block_count < nodes):
            subnet_params = {**params, "subnets": subnets, "blocks": pool.block_count, "nodes": nodes}
            yield Finding("prefix-misleads", f"IPPool/{pool.name}", subnet_params, place)
