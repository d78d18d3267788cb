"""The commands of each step, with every name quoted: no name can end a quote or become an option."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence

from ..model import Cluster, IPPool
from .steps import Install, Step

ANNOTATION = {4: "cni.projectcalico.org/ipv4pools", 6: "cni.projectcalico.org/ipv6pools"}
SHOW_TUNNELS = (
    "kubectl get nodes -o custom-columns="
    "'NODE:.metadata.name,VXLAN:.metadata.annotations.projectcalico\\.org/IPv4VXLANTunnelAddr,"
    "IPIP:.metadata.annotations.projectcalico\\.org/IPv4IPIPTunnelAddr,"
    "VXLAN6:.metadata.annotations.projectcalico\\.org/IPv6VXLANTunnelAddr'"
)
SHOW_POOLS = "calicoctl get ippools -o wide"
SHOW_USE = "calicoctl ipam show"
SHOW_NAMES = (
    "kubectl get deployments,daemonsets,statefulsets,networkpolicies -A -o yaml | grep -nE 'ipv[46]pools|cidr:'"
)
SAVE = (
    "kubectl get ippools.crd.projectcalico.org,ipamblocks.crd.projectcalico.org,"
    "blockaffinities.crd.projectcalico.org,ipamhandles.crd.projectcalico.org,"
    "ipamconfigs.crd.projectcalico.org -o yaml > ipam-backup.yaml"
)


def file_of(number: int) -> str:
    """Return the name of the manifest of a step; no part of it is a name from the cluster."""
    return f"manifests/{number:02d}-ippool.yaml"


def patch_of(install: Install) -> str:
    """Return the patch that takes a pool out of use."""
    if install == "operator":
        return json.dumps({"spec": {"nodeSelector": "!all()"}})
    return json.dumps({"spec": {"disabled": True}})


def namespaces(cluster: Cluster, pool: IPPool) -> list[str]:
    """Return the namespaces that have pods in a pool, those with fewest first."""
    counts: dict[str, int] = {}
    for pod in cluster.pods:
        if not pod.host_network and not pod.finished:
            counts[pod.namespace] = counts.get(pod.namespace, 0) + any(each in pool.cidr for each in pod.addresses)
    return sorted((name for name, count in counts.items() if count), key=lambda name: (counts[name], name))


def named(cluster: Cluster, pool: IPPool) -> dict[str, tuple[str, ...]]:
    """Return the namespaces whose annotation names a pool, with that place left empty among the pools it names."""
    names = {pool.name, str(pool.cidr)}
    of = {each.name: each.ipv4_pools if pool.version == 4 else each.ipv6_pools for each in cluster.namespaces}
    return {
        space: tuple("" if each in names else each for each in pools) for space, pools in of.items() if names & {*pools}
    }


def commands(
    step: Step, number: int, install: Install, moving: Sequence[str], annotated: Mapping[str, Sequence[str]]
) -> tuple[list[str], list[str]]:
    """Return the commands of a step with calicoctl, and those with kubectl where there are safe ones.

    Parameters
    ----------
    step, number
        The step, and which it is, from 1.
    install
        What Calico was installed by.
    moving
        Namespaces whose workloads are recreated, in order.
    annotated
        Namespaces whose annotation names the pool, as `named` returns them.
    """
    name = shlex.quote(step.pool.name)
    match step.action:
        case "create":
            return [f"calicoctl create -f {file_of(number)}"], []
        case "close":
            patch = shlex.quote(patch_of(install))
            return [f"calicoctl patch ippool {name} -p {patch}"], [
                f"kubectl patch ippools.crd.projectcalico.org {name} --type=merge -p {patch}"
            ]
        case "restart":
            return [], [
                "kubectl -n calico-system rollout restart daemonset/calico-node",
                "kubectl -n calico-system rollout status daemonset/calico-node --timeout=30m",
            ]
        case "annotate":
            key = ANNOTATION[step.pool.version]
            lines = []
            for space, pools in annotated.items():
                left = [name for name in (each or step.to for each in pools) if name]
                value = f"{key}={json.dumps(left)}" if left else f"{key}-"
                lines.append(f"kubectl annotate namespace {shlex.quote(space)} {shlex.quote(value)} --overwrite")
            return [], lines
        case "recreate":
            return [], [restart(space) for space in moving]
    return [f"calicoctl delete ippool {name}"], []


def restart(namespace: str) -> str:
    """Return the command that recreates the workloads of a namespace, one after the other, each at its own pace."""
    space = shlex.quote(namespace)
    return (
        f"for each in $(kubectl get deployments,daemonsets,statefulsets --namespace={space} -o name); do "
        f'kubectl rollout restart --namespace={space} "$each"; '
        f'kubectl rollout status --namespace={space} --timeout=30m "$each"; done'
    )
