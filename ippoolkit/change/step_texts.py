"""What is said of a change and of each step."""

from __future__ import annotations

from ..findings import N_

RUNBOOK_TITLES = {
    "block-size": N_("Change the blockSize of {pool} to {size:d}"),
    "split": N_("Split {pool} into parts of /{prefix}"),
    "migrate": N_("Move from {pool} to {cidr}"),
    "grow": N_("Add a pool beside {pool}: {cidr}"),
    "retire": N_("Take {pool} out of service"),
}
# Where a change is refused before a range is chosen.
TITLES_WITHOUT_RANGE = {"migrate": N_("Move from {pool} to another pool"), "grow": N_("Add a pool beside {pool}")}
STEP_TITLES = {
    "create": N_("Create {pool}: {cidr}, blockSize {size:d}"),
    "annotate": N_("Change annotations from {pool} to {to}"),
    "disable": N_("Disable {pool}"),
    "restart": N_("Restart calico-node so that tunnels leave {pool}"),
    "recreate": N_("Recreate the pods that hold addresses of {pool}"),
    "delete": N_("Delete {pool}"),
    "inventory": N_("Write {pool} into Kubespray's inventory"),
    "cni": N_("Let the nodes' CNI configuration name {to} instead of {pool}"),
}
WHY = {
    "create": N_(
        "Pods and tunnels need another pool before they leave this one. Blocks are created when nodes need them."
    ),
    "annotate": N_("Pods that name a pool which is disabled or gone get no address."),
    "disable": N_(
        "Nodes keep the blocks they have: without this step, recreated pods would get addresses from {pool} again."
    ),
    "disable-managed": N_(
        "Nodes keep the blocks they have: without this step, recreated pods would get addresses "
        "from {pool} again. The operator would re-enable a disabled pool, but it keeps a selector "
        "that matches no node."
    ),
    "restart": N_("calico-node does not look at its tunnels when only a selector changes."),
    "recreate": N_("A pod keeps its address until it is recreated. Pods on the host's network are left alone."),
    "delete": N_("calicoctl releases its empty blocks, which kubectl would leave in the way of another blockSize."),
    "inventory": N_("Otherwise the next Kubespray run creates the old pool again."),
    "cni": N_(
        "Pods without an annotation draw only from the pools that the CNI configuration names: with {pool} disabled "
        "they would get no address."
    ),
}
POD_IMPACT = {
    "create": N_("Pods keep their addresses."),
    "annotate": N_("Pods keep their addresses."),
    "annotate-templates": N_(
        "{count:pod} of the workloads whose template changes are recreated at once by their rollouts, with addresses "
        "of the pool that is now named. All others keep their addresses."
    ),
    "disable": N_("Pods keep their addresses. Tunnels change theirs: connections between nodes may stall for seconds."),
    "disable-managed": N_(
        "Pods keep their addresses. Tunnels stay where they are for now; pods that name {pool} "
        "still get addresses from it."
    ),
    "restart": N_("Pods keep their addresses. Tunnels change theirs: connections between nodes may stall for seconds."),
    "recreate": N_(
        "{count:pod} are recreated with another address, each workload at the pace of its own rollout; a service is "
        "reachable as long as one of its pods is. Connections to a pod that goes are cut."
    ),
    "delete": N_("Pods keep their addresses."),
    "inventory": N_("Pods keep their addresses."),
    "cni": N_("Pods keep their addresses. New pods take addresses of {to}."),
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
EXPECTED = {
    "create": N_("{pool} is listed with {cidr}, not disabled, and no pool is missing."),
    "annotate": N_("Every namespace and template of this step names {to} instead of {pool}."),
    "annotate-templates": N_(
        "Every namespace and template of this step names {to} instead of {pool}; once the rollouts are complete, "
        "{pool} has {in_use} in use: {used} of pods, {tunnels} of tunnels."
    ),
    "disable": N_(
        "No tunnel has an address of {cidr}; {pool} keeps {in_use} in use: {used} of pods, {tunnels} of tunnels."
    ),
    "disable-managed": N_("{pool} is listed with the selector !all()."),
    "restart": N_("No tunnel has an address of {cidr}."),
    "recreate": N_(
        "IPS IN USE of {cidr} is {in_use}, and no pod waits in ContainerCreating. If an address is left, kubectl get "
        "pods -A -o wide shows whose it is: restart that workload too."
    ),
    "recreate-with-cooldown": N_("No pod has an address of {cidr}, and none waits in ContainerCreating."),
    "delete": N_("{pool} is not listed, and no block of {cidr} is left."),
    "inventory": N_("The variables have the values in the file."),
    "cni": N_("On every node ipv4_pools or ipv6_pools shows {to}, and {pool} nowhere."),
}
# Steps whose figures are compared with calicoctl ipam show right after addresses were released.
STEPS_THAT_RELEASE = ("annotate-templates", "disable", "recreate-with-cooldown")
COOLDOWN_TEXT = N_("calicoctl counts addresses that cool down as in use, besides.")
WAIT = {
    "create": N_("Until every node has the tunnel address it should have; a few seconds."),
    "annotate": N_("Until the rollouts are complete."),
    "disable": N_("Until no node's tunnel is in {cidr}; a few seconds. Write no other pool before that."),
    "disable-managed": N_("Until the operator has written the pool; seconds."),
    "restart": N_("Until the rollout is complete and no node's tunnel is in {cidr}; minutes."),
    "recreate": N_("Until every rollout is complete and no address of {cidr} is in use."),
    "recreate-with-cooldown": N_(
        "Until every rollout is complete and no address of {cidr} is in use; then another "
        "{seconds} seconds (ipCooldownSeconds): a block with addresses in cooldown outlives its "
        "pool."
    ),
    "delete": N_("Nothing to wait for."),
    "inventory": N_("Nothing to wait for."),
    "cni": N_("Until calico-node runs again on every node: it writes the configuration when it starts."),
}
ROLLBACK = {
    "create": N_("Possible: delete {pool} again."),
    "annotate": N_("Possible: restore the old annotations."),
    "disable": N_("Possible: enable {pool} again with the same command and the old value."),
    "disable-managed": N_("Possible: restore the old nodeSelector of {pool} in the Installation."),
    "restart": N_("Possible: enable {pool} again, and restart calico-node once more."),
    "recreate": N_(
        "Possible, at the cost of recreating the pods once more: enable {pool} again and disable "
        "the other pool. Pods do not get their old addresses back."
    ),
    "delete": N_(
        "Not possible for blocks and addresses. The pool itself can be created again as it was, as "
        "long as no other pool has taken its range."
    ),
    "inventory": N_("Possible: restore the old values."),
    "cni": N_("Possible: restore the old name, and restart calico-node."),
}
EXPLANATIONS = (
    (N_("Why"), WHY),
    (N_("Pods"), POD_IMPACT),
    (N_("Wait"), WAIT),
    (N_("How to undo it"), ROLLBACK),
)
# Of steps that kubectl cannot do as well, or calicoctl not at all.
KUBECTL_NOTES = {
    "create": N_(
        "kubectl does not compare a pool with the others as calicoctl does. Before you use it, compare the file with "
        "the pools as they are after the step before; an older dump would show other ones:"
    ),
    "delete": N_("There is no safe form with kubectl: it leaves affinities and empty blocks behind."),
}
MANAGED_NOTE = N_(
    "The operator keeps this pool as the Installation defines it and reverts changes made "
    "elsewhere. The file lists all pools that the Installation should have after this step: "
    "compare it with the current one. It needs Calico's API server."
)
# Findings that are about one step, by what it does.
STEP_OF_FINDING = {
    "change-annotated": "disable",
    "change-two-at-once": "disable",
    "change-operator": "disable",
    "cni-names-pools": "cni",
    "change-early": "delete",
    "change-kubectl-delete": "delete",
    "change-delete-leaves-blocks": "delete",
    "change-surge": "recreate",
    "change-bare": "recreate",
    "change-in-place": "create",
}
