"""Who may draw from which pool, and who is left without one."""

from __future__ import annotations

from ...texts import N_
from .rule import error, info, warning

POOL_SELECTION = (
    warning(
        "pool-claimed-for-node",
        N_("All {blocks:block} are claimed, and none with a free address is known to be {node}'s. {outcome}"),
        N_("A pool's CIDR cannot be changed, so add another pool that serves the node."),
        source_key="blocks",
    ),
    error(
        "node-without-pool",
        N_(
            "{count:node} without an IPv{version} pool for pods: {which}. Pods that request no "
            "specific pool get no address there."
        ),
        N_("Label the nodes, or widen a pool's nodeSelector."),
        source_key="ippool",
    ),
    error(
        "node-without-tunnel-pool",
        N_("{count:node} without any IPv{version} pool for the {tunnel} tunnel that others have: {which}."),
        N_("Widen the nodeSelector of a pool with this encapsulation: without the address these nodes are cut off."),
        source_key="ippool",
    ),
    warning(
        "node-without-tunnel",
        N_("Without a {tunnel} address (IPv{version}), though a pool would give one: {count:node} ({which})."),
        N_("Restart calico-node there; it may have missed a change of pools."),
        source_key="encapsulation",
    ),
    warning(
        "windows-without-tunnel",
        N_("Windows without a vxlan address (IPv4): {count:node} ({which}): other nodes send nothing there."),
        N_(
            "It is the second address of the node's block, and set when calico-node starts and when the CNI plugin "
            "connects a pod: check both logs there (EnsureVXLANTunnelAddr)."
        ),
        source_key="windows-tunnel",
    ),
    warning(
        "pool-selects-no-namespace",
        N_("The namespaceSelector {selector} matches no namespace."),
        N_("Label a namespace, or correct the selector."),
        source_key="ippool",
    ),
    info(
        "pool-without-users",
        N_("No pod may use {pool}. On {node} in the namespace {namespace}: {reason}"),
        source_key="ippool",
    ),
    info(
        "pool-users-unknown",
        N_("Who may use {pool} is unknown: the input has no {kinds}."),
        N_("Add the output of kubectl get nodes,namespaces -o json."),
        source_key="ippool",
    ),
    error(
        "annotation-disabled",
        N_(
            "{spaces} namespaces and {pods:pod} request this disabled pool by annotation: {which}. "
            "Their new pods get no address."
        ),
        N_("Change the annotations before pods are recreated."),
        source_key="cni",
    ),
    error(
        "annotation-missing",
        N_(
            "{spaces} namespaces and {pods:pod} request the pool {pool}, which does not exist: "
            "{which}. Their new pods get no address."
        ),
        N_("Correct the annotations; they take pool names or CIDRs."),
        source_key="cni",
    ),
    error(
        "annotation-malformed",
        N_(
            "The pools annotation {value} of {spaces} namespaces and {pods:pod} is not a JSON list of pool names: "
            "{which}. Their new pods get no address."
        ),
        N_("""Write it as '["pool-a", "pool-b"]'."""),
        source_key="cni",
    ),
    error(
        "object-missing",
        N_("{kind} {name} is not in the input, which has: {known}."),
        N_("Check the name, and that its dump is among the files."),
    ),
    error(
        "node-labels-unknown",
        N_("{node} is known from a table that does not show labels: which pools select it is unknown."),
        N_("Add the output of kubectl get nodes --show-labels, or -o json."),
    ),
    error(
        "coverage-no-nodes",
        N_("No node was read: which pools serve nodes is unknown."),
        N_("Add the output of kubectl get nodes -o yaml."),
    ),
    info("not-disabled", N_("The pool is disabled."), source_key="ippool"),
    info("not-named", N_("{by} requests other pools: {named}."), source_key="cni"),
    info(
        "not-manual",
        N_("assignmentMode is Manual: it serves only pods and namespaces that request it."),
        source_key="ippool",
    ),
    info("not-node", N_("Its nodeSelector {selector} does not match {node}."), source_key="ippool"),
    info(
        "not-namespace",
        N_("Its namespaceSelector {selector} does not match the namespace {namespace}."),
        source_key="ippool",
    ),
    info("not-use", N_("Its allowedUses are {uses}, not {use}."), source_key="ippool"),
    info("not-windows", N_("Blocks of /{size} are too small for Windows."), source_key="windows"),
    error(
        "named-disabled",
        N_("{by} requests the pool {pool}, which is disabled: the allocation fails."),
        N_("Correct the annotation, or enable the pool."),
        source_key="cni",
    ),
    error(
        "named-missing",
        N_("{by} requests the pool {pool}, which does not exist: the allocation fails."),
        N_("Correct the annotation."),
        source_key="cni",
    ),
    warning(
        "named-ignores-selector",
        N_(
            "{by} names this pool, so its nodeSelector {selector} does not count: it serves {node}, which the selector "
            "does not match."
        ),
        N_("Remove the annotation where the selector should decide; a namespaceSelector keeps other namespaces out."),
        source_key="cni",
    ),
    error(
        "named-malformed",
        N_("The pools annotation of {by} is {value}, not a JSON list of pool names: the allocation fails."),
        N_("""Write it as '["pool-a", "pool-b"]'."""),
        source_key="cni",
    ),
    error(
        "no-pool-serves",
        N_("No pool serves {use} on {node}."),
        N_("Check nodeSelector, namespaceSelector, assignmentMode and allowedUses of the pools."),
        source_key="ippool",
    ),
)
