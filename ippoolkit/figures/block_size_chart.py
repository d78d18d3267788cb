"""The trade-off of block sizes as a chart."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from matplotlib.ticker import LogLocator

from ..findings import N_, format_short_count, get_language
from .chart_limits import bar_limit
from .style import ACCENT_COLOUR, BAR_COLOUR, FAIL_BAR_COLOUR, FAIL_COLOUR, MUTED_COLOUR, show_counts, styled_figure

_CUT_MARK = ((-0.4, 0.90), (0.4, 0.93), (0.4, 0.96), (-0.4, 0.93))  # across a bar, as shares of its height
_PLOT_HEIGHT, _LABEL_HEIGHT, _LABEL_GAP = 140.0, 8.0, 2.0  # points; of the plot about
_MAX_FULL_SIZE_LABEL = 5  # characters above a bar that stand beside each other in full size


def draw_block_sizes(table: pd.DataFrame, *, chosen_block_size: int, lang: str = "en") -> Figure:
    """Draw how many nodes fit at each block size, and lines for the nodes of today and of the plan's end.

    Parameters
    ----------
    table
        As `Analysis.block_sizes` returns it.
    chosen_block_size
        The pool's blockSize, marked.
    lang
        Language of the words.
    """
    language = get_language(lang)
    fails_text = language.translate("fails")
    nodes_fit = table["nodes_fit"].tolist()
    bar_fails = [verdict == fails_text for verdict in table["verdict"]]
    positions = range(len(nodes_fit))
    nodes_today, planned_nodes = (max(table[name].tolist(), default=0) for name in ("nodes", "nodes_at_horizon"))
    limit = bar_limit(nodes_fit, planned_nodes)
    with styled_figure(6.2, 2.9) as (figure, axes):
        heights = [max(node_count, 1) if limit is None else min(node_count, limit) for node_count in nodes_fit]
        bars = axes.bar(positions, [float(height) for height in heights], width=0.66, color=BAR_COLOUR)
        for bar, fails_here in zip(bars, bar_fails, strict=True):
            if fails_here:
                bar.set(facecolor=FAIL_BAR_COLOUR, edgecolor=FAIL_COLOUR, hatch="///", linewidth=0)
        if limit is None:
            axes.set_yscale("log")
            show_counts(axes.yaxis, 6)
            axes.yaxis.set_major_locator(LogLocator(numticks=6))
        else:
            cut_positions = [position for position in positions if heights[position] < nodes_fit[position]]
            _mark_cut_bars(axes, cut_positions, limit)
            axes.set_ylim(0, limit * 1.1)
            show_counts(axes.yaxis, 6)
        font_size = 7.5 if max(map(len, map(format_short_count, nodes_fit)), default=0) <= _MAX_FULL_SIZE_LABEL else 6
        for position, node_count, height in zip(positions, nodes_fit, heights, strict=True):
            lines_above = [line - height for line in sorted({nodes_today, planned_nodes}) if line]
            label_offset = _LABEL_GAP if limit is None else _label_offset(lines_above, _PLOT_HEIGHT / (limit * 1.1))
            axes.annotate(
                format_short_count(node_count),
                (position, float(height)),
                xytext=(0, label_offset),
                textcoords="offset points",
                ha="center",
                fontsize=font_size,
            )
        if planned_nodes:
            if 0 < nodes_today < planned_nodes:
                axes.axhline(nodes_today, color=MUTED_COLOUR, linewidth=0.8, linestyle=(0, (1, 3)))
            axes.axhline(planned_nodes, color=FAIL_COLOUR, linewidth=1, linestyle=(0, (4, 3)))
            template = (
                N_("- - {nodes:node} planned, {today} today") if nodes_today < planned_nodes else N_("- - {nodes:node}")
            )
            label = language.render(template, {"nodes": planned_nodes, "today": nodes_today})
            axes.set_title(label, loc="right", color=FAIL_COLOUR, fontsize=8, fontweight="normal")
        axes.set_xticks(positions, [f"/{block_size}" for block_size in table["block_size"]])
        for tick, block_size in zip(axes.get_xticklabels(), table["block_size"], strict=True):
            if block_size == chosen_block_size:
                tick.set(color=ACCENT_COLOUR, fontweight="bold")
        axes.set_xlabel("blockSize")
        axes.set_title(language.translate(N_("Nodes that fit, by blockSize")))
    return figure


def _label_offset(lines_above: Iterable[int], points_per_node: float) -> float:
    """Return how many points above its bar a label stands clear of the lines, which are so many nodes above the bar."""
    offset = _LABEL_GAP
    for nodes_above in lines_above:
        points_above = nodes_above * points_per_node
        if 0 <= points_above < offset + _LABEL_HEIGHT:
            offset = points_above + _LABEL_GAP
    return offset


def _mark_cut_bars(axes: Axes, positions: Iterable[int], limit: int) -> None:
    """Strike through the bars that are higher than they are drawn."""
    for position in positions:
        corners = [(position + offset, share * limit) for offset, share in _CUT_MARK]
        axes.add_patch(Polygon(corners, facecolor="white", linewidth=0, zorder=2))
