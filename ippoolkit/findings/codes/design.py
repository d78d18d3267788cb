"""Rules on a design beside its capacity."""

from __future__ import annotations

from ...texts import N_
from .rule import Rule

_SILENCE_EVENT = N_("Set --allocate-node-cidrs=false, or a longer node-cidr-mask-size, to silence the event.")

DESIGN = (
    Rule(
        "tunnels-borrowed",
        "warning",
        N_("{tunnels:tunnel} on addresses borrowed from other nodes' blocks; {nodes:node} without a block."),
        N_(
            "Give every node a block: traffic to a borrowed tunnel address breaks when the node that "
            "owns the block is removed."
        ),
        source_key="ipam",
    ),
    Rule(
        "block-size-fixed",
        "info",
        N_("The blockSize and CIDR of an existing pool cannot be changed."),
        N_("Choose them before creating the pool; ippoolkit runbook or notebooks/change.ipynb plans a change later."),
        source_key="block-size",
    ),
    Rule(
        "pool-outside-cluster",
        "warning",
        N_("{cidr} is outside the cluster CIDR {cluster}: traffic to its pods may be masqueraded."),
        N_("Choose a range inside it, or widen the cluster CIDR of kube-proxy and kube-controller-manager."),
        source_key="migrate",
        applies_to="IPPool spec.cidr",
    ),
    Rule(
        "pool-overlaps-services",
        "error",
        N_("{cidr} overlaps the service network {network}."),
        N_("Move one of them: pods and services would share addresses."),
        source_key="ippool",
        applies_to="IPPool spec.cidr",
    ),
    Rule(
        "pool-overlaps-nodes",
        "error",
        N_("{cidr} overlaps the node network {network}."),
        N_("Move the pool: pods would be assigned node addresses."),
        source_key="ippool",
        applies_to="IPPool spec.cidr",
    ),
    Rule(
        "pool-over-nodes",
        "error",
        N_("{cidr} contains {count:address} of nodes: {which}."),
        N_(
            "Give the pool a range outside the nodes' network: pods could be assigned a node's address, nodes become "
            "unreachable for pods, return traffic goes to the wrong place, and natOutgoing does not apply "
            "inside a pool."
        ),
        source_key="ippool",
        applies_to="IPPool spec.cidr",
    ),
    Rule(
        "pool-enclosed",
        "warning",
        N_(
            "{cidr} lies inside {other_cidr} of pool {other}: that pool assigns these addresses too, whatever this "
            "pool's nodeSelector {selector} says."
        ),
        N_("Give this pool a range outside of it."),
        source_key="ippool",
        applies_to="IPPool spec.cidr",
    ),
    Rule(
        "node-ranges-short",
        "warning",
        N_(
            "node-cidr-mask-size {mask:d} cuts {ranges} per-node ranges from {cidr} for {nodes:node}: the others get "
            "no podCIDR, with the event CIDRNotAvailable. With Calico IPAM this is harmless: it does not use podCIDR."
        ),
        _SILENCE_EVENT,
        source_key="node-ranges",
    ),
    Rule(
        "node-ranges-event",
        "info",
        N_(
            "The event CIDRNotAvailable: kube-controller-manager has fewer per-node ranges than nodes. With Calico "
            "IPAM this is harmless: it does not use podCIDR, and no pod lacks an address for it."
        ),
        _SILENCE_EVENT,
        source_key="node-ranges",
    ),
    Rule(
        "node-ranges-few",
        "info",
        N_(
            "node-cidr-mask-size {mask:d} cuts only {ranges} per-node ranges from {cidr}: further nodes get no "
            "podCIDR, with the event CIDRNotAvailable. With Calico IPAM this is harmless: it does not use podCIDR."
        ),
        _SILENCE_EVENT,
        source_key="node-ranges",
    ),
    Rule(
        "range-public",
        "warning",
        N_("{cidr} is public address space: pods cannot reach the hosts on the internet that own these addresses."),
        N_("Use private address space (RFC 1918, RFC 4193), unless this range is assigned to you."),
        source_key="special-ranges",
        applies_to="IPPool spec.cidr",
    ),
    Rule(
        "range-special",
        "warning",
        N_(
            "{cidr} overlaps {range}, which is set aside: {purpose} ({document}). Hosts and routers may drop or "
            "misroute such addresses."
        ),
        N_("Use private address space (RFC 1918, RFC 4193)."),
        source_key="special-ranges",
        applies_to="IPPool spec.cidr",
    ),
    Rule(
        "range-shared",
        "info",
        N_(
            "{cidr} is shared address space (RFC 6598), which providers use for carrier-grade NAT: fine "
            "inside a cluster."
        ),
        source_key="special-ranges",
        applies_to="IPPool spec.cidr",
    ),
    Rule(
        "range-swallows-lans",
        "info",
        N_("{cidr} covers all of 192.168.0.0/16, in which offices and homes have their networks."),
        N_("If any of these must be reached from pods, choose a smaller range."),
        source_key="special-ranges",
        applies_to="IPPool spec.cidr",
    ),
    Rule(
        "pool-overlaps-peers",
        "error",
        N_("{cidr} overlaps the network {network}, which is in use."),
        N_("Move the pool: pods could not reach that network."),
        source_key="ippool",
        applies_to="IPPool spec.cidr",
    ),
    Rule(
        "reserved-much",
        "warning",
        N_("{reserved:address} of {addresses} are reserved: more than {share:.0%} of the pool."),
        N_("Split the pool instead of reserving large parts of it."),
        source_key="ipreservation",
        applies_to="IPPool spec.cidr",
    ),
    Rule(
        "max-pods",
        "warning",
        N_("{pods:pod} on the busiest node, but kubelet runs at most {most}."),
        N_("Raise kubelet's max-pods, or plan fewer pods per node."),
        source_key="kubelet",
    ),
    Rule(
        "encapsulation-mixed",
        "warning",
        N_("ipipMode is {mode}, while pool {other} uses VXLAN: IPIP needs BGP, and VXLAN clusters often run without."),
        N_("Use the same encapsulation for all pools, unless this is a migration and BGP is running."),
        source_key="encapsulation",
        applies_to="IPPool spec.ipipMode",
    ),
    Rule(
        "pool-blocks-short",
        "warning",
        N_("{blocks:block} for {nodes:node} that the pool selects, including growth: some nodes get no block from it."),
        N_("Choose a larger blockSize number or a larger range, or select fewer nodes."),
        source_key="blocks",
        applies_to="IPPool spec.blockSize",
    ),
    Rule(
        "loadbalancer-cap",
        "warning",
        N_(
            "Services can use at most {cap:block} ({addresses:address}) of this pool's "
            "{blocks:block}: all services share one owner, to which the per-host limit applies."
        ),
        N_("Choose a smaller blockSize number, or raise maxBlocksPerHost."),
        source_key="ipam",
        applies_to="IPPool spec.blockSize",
        remedy_without_cap=N_("Choose a smaller blockSize number."),
    ),
    Rule(
        "loadbalancer-full",
        "error",
        N_(
            "Services already hold the maximum of {cap:block}: once these are full, no further service gets an address."
        ),
        N_("Raise maxBlocksPerHost."),
        source_key="ipam",
        applies_to="IPPool spec.cidr",
        remedy_without_cap=N_("Upgrade to v3.30 or later, whose calicoctl can raise maxBlocksPerHost."),
    ),
    Rule(
        "per-node-prefix",
        "warning",
        N_(
            "blockSize {size:d} is also the prefix of the per-node ranges that Kubernetes cuts for podCIDR, which "
            "Calico IPAM does not use."
        ),
        N_("Choose blockSize by the number of pods on a node; nodes take as many blocks as they need."),
        source_key="node-ranges",
        applies_to="IPPool spec.blockSize",
    ),
)
