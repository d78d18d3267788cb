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
        N_("Choose blockSize by the number of pods on a node; 26 suits most clusters."),
    ),
    Rule(
        "prefix-misleads",
        "warning",
        "kubespray",
        N_(
            "{name} /{prefix} gives {subnets} ranges for {nodes:node}, but what counts is the "
            "{blocks:block} of /{size}."
        ),
        N_("The installer's own check counts per-node ranges, which Calico does not use."),
    ),
    Rule(
        "size-of-ipv4",
        "error",
        "ippool",
        N_("blockSize {size:d} is an IPv4 size; the IPv6 pool {cidr} takes 116..128."),
        N_("Use the default, {default:d}."),
    ),
    Rule(
        "mask-too-far",
        "error",
        "kubelet",
        N_("{name} {size:d} does not fit {cidr}: kube-controller-manager allows a difference of 0 to 16 bits."),
        N_("Correct it even though Calico does not use these ranges: otherwise nodes get no podCIDR."),
    ),
    Rule(
        "setting-elsewhere",
        "warning",
        "kit",
        N_("{name} is a reference that cannot be resolved here: its default is assumed."),
        N_("Write the value directly to plan with it."),
    ),
    Rule(
        "installer-pool",
        "info",
        "kit",
        N_(
            "{installer} would create this pool: {cidr}, blockSize {size:d}, encapsulation {encapsulation}. Written in "
            "the input: {written}. By default: {defaults}."
        ),
    ),
    Rule(
        "installer-differs",
        "warning",
        "kit",
        N_(
            "The IPPool differs from what {installer}'s input would create; the IPPool counts. IPPool / "
            "input: {fields}."
        ),
        N_("Change the installer's input, or it may be applied again with the old values."),
    ),
    Rule(
        "installer-twice",
        "warning",
        "kit",
        N_("{installer} and {other} ({first}) define this pool differently: the one read last counts here."),
        N_("Give only the input that is applied."),
    ),
    Rule(
        "mask-is-block-size",
        "info",
        "kubekey",
        N_("{name} {size:d} becomes the blockSize of the pool."),
        N_("Choose it by the number of pods on a node; 26 suits most clusters."),
    ),
    Rule(
        "plugin-other",
        "warning",
        "kit",
        N_("The network plugin is {plugin}: Calico's IPAM assigns no addresses unless it is installed separately."),
    ),
    Rule(
        "embedded-yaml",
        "error",
        "yaml",
        N_("The text in this field cannot be read: {reason}"),
    ),
    Rule(
        "host-range",
        "error",
        "kit",
        N_("{range} names more than {most} hosts."),
        N_("Shorten the range."),
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
        N_("calico_ipam_host_local is enabled: nodes use their podCIDR, and blockSize has no effect."),
    ),
    Rule(
        "no-installer",
        "error",
        "kit",
        N_("No installer input was found."),
        N_(
            "Give a Kubespray inventory, an Installation or Helm values, a ClusterConfiguration, "
            "calico-node's manifest "
            "or environment, or the file of RKE, RKE2, k3s, kops, KubeKey, OKD or Talos."
        ),
    ),
)
