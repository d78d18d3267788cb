"""What an audit finds in the blocks and addresses of a cluster that exists."""

from __future__ import annotations

from ...texts import N_
from .more_blocks import (
    ADD_ANOTHER_POOL,
    ADD_POOL_OR_REPLACE,
    MOVE_PODS,
    MOVE_PODS_OR_RAISE_CAP,
    STEPS_TO_MORE_BLOCKS,
)
from .rule import error, info, ok, warning

CLUSTER_AUDIT = (
    warning(
        "figure-differs",
        N_("{figure} of {of} is reported as {told}, but {counted} was counted from the objects."),
        N_("Save all outputs at the same time: changes in between look like defects."),
    ),
    warning(
        "texts-differ",
        N_("{figure} of {of} is reported as {told} here, and as {counted} in {first}."),
        N_("Are these outputs of one cluster, and of one moment? To compare two moments, use ippoolkit diff."),
    ),
    warning(
        "dumps-apart",
        N_("{count:address} were assigned after the newest pod in the input was created: the pod dump is older."),
        N_("Save all dumps at the same time; otherwise reported leaks may be false."),
    ),
    warning(
        "namespaces-partly",
        N_(
            "Blocks hold addresses of pods in {others} other namespaces, but the input contains only "
            "pods of {namespace}."
        ),
        N_("Save the pods of all namespaces: kubectl get pods -A -o json."),
    ),
    error(
        "blocks-gone",
        N_(
            "No block is left in {pools}, while {free} of {addresses:address} are free: {without} of {nodes:node} have "
            "none ({which}). {outcome}"
        ),
        ADD_POOL_OR_REPLACE,
        source_key="blocks",
        steps=STEPS_TO_MORE_BLOCKS,
    ),
    error(
        "blocks-fewer-than-nodes",
        N_(
            "{left:block} are left in {pools} for {without:node} without one ({which}), while {free} of "
            "{addresses:address} are free."
        ),
        N_(
            "Add a pool with smaller blocks or a larger range, and move pods to it; blockSize itself cannot be changed."
        ),
        source_key="blocks",
    ),
    warning(
        "blocks-few",
        N_("{left:block} are left in {pools} for {nodes:node}, while {free} of {addresses:address} are free."),
        N_("Blocks run out before addresses do: plan another pool before adding nodes."),
        source_key="blocks",
    ),
    ok(
        "blocks-left",
        N_("{left:block} are left in {pools}; {without} of {nodes:node} have none yet."),
        source_key="blocks",
    ),
    error(
        "node-cap-full",
        N_(
            "{node} holds {held} of at most {cap:block} (IPv{version}), all full: the next pod "
            "fails, because a node at its limit cannot borrow."
        ),
        MOVE_PODS_OR_RAISE_CAP,
        source_key="ipam",
        remedy_without_cap=MOVE_PODS,
    ),
    warning(
        "node-at-cap",
        N_("{node} holds {held} of at most {cap:block} (IPv{version}): after {free:address} more, new pods fail."),
        MOVE_PODS_OR_RAISE_CAP,
        source_key="ipam",
        remedy_without_cap=MOVE_PODS,
    ),
    warning(
        "node-near-cap",
        N_("{node} holds {held} of at most {cap:block} (IPv{version}), with {free:address} free in them."),
        N_("Monitor it: at the limit, requests fail immediately."),
        source_key="ipam",
    ),
    warning(
        "next-to-fail",
        N_(
            "{node} runs out first: it has addresses for {pods:pod} more (IPv{version}; own blocks "
            "{own}, new blocks {new}, borrowed {borrow}), while kubelet would start {kubelet}. Nodes "
            "that run out before max-pods: {count}."
        ),
        N_("Add blocks or addresses before then, or lower kubelet's max-pods."),
        source_key="ipam",
    ),
    error(
        "node-fails-now",
        N_(
            "{node} has no address for another pod (IPv{version}), while kubelet would start "
            "{kubelet}. Nodes that run out before max-pods: {count}."
        ),
        N_("Add a pool that selects it, or move pods away."),
        source_key="ipam",
    ),
    info(
        "no-node-fails",
        N_(
            "None of {nodes:node} runs out of addresses before kubelet's max-pods if it grows alone; "
            "the tightest, {node}, has addresses for {pods:pod} more."
        ),
        source_key="ipam",
    ),
    warning(
        "tunnel-borrowed",
        N_("{count:tunnel} on addresses borrowed from other nodes' blocks: {which}."),
        N_("Give these nodes a block: traffic to a borrowed tunnel address breaks when its block's owner goes."),
        source_key="ipam",
    ),
    warning(
        "borrowed-addresses",
        N_(
            "Borrowed: {count:address}, by {nodes:node} ({which}). Each needs its own route: "
            "{routes} in total, {blocks} of them for blocks with affinity."
        ),
        N_("If blocks ran out, add a pool; then recreate the pods on these nodes."),
        source_key="blocks",
    ),
    info(
        "blocks-without-affinity",
        N_(
            "Without affinity: {count:block}, with {addresses:address} in use: {which}. No node can "
            "claim them; nodes can only borrow from them."
        ),
        N_("They are removed when their last address is released: recreate the pods in them."),
        source_key="ipam",
    ),
    info(
        "blocks-empty",
        N_(
            "Claimed but empty: {count:block} ({which}). Of these, {last} are a node's only block, "
            "which is never released."
        ),
        N_("kube-controllers releases the others after 15 to 22.5 minutes."),
        source_key="controllers",
    ),
    warning(
        "blocks-outside-pools",
        N_(
            "Outside all pools: {count:block}, with {addresses:address} in use: {which}. calicoctl "
            "ipam check does not report this."
        ),
        N_(
            "A pool was deleted too early: recreate these pods; to reuse the range, first create the "
            "pool with the old blockSize."
        ),
        source_key="ipam",
    ),
    error(
        "block-other-size",
        N_(
            "Size differs from the pool's /{size}: {count:block} ({which}). Either blockSize was changed in "
            "place, or the pool was deleted and recreated while these were in use: new blocks may overlap them."
        ),
        N_(
            "Move all pods to another pool and let these blocks be released before this one is deleted and recreated. "
            "Setting the size back does not fix it."
        ),
        source_key="ipam",
    ),
    error(
        "blocks-overlap",
        N_(
            "Overlapping pairs of blocks: {count}, first {first} and {second}; {twice:address} "
            "assigned twice. calicoctl ipam check reports no problem."
        ),
        N_("Move the pods to another pool, then delete and recreate this one."),
        source_key="ipam",
    ),
    warning(
        "node-gone",
        N_(
            "Deleted but still in IPAM: {count:node} ({which}) with {blocks:block} and "
            "{addresses:address}; borrowed from these blocks by other nodes: {lent}."
        ),
        N_(
            "kube-controllers releases them once the nodes' pods are gone and no node borrows from their blocks. Check "
            "that its node controller is running; otherwise use calicoctl delete node."
        ),
        source_key="controllers",
    ),
    warning(
        "affinity-pending",
        N_("Pending block affinities: {count} ({which})."),
        N_("An affinity stays pending if its client stopped halfway; the node's next request completes it."),
        source_key="ipam",
    ),
    warning(
        "affinity-without-block",
        N_("Block affinities without a block: {count} ({which})."),
        N_("Harmless, but they count towards the node's block limit; its next request may use them."),
        source_key="ipam",
    ),
    warning(
        "block-without-claim",
        N_("Blocks whose affinity is missing or belongs to another node: {count} ({which})."),
        N_("Compare kubectl get blockaffinities with the blocks before deleting anything."),
        source_key="ipam",
    ),
    info(
        "loadbalancer-use",
        N_("Services use {used:address} in {blocks:block} of LoadBalancer pools; {free} are free in these blocks."),
        source_key="loadbalancer",
    ),
    ok(
        "pool-usage",
        N_(
            "{used} of {capacity:address} in use ({share:.1%}), {free} free; {blocks} of {blocks_total:block} "
            "claimed, {filled:.0%} of their addresses used."
        ),
        source_key="blocks",
    ),
    warning(
        "pool-nearly-full",
        N_("{used} of {capacity:address} in use ({share:.1%}), {free} free."),
        ADD_ANOTHER_POOL,
        source_key="blocks",
    ),
    error("pool-full", N_("All of {capacity:address} are in use or reserved."), ADD_ANOTHER_POOL, source_key="blocks"),
    warning(
        "addresses-leaked",
        N_(
            "Leaked: {count:address} no longer used; {pods} of pods, {tunnels} of tunnels, "
            "{services} of services. By node: {which}."
        ),
        N_(
            "kube-controllers releases them 15 to 22.5 minutes after their pod is gone. If they stay "
            "longer, check that its node controller is running. To release one manually: calicoctl "
            "ipam release --ip, never for an address in use."
        ),
        source_key="controllers",
    ),
    info(
        "leaks-overcounted",
        N_("calicoctl ipam check reports {count:address} as leaked that are IPv6 tunnel addresses in use."),
        N_("Exclude these before releasing addresses from its report."),
        source_key="ipam-check",
    ),
    error(
        "pod-not-allocated",
        N_(
            "In use inside a pool but not recorded in any block: {count:address} of pods ({which}). "
            "Another pod can be assigned the same address."
        ),
        N_("Recreate these pods."),
        source_key="ipam",
    ),
    error(
        "tunnel-not-allocated",
        N_("{count:tunnel} advertised by nodes on addresses that no block records: {which}."),
        N_("Restart calico-node on them, and check that a pool for tunnels selects them."),
        source_key="ipam",
    ),
    warning(
        "in-use-outside",
        N_("In use outside all enabled pools and not recorded in any block: {count:address} ({which})."),
        N_("They come from another network plugin or a deleted pool: recreate these pods."),
        source_key="ipam-check",
    ),
    info(
        "pods-in-disabled-pool",
        N_("{pods:pod} still use addresses of this disabled pool."),
        N_("They keep them until they are recreated; only then can the pool be deleted."),
        source_key="migrate",
    ),
    error(
        "address-twice",
        N_("Used more than once: {count:address}, first {first} by {who}. calicoctl ipam check does not report this."),
        N_("Recreate all but one of them now: their traffic is misrouted."),
        source_key="ipam",
    ),
    warning(
        "pods-without-address",
        N_("Scheduled but without an address: {count:pod} ({which}), on {nodes}."),
        N_("ippoolkit pools-for shows which pools would serve them, and why others would not."),
        source_key="ipam",
    ),
    warning(
        "handles-missing",
        N_("Handles referenced by blocks that do not exist: {count} ({which})."),
        N_("Releasing by handle will not find these addresses; recreate their pods."),
        source_key="ipam",
    ),
    info(
        "handles-idle",
        N_("Handles without an address: {count} ({which})."),
        N_("They are harmless; nothing removes them automatically."),
        source_key="ipam",
    ),
    info(
        "addresses-cooling",
        N_("In cooldown after release: {count:address}, for {seconds} s each before they are free again."),
        N_("They count as in use until then: with high churn, choose a shorter ipCooldownSeconds."),
        source_key="ipamconfig",
    ),
    info("windows-kept", N_("Reserved by Windows: {count:address}, 4 in each block."), source_key="windows"),
    info(
        "reserved-in-use",
        N_("In use although reserved: {count:address}, assigned before the reservation."),
        N_("They will not be assigned again once released."),
        source_key="ipreservation",
    ),
    warning(
        "together-short",
        N_(
            "Together the nodes could start {wanted:pod} more before max-pods, but only "
            "{free:address} are left in {pools} (IPv{version})."
        ),
        N_("Add a pool before the nodes fill up, or lower max-pods."),
        source_key="ipam",
    ),
)
