"""Why IPAM gives no address; each with Calico's own words."""

from __future__ import annotations

from ...texts import N_
from .rule import Rule

IPAM_FAILURES = (
    Rule(
        "ipam-no-node",
        "error",
        N_("Node {node} does not exist."),
        source_key="ipam",
        calico_messages=("resource does not exist: Node(",),
    ),
    Rule(
        "ipam-no-pools",
        "error",
        N_("No enabled pool of this IP family can serve {node}."),
        N_("Create or enable one."),
        source_key="ipam",
        calico_messages=("cannot find a qualified ippool",),
    ),
    Rule(
        "ipam-pool-missing",
        "error",
        N_("The requested pool {pool} does not exist or is disabled."),
        N_("Correct the annotation, or enable the pool."),
        source_key="ipam",
        calico_messages=("does not exist, or is not enabled",),
    ),
    Rule(
        "ipam-none-selects",
        "error",
        N_("No pool selects the node {node} and the pod's namespace."),
        N_("Check nodeSelector, namespaceSelector and assignmentMode of the pools."),
        source_key="ipam",
        calico_messages=("no configured Calico pools for node",),
    ),
    Rule(
        "ipam-no-use",
        "error",
        N_("No pool that selects the node allows the use {use}."),
        N_("Add {use} to the allowedUses of one."),
        source_key="ipam",
        calico_messages=("no pools match the required use",),
    ),
    Rule(
        "ipam-block-limit",
        "error",
        N_(
            "The node already holds its maximum of {cap:block} from these pools, and all are full; at "
            "the limit it cannot borrow."
        ),
        N_("Raise maxBlocksPerHost, or choose larger blocks."),
        source_key="ipam",
        calico_messages=("cannot allocate new block due to per host block limit",),
        remedy_without_cap=N_("Choose larger blocks."),
    ),
    Rule(
        "ipam-limit-reached",
        "warning",
        N_("The node has reached its limit of {cap:block}."),
        source_key="ipam",
        calico_messages=("Need to allocate an IPAM block but could not",),
    ),
    Rule(
        "ipam-no-claims",
        "error",
        N_("The node's own blocks are full, and autoAllocateBlocks is false: it claims no new one."),
        N_("Set autoAllocateBlocks to true."),
        source_key="ipamconfig",
        calico_messages=("failed to find or claim a block",),
    ),
    Rule(
        "ipam-windows-small",
        "error",
        N_("Windows reserves every address of the new block: none is left for the pod."),
        N_("Choose a blockSize of 29 or less for Windows nodes."),
        source_key="ipam",
        calico_messages=("free ips which is less than",),
    ),
    Rule(
        "ipam-strict",
        "warning",
        N_("No unclaimed block is left in {pools}, and strictAffinity forbids borrowing."),
        N_("Widen the pools, or choose a larger blockSize number."),
        source_key="ipam",
        calico_messages=("No more free affine blocks and strict affinity enabled",),
    ),
    Rule(
        "ipam-exhausted",
        "warning",
        N_("No address is left in {pools}."),
        N_("Add a pool."),
        source_key="ipam",
        calico_messages=("No IPs available in pools",),
    ),
    Rule(
        "ipam-not-in-pool",
        "error",
        N_("{address} is not in any enabled pool."),
        source_key="ipam",
        calico_messages=("is not in a configured pool",),
    ),
    Rule(
        "ipam-use",
        "error",
        N_("{address} is in the pool {pool}, which does not allow the use {use} (allowedUses: {uses})."),
        N_("Choose an address of another pool, or change allowedUses."),
        source_key="ipam",
        calico_messages=("which is not allowed for use",),
    ),
    Rule(
        "ipam-foreign",
        "error",
        N_("{address} is in a block of another node, and strictAffinity is enabled."),
        source_key="ipam",
        calico_messages=("Block host affinity does not match",),
    ),
    Rule(
        "ipam-taken",
        "error",
        N_("{address} is already in use."),
        source_key="ipam",
        calico_messages=("Address already assigned in block", "resource already exists:"),
    ),
    Rule(
        "ipam-no-handle",
        "error",
        N_("The handle {handle} does not exist."),
        source_key="ipam",
        calico_messages=("resource does not exist: IPAMHandleKey",),
    ),
    Rule(
        "ipam-not-empty",
        "error",
        N_("The block {block} is not empty."),
        source_key="ipam",
        calico_messages=("is not empty",),
    ),
)
