"""What is looked at before a change is begun: each check with its command and the output that is right."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from ..calico.limits import DEFAULT_MAX_BLOCKS_PER_HOST
from ..findings import N_
from ..model import Cluster, IPPool
from .cni_commands import cni_show_command, escape_regex
from .free_ranges import NETWORKS_COMMAND, OUTSIDE_CODES
from .runbook import Runbook
from .step_commands import BACKUP_COMMAND, SHOW_BLOCKS, SHOW_POOLS, SHOW_TUNNELS
from .steps import OPERATOR_LABEL, pool_names

_NAMING_KINDS = "namespaces,deployments,daemonsets,statefulsets,jobs,cronjobs,networkpolicies,configmaps"
_NAMING_CALICO_KINDS = ",".join(
    f"{kind}.crd.projectcalico.org"
    for kind in ("networkpolicies", "globalnetworkpolicies", "globalnetworksets", "bgpconfigurations")
)
_OBJECT_LINES = (
    "'{{range .items}}{{.kind}} {{with .metadata.namespace}}{{.}}/{{end}}{{.metadata.name}} "
    '{{printf "%q" (print .)}}{{"\\n"}}{{end}}\''
)


@dataclass(frozen=True, slots=True)
class PreflightCheck:
    """What is looked at, by which command, and which output is right; sentences with their numbers."""

    purpose: str
    command: str
    expected: str
    params: dict[str, object]


def preflight(runbook: Runbook) -> Iterator[PreflightCheck]:
    """Yield the checks of a runbook that was issued, in order."""
    cluster, changed_pool = runbook.scenario.cluster, runbook.changed_pool
    created_pools = runbook.created_pools
    yield _check(
        N_("calicoctl has the cluster's release: this runbook is written for Calico {release}."),
        "calicoctl version",
        N_(
            "Client Version and Cluster Version are both {release}; calicoctl refuses to work with a different one. "
            "Where the cluster's release differs, write the runbook again with --calico and that release."
        ),
        release=runbook.scenario.release,
    )
    yield _check(
        N_("Save the contents of IPAM; this file is the last resort."),
        f"{BACKUP_COMMAND} && grep -c 'kind: IPAMBlock' ipam-backup.yaml",
        N_("{blocks}, as many as in the snapshot, or a few more or less if pods came and went.")
        if cluster.blocks
        else N_("The number of blocks that exist."),
        blocks=len(cluster.blocks),
    )
    yield _check(
        N_("The pools are the ones this runbook was rehearsed with; none is being created or deleted."),
        SHOW_POOLS,
        N_("Exactly these: {pools}."),
        pools=", ".join(sorted(f"{pool.name} ({pool.cidr})" for pool in cluster.pools)),
    )
    if created_pools:
        yield _range_check(runbook)
    for pool in created_pools:
        peak_usage = runbook.peak_of(pool)
        yield _check(
            N_("{pool} is large enough at its peak for the pods and tunnels of every node."),
            SHOW_BLOCKS,
            N_(
                "No more in use in {old} than rehearsed, {start:address}. At the peak the new {pool} with blockSize "
                "{bits:d} has {blocks} of {total:block} and {used} of {size:address} in use, {borrowed} of them "
                "borrowed."
            ),
            pool=pool.name,
            old=changed_pool.name,
            start=runbook.initial_addresses,
            bits=pool.block_size,
            blocks=peak_usage.blocks,
            total=pool.block_count,
            used=peak_usage.pods + peak_usage.tunnels,
            size=pool.cidr.size,
            borrowed=peak_usage.borrowed,
        )
    yield _settings_check(cluster)
    if created_pools and runbook.change.kind == "grow":
        return
    corrected = runbook.objects_corrected
    yield _check(
        N_("Which workloads, network policies and settings name the pool or its range."),
        _naming_command(changed_pool),
        N_("Nothing, except what a step corrects ({named}) and {settings}, which hold the cluster CIDR.")
        if corrected
        else N_("Nothing, except {settings}, which hold the cluster CIDR."),
        named=", ".join(corrected),
        settings="ConfigMap kube-system/kube-proxy, ConfigMap kube-system/kubeadm-config",
    )
    yield _cni_check(runbook)
    if runbook.change.install == "operator":
        yield _check(
            N_("The Installation lists the pools that it lists in the files of this runbook."),
            "kubectl get installation default -o jsonpath='{.spec.calicoNetwork.ipPools}'",
            N_("The pools with the label {label}, with the fields of the first file except those that it changes."),
            label="=".join(OPERATOR_LABEL),
        )
    if runbook.change.install == "kubespray":
        yield _check(
            N_("What the inventory says about the pool now, so that it can be restored."),
            "grep -rnE 'calico_pool|kube_pods_subnet' inventory/",
            N_("calico_pool_cidr or kube_pods_subnet is {cidr}, calico_pool_blocksize is {size:d} or not set."),
            cidr=str(changed_pool.cidr),
            size=changed_pool.block_size,
        )
    yield _check(
        N_("PodDisruptionBudgets allow disruptions: rollouts and evictions wait for those that do not."),
        "kubectl get poddisruptionbudgets -A",
        N_("ALLOWED DISRUPTIONS is 1 or more in every line."),
    )
    yield _check(
        N_("Every node has the tunnel address it should have."),
        SHOW_TUNNELS,
        N_("{nodes:node}; {tunnels:tunnel} have an address."),
        nodes=len(cluster.nodes),
        tunnels=sum(len(node.tunnels) for node in cluster.nodes),
    )


def _range_check(runbook: Runbook) -> PreflightCheck:
    """Return the check of what is around the ranges of new pools; those outside the cluster CIDR are warned of."""
    ranges = ", ".join(dict.fromkeys(str(pool.cidr) for pool in runbook.created_pools))
    outside = ", ".join(finding.subject for finding in runbook.findings if finding.code in OUTSIDE_CODES)
    if outside:
        return _check(
            N_("The new ranges are clear of the networks of nodes and services."),
            NETWORKS_COMMAND,
            N_(
                "The service range and the addresses of nodes are outside {ranges}. cluster-cidr does not contain "
                "{outside}: see the warning above. Pools were checked here. If a range is not clear, write the runbook "
                "again with {option} and another one."
            ),
            ranges=ranges,
            outside=outside,
            option=runbook.change.range_option,
        )
    return _check(
        N_("The new ranges are clear of the networks of nodes and services, and inside the cluster CIDR."),
        NETWORKS_COMMAND,
        N_(
            "The service range and the addresses of nodes are outside {ranges}; cluster-cidr contains all of {ranges}. "
            "Pools were checked here. If not, write the runbook again with {option} and a range for which this is so."
        ),
        ranges=ranges,
        option=runbook.change.range_option,
    )


def _settings_check(cluster: Cluster) -> PreflightCheck:
    """Return the check of IPAM's settings: those that were read, or the defaults that were taken in their place."""
    config = cluster.ipam
    return _check(
        N_("The IPAM settings are those of the rehearsal."),
        "calicoctl ipam show --show-configuration",
        N_("StrictAffinity {strict}, MaxBlocksPerHost {most} (0 counts as {default}).")
        if cluster.has_read("IPAMConfiguration")
        else N_(
            "StrictAffinity {strict}, MaxBlocksPerHost {most} (0 counts as {default}): Calico's defaults, for no "
            "IPAMConfiguration was read. With other values stop, and write the runbook again from a dump with them: "
            "kubectl get ipamconfigs.crd.projectcalico.org -o json."
        ),
        strict=str(config.strict_affinity).lower(),
        most=config.max_blocks_per_host,
        default=DEFAULT_MAX_BLOCKS_PER_HOST,
    )


def _naming_command(pool: IPPool) -> str:
    """Return the command that lists, by kind and name, the objects in which a pool's name or range stands as a word."""
    names = "|".join(map(escape_regex, pool_names(pool)))
    # Each object is one line, in which a line break of its texts is a backslash and an n.
    pattern = shlex.quote(rf"(\\[nt]|[^[:alnum:]-])({names})([^[:alnum:]-]|$)")
    return "\n".join(
        f"kubectl get {kinds} -A -o go-template={_OBJECT_LINES} | grep -E -- {pattern} | cut -d' ' -f1,2"
        for kinds in (_NAMING_KINDS, _NAMING_CALICO_KINDS)
    )


def _cni_check(runbook: Runbook) -> PreflightCheck:
    """Return the check of the third place in which pools are named, after the annotations of pods and namespaces."""
    cni, pool = runbook.scenario.cluster.cni, runbook.changed_pool
    named = ", ".join((*cni.ipv4_pools, *cni.ipv6_pools)) if cni is not None else ""
    if cni is None:
        expected = N_(
            "Nothing. If a line shows {pool} or {cidr}, do not disable the pool: pods would get no address. Add the "
            "file to the input, and the runbook changes it."
        )
    else:
        expected = N_("These pools and no others: {named}.") if named else N_("Nothing.")
    purpose = (
        N_(
            "Which pools the nodes' CNI configuration names: pods without an annotation draw from these only. "
            "Kubespray wrote its pool there until v2.22; later releases do not take it out of nodes that have it."
        )
        if runbook.change.install == "kubespray"
        else N_("Which pools the nodes' CNI configuration names: pods without an annotation draw from these only.")
    )
    params = {"pool": pool.name, "cidr": str(pool.cidr), "named": named}
    return _check(purpose, cni_show_command(runbook.change.install), expected, **params)


def _check(purpose: str, command: str, expected: str, **params: object) -> PreflightCheck:
    return PreflightCheck(purpose, command, expected, params)
