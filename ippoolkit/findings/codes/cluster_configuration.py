"""What an audit finds in the configuration of Calico: the CNI plugin, Felix, kube-controllers, BGP."""

from __future__ import annotations

from ...texts import N_
from .rule import error, info, warning

CLUSTER_CONFIGURATION = (
    info(
        "cni-unknown",
        N_(
            "The CNI configuration was not read: pools that it names (ipam.ipv4_pools, ipv6_pools) would count for "
            "pods without an annotation."
        ),
        N_("Add /etc/cni/net.d/10-calico.conflist of a node, or ConfigMap calico-config."),
        source_key="cni",
    ),
    warning(
        "cni-names-pools",
        N_("The CNI configuration names pools ({pools}): pods without an annotation use only these."),
        N_(
            "Before a pool is disabled or deleted, change the CNI configuration on every node, or new pods "
            "get no address."
        ),
        source_key="cni",
    ),
    info(
        "cni-pools-only",
        N_("The CNI configuration names pools ({pools}): pods without an annotation use only these."),
        source_key="cni",
    ),
    error(
        "cni-pool-missing",
        N_(
            "The CNI configuration names the pool {pool}, which does not exist or is disabled: new pods get no address."
        ),
        N_("Change the CNI configuration on every node, or create or enable the pool."),
        source_key="cni",
    ),
    warning(
        "ipam-other",
        N_(
            "No IPAM block exists although {count:address} are in use: Calico IPAM does not assign this cluster's "
            "addresses (host-local IPAM, as with canal, does not use blocks)."
        ),
        N_("Check ipam.type in the CNI configuration. With host-local, ipam check and figures by blocks do not apply."),
        source_key="cni",
    ),
    warning(
        "loadbalancer-not-announced",
        N_("{cidr} is not covered by serviceLoadBalancerIPs ({announced}): its addresses are not announced over BGP."),
        N_("Add the range to serviceLoadBalancerIPs of the BGPConfiguration."),
        source_key="loadbalancer",
        applies_to="IPPool spec.cidr",
    ),
    warning(
        "felix-overrides",
        N_("{field} is false in the FelixConfiguration, although these pools are encapsulated: {pools}."),
        N_("Remove the field: Felix then follows the pools."),
        source_key="encapsulation",
    ),
    warning(
        "node-controller-off",
        N_("The node controller is not configured: nothing releases the addresses of deleted nodes and pods."),
        N_("Add spec.controllers.node to the KubeControllersConfiguration."),
        source_key="controllers",
    ),
    warning(
        "leak-grace-off",
        N_("leakGracePeriod is 0: leaked addresses are not released."),
        N_("Set it to 15m, the default."),
        source_key="controllers",
    ),
    info(
        "leak-grace",
        N_("leakGracePeriod is {period}: leaked addresses are released after that time, not after 15 minutes."),
        source_key="controllers",
    ),
)
