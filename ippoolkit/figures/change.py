"""A change of pools, moment by moment: who holds how many addresses and blocks."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ..findings import N_, language, printable, short
from .style import ACCENT, BAD, EDGE, GOOD, INK, LENT, MUTE, RESERVED, drawing

_COLOURS = (ACCENT, LENT, GOOD, RESERVED, EDGE)
_HATCHES = ("", "//", "", "..", "")  # what is told apart by colour is told apart without it too


def timeline(table: pd.DataFrame, *, lang: str = "en") -> Figure:
    """Draw addresses in use, and blocks with routes, of each pool, from what there is to the last step.

    Parameters
    ----------
    table
        As `Runbook.timeline` has it.
    lang
        Language of the words.
    """
    words = language(lang)
    data = table.assign(used=table["pods"] + table["tunnels"])
    moments = list(dict.fromkeys(zip(data["step"], data["batch"], strict=True)))
    pools = list(dict.fromkeys(data["pool"]))[: len(_COLOURS)]
    with drawing(8.2, 3.0, columns=2) as (figure, axes):
        for each, column, title in zip(
            axes, ("used", "blocks"), (N_("Addresses in use"), N_("Blocks, and routes (line)")), strict=True
        ):
            _draw(each, data, column, moments, pools)
            each.set_title(words.text(title), loc="left", color=INK, fontweight="bold")
        routes = data.groupby(["step", "batch"])["routes"].sum()
        axes[1].plot(range(len(moments)), [int(routes[moment]) for moment in moments], color=BAD, linewidth=1.2)
        axes[1].set_ylim(0, max(axes[1].get_ylim()[1], 1.12 * int(routes.max())))
        figure.supxlabel(words.text(N_("step (0: before)")), fontsize=9, color=MUTE)
        handles, labels = axes[0].get_legend_handles_labels()
        figure.legend(
            handles, labels, loc="outside upper left", ncols=3, frameon=False, fontsize=8, labelcolor=INK
        )  # fmt: skip
    return figure


def _draw(axes: Axes, data: pd.DataFrame, column: str, moments: list[tuple[int, int]], pools: list[str]) -> None:
    places = range(len(moments))
    below = [0] * len(moments)
    for at, pool in enumerate(pools):
        mine = data[data["pool"] == pool].set_index(["step", "batch"])[column]
        counts = [int(mine.get(moment, 0)) for moment in moments]
        colour, hatch = _COLOURS[at % len(_COLOURS)], _HATCHES[at % len(_HATCHES)]
        axes.bar(
            places, counts, bottom=below, width=0.8, color=colour, hatch=hatch, edgecolor="white", linewidth=0,
            label=printable(pool) if len(pool) <= 34 else f"{printable(pool)[:32]}…",
        )  # fmt: skip
        below = [low + count for low, count in zip(below, counts, strict=True)]
    axes.set_ylim(0, 1.12 * max(*below, 1))
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short(int(value))))
    firsts = [place for place in places if moments[place][1] == 1]
    axes.set_xticks(firsts, [str(moments[place][0]) for place in firsts])
