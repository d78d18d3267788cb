"""Every rule the kit judges by: one table of codes, severities, sources and texts.

A sentence says what is the matter, with the number; a mend says what to change. Placeholders are filled from a
finding's numbers (see `ippoolkit.findings.language`).
"""

from __future__ import annotations

from dataclasses import dataclass

from .language import N_


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its code, how grave a breach is, the key of its source, and its words.

    `brief` is the sentence cut to what a table's cell can hold, for rules that verdicts rest on.
    """

    code: str
    severity: str
    source: str
    sentence: str
    mend: str = ""
    brief: str = ""


_READING = (
    Rule("file-missing", "error", "kit", N_("There is no such file."), N_("Check the path.")),
    Rule("file-folder", "error", "kit", N_("This is a folder, not a file."), N_("Name the files in it.")),
    Rule("file-unreadable", "error", "kit", N_("The file cannot be read: {reason}.")),
    Rule("file-unwritable", "error", "kit", N_("The file cannot be written: {reason}.")),
    Rule("folder-missing", "error", "kit", N_("There is no such folder."), N_("Make it first.")),
    Rule("type-date", "error", "kit", N_("{value} is no date."), N_("Write it as 2026-01-31.")),
    Rule("file-empty", "error", "kit", N_("The file is empty."), N_("Save the command's output again.")),
    Rule("file-binary", "error", "kit", N_("The file is not text."), N_("Save it as UTF-8 YAML or JSON.")),
    Rule("file-large", "error", "kit", N_("The file has {size:byte}; at most {most} are read.")),
    Rule(
        "file-large-yaml",
        "error",
        "kit",
        N_("The file has {size:byte}; of YAML at most {most} are read."),
        N_("Save large dumps as JSON: -o json."),
    ),
    Rule(
        "nothing-read",
        "error",
        "kit",
        N_("There is no IP pool in what was read, nor any other object of a plan."),
        N_("Give a scenario, or what calicoctl get ippools -o yaml prints."),
    ),
    Rule("yaml-syntax", "error", "yaml", N_("This is no YAML: {reason}.")),
    Rule("json-syntax", "error", "json", N_("This is no JSON: {reason}."), N_("Is the file cut short? Save it again.")),
    Rule(
        "yaml-duplicate",
        "error",
        "yaml",
        N_('The key "{key}" stands twice, first on line {first}.'),
        N_("Keep one of them."),
    ),
    Rule("yaml-alias", "error", "yaml", N_("The alias *{alias} names no anchor that is complete at this point.")),
    Rule("yaml-merge", "error", "yaml", N_("Only mappings can be merged with <<.")),
    Rule("yaml-key", "error", "yaml", N_("A list or a mapping cannot be a key.")),
    Rule(
        "yaml-bomb",
        "error",
        "yaml",
        N_("Its aliases expand to {values:value} or more: the file is not read."),
        N_("Write the values out."),
    ),
    Rule("too-deep", "error", "kit", N_("Values are nested more than {depth} levels deep.")),
    Rule(
        "yaml-tag",
        "warning",
        "yaml",
        N_('{written} without quotes is a YAML tag: what is read is "{text}".'),
        N_("Put the whole value in quotes."),
    ),
    Rule("not-object", "error", "kit", N_("Expected a scenario or a Kubernetes object, found {value}.")),
    Rule(
        "kind-unread",
        "info",
        "kit",
        N_("{count:object} of kind {kind} ({version}): not needed for a plan, not read."),
    ),
    Rule(
        "list-empty",
        "info",
        "kit",
        N_("The list is empty. kubectl prints an empty list also where it has no right to look."),
        N_("Check with kubectl auth can-i list, and take the figures that rest on it for unknown."),
    ),
    Rule("field-unknown", "error", "scenario", N_('There is no field "{field}" here.'), N_("Check its spelling.")),
    Rule("field-missing", "error", "scenario", N_('The field "{field}" is missing.')),
    Rule("type-text", "error", "scenario", N_("{value} is no text."), N_("Put it in quotes.")),
    Rule("type-whole", "error", "scenario", N_("{value} is no whole number.")),
    Rule("type-number", "error", "scenario", N_("{value} is no number.")),
    Rule("type-quoted", "error", "scenario", N_("{value} is text, not a number."), N_("Take the quotes away.")),
    Rule("type-flag", "error", "scenario", N_("{value} is neither true nor false.")),
    Rule("type-list", "error", "scenario", N_("{value} is no list.")),
    Rule("type-mapping", "error", "scenario", N_("{value} is no mapping of fields.")),
    Rule("value-wrong", "error", "scenario", N_("{value} cannot stand here.")),
    Rule("value-choice", "error", "scenario", N_("{value} is none of {choices}.")),
    Rule("value-low", "error", "scenario", N_("{value} is below {bound}, the least allowed.")),
    Rule("value-high", "error", "scenario", N_("{value} is above {bound}, the most allowed.")),
    Rule("name-length", "error", "scenario", N_("A name has 1 to 253 characters, this one has {length}.")),
    Rule("name-twice", "error", "scenario", N_('The name "{name}" stands twice, first at {first}.')),
    Rule(
        "object-differs",
        "error",
        "kit",
        N_("{kind} {name} was read before, from {first}, with other contents."),
        N_("Give dumps of one moment only."),
    ),
    Rule("scenarios-several", "error", "kit", N_("There are {count} scenarios among the files."), N_("Give one.")),
    Rule("block-attribute", "error", "ipam", N_("Ordinal {ordinal} is allocated to an attribute that is not there.")),
    Rule(
        "annotation-pools",
        "error",
        "cni",
        N_("{value} is no JSON list of pool names."),
        N_('Write it as \'["pool-a", "pool-b"]\'.'),
    ),
    Rule(
        "cidr-syntax", "error", "cidr", N_('"{cidr}" is no CIDR.'), N_("Write address/prefix, such as 10.244.0.0/16.")
    ),
    Rule(
        "cidr-host-bits",
        "error",
        "ippool",
        N_("{cidr} has bits set behind its prefix."),
        N_("Write {network}."),
    ),
    Rule("address-syntax", "error", "cidr", N_('"{address}" is no IP address.')),
    Rule(
        "block-size-range",
        "error",
        "ippool",
        N_("blockSize {size:d} is outside {low}..{high}, the sizes that Calico takes for IPv{version}."),
        N_("Choose one of them, or leave it out for the default."),
    ),
    Rule(
        "block-size-prefix",
        "error",
        "ippool",
        N_("blockSize {size} makes blocks larger than the pool: {cidr} has prefix {prefix}."),
        N_("Choose a blockSize of {prefix} or more, or a larger pool."),
    ),
    Rule(
        "auto-allocate-absent",
        "warning",
        "ipamconfig",
        N_("autoAllocateBlocks is absent: calicoctl stores false, and nodes then claim no new block."),
        N_("Write autoAllocateBlocks: true."),
    ),
)


_PLANNING = (
    Rule(
        "holds",
        "ok",
        "blocks",
        N_("Holds {nodes:node} with {pods:pod}; room for up to {most:node}."),
        brief=N_("room for {most:node}"),
    ),
    Rule(
        "holds-growing",
        "ok",
        "blocks",
        N_("Holds {nodes:node} with {pods:pod} after {months:month} of growth; room for up to {most:node}."),
        brief=N_("room for {most:node}"),
    ),
    Rule(
        "plan-empty",
        "info",
        "blocks",
        N_("No nodes are planned; up to {most:node} can have a block each."),
        N_("Say how many nodes and pods there are to be."),
        brief=N_("room for {most:node}"),
    ),
    Rule(
        "blocks-short",
        "error",
        "blocks",
        N_("{blocks:block} for {nodes:node}: node {first} gets none."),
        N_("Make the blocks smaller (a larger blockSize), the pool larger, or add a pool."),
        brief=N_("node {first} of {nodes} gets no block"),
    ),
    Rule(
        "strict-short",
        "error",
        "ipamconfig",
        N_("{need:block} needed, {blocks} there, and strictAffinity forbids borrowing: pod {first} gets no address."),
        N_("Make the blocks smaller (a larger blockSize), the pool larger, or add a pool."),
        brief=N_("pod {first} of {pods} gets no address"),
    ),
    Rule(
        "addresses-short",
        "error",
        "ippool",
        N_("{drawn:address} needed, {addresses} there: pod {first} of {pods} gets none."),
        N_("Make the pool larger or add a pool."),
        brief=N_("pod {first} of {pods} gets no address"),
    ),
    Rule(
        "block-cap",
        "error",
        "ipam",
        N_("The busiest node needs {need:block} and may hold {cap}: its pod {first} gets no address."),
        N_("Make the blocks larger (a smaller blockSize); maxBlocksPerHost can raise the cap with strictAffinity."),
        brief=N_("busiest node needs {need:block}, limit {cap}"),
    ),
    Rule(
        "borrowing",
        "warning",
        "ipam",
        N_("{need:block} needed, {blocks} there: nodes borrow {borrowed:address} from each other."),
        N_("Make the blocks smaller (a larger blockSize), the pool larger, or add a pool."),
        brief=N_("{need:block} needed, {blocks} there"),
    ),
    Rule(
        "no-spare",
        "warning",
        "blocks",
        N_("Holds {nodes:node}, but leaves {spare:block}; a node that replaces another takes {one}."),
        N_("Keep blocks for at least one more node: it joins before the old one's blocks come back."),
        brief=N_("{spare:block} left"),
    ),
    Rule(
        "growth-blocks",
        "warning",
        "blocks",
        N_("Holds {today:node} today; in month {month}, node {first} of {nodes} gets no block."),
        N_("Make the blocks smaller (a larger blockSize), the pool larger, or add a pool before then."),
        brief=N_("month {month}: node {first} gets no block"),
    ),
    Rule(
        "growth-strict",
        "warning",
        "ipamconfig",
        N_("Holds {today:node} today; in month {month}, pod {first} of {pods} gets no address (strictAffinity)."),
        N_("Make the blocks smaller (a larger blockSize), the pool larger, or add a pool before then."),
        brief=N_("month {month}: pod {first} gets no address"),
    ),
    Rule(
        "growth-addresses",
        "warning",
        "ippool",
        N_("Holds {today:node} today; in month {month}, pod {first} of {pods} gets no address."),
        N_("Make the pool larger or add a pool before then."),
        brief=N_("month {month}: pod {first} gets no address"),
    ),
    Rule(
        "growth-cap",
        "warning",
        "ipam",
        N_("Holds {today:node} today; in month {month} the busiest node needs {need:block} and may hold {cap}."),
        N_("Make the blocks larger (a smaller blockSize) before then."),
        brief=N_("month {month}: busiest node needs {need:block}, limit {cap}"),
    ),
    Rule(
        "growth-borrowing",
        "warning",
        "ipam",
        N_("Holds {today:node} today; from month {month} on nodes borrow: {need:block} needed, {blocks} there."),
        N_("Make the blocks smaller (a larger blockSize), the pool larger, or add a pool before then."),
        brief=N_("month {month}: {need:block} needed, {blocks} there"),
    ),
    Rule(
        "auto-allocate-off",
        "error",
        "ipamconfig",
        N_("autoAllocateBlocks is false: a new node claims no block, and its pods get no address."),
        N_("Set autoAllocateBlocks to true."),
        brief=N_("autoAllocateBlocks is false"),
    ),
    Rule("no-pool", "error", "ippool", N_("There is no IP pool."), N_("Add one to the scenario."), brief=N_("no pool")),
    Rule(
        "node-no-pool",
        "error",
        "ippool",
        N_("No pool serves the {pods:pod} on each of {nodes:node} of {group}."),
        N_("Widen a nodeSelector, or add a pool for these nodes."),
        brief=N_("{group}: no pool"),
    ),
    Rule(
        "windows-block",
        "error",
        "windows",
        N_("A block of {size:address} leaves none on a Windows node, which keeps 4 of each block back."),
        N_("Choose a blockSize of 29 or less."),
        brief=N_("no address left on Windows nodes"),
    ),
    Rule(
        "windows-strict",
        "error",
        "windows",
        N_("{group} runs Windows, which needs strictAffinity."),
        N_("Set strictAffinity to true."),
    ),
    Rule(
        "pool-disabled",
        "info",
        "ippool",
        N_("The pool is disabled: no new address comes from it."),
        brief=N_("disabled"),
    ),
    Rule(
        "pool-loadbalancer",
        "info",
        "ippool",
        N_("The pool is for LoadBalancer services: it serves no pods."),
        brief=N_("LoadBalancer only"),
    ),
    Rule(
        "pool-manual",
        "info",
        "ippool",
        N_("assignmentMode is Manual: it serves only pods and namespaces that name it."),
        brief=N_("on request only"),
    ),
    Rule(
        "pool-selects-none",
        "warning",
        "ippool",
        N_("nodeSelector {selector} matches no node of the scenario."),
        N_("Check the labels; YAML needs quotes around a selector that begins with an exclamation mark."),
        brief=N_("selects no node"),
    ),
    Rule(
        "pool-tunnel",
        "info",
        "ippool",
        N_("allowedUses leaves Workload out: it serves no pods."),
        brief=N_("no Workload"),
    ),
)


_DESIGN = (
    Rule(
        "tunnels-borrowed",
        "warning",
        "ipam",
        N_("{nodes:node} without a block: {tunnels:tunnel} on addresses borrowed from other nodes' blocks."),
        N_("Give every node a block: traffic to a borrowed tunnel address breaks when its block's owner goes."),
    ),
    Rule(
        "block-size-fixed",
        "info",
        "block-size",
        N_("The blockSize of a pool that exists cannot be changed."),
        N_("Plan a second pool and a migration, or choose well before the pool is made."),
    ),
    Rule(
        "pools-overlap",
        "error",
        "ippool",
        N_("{cidr} overlaps {other_cidr} of pool {other}: calicoctl refuses it, kubectl does not."),
        N_("Give the pools ranges of their own; addresses in both could be handed out twice."),
    ),
    Rule(
        "pool-outside-cluster",
        "warning",
        "migrate",
        N_("{cidr} lies outside the cluster CIDR {cluster}: traffic to its pods may be masqueraded."),
        N_("Choose a range inside, or widen the cluster CIDR of kube-proxy and kube-controller-manager."),
    ),
    Rule(
        "pool-overlaps-services",
        "error",
        "ippool",
        N_("{cidr} overlaps the service network {network}."),
        N_("Move one of them: pods and services would share addresses."),
    ),
    Rule(
        "pool-overlaps-nodes",
        "error",
        "ippool",
        N_("{cidr} overlaps the node network {network}."),
        N_("Move the pool: pods would take addresses of nodes."),
    ),
    Rule(
        "pool-overlaps-peers",
        "error",
        "ippool",
        N_("{cidr} overlaps the network {network}, which the cluster has to reach."),
        N_("Move the pool: that network cannot be reached from the pods."),
    ),
    Rule(
        "reserved-much",
        "warning",
        "ipreservation",
        N_("{reserved:address} of {addresses} are reserved: more than {share:.0%} of the pool."),
        N_("Split the pool instead of reserving large parts of it."),
    ),
    Rule(
        "selector-syntax",
        "error",
        "ippool",
        N_("{field} {selector} is no selector: {reason} at character {position}."),
        N_("Mend it; Calico fails every request while a pool has such a selector."),
    ),
    Rule(
        "max-pods",
        "warning",
        "kubelet",
        N_("{pods:pod} on the busiest node, where kubelet runs {most} at most."),
        N_("Raise kubelet's max-pods, or plan for fewer pods a node."),
    ),
)

RULES: dict[str, Rule] = {rule.code: rule for rule in (*_READING, *_PLANNING, *_DESIGN)}
