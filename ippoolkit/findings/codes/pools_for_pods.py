"""Who may draw from which pool, and who is left without one."""

from __future__ import annotations

from ...texts import N_
from .rule import Rule

POOL_SELECTION = (
    Rule(
        "pool-claimed-for-node",
        "warning",
        "blocks",
        N_("All {blocks:block} are claimed, and none with a free address is known to be {node}'s. {outcome}"),
        N_("A pool's CIDR cannot be changed, so add another pool that serves the node."),
    ),
    Rule(
        "node-without-pool",
        "error",
        "ippool",
        N_(
            "{count:node} without an IPv{version} pool for pods: {which}. Pods that request no "
            "specific pool get no address there."
        ),
        N_("Label the nodes, or widen a pool's nodeSelector."),
    ),
    Rule(
        "node-without-tunnel-pool",
        "error",
        "ippool",
        N_("{count:node} without any IPv{version} pool for the {tunnel} tunnel that others have: {which}."),
        N_("Widen the nodeSelector of a pool with this encapsulation: without the address these nodes are cut off."),
    ),
    Rule(
        "node-without-tunnel",
        "warning",
        "encapsulation",
        N_("Without a {tunnel} address (IPv{version}), though a pool would give one: {count:node} ({which})."),
        N_("Restart calico-node there; it may have missed a change of pools."),
    ),
    Rule(
        "windows-without-tunnel",
        "warning",
        "windows-tunnel",
        N_("Windows without a vxlan address (IPv4): {count:node} ({which}): other nodes send nothing there."),
        N_(
            "It is the second address of the node's block, and set when calico-node starts and when the CNI plugin "
            "connects a pod: check both logs there (EnsureVXLANTunnelAddr)."
        ),
    ),
    Rule(
        "pool-selects-no-namespace",
        "warning",
        "ippool",
        N_("The namespaceSelector {selector} matches no namespace."),
        N_("Label a namespace, or correct the selector."),
    ),
    Rule(
        "pool-without-users",
        "info",
        "ippool",
        N_("No pod may use {pool}. On {node} in the namespace {namespace}: {reason}"),
    ),
    Rule(
        "pool-users-unknown",
        "info",
        "ippool",
        N_("Who may use {pool} is unknown: the input has no {kinds}."),
        N_("Add the output of kubectl get nodes,namespaces -o json."),
    ),
    Rule(
        "annotation-disabled",
        "error",
        "cni",
        N_(
            "{spaces} namespaces and {pods:pod} request this disabled pool by annotation: {which}. "
            "Their new pods get no address."
        ),
        N_("Change the annotations before pods are recreated."),
    ),
    Rule(
        "annotation-missing",
        "error",
        "cni",
        N_(
            "{spaces} namespaces and {pods:pod} request the pool {pool}, which does not exist: "
            "{which}. Their new pods get no address."
        ),
        N_("Correct the annotations; they take pool names or CIDRs."),
    ),
    Rule(
        "annotation-malformed",
        "error",
        "cni",
        N_(
            "The pools annotation {value} of {spaces} namespaces and {pods:pod} is not a JSON list of pool names: "
            "{which}. Their new pods get no address."
        ),
        N_("""Write it as '["pool-a", "pool-b"]'."""),
    ),
    Rule(
        "object-missing",
        "error",
        "kit",
        N_("{kind} {name} is not in the input, which has: {known}."),
        N_("Check the name, and that its dump is among the files."),
    ),
    Rule(
        "node-labels-unknown",
        "error",
        "kit",
        N_("{node} is known from a table that does not show labels: which pools select it is unknown."),
        N_("Add the output of kubectl get nodes --show-labels, or -o json."),
    ),
    Rule(
        "coverage-no-nodes",
        "error",
        "kit",
        N_("No node was read: which pools serve nodes is unknown."),
        N_("Add the output of kubectl get nodes -o yaml."),
    ),
    Rule("not-disabled", "info", "ippool", N_("The pool is disabled.")),
    Rule("not-named", "info", "cni", N_("{by} requests other pools: {named}.")),
    Rule(
        "not-manual",
        "info",
        "ippool",
        N_("assignmentMode is Manual: it serves only pods and namespaces that request it."),
    ),
    Rule("not-node", "info", "ippool", N_("Its nodeSelector {selector} does not match {node}.")),
    Rule(
        "not-namespace",
        "info",
        "ippool",
        N_("Its namespaceSelector {selector} does not match the namespace {namespace}."),
    ),
    Rule("not-use", "info", "ippool", N_("Its allowedUses are {uses}, not {use}.")),
    Rule("not-windows", "info", "windows", N_("Blocks of /{size} are too small for Windows.")),
    Rule(
        "named-disabled",
        "error",
        "cni",
        N_("{by} requests the pool {pool}, which is disabled: the allocation fails."),
        N_("Correct the annotation, or enable the pool."),
    ),
    Rule(
        "named-missing",
        "error",
        "cni",
        N_("{by} requests the pool {pool}, which does not exist: the allocation fails."),
        N_("Correct the annotation."),
    ),
    Rule(
        "named-ignores-selector",
        "warning",
        "cni",
        N_(
            "{by} names this pool, so its nodeSelector {selector} does not count: it serves {node}, which the selector "
            "does not match."
        ),
        N_("Remove the annotation where the selector should decide; a namespaceSelector keeps other namespaces out."),
    ),
    Rule(
        "named-malformed",
        "error",
        "cni",
        N_("The pools annotation of {by} is {value}, not a JSON list of pool names: the allocation fails."),
        N_("""Write it as '["pool-a", "pool-b"]'."""),
    ),
    Rule(
        "no-pool-serves",
        "error",
        "ippool",
        N_("No pool serves {use} on {node}."),
        N_("Check nodeSelector, namespaceSelector, assignmentMode and allowedUses of the pools."),
    ),
)
