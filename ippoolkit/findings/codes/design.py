"""Rules on a design beside its capacity."""

from __future__ import annotations

from ...texts import N_
from .rule import Rule

DESIGN = (
    Rule(
        "tunnels-borrowed",
        "warning",
        "ipam",
        N_("{tunnels:tunnel} on addresses borrowed from other nodes' blocks; {nodes:node} without a block."),
        N_("Give every node a block: traffic to a borrowed tunnel address breaks when its block's owner goes."),
    ),
    Rule(
        "block-size-fixed",
        "info",
        "block-size",
        N_("Neither blockSize nor CIDR of a pool that exists can be changed."),
        N_("Plan a second pool and a migration, or choose well before the pool is made."),
    ),
    Rule(
        "pool-outside-cluster",
        "warning",
        "migrate",
        N_("{cidr} lies outside the cluster CIDR {cluster}: traffic to its pods may be masqueraded."),
        N_("Choose a range inside, or widen the cluster CIDR of kube-proxy and kube-controller-manager."),
        on="IPPool spec.cidr",
    ),
    Rule(
        "pool-overlaps-services",
        "error",
        "ippool",
        N_("{cidr} overlaps the service network {network}."),
        N_("Move one of them: pods and services would share addresses."),
        on="IPPool spec.cidr",
    ),
    Rule(
        "pool-overlaps-nodes",
        "error",
        "ippool",
        N_("{cidr} overlaps the node network {network}."),
        N_("Move the pool: pods would take addresses of nodes."),
        on="IPPool spec.cidr",
    ),
    Rule(
        "pool-overlaps-peers",
        "error",
        "ippool",
        N_("{cidr} overlaps the network {network}, which the cluster has to reach."),
        N_("Move the pool: that network cannot be reached from the pods."),
        on="IPPool spec.cidr",
    ),
    Rule(
        "reserved-much",
        "warning",
        "ipreservation",
        N_("{reserved:address} of {addresses} are reserved: more than {share:.0%} of the pool."),
        N_("Split the pool instead of reserving large parts of it."),
        on="IPPool spec.cidr",
    ),
    Rule(
        "max-pods",
        "warning",
        "kubelet",
        N_("{pods:pod} on the busiest node, where kubelet runs {most} at most."),
        N_("Raise kubelet's max-pods, or plan for fewer pods a node."),
    ),
    Rule(
        "encapsulation-mixed",
        "warning",
        "encapsulation",
        N_("ipipMode is {mode}, while pool {other} uses VXLAN: IPIP needs BGP, and VXLAN clusters often run without."),
        N_("Give all pools one encapsulation, unless this is a migration from one to the other and BGP runs."),
        on="IPPool spec.ipipMode",
    ),
    Rule(
        "pool-blocks-short",
        "warning",
        "blocks",
        N_("{blocks:block} for {nodes:node} that the pool selects, growth included: some get none from it."),
        N_("Choose a larger blockSize number or a larger range, or select fewer nodes."),
        on="IPPool spec.blockSize",
    ),
    Rule(
        "loadbalancer-cap",
        "warning",
        "ipam",
        N_(
            "Services get {cap:block} at most, {addresses:address}, however large the pool: all services share one "
            "owner, and this pool has {blocks:block}."
        ),
        N_("Choose a smaller blockSize number, or raise maxBlocksPerHost."),
        on="IPPool spec.blockSize",
    ),
    Rule(
        "loadbalancer-full",
        "error",
        "ipam",
        N_("Services hold all the {cap:block} that they may: with these full, no service gets an address."),
        N_("Raise maxBlocksPerHost."),
        on="IPPool spec.cidr",
    ),
    Rule(
        "per-node-prefix",
        "warning",
        "kubespray",
        N_("blockSize {size:d} is a per-node prefix (Kubespray: kube_network_node_prefix), which Calico does not use."),
        N_("Choose blockSize by the pods of a node; nodes take as many blocks as they need."),
        on="IPPool spec.blockSize",
    ),
)
