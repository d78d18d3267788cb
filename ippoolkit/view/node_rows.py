"""The table of nodes as people are shown it: nodes that are alike in one row, of a large cluster only the fullest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..findings import N_, Language, abbreviate_names

if TYPE_CHECKING:
    import pandas as pd

MAX_NODES_SHOWN = 200
_SUMMED = ("nodes", "blocks")  # what a row says of all its nodes; the other columns are of each


def merge_alike_nodes(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of nodes in which those that differ in name only share a row, where the first of them stood."""
    alike = [name for name in table.columns if name not in ("node", *_SUMMED)]
    groups = table.groupby([table["nodes"].rename("of_each"), *alike], sort=False, dropna=False)
    rows = groups.agg({"node": abbreviate_names, **dict.fromkeys(_SUMMED, "sum")}).reset_index()
    return rows[list(table.columns)]


def node_rows(table: pd.DataFrame, language: Language, *, max_rows: int = MAX_NODES_SHOWN) -> tuple[pd.DataFrame, str]:
    """Return the rows that a page shows, and what it says of those left out; nothing where all are there."""
    rows = merge_alike_nodes(table)
    if len(rows) <= max_rows:
        return rows, ""
    note = language.render(
        N_("The {shown} rows with the most pods, of {rows}."), {"shown": max_rows, "rows": len(rows)}
    )
    return rows.sort_values("pods", ascending=False, kind="stable").head(max_rows), note
