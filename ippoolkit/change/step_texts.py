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
STEP_TITLES = {
    "create": N_("Create {pool}: {cidr}, blockSize {size:d}"),
    "annotate": N_("Let annotations that name {pool} name {to}"),
    "disable": N_("Disable {pool}"),
    "restart": N_("Restart calico-node, so that tunnels leave {pool}"),
    "recreate": N_("Recreate the pods that hold addresses of {pool}"),
    "delete": N_("Delete {pool}"),
    "inventory": N_("Write {pool} into Kubespray's inventory"),
    "cni": N_("Let the nodes' CNI configuration name {to} instead of {pool}"),
}
WHY = {
    "create": N_(
        "Another pool must be there before any pod or tunnel leaves one. Blocks are made when nodes need them."
    ),
    "annotate": N_("Pods that name a pool which is disabled or gone get no address."),
    "disable": N_("Nodes stay with the blocks they have: without this, recreated pods would come back into {pool}."),
    "disable-managed": N_(
        "Nodes stay with the blocks they have: without this, recreated pods would come back into {pool}. The operator "
        "would enable a disabled pool again; the selector of no node stays."
    ),
    "restart": N_("calico-node does not look at its tunnels when only a selector changes."),
    "recreate": N_("A pod keeps its address until it is recreated. Pods on the host's network are left alone."),
    "delete": N_("calicoctl releases its empty blocks, which kubectl would leave in the way of another blockSize."),
    "inventory": N_("Else the next run of Kubespray asks for the pool that was there before."),
    "cni": N_(
        "Pods without an annotation draw only from the pools that the CNI configuration names: with {pool} disabled "
        "they would get no address."
    ),
}
POD_IMPACT = {
    "create": N_("Kept."),
    "annotate": N_(
        "Kept, but for those whose template changes, which roll out; new ones go to the pool that is named now."
    ),
    "disable": N_("Kept. Tunnels change their address: connections between nodes may stall for seconds."),
    "disable-managed": N_(
        "Kept. Tunnels stay where they are for now; pods that name {pool} go on getting addresses of it."
    ),
    "restart": N_("Kept. Tunnels change their address: connections between nodes may stall for seconds."),
    "recreate": N_(
        "{count:pod} are recreated with another address, each workload at the pace of its own rollout; a service is "
        "reachable as long as one of its pods is. Connections to a pod that goes are cut."
    ),
    "delete": N_("Kept."),
    "inventory": N_("Kept."),
    "cni": N_("Kept. New pods take addresses of {to}."),
}
ORDER_TEXTS = {
    "namespace": N_("Namespace by namespace, those with fewest pods first; in each one workload after the other."),
    "workload": N_("Deployments, then DaemonSets, then StatefulSets; one workload after the other."),
    "node": N_("Node by node, pod after pod, by eviction, which PodDisruptionBudgets hold back; DaemonSets' too."),
}
EXPECTED = {
    "create": N_("{pool} is listed with {cidr}, not disabled, and no pool is missing."),
    "annotate": N_("Every namespace and template of this step shows {to} in place of {pool}."),
    "disable": N_("No tunnel has an address of {cidr}; {pool} keeps {used} in use, those of its pods."),
    "disable-managed": N_("{pool} is listed with the selector !all()."),
    "restart": N_("No tunnel has an address of {cidr}."),
    "recreate": N_("IPS IN USE of {cidr} is {used}, and no pod waits in ContainerCreating."),
    "recreate-with-cooldown": N_(
        "No pod has an address of {cidr}, and none waits in ContainerCreating. calicoctl counts addresses that cool "
        "down as in use."
    ),
    "delete": N_("{pool} is not listed, and no block of {cidr} is left."),
    "inventory": N_("The variables are those of the file."),
    "cni": N_("On every node ipv4_pools or ipv6_pools shows {to}, and {pool} nowhere."),
}
WAIT = {
    "create": N_("Until every node shows the tunnel it should have; a few seconds."),
    "annotate": N_("Until what rolls out is done."),
    "disable": N_("Until the tunnel of every node is out of {cidr}; a few seconds. Write no other pool before."),
    "disable-managed": N_("Until the operator has written the pool; seconds."),
    "restart": N_("Until the rollout is over and the tunnel of every node is out of {cidr}; minutes."),
    "recreate": N_("Until every rollout is over and nothing of {cidr} is in use."),
    "recreate-with-cooldown": N_(
        "Until every rollout is over and nothing of {cidr} is in use; then {seconds} seconds more (ipCooldownSeconds): "
        "a block with addresses that cool down outlives its pool."
    ),
    "delete": N_("Nothing to wait for."),
    "inventory": N_("Nothing to wait for."),
    "cni": N_("Until calico-node runs again on every node: it writes the configuration when it starts."),
}
ROLLBACK = {
    "create": N_("Possible: delete {pool} again, as it was made."),
    "annotate": N_("Possible: put the old annotations back."),
    "disable": N_("Possible: enable {pool} again with the same command and the old value."),
    "disable-managed": N_("Possible: put the old nodeSelector of {pool} back into the Installation."),
    "restart": N_("Possible: take {pool} into use again, and restart calico-node once more."),
    "recreate": N_(
        "Possible, for the price of recreating the pods once more: take {pool} into use again and close the other "
        "pool. The addresses that pods had do not come back."
    ),
    "delete": N_(
        "Not possible for blocks and addresses. The pool itself can be created again as it was, as long as no other "
        "took its range."
    ),
    "inventory": N_("Possible: put the old values back."),
    "cni": N_("Possible: put the old name back, and restart calico-node."),
}
EXPLANATIONS = (
    (N_("Why"), WHY),
    (N_("Pods"), POD_IMPACT),
    (N_("Wait"), WAIT),
    (N_("Way back"), ROLLBACK),
)
# `shut` is to close a pool of the operator, `renew` to recreate pods where released addresses cool down.
# Of steps that kubectl cannot do as well, or calicoctl not at all.
KUBECTL_NOTES = {
    "create": N_(
        "kubectl does not hold a pool against others as calicoctl does: run ippoolkit check on the file first."
    ),
    "delete": N_("There is no safe form with kubectl: it leaves affinities and empty blocks behind."),
}
MANAGED_NOTE = N_(
    "The operator keeps this pool as the Installation says, and undoes what is done beside it. The file lists all "
    "pools that the Installation should have after this step: compare it with what is there. "
    "It needs Calico's API server."
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
