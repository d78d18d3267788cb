"""A change of pools, step by step: who holds how many addresses and blocks."""

from __future__ import annotations

from collections import Counter

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..findings import N_, get_language
from .style import (
    ACCENT_COLOUR,
    BAR_COLOUR,
    BORROWED_COLOUR,
    FAIL_COLOUR,
    FREE_EDGE_COLOUR,
    MUTED_COLOUR,
    RESERVED_COLOUR,
    shorten_name,
    show_counts,
    styled_figure,
)

_COLOURS = (ACCENT_COLOUR, BORROWED_COLOUR, BAR_COLOUR, RESERVED_COLOUR, FREE_EDGE_COLOUR)
_MAX_TICKS = 14  # more would run into each other
_HATCHES = ("", "//", "", "..", "")  # what colour distinguishes is distinguished without it too


def draw_timeline(table: pd.DataFrame, *, lang: str = "en") -> Figure:
    """Draw addresses in use, and blocks with routes, of each pool, from what there is to the last step.

    Parameters
    ----------
    table
        As `Runbook.timeline` has it.
    lang
        Language of the words.
    """
    language = get_language(lang)
    usage = table.assign(used=table["pods"] + table["tunnels"])
    batches = list(dict.fromkeys(zip(usage["step"], usage["batch"], strict=True)))
    pools = list(dict.fromkeys(usage["pool"]))[: len(_COLOURS)]
    with styled_figure(8.2, 3.0, columns=2) as (figure, (usage_axes, blocks_axes)):
        _draw_stacked_bars(usage_axes, usage, "used", batches, pools)
        usage_axes.set_title(language.translate(N_("Addresses in use")))
        _draw_stacked_bars(blocks_axes, usage, "blocks", batches, pools)
        blocks_axes.set_title(language.translate(N_("Blocks, and routes (line)")))
        routes = usage.groupby(["step", "batch"])["routes"].sum()
        route_counts = [int(routes[batch]) for batch in batches]
        blocks_axes.plot(range(len(batches)), route_counts, color=FAIL_COLOUR, linewidth=1.2)
        blocks_axes.set_ylim(0, max(blocks_axes.get_ylim()[1], 1.12 * max(route_counts)))
        figure.supxlabel(language.translate(N_("step (0: before)")), fontsize=9, color=MUTED_COLOUR)
        figure.legend(*usage_axes.get_legend_handles_labels(), loc="outside upper left", ncols=3)
    return figure


def _draw_stacked_bars(
    axes: Axes, usage: pd.DataFrame, column: str, batches: list[tuple[int, int]], pools: list[str]
) -> None:
    positions = range(len(batches))
    bar_starts = [0] * len(batches)
    for index, pool in enumerate(pools):
        pool_counts = usage[usage["pool"] == pool].set_index(["step", "batch"])[column]
        counts = [int(pool_counts.get(batch, 0)) for batch in batches]
        colour, hatch = _COLOURS[index % len(_COLOURS)], _HATCHES[index % len(_HATCHES)]
        axes.bar(
            positions,
            counts,
            bottom=bar_starts,
            width=0.8,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            linewidth=0,
            label=shorten_name(pool),
        )
        bar_starts = [bar_start + count for bar_start, count in zip(bar_starts, counts, strict=True)]
    axes.set_ylim(0, 1.12 * max(*bar_starts, 1))
    show_counts(axes.yaxis, 5)
    batch_counts = Counter(step for step, _ in batches)
    # Steps are called as in the table beside the picture: 3, or 3.1 and 3.2 where there are several groups.
    labels = [f"{step}.{batch}" if batch_counts[step] > 1 else str(step) for step, batch in batches]
    ticks = (
        [*positions] if len(labels) <= _MAX_TICKS else [position for position in positions if batches[position][1] == 1]
    )
    axes.set_xticks(ticks, [labels[position] for position in ticks])
