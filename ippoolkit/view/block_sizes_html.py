"""The chart that follows a slider: plain HTML, drawn in a millisecond; reports have it as a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..findings import N_, format_short_count, get_language
from .html import render_template

if TYPE_CHECKING:
    import pandas as pd

_LOG_SCALE_RATIO = 1000  # times the planned nodes: from there on bars of even scale would tell nothing


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
    most_nodes_fit = max(table["nodes_fit"].tolist(), default=0)
    is_logarithmic = bool(planned_nodes) and most_nodes_fit > _LOG_SCALE_RATIO * planned_nodes
    # Bars beyond a few times the plan only say "plenty": cut there, so that the plan's line stays visible.
    axis_top = most_nodes_fit.bit_length() if is_logarithmic else min(most_nodes_fit, max(planned_nodes * 4, 4)) or 1

    def bar_height(node_count: int) -> float:
        return min(1.0, (node_count.bit_length() if is_logarithmic else node_count) / axis_top)

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
                    ("cut", not is_logarithmic and row["nodes_fit"] > axis_top),
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
