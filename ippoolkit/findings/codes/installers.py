"""What is mixed up in the inputs of installers."""

from __future__ import annotations

from ...texts import N_
from .rule import error, info, warning

INSTALLERS = (
    warning(
        "prefix-as-size",
        N_(
            "blockSize {size:d} is the per-node prefix {name}: Calico gives a node as many blocks as it needs, "
            "not one range."
        ),
        N_("Choose blockSize by the number of pods on a node; 26 suits most clusters."),
        source_key="kubespray",
    ),
    warning(
        "prefix-misleads",
        N_(
            "{name} /{prefix} gives {subnets} ranges for {nodes:node}, but what counts is the "
            "{blocks:block} of /{size}."
        ),
        N_("The installer's own check counts per-node ranges, which Calico does not use."),
        source_key="kubespray",
    ),
    error(
        "size-of-ipv4",
        N_("blockSize {size:d} is an IPv4 size; the IPv6 pool {cidr} takes 116..128."),
        N_("Use the default, {default:d}."),
        source_key="ippool",
    ),
    error(
        "mask-too-far",
        N_("{name} {size:d} does not fit {cidr}: kube-controller-manager allows a difference of 0 to 16 bits."),
        N_("Correct it even though Calico does not use these ranges: otherwise nodes get no podCIDR."),
        source_key="kubelet",
    ),
    warning(
        "setting-elsewhere",
        N_("{name} is a reference that cannot be resolved here: its default is assumed."),
        N_("Write the value directly to plan with it."),
    ),
    error(
        "setting-template",
        N_('"{value}" is a template that is not filled in.'),
        N_("Render it first, for instance by helm template or envsubst, or write the value itself."),
    ),
    info(
        "group-planned",
        N_("Group {name}: {nodes:node} planned, from {settings}."),
        N_("For another number use --group {name}=N."),
    ),
    info(
        "group-uncounted",
        N_("None of {settings} gives the number of nodes of the group {name}: it is not planned for."),
        N_("Write the number, or plan with --nodes."),
    ),
    info(
        "installer-pool",
        N_(
            "{installer} would create this pool: {cidr}, blockSize {size:d}, encapsulation {encapsulation}. Written in "
            "the input: {written}. By default: {defaults}."
        ),
    ),
    warning(
        "installer-differs",
        N_(
            "The IPPool differs from what {installer}'s input would create; the IPPool counts. IPPool / "
            "input: {fields}."
        ),
        N_("Change the installer's input, or it may be applied again with the old values."),
    ),
    warning(
        "installer-twice",
        N_("{other} ({first}) and {installer} define this pool differently, {fields}: the one read last counts here."),
        N_("Give only the input that is applied."),
    ),
    warning(
        "installer-pool-absent",
        N_("{installer}'s input would create this pool over {cidr}, but none of the IPPools is it: the IPPools count."),
        N_("Change the installer's input, or it may create this pool when it is applied again."),
    ),
    info(
        "installer-no-pool",
        N_("{installer} creates no pool here: pools are managed elsewhere."),
        N_("Add the IPPools to plan with them: calicoctl get ippools -o yaml."),
    ),
    error(
        "operator-refuses",
        N_(
            "{cidr} is not within the platform's pod networks ({platform}): the operator reports this as an error and "
            "installs nothing."
        ),
        N_("Choose a range inside them."),
        source_key="operator",
    ),
    warning(
        "cni-not-json",
        N_("The CNI configuration is not valid JSON as it stands here; the pools that it names are: {pools}."),
        N_("Compare it with /etc/cni/net.d/10-calico.conflist of a node."),
        source_key="cni",
    ),
    warning(
        "installer-no-range",
        N_("The input gives no range for pods: the pool that {installer} would create is unknown."),
        N_("Add the IPPools, the Installation or calico.yaml."),
    ),
    warning(
        "installer-ranges-differ",
        N_("{cidr} here, but {other} in {place}: the latter counts for the pool."),
        N_("Give only the input that is applied, or make both say the same."),
    ),
    info(
        "installer-ipam",
        N_(
            "RKE2's chart of Calico sets strictAffinity {strictAffinity} and autoAllocateBlocks {autoAllocateBlocks}: "
            "with strictAffinity nodes do not borrow addresses."
        ),
        N_("Another setting needs ipamConfig in the HelmChartConfig rke2-calico."),
        source_key="ipamconfig",
    ),
    info(
        "pool-assumed",
        N_("{installer}'s input says only which range pods have: a pool over all of it is assumed."),
        N_("Add calico.yaml, the Installation or the IPPools to be sure."),
    ),
    info("settings-unused", N_("{count:setting} of this file not used: {names}.")),
    info(
        "kubespray-old",
        N_(
            "Kubespray until v2.19 makes {name} the blockSize where calico_pool_blocksize is not set, here {size:d}; "
            "from v2.20 it is {default:d}."
        ),
        N_("Look at the existing pool: calicoctl get ippools -o yaml."),
        source_key="kubespray",
    ),
    info(
        "mask-is-block-size",
        N_("{name} {size:d} becomes the blockSize of the pool."),
        N_("Choose it by the number of pods on a node; Calico's own default, {default:d}, suits most clusters."),
        source_key="kubekey",
    ),
    warning(
        "plugin-other",
        N_("The network plugin is {plugin}: Calico's IPAM assigns no addresses unless it is installed separately."),
    ),
    error("embedded-yaml", N_("The text in this field cannot be read: {reason}"), source_key="yaml"),
    error("host-range", N_("{range} names more than {most} hosts."), N_("Shorten the range.")),
    warning(
        "other-plugin",
        N_("kube_network_plugin is {plugin}: without Calico there are no pools."),
        source_key="kubespray",
    ),
    warning(
        "host-local",
        N_("calico_ipam_host_local is enabled: nodes use their podCIDR, and blockSize has no effect."),
        source_key="kubespray",
    ),
    error(
        "no-installer",
        N_("No installer input was found."),
        N_(
            "Give a Kubespray inventory, an Installation or Helm values, a ClusterConfiguration, "
            "calico-node's manifest or environment, or the file of RKE, RKE2, k3s, kops, KubeKey, OKD, Talos, "
            "MicroK8s, kind, k0s, Cluster API or Rancher."
        ),
    ),
)
