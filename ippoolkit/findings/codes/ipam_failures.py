"""Why IPAM gives no address; each with Calico's own words."""

from __future__ import annotations

from ...texts import N_
from .rule import Rule

IPAM_FAILURES = (
    Rule(
        "ipam-no-node",
        "error",
        "ipam",
        N_("Node {node} does not exist."),
        calico_messages=("resource does not exist: Node(",),
    ),
    Rule(
        "ipam-no-pools",
        "error",
        "ipam",
        N_("No enabled pool of this IP family can serve {node}."),
        N_("Create or enable one."),
        calico_messages=("cannot find a qualified ippool",),
    ),
    Rule(
        "ipam-pool-missing",
        "error",
        "ipam",
        N_("The requested pool {pool} does not exist or is disabled."),
        N_("Correct the annotation, or enable the pool."),
        calico_messages=("does not exist, or is not enabled",),
    ),
    Rule(
        "ipam-none-selects",
        "error",
        "ipam",
        N_("No pool selects the node {node} and the pod's namespace."),
        N_("Check nodeSelector, namespaceSelector and assignmentMode of the pools."),
        calico_messages=("no configured Calico pools for node",),
    ),
    Rule(
        "ipam-no-use",
        "error",
        "ipam",
        N_("No pool that selects the node allows the use {use}."),
        N_("Add {use} to the allowedUses of one."),
        calico_messages=("no pools match the required use",),
    ),
    Rule(
        "ipam-block-limit",
        "error",
        "ipam",
        N_(
            "The node already holds its maximum of {cap:block} from these pools, and all are full; at "
            "the limit it cannot borrow."
        ),
        N_("Raise maxBlocksPerHost, or choose larger blocks."),
        calico_messages=("cannot allocate new block due to per host block limit",),
        remedy_needs="configure-max-blocks",
        remedy_without=N_("Choose larger blocks."),
    ),
    Rule(
        "ipam-limit-reached",
        "warning",
        "ipam",
        N_("The node has reached its limit of {cap:block}."),
        calico_messages=("Need to allocate an IPAM block but could not",),
    ),
    Rule(
        "ipam-no-claims",
        "error",
        "ipamconfig",
        N_("The node's own blocks are full, and autoAllocateBlocks is false: it claims no new one."),
        N_("Set autoAllocateBlocks to true."),
        calico_messages=("failed to find or claim a block",),
    ),
    Rule(
        "ipam-windows-small",
        "error",
        "ipam",
        N_("Windows reserves every address of the new block: none is left for the pod."),
        N_("Choose a blockSize of 29 or less for Windows nodes."),
        calico_messages=("free ips which is less than",),
    ),
    Rule(
        "ipam-strict",
        "warning",
        "ipam",
        N_("No unclaimed block is left in {pools}, and strictAffinity forbids borrowing."),
        N_("Widen the pools, or choose a larger blockSize number."),
        calico_messages=("No more free affine blocks and strict affinity enabled",),
    ),
    Rule(
        "ipam-exhausted",
        "warning",
        "ipam",
        N_("No address is left in {pools}."),
        N_("Add a pool."),
        calico_messages=("No IPs available in pools",),
    ),
    Rule(
        "ipam-not-in-pool",
        "error",
        "ipam",
        N_("{address} is not in any enabled pool."),
        calico_messages=("is not in a configured pool",),
    ),
    Rule(
        "ipam-use",
        "error",
        "ipam",
        N_("{address} is in the pool {pool}, which does not allow the use {use} (allowedUses: {uses})."),
        N_("Choose an address of another pool, or change allowedUses."),
        calico_messages=("which is not allowed for use",),
    ),
    Rule(
        "ipam-foreign",
        "error",
        "ipam",
        N_("{address} is in a block of another node, and strictAffinity is enabled."),
        calico_messages=("Block host affinity does not match",),
    ),
    Rule(
        "ipam-taken",
        "error",
        "ipam",
        N_("{address} is already in use."),
        calico_messages=("Address already assigned in block", "resource already exists:"),
    ),
    Rule(
        "ipam-no-handle",
        "error",
        "ipam",
        N_("The handle {handle} does not exist."),
        calico_messages=("resource does not exist: IPAMHandleKey",),
    ),
    Rule("ipam-not-empty", "error", "ipam", N_("The block {block} is not empty."), calico_messages=("is not empty",)),
)
