"""The table of nodes as people are shown it: nodes that are alike in one row, of a large cluster only the fullest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..findings import N_, Language, abbreviate_names

if TYPE_CHECKING:
    import pandas as pd

MAX_NODES_SHOWN = 200
_SUMMED = ("nodes", "blocks")  # what a row says of all its nodes; the other columns are of each


def collapse_alike_nodes(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table of nodes with one row for those that differ in name only."""
    alike = [column for column in table.columns if column not in ("node", *_SUMMED)]
    rows = table.groupby(alike, sort=False, dropna=False, as_index=False)
    return rows.agg({"node": abbreviate_names, **dict.fromkeys(_SUMMED, "sum")})[list(table.columns)]


def node_rows(table: pd.DataFrame, language: Language, *, most: int = MAX_NODES_SHOWN) -> tuple[pd.DataFrame, str]:
    """Return the rows that a page shows, and what it says of those left out; nothing where all are there."""
    rows = collapse_alike_nodes(table)
    if len(rows) <= most:
        return rows, ""
    note = language.render(N_("The {shown} rows with the most pods, of {rows}."), {"shown": most, "rows": len(rows)})
    return rows.sort_values("pods", ascending=False, kind="stable").head(most), note
