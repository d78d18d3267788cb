"""The figures of an audit, as data: name, heading, meaning, and the kinds of object without which they are unknown.

Names are those of Calico's own reports and of the programs that count them; docs/audit.md is made from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..capacity.table_columns import ColumnKind
from ..findings import N_
from ..model import KindName


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure; `heading` is translated where it is shown, `meaning` is for the documentation.

    `column` is its name in the tables of the Python API, which share their names with `Analysis.pools`; empty: `name`.
    `kind` decides its type there.
    """

    name: str
    heading: str
    meaning: str
    required_kinds: tuple[KindName, ...] = ()
    column: str = ""
    kind: ColumnKind = "count"

    @property
    def column_name(self) -> str:
        """Its name in tables."""
        return self.column or self.name


_POOLS_AND_BLOCKS: tuple[KindName, ...] = ("IPPool", "IPAMBlock")
_BLOCKS: tuple[KindName, ...] = ("IPAMBlock",)
_KINDS_FOR_LEAKS: tuple[KindName, ...] = ("IPAMBlock", "Pod", "Node", "Service")
_KINDS_FOR_USE: tuple[KindName, ...] = ("IPPool", "IPAMBlock", "Pod", "Node")

POOL_METRICS = (
    Metric("name", N_("pool"), "Name of the IPPool.", column="pool", kind="text"),
    Metric("cidr", N_("CIDR"), "Its range.", kind="text"),
    Metric("blockSize", N_("blockSize"), "Prefix length of its blocks.", column="block_size"),
    Metric("disabled", N_("disabled"), "Whether it hands out no new address.", kind="flag"),
    Metric(
        "nodeSelector", N_("nodeSelector"), "Which nodes may claim its blocks.", column="node_selector", kind="text"
    ),
    Metric(
        "namespaceSelector",
        N_("namespaceSelector"),
        "Which namespaces may draw from it.",
        column="namespace_selector",
        kind="text",
    ),
    Metric("allowedUses", N_("uses"), "What may draw from it.", column="allowed_uses", kind="object"),
    Metric(
        "assignmentMode", N_("assignment"), "Manual: serves only who names it.", column="assignment_mode", kind="text"
    ),
    Metric(
        "capacity",
        N_("addresses"),
        "All addresses of its range, exact; Calico's own figure ends at 2^63 - 1.",
        column="addresses",
    ),
    Metric(
        "allocated",
        N_("in use"),
        "Addresses that blocks record: cooling ones and those kept for Windows too.",
        _POOLS_AND_BLOCKS,
        column="addresses_used",
    ),
    Metric(
        "reserved",
        N_("reserved"),
        "Addresses of IPReservations inside, allocated ones included.",
        ("IPPool", "IPReservation"),
    ),
    Metric("free", N_("free"), "Addresses neither in use nor reserved.", ("IPPool", "IPAMBlock", "IPReservation")),
    Metric("blocks_total", N_("blocks"), "2^(blockSize - prefix).", column="blocks"),
    Metric(
        "blocks_allocated", N_("blocks claimed"), "Blocks that exist inside.", _POOLS_AND_BLOCKS, column="blocks_used"
    ),
    Metric("blocks_without_affinity", N_("without affinity"), "Blocks that belong to nobody.", _POOLS_AND_BLOCKS),
    Metric("blocks_empty", N_("empty"), "Blocks without any entry.", _POOLS_AND_BLOCKS),
    Metric("blocks_full", N_("full"), "Blocks without a free address.", _POOLS_AND_BLOCKS),
    Metric(
        "borrowed", N_("borrowed"), "Addresses that a node holds in a block that is not its own.", _POOLS_AND_BLOCKS
    ),
    Metric(
        "allocations_without_node_attr",
        N_("without node"),
        "Addresses that name no node: services' and cooling ones.",
        _POOLS_AND_BLOCKS,
        column="addresses_without_node",
    ),
    Metric("windows_reserved", N_("kept for Windows"), "Addresses kept back on Windows nodes.", _POOLS_AND_BLOCKS),
    Metric("cooling_down", N_("in cooldown"), "Released addresses that rest.", _POOLS_AND_BLOCKS),
    Metric(
        "selected_nodes",
        N_("nodes selected"),
        "Nodes that its nodeSelector matches.",
        ("IPPool", "Node"),
        kind="object",
    ),
)

NODE_METRICS = (
    Metric("name", N_("node"), "A node that exists, or that blocks still name.", column="node", kind="text"),
    Metric("exists", N_("exists"), "Whether there is such a node.", ("Node",), kind="flag"),
    Metric("blocks", N_("blocks"), "Blocks that it owns.", _BLOCKS),
    Metric("blocks_v4", N_("IPv4"), "Of these, IPv4.", _BLOCKS),
    Metric("blocks_v6", N_("IPv6"), "Of these, IPv6.", _BLOCKS),
    Metric(
        "blocks_by_pool",
        N_("by pool"),
        "Of these, in each pool; the empty name: outside of all.",
        _POOLS_AND_BLOCKS,
        kind="object",
    ),
    Metric("blocks_empty", N_("empty"), "Of these, without any entry.", _BLOCKS),
    Metric(
        "own_allocated",
        N_("own"),
        "Addresses that it holds in its own blocks.",
        _BLOCKS,
        column="addresses_used_in_own_blocks",
    ),
    Metric(
        "allocations",
        N_("in use"),
        "Addresses that blocks record for it: its own and borrowed ones.",
        _BLOCKS,
        column="addresses_used",
    ),
    Metric(
        "borrowed_in",
        N_("borrowed"),
        "Addresses that it holds in blocks of others or of nobody.",
        _BLOCKS,
        column="borrowed",
    ),
    Metric(
        "borrowed_out",
        N_("borrowed by other nodes"),
        "Addresses that others hold in its blocks.",
        _BLOCKS,
        column="borrowed_by_others",
    ),
    Metric("free_in_own_blocks", N_("free"), "Addresses in its blocks that nobody holds.", _BLOCKS),
    Metric("windows_reserved", N_("kept for Windows"), "Addresses kept back in its blocks.", _BLOCKS),
    Metric("calico_pods_with_ip", N_("pods"), "Pods on it with an address of Calico's.", ("Pod",), column="pods"),
    Metric(
        "all_pods_not_finished",
        N_("all pods"),
        "Pods on it that run, those of the host's network included.",
        ("Pod",),
        column="all_pods",
    ),
    Metric("pod_capacity", N_("max-pods"), "Pods that kubelet runs at most.", ("Node",), column="max_pods"),
    Metric("tunnel_addresses", N_("tunnels"), "Tunnel addresses that it announces.", ("Node",), kind="object"),
)

TOTAL_METRICS = (
    Metric("nodes", N_("nodes"), "Nodes that exist.", ("Node",)),
    Metric("pods", N_("pods"), "Pods that exist.", ("Pod",)),
    Metric("pods_finished", N_("finished pods"), "Pods that succeeded or failed.", ("Pod",)),
    Metric("pods_host_network", N_("host-network pods"), "Pods that need no address.", ("Pod",)),
    Metric(
        "pods_without_ip",
        N_("pods without address"),
        "Pods that need one and have none, waiting ones included.",
        ("Pod",),
    ),
    Metric("workload_ips", N_("addresses of pods"), "Addresses that pods on nodes have.", ("Pod",)),
    Metric("tunnel_addresses_v4", N_("IPv4 tunnels"), "IPv4 tunnel addresses that nodes announce.", ("Node",)),
    Metric("tunnel_addresses_v6", N_("IPv6 tunnels"), "IPv6 tunnel addresses that nodes announce.", ("Node",)),
    Metric("load_balancer_ips", N_("addresses of services"), "Addresses of load balancers.", ("Service",)),
    Metric("blocks", N_("blocks"), "Blocks that exist.", _BLOCKS),
    Metric("blocks_empty", N_("empty blocks"), "Blocks without any entry.", _BLOCKS),
    Metric("blocks_full", N_("full blocks"), "Blocks without a free address.", _BLOCKS),
    Metric("blocks_without_affinity", N_("blocks without affinity"), "Blocks that belong to nobody.", _BLOCKS),
    Metric("blocks_outside_pools", N_("blocks outside pools"), "Blocks that no pool holds.", _POOLS_AND_BLOCKS),
    Metric("block_affinities", N_("affinities"), "Claims on blocks.", ("BlockAffinity",)),
    Metric(
        "block_affinities_not_confirmed",
        N_("affinities not confirmed"),
        "Claims half done or half undone.",
        ("BlockAffinity",),
    ),
    Metric("allocations", N_("allocations"), "Addresses that blocks record.", _BLOCKS),
    Metric("allocations_without_node_attr", N_("allocations without node"), "Of these, naming no node.", _BLOCKS),
    Metric("borrowed", N_("borrowed"), "Of these, in a block that is not the node's own.", _BLOCKS),
    Metric("windows_reserved", N_("kept for Windows"), "Of these, kept back on Windows nodes.", _BLOCKS),
    Metric("cooling_down", N_("in cooldown"), "Of these, released and resting.", _BLOCKS),
    Metric("handles", N_("handles"), "Handles that exist.", ("IPAMHandle",)),
    Metric(
        "leaked_handles", N_("handles without address"), "Handles that no block names.", ("IPAMHandle", "IPAMBlock")
    ),
    Metric(
        "missing_handles",
        N_("missing handles"),
        "Handles that a block names and that do not exist.",
        ("IPAMHandle", "IPAMBlock"),
    ),
    Metric("leaked", N_("leaked addresses"), "Addresses held that no pod, tunnel or service uses.", _KINDS_FOR_LEAKS),
    Metric("leaked_ips", N_("which"), "These addresses.", _KINDS_FOR_LEAKS),
    Metric(
        "leaked_as_calicoctl_reports",
        N_("leaked, as calicoctl reports"),
        "The same and the IPv6 tunnels in use, as `calicoctl ipam check` counts.",
        _KINDS_FOR_LEAKS,
    ),
    Metric("leaked_ips_as_calicoctl_reports", N_("which"), "These addresses.", _KINDS_FOR_LEAKS),
    Metric(
        "pods_without_allocation",
        N_("in use, not allocated"),
        "Addresses in use that no block records.",
        _KINDS_FOR_USE,
    ),
    Metric("in_use_in_pool_not_allocated", N_("of these, in pools"), "In enabled pools.", _KINDS_FOR_USE),
    Metric("in_use_outside_active_pools", N_("of these, outside"), "Outside of all enabled pools.", _KINDS_FOR_USE),
    Metric(
        "ips_with_several_owners",
        N_("used twice"),
        "Addresses that several pods, tunnels or services use.",
        ("Pod", "Node"),
    ),
)

CONFIG_METRICS = (
    Metric("stored", N_("stored"), "Whether an IPAM configuration exists.", ("IPAMConfiguration",)),
    Metric("strictAffinity", "strictAffinity", "Whether no node borrows.", ("IPAMConfiguration",)),
    Metric("autoAllocateBlocks", "autoAllocateBlocks", "Whether nodes claim blocks.", ("IPAMConfiguration",)),
    Metric("maxBlocksPerHost", "maxBlocksPerHost", "Blocks a node may hold; 0: 20.", ("IPAMConfiguration",)),
    Metric("ipCooldownSeconds", "ipCooldownSeconds", "How long a released address rests.", ("IPAMConfiguration",)),
    Metric("kubeVirtVMAddressPersistence", "KubeVirt", "Whether KubeVirt machines keep it.", ("IPAMConfiguration",)),
)

# Where figures of pools and of the whole stand in one list: a total's own heading says what it counts.
HEADINGS: Mapping[str, str] = {metric.name: metric.heading for metric in (*POOL_METRICS, *TOTAL_METRICS)}
