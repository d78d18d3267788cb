"""The columns of every table, as data: name, kind, heading, meaning. docs/tables.md is made from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ..findings import N_

if TYPE_CHECKING:
    import pandas as pd

_INT64_RANGE = 1 << 63


# The kind of a column decides its type. `count` is a nullable ``Int64`` (``pd.NA``: unknown or none), or where one of
# its values passes 64 bits, exact Python ints in a column of dtype ``object`` (None: unknown or none). `number` is an
# ``int64``, `flag` a bool, nullable where one is missing, `share` a ``float64``, `text` a str; `object` holds what has
# no type of its own in pandas: dates, lists.
ColumnKind = Literal["count", "number", "flag", "float", "text", "object"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `heading` is translated where it is shown, `meaning` is for the documentation."""

    name: str
    kind: ColumnKind
    heading: str
    meaning: str


POOLS = (
    Column("pool", "text", N_("pool"), "Name of the IPPool."),
    Column("cidr", "text", N_("CIDR"), "Its range."),
    Column("block_size", "number", N_("blockSize"), "Prefix length of its blocks."),
    Column("addresses", "count", N_("addresses"), "2^(32 - prefix), or 2^(128 - prefix): every one is usable."),
    Column("blocks", "count", N_("blocks"), "2^(blockSize - prefix)."),
    Column("addresses_per_block", "count", N_("addresses per block"), "2^(32 - blockSize), or 2^(128 - blockSize)."),
    Column("reserved", "count", N_("reserved"), "Addresses in IPReservations, each counted once."),
    Column(
        "nodes_with_block",
        "count",
        N_("nodes with a block"),
        "Most nodes that can own a block: blocks that are not wholly reserved; 0 where it serves no pods.",
    ),
    Column("encapsulation", "text", N_("encapsulation"), "IPIP or VXLAN with its mode, or None."),
    Column("nat_outgoing", "flag", N_("NAT"), "natOutgoing."),
    Column("node_selector", "text", N_("nodeSelector"), "Which nodes may use it."),
    Column("allowed_uses", "text", N_("allowed uses"), "allowedUses, and why it serves no pods automatically."),
    Column(
        "addresses_used",
        "count",
        N_("addresses in use"),
        "Addresses in use: from the blocks read, else from pods and tunnels; empty: unknown.",
    ),
    Column("blocks_used", "count", N_("blocks in use"), "Blocks that exist, or hold an address; empty: unknown."),
)

BLOCK_SIZES = (
    Column("block_size", "number", N_("blockSize"), "A size that Calico takes for the pool."),
    Column("addresses_per_block", "count", N_("addresses per block"), "2^(32 - blockSize), or 2^(128 - blockSize)."),
    Column("blocks", "count", N_("blocks"), "2^(blockSize - prefix)."),
    Column(
        "blocks_per_node",
        "count",
        N_("blocks per node"),
        "Blocks for the pods and tunnel addresses of a typical node; at least 1.",
    ),
    Column("blocks_busiest_node", "count", N_("blocks on the busiest node"), "The same for the node with most pods."),
    Column(
        "nodes_fit",
        "count",
        N_("nodes that fit"),
        "Nodes that find all they need in blocks of their own, when they join one after another.",
    ),
    Column(
        "pods_per_node_max",
        "count",
        N_("max pods on a node's blocks"),
        "Most pods on a node's own blocks: the cap (20 unless set) times the block, less its tunnel addresses; "
        "kubelet's limit is not in it.",
    ),
    Column(
        "pods_fit",
        "count",
        N_("max pods on all planned nodes"),
        "Pods in all when every planned node holds as many, borrowing allowed.",
    ),
    Column("pods_fit_strict", "count", N_("without borrowing"), "The same when each node keeps to blocks of its own."),
    Column(
        "unused_in_claimed_blocks",
        "count",
        N_("unused in claimed blocks"),
        "Addresses in claimed blocks that their own node does not use; others reach them only by borrowing.",
    ),
    Column("borrowed", "count", N_("borrowed"), "Addresses that nodes take from blocks of others."),
    Column("routes", "count", N_("routes"), "One a claimed block and one a borrowed address."),
    Column(
        "spare_blocks",
        "count",
        N_("spare blocks"),
        "Blocks left after the planned growth; negative: blocks missing.",
    ),
    Column(
        "first_node_without_block",
        "count",
        N_("first node without a block"),
        "The first planned node that gets no block; empty: all get one.",
    ),
    Column(
        "first_pod_without_address",
        "count",
        N_("first pod without an address"),
        "The first planned pod that gets no address; empty: all get one.",
    ),
    Column("nodes", "count", N_("nodes"), "Nodes that the pool serves, or that hold an address in it, today."),
    Column("nodes_at_horizon", "count", N_("nodes at the end of the plan"), "The same at the end of the horizon."),
    Column("limit", "text", N_("limit"), "What binds first."),
    Column("source", "text", N_("source"), "Where that limit comes from."),
    Column(
        "verdict",
        "text",
        N_("verdict"),
        "fits; tight: holds today, but by borrowing, without a spare block, or not for the horizon; fails; idle.",
    ),
    Column("reason", "text", N_("reason"), "The verdict in words."),
)

PREFIXES = (Column("prefix", "number", N_("prefix"), "Prefix length of the pool's range."),)

NODES = (
    Column("node", "text", N_("node"), "A node that exists, or a group of planned ones."),
    Column("family", "number", N_("IP"), "4 or 6."),
    Column("nodes", "count", N_("nodes"), "How many nodes."),
    Column("pods", "count", N_("pods"), "Pods with an address, on a typical node of the group; empty: unknown."),
    Column("pods_on_busiest_node", "count", N_("pods on the busiest node"), "Pods on the one with most."),
    Column("tunnels_per_node", "count", N_("tunnels per node"), "Tunnel addresses that each has."),
    Column("pools", "text", N_("pools"), "Pools that serve its pods, in the order tried."),
    Column("blocks_per_node", "count", N_("blocks per node"), "Blocks that each needs."),
    Column("blocks", "count", N_("blocks"), "Blocks that all need."),
    Column(
        "pods_per_node_max",
        "count",
        N_("max pods on a node's blocks"),
        "Most pods on blocks of its own; kubelet's limit is not in it.",
    ),
    Column(
        "pod_limit",
        "count",
        N_("pod limit"),
        "Pods at which a node accepts no more: the least of what its blocks, the pools and kubelet allow.",
    ),
    Column("first_limit", "text", N_("runs out first"), "Which of these stops it there."),
)

GROWTH = (
    Column("month", "number", N_("month"), "Months from now."),
    Column("family", "number", N_("IP"), "4 or 6."),
    Column("nodes", "count", N_("nodes"), "Nodes in that month."),
    Column("pods", "count", N_("pods"), "Pods with an address in that month; empty: unknown."),
    Column("blocks_needed", "count", N_("blocks needed"), "Blocks for every node to have all it needs of its own."),
    Column("blocks", "count", N_("blocks"), "Blocks in the pools drawn on."),
    Column("addresses_needed", "count", N_("addresses needed"), "Pods and tunnel addresses; empty: unknown."),
    Column("addresses", "count", N_("addresses"), "Usable addresses in the pools drawn on."),
    Column("spare_blocks", "count", N_("spare blocks"), "Blocks left; negative: blocks missing."),
    Column("limit", "text", N_("limit reached"), "Which limit is reached by then; empty: none."),
)

CHOICES = (
    Column("change", "text", N_("change"), "Which setting to change."),
    Column("pool", "text", N_("pool"), "On which pool."),
    Column("value", "text", N_("value"), "To which value."),
    Column("nodes_fit", "count", N_("nodes that fit"), "As in the table of block sizes."),
    Column("pods_per_node_max", "count", N_("max pods on a node's blocks"), "As in the table of block sizes."),
    Column("verdict", "text", N_("verdict"), "As in the table of block sizes."),
)

DESIGNS = (
    Column("number", "number", N_("no."), "Number of the design, for --pick; 0: it does not hold or is beaten."),
    Column("picked", "flag", N_("picked"), "Whether it is recommended."),
    Column("pool_set", "text", N_("for"), "The groups that share its pools."),
    Column("family", "number", N_("IP"), "Address family, 4 or 6."),
    Column("prefix", "number", N_("prefix"), "Prefix length of each pool."),
    Column("block_size", "number", N_("blockSize"), "Prefix length of its blocks."),
    Column("pools", "number", N_("pools"), "Pools, one a rack."),
    Column("blocks_per_node", "count", N_("blocks per node"), "Blocks that the neediest node takes."),
    Column("blocks", "count", N_("blocks per pool"), "2^(blockSize - prefix)."),
    Column("addresses", "count", N_("addresses"), "Addresses of all pools."),
    Column("routes", "count", N_("routes"), "The largest table that a node or a router holds."),
    Column("nodes_fit", "count", N_("nodes that fit"), "Nodes that all pools fit."),
    Column("unused_per_node", "count", N_("unused per node"), "Addresses left free in a node's blocks."),
    Column("breaks", "text", N_("fails by"), "The rules that it breaks; empty: it holds."),
)
ROUTES = (
    Column("family", "number", N_("IP"), "Address family, 4 or 6."),
    Column("peering", "text", N_("how routes travel"), "VXLAN without BGP, a mesh, route reflectors, racks."),
    Column(
        "in_use",
        "flag",
        N_("in use"),
        "Whether the BGP configuration and peers that were read say so; missing where none was.",
    ),
    Column("node", "count", N_("a node holds"), "Routes to pods in the table of the node that has most."),
    Column("router", "count", N_("a top-of-rack router"), "The same of a top-of-rack router; 0: it learns none."),
    Column("spine", "count", N_("the spine"), "The same of a spine router; 0: it learns none."),
    Column("reflector", "count", N_("a route reflector"), "The same of a route reflector; 0: there is none."),
    Column("sessions", "count", N_("BGP sessions of a node"), "BGP sessions that each node keeps."),
    Column(
        "racks",
        "text",
        N_("racks"),
        "Racks whose nodes announce routes: by the routers that they peer with or their AS numbers, else by pools.",
    ),
    Column("max_routes", "count", N_("limit"), "Most routes that a table takes; empty: any number."),
    Column("fits", "flag", N_("within the limit"), "Whether no table is larger."),
    Column("source", "text", N_("source"), "The page that describes it."),
)
CHANGE_OPTIONS = (
    Column("change", "text", N_("change"), "What is done: nothing, a second pool, another blockSize, a move."),
    Column("pool", "text", N_("pool"), "Name of the pool."),
    Column("to", "text", N_("to"), "The new range or blockSize; empty: none that was tried holds."),
    Column("holds", "flag", N_("holds"), "Whether all that was asked holds then."),
    Column(
        "pods_recreated",
        "count",
        N_("pods recreated"),
        "Pods that get another address, twice where they move back; empty: unknown, since no pods were read.",
    ),
    Column(
        "blocks_released",
        "count",
        N_("blocks released"),
        "Blocks that nodes give up on the way; empty: unknown, since neither blocks nor pods were read.",
    ),
    Column("routes", "count", N_("routes"), "Routes announced in the end: a block one, a borrowed address one."),
    Column("addresses", "count", N_("new addresses"), "Addresses of the new pool."),
    Column("command", "text", N_("command"), "Writes the procedure."),
)

TABLES: dict[str, tuple[Column, ...]] = {
    "pools": POOLS,
    "block_sizes": BLOCK_SIZES,
    "prefixes": (*PREFIXES, *BLOCK_SIZES),
    "nodes": NODES,
    "growth": GROWTH,
    "choices": CHOICES,
    "designs": DESIGNS,
    "failing_designs": DESIGNS,
    "routes": ROUTES,
    "change_options": CHANGE_OPTIONS,
}


def build_frame(columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> pd.DataFrame:
    """Make a table of these columns from its rows; None in a row means missing."""
    return typed_frame({column.name: column.kind for column in columns}, rows)


def typed_frame(kinds: Mapping[str, ColumnKind], rows: Sequence[Sequence[Any]]) -> pd.DataFrame:
    """Make a table from its rows, each column by its name and kind; None in a row means missing."""
    import pandas as pd  # takes long to load: verdicts do without

    values_by_column = list(zip(*rows, strict=True)) or [()] * len(kinds)
    data = {
        name: _typed_values(kind, values) for (name, kind), values in zip(kinds.items(), values_by_column, strict=True)
    }
    return pd.DataFrame(data, columns=list(kinds))


def _typed_values(kind: ColumnKind, values: Sequence[Any]) -> Any:
    import numpy as np
    import pandas as pd

    match kind:
        case "count":
            return count_array(values)
        case "number":
            return np.array(values, dtype="int64")
        case "flag" if None in values:
            return pd.array(list(values), dtype="boolean")
        case "flag":
            return np.array(values, dtype="bool")
        case "float":
            return np.array(values, dtype="float64")
        case "text" if not values:
            return pd.Series(values, dtype="str")
        case _:
            return list(values) or pd.Series(values, dtype="object")


def count_array(values: Sequence[int | None]) -> Any:
    """Return counts as a nullable 64-bit array, or as exact Python ints where one is larger."""
    import numpy as np
    import pandas as pd

    if all(value is None or -_INT64_RANGE <= value < _INT64_RANGE for value in values):
        return pd.array(list(values), dtype="Int64")
    exact = np.empty(len(values), dtype=object)
    exact[:] = values
    return exact
