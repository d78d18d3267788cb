"""The commands of each step, with every name quoted: no name can end a quote or become an option."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..model import Cluster, IPPool, Pod
from ..write.manifests import manifests
from ..write.yaml_text import dump
from . import installation
from .moments import Done
from .moving import KINDS, Order
from .runbook import Runbook
from .steps import Step

ANNOTATION = {4: "cni.projectcalico.org/ipv4pools", 6: "cni.projectcalico.org/ipv6pools"}
SHOW_TUNNELS = (
    "kubectl get nodes -o custom-columns="
    "'NODE:.metadata.name,VXLAN:.metadata.annotations.projectcalico\\.org/IPv4VXLANTunnelAddr,"
    "IPIP:.metadata.annotations.projectcalico\\.org/IPv4IPIPTunnelAddr,"
    "VXLAN6:.metadata.annotations.projectcalico\\.org/IPv6VXLANTunnelAddr'"
)
SHOW_POOLS = "calicoctl get ippools -o wide"
SHOW_USE = "calicoctl ipam show"
SHOW_BLOCKS = "calicoctl ipam show --show-blocks"
SAVE = (
    "kubectl get ippools.crd.projectcalico.org,ipamblocks.crd.projectcalico.org,"
    "blockaffinities.crd.projectcalico.org,ipamhandles.crd.projectcalico.org,"
    "ipamconfigs.crd.projectcalico.org -o yaml > ipam-backup.yaml"
)
_DISABLE = json.dumps({"spec": {"disabled": True}})
# Pods of a node that can be recreated; jsonpath separates by blanks what names of Kubernetes do not hold.
_RUNNING = "spec.hostNetwork=false,status.phase!=Succeeded,status.phase!=Failed"
# Workloads whose pods have addresses of their own: those on the host's network, calico-node among them, stay alone.
_OWN_NETWORK = (
    "'{{range .items}}{{if not .spec.template.spec.hostNetwork}}{{.kind}}/{{.metadata.name}}{{\"\\n\"}}{{end}}{{end}}'"
)
_PODS = (
    "'{range .items[*]}{.metadata.namespace} {.metadata.name} {.metadata.uid} {.metadata.ownerReferences[0].kind}"
    '{"\\n"}{end}\''
)


@dataclass(frozen=True, slots=True)
class Orders:
    """What is typed for a step.

    `parts` are the commands of the groups in which pods are recreated, each with what it is about; `file` and `text`
    the manifest that a command reads.
    """

    calicoctl: tuple[str, ...] = ()
    kubectl: tuple[str, ...] = ()
    parts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    file: str = ""
    text: str = ""


def orders(runbook: Runbook) -> list[Orders]:
    """Return what is typed for each step of a runbook that was issued."""
    pools = installation.managed(runbook.scenario.cluster)
    found = []
    for number, done in enumerate(runbook.done, 1):
        pools = installation.after(pools, done.step) if done.step.managed else pools
        found.append(_orders(runbook, number, done, pools))
    return found


def _orders(runbook: Runbook, number: int, done: Done, managed: Sequence[IPPool]) -> Orders:
    step = done.step
    name = shlex.quote(step.pool.name)
    if step.managed and step.action in ("create", "close", "delete"):
        file = f"manifests/{number:02d}-installation.yaml"
        line = f"kubectl patch installation default --type=merge --patch-file {file}"
        return Orders(kubectl=(line,), file=file, text=installation.patch(managed))
    match step.action:
        case "create":
            file = f"manifests/{number:02d}-ippool.yaml"
            text = manifests([step.pool])
            return Orders((f"calicoctl create -f {file}",), (f"kubectl create -f {file}",), file=file, text=text)
        case "close":
            patch = shlex.quote(_DISABLE)
            return Orders(
                (f"calicoctl patch ippool {name} -p {patch}",),
                (f"kubectl patch ippools.crd.projectcalico.org {name} --type=merge -p {patch}",),
            )
        case "restart":
            node = "kubectl -n calico-system rollout"
            return Orders(
                kubectl=(f"{node} restart daemonset/calico-node", f"{node} status daemonset/calico-node --timeout=30m")
            )
        case "annotate":
            return Orders(kubectl=tuple(_annotations(runbook.scenario.cluster, runbook.old, step)))
        case "recreate":
            order = runbook.change.order
            return Orders(parts=tuple((_about(keys), tuple(_renewal(keys, order))) for keys in done.groups))
        case "inventory":
            return Orders(file="inventory/calico.yml", text=dump(_inventory(step.pool)))
    return Orders((f"calicoctl delete ippool {name}",))


def named(cluster: Cluster, pool: IPPool) -> dict[str, tuple[str, ...]]:
    """Return the namespaces whose annotation names a pool, with that place left empty among the pools it names."""
    names = {pool.name, str(pool.cidr)}
    of = {each.name: each.ipv4_pools if pool.version == 4 else each.ipv6_pools for each in cluster.namespaces}
    return {
        space: tuple("" if each in names else each for each in pools) for space, pools in of.items() if names & {*pools}
    }


def _annotations(cluster: Cluster, old: IPPool, step: Step) -> Iterable[str]:
    """Return commands that correct annotations of namespaces, and of the templates of workloads, which roll out."""
    key = ANNOTATION[old.version]
    for space, pools in named(cluster, old).items():
        left = [name for name in (each or step.to for each in pools) if name]
        value = f"{key}={json.dumps(left)}" if left else f"{key}-"
        yield f"kubectl annotate namespace {shlex.quote(space)} {shlex.quote(value)} --overwrite"
    names = {old.name, str(old.cidr)}
    workloads: dict[tuple[str, str, str], list[str]] = {}
    for pod in cluster.pods:
        pools = pod.ipv4_pools if old.version == 4 else pod.ipv6_pools
        if names & {*pools} and (workload := _workload(pod)):
            left = [name for name in (step.to if each in names else each for each in pools) if name]
            workloads[(*workload, pod.namespace)] = left
    for (kind, name, space), left in sorted(workloads.items()):
        annotations = {key: json.dumps(left) if left else None}
        patch = json.dumps({"spec": {"template": {"metadata": {"annotations": annotations}}}})
        of = f"{kind} {shlex.quote(name)} --namespace={shlex.quote(space)}"
        yield f"kubectl patch {of} --type=merge -p {shlex.quote(patch)}"


def _workload(pod: Pod) -> tuple[str, str] | None:
    """Return kind and name of what makes a pod, as the pod's own name has it."""
    kinds = {"ReplicaSet": ("deployment", 2), "DaemonSet": ("daemonset", 1), "StatefulSet": ("statefulset", 1)}
    if pod.owner not in kinds:
        return None
    kind, parts = kinds[pod.owner]
    name = "-".join(pod.name.split("-")[:-parts])
    return (kind, name) if name else None


def _renewal(keys: Sequence[tuple[str, ...]], order: Order) -> Iterable[str]:
    """Return commands that recreate pods, each workload at its own pace, or each pod as its budget allows."""
    if order == "node":
        yield from _each("node", [key[0] for key in keys], _eviction())
        return
    if order == "namespace":
        yield from _each("space", [key[0] for key in keys], _rollout(",".join(KINDS)))
        return
    for kind in KINDS:
        if spaces := [key[-1] for key in keys if key[0] == kind]:
            yield from _each("space", spaces, _rollout(kind))


def _each(variable: str, names: Sequence[str], body: Iterable[str]) -> Iterable[str]:
    """Return commands for each of these names."""
    if len(names) == 1:
        yield f"{variable}={shlex.quote(names[0])}"
        yield from body
        return
    yield f"for {variable} in {' '.join(map(shlex.quote, names))}; do"
    yield from (f"  {line}" for line in body)
    yield "done"


def _rollout(kind: str) -> Iterable[str]:
    return (
        f'for each in $(kubectl get {kind} --namespace="$space" -o go-template={_OWN_NETWORK}); do',
        '  kubectl rollout restart --namespace="$space" "$each"',
        '  kubectl rollout status --namespace="$space" --timeout=30m "$each"',
        "done",
    )


def _eviction() -> Iterable[str]:
    """Return commands that evict the pods of a node one by one; an eviction waits until budgets allow it."""
    pod = '--namespace="$space" "$pod"'
    running = f"spec.nodeName=$node,{_RUNNING}"
    body = '{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"namespace":"%s","name":"%s"}}'
    return (
        f'kubectl get pods --all-namespaces --field-selector="{running}" -o jsonpath={_PODS} |',
        "  while read -r space pod uid owner; do",
        '    [ -n "$owner" ] || { echo "left alone, for nothing would make it again: $space/$pod"; continue; }',
        f'    while [ "$(kubectl get pod {pod} --ignore-not-found -o jsonpath=\'{{.metadata.uid}}\')" = "$uid" ]; do',
        f'      printf \'{body}\' "$space" "$pod" |',
        '        kubectl create --raw "/api/v1/namespaces/$space/pods/$pod/eviction" -f - || true',
        "      sleep 5",
        "    done",
        "  done",
        f'if [ -n "$(kubectl get pods --all-namespaces --field-selector="{running}" -o name)" ]; then',
        f'  kubectl wait pods --all-namespaces --field-selector="{running}" --for=condition=Ready --timeout=30m',
        "fi",
    )


def _about(keys: Sequence[tuple[str, ...]]) -> str:
    """Say in few words what a group is of."""
    told = [" ".join(filter(None, key)) for key in keys]
    return ", ".join(told) if len(told) <= 4 else f"{told[0]} … {told[-1]} ({len(told)})"


def _inventory(pool: IPPool) -> dict[str, object]:
    """Return Kubespray's variables for a pool."""
    if pool.version == 6:
        return {"calico_pool_cidr_ipv6": str(pool.cidr), "calico_pool_blocksize_ipv6": pool.block_size}
    return {
        "calico_pool_name": pool.name,
        "calico_pool_cidr": str(pool.cidr),
        "calico_pool_blocksize": pool.block_size,
    }
