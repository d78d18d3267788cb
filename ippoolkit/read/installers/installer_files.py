"""Files of installers, recognized by their contents, and the scenario that they come to."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from ...calico.limits import ALLOWED_BLOCK_SIZES, DEFAULT_BLOCK_SIZE, KUBELET_MAX_PODS
from ...calico.pool_selection import OS_LABEL
from ...cidr import Cidr, IPVersion
from ...findings import Finding, Place
from ...model import CNIConfiguration, IPPool, Node, Scenario
from ..document import Document, FieldPath
from ..kubernetes_objects import KIND_READERS, ObjectSource, read_object
from ..validation import validate
from . import (
    amazon,
    calico_node,
    cni_configuration,
    distributions,
    kops,
    kubernetes_manifests,
    kubespray,
    rancher,
    talos,
    tigera_operator,
)
from .installer_findings import difference_findings, operator_findings, origin_findings, prefix_findings
from .installer_settings import (
    DEFAULT_POOL_NAMES,
    DefaultPools,
    InstallerRange,
    InstallerSettings,
    Weight,
)
from .tracked_settings import TrackedMapping

if TYPE_CHECKING:
    from ..collector import ObjectCollector

_ENVIRONMENT_PREFIX = "CALICO_IPV"
_NODE = TypeAdapter(Node)

Mapped = Mapping[str, Any]
ObjectReader = Callable[[Mapped, Document, InstallerSettings], object]
# By kind and API group.
_OBJECT_READERS: dict[tuple[str, str], ObjectReader] = {
    ("Installation", "operator.tigera.io"): tigera_operator.read_operator_installation,
    ("ClusterConfiguration", "kubeadm.k8s.io"): kubernetes_manifests.read_cluster_configuration,
    ("MasterConfiguration", "kubeadm.k8s.io"): kubernetes_manifests.read_cluster_configuration,
    ("InitConfiguration", "kubeadm.k8s.io"): kubernetes_manifests.read_init_configuration,
    ("KubeProxyConfiguration", "kubeproxy.config.k8s.io"): kubernetes_manifests.read_kube_proxy,
    ("KubeletConfiguration", "kubelet.config.k8s.io"): kubernetes_manifests.read_kubelet,
    ("Cluster", "kops.k8s.io"): kops.read_kops,
    ("Cluster", "kubekey.kubesphere.io"): distributions.read_kubekey,
    ("ClusterConfig", "eksctl.io"): amazon.read_eksctl,
    ("Network", "config.openshift.io"): distributions.read_openshift,
    ("Network", "operator.openshift.io"): distributions.read_openshift,
}
_CHART_KINDS = ("HelmChartConfig", "HelmChart", "HelmRelease")
# Documents without a kind: what they are, whether a document is one, who reads it.
_DOCUMENT_READERS: tuple[tuple[str, Callable[[Mapped], bool], ObjectReader], ...] = (
    ("Helm", tigera_operator.is_helm_values, tigera_operator.read_helm_values),
    ("OKD", distributions.is_openshift, distributions.read_openshift),
    ("RKE", rancher.is_rke1, rancher.read_rke1),
    ("Talos", talos.is_talos, talos.read_talos),
    (
        "CNI",
        cni_configuration.is_cni_configuration,
        lambda value, document, settings: cni_configuration.read_cni_configuration(value, document.place(()), settings),
    ),
    ("k3s", rancher.is_k3s, rancher.read_k3s),
    ("EKS", amazon.is_aws_output, amazon.read_aws_output),
)
# Of these what is not read is not worth a list.
_UNLISTED = ("CNI", "EKS")


class InstallerReader:
    """Takes texts, documents and objects; knows which are an installer's."""

    def __init__(self) -> None:
        self.settings = InstallerSettings()
        self.variables: kubespray.Variables = {}
        self.inventory_variables: kubespray.Variables = {}  # of the file with the hosts: group_vars win over them
        self.other_variables: dict[str, list[str]] = {}  # of Kubespray's files, what is not known here; by file
        self.is_used = False
        self.inventory_file = ""  # with Kubespray's hosts
        self.pools: list[IPPool] = []
        self.nodes: list[Node] = []

    @property
    def kinds_seen(self) -> set[str]:
        """Kinds that the installer's input describes."""
        kinds = {"IPPool"} if self.pools else set()
        kinds |= {"IPAMConfiguration"} if self.settings.ipam else set()
        return kinds | ({"Node"} if self.nodes else set())

    def read_text(self, text: str, name: str) -> bool:
        """Read a text that is neither YAML nor JSON: an INI inventory, an environment; say whether it was one."""
        if kubespray.is_ini_inventory(text):
            self.inventory_file = name
            self.inventory_variables |= kubespray.read_ini_hosts(text, name, self.settings)
            self.is_used = True
            return True
        if _ENVIRONMENT_PREFIX in text and (environment := _parse_environment(text)):
            document = Document.without_lines(name, environment)
            calico_node.read_calico_node_environment(environment, document, self.settings)
            self.is_used = True
            return True
        if cni_configuration.is_cni_text(text):
            cni_configuration.read_cni_text(text, Place(name), self.settings)
            self.is_used = True
            return True
        return False

    def read_command(self, line: str, place: Place) -> bool:
        """Read the ranges that a command line gives an installer; say whether there were any."""
        if not kubernetes_manifests.read_command_line(line, place, self.settings):
            return False
        self.is_used = True
        return True

    def read_document(self, document: Document) -> bool:
        """Read a document without a kind; say whether it was an installer's."""
        value = document.value
        if isinstance(value, list):
            return self._read_list(value, document)
        if not isinstance(value, Mapping) or "kind" in value:
            return False
        for name, is_one, reader in _DOCUMENT_READERS:
            if is_one(value):
                tracked = TrackedMapping(value)
                reader(tracked, document, self.settings)
                if name not in _UNLISTED:
                    self.settings.note_unused(tracked, document)
                self.settings.found.append(name)
                self.is_used = True
                return True
        return self._read_kubespray(value, document)

    def _read_list(self, value: list[Any], document: Document) -> bool:
        if talos.is_talos(value):
            talos.read_talos(value, document, self.settings)
        elif calico_node.is_environment_list(value):
            calico_node.read_environment_list(value, document, self.settings)
        else:
            return False
        self.is_used = True
        return True

    def _read_kubespray(self, value: Mapped, document: Document) -> bool:
        settings = self.settings
        if names := kubespray.VARIABLE_NAMES & set(value):
            for key in names:
                self.variables[key] = value[key], document.place((key,))
            self.other_variables.setdefault(document.file, []).extend(key for key in value if key not in names)
        elif kubespray.is_yaml_inventory(value):
            self.inventory_file = document.file
            self.inventory_variables |= kubespray.read_yaml_hosts(value, document, settings)
        elif any(str(key).startswith(_ENVIRONMENT_PREFIX) for key in value):
            calico_node.read_calico_node_environment(value, document, settings)
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
            tracked = TrackedMapping(value)
            reader(tracked, at_object, self.settings)
            self.settings.note_unused(tracked, at_object)
        elif kind == "DaemonSet" and calico_node.is_calico_node(value):
            calico_node.read_calico_node_daemonset(value, at_object, self.settings)
        elif kind == "ConfigMap" and kubernetes_manifests.read_config_map(value, at_object, self.settings):
            pass
        elif kind in _CHART_KINDS and tigera_operator.is_helm_chart_config(value):
            tigera_operator.read_helm_chart_config(value, at_object, self.settings)
        elif kind == "Pod" and kubernetes_manifests.is_component_pod(value):
            return kubernetes_manifests.read_component_pod(value, at_object, self.settings)
        else:
            return False
        self.is_used = True
        return True

    def finish(self, collector: ObjectCollector) -> tuple[list[Finding], list[Finding]]:
        """Make pools and nodes of the settings; return the notes on them, and the problems.

        IPPools that were read win over what the installer would create, and where the two differ it is said.
        """
        settings = self.settings
        variables = {**self.inventory_variables, **self.variables}
        if variables or self.inventory_file:
            file = next(iter(variables.values()))[1].file if variables else self.inventory_file
            kubespray.read_variables(variables, Place(file), settings)
        for file, names in self.other_variables.items():
            settings.note_unused_names(names, Place(file))
        if not self.is_used:
            return settings.notes, settings.problems
        existing = [located.item for located in collector.objects.get("pools", {}).values()]
        self._add_default_pools(has_pools=bool(existing))
        built = list(_build_pools(settings))
        notes = [*settings.notes, *settings.range_findings()]
        notes += difference_findings(settings, built, existing) if existing else origin_findings(settings, built)
        if settings.ipam and not collector.objects.get("ipam"):
            values = {key: str(value).lower() for key, value in settings.ipam.items()}
            notes.append(Finding("installer-ipam", "IPAMConfiguration/default", values))
        self.pools = [] if existing else built
        notes += prefix_findings(settings, existing or built)
        notes += operator_findings(settings, built)
        known = set(collector.objects.get("nodes", {}))
        self.nodes = [node for node in self._build_nodes() if node.name not in known]
        return notes, settings.problems

    def _add_default_pools(self, *, has_pools: bool) -> None:
        """Make pools over the pods' ranges where no input defines any; the most special input decides how."""
        settings = self.settings
        if settings.pools or settings.creates_no_pool or not settings.default_pools:
            return
        highest = max(pools.rank for pools in settings.default_pools)
        # Of several files of the same kind the first decides, as for ranges.
        default_pools = next(pools for pools in settings.default_pools if pools.rank == highest)
        ranges = _first_by_version(settings.ranges_of("cluster", platform_only=default_pools.platform_only))
        for version, fields in default_pools.specs.items():
            cluster_range = ranges.get(version)
            if cluster_range is not None or (version == 4 and default_pools.fallback and not ranges):
                self._add_default_pool(version, fields, default_pools, cluster_range)
        if has_pools:
            return
        params = {"installer": default_pools.installer}
        if not settings.pools:
            settings.notes.append(Finding("installer-no-range", "", params, default_pools.place))
        elif default_pools.assumed:
            settings.notes.append(Finding("pool-assumed", "", params, default_pools.place))

    def _add_default_pool(
        self, version: IPVersion, fields: Mapped, default_pools: DefaultPools, cluster_range: InstallerRange | None
    ) -> None:
        written = dict(default_pools.written.get(version, {}))
        defaults = {
            "cidr": default_pools.fallback,
            **{key: value for key, value in fields.items() if key not in written},
        }
        place = default_pools.place
        if cluster_range is not None:
            (defaults if cluster_range.weight is Weight.DEFAULT else written)["cidr"] = cluster_range.text
        installer = "calico-node" if default_pools.assumed else default_pools.installer
        pool = self.settings.add_pool(DEFAULT_POOL_NAMES[version], written, place, installer, defaults)
        if cluster_range is not None and cluster_range.weight is not Weight.DEFAULT and cluster_range.place != place:
            pool.cidr_origin = str(cluster_range.place)

    def _build_nodes(self) -> Iterator[Node]:
        settings = self.settings
        for name, node in settings.nodes.items():
            value = {
                "name": name,
                "labels": {OS_LABEL: "linux", **node.labels},
                "maxPods": settings.max_pods or KUBELET_MAX_PODS,
                "addresses": list(node.addresses),
            }
            document = Document.without_lines("hosts")
            built = validate(_NODE, value, document, settings.problems, lambda path: path)
            if built is not None:
                yield built

    def apply(self, scenario: Scenario, collector: ObjectCollector, name: str) -> Scenario:
        """Add to a scenario what the installer's input tells; of the flags of a control plane only its networks."""
        settings, cluster, networks = self.settings, scenario.cluster, scenario.networks
        if not self.is_used and not settings.ranges:
            return scenario
        if self.is_used and not collector.scenarios:
            scenario = dataclasses.replace(scenario, name=name)
        cluster = dataclasses.replace(cluster, pools=(*cluster.pools, *self.pools), nodes=(*cluster.nodes, *self.nodes))
        known_pools = {str(pool.cidr) for pool in cluster.pools}
        named = {pool for pools in (settings.cni_pools or {}).values() for pool in pools}
        is_cni_likely = not settings.is_cni_assumed or named <= known_pools
        if settings.cni_pools is not None and is_cni_likely:
            cni = CNIConfiguration(ipv4Pools=settings.cni_pools[4], ipv6Pools=settings.cni_pools[6])
            cluster = dataclasses.replace(cluster, cni=cni)
        if settings.wireguard:
            cluster = dataclasses.replace(cluster, wireguard_enabled=True)
        if settings.ipam and not collector.objects.get("ipam") and not collector.scenarios:
            ipam = dataclasses.replace(
                cluster.ipam,
                strict_affinity=settings.ipam.get("strictAffinity", False),
                auto_allocate_blocks=settings.ipam.get("autoAllocateBlocks", True),
            )
            cluster = dataclasses.replace(cluster, ipam=ipam)
        networks = dataclasses.replace(
            networks,
            cluster=networks.cluster or _parse_cidrs(settings.ranges_of("cluster")),
            services=networks.services or _parse_cidrs(settings.ranges_of("services")),
            nodes=networks.nodes or _parse_cidrs(settings.ranges_of("nodes")),
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


def _first_by_version(ranges: Iterable[InstallerRange]) -> dict[IPVersion, InstallerRange]:
    """Return the first range of each family."""
    by_version: dict[IPVersion, InstallerRange] = {}
    for item in ranges:
        if cidr := Cidr.parse_or_none(item.text):
            by_version.setdefault(cidr.version, item)
    return by_version


def _parse_cidrs(ranges: Iterable[InstallerRange]) -> tuple[Cidr, ...]:
    return tuple(dict.fromkeys(cidr for item in ranges if (cidr := Cidr.parse_or_none(item.text))))


def _build_pools(settings: InstallerSettings) -> Iterator[IPPool]:
    for name, installer_pool in settings.pools.items():
        spec, place = installer_pool.spec, installer_pool.place
        problems: list[Finding] = []
        source = ObjectSource(Document.without_lines(place.file, None, place.line), (), problems, settings.notes)
        size, cidr = spec.get("blockSize"), Cidr.parse_or_none(spec.get("cidr"))
        if cidr and cidr.version == 6 and isinstance(size, int) and size in ALLOWED_BLOCK_SIZES[4]:
            params = {"size": size, "cidr": str(cidr), "default": DEFAULT_BLOCK_SIZE[6]}
            settings.problems.append(Finding("size-of-ipv4", f"IPPool/{name}", params, place))
            continue
        pool = read_object(KIND_READERS["IPPool"][0], {"metadata": {"name": name}, "spec": spec}, source)
        settings.problems += [_at_setting(problem, place) for problem in problems]
        if pool is not None:
            yield pool


def _at_setting(problem: Finding, place: Place) -> Finding:
    """Place a problem of a pool in the installer's file: the pool's field under the pool's own place."""
    field = problem.place.field.removeprefix("spec.") if problem.place else ""
    return dataclasses.replace(
        problem, place=Place(place.file, place.line, ".".join(filter(None, (place.field, field))))
    )
