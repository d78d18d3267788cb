"""The columns of every table, as data: name, kind, heading, meaning. docs/tables.md is made from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from ..findings import N_


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    `kind` decides its type: `count` is an exact Python int of any size, or None for unknown or none (dtype object);
    `number` a 64-bit int; `flag` a bool; `text` a str.
    """

    name: str
    kind: Literal["count", "number", "flag", "text"]
    heading: str
    meaning: str


POOLS = (
    Column("pool", "text", N_("pool"), N_("Name of the IPPool.")),
    Column("cidr", "text", N_("CIDR"), N_("Its range.")),
    Column("block_size", "number", N_("blockSize"), N_("Prefix length of its blocks.")),
    Column("addresses", "count", N_("addresses"), N_("2^(32 - prefix), or 2^(128 - prefix): every one is usable.")),
    Column("blocks", "count", N_("blocks"), N_("2^(blockSize - prefix).")),
    Column("addresses_per_block", "count", N_("addresses a block"), N_("2^(32 - blockSize), or 2^(128 - blockSize).")),
    Column("reserved", "count", N_("reserved"), N_("Addresses in IPReservations, each counted once.")),
    Column(
        "nodes_with_block",
        "count",
        N_("nodes with a block"),
        N_("Most nodes that can own a block: blocks that are not wholly reserved; 0 where it serves no pods."),
    ),
    Column("encapsulation", "text", N_("encapsulation"), N_("IPIP or VXLAN with its mode, or None.")),
    Column("nat", "flag", N_("NAT"), N_("natOutgoing.")),
    Column("selector", "text", N_("nodeSelector"), N_("Which nodes may use it.")),
    Column("serves", "text", N_("serves"), N_("allowedUses, or why it serves no pods of its own accord.")),
    Column(
        "used",
        "count",
        N_("in use"),
        N_("Addresses in use: from the blocks read, else from pods and tunnels; empty: unknown."),
    ),
    Column("blocks_used", "count", N_("blocks in use"), N_("Blocks that exist, or hold an address; empty: unknown.")),
)

BLOCK_SIZES = (
    Column("block_size", "number", N_("blockSize"), N_("A size that Calico takes for the pool.")),
    Column("addresses_per_block", "count", N_("addresses a block"), N_("2^(32 - blockSize), or 2^(128 - blockSize).")),
    Column("blocks", "count", N_("blocks"), N_("2^(blockSize - prefix).")),
    Column(
        "blocks_per_node",
        "count",
        N_("blocks a node"),
        N_("Blocks for the pods and tunnel addresses of a typical node; at least 1."),
    ),
    Column("blocks_busiest_node", "count", N_("blocks, busiest"), N_("The same for the node with most pods.")),
    Column(
        "nodes_fit",
        "count",
        N_("nodes that fit"),
        N_("Nodes that find all they need in blocks of their own, when they join one after another."),
    ),
    Column(
        "pods_per_node_max",
        "count",
        N_("pods a node can hold"),
        N_("Most pods on a node's own blocks: the cap (20 unless set) times the block, less its tunnel addresses."),
    ),
    Column(
        "pods_fit",
        "count",
        N_("pods that fit"),
        N_("Pods in all when every planned node holds as many, borrowing allowed."),
    ),
    Column(
        "pods_fit_strict", "count", N_("without borrowing"), N_("The same when each node keeps to blocks of its own.")
    ),
    Column(
        "stranded",
        "count",
        N_("stranded"),
        N_("Addresses in claimed blocks that their own node does not use; others reach them only by borrowing."),
    ),
    Column("borrowed", "count", N_("borrowed"), N_("Addresses that nodes take from blocks of others.")),
    Column("routes", "count", N_("routes"), N_("One a claimed block and one a borrowed address.")),
    Column(
        "spare_blocks",
        "count",
        N_("spare blocks"),
        N_("Blocks left after the planned growth; negative: blocks missing."),
    ),
    Column(
        "first_node_without_block",
        "count",
        N_("first node without"),
        N_("The first planned node that gets no block; empty: all get one."),
    ),
    Column(
        "first_pod_without_address",
        "count",
        N_("first pod without"),
        N_("The first planned pod that gets no address; empty: all get one."),
    ),
    Column("nodes", "count", N_("nodes"), N_("Nodes that the pool serves, or that hold an address in it, today.")),
    Column("nodes_later", "count", N_("nodes later"), N_("The same at the end of the horizon.")),
    Column("limit", "text", N_("limit"), N_("What binds first.")),
    Column("source", "text", N_("source"), N_("Where that limit comes from.")),
    Column(
        "verdict",
        "text",
        N_("verdict"),
        N_("fits; tight: holds today, but by borrowing, without a spare block, or not for the horizon; fails; idle."),
    ),
    Column("reason", "text", N_("reason"), N_("The verdict in words.")),
)

NODES = (
    Column("node", "text", N_("node"), N_("A node that exists, or a group of planned ones.")),
    Column("family", "number", N_("IP"), N_("4 or 6.")),
    Column("nodes", "number", N_("nodes"), N_("How many nodes.")),
    Column("pods", "number", N_("pods"), N_("Pods with an address, on a typical node of the group.")),
    Column("busiest", "number", N_("busiest"), N_("Pods on the one with most.")),
    Column("tunnels", "number", N_("tunnels"), N_("Tunnel addresses each.")),
    Column("pools", "text", N_("pools"), N_("Pools that serve its pods, in the order tried.")),
    Column("blocks_per_node", "count", N_("blocks a node"), N_("Blocks that each needs.")),
    Column("blocks", "count", N_("blocks"), N_("Blocks that all need.")),
    Column(
        "pods_per_node_max", "count", N_("pods a node can hold"), N_("Most pods on blocks of its own: the ceiling.")
    ),
    Column("pods_possible", "count", N_("pods, at most"), N_("Pods at which one of them takes no more.")),
    Column("first_limit", "text", N_("runs out first"), N_("What stops it there.")),
)

GROWTH = (
    Column("month", "number", N_("month"), N_("Months from now.")),
    Column("family", "number", N_("IP"), N_("4 or 6.")),
    Column("nodes", "count", N_("nodes"), N_("Nodes in that month.")),
    Column("pods", "count", N_("pods"), N_("Pods with an address in that month.")),
    Column("blocks_needed", "count", N_("blocks needed"), N_("Blocks for every node to have all it needs of its own.")),
    Column("blocks", "count", N_("blocks"), N_("Blocks in the pools drawn on.")),
    Column("addresses_needed", "count", N_("addresses needed"), N_("Pods and tunnel addresses.")),
    Column("addresses", "count", N_("addresses"), N_("Usable addresses in the pools drawn on.")),
    Column("spare_blocks", "count", N_("spare blocks"), N_("Blocks left; negative: blocks missing.")),
    Column("limit", "text", N_("ran out"), N_("What has run out by then; empty: nothing.")),
)

CHOICES = (
    Column("change", "text", N_("change"), N_("What to set otherwise.")),
    Column("pool", "text", N_("pool"), N_("On which pool.")),
    Column("value", "text", N_("value"), N_("To which value.")),
    Column("nodes_fit", "count", N_("nodes that fit"), N_("As in the table of block sizes.")),
    Column("pods_per_node_max", "count", N_("pods a node can hold"), N_("As in the table of block sizes.")),
    Column("verdict", "text", N_("verdict"), N_("As in the table of block sizes.")),
)

TABLES: dict[str, tuple[Column, ...]] = {
    "pools": POOLS,
    "block_sizes": BLOCK_SIZES,
    "nodes": NODES,
    "growth": GROWTH,
    "choices": CHOICES,
}


def frame(columns: Sequence[Column], rows: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    """Make a table of these columns from its rows, each column of its kind's type."""
    by_column = list(zip(*rows, strict=True)) or [()] * len(columns)
    data: dict[str, Any] = {}
    for column, values in zip(columns, by_column, strict=True):
        if column.kind == "count":
            data[column.name] = exact = np.empty(len(values), dtype=object)
            exact[:] = values
        else:
            data[column.name] = list(values)
    return pd.DataFrame(data, columns=[column.name for column in columns])
