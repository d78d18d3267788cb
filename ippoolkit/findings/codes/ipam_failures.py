"""Why IPAM gives no address; each with Calico's own words."""

from __future__ import annotations

from ...texts import N_
from .rule import error, warning

IPAM_FAILURES = (
    error(
        "ipam-no-node",
        N_("Node {node} does not exist."),
        source_key="ipam",
        calico_messages=("resource does not exist: Node(",),
    ),
    error(
        "ipam-no-pools",
        N_("No enabled pool of this IP family can serve {node}."),
        N_("Create or enable one."),
        source_key="ipam",
        calico_messages=("cannot find a qualified ippool",),
    ),
    error(
        "ipam-pool-missing",
        N_("The requested pool {pool} does not exist or is disabled."),
        N_("Correct the annotation, or enable the pool."),
        source_key="ipam",
        calico_messages=("does not exist, or is not enabled",),
    ),
    error(
        "ipam-none-selects",
        N_("No pool selects the node {node} and the pod's namespace."),
        N_("Check nodeSelector, namespaceSelector and assignmentMode of the pools."),
        source_key="ipam",
        calico_messages=("no configured Calico pools for node",),
    ),
    error(
        "ipam-no-use",
        N_("No pool that selects the node allows the use {use}."),
        N_("Add {use} to the allowedUses of one."),
        source_key="ipam",
        calico_messages=("no pools match the required use",),
    ),
    error(
        "ipam-block-limit",
        N_(
            "The node already holds its maximum of {cap:block} from these pools, and all are full; at "
            "the limit it cannot borrow."
        ),
        N_("Raise maxBlocksPerHost, or choose larger blocks."),
        source_key="ipam",
        calico_messages=("cannot allocate new block due to per host block limit",),
        remedy_without_cap=N_("Choose larger blocks."),
    ),
    warning(
        "ipam-limit-reached",
        N_("The node has reached its limit of {cap:block}."),
        source_key="ipam",
        calico_messages=("Need to allocate an IPAM block but could not",),
    ),
    error(
        "ipam-no-claims",
        N_("The node's own blocks are full, and autoAllocateBlocks is false: it claims no new one."),
        N_("Set autoAllocateBlocks to true."),
        source_key="ipamconfig",
        calico_messages=("failed to find or claim a block",),
    ),
    error(
        "ipam-windows-small",
        N_("Windows reserves every address of the new block: none is left for the pod."),
        N_("Choose a blockSize of 29 or less for Windows nodes."),
        source_key="ipam",
        calico_messages=("free ips which is less than",),
    ),
    warning(
        "ipam-strict",
        N_("No unclaimed block is left in {pools}, and strictAffinity forbids borrowing."),
        N_("Widen the pools, or choose a larger blockSize number."),
        source_key="ipam",
        calico_messages=("No more free affine blocks and strict affinity enabled",),
    ),
    warning(
        "ipam-exhausted",
        N_("No address is left in {pools}."),
        N_("Add a pool."),
        source_key="ipam",
        calico_messages=("No IPs available in pools",),
    ),
    error(
        "ipam-not-in-pool",
        N_("{address} is not in any enabled pool."),
        source_key="ipam",
        calico_messages=("is not in a configured pool",),
    ),
    error(
        "ipam-use",
        N_("{address} is in the pool {pool}, which does not allow the use {use} (allowedUses: {uses})."),
        N_("Choose an address of another pool, or change allowedUses."),
        source_key="ipam",
        calico_messages=("which is not allowed for use",),
    ),
    error(
        "ipam-foreign",
        N_("{address} is in a block of another node, and strictAffinity is enabled."),
        source_key="ipam",
        calico_messages=("Block host affinity does not match",),
    ),
    error(
        "ipam-taken",
        N_("{address} is already in use."),
        source_key="ipam",
        calico_messages=("Address already assigned in block", "resource already exists:"),
    ),
    error(
        "ipam-no-handle",
        N_("The handle {handle} does not exist."),
        source_key="ipam",
        calico_messages=("resource does not exist: IPAMHandleKey",),
    ),
    error(
        "ipam-not-empty", N_("The block {block} is not empty."), source_key="ipam", calico_messages=("is not empty",)
    ),
)
