"""Rules on figures that only a text states."""

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

REPORTED_FIGURES = (
    ok(
        "pool-usage-reported",
        N_("{used} of {capacity:address} in use ({share:.1%}), {free} free."),
        source_key="blocks",
    ),
    ok("borrowed-none", N_("No address is borrowed: the table lists none."), source_key="blocks"),
    warning(
        "pool-blocks-claimed",
        N_("All {blocks:block} of /{size} are claimed. {outcome}"),
        ADD_ANOTHER_POOL,
        source_key="blocks",
    ),
    error(
        "blocks-fewer-reported",
        N_("{nodes:node}, but {blocks:block} in {pools}: at least {without} of the nodes have none. {which} {outcome}"),
        ADD_POOL_OR_REPLACE,
        source_key="blocks",
        steps=STEPS_TO_MORE_BLOCKS,
    ),
    warning(
        "pool-blocks-few",
        N_("{left} of {blocks:block} of /{size} are left to claim."),
        ADD_ANOTHER_POOL,
        source_key="blocks",
    ),
    error(
        "node-cap-full-reported",
        N_("{node} holds {held} of at most {cap:block}, all full: the next pod fails."),
        MOVE_PODS_OR_RAISE_CAP,
        source_key="ipam",
        remedy_without_cap=MOVE_PODS,
    ),
    warning(
        "node-at-cap-reported",
        N_("{node} holds {held} of at most {cap:block}: once they are full, new pods fail."),
        MOVE_PODS_OR_RAISE_CAP,
        source_key="ipam",
        remedy_without_cap=MOVE_PODS,
    ),
    warning(
        "node-near-cap-reported",
        N_("{node} holds {held} of at most {cap:block}."),
        N_("Monitor it: at the limit, requests fail immediately."),
        source_key="ipam",
    ),
    warning(
        "leaked-reported",
        N_("Leaked, as calicoctl reports: {count:address} ({which})."),
        N_(
            "Check that the node controller of kube-controllers is running; it releases them 15 to 22.5 minutes after "
            "their pod is gone. IPv6 tunnel addresses in use are counted as leaked by mistake."
        ),
        source_key="ipam-check",
    ),
    info(
        "leaks-partial",
        N_("No {kinds} data was read: leaked addresses of their kind are not counted."),
        source_key="controllers",
    ),
    warning(
        "pods-starting",
        N_("Starting: {count:pod} ({which}). This table does not show whether they have an address."),
        N_("Add kubectl get pods -A -o wide, and the events of kubectl describe pod."),
    ),
    info(
        "strict-no-nodes",
        N_(
            "strictAffinity is true: a node without a free address in its own blocks, and with no block left to "
            "claim, gives its pods none. Whether there is such a node is unknown: nodes and blocks were not read."
        ),
        source_key="ipam",
    ),
    info(
        "own-blocks-first",
        N_("{node} has free addresses in blocks of its own, which are used first: {blocks}."),
        source_key="ipam",
    ),
    error(
        "in-use-not-allocated",
        N_(
            "In use inside an active pool but not recorded in any block: {count:address} ({which}). "
            "Another pod can be assigned the same address."
        ),
        N_("Recreate these pods, if Calico IPAM assigns this cluster's addresses."),
        source_key="ipam-check",
    ),
    warning(
        "in-use-outside-reported",
        N_("In use outside all active pools: {count:address} ({which})."),
        N_("They come from another network plugin or from a pool that is disabled or deleted: recreate these pods."),
        source_key="ipam-check",
    ),
    error(
        "address-twice-reported",
        N_("Used more than once: {count:address} ({which})."),
        N_("Recreate all but one of their pods now: their traffic is misrouted."),
        source_key="ipam-check",
    ),
    warning(
        "borrowed-reported",
        N_("Borrowed: {count:address} ({which}). Each needs its own route."),
        N_("If blocks ran out, add a pool; then recreate the pods on these nodes."),
        source_key="blocks",
    ),
    warning(
        "blocks-outside-reported",
        N_("Outside all active pools: {count:block} ({which}), with {addresses} addresses in use."),
        N_(
            "A pool was disabled or deleted while in use: recreate the pods that hold these addresses; to reuse the "
            "range, first create the pool with the old blockSize."
        ),
        source_key="ipam",
    ),
    info(
        "blocks-without-affinity-reported",
        N_("Without affinity: {count:block}. Nodes can only borrow from them."),
        N_("They are removed when their last address is released: recreate the pods in them."),
        source_key="ipam",
    ),
    info("configuration-reported", N_("As the text states: {settings}."), source_key="ipamconfig"),
    error(
        "configuration-no-blocks",
        N_("autoAllocateBlocks is false: nodes claim no new blocks."),
        N_("Set it to true with calicoctl apply or kubectl patch, unless blocks are assigned by hand."),
        source_key="ipamconfig",
    ),
    info("affinities-reported", N_("{count:block} with affinity, on {nodes:node}: {which}."), source_key="blocks"),
    warning(
        "row-contradicts",
        N_("{cidr} has {size:address}; its row shows {total} in all, {used} in use, {free} free."),
        N_("The table was edited or mixed up: save the output of calicoctl ipam show again."),
        source_key="ipam-check",
    ),
    info(
        "names-only",
        N_("Listed by name only: {count:object} ({which})."),
        N_("Save them with -o yaml: names say nothing about ranges and blocks."),
    ),
    info("blocks-listed", N_("Listed by name: {count:block} ({sizes})."), source_key="blocks"),
    info("routes-blocks", N_("Routed: {count:block}, to {nodes:node}."), source_key="blocks"),
    error(
        "blocks-overlap-listed",
        N_("{count} pairs of blocks overlap, first {first} and {second}: an address can be assigned twice."),
        N_("Move the pods to another pool, then delete and recreate this one."),
        source_key="ipam",
    ),
    warning(
        "node-gone-listed",
        N_("Not among the nodes that were read: {count:node} with blocks ({which}), {blocks:block} in all."),
        N_("If these nodes are gone, kube-controllers' node controller releases their blocks: check that it runs."),
        source_key="controllers",
    ),
    warning(
        "block-sizes-mixed",
        N_("Its blocks have several sizes ({sizes}), and only one of them is its blockSize."),
        N_(
            "Compare it with calicoctl get ippools -o yaml; blocks of another size are released once their pods "
            "are recreated."
        ),
        source_key="blocks",
    ),
)
