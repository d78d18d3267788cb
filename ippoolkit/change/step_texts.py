"""What is said of a change and of each step."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..findings import N_
from .pool_usage import StepResult
from .step_commands import SHOW_ANNOTATIONS, SHOW_BLOCKS, SHOW_POOLS, SHOW_TUNNELS, SHOW_USAGE

RUNBOOK_TITLES = {
    "block-size": N_("Change the blockSize of {pool} to {size:d}"),
    "split": N_("Split {pool} into parts of /{prefix}"),
    "migrate": N_("Move from {pool} to {cidr}"),
    "grow": N_("Add a pool beside {pool}: {cidr}"),
    "retire": N_("Take {pool} out of service"),
}
# Where a change is refused before a range is chosen.
TITLES_WITHOUT_RANGE = {"migrate": N_("Move from {pool} to another pool"), "grow": N_("Add a pool beside {pool}")}


@dataclass(frozen=True, slots=True)
class StepText:
    """What is said of one kind of step.

    Attributes
    ----------
    title, why
        What is done, and what for.
    pods, wait, undo
        What it means for pods, what to wait for, and how to undo it.
    expected, check_commands
        What it comes to, and the commands that show it.
    releases_addresses
        Whether its figures are compared with calicoctl ipam show right after addresses were released.
    findings
        Codes of the findings that are about it.
    kubectl_note
        Why kubectl cannot do it as well as calicoctl, or not at all.
    """

    title: str
    why: str
    undo: str
    expected: str
    pods: str = N_("Pods keep their addresses.")
    wait: str = N_("Nothing to wait for.")
    check_commands: tuple[str, ...] = ()
    releases_addresses: bool = False
    findings: tuple[str, ...] = ()
    kubectl_note: str = ""


STEP_TEXTS: dict[str, StepText] = {
    "create": StepText(
        title=N_("Create {pool}: {cidr}, blockSize {size:d}"),
        why=N_(
            "Pods and tunnels need another pool before they leave this one. Blocks are created when nodes need them."
        ),
        wait=N_("Until every node has the tunnel address it should have; a few seconds."),
        undo=N_("Possible: delete {pool} again."),
        expected=N_("{pool} is listed with {cidr}, not disabled, and no pool is missing."),
        check_commands=(SHOW_POOLS, SHOW_TUNNELS),
        findings=("change-in-place",),
        kubectl_note=N_(
            "kubectl does not compare a pool with the others as calicoctl does. Before you use it, compare the file "
            "with the pools as they are after the step before; an older dump would show other ones:"
        ),
    ),
    "cni": StepText(
        title=N_("Let the nodes' CNI configuration name {to} instead of {pool}"),
        why=N_(
            "Pods without an annotation draw only from the pools that the CNI configuration names: with {pool} "
            "disabled they would get no address."
        ),
        pods=N_("Pods keep their addresses. New pods take addresses of {to}."),
        wait=N_("Until calico-node runs again on every node: it writes the configuration when it starts."),
        undo=N_("Possible: restore the old name, and restart calico-node."),
        expected=N_("On every node ipv4_pools or ipv6_pools shows {to}, and {pool} nowhere."),
        findings=("cni-names-pools",),
    ),
    "annotate": StepText(
        title=N_("Change annotations from {pool} to {to}"),
        why=N_("Pods that name a pool which is disabled or gone get no address."),
        wait=N_("Until the rollouts are complete."),
        undo=N_("Possible: restore the old annotations."),
        expected=N_("Every namespace and template of this step names {to} instead of {pool}."),
        check_commands=(SHOW_ANNOTATIONS, SHOW_USAGE),
    ),
    "disable": StepText(
        title=N_("Disable {pool}"),
        why=N_(
            "Nodes keep the blocks they have: without this step, recreated pods would get addresses from {pool} again."
        ),
        pods=N_("Pods keep their addresses. Tunnels change theirs: connections between nodes may stall for seconds."),
        wait=N_("Until no node's tunnel is in {cidr}; a few seconds. Write no other pool before that."),
        undo=N_("Possible: enable {pool} again with the same command and the old value."),
        expected=N_(
            "No tunnel has an address of {cidr}; {pool} keeps {in_use} in use: {used} of pods, {tunnels} of tunnels."
        ),
        check_commands=(SHOW_TUNNELS, SHOW_USAGE),
        releases_addresses=True,
        findings=("change-annotated", "change-two-at-once", "change-operator"),
    ),
    "restart": StepText(
        title=N_("Restart calico-node so that tunnels leave {pool}"),
        why=N_("calico-node does not look at its tunnels when only a selector changes."),
        pods=N_("Pods keep their addresses. Tunnels change theirs: connections between nodes may stall for seconds."),
        wait=N_("Until the rollout is complete and no node's tunnel is in {cidr}; minutes."),
        undo=N_("Possible: enable {pool} again, and restart calico-node once more."),
        expected=N_("No tunnel has an address of {cidr}."),
        check_commands=(SHOW_TUNNELS,),
    ),
    "recreate": StepText(
        title=N_("Recreate the pods that hold addresses of {pool}"),
        why=N_("A pod keeps its address until it is recreated. Pods on the host's network are left alone."),
        pods=N_(
            "{count:pod} are recreated with another address, each workload at the pace of its own rollout; a service "
            "is reachable as long as one of its pods is. Connections to a pod that goes are cut."
        ),
        wait=N_("Until every rollout is complete and no address of {cidr} is in use."),
        undo=N_(
            "Possible, at the cost of recreating the pods once more: enable {pool} again and disable "
            "the other pool. Pods do not get their old addresses back."
        ),
        expected=N_(
            "IPS IN USE of {cidr} is {in_use}, and no pod waits in ContainerCreating. If an address is left, kubectl "
            "get pods -A -o wide shows whose it is: restart that workload too."
        ),
        check_commands=(SHOW_USAGE, "kubectl get pods -A -o wide | grep -v Running"),
        findings=("change-surge", "change-bare"),
    ),
    "delete": StepText(
        title=N_("Delete {pool}"),
        why=N_("calicoctl releases its empty blocks, which kubectl would leave in the way of another blockSize."),
        undo=N_(
            "Not possible for blocks and addresses. The pool itself can be created again as it was, as "
            "long as no other pool has taken its range."
        ),
        expected=N_("{pool} is not listed, and no block of {cidr} is left."),
        check_commands=(SHOW_POOLS, SHOW_BLOCKS),
        findings=("change-early", "change-kubectl-delete", "change-delete-leaves-blocks"),
        kubectl_note=N_("There is no safe form with kubectl: it leaves affinities and empty blocks behind."),
    ),
    "inventory": StepText(
        title=N_("Write {pool} into Kubespray's inventory"),
        why=N_("Otherwise the next Kubespray run creates the old pool again."),
        undo=N_("Possible: restore the old values."),
        expected=N_("The variables have the values in the file."),
        check_commands=("grep -rn calico_pool inventory/",),
    ),
}
# Where an operator keeps the pool, where pods are recreated, and where released addresses cool down.
STEP_TEXTS |= {
    "disable-managed": replace(
        STEP_TEXTS["disable"],
        why=N_(
            "Nodes keep the blocks they have: without this step, recreated pods would get addresses "
            "from {pool} again. The operator would re-enable a disabled pool, but it keeps a selector "
            "that matches no node."
        ),
        pods=N_(
            "Pods keep their addresses. Tunnels stay where they are for now; pods that name {pool} "
            "still get addresses from it."
        ),
        wait=N_("Until the operator has written the pool; seconds."),
        undo=N_("Possible: restore the old nodeSelector of {pool} in the Installation."),
        expected=N_("{pool} is listed with the selector !all()."),
        check_commands=(SHOW_POOLS,),
        releases_addresses=False,
    ),
    "recreate-with-cooldown": replace(
        STEP_TEXTS["recreate"],
        wait=N_(
            "Until every rollout is complete and no address of {cidr} is in use; then another "
            "{seconds} seconds (ipCooldownSeconds): a block with addresses in cooldown outlives its "
            "pool."
        ),
        expected=N_("No pod has an address of {cidr}, and none waits in ContainerCreating."),
        releases_addresses=True,
    ),
    "annotate-templates": replace(
        STEP_TEXTS["annotate"],
        pods=N_(
            "{count:pod} of the workloads whose template changes are recreated at once by their rollouts, with "
            "addresses of the pool that is now named. All others keep their addresses."
        ),
        expected=N_(
            "Every namespace and template of this step names {to} instead of {pool}; once the rollouts are complete, "
            "{pool} has {in_use} in use: {used} of pods, {tunnels} of tunnels."
        ),
        releases_addresses=True,
    ),
}
ORDER_TEXTS = {
    "namespace": N_("Namespace by namespace, those with fewest pods first; within each, one workload after another."),
    "workload": N_("Deployments, then DaemonSets, then StatefulSets, one workload after another."),
    "node": N_(
        "Node by node, pod after pod, by eviction, which respects PodDisruptionBudgets; all pods of these nodes, those "
        "of DaemonSets and those with addresses of other pools too."
    ),
}
# Of the pods that are recreated.
ELSEWHERE_TEXTS = {
    "namespace": N_("{elsewhere} of them hold addresses of other pools: their workload has pods in {pool} too."),
    "node": N_("{elsewhere} of them hold addresses of other pools: they are on the same nodes."),
}
ELSEWHERE_TEXTS["workload"] = ELSEWHERE_TEXTS["namespace"]
LEFT_ALONE_TEXT = N_("Left alone, because no pod of theirs is in {pool}: {skipped}.")
COOLDOWN_TEXT = N_("calicoctl counts addresses that cool down as in use, besides.")
MANAGED_NOTE = N_(
    "The operator keeps this pool as the Installation defines it and reverts changes made "
    "elsewhere. The file lists all pools that the Installation should have after this step: "
    "compare it with the current one. It needs Calico's API server."
)


def text_of_step(result: StepResult, cooldown_seconds: int) -> StepText:
    """Return what is said of a step; released addresses keep their blocks for `cooldown_seconds`."""
    action: str = result.step.action
    if action == "disable" and result.step.managed:
        action = "disable-managed"
    elif action == "recreate" and cooldown_seconds:
        action = "recreate-with-cooldown"
    elif action == "annotate" and result.recreated_pods:
        action = "annotate-templates"
    return STEP_TEXTS[action]
