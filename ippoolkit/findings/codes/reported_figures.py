"""Rules on figures that only a text states."""

from __future__ import annotations

from ...texts import N_
from .more_blocks import ADD_POOL_OR_REPLACE, STEPS_TO_MORE_BLOCKS
from .rule import Rule

REPORTED_FIGURES = (
    Rule(
        "pool-usage-reported",
        "ok",
        "blocks",
        N_("{used} of {capacity:address} in use ({share:.1%}), {free} free."),
    ),
    Rule("borrowed-none", "ok", "blocks", N_("No address is borrowed: the table lists none.")),
    Rule(
        "pool-blocks-claimed",
        "warning",
        "blocks",
        N_("All {blocks:block} of /{size} are claimed. {outcome}"),
        N_("A pool's CIDR cannot be changed, so add another pool."),
    ),
    Rule(
        "blocks-fewer-reported",
        "error",
        "blocks",
        N_("{nodes:node}, but {blocks:block} in {pools}: at least {without} of the nodes have none. {which} {outcome}"),
        ADD_POOL_OR_REPLACE,
        steps=STEPS_TO_MORE_BLOCKS,
    ),
    Rule(
        "pool-blocks-few",
        "warning",
        "blocks",
        N_("{left} of {blocks:block} of /{size} are left to claim."),
        N_("A pool's CIDR cannot be changed, so add another pool."),
    ),
    Rule(
        "node-cap-full-reported",
        "error",
        "ipam",
        N_("{node} holds {held} of at most {cap:block}, all full: the next pod fails."),
        N_("Move pods away, raise maxBlocksPerHost (strictAffinity only), or use a pool of larger blocks."),
        remedy_needs="configure-max-blocks",
        remedy_without=N_("Move pods away, or use a pool of larger blocks."),
    ),
    Rule(
        "node-at-cap-reported",
        "warning",
        "ipam",
        N_("{node} holds {held} of at most {cap:block}: once they are full, new pods fail."),
        N_("Move pods away, raise maxBlocksPerHost (strictAffinity only), or use a pool of larger blocks."),
        remedy_needs="configure-max-blocks",
        remedy_without=N_("Move pods away, or use a pool of larger blocks."),
    ),
    Rule(
        "node-near-cap-reported",
        "warning",
        "ipam",
        N_("{node} holds {held} of at most {cap:block}."),
        N_("Monitor it: at the limit, requests fail immediately."),
    ),
    Rule(
        "leaked-reported",
        "warning",
        "ipam-check",
        N_("Leaked, as calicoctl reports: {count:address} ({which})."),
        N_(
            "Check that the node controller of kube-controllers is running; it releases them 15 to 22.5 minutes after "
            "their pod is gone. IPv6 tunnel addresses in use are counted as leaked by mistake."
        ),
    ),
    Rule(
        "leaks-partial",
        "info",
        "controllers",
        N_("No {kinds} data was read: leaked addresses of their kind are not counted."),
    ),
    Rule(
        "simulation-no-pods",
        "warning",
        "kit",
        N_("The input has no pods and plans none: nothing is placed, so that no request can fail."),
        N_("Plan nodes and pods in the scenario (plan.groups), or add the output of kubectl get pods -A -o json."),
    ),
    Rule(
        "pods-starting",
        "warning",
        "kit",
        N_("Starting: {count:pod} ({which}). This table does not show whether they have an address."),
        N_("Add kubectl get pods -A -o wide, and the events of kubectl describe pod."),
    ),
    Rule(
        "diff-unknown",
        "info",
        "kit",
        N_("Known on one side only, and not compared: {figures}."),
        N_("Save the same output both times."),
    ),
    Rule(
        "diff-pace-addresses",
        "warning",
        "blocks",
        N_("{addresses} addresses more in {span} days, {free} left: full in about {days} days at this pace."),
        N_("A pool's CIDR cannot be changed, so add another pool."),
    ),
    Rule(
        "cni-unknown",
        "info",
        "cni",
        N_(
            "The CNI configuration was not read: pools that it names (ipam.ipv4_pools, ipv6_pools) would "
            "count for pods "
            "without an annotation."
        ),
        N_("Add /etc/cni/net.d/10-calico.conflist of a node, or ConfigMap calico-config."),
    ),
    Rule(
        "strict-no-nodes",
        "info",
        "ipam",
        N_(
            "strictAffinity is true: a node without a free address in its own blocks, and with no block left to "
            "claim, gives its pods none. Whether there is such a node is unknown: nodes and blocks were not read."
        ),
    ),
    Rule(
        "cni-names-pools",
        "warning",
        "cni",
        N_("The CNI configuration names pools ({pools}): pods without an annotation use only these."),
        N_(
            "Before a pool is disabled or deleted, change the CNI configuration on every node, or new pods "
            "get no address."
        ),
    ),
    Rule(
        "cni-pools-only",
        "info",
        "cni",
        N_("The CNI configuration names pools ({pools}): pods without an annotation use only these."),
    ),
    Rule(
        "cni-pool-missing",
        "error",
        "cni",
        N_(
            "The CNI configuration names the pool {pool}, which does not exist or is disabled: new pods get no address."
        ),
        N_("Change the CNI configuration on every node, or create or enable the pool."),
    ),
    Rule(
        "loadbalancer-not-announced",
        "warning",
        "loadbalancer",
        N_("{cidr} is not covered by serviceLoadBalancerIPs ({announced}): its addresses are not announced over BGP."),
        N_("Add the range to serviceLoadBalancerIPs of the BGPConfiguration."),
        applies_to="IPPool spec.cidr",
    ),
    Rule(
        "felix-overrides",
        "warning",
        "encapsulation",
        N_("{field} is false in the FelixConfiguration, although these pools are encapsulated: {pools}."),
        N_("Remove the field: Felix then follows the pools."),
    ),
    Rule(
        "node-controller-off",
        "warning",
        "controllers",
        N_("The node controller is not configured: nothing releases the addresses of deleted nodes and pods."),
        N_("Add spec.controllers.node to the KubeControllersConfiguration."),
    ),
    Rule(
        "leak-grace-off",
        "warning",
        "controllers",
        N_("leakGracePeriod is 0: leaked addresses are not released."),
        N_("Set it to 15m, the default."),
    ),
    Rule(
        "leak-grace",
        "info",
        "controllers",
        N_("leakGracePeriod is {period}: leaked addresses are released after that time, not after 15 minutes."),
    ),
    Rule(
        "own-blocks-first",
        "info",
        "ipam",
        N_("{node} has free addresses in blocks of its own, which are used first: {blocks}."),
    ),
    Rule(
        "in-use-not-allocated",
        "error",
        "ipam-check",
        N_(
            "In use inside an active pool but not recorded in any block: {count:address} ({which}). "
            "Another pod can be assigned the same address."
        ),
        N_("Recreate these pods, if Calico IPAM assigns this cluster's addresses."),
    ),
    Rule(
        "in-use-outside-reported",
        "warning",
        "ipam-check",
        N_("In use outside all active pools: {count:address} ({which})."),
        N_("They come from another network plugin or from a pool that is disabled or deleted: recreate these pods."),
    ),
    Rule(
        "ipam-other",
        "warning",
        "cni",
        N_(
            "No IPAM block exists although {count:address} are in use: Calico IPAM does not assign this cluster's "
            "addresses (host-local IPAM, as with canal, does not use blocks)."
        ),
        N_("Check ipam.type in the CNI configuration. With host-local, ipam check and figures by blocks do not apply."),
    ),
    Rule(
        "address-twice-reported",
        "error",
        "ipam-check",
        N_("Used more than once: {count:address} ({which})."),
        N_("Recreate all but one of their pods now: their traffic is misrouted."),
    ),
    Rule(
        "borrowed-reported",
        "warning",
        "blocks",
        N_("Borrowed: {count:address} ({which}). Each needs its own route."),
        N_("If blocks ran out, add a pool; then recreate the pods on these nodes."),
    ),
    Rule(
        "blocks-outside-reported",
        "warning",
        "ipam",
        N_("Outside all active pools: {count:block} ({which}), with {addresses} addresses in use."),
        N_(
            "A pool was disabled or deleted while in use: recreate the pods that hold these addresses; to reuse the "
            "range, first create the pool with the old blockSize."
        ),
    ),
    Rule(
        "blocks-without-affinity-reported",
        "info",
        "ipam",
        N_("Without affinity: {count:block}. Nodes can only borrow from them."),
        N_("They are removed when their last address is released: recreate the pods in them."),
    ),
    Rule(
        "configuration-reported",
        "info",
        "ipamconfig",
        N_("As the text states: {settings}."),
    ),
    Rule(
        "configuration-no-blocks",
        "error",
        "ipamconfig",
        N_("autoAllocateBlocks is false: nodes claim no new blocks."),
        N_("Set it to true with calicoctl apply or kubectl patch, unless blocks are assigned by hand."),
    ),
    Rule(
        "affinities-reported",
        "info",
        "blocks",
        N_("{count:block} with affinity, on {nodes:node}: {which}."),
    ),
    Rule(
        "row-contradicts",
        "warning",
        "ipam-check",
        N_("{cidr} has {size:address}; its row shows {total} in all, {used} in use, {free} free."),
        N_("The table was edited or mixed up: save the output of calicoctl ipam show again."),
    ),
    Rule(
        "names-only",
        "info",
        "kit",
        N_("Listed by name only: {count:object} ({which})."),
        N_("Save them with -o yaml: names say nothing about ranges and blocks."),
    ),
    Rule("blocks-listed", "info", "blocks", N_("Listed by name: {count:block} ({sizes}).")),
    Rule("routes-blocks", "info", "blocks", N_("Routed: {count:block}, to {nodes:node}.")),
    Rule(
        "blocks-overlap-listed",
        "error",
        "ipam",
        N_("{count} pairs of blocks overlap, first {first} and {second}: an address can be assigned twice."),
        N_("Move the pods to another pool, then delete and recreate this one."),
    ),
    Rule(
        "node-gone-listed",
        "warning",
        "controllers",
        N_("Not among the nodes that were read: {count:node} with blocks ({which}), {blocks:block} in all."),
        N_("If these nodes are gone, kube-controllers' node controller releases their blocks: check that it runs."),
    ),
    Rule(
        "block-sizes-mixed",
        "warning",
        "blocks",
        N_("Its blocks have several sizes ({sizes}), and only one of them is its blockSize."),
        N_(
            "Compare it with calicoctl get ippools -o yaml; blocks of another size are released once their pods "
            "are recreated."
        ),
    ),
)
