"""Many random runs: between which figures 8 in 10 of them stay, day by day."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ..findings import N_, get_language
from .style import ACCENT_COLOUR, MUTED_COLOUR, show_counts, styled_figure

FIGURE_TITLES = {
    "addresses_used": N_("Addresses"),
    "blocks_used": N_("Blocks"),
    "borrowed": N_("Borrowed addresses"),
}


def draw_fan(table: pd.DataFrame, *, lang: str = "en") -> Figure:
    """Draw addresses, blocks and borrowed addresses: the median of the runs, and the band from P10 to P90.

    Parameters
    ----------
    table
        As `MonteCarlo.fan` returns it: ``day``, ``figure``, ``p10``, ``p50``, ``p90``.
    lang
        Language of the words.
    """
    language = get_language(lang)
    with styled_figure(7.4, 2.6, columns=len(FIGURE_TITLES)) as (figure, axes_row):
        for axes, (name, title) in zip(axes_row, FIGURE_TITLES.items(), strict=True):
            rows = table[table["figure"] == name]
            days = [int(day) for day in rows["day"]]
            low, middle, high = ([float(value) for value in rows[column]] for column in ("p10", "p50", "p90"))
            axes.fill_between(days, low, high, color=ACCENT_COLOUR, alpha=0.18, linewidth=0)
            axes.plot(days, middle, color=ACCENT_COLOUR, linewidth=1.6)
            axes.set_ylim(0, max(1.0, *high) * 1.1)
            axes.set_title(language.translate(title), fontweight="normal")
            axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
            show_counts(axes.yaxis, 4)
        figure.supxlabel(
            language.translate(N_("days from now: median, and P10 to P90")), fontsize=9, color=MUTED_COLOUR
        )
    return figure
