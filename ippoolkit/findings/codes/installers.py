"""What is mixed up in the inputs of installers."""

from __future__ import annotations

from ...texts import N_
from .rule import Rule

INSTALLERS = (
    Rule(
        "prefix-as-size",
        "warning",
        "kubespray",
        N_(
            "blockSize {size:d} is the per-node prefix {name}: Calico gives a node as many blocks as it needs, "
            "not one range."
        ),
        N_("Choose blockSize by the pods of a node; 26 suits most."),
    ),
    Rule(
        "prefix-misleads",
        "warning",
        "kubespray",
        N_(
            "By {name} /{prefix} there are {subnets} ranges for {nodes:node}; what counts are the {blocks:block} "
            "of /{size}."
        ),
        N_("The installer's own check counts per-node ranges, which Calico does not use."),
    ),
    Rule(
        "size-of-ipv4",
        "error",
        "ippool",
        N_("blockSize {size:d} is one of IPv4; of the IPv6 pool {cidr} it is 116..128."),
        N_("Use {default:d}, its default."),
    ),
    Rule(
        "mask-too-far",
        "error",
        "kubelet",
        N_("{name} {size:d} does not go with {cidr}: kube-controller-manager takes 0 to 16 bits between them."),
        N_("Set it, although Calico does not use these ranges: nodes stay without podCIDR."),
    ),
    Rule(
        "setting-elsewhere",
        "warning",
        "kit",
        N_("{name} is set elsewhere, by a reference: its default is assumed."),
        N_("Write its value down to plan with it."),
    ),
    Rule(
        "other-plugin",
        "warning",
        "kubespray",
        N_("kube_network_plugin is {plugin}: without Calico there are no pools."),
    ),
    Rule(
        "host-local",
        "warning",
        "kubespray",
        N_("calico_ipam_host_local is on: nodes use their podCIDR, and blockSize means nothing."),
    ),
    Rule(
        "no-installer",
        "error",
        "kit",
        N_("There is nothing of an installer here."),
        N_(
            "Give a Kubespray inventory, an Installation, a ClusterConfiguration, or calico-node's manifest or "
            "environment."
        ),
    ),
)
