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
        "setting-template",
        "error",
        "kit",
        N_('"{value}" is a template that is not filled in.'),
        N_("Render it first, for instance by helm template or envsubst, or write the value itself."),
    ),
    Rule(
        "group-planned",
        "info",
        "kit",
        N_("Group {name}: {nodes:node} planned, from {settings}."),
        N_("For another number use --group {name}=N."),
    ),
    Rule(
        "group-uncounted",
        "info",
        "kit",
        N_("None of {settings} gives the number of nodes of the group {name}: it is not planned for."),
        N_("Write the number, or plan with --nodes."),
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
        N_("{other} ({first}) and {installer} define this pool differently, {fields}: the one read last counts here."),
        N_("Give only the input that is applied."),
    ),
    Rule(
        "installer-pool-absent",
        "warning",
        "kit",
        N_("{installer}'s input would create this pool over {cidr}, but none of the IPPools is it: the IPPools count."),
        N_("Change the installer's input, or it may create this pool when it is applied again."),
    ),
    Rule(
        "installer-no-pool",
        "info",
        "kit",
        N_("{installer} creates no pool here: pools are managed elsewhere."),
        N_("Add the IPPools to plan with them: calicoctl get ippools -o yaml."),
    ),
    Rule(
        "operator-refuses",
        "error",
        "operator",
        N_(
            "{cidr} is not within the platform's pod networks ({platform}): the operator reports this as an error and "
            "installs nothing."
        ),
        N_("Choose a range inside them."),
    ),
    Rule(
        "cni-not-json",
        "warning",
        "cni",
        N_("The CNI configuration is not valid JSON as it stands here; the pools that it names are: {pools}."),
        N_("Compare it with /etc/cni/net.d/10-calico.conflist of a node."),
    ),
    Rule(
        "installer-no-range",
        "warning",
        "kit",
        N_("The input gives no range for pods: the pool that {installer} would create is unknown."),
        N_("Add the IPPools, the Installation or calico.yaml."),
    ),
    Rule(
        "installer-ranges-differ",
        "warning",
        "kit",
        N_("{cidr} here, but {other} in {place}: the latter counts for the pool."),
        N_("Give only the input that is applied, or make both say the same."),
    ),
    Rule(
        "installer-ipam",
        "info",
        "ipamconfig",
        N_(
            "RKE2's chart of Calico sets strictAffinity {strictAffinity} and autoAllocateBlocks {autoAllocateBlocks}: "
            "with strictAffinity nodes do not borrow addresses."
        ),
        N_("Another setting needs ipamConfig in the HelmChartConfig rke2-calico."),
    ),
    Rule(
        "pool-assumed",
        "info",
        "kit",
        N_("{installer}'s input says only which range pods have: a pool over all of it is assumed."),
        N_("Add calico.yaml, the Installation or the IPPools to be sure."),
    ),
    Rule(
        "settings-unused",
        "info",
        "kit",
        N_("{count:setting} of this file not used: {names}."),
    ),
    Rule(
        "kubespray-old",
        "info",
        "kubespray",
        N_(
            "Kubespray until v2.19 makes {name} the blockSize where calico_pool_blocksize is not set, here {size:d}; "
            "from v2.20 it is {default:d}."
        ),
        N_("Look at the existing pool: calicoctl get ippools -o yaml."),
    ),
    Rule(
        "mask-is-block-size",
        "info",
        "kubekey",
        N_("{name} {size:d} becomes the blockSize of the pool."),
        N_("Choose it by the number of pods on a node; Calico's own default, {default:d}, suits most clusters."),
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
            "calico-node's manifest or environment, or the file of RKE, RKE2, k3s, kops, KubeKey, OKD, Talos, "
            "MicroK8s, kind, k0s, Cluster API or Rancher."
        ),
    ),
)
