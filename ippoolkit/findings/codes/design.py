"""Rules on a design beside its capacity."""

from __future__ import annotations

from ..language import N_
from .rule import Rule

DESIGN = (
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
        N_("Neither blockSize nor CIDR of a pool that exists can be changed."),
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
        "pool-link-local",
        "error",
        "ippool",
        N_("{cidr} overlaps the link-local range {network}: Calico refuses it."),
        N_("Choose a range without it."),
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
