"""What an audit finds in the blocks and addresses of a cluster that exists."""

from __future__ import annotations

from ...texts import N_
from .rule import Rule

AUDIT = (
    Rule(
        "figure-differs",
        "warning",
        "kit",
        N_("{figure} of {of} is {told} here, and {counted} by the objects that were read."),
        N_("Save all outputs at one moment: what changed in between looks like a defect."),
    ),
    Rule(
        "dumps-apart",
        "warning",
        "kit",
        N_(
            "{count:address} were given out after the youngest pod that was read was made: the pods are of an "
            "earlier moment."
        ),
        N_("Save all dumps at one moment; until then leaks are not what they seem."),
    ),
    Rule(
        "namespaces-partly",
        "warning",
        "kit",
        N_(
            "Blocks hold addresses of pods in {others} other namespaces, but all pods that were read are of "
            "{namespace}."
        ),
        N_("Save the pods of all namespaces: kubectl get pods -A -o json."),
    ),
    Rule(
        "blocks-gone",
        "error",
        "blocks",
        N_(
            "No block is left in {pools}: {without} of {nodes:node} have none and live on borrowed addresses "
            "({which}), while {free} of {addresses:address} are free."
        ),
        N_(
            "Add a pool whose blocks are smaller or whose range is larger, and move pods to it; blockSize itself "
            "cannot be changed."
        ),
    ),
    Rule(
        "blocks-fewer-than-nodes",
        "error",
        "blocks",
        N_(
            "{left:block} are left in {pools} for {without:node} without one ({which}), while {free} of "
            "{addresses:address} are free."
        ),
        N_(
            "Add a pool whose blocks are smaller or whose range is larger, and move pods to it; blockSize itself "
            "cannot be changed."
        ),
    ),
    Rule(
        "blocks-few",
        "warning",
        "blocks",
        N_("{left:block} are left in {pools} for {nodes:node}, while {free} of {addresses:address} are free."),
        N_("Blocks run out before addresses do: plan a further pool before nodes are added."),
    ),
    Rule(
        "blocks-left", "ok", "blocks", N_("{left:block} are left in {pools}; {without} of {nodes:node} have none yet.")
    ),
    Rule(
        "node-cap-full",
        "error",
        "ipam",
        N_(
            "{node} holds {held} of {cap:block} that it may (IPv{version}), and all are full: the next pod "
            "fails, it does not borrow."
        ),
        N_("Move pods away, raise maxBlocksPerHost (strictAffinity only), or use a pool of larger blocks."),
    ),
    Rule(
        "node-at-cap",
        "warning",
        "ipam",
        N_("{node} holds {held} of {cap:block} that it may (IPv{version}): after {free:address} more its pods fail."),
        N_("Move pods away, raise maxBlocksPerHost (strictAffinity only), or use a pool of larger blocks."),
    ),
    Rule(
        "node-near-cap",
        "warning",
        "ipam",
        N_("{node} holds {held} of {cap:block} that it may (IPv{version}), with {free:address} free in them."),
        N_("Watch it: at the cap requests fail at once."),
    ),
    Rule(
        "next-to-fail",
        "warning",
        "ipam",
        N_(
            "{node} fails first: it takes {pods:pod} more (IPv{version}; own blocks {own}, new ones {new}, "
            "borrowed {borrow}), while kubelet would start {kubelet}. Nodes that end before max-pods: {count}."
        ),
        N_("Add blocks or addresses before it comes to that, or lower kubelet's max-pods."),
    ),
    Rule(
        "node-fails-now",
        "error",
        "ipam",
        N_(
            "{node} takes no further pod (IPv{version}), while kubelet would start {kubelet}. Nodes that end "
            "before max-pods: {count}."
        ),
        N_("Add a pool that selects it, or move pods away."),
    ),
    Rule(
        "no-node-fails",
        "info",
        "ipam",
        N_(
            "None of {nodes:node} runs out of addresses before kubelet's max-pods when it grows alone; the "
            "tightest, {node}, takes {pods:pod} more."
        ),
    ),
    Rule(
        "tunnel-borrowed",
        "warning",
        "ipam",
        N_("{count:tunnel} on addresses borrowed from other nodes' blocks: {which}."),
        N_("Give these nodes a block: traffic to a borrowed tunnel address breaks when its block's owner goes."),
    ),
    Rule(
        "borrowed-addresses",
        "warning",
        "blocks",
        N_(
            "Borrowed: {count:address}, by {nodes:node} ({which}). Each costs a route of its own: {routes} in "
            "all, {blocks} of them for blocks with affinity."
        ),
        N_("Where blocks ran out, add some; then recreate the pods of these nodes."),
    ),
    Rule(
        "blocks-unowned",
        "info",
        "ipam",
        N_(
            "Without an owner: {count:block}, with {addresses:address} in use: {which}. Nobody can claim them, "
            "only borrow from them."
        ),
        N_("They go with their last address: recreate the pods in them."),
    ),
    Rule(
        "blocks-empty",
        "info",
        "controllers",
        N_("Held and empty: {count:block} ({which}). For their node the only one, which is never given back: {last}."),
        N_("kube-controllers gives the others back after 15 to 22.5 minutes."),
    ),
    Rule(
        "blocks-outside-pools",
        "warning",
        "ipam",
        N_("In no pool: {count:block}, with {addresses:address} in use: {which}. calicoctl ipam check does not tell."),
        N_(
            "A pool was deleted too early: recreate these pods; where the range is to be used again, create the "
            "pool with the old blockSize first."
        ),
    ),
    Rule(
        "block-other-size",
        "error",
        "ipam",
        N_(
            "Of another size than the pool's /{size}: {count:block} ({which}). Its blockSize was changed in "
            "place: new blocks may overlap old ones."
        ),
        N_("Move all pods to another pool, delete this one and create it anew. Setting the size back mends nothing."),
    ),
    Rule(
        "blocks-overlap",
        "error",
        "ipam",
        N_(
            "Pairs of blocks that overlap: {count}, first {first} and {second}; {twice:address} given out twice. "
            "calicoctl ipam check reports no problem."
        ),
        N_("Move the pods of the pool to another pool, then delete and create it anew."),
    ),
    Rule(
        "node-gone",
        "warning",
        "controllers",
        N_(
            "Gone, and still in IPAM: {count:node} ({which}) with {blocks:block} and {addresses:address}; lent "
            "to others from these blocks: {lent}."
        ),
        N_(
            "kube-controllers frees them once the nodes' pods are gone and nobody borrows from their blocks; is "
            "its node controller running? Else: calicoctl delete node."
        ),
    ),
    Rule(
        "affinity-pending",
        "warning",
        "ipam",
        N_("Claims on blocks that are not confirmed: {count} ({which})."),
        N_("A claim stays so where its client died half way; the node's next request mends it."),
    ),
    Rule(
        "affinity-without-block",
        "warning",
        "ipam",
        N_("Claims without a block: {count} ({which})."),
        N_("Harmless, but counted to the node's cap; the node's next request may use them."),
    ),
    Rule(
        "block-without-claim",
        "warning",
        "ipam",
        N_("Blocks that name an owner whose claim is missing or another's: {count} ({which})."),
        N_("Compare kubectl get blockaffinities with the blocks before anything is deleted."),
    ),
    Rule(
        "loadbalancer-use",
        "info",
        "loadbalancer",
        N_("Services hold {used:address} in {blocks:block} of load-balancer pools; {free} are free in these."),
    ),
    Rule(
        "pool-usage",
        "ok",
        "blocks",
        N_(
            "{used} of {capacity:address} in use ({share:.1%}), {free} free; {blocks} of {blocks_total:block} "
            "claimed, {filled:.0%} of their addresses used."
        ),
    ),
    Rule(
        "pool-nearly-full",
        "warning",
        "blocks",
        N_("{used} of {capacity:address} in use ({share:.1%}), {free} free."),
        N_("Add a pool: no pool can grow."),
    ),
    Rule(
        "pool-full",
        "error",
        "blocks",
        N_("All of {capacity:address} are in use or reserved."),
        N_("Add a pool: no pool can grow."),
    ),
    Rule(
        "addresses-leaked",
        "warning",
        "controllers",
        N_(
            "Leaked: {count:address} that nothing uses any more; {pods} of pods, {tunnels} of tunnels, "
            "{services} of services. By node: {which}."
        ),
        N_(
            "kube-controllers frees them 15 to 22.5 minutes after their pod went; those that stay longer: is its "
            "node controller running? By hand: calicoctl ipam release --ip, never one of an address in use."
        ),
    ),
    Rule(
        "leaks-overcounted",
        "info",
        "ipam-check",
        N_("calicoctl ipam check calls {count:address} leaked that are IPv6 tunnels in use."),
        N_("Do not release addresses from its report without taking these out."),
    ),
    Rule(
        "pod-not-allocated",
        "error",
        "ipam",
        N_(
            "In use inside a pool, and recorded by no block: {count:address} of pods ({which}). Another pod can "
            "be given the same one."
        ),
        N_("Recreate these pods."),
    ),
    Rule(
        "tunnel-not-allocated",
        "error",
        "ipam",
        N_("{count:tunnel} announced by nodes on addresses that no block records: {which}."),
        N_("Restart calico-node on them; is there a pool for tunnels that selects them?"),
    ),
    Rule(
        "in-use-outside",
        "warning",
        "ipam-check",
        N_("In use outside of all enabled pools, and recorded by no block: {count:address} ({which})."),
        N_("Another network plugin, or a pool that is gone: recreate these pods."),
    ),
    Rule(
        "pods-in-disabled-pool",
        "info",
        "migrate",
        N_("{pods:pod} still live on addresses of this disabled pool."),
        N_("They keep them until they are recreated; only then can the pool go."),
    ),
    Rule(
        "address-twice",
        "error",
        "ipam",
        N_(
            "Used by several at once: {count:address}, first {first} by {who}. calicoctl ipam check does not "
            "count this."
        ),
        N_("Recreate all but one of them, now: their traffic goes astray."),
    ),
    Rule(
        "pods-without-address",
        "warning",
        "ipam",
        N_("On a node, and without an address: {count:pod} ({which}), on {nodes}."),
        N_("ippoolkit pools-for says which pools would serve them, and why others would not."),
    ),
    Rule(
        "handles-missing",
        "warning",
        "ipam",
        N_("Handles that blocks name and that do not exist: {count} ({which})."),
        N_("Releasing by handle will not find these addresses; recreate their pods."),
    ),
    Rule(
        "handles-idle",
        "info",
        "ipam",
        N_("Handles without an address: {count} ({which})."),
        N_("They do no harm; nothing cleans them."),
    ),
    Rule(
        "addresses-cooling",
        "info",
        "ipamconfig",
        N_("Released and resting: {count:address}, for {seconds} s each before they are free again."),
        N_("They count as in use meanwhile: under churn choose a shorter ipCooldownSeconds."),
    ),
    Rule("windows-kept", "info", "windows", N_("Kept back by Windows: {count:address}, 4 in each block.")),
    Rule(
        "reserved-in-use",
        "info",
        "ipreservation",
        N_("In use though reserved: {count:address}, given out before."),
        N_("They are kept back once released."),
    ),
    Rule(
        "together-short",
        "warning",
        "ipam",
        N_(
            "Together the nodes would start {wanted:pod} more before max-pods; {free:address} are left in "
            "{pools} (IPv{version})."
        ),
        N_("Add a pool before the nodes fill up, or lower max-pods."),
    ),
)
