"""Rules on a plan: the verdicts, and what makes pools serve nobody."""

from __future__ import annotations

from ...texts import N_
from .rule import Rule

_MORE_BLOCKS = N_("Make the blocks smaller (a larger blockSize), the pool larger, or add a pool.")
_MORE_BLOCKS_BEFORE_THEN = N_(
    "Make the blocks smaller (a larger blockSize), the pool larger, or add a pool before then."
)
_ADD_PODS = N_("Add the output of kubectl get pods -A -o json, or plan with --pods-per-node.")

CAPACITY_VERDICTS = (
    Rule(
        "holds",
        "ok",
        N_("Holds {nodes:node} with {pods:pod}; capacity for up to {most:node}."),
        source_key="blocks",
        short_message=N_("capacity for {most:node}"),
    ),
    Rule(
        "holds-growing",
        "ok",
        N_("Holds {nodes:node} with {pods:pod} after {months:month} of growth; capacity for up to {most:node}."),
        source_key="blocks",
        short_message=N_("capacity for {most:node}"),
    ),
    Rule(
        "holds-blocks",
        "ok",
        N_(
            "Blocks for each of {nodes:node}, with capacity for up to {most:node}. How many pods they run was not "
            "read: plan with --pods-per-node."
        ),
        source_key="blocks",
        short_message=N_("blocks for each of {nodes:node}; pods not read"),
    ),
    Rule(
        "plan-empty",
        "info",
        N_("No nodes are planned; up to {most:node} can have a block each."),
        N_("Enter the planned number of nodes and pods."),
        source_key="blocks",
        short_message=N_("capacity for {most:node}"),
    ),
    Rule(
        "blocks-short",
        "error",
        N_("{blocks:block} for {nodes:node} that need {need}, {per_node} per typical node: node {first} gets none."),
        _MORE_BLOCKS,
        source_key="blocks",
        short_message=N_("node {first} of {nodes} gets no block"),
    ),
    Rule(
        "blocks-elsewhere",
        "error",
        N_("Node {first} of {nodes} gets no block: the pools that serve it have none left."),
        N_("Widen a nodeSelector, make the blocks smaller, or add a pool for these nodes."),
        source_key="ippool",
        short_message=N_("node {first} of {nodes} gets no block"),
    ),
    Rule(
        "strict-short",
        "error",
        N_(
            "{need:block} needed, {blocks} available, and strictAffinity forbids borrowing: pod "
            "{first} gets no address."
        ),
        _MORE_BLOCKS,
        source_key="ipamconfig",
        short_message=N_("pod {first} of {pods} gets no address"),
    ),
    Rule(
        "strict-blocks-short",
        "error",
        N_(
            "{need:block} needed, {blocks} available, and strictAffinity forbids borrowing: pods of a node without a "
            "block of its own get no address."
        ),
        _MORE_BLOCKS,
        source_key="ipamconfig",
        short_message=N_("{need:block} needed, {blocks} available"),
    ),
    Rule(
        "addresses-short",
        "error",
        N_("{drawn:address} needed, {addresses} available: pod {first} of {pods} gets none."),
        N_("Make the pool larger or add a pool."),
        source_key="ippool",
        short_message=N_("pod {first} of {pods} gets no address"),
    ),
    Rule(
        "block-cap",
        "error",
        N_("The busiest node needs {need:block} but may hold only {cap}: its pod {first} gets no address."),
        N_("Make the blocks larger (a smaller blockSize); maxBlocksPerHost can raise the cap with strictAffinity."),
        source_key="ipam",
        short_message=N_("busiest node needs {need:block}, limit {cap}"),
        remedy_without_cap=N_("Make the blocks larger (a smaller blockSize)."),
    ),
    Rule(
        "borrowing",
        "warning",
        N_("{need:block} needed, {blocks} available: nodes borrow {borrowed:address} from each other."),
        _MORE_BLOCKS,
        source_key="ipam",
        short_message=N_("{need:block} needed, {blocks} available"),
    ),
    Rule(
        "no-spare",
        "warning",
        N_("Holds {nodes:node}, but leaves {spare:block}; a replacement node needs {one}."),
        N_("Keep enough blocks for one more node: a replacement joins before the old node's blocks are released."),
        source_key="blocks",
        short_message=N_("{spare:block} left"),
    ),
    Rule(
        "growth-blocks",
        "warning",
        N_("Holds {today:node} today; in month {month}, node {first} of {nodes} gets no block."),
        _MORE_BLOCKS_BEFORE_THEN,
        source_key="blocks",
        short_message=N_("month {month}: node {first} gets no block"),
    ),
    Rule(
        "growth-strict",
        "warning",
        N_("Holds {today:node} today; in month {month}, pod {first} of {pods} gets no address (strictAffinity)."),
        _MORE_BLOCKS_BEFORE_THEN,
        source_key="ipamconfig",
        short_message=N_("month {month}: pod {first} gets no address"),
    ),
    Rule(
        "growth-addresses",
        "warning",
        N_("Holds {today:node} today; in month {month}, pod {first} of {pods} gets no address."),
        N_("Make the pool larger or add a pool before then."),
        source_key="ippool",
        short_message=N_("month {month}: pod {first} gets no address"),
    ),
    Rule(
        "growth-cap",
        "warning",
        N_("Holds {today:node} today; in month {month} the busiest node needs {need:block} but may hold only {cap}."),
        N_("Make the blocks larger (a smaller blockSize) before then."),
        source_key="ipam",
        short_message=N_("month {month}: busiest node needs {need:block}, limit {cap}"),
    ),
    Rule(
        "growth-borrowing",
        "warning",
        N_("Holds {today:node} today; from month {month} on, nodes borrow: {need:block} needed, {blocks} available."),
        _MORE_BLOCKS_BEFORE_THEN,
        source_key="ipam",
        short_message=N_("month {month}: {need:block} needed, {blocks} available"),
    ),
    Rule(
        "auto-allocate-off",
        "error",
        N_("autoAllocateBlocks is false: a new node claims no block, and its pods get no address."),
        N_("Set autoAllocateBlocks to true."),
        source_key="ipamconfig",
        short_message=N_("autoAllocateBlocks is false"),
    ),
    Rule(
        "no-pool",
        "error",
        N_("There is no IP pool for pods."),
        N_("Add one; pools for services of type LoadBalancer serve no pods."),
        source_key="ippool",
        short_message=N_("no pool"),
    ),
    Rule(
        "pools-not-read",
        "error",
        N_("No IP pool was read: whether the plan fits is unknown."),
        N_("Add the output of calicoctl get ippools -o yaml, or the pool's manifest."),
        short_message=N_("no pool was read"),
    ),
    Rule(
        "pods-not-read",
        "warning",
        N_("The pods of {nodes:node} were not read: the verdict counts one block a node, the least for any pods."),
        _ADD_PODS,
    ),
    Rule(
        "pods-not-read-blocks",
        "warning",
        N_(
            "The pods of {nodes:node} were not read. The verdict counts the {used:address} in use in {blocks:block}, "
            "as those of one node each, and one block for each further node: the least for any pods."
        ),
        _ADD_PODS,
    ),
    Rule(
        "pods-not-read-allocations",
        "warning",
        N_(
            "The pods of {nodes:node} were not read. The verdict counts the {used:address} that blocks hold for them, "
            "and one block for a node without any: the least for its pods."
        ),
        _ADD_PODS,
    ),
    Rule(
        "node-no-pool",
        "error",
        N_("No pool serves {group}: {nodes:node} with {pods:pod} each."),
        N_("Widen a nodeSelector, or add a pool for these nodes."),
        source_key="ippool",
        short_message=N_("{group}: no pool"),
    ),
    Rule(
        "windows-block",
        "error",
        N_("A block of {size:address} leaves none for pods on a Windows node, which reserves 4 per block."),
        N_("Choose a blockSize of 29 or less."),
        source_key="windows",
        short_message=N_("no address left on Windows nodes"),
    ),
    Rule(
        "windows-strict",
        "error",
        N_("{group} runs Windows, which needs strictAffinity."),
        N_("Set strictAffinity to true."),
        source_key="windows",
        applies_to="IPAMConfiguration spec.strictAffinity",
    ),
    Rule(
        "windows-strict-unknown",
        "warning",
        N_("{group} runs Windows, which needs strictAffinity: whether it is set was not read."),
        N_("Add kubectl get ipamconfigs -o yaml, or calicoctl ipam show --show-configuration."),
        source_key="windows",
        applies_to="IPAMConfiguration spec.strictAffinity",
    ),
    Rule(
        "pool-disabled",
        "info",
        N_("The pool is disabled: it assigns no new addresses."),
        source_key="ippool",
        short_message=N_("disabled"),
        applies_to="IPPool spec.disabled",
    ),
    Rule(
        "pool-loadbalancer",
        "info",
        N_("The pool is for LoadBalancer services: it serves no pods."),
        source_key="ippool",
        short_message=N_("LoadBalancer only"),
        applies_to="IPPool spec.allowedUses",
    ),
    Rule(
        "pool-manual",
        "info",
        N_("assignmentMode is Manual: it serves only pods and namespaces that request it."),
        source_key="ippool",
        short_message=N_("on request only"),
        applies_to="IPPool spec.assignmentMode",
    ),
    Rule(
        "pool-selects-none",
        "warning",
        N_("nodeSelector {selector} matches no node of the scenario."),
        N_("Check the labels; YAML needs quotes around a selector that begins with an exclamation mark."),
        source_key="ippool",
        short_message=N_("selects no node"),
        applies_to="IPPool spec.nodeSelector",
    ),
    Rule(
        "pool-tunnel",
        "info",
        N_("allowedUses does not include Workload: the pool serves no pods."),
        source_key="ippool",
        short_message=N_("no Workload"),
        applies_to="IPPool spec.allowedUses",
    ),
)
