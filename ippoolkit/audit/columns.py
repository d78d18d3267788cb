"""The figures of an audit, as data: name, heading, meaning, and the kinds of object without which they are unknown.

Names are those of Calico's own reports and of the programs that count them; docs/audit.md is made from them.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..findings import N_
from ..model import Kind


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure; `heading` is translated where it is shown, `meaning` is for the documentation."""

    name: str
    heading: str
    meaning: str
    needs: tuple[Kind, ...] = ()


_P: tuple[Kind, ...] = ("IPPool",)
_PB: tuple[Kind, ...] = ("IPPool", "IPAMBlock")
_B: tuple[Kind, ...] = ("IPAMBlock",)
_LEAKS: tuple[Kind, ...] = ("IPAMBlock", "Pod", "Node", "Service")
_IN_USE: tuple[Kind, ...] = ("IPPool", "IPAMBlock", "Pod", "Node")

POOLS = (
    Figure("name", N_("pool"), "Name of the IPPool."),
    Figure("cidr", N_("CIDR"), "Its range."),
    Figure("blockSize", N_("blockSize"), "Prefix length of its blocks."),
    Figure("disabled", N_("disabled"), "Whether it hands out no new address."),
    Figure("nodeSelector", N_("nodeSelector"), "Which nodes may claim its blocks."),
    Figure("namespaceSelector", N_("namespaceSelector"), "Which namespaces may draw from it."),
    Figure("allowedUses", N_("uses"), "What may draw from it."),
    Figure("assignmentMode", N_("assignment"), "Manual: serves only who names it."),
    Figure("capacity", N_("addresses"), "All addresses of its range, exact; Calico's own figure ends at 2^63 - 1."),
    Figure(
        "allocated", N_("in use"), "Addresses that blocks record: cooling ones and those kept for Windows too.", _PB
    ),
    Figure(
        "reserved",
        N_("reserved"),
        "Addresses of IPReservations inside, allocated ones included.",
        ("IPPool", "IPReservation"),
    ),
    Figure("free", N_("free"), "Addresses neither in use nor reserved.", ("IPPool", "IPAMBlock", "IPReservation")),
    Figure("blocks_total", N_("blocks"), "2^(blockSize - prefix)."),
    Figure("blocks_allocated", N_("blocks claimed"), "Blocks that exist inside.", _PB),
    Figure("blocks_without_affinity", N_("without affinity"), "Blocks that belong to nobody.", _PB),
    Figure("blocks_empty", N_("empty"), "Blocks without any entry.", _PB),
    Figure("blocks_full", N_("full"), "Blocks without a free address.", _PB),
    Figure("borrowed", N_("borrowed"), "Addresses that a node holds in a block that is not its own.", _PB),
    Figure(
        "allocations_without_node_attr",
        N_("without node"),
        "Addresses that name no node: services' and cooling ones.",
        _PB,
    ),
    Figure("windows_reserved", N_("kept for Windows"), "Addresses kept back on Windows nodes.", _PB),
    Figure("cooling_down", N_("cooling"), "Released addresses that rest.", _PB),
    Figure("selected_nodes", N_("nodes selected"), "Nodes that its nodeSelector matches.", ("IPPool", "Node")),
)

NODES = (
    Figure("name", N_("node"), "A node that exists, or that blocks still name."),
    Figure("exists", N_("exists"), "Whether there is such a node.", ("Node",)),
    Figure("blocks", N_("blocks"), "Blocks that it owns.", _B),
    Figure("blocks_v4", N_("IPv4"), "Of these, IPv4.", _B),
    Figure("blocks_v6", N_("IPv6"), "Of these, IPv6.", _B),
    Figure("blocks_by_pool", N_("by pool"), "Of these, in each pool; the empty name: outside of all.", _PB),
    Figure("blocks_empty", N_("empty"), "Of these, without any entry.", _B),
    Figure("own_allocated", N_("own"), "Addresses that it holds in its own blocks.", _B),
    Figure("borrowed_in", N_("borrowed"), "Addresses that it holds in blocks of others or of nobody.", _B),
    Figure("borrowed_out", N_("lent"), "Addresses that others hold in its blocks.", _B),
    Figure("free_in_own_blocks", N_("free"), "Addresses in its blocks that nobody holds.", _B),
    Figure("windows_reserved", N_("kept for Windows"), "Addresses kept back in its blocks.", _B),
    Figure("calico_pods_with_ip", N_("pods"), "Pods on it with an address of Calico's.", ("Pod",)),
    Figure(
        "all_pods_not_finished", N_("all pods"), "Pods on it that run, those of the host's network included.", ("Pod",)
    ),
    Figure("pod_capacity", N_("max-pods"), "Pods that kubelet runs at most.", ("Node",)),
    Figure("tunnel_addresses", N_("tunnels"), "Tunnel addresses that it announces.", ("Node",)),
)

TOTALS = (
    Figure("nodes", N_("nodes"), "Nodes that exist.", ("Node",)),
    Figure("pods", N_("pods"), "Pods that exist.", ("Pod",)),
    Figure("pods_finished", N_("finished pods"), "Pods that succeeded or failed.", ("Pod",)),
    Figure("pods_host_network", N_("pods of the host's network"), "Pods that need no address.", ("Pod",)),
    Figure(
        "pods_without_ip",
        N_("pods without address"),
        "Pods that need one and have none, waiting ones included.",
        ("Pod",),
    ),
    Figure("workload_ips", N_("addresses of pods"), "Addresses that pods on nodes have.", ("Pod",)),
    Figure("tunnel_addresses_v4", N_("IPv4 tunnels"), "IPv4 tunnel addresses that nodes announce.", ("Node",)),
    Figure("tunnel_addresses_v6", N_("IPv6 tunnels"), "IPv6 tunnel addresses that nodes announce.", ("Node",)),
    Figure("load_balancer_ips", N_("addresses of services"), "Addresses of load balancers.", ("Service",)),
    Figure("blocks", N_("blocks"), "Blocks that exist.", _B),
    Figure("blocks_empty", N_("empty blocks"), "Blocks without any entry.", _B),
    Figure("blocks_full", N_("full blocks"), "Blocks without a free address.", _B),
    Figure("blocks_without_affinity", N_("blocks without affinity"), "Blocks that belong to nobody.", _B),
    Figure("blocks_outside_pools", N_("blocks outside pools"), "Blocks that no pool holds.", _PB),
    Figure("block_affinities", N_("affinities"), "Claims on blocks.", ("BlockAffinity",)),
    Figure(
        "block_affinities_not_confirmed",
        N_("affinities not confirmed"),
        "Claims half done or half undone.",
        ("BlockAffinity",),
    ),
    Figure("allocations", N_("allocations"), "Addresses that blocks record.", _B),
    Figure("allocations_without_node_attr", N_("allocations without node"), "Of these, naming no node.", _B),
    Figure("borrowed", N_("borrowed"), "Of these, in a block that is not the node's own.", _B),
    Figure("windows_reserved", N_("kept for Windows"), "Of these, kept back on Windows nodes.", _B),
    Figure("cooling_down", N_("cooling"), "Of these, released and resting.", _B),
    Figure("handles", N_("handles"), "Handles that exist.", ("IPAMHandle",)),
    Figure(
        "leaked_handles", N_("handles without address"), "Handles that no block names.", ("IPAMHandle", "IPAMBlock")
    ),
    Figure(
        "missing_handles",
        N_("missing handles"),
        "Handles that a block names and that do not exist.",
        ("IPAMHandle", "IPAMBlock"),
    ),
    Figure("leaked", N_("leaked addresses"), "Addresses held that no pod, tunnel or service uses.", _LEAKS),
    Figure("leaked_ips", N_("which"), "These addresses.", _LEAKS),
    Figure(
        "leaked_as_calicoctl_reports",
        N_("leaked, as calicoctl says"),
        "The same and the IPv6 tunnels in use, as `calicoctl ipam check` counts.",
        _LEAKS,
    ),
    Figure("leaked_ips_as_calicoctl_reports", N_("which"), "These addresses.", _LEAKS),
    Figure("pods_without_allocation", N_("in use, not allocated"), "Addresses in use that no block records.", _IN_USE),
    Figure("in_use_in_pool_not_allocated", N_("of these, in pools"), "In enabled pools.", _IN_USE),
    Figure("in_use_outside_active_pools", N_("of these, outside"), "Outside of all enabled pools.", _IN_USE),
    Figure(
        "ips_with_several_owners",
        N_("used twice"),
        "Addresses that several pods, tunnels or services use.",
        ("Pod", "Node"),
    ),
)

CONFIG = (
    Figure("stored", N_("stored"), "Whether an IPAM configuration exists.", ("IPAMConfiguration",)),
    Figure("strictAffinity", "strictAffinity", "Whether no node borrows.", ("IPAMConfiguration",)),
    Figure("autoAllocateBlocks", "autoAllocateBlocks", "Whether nodes claim blocks.", ("IPAMConfiguration",)),
    Figure("maxBlocksPerHost", "maxBlocksPerHost", "Blocks a node may hold; 0: 20.", ("IPAMConfiguration",)),
    Figure("ipCooldownSeconds", "ipCooldownSeconds", "How long a released address rests.", ("IPAMConfiguration",)),
    Figure("kubeVirtVMAddressPersistence", "KubeVirt", "Whether KubeVirt machines keep it.", ("IPAMConfiguration",)),
)  # fmt: skip
