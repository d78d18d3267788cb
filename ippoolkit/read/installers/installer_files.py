"""Files of installers, recognized by their contents, and the scenario that they come to."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ...cidr import Cidr
from ...findings import Finding, Place
from ...model import Cluster, CNIConfiguration, IPPool, Node, Scenario
from ..document import Document, FieldPath
from . import (
    amazon,
    calico_node,
    cluster_definitions,
    cni_configuration,
    command_lines,
    distributions,
    kops,
    kubernetes_manifests,
    kubespray,
    rancher,
    talos,
    tigera_operator,
)
from .installer_findings import difference_findings, operator_findings, origin_findings, prefix_findings
from .installer_input import InstallerInput
from .installer_settings import InstallerRange, InstallerSettings
from .planned_objects import add_default_pools, build_groups, build_nodes, build_pools
from .tracked_settings import TrackedMapping

if TYPE_CHECKING:
    from ..collector import ObjectCollector

_ENVIRONMENT_PREFIX = "CALICO_IPV"

Mapped = Mapping[str, Any]
SourceReader = Callable[[InstallerInput], object]
# By kind and API group.
_OBJECT_READERS: dict[tuple[str, str], SourceReader] = {
    ("Installation", "operator.tigera.io"): tigera_operator.read_operator_installation,
    ("ClusterConfiguration", "kubeadm.k8s.io"): kubernetes_manifests.read_cluster_configuration,
    ("MasterConfiguration", "kubeadm.k8s.io"): kubernetes_manifests.read_cluster_configuration,
    ("InitConfiguration", "kubeadm.k8s.io"): kubernetes_manifests.read_init_configuration,
    ("KubeProxyConfiguration", "kubeproxy.config.k8s.io"): kubernetes_manifests.read_kube_proxy,
    ("KubeletConfiguration", "kubelet.config.k8s.io"): kubernetes_manifests.read_kubelet,
    ("Cluster", "kops.k8s.io"): kops.read_kops,
    ("InstanceGroup", "kops.k8s.io"): kops.read_instance_group,
    ("Cluster", "kubekey.kubesphere.io"): distributions.read_kubekey,
    ("ClusterConfig", "eksctl.io"): amazon.read_eksctl,
    ("Cluster", "kind.x-k8s.io"): cluster_definitions.read_kind,
    ("ClusterConfig", "k0s.k0sproject.io"): cluster_definitions.read_k0s,
    ("Cluster", "cluster.x-k8s.io"): cluster_definitions.read_cluster_api,
    ("MachineDeployment", "cluster.x-k8s.io"): cluster_definitions.read_machines,
    ("MachinePool", "cluster.x-k8s.io"): cluster_definitions.read_machines,
    ("KubeadmControlPlane", "controlplane.cluster.x-k8s.io"): cluster_definitions.read_machines,
    ("Cluster", "provisioning.cattle.io"): cluster_definitions.read_rancher_cluster,
    ("Network", "config.openshift.io"): distributions.read_openshift,
    ("Network", "operator.openshift.io"): distributions.read_openshift,
}
_CHART_KINDS = ("HelmChartConfig", "HelmChart", "HelmRelease")
# Documents without a kind: whether a document is one, and who reads it.
_DOCUMENT_READERS: tuple[tuple[Callable[[Mapped], bool], SourceReader], ...] = (
    (tigera_operator.is_helm_values, tigera_operator.read_helm_values),
    (distributions.is_openshift, distributions.read_openshift),
    (rancher.is_rke1, rancher.read_rke1),
    (talos.is_talos, talos.read_talos),
    (cni_configuration.is_cni_configuration, cni_configuration.read_cni_document),
    (rancher.is_k3s, rancher.read_k3s),
    (cluster_definitions.is_microk8s, cluster_definitions.read_microk8s),
    (amazon.is_aws_output, amazon.read_aws_output),
)
# Of these what is not read is not worth a list.
_UNLISTED = (cni_configuration.read_cni_document, amazon.read_aws_output)
_HOST_KEYS = ("ansible_host", "ansible_ssh_host", "ip", "ip6", "access_ip", "node_labels")


class InstallerReader:
    """Takes texts, documents and objects; knows which are an installer's."""

    def __init__(self) -> None:
        self.settings = InstallerSettings()
        self.variables: kubespray.Variables = {}
        self.inventory_variables: kubespray.Variables = {}  # of the file with the hosts: group_vars win over them
        self.host_variables: dict[str, dict[str, Any]] = {}
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
        elif _ENVIRONMENT_PREFIX in text and (environment := _parse_environment(text)):
            document = Document.at_place(Place(name), environment)
            calico_node.read_calico_node_environment(InstallerInput(environment, document, self.settings))
        elif command_lines.is_flags_text(text):
            command_lines.read_flags_text(text, name, self.settings)
        elif cni_configuration.is_cni_text(text):
            cni_configuration.read_cni_text(text, Place(name), self.settings)
        else:
            return False
        self.is_used = True
        return True

    def read_command(self, line: str, place: Place) -> bool:
        """Read the ranges that a command line gives an installer; say whether there were any."""
        has_ranges = command_lines.read_command_line(line, place, self.settings)
        self.is_used |= has_ranges
        return has_ranges

    def read_document(self, document: Document) -> bool:
        """Read a document without a kind; say whether it was an installer's."""
        value = document.value
        if isinstance(value, list):
            is_installer = self._read_list(value, document)
        elif isinstance(value, Mapping) and "kind" not in value:
            is_installer = self._read_mapping(value, document)
        else:
            is_installer = False
        self.is_used |= is_installer
        return is_installer

    def _read_list(self, value: list[Any], document: Document) -> bool:
        if talos.is_patch_list(value):
            talos.read_talos(InstallerInput(talos.apply_patches(value), document, self.settings))
        elif calico_node.is_environment_list(value):
            environment = calico_node.read_environment_list(value)
            calico_node.read_calico_node_environment(InstallerInput(environment, document, self.settings))
        else:
            return False
        return True

    def _read_mapping(self, value: Mapped, document: Document) -> bool:
        for is_known, read_source in _DOCUMENT_READERS:
            if is_known(value):
                tracked = TrackedMapping(value)
                read_source(InstallerInput(tracked, document, self.settings))
                if read_source not in _UNLISTED:
                    self.settings.note_unused(tracked, document)
                return True
        return self._read_kubespray(value, document)

    def _read_kubespray(self, value: Mapped, document: Document) -> bool:
        settings = self.settings
        folder, owner = kubespray.path_parts(document.file)
        if folder == "host_vars":
            self.host_variables.setdefault(owner, {}).update(value)
            self.other_variables.setdefault(document.file, []).extend(key for key in value if key not in _HOST_KEYS)
        elif (names := kubespray.VARIABLE_NAMES & set(value)) or folder:
            for key in names:
                self.variables[key] = value[key], document.place((key,))
            self.other_variables.setdefault(document.file, []).extend(key for key in value if key not in names)
        elif kubespray.is_yaml_inventory(value):
            self.inventory_file = document.file
            self.inventory_variables |= kubespray.read_yaml_hosts(value, document, settings)
        elif any(str(key).startswith(_ENVIRONMENT_PREFIX) for key in value):
            calico_node.read_calico_node_environment(InstallerInput(value, document, settings))
        else:
            return False
        return True

    def read_object(self, document: Document, path: FieldPath, value: Mapped, kind: str) -> bool:
        """Read an object of a kind that installers use; say whether it was one."""
        group = str(value.get("apiVersion", "")).partition("/")[0]
        at_object = document.at(path, value)
        source = InstallerInput(value, at_object, self.settings)
        if read_source := _OBJECT_READERS.get((kind, group)):
            tracked = TrackedMapping(value)
            read_source(InstallerInput(tracked, at_object, self.settings))
            self.settings.note_unused(tracked, at_object)
        elif kind == "DaemonSet" and calico_node.is_calico_node(value):
            calico_node.read_calico_node_daemonset(source)
        elif kind == "ConfigMap" and kubernetes_manifests.read_config_map(source):
            pass
        elif kind in _CHART_KINDS and tigera_operator.is_helm_chart_config(value):
            tigera_operator.read_helm_chart_config(source)
        elif kind == "Pod" and kubernetes_manifests.is_component_pod(value):
            return kubernetes_manifests.read_component_pod(source)
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
        for host, values in self.host_variables.items():
            kubespray.add_host_variables(host, values, settings)
        for file, names in self.other_variables.items():
            settings.note_unused_names(names, Place(file))
        if not self.is_used:
            return settings.notes, settings.problems
        existing = [located.item for located in collector.objects.get("pools", {}).values()]
        add_default_pools(settings, has_pools=bool(existing))
        built = list(build_pools(settings))
        notes = [*settings.notes, *settings.range_findings()]
        notes += difference_findings(settings, built, existing) if existing else origin_findings(settings, built)
        if settings.ipam and not collector.objects.get("ipam"):
            values = {key: str(value).lower() for key, value in settings.ipam.items()}
            notes.append(Finding("installer-ipam", "IPAMConfiguration/default", values))
        self.pools = [] if existing else built
        settings.add_detected_networks(pool.cidr for pool in existing or built)
        notes += prefix_findings(settings, existing or built)
        notes += operator_findings(settings, built)
        known = set(collector.objects.get("nodes", {}))
        self.nodes = [node for node in build_nodes(settings) if node.name not in known]
        return notes, settings.problems

    def apply(self, scenario: Scenario, collector: ObjectCollector, name: str) -> Scenario:
        """Add to a scenario what the installer's input tells; of the flags of a control plane only its networks."""
        settings, networks = self.settings, scenario.networks
        if not self.is_used and not settings.ranges:
            return scenario
        if self.is_used and not collector.scenarios:
            scenario = dataclasses.replace(scenario, name=name)
        cluster = self._apply_to_cluster(scenario.cluster)
        if settings.ipam and not collector.objects.get("ipam") and not collector.scenarios:
            ipam = dataclasses.replace(
                cluster.ipam,
                strict_affinity=settings.ipam.get("strictAffinity", False),
                auto_allocate_blocks=settings.ipam.get("autoAllocateBlocks", True),
            )
            cluster = dataclasses.replace(cluster, ipam=ipam)
        if settings.groups and not cluster.nodes and not scenario.plan.groups:
            groups = tuple(build_groups(settings))
            scenario = dataclasses.replace(scenario, plan=dataclasses.replace(scenario.plan, groups=groups))
        networks = dataclasses.replace(
            networks,
            cluster=networks.cluster or _parse_cidrs(settings.ranges_of("cluster")),
            services=networks.services or _parse_cidrs(settings.ranges_of("services")),
            nodes=networks.nodes or _parse_cidrs(settings.ranges_of("nodes")),
            node_cidr_mask_size=networks.node_cidr_mask_size or settings.node_prefixes.get(4, (0, ""))[0],
            node_cidr_mask_size_ipv6=networks.node_cidr_mask_size_ipv6 or settings.node_prefixes.get(6, (0, ""))[0],
        )
        return dataclasses.replace(scenario, cluster=cluster, networks=networks)

    def _apply_to_cluster(self, cluster: Cluster) -> Cluster:
        pools, cni_pools = (*cluster.pools, *self.pools), self.settings.cni_pools
        changes: dict[str, Any] = {"pools": pools, "nodes": (*cluster.nodes, *self.nodes)}
        if self.settings.wireguard:
            changes["wireguard_enabled"] = True
        if cni_pools is not None:
            # What is only assumed has to fit the pools that there are.
            is_likely = {*cni_pools[4], *cni_pools[6]} <= {str(pool.cidr) for pool in pools}
            if is_likely or not self.settings.is_cni_assumed:
                changes["cni"] = CNIConfiguration(ipv4Pools=cni_pools[4], ipv6Pools=cni_pools[6])
        return dataclasses.replace(cluster, **changes)


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


def _parse_cidrs(ranges: Iterable[InstallerRange]) -> tuple[Cidr, ...]:
    return tuple(dict.fromkeys(cidr for item in ranges if (cidr := Cidr.parse_or_none(item.text))))
