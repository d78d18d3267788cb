"""Why IPAM gives no address; each with Calico's own words."""

from __future__ import annotations

from ...texts import N_
from .rule import Rule

IPAM = (
    Rule("ipam-no-node", "error", "ipam", N_("There is no node {node}."), calico=("resource does not exist: Node(",)),
    Rule(
        "ipam-no-pools",
        "error",
        "ipam",
        N_("There is no enabled pool of this family that {node} could use."),
        N_("Create or enable one."),
        calico=("cannot find a qualified ippool",),
    ),
    Rule(
        "ipam-pool-missing",
        "error",
        "ipam",
        N_("The pool {pool} that the request names does not exist or is disabled."),
        N_("Correct the annotation, or enable the pool."),
        calico=("does not exist, or is not enabled",),
    ),
    Rule(
        "ipam-none-selects",
        "error",
        "ipam",
        N_("No pool selects the node {node} and the pod's namespace."),
        N_("Check nodeSelector, namespaceSelector and assignmentMode of the pools."),
        calico=("no configured Calico pools for node",),
    ),
    Rule(
        "ipam-no-use",
        "error",
        "ipam",
        N_("No pool that selects the node is for {use}."),
        N_("Add {use} to the allowedUses of one."),
        calico=("no pools match the required use",),
    ),
    Rule(
        "ipam-block-limit",
        "error",
        "ipam",
        N_("The node holds {cap:block} of these pools, as many as it may, all full; at the cap it does not borrow."),
        N_("Raise maxBlocksPerHost, or choose larger blocks."),
        calico=("cannot allocate new block due to per host block limit",),
    ),
    Rule(
        "ipam-limit-reached",
        "warning",
        "ipam",
        N_("The limit of {cap:block} for this node is reached."),
        calico=("Need to allocate an IPAM block but could not",),
    ),
    Rule(
        "ipam-no-claims",
        "error",
        "ipamconfig",
        N_("The node's own blocks are full, and autoAllocateBlocks is false: it claims no new one."),
        N_("Set autoAllocateBlocks to true."),
        calico=("failed to find or claim a block",),
    ),
    Rule(
        "ipam-windows-small",
        "error",
        "ipam",
        N_("The new block is kept for Windows as a whole: it has no address left for the pod."),
        N_("Choose a blockSize of 29 or less for Windows nodes."),
        calico=("free ips which is less than",),
    ),
    Rule(
        "ipam-strict",
        "warning",
        "ipam",
        N_("No block is left to claim in {pools}, and with strictAffinity a node does not borrow."),
        N_("Widen the pools, or choose a larger blockSize number."),
        calico=("No more free affine blocks and strict affinity enabled",),
    ),
    Rule(
        "ipam-exhausted",
        "warning",
        "ipam",
        N_("No address is left in {pools}."),
        N_("Add a pool."),
        calico=("No IPs available in pools",),
    ),
    Rule(
        "ipam-not-in-pool",
        "error",
        "ipam",
        N_("{address} lies in no enabled pool."),
        calico=("is not in a configured pool",),
    ),
    Rule(
        "ipam-foreign",
        "error",
        "ipam",
        N_("{address} stands in a block of another node, and strictAffinity is on."),
        calico=("Block host affinity does not match",),
    ),
    Rule("ipam-taken", "error", "ipam", N_("{address} is in use."), calico=("Address already assigned in block",)),
    Rule(
        "ipam-no-handle",
        "error",
        "ipam",
        N_("Nothing is held by {handle}."),
        calico=("resource does not exist: IPAMHandleKey",),
    ),
    Rule("ipam-not-empty", "error", "ipam", N_("The block {block} is not empty."), calico=("is not empty",)),
)
