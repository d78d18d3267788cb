"""The trade-off of block sizes as a chart."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator

from ..findings import N_, language, short
from .style import ACCENT, BAD, BAD_FILL, GOOD, INK, MUTE, drawing

_LOG_FROM = 1000  # times the planned nodes: from there on bars of even scale would tell nothing
_LONG = 5  # characters above a bar that stand beside each other in full size


def block_sizes(table: pd.DataFrame, *, chosen: int, lang: str = "en") -> Figure:
    """Draw how many nodes fit at each block size, and lines for the nodes of today and of the plan's end.

    Parameters
    ----------
    table
        As `ippoolkit.block_sizes` returns it.
    chosen
        The pool's blockSize, marked.
    lang
        Language of the words.
    """
    words = language(lang)
    fails = words.text("fails")
    fit = [int(n) for n in table["nodes_fit"]]
    bad = [verdict == fails for verdict in table["verdict"]]
    places = range(len(fit))
    today, nodes = (max(table[name], default=0) for name in ("nodes", "nodes_later"))
    logarithmic = bool(nodes) and max(fit, default=0) > _LOG_FROM * nodes
    # Bars beyond a few times the plan only say "plenty": cut there, so that the plan's line stays visible.
    top = min(max(fit, default=1), max(nodes * 4, 4)) if not logarithmic else None
    with drawing(6.2, 2.9) as (figure, axes):
        heights = [min(n, top) if top else max(n, 1) for n in fit]
        bars = axes.bar(places, [float(height) for height in heights], width=0.66, color=GOOD)
        for bar, wrong in zip(bars, bad, strict=True):
            if wrong:
                bar.set(facecolor=BAD_FILL, edgecolor=BAD, hatch="///", linewidth=0)
        if logarithmic:
            axes.set_yscale("log")
        elif top:
            axes.set_ylim(0, top * 1.1)
        size = 7.5 if max(map(len, map(short, fit)), default=0) <= _LONG else 6
        for place, n, height in zip(places, fit, heights, strict=True):
            lift = 8 if top and height <= nodes < height * 1.15 else 2  # clear of the plan's line
            axes.annotate(
                short(n),
                (place, float(height)),
                xytext=(0, lift),
                textcoords="offset points",
                ha="center",
                fontsize=size,
            )
        if nodes:
            if 0 < today < nodes:
                axes.axhline(today, color=MUTE, linewidth=0.8, linestyle=(0, (1, 3)))
            axes.axhline(nodes, color=BAD, linewidth=1, linestyle=(0, (4, 3)))
            template = N_("- - {nodes:node} planned, {today} today") if today < nodes else N_("- - {nodes:node}")
            label = words.say(template, {"nodes": nodes, "today": today})
            axes.set_title(label, loc="right", color=BAD, fontsize=8)
        axes.yaxis.set_major_locator(LogLocator(numticks=6) if logarithmic else MaxNLocator(6, integer=True))
        axes.set_xticks(list(places), [f"/{size}" for size in table["block_size"]])
        for tick, size in zip(axes.get_xticklabels(), table["block_size"], strict=True):
            if size == chosen:
                tick.set(color=ACCENT, fontweight="bold")
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short(int(value))))
        axes.set_xlabel("blockSize")
        axes.set_title(words.text(N_("Nodes that fit, by blockSize")), loc="left", color=INK, fontweight="bold")
    return figure
