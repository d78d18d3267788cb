"""What is mixed up in the inputs of installers."""

from __future__ import annotations

from ...texts import N_
from .rule import Rule

INSTALLERS = (
    Rule(
        "prefix-as-size",
        "warning",
        N_(
            "blockSize {size:d} is the per-node prefix {name}: Calico gives a node as many blocks as it needs, "
            "not one range."
        ),
        N_("Choose blockSize by the number of pods on a node; 26 suits most clusters."),
        source_key="kubespray",
    ),
    Rule(
        "prefix-misleads",
        "warning",
        N_(
            "{name} /{prefix} gives {subnets} ranges for {nodes:node}, but what counts is the "
            "{blocks:block} of /{size}."
        ),
        N_("The installer's own check counts per-node ranges, which Calico does not use."),
        source_key="kubespray",
    ),
    Rule(
        "size-of-ipv4",
        "error",
        N_("blockSize {size:d} is an IPv4 size; the IPv6 pool {cidr} takes 116..128."),
        N_("Use the default, {default:d}."),
        source_key="ippool",
    ),
    Rule(
        "mask-too-far",
        "error",
        N_("{name} {size:d} does not fit {cidr}: kube-controller-manager allows a difference of 0 to 16 bits."),
        N_("Correct it even though Calico does not use these ranges: otherwise nodes get no podCIDR."),
        source_key="kubelet",
    ),
    Rule(
        "setting-elsewhere",
        "warning",
        N_("{name} is a reference that cannot be resolved here: its default is assumed."),
        N_("Write the value directly to plan with it."),
    ),
    Rule(
        "setting-template",
        "error",
        N_('"{value}" is a template that is not filled in.'),
        N_("Render it first, for instance by helm template or envsubst, or write the value itself."),
    ),
    Rule(
        "group-planned",
        "info",
        N_("Group {name}: {nodes:node} planned, from {told}."),
        N_("For another number use --group {name}=N."),
    ),
    Rule(
        "group-uncounted",
        "info",
        N_("None of {settings} gives the number of nodes of the group {name}: it is not planned for."),
        N_("Write the number, or plan with --nodes."),
    ),
    Rule(
        "installer-pool",
        "info",
        N_(
            "{installer} would create this pool: {cidr}, blockSize {size:d}, encapsulation {encapsulation}. Written in "
            "the input: {written}. By default: {defaults}."
        ),
    ),
    Rule(
        "installer-differs",
        "warning",
        N_(
            "The IPPool differs from what {installer}'s input would create; the IPPool counts. IPPool / "
            "input: {fields}."
        ),
        N_("Change the installer's input, or it may be applied again with the old values."),
    ),
    Rule(
        "installer-twice",
        "warning",
        N_("{other} ({first}) and {installer} define this pool differently, {fields}: the one read last counts here."),
        N_("Give only the input that is applied."),
    ),
    Rule(
        "installer-pool-absent",
        "warning",
        N_("{installer}'s input would create this pool over {cidr}, but none of the IPPools is it: the IPPools count."),
        N_("Change the installer's input, or it may create this pool when it is applied again."),
    ),
    Rule(
        "installer-no-pool",
        "info",
        N_("{installer} creates no pool here: pools are managed elsewhere."),
        N_("Add the IPPools to plan with them: calicoctl get ippools -o yaml."),
    ),
    Rule(
        "operator-refuses",
        "error",
        N_(
            "{cidr} is not within the platform's pod networks ({platform}): the operator reports this as an error and "
            "installs nothing."
        ),
        N_("Choose a range inside them."),
        source_key="operator",
    ),
    Rule(
        "cni-not-json",
        "warning",
        N_("The CNI configuration is not valid JSON as it stands here; the pools that it names are: {pools}."),
        N_("Compare it with /etc/cni/net.d/10-calico.conflist of a node."),
        source_key="cni",
    ),
    Rule(
        "installer-no-range",
        "warning",
        N_("The input gives no range for pods: the pool that {installer} would create is unknown."),
        N_("Add the IPPools, the Installation or calico.yaml."),
    ),
    Rule(
        "installer-ranges-differ",
        "warning",
        N_("{cidr} here, but {other} in {place}: the latter counts for the pool."),
        N_("Give only the input that is applied, or make both say the same."),
    ),
    Rule(
        "installer-ipam",
        "info",
        N_(
            "RKE2's chart of Calico sets strictAffinity {strictAffinity} and autoAllocateBlocks {autoAllocateBlocks}: "
            "with strictAffinity nodes do not borrow addresses."
        ),
        N_("Another setting needs ipamConfig in the HelmChartConfig rke2-calico."),
        source_key="ipamconfig",
    ),
    Rule(
        "pool-assumed",
        "info",
        N_("{installer}'s input says only which range pods have: a pool over all of it is assumed."),
        N_("Add calico.yaml, the Installation or the IPPools to be sure."),
    ),
    Rule("settings-unused", "info", N_("{count:setting} of this file not used: {names}.")),
    Rule(
        "kubespray-old",
        "info",
        N_(
            "Kubespray until v2.19 makes {name} the blockSize where calico_pool_blocksize is not set, here {size:d}; "
            "from v2.20 it is {default:d}."
        ),
        N_("Look at the existing pool: calicoctl get ippools -o yaml."),
        source_key="kubespray",
    ),
    Rule(
        "mask-is-block-size",
        "info",
        N_("{name} {size:d} becomes the blockSize of the pool."),
        N_("Choose it by the number of pods on a node; Calico's own default, {default:d}, suits most clusters."),
        source_key="kubekey",
    ),
    Rule(
        "plugin-other",
        "warning",
        N_("The network plugin is {plugin}: Calico's IPAM assigns no addresses unless it is installed separately."),
    ),
    Rule("embedded-yaml", "error", N_("The text in this field cannot be read: {reason}"), source_key="yaml"),
    Rule("host-range", "error", N_("{range} names more than {most} hosts."), N_("Shorten the range.")),
    Rule(
        "other-plugin",
        "warning",
        N_("kube_network_plugin is {plugin}: without Calico there are no pools."),
        source_key="kubespray",
    ),
    Rule(
        "host-local",
        "warning",
        N_("calico_ipam_host_local is enabled: nodes use their podCIDR, and blockSize has no effect."),
        source_key="kubespray",
    ),
    Rule(
        "no-installer",
        "error",
        N_("No installer input was found."),
        N_(
            "Give a Kubespray inventory, an Installation or Helm values, a ClusterConfiguration, "
            "calico-node's manifest or environment, or the file of RKE, RKE2, k3s, kops, KubeKey, OKD, Talos, "
            "MicroK8s, kind, k0s, Cluster API or Rancher."
        ),
    ),
)
