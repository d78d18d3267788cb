"""The chart that follows a slider: plain HTML, drawn in a millisecond; reports have it as a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..figures.chart_limits import bar_limit
from ..findings import N_, format_short_count, get_language
from .html import render_template

if TYPE_CHECKING:
    import pandas as pd


def block_sizes_chart(table: pd.DataFrame, *, chosen: int, lang: str = "en") -> str:
    """Return how many nodes fit at each block size as bars, with a line for the nodes at the plan's end.

    Parameters
    ----------
    table
        As `Analysis.block_sizes` returns it.
    chosen
        The pool's blockSize, marked.
    lang
        Language of the words.
    """
    language = get_language(lang)
    planned_nodes = max(table["nodes_at_horizon"].tolist(), default=0)
    nodes_fit: list[int] = table["nodes_fit"].tolist()
    limit = bar_limit(nodes_fit, planned_nodes)

    def bar_height(node_count: int) -> float:
        if limit is None:
            return node_count.bit_length() / max(nodes_fit).bit_length()
        return min(1.0, node_count / limit)

    fails_text = language.translate("fails")
    bars = [
        {
            "size": row["block_size"],
            "share": bar_height(row["nodes_fit"]),
            "label": format_short_count(row["nodes_fit"]),
            "classes": " ".join(
                name
                for name, applies in (
                    ("bad", row["verdict"] == fails_text),
                    ("chosen", row["block_size"] == chosen),
                    ("cut", limit is not None and row["nodes_fit"] > limit),
                )
                if applies
            ),
        }
        for row in table.to_dict("records")
    ]
    return render_template(
        "bars",
        title=language.translate(N_("Nodes that fit, by blockSize")),
        bars=bars,
        line=bar_height(planned_nodes) if planned_nodes else None,
        summary=language.render(N_("- - {nodes:node} planned"), {"nodes": planned_nodes}) if planned_nodes else "",
    )
