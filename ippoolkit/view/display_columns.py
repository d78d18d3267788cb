"""Which columns of a table people are shown, and which cell of a row its limit marks.

Exports and notebooks hold all columns; a page or a terminal shows those that decide, some of them in one cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..capacity.table_columns import TABLES, Column
from ..capacity.verdict import LIMIT_ADDRESSES, LIMIT_BLOCKS, LIMIT_BLOCKS_PER_NODE, LIMIT_STRICT_AFFINITY
from ..findings import N_


@dataclass(frozen=True, slots=True)
class DisplayColumn:
    """A column as people see it: one or several of the table's, put together by `separator`."""

    columns: tuple[Column, ...]
    heading: str
    separator: str = ""

    @property
    def name(self) -> str:
        """Name of the first column."""
        return self.columns[0].name

    @property
    def is_left_aligned(self) -> bool:
        """Whether it is text, set to the left; a number with text after it is."""
        return any(column.kind == "text" for column in self.columns)


_DESIGN_FIGURES = (
    "prefix",
    "block_size",
    "pools",
    "blocks_per_node",
    "blocks",
    "addresses",
    "routes",
    "nodes_fit",
    "unused_per_node",
)
# Columns left out are for exports. Several in one: heading, separator, names.
_DISPLAYED: dict[str, Sequence[str | tuple[str, str, tuple[str, ...]]]] = {
    "block_sizes": (
        "block_size",
        (N_("verdict"), N_(": "), ("verdict", "reason")),
        "addresses_per_block",
        "blocks",
        (N_("blocks per node, typical · busiest"), " · ", ("blocks_per_node", "blocks_busiest_node")),
        "nodes_fit",
        "pods_per_node_max",
        "pods_fit",
        "pods_fit_strict",
        "unused_in_claimed_blocks",
        "routes",
        "spare_blocks",
    ),
    "designs": (
        "number",
        "picked",
        *_DESIGN_FIGURES,
    ),
    "routes": (
        "family",
        "peering",
        "in_use",
        "node",
        "router",
        "spine",
        "reflector",
        "sessions",
        "racks",
        "max_routes",
        "fits",
    ),
    "failing_designs": (
        "number",
        *_DESIGN_FIGURES,
        "breaks",
    ),
    "nodes": (
        "node",
        "family",
        "nodes",
        (N_("pods typical · busiest"), " · ", ("pods", "pods_on_busiest_node")),
        "tunnels_per_node",
        "pools",
        "blocks_per_node",
        "blocks",
        "pods_per_node_max",
        (N_("pod limit: what binds"), N_(": "), ("pod_limit", "first_limit")),
    ),
}

# The column of the block size table in which each limit shows.
LIMIT_COLUMN: Mapping[str, str] = {
    LIMIT_BLOCKS: "nodes_fit",
    LIMIT_BLOCKS_PER_NODE: "pods_per_node_max",
    LIMIT_ADDRESSES: "pods_fit",
    LIMIT_STRICT_AFFINITY: "pods_fit_strict",
}


def display_columns(table: str) -> list[DisplayColumn]:
    """Return the columns of a table that people are shown, in order."""
    by_name = {column.name: column for column in TABLES[table]}
    displayed = []
    for entry in _DISPLAYED.get(table, tuple(by_name)):
        heading, separator, names = (by_name[entry].heading, "", (entry,)) if isinstance(entry, str) else entry
        columns = tuple(by_name[name] for name in names)
        displayed.append(DisplayColumn(columns, heading, separator))
    return displayed
