"""Rules on a design beside its capacity."""

from __future__ import annotations

from ...texts import N_
from .rule import error, info, warning

_SILENCE_EVENT = N_("Set --allocate-node-cidrs=false, or a longer node-cidr-mask-size, to silence the event.")

DESIGN = (
    warning(
        "tunnels-borrowed",
        N_("{tunnels:tunnel} on addresses borrowed from other nodes' blocks; {nodes:node} without a block."),
        N_(
            "Give every node a block: traffic to a borrowed tunnel address breaks when the node that "
            "owns the block is removed."
        ),
        source_key="ipam",
    ),
    info(
        "block-size-fixed",
        N_("The blockSize and CIDR of an existing pool cannot be changed."),
        N_("Choose them before creating the pool; ippoolkit runbook or notebooks/change.ipynb plans a change later."),
        source_key="block-size",
    ),
    warning(
        "pool-outside-cluster",
        N_("{cidr} is outside the cluster CIDR {cluster}: traffic to its pods may be masqueraded."),
        N_("Choose a range inside it, or widen the cluster CIDR of kube-proxy and kube-controller-manager."),
        source_key="migrate",
        applies_to="IPPool spec.cidr",
    ),
    error(
        "pool-overlaps-services",
        N_("{cidr} overlaps the service network {network}."),
        N_("Move one of them: pods and services would share addresses."),
        source_key="ippool",
        applies_to="IPPool spec.cidr",
    ),
    error(
        "pool-overlaps-nodes",
        N_("{cidr} overlaps the node network {network}."),
        N_("Move the pool: pods would be assigned node addresses."),
        source_key="ippool",
        applies_to="IPPool spec.cidr",
    ),
    error(
        "pool-over-nodes",
        N_("{cidr} contains {count:address} of nodes: {which}."),
        N_(
            "Give the pool a range outside the nodes' network: pods could be assigned a node's address, nodes become "
            "unreachable for pods, return traffic goes to the wrong place, and natOutgoing does not apply "
            "inside a pool."
        ),
        source_key="ippool",
        applies_to="IPPool spec.cidr",
    ),
    warning(
        "pool-enclosed",
        N_(
            "{cidr} lies inside {other_cidr} of pool {other}: that pool assigns these addresses too, whatever this "
            "pool's nodeSelector {selector} says."
        ),
        N_("Give this pool a range outside of it."),
        source_key="ippool",
        applies_to="IPPool spec.cidr",
    ),
    warning(
        "node-ranges-short",
        N_(
            "node-cidr-mask-size {mask:d} cuts {ranges} per-node ranges from {cidr} for {nodes:node}: the others get "
            "no podCIDR, with the event CIDRNotAvailable. With Calico IPAM this is harmless: it does not use podCIDR."
        ),
        _SILENCE_EVENT,
        source_key="node-ranges",
    ),
    info(
        "node-ranges-event",
        N_(
            "The event CIDRNotAvailable: kube-controller-manager has fewer per-node ranges than nodes. With Calico "
            "IPAM this is harmless: it does not use podCIDR, and no pod lacks an address for it."
        ),
        _SILENCE_EVENT,
        source_key="node-ranges",
    ),
    info(
        "node-ranges-few",
        N_(
            "node-cidr-mask-size {mask:d} cuts only {ranges} per-node ranges from {cidr}: further nodes get no "
            "podCIDR, with the event CIDRNotAvailable. With Calico IPAM this is harmless: it does not use podCIDR."
        ),
        _SILENCE_EVENT,
        source_key="node-ranges",
    ),
    warning(
        "range-public",
        N_("{cidr} is public address space: pods cannot reach the hosts on the internet that own these addresses."),
        N_("Use private address space (RFC 1918, RFC 4193), unless this range is assigned to you."),
        source_key="special-ranges",
        applies_to="IPPool spec.cidr",
    ),
    warning(
        "range-special",
        N_(
            "{cidr} overlaps {range}, which is set aside: {purpose} ({document}). Hosts and routers may drop or "
            "misroute such addresses."
        ),
        N_("Use private address space (RFC 1918, RFC 4193)."),
        source_key="special-ranges",
        applies_to="IPPool spec.cidr",
    ),
    info(
        "range-shared",
        N_(
            "{cidr} is shared address space (RFC 6598), which providers use for carrier-grade NAT: fine "
            "inside a cluster."
        ),
        source_key="special-ranges",
        applies_to="IPPool spec.cidr",
    ),
    info(
        "range-swallows-lans",
        N_("{cidr} covers all of 192.168.0.0/16, in which offices and homes have their networks."),
        N_("If any of these must be reached from pods, choose a smaller range."),
        source_key="special-ranges",
        applies_to="IPPool spec.cidr",
    ),
    error(
        "pool-overlaps-peers",
        N_("{cidr} overlaps the network {network}, which is in use."),
        N_("Move the pool: pods could not reach that network."),
        source_key="ippool",
        applies_to="IPPool spec.cidr",
    ),
    warning(
        "reserved-much",
        N_("{reserved:address} of {addresses} are reserved: more than {share:.0%} of the pool."),
        N_("Split the pool instead of reserving large parts of it."),
        source_key="ipreservation",
        applies_to="IPPool spec.cidr",
    ),
    warning(
        "max-pods",
        N_("{pods:pod} on the busiest node, but kubelet runs at most {most}."),
        N_("Raise kubelet's max-pods, or plan fewer pods per node."),
        source_key="kubelet",
    ),
    warning(
        "encapsulation-mixed",
        N_("ipipMode is {mode}, while pool {other} uses VXLAN: IPIP needs BGP, and VXLAN clusters often run without."),
        N_("Use the same encapsulation for all pools, unless this is a migration and BGP is running."),
        source_key="encapsulation",
        applies_to="IPPool spec.ipipMode",
    ),
    warning(
        "pool-blocks-short",
        N_("{blocks:block} for {nodes:node} that the pool selects, including growth: some nodes get no block from it."),
        N_("Choose a larger blockSize number or a larger range, or select fewer nodes."),
        source_key="blocks",
        applies_to="IPPool spec.blockSize",
    ),
    warning(
        "loadbalancer-cap",
        N_(
            "Services can use at most {cap:block} ({addresses:address}) of this pool's "
            "{blocks:block}: all services share one owner, to which the per-host limit applies."
        ),
        N_("Choose a smaller blockSize number, or raise maxBlocksPerHost."),
        source_key="ipam",
        applies_to="IPPool spec.blockSize",
        remedy_without_cap=N_("Choose a smaller blockSize number."),
    ),
    error(
        "loadbalancer-full",
        N_(
            "Services already hold the maximum of {cap:block}: once these are full, no further service gets an address."
        ),
        N_("Raise maxBlocksPerHost."),
        source_key="ipam",
        applies_to="IPPool spec.cidr",
        remedy_without_cap=N_("Upgrade to v3.30 or later, whose calicoctl can raise maxBlocksPerHost."),
    ),
    warning(
        "per-node-prefix",
        N_(
            "blockSize {size:d} is also the prefix of the per-node ranges that Kubernetes cuts for podCIDR, which "
            "Calico IPAM does not use."
        ),
        N_("Choose blockSize by the number of pods on a node; nodes take as many blocks as they need."),
        source_key="node-ranges",
        applies_to="IPPool spec.blockSize",
    ),
)
