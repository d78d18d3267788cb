"""Rules on a plan: the verdicts, and what makes pools serve nobody."""

from __future__ import annotations

from ...texts import N_
from .rule import error, info, ok, warning

_MORE_BLOCKS = N_("Make the blocks smaller (a larger blockSize), the pool larger, or add a pool.")
_MORE_BLOCKS_BEFORE_THEN = N_(
    "Make the blocks smaller (a larger blockSize), the pool larger, or add a pool before then."
)
_ADD_PODS = N_("Add the output of kubectl get pods -A -o json, or plan with --pods-per-node.")

CAPACITY_VERDICTS = (
    ok(
        "holds",
        N_("Holds {nodes:node} with {pods:pod}; capacity for up to {most:node}."),
        source_key="blocks",
        short_message=N_("capacity for {most:node}"),
    ),
    ok(
        "holds-growing",
        N_("Holds {nodes:node} with {pods:pod} after {months:month} of growth; capacity for up to {most:node}."),
        source_key="blocks",
        short_message=N_("capacity for {most:node}"),
    ),
    ok(
        "holds-blocks",
        N_(
            "Blocks for each of {nodes:node}, with capacity for up to {most:node}. How many pods they run was not "
            "read: plan with --pods-per-node."
        ),
        source_key="blocks",
        short_message=N_("blocks for each of {nodes:node}; pods not read"),
    ),
    info(
        "plan-empty",
        N_("No nodes are planned; up to {most:node} can have a block each."),
        N_("Enter the planned number of nodes and pods."),
        source_key="blocks",
        short_message=N_("capacity for {most:node}"),
    ),
    error(
        "blocks-short",
        N_("{blocks:block} for {nodes:node} that need {need}, {per_node} per typical node: node {first} gets none."),
        _MORE_BLOCKS,
        source_key="blocks",
        short_message=N_("node {first} of {nodes} gets no block"),
    ),
    error(
        "blocks-elsewhere",
        N_("Node {first} of {nodes} gets no block: the pools that serve it have none left."),
        N_("Widen a nodeSelector, make the blocks smaller, or add a pool for these nodes."),
        source_key="ippool",
        short_message=N_("node {first} of {nodes} gets no block"),
    ),
    error(
        "strict-short",
        N_(
            "{need:block} needed, {blocks} available, and strictAffinity forbids borrowing: pod "
            "{first} gets no address."
        ),
        _MORE_BLOCKS,
        source_key="ipamconfig",
        short_message=N_("pod {first} of {pods} gets no address"),
    ),
    error(
        "strict-blocks-short",
        N_(
            "{need:block} needed, {blocks} available, and strictAffinity forbids borrowing: pods of a node without a "
            "block of its own get no address."
        ),
        _MORE_BLOCKS,
        source_key="ipamconfig",
        short_message=N_("{need:block} needed, {blocks} available"),
    ),
    error(
        "addresses-short",
        N_("{drawn:address} needed, {addresses} available: pod {first} of {pods} gets none."),
        N_("Make the pool larger or add a pool."),
        source_key="ippool",
        short_message=N_("pod {first} of {pods} gets no address"),
    ),
    error(
        "block-cap",
        N_("The busiest node needs {need:block} but may hold only {cap}: its pod {first} gets no address."),
        N_("Make the blocks larger (a smaller blockSize); maxBlocksPerHost can raise the cap with strictAffinity."),
        source_key="ipam",
        short_message=N_("busiest node needs {need:block}, limit {cap}"),
        remedy_without_cap=N_("Make the blocks larger (a smaller blockSize)."),
    ),
    warning(
        "borrowing",
        N_("{need:block} needed, {blocks} available: nodes borrow {borrowed:address} from each other."),
        _MORE_BLOCKS,
        source_key="ipam",
        short_message=N_("{need:block} needed, {blocks} available"),
    ),
    warning(
        "no-spare",
        N_("Holds {nodes:node}, but leaves {spare:block}; a replacement node needs {one}."),
        N_("Keep enough blocks for one more node: a replacement joins before the old node's blocks are released."),
        source_key="blocks",
        short_message=N_("{spare:block} left"),
    ),
    warning(
        "growth-blocks",
        N_("Holds {today:node} today; in month {month}, node {first} of {nodes} gets no block."),
        _MORE_BLOCKS_BEFORE_THEN,
        source_key="blocks",
        short_message=N_("month {month}: node {first} gets no block"),
    ),
    warning(
        "growth-strict",
        N_("Holds {today:node} today; in month {month}, pod {first} of {pods} gets no address (strictAffinity)."),
        _MORE_BLOCKS_BEFORE_THEN,
        source_key="ipamconfig",
        short_message=N_("month {month}: pod {first} gets no address"),
    ),
    warning(
        "growth-addresses",
        N_("Holds {today:node} today; in month {month}, pod {first} of {pods} gets no address."),
        N_("Make the pool larger or add a pool before then."),
        source_key="ippool",
        short_message=N_("month {month}: pod {first} gets no address"),
    ),
    warning(
        "growth-cap",
        N_("Holds {today:node} today; in month {month} the busiest node needs {need:block} but may hold only {cap}."),
        N_("Make the blocks larger (a smaller blockSize) before then."),
        source_key="ipam",
        short_message=N_("month {month}: busiest node needs {need:block}, limit {cap}"),
    ),
    warning(
        "growth-borrowing",
        N_("Holds {today:node} today; from month {month} on, nodes borrow: {need:block} needed, {blocks} available."),
        _MORE_BLOCKS_BEFORE_THEN,
        source_key="ipam",
        short_message=N_("month {month}: {need:block} needed, {blocks} available"),
    ),
    error(
        "auto-allocate-off",
        N_("autoAllocateBlocks is false: a new node claims no block, and its pods get no address."),
        N_("Set autoAllocateBlocks to true."),
        source_key="ipamconfig",
        short_message=N_("autoAllocateBlocks is false"),
    ),
    error(
        "no-pool",
        N_("There is no IP pool for pods."),
        N_("Add one; pools for services of type LoadBalancer serve no pods."),
        source_key="ippool",
        short_message=N_("no pool"),
    ),
    error(
        "pools-not-read",
        N_("No IP pool was read: whether the plan fits is unknown."),
        N_("Add the output of calicoctl get ippools -o yaml, or the pool's manifest."),
        short_message=N_("no pool was read"),
    ),
    warning(
        "pods-not-read",
        N_("The pods of {nodes:node} were not read: the verdict counts one block a node, the least for any pods."),
        _ADD_PODS,
    ),
    warning(
        "pods-not-read-blocks",
        N_(
            "The pods of {nodes:node} were not read. The verdict counts the {used:address} in use in {blocks:block}, "
            "as those of one node each, and one block for each further node: the least for any pods."
        ),
        _ADD_PODS,
    ),
    warning(
        "pods-not-read-allocations",
        N_(
            "The pods of {nodes:node} were not read. The verdict counts the {used:address} that blocks hold for them, "
            "and one block for a node without any: the least for its pods."
        ),
        _ADD_PODS,
    ),
    error(
        "node-no-pool",
        N_("No pool serves {group}: {nodes:node} with {pods:pod} each."),
        N_("Widen a nodeSelector, or add a pool for these nodes."),
        source_key="ippool",
        short_message=N_("{group}: no pool"),
    ),
    error(
        "windows-block",
        N_("A block of {size:address} leaves none for pods on a Windows node, which reserves 4 per block."),
        N_("Choose a blockSize of 29 or less."),
        source_key="windows",
        short_message=N_("no address left on Windows nodes"),
    ),
    error(
        "windows-strict",
        N_("{group} runs Windows, which needs strictAffinity."),
        N_("Set strictAffinity to true."),
        source_key="windows",
        applies_to="IPAMConfiguration spec.strictAffinity",
    ),
    warning(
        "windows-strict-unknown",
        N_("{group} runs Windows, which needs strictAffinity: whether it is set was not read."),
        N_("Add kubectl get ipamconfigs -o yaml, or calicoctl ipam show --show-configuration."),
        source_key="windows",
        applies_to="IPAMConfiguration spec.strictAffinity",
    ),
    info(
        "pool-disabled",
        N_("The pool is disabled: it assigns no new addresses."),
        source_key="ippool",
        short_message=N_("disabled"),
        applies_to="IPPool spec.disabled",
    ),
    info(
        "pool-loadbalancer",
        N_("The pool is for LoadBalancer services: it serves no pods."),
        source_key="ippool",
        short_message=N_("LoadBalancer only"),
        applies_to="IPPool spec.allowedUses",
    ),
    info(
        "pool-manual",
        N_("assignmentMode is Manual: it serves only pods and namespaces that request it."),
        source_key="ippool",
        short_message=N_("on request only"),
        applies_to="IPPool spec.assignmentMode",
    ),
    warning(
        "pool-selects-none",
        N_("nodeSelector {selector} matches no node of the scenario."),
        N_("Check the labels; YAML needs quotes around a selector that begins with an exclamation mark."),
        source_key="ippool",
        short_message=N_("selects no node"),
        applies_to="IPPool spec.nodeSelector",
    ),
    info(
        "pool-tunnel",
        N_("allowedUses does not include Workload: the pool serves no pods."),
        source_key="ippool",
        short_message=N_("no Workload"),
        applies_to="IPPool spec.allowedUses",
    ),
)
