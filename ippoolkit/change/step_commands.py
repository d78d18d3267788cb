"""The commands of each step, with every name quoted: no name can end a quote or become an option."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..model import Cluster, IPPool
from ..write.v3_manifests import to_manifests_yaml
from ..write.yaml_dump import dump_yaml
from . import operator_installation
from .cni_commands import cni_change_commands
from .pool_usage import StepResult
from .recreate_order import WORKLOAD_KINDS, RecreateOrder, Workload, workload_of
from .runbook import Runbook
from .steps import Step, pool_names, rename_pool

ANNOTATION = {4: "cni.projectcalico.org/ipv4pools", 6: "cni.projectcalico.org/ipv6pools"}
SHOW_TUNNELS = (
    "kubectl get nodes -o custom-columns="
    "'NODE:.metadata.name,VXLAN:.metadata.annotations.projectcalico\\.org/IPv4VXLANTunnelAddr,"
    "IPIP:.metadata.annotations.projectcalico\\.org/IPv4IPIPTunnelAddr,"
    "VXLAN6:.metadata.annotations.projectcalico\\.org/IPv6VXLANTunnelAddr'"
)
# Which namespaces and which templates of workloads name a pool: an annotation is a list in brackets.
SHOW_ANNOTATIONS = (
    "kubectl get namespaces,deployments,daemonsets,statefulsets -A -o custom-columns="
    "'KIND:.kind,NAMESPACE:.metadata.namespace,NAME:.metadata.name,"
    + ",".join(
        f"{place}{version}:{path}.annotations.cni\\.projectcalico\\.org/ipv{version}pools"
        for place, path in (("OWN", ".metadata"), ("TEMPLATE", ".spec.template.metadata"))
        for version in (4, 6)
    )
    + "' | grep -F '['"
)
SHOW_POOLS = "calicoctl get ippools -o wide"
SHOW_USAGE = "calicoctl ipam show"
SHOW_BLOCKS = "calicoctl ipam show --show-blocks"
BACKUP_COMMAND = (
    "kubectl get ippools.crd.projectcalico.org,ipamblocks.crd.projectcalico.org,"
    "blockaffinities.crd.projectcalico.org,ipamhandles.crd.projectcalico.org,"
    "ipamconfigs.crd.projectcalico.org -o yaml > ipam-backup.yaml"
)
_DISABLE_PATCH = json.dumps({"spec": {"disabled": True}})
# Pods of a node that can be recreated; jsonpath separates by blanks what names of Kubernetes do not hold.
_RECREATABLE_PODS = "spec.hostNetwork=false,status.phase!=Succeeded,status.phase!=Failed"
# Workloads whose pods have addresses of their own: those on the host's network, calico-node among them, stay alone.
_POD_NETWORK_WORKLOADS = (
    "'{{range .items}}{{if not .spec.template.spec.hostNetwork}}{{.kind}}/{{.metadata.name}}{{\"\\n\"}}{{end}}{{end}}'"
)
_POD_FIELDS = (
    "'{range .items[*]}{.metadata.namespace} {.metadata.name} {.metadata.uid} {.metadata.ownerReferences[0].kind}"
    '{"\\n"}{end}\''
)


@dataclass(frozen=True, slots=True)
class StepCommands:
    """What is typed for a step.

    `groups` are the labels of the groups in which pods are recreated, each with its commands; `manifest` is what a
    command reads, at `manifest_path`.
    """

    calicoctl: tuple[str, ...] = ()
    kubectl: tuple[str, ...] = ()
    groups: tuple[tuple[str, tuple[str, ...]], ...] = ()
    manifest_path: str = ""
    manifest: str = ""


def step_commands(runbook: Runbook) -> list[StepCommands]:
    """Return what is typed for each step of a runbook that was issued."""
    listed_pools = operator_installation.managed_pools(runbook.scenario.cluster)
    commands = []
    for step_number, result in enumerate(runbook.results, 1):
        listed_pools = (
            operator_installation.pools_after(listed_pools, result.step) if result.step.managed else listed_pools
        )
        commands.append(_commands_of_step(runbook, step_number, result, listed_pools))
    return commands


def _commands_of_step(
    runbook: Runbook, step_number: int, result: StepResult, managed_pools: Sequence[IPPool]
) -> StepCommands:
    step = result.step
    name = shlex.quote(step.pool.name)
    if step.managed and step.action in ("create", "disable", "delete"):
        manifest_path = f"manifests/{step_number:02d}-installation.yaml"
        line = f"kubectl patch installation default --type=merge --patch-file {manifest_path}"
        return StepCommands(
            kubectl=(line,),
            manifest_path=manifest_path,
            manifest=operator_installation.installation_patch(managed_pools, runbook.scenario.release),
        )
    match step.action:
        case "create":
            manifest_path = f"manifests/{step_number:02d}-ippool.yaml"
            text = to_manifests_yaml([step.pool], runbook.scenario.release)
            return StepCommands(
                (f"calicoctl create -f {manifest_path}",),
                (f"kubectl create -f {manifest_path}",),
                manifest_path=manifest_path,
                manifest=text,
            )
        case "disable":
            patch = shlex.quote(_DISABLE_PATCH)
            return StepCommands(
                (f"calicoctl patch ippool {name} -p {patch}",),
                (f"kubectl patch ippools.crd.projectcalico.org {name} --type=merge -p {patch}",),
            )
        case "restart":
            rollout_command = "kubectl -n calico-system rollout"
            return StepCommands(
                kubectl=(
                    f"{rollout_command} restart daemonset/calico-node",
                    f"{rollout_command} status daemonset/calico-node --timeout=30m",
                )
            )
        case "annotate":
            return StepCommands(
                kubectl=tuple(_annotation_commands(runbook.scenario.cluster, runbook.changed_pool, step))
            )
        case "recreate":
            order = runbook.change.order
            return StepCommands(
                groups=tuple(
                    (group_label(keys), tuple(_recreate_commands(keys, order, result.left_alone)))
                    for keys in result.groups
                )
            )
        case "cni":
            return StepCommands(kubectl=cni_change_commands(runbook.change, step.pool, step.target_pool))
        case "inventory":
            return StepCommands(
                manifest_path="inventory/calico.yml", manifest=dump_yaml(_inventory_variables(step.pool))
            )
    return StepCommands((f"calicoctl delete ippool {name}",))


def _annotation_commands(cluster: Cluster, old: IPPool, step: Step) -> Iterable[str]:
    """Return commands that correct annotations of namespaces, and of the templates of workloads, which roll out."""
    key, old_names = ANNOTATION[old.version], pool_names(old)
    for namespace in cluster.namespaces:
        named_pools = namespace.ipv4_pools if old.version == 4 else namespace.ipv6_pools
        if not {*named_pools}.isdisjoint(old_names):
            remaining_pools = rename_pool(named_pools, old_names, step.target_pool)
            value = f"{key}={json.dumps(remaining_pools)}" if remaining_pools else f"{key}-"
            yield f"kubectl annotate namespace {shlex.quote(namespace.name)} {shlex.quote(value)} --overwrite"
    pools_of_workload = {}
    for pod in cluster.pods:
        named_pools = pod.ipv4_pools if old.version == 4 else pod.ipv6_pools
        if not {*named_pools}.isdisjoint(old_names) and (workload := workload_of(pod)):
            pools_of_workload[workload] = rename_pool(named_pools, old_names, step.target_pool)
    for workload, remaining_pools in sorted(pools_of_workload.items()):
        annotations = {key: json.dumps(remaining_pools) if remaining_pools else None}
        patch = json.dumps({"spec": {"template": {"metadata": {"annotations": annotations}}}})
        target = f"{workload.kind.lower()} {shlex.quote(workload.name)} --namespace={shlex.quote(workload.namespace)}"
        yield f"kubectl patch {target} --type=merge -p {shlex.quote(patch)}"
        yield f"kubectl rollout status {target} --timeout=30m"


def _recreate_commands(
    keys: Sequence[tuple[str, ...]], order: RecreateOrder, left_alone: Sequence[Workload]
) -> Iterable[str]:
    """Return commands that recreate pods, each workload at its own pace, or each pod as its budget allows."""
    if order == "node":
        yield from _loop("node", [key[0] for key in keys], _eviction_commands())
        return
    if order == "namespace":
        yield from _loop("space", [key[0] for key in keys], _rollout_commands([*WORKLOAD_KINDS], keys, left_alone))
        return
    for kind, kubectl_kind in WORKLOAD_KINDS.items():
        if namespaces := [key[-1] for key in keys if key[0] == kubectl_kind]:
            yield from _loop("space", namespaces, _rollout_commands([kind], keys, left_alone))


def _loop(variable: str, names: Sequence[str], body: Iterable[str]) -> Iterable[str]:
    """Return commands for each of these names."""
    if len(names) == 1:
        yield f"{variable}={shlex.quote(names[0])}"
        yield from body
        return
    yield f"for {variable} in {' '.join(map(shlex.quote, names))}; do"
    yield from (f"  {line}" for line in body)
    yield "done"


def _rollout_commands(
    kinds: Sequence[str], keys: Sequence[tuple[str, ...]], left_alone: Sequence[Workload]
) -> Iterable[str]:
    """Return commands that restart the workloads of a namespace one by one, but not those that are left alone."""
    namespaces = {key[-1] for key in keys}
    skipped = [
        f"{workload.namespace}/{workload.kind}/{workload.name}"
        for workload in left_alone
        if workload.namespace in namespaces and workload.kind in kinds
    ]
    kubectl_kinds = ",".join(WORKLOAD_KINDS[kind] for kind in kinds)
    return (
        f'for each in $(kubectl get {kubectl_kinds} --namespace="$space" -o go-template={_POD_NETWORK_WORKLOADS}); do',
        *(['  case "$space/$each" in'] if skipped else []),
        *(f"    {shlex.quote(name)}) continue ;;" for name in skipped),
        *(["  esac"] if skipped else []),
        '  kubectl rollout restart --namespace="$space" "$each"',
        '  kubectl rollout status --namespace="$space" --timeout=30m "$each"',
        "done",
    )


def _eviction_commands() -> Iterable[str]:
    """Return commands that evict the pods of a node one by one; an eviction waits until budgets allow it."""
    pod_arguments = '--namespace="$space" "$pod"'
    field_selector = f"spec.nodeName=$node,{_RECREATABLE_PODS}"
    eviction_json = '{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"namespace":"%s","name":"%s"}}'
    uid_command = f"kubectl get pod {pod_arguments} --ignore-not-found -o jsonpath='{{.metadata.uid}}'"
    return (
        f'kubectl get pods --all-namespaces --field-selector="{field_selector}" -o jsonpath={_POD_FIELDS} |',
        "  while read -r space pod uid owner; do",
        '    [ -n "$owner" ] || { echo "left alone, for nothing would make it again: $space/$pod"; continue; }',
        f'    while [ "$({uid_command})" = "$uid" ]; do',
        f'      printf \'{eviction_json}\' "$space" "$pod" |',
        '        kubectl create --raw "/api/v1/namespaces/$space/pods/$pod/eviction" -f - || true',
        "      sleep 5",
        "    done",
        "  done",
        f'if [ -n "$(kubectl get pods --all-namespaces --field-selector="{field_selector}" -o name)" ]; then',
        f'  kubectl wait pods --all-namespaces --field-selector="{field_selector}" --for=condition=Ready --timeout=30m',
        "fi",
    )


def group_label(keys: Sequence[tuple[str, ...]]) -> str:
    """Say in few words what a group is of."""
    labels = [" ".join(filter(None, key)) for key in keys]
    return ", ".join(labels) if len(labels) <= 4 else f"{labels[0]} … {labels[-1]} ({len(labels)})"


def _inventory_variables(pool: IPPool) -> dict[str, object]:
    """Return Kubespray's variables for a pool."""
    if pool.version == 6:
        return {"calico_pool_cidr_ipv6": str(pool.cidr), "calico_pool_blocksize_ipv6": pool.block_size}
    return {
        "calico_pool_name": pool.name,
        "calico_pool_cidr": str(pool.cidr),
        "calico_pool_blocksize": pool.block_size,
    }
