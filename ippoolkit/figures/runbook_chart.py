"""A change of pools, moment by moment: who holds how many addresses and blocks."""

from __future__ import annotations

from collections import Counter

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ..findings import N_, format_short_count, get_language, replace_unprintable
from .style import (
    ACCENT_COLOUR,
    BAR_COLOUR,
    BORROWED_COLOUR,
    FAIL_COLOUR,
    FREE_EDGE_COLOUR,
    MUTED_COLOUR,
    RESERVED_COLOUR,
    TEXT_COLOUR,
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
    with styled_figure(8.2, 3.0, columns=2) as (figure, axes):
        for axes_, column, title in zip(
            axes, ("used", "blocks"), (N_("Addresses in use"), N_("Blocks, and routes (line)")), strict=True
        ):
            _draw_stacked_bars(axes_, usage, column, batches, pools)
            axes_.set_title(language.translate(title), loc="left", color=TEXT_COLOUR, fontweight="bold")
        routes = usage.groupby(["step", "batch"])["routes"].sum()
        axes[1].plot(range(len(batches)), [int(routes[batch]) for batch in batches], color=FAIL_COLOUR, linewidth=1.2)
        axes[1].set_ylim(0, max(axes[1].get_ylim()[1], 1.12 * int(routes.max())))
        figure.supxlabel(language.translate(N_("step (0: before)")), fontsize=9, color=MUTED_COLOUR)
        handles, labels = axes[0].get_legend_handles_labels()
        figure.legend(
            handles, labels, loc="outside upper left", ncols=3, frameon=False, fontsize=8, labelcolor=TEXT_COLOUR
        )
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
            label=replace_unprintable(pool) if len(pool) <= 34 else f"{replace_unprintable(pool)[:32]}…",
        )
        bar_starts = [bar_start + count for bar_start, count in zip(bar_starts, counts, strict=True)]
    axes.set_ylim(0, 1.12 * max(*bar_starts, 1))
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: format_short_count(int(value))))
    batch_counts = Counter(step for step, _ in batches)
    # Steps are called as in the table beside the picture: 3, or 3.1 and 3.2 where there are several groups.
    labels = [f"{step}.{batch}" if batch_counts[step] > 1 else str(step) for step, batch in batches]
    ticks = [*positions] if len(labels) <= _MAX_TICKS else [at for at in positions if batches[at][1] == 1]
    axes.set_xticks(ticks, [labels[at] for at in ticks])
