"""What is found on a change of pools before it is made."""

from __future__ import annotations

from ...texts import N_
from .rule import Rule

CHANGE = (
    Rule(
        "change-pool-missing",
        "error",
        "migrate",
        N_("There is no pool {pool}; there are {pools}."),
        N_("Name one of these."),
    ),
    Rule(
        "change-name-taken",
        "error",
        "ippool",
        N_("There is a pool {pool} already."),
        N_("Choose another name, or delete that pool if it is left from an earlier change."),
    ),
    Rule(
        "change-unusable",
        "error",
        "ippool",
        N_("This cannot be a pool: {reason}"),
        N_("Choose another range or blockSize."),
    ),
    Rule(
        "change-owners-unknown",
        "info",
        "kit",
        N_("The dump does not tell what makes the pods, so they go namespace by namespace."),
        N_("Save the pods with their ownerReferences: kubectl get pods -A -o json."),
    ),
    Rule("change-no-range", "error", "kit", N_("No free range is left for it.")),
    Rule("change-parts", "error", "kit", N_("{cidr} splits into parts of /{least:d} to /{most:d}.")),
    Rule(
        "change-unread",
        "error",
        "kit",
        N_("Not read: {kinds}. Without them nothing can be rehearsed."),
        N_("Save them too: kubectl get ippools,ipamblocks,nodes,pods,namespaces -A -o json."),
    ),
    Rule(
        "change-name-unusable",
        "error",
        "names",
        N_("{name} is no name that Kubernetes allows, and commands might read it as something else."),
        N_("Correct the file; objects of a cluster cannot be called so."),
    ),
    Rule(
        "change-nothing",
        "error",
        "block-size",
        N_("The pool {pool} has blockSize {size:d} already."),
        N_("Nothing needs to be done."),
    ),
    Rule(
        "change-overlaps",
        "error",
        "migrate",
        N_("{cidr} overlaps {what} {other}."),
        N_("Choose a range that is clear of every pool and network."),
    ),
    Rule(
        "change-outside",
        "warning",
        "migrate",
        N_("{cidr} is outside the cluster CIDR {cluster}: traffic between pods may be masqueraded."),
        N_("Choose a range inside the cluster CIDR, or widen that first."),
    ),
    Rule(
        "change-networks-unknown",
        "warning",
        "migrate",
        N_(
            "The cluster CIDR and the networks of nodes and services are not known here: "
            "{cidr} was held against pools only."
        ),
        N_(
            "Compare it with kubectl cluster-info dump | grep -m1 cluster-cidr, "
            "and with the networks of nodes and services."
        ),
    ),
    Rule(
        "change-refused",
        "error",
        "calicoctl",
        N_("Calico would refuse the pool {pool} at this step: {reason}"),
        N_("See the better plan, or choose another range or blockSize."),
    ),
    Rule(
        "change-pods-without",
        "error",
        "ipam",
        N_("{count} of {pods:pod} that leave {pool} would get no address ({which})."),
        N_("Take a larger range or smaller blocks for the pool that they go to."),
    ),
    Rule(
        "change-nodes-without",
        "error",
        "blocks",
        N_("Under strictAffinity {count:node} would have no block and {left:block} would be left."),
        N_("Take a larger range or smaller blocks: at least one block a node."),
    ),
    Rule(
        "change-tunnels-lost",
        "error",
        "encapsulation",
        N_(
            "{count:tunnel} would lose its address or get none ({which}); "
            "some nodes go on announcing one that is not theirs."
        ),
        N_(
            "There must be another pool of the same encapsulation, with a block for every node, before this one closes."
        ),
    ),
    Rule(
        "change-tunnels-borrowed",
        "error",
        "encapsulation",
        N_("{count:tunnel} would have its address in a block of another node ({which})."),
        N_("Take a larger range or smaller blocks: at least one block a node."),
    ),
    Rule(
        "change-delete-in-use",
        "error",
        "migrate",
        N_(
            "{count:address} would still be in use in {pool} when it is deleted; "
            "they would live on in blocks of no pool."
        ),
        N_(
            "Recreate what holds them, and free what is leaked (ippoolkit audit names it), first; "
            "until the last is gone, no pool of another blockSize can take its place."
        ),
    ),
    Rule(
        "change-better",
        "info",
        "block-size",
        N_("A better plan that holds at every step: {option} {value}."),
        N_("Run this again with it."),
    ),
    Rule(
        "change-annotated",
        "warning",
        "cni",
        N_(
            "{count} namespaces or pods name the pool {pool} in an annotation ({which}): "
            "once it is closed, their new pods fail."
        ),
        N_(
            "Correct the annotations, also in the templates of workloads, "
            "before the pool is closed; the runbook has the step."
        ),
    ),
    Rule(
        "change-in-place",
        "info",
        "block-size",
        N_(
            "Never change blockSize in place: {nodes:node} would claim a block over one in use next, "
            "and {count:address} would be given twice ({which}); calicoctl ipam check would not tell."
        ),
        N_("Setting it back mends nothing. Follow the steps."),
    ),
    Rule(
        "change-early",
        "info",
        "migrate",
        N_("Deleting {pool} before its pods are recreated would leave {count:address} in blocks outside of any pool."),
        N_("calicoctl does not warn. Go on only where the check of the step before is right."),
    ),
    Rule(
        "change-kubectl-delete",
        "info",
        "migrate",
        N_("kubectl delete leaves affinities and empty blocks, which then stand in the way of another blockSize."),
        N_(
            "Delete pools with calicoctl. If it has happened: "
            "create the pool with its old size, delete it with calicoctl."
        ),
    ),
    Rule(
        "change-two-at-once",
        "info",
        "encapsulation",
        N_("Two pools written at once lose updates of tunnels: calico-node drops a change while it works on another."),
        N_("Write one, wait, verify the tunnels of all {nodes:node}, then write the next."),
    ),
    Rule(
        "change-document",
        "info",
        "block-size",
        N_(
            "Other guides delete 192.168.0.0/16 and create 192.0.0.0/16, which is another network; "
            "say that all blocks exist once the pool does, where they are made when a node needs one; "
            "and delete the pods of one namespace only."
        ),
    ),
    Rule(
        "change-operator",
        "warning",
        "operator-pools",
        N_(
            "The operator enables a disabled pool again: {pool} is taken out of use by the selector !all() in the "
            "Installation. Pods that name the pool go on getting addresses of it, and tunnels stay until calico-node "
            "is restarted."
        ),
        N_("Correct the annotations first, and follow the tunnels after the restart; the runbook has both steps."),
    ),
    Rule(
        "change-operator-outside",
        "error",
        "operator-pools",
        N_("{cidr} is outside the cluster CIDR {cluster}, and the operator refuses such a pool."),
        N_("Choose a range inside the cluster CIDR."),
    ),
    Rule(
        "change-kubespray",
        "warning",
        "kubespray",
        N_("Kubespray asks for the pools of its inventory at the next run."),
        N_("Let calico_pool_cidr and calico_pool_blocksize of the inventory say what there is, in the same change."),
    ),
    Rule(
        "change-bare",
        "warning",
        "kit",
        N_("{count:pod} in the pool belong to no Deployment, DaemonSet or StatefulSet ({which})."),
        N_(
            "No rollout recreates them: let jobs end, and delete the others by hand; what is deleted comes back only "
            "where something makes it again."
        ),
    ),
    Rule(
        "change-surge",
        "info",
        "kit",
        N_(
            "In the rehearsal each pod returns to its node; a group of them comes in {parts} parts, "
            "the new ones of each before the old ones end."
        ),
        N_(
            "Pods that the scheduler puts elsewhere take blocks there: "
            "leave room, and compare the numbers at each check."
        ),
    ),
)
