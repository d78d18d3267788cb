"""What is found on a change of pools before it is made."""

from __future__ import annotations

from ...texts import N_
from .rule import error, info, warning

POOL_CHANGES = (
    error(
        "change-pool-missing",
        N_("Pool {pool} does not exist; existing pools: {pools}."),
        N_("Choose one of these."),
        source_key="migrate",
    ),
    error(
        "change-name-taken",
        N_("Pool {pool} already exists."),
        N_("Choose another name, or delete that pool if it is left over from an earlier change."),
        source_key="ippool",
    ),
    error(
        "change-unusable",
        N_("The new pool would be invalid: {reason}"),
        N_("Choose another range or blockSize."),
        source_key="ippool",
    ),
    info(
        "change-owners-unknown",
        N_("The dump does not contain the pods' owners, so pods are recreated by namespace."),
        N_("Save the pods with their ownerReferences: kubectl get pods -A -o json."),
    ),
    error("change-no-range", N_("No free range is left for the new pool.")),
    error("change-parts", N_("{cidr} can be split only into parts of /{least:d} to /{most:d}.")),
    error(
        "change-unread",
        N_("Missing from the input, or given as an empty list: {kinds}. The change cannot be rehearsed without them."),
        N_(
            "Save them with these commands, and give --cluster dumps/ instead. An empty list counts as unknown, for "
            "kubectl prints one without permission too: if there are none, state it with --none KIND."
        ),
    ),
    error(
        "change-blocks-unread",
        N_(
            "No block was read, although {pods:pod} have addresses of these pools, each of which is in a block. The "
            "change cannot be rehearsed without blocks."
        ),
        N_(
            "Add kubectl get ipamblocks.crd.projectcalico.org -o json, or list the blocks in the scenario. An empty "
            "list is what kubectl prints without permission, and --none IPAMBlock would contradict the pods."
        ),
        source_key="blocks",
    ),
    error(
        "change-name-unusable",
        N_("{name} is not a valid Kubernetes name, and commands could misinterpret it."),
        N_("Correct the file; no object in a cluster can have this name."),
        source_key="names",
    ),
    error(
        "change-nothing",
        N_("The pool {pool} already has blockSize {size:d}."),
        N_("Nothing needs to be done."),
        source_key="block-size",
    ),
    error(
        "change-overlaps",
        N_("{cidr} overlaps {what} {other}."),
        N_("Choose a range that overlaps no pool and no network."),
        source_key="migrate",
    ),
    warning(
        "change-outside",
        N_("{cidr} is outside the cluster CIDR {cluster}: traffic between pods may be masqueraded."),
        N_("Choose a range inside the cluster CIDR, such as {option} {free}."),
        source_key="migrate",
    ),
    warning(
        "change-outside-full",
        N_(
            "{cidr} is outside the cluster CIDR {cluster}, which has no /{prefix} left: traffic between pods may be "
            "masqueraded."
        ),
        N_(
            "Widen the cluster CIDR first (--cluster-cidr of kube-proxy and kube-controller-manager), or choose a "
            "smaller range inside it with {option} where there is one. Otherwise accept that services and "
            "NetworkPolicies may see the address of a node in place of that of a pod in this range."
        ),
        source_key="migrate",
    ),
    warning(
        "change-pods-elsewhere",
        N_(
            "{other} keeps {count:pod} of {pool} for good: on {nodes:node} ({which}) pods may take addresses of "
            "{pools}, and Calico fills the blocks that a node has before it claims one in another pool."
        ),
        N_(
            "If they have to stay in {pool}, let their pods or namespaces name it (annotation "
            "cni.projectcalico.org/ipv4pools or ipv6pools), or let the nodeSelector of {other} leave these nodes out, "
            "before this change."
        ),
        source_key="ipam",
    ),
    warning(
        "change-tunnels-elsewhere",
        N_(
            "{other} keeps {count:tunnel} of {pool} for good: on {nodes:node} ({which}) tunnels may take addresses of "
            "{pools}, and a tunnel that has an address of any of them keeps it."
        ),
        N_(
            "If they have to stay in {pool}, take Tunnel out of the allowedUses of {other}, or let its nodeSelector "
            "leave these nodes out, before this change."
        ),
        source_key="encapsulation",
    ),
    warning(
        "change-networks-unknown",
        N_("{unknown}. {cidr} is clear of all pools and of what was read of nodes, services and other networks."),
        N_(
            "{cidr} has to be inside the cluster CIDR and outside the service range and the networks of nodes; where "
            "it is not, choose another one with {option}."
        ),
        source_key="migrate",
    ),
    error(
        "change-refused",
        N_("Calico would refuse the pool {pool} at this step: {reason}"),
        N_("Use the suggested plan, or choose another range or blockSize."),
        source_key="calicoctl",
    ),
    error(
        "change-pods-without",
        N_("{count} of the {pods:pod} moved out of {pool} would get no address ({which})."),
        N_("Use a larger range or smaller blocks for the target pool."),
        source_key="ipam",
    ),
    error(
        "change-nodes-without",
        N_("With strictAffinity, {count:node} would have no block while {left:block} would be left."),
        N_("Use a larger range or smaller blocks: at least one block per node."),
        source_key="blocks",
    ),
    error(
        "change-tunnels-lost",
        N_(
            "{count:tunnel} would lose the address or get none ({which}); some nodes would keep "
            "advertising an address that is no longer theirs."
        ),
        N_("Create another pool with the same encapsulation and a block for every node before disabling this one."),
        source_key="encapsulation",
    ),
    error(
        "change-tunnels-borrowed",
        N_("{count:tunnel} would have its address in a block of another node ({which})."),
        N_("Use a larger range or smaller blocks: at least one block per node."),
        source_key="encapsulation",
    ),
    error(
        "change-delete-in-use",
        N_(
            "{count:address} in {pool} would still be in use when it is deleted and would remain in "
            "blocks outside any pool."
        ),
        N_(
            "First recreate the pods that hold them and release leaked addresses (ippoolkit audit "
            "lists them); until then, no pool with another blockSize can replace this one."
        ),
        source_key="migrate",
    ),
    info(
        "change-better",
        N_("A plan that works at every step: {option} {value}."),
        N_("Run the command again with it."),
        source_key="block-size",
    ),
    warning(
        "change-annotated",
        N_(
            "{count} namespaces and pods request the pool {pool} by annotation ({which}): once it is "
            "disabled, their new pods fail."
        ),
        N_(
            "Correct the annotations, including those in workload templates, before the pool is "
            "disabled; the runbook includes this step."
        ),
        source_key="cni",
    ),
    info(
        "change-in-place",
        N_(
            "Never change blockSize in place: the next block that {nodes:node} would claim overlaps one in use, and "
            "{count:address} would be assigned twice ({which}); calicoctl ipam check would not report it."
        ),
        N_("Setting it back does not fix it. Follow the steps."),
        source_key="block-size",
    ),
    info(
        "change-early",
        N_("Deleting {pool} before its pods are recreated would leave {count:address} in blocks outside any pool."),
        N_("calicoctl does not warn. Continue only if the check of the previous step passed."),
        source_key="migrate",
    ),
    info(
        "change-kubectl-delete",
        N_("kubectl delete leaves affinities and empty blocks behind, which then prevent another blockSize."),
        N_(
            "Delete pools with calicoctl. If one was deleted with kubectl, recreate it with its old blockSize and"
            " delete it with calicoctl."
        ),
        source_key="migrate",
    ),
    info(
        "change-two-at-once",
        N_("Writing two pools at once can lose tunnel updates: calico-node drops a change while it processes another."),
        N_("Write one pool, wait, verify the tunnels of all {nodes:node}, then write the next."),
        source_key="encapsulation",
    ),
    warning(
        "change-operator",
        N_(
            "The operator re-enables disabled pools: {pool} is taken out of use with the selector "
            "!all() in the Installation. Pods that request the pool still get addresses from it, and "
            "tunnels keep theirs until calico-node is restarted."
        ),
        N_("Correct the annotations first, and check the tunnels after the restart; the runbook includes both steps."),
        source_key="operator-pools",
    ),
    error(
        "change-operator-outside",
        N_("{cidr} is outside the cluster CIDR {cluster}; the operator rejects such a pool."),
        N_("Choose a range inside the cluster CIDR with {option}; where there is none, widen that first."),
        source_key="operator-pools",
    ),
    warning(
        "change-installer-assumed",
        N_("It was not said what Calico was installed by: this runbook is for manifests."),
        N_(
            "If the Tigera operator or Kubespray installed it, write the runbook again with --install operator or "
            "--install kubespray: the operator reverts changes of its pools at once, and the next run of Kubespray "
            "brings the old pool back."
        ),
        source_key="kubespray",
    ),
    warning(
        "change-kubespray",
        N_("Kubespray applies the pools of its inventory again on its next run."),
        N_("Update calico_pool_cidr and calico_pool_blocksize in the inventory as part of the same change."),
        source_key="kubespray",
    ),
    warning(
        "change-delete-leaves-blocks",
        N_(
            "calicoctl delete ippool of Calico {release} leaves blocks of {pool} behind that were claimed before "
            "v3.30; in a new pool of this range they would stand in the way."
        ),
        N_("Upgrade to v3.30.5, v3.31.1 or later before this change, or make sure that no block of the range is left."),
        source_key="calico-source",
    ),
    warning(
        "change-bare",
        N_("{count:pod} in the pool belong to no Deployment, DaemonSet or StatefulSet ({which})."),
        N_(
            "No rollout recreates them: let jobs finish and delete the others manually; a deleted "
            "pod returns only if a controller recreates it."
        ),
    ),
    info(
        "change-surge",
        N_(
            "In the rehearsal each pod returns to its node; each group is recreated in {parts} "
            "parts, with the new pods of a part started before the old ones end."
        ),
        N_(
            "Pods that the scheduler places on other nodes need blocks there: leave headroom, and "
            "compare the numbers at each check."
        ),
    ),
)
