"""Designs worth having: addresses against nodes that fit, colour for routes, the picked one marked."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator

from ..findings import N_, format_short_count, get_language
from .chart_limits import drawn_designs
from .style import ACCENT_COLOUR, MUTED_COLOUR, TEXT_COLOUR, styled_figure

_SHADES = LinearSegmentedColormap.from_list("routes", ("#9cc9ea", ACCENT_COLOUR, "#06294a"))


def draw_designs(table: pd.DataFrame, *, lang: str = "en") -> Figure:
    """Draw the designs of one family.

    Parameters
    ----------
    table
        Columns `addresses`, `nodes_fit`, `routes`, `prefix`, `block_size`, `picked`; a row a design.
    lang
        Language of the words.
    """
    language = get_language(lang)
    designs = drawn_designs(table)
    with styled_figure(6.6, 3.4) as (figure, axes):
        widths, heights, shades = (
            [math.log2(max(int(value), 1)) for value in designs[name]] for name in ("addresses", "nodes_fit", "routes")
        )
        dots = axes.scatter(widths, heights, c=shades, cmap=_SHADES, s=40, edgecolors="white", linewidths=0.6, zorder=3)
        for x, y, design in zip(widths, heights, designs.to_dict("records"), strict=True):
            if design["picked"]:
                axes.scatter([x], [y], s=150, facecolors="none", edgecolors=ACCENT_COLOUR, linewidths=1.8, zorder=4)
                params = {"prefix": design["prefix"], "size": design["block_size"]}
                text = language.render(N_("/{prefix}, blockSize {size}"), params)
                axes.annotate(
                    text,
                    (x, y),
                    xytext=(12, -4),
                    textcoords="offset points",
                    color=TEXT_COLOUR,
                    fontsize=8.5,
                    fontweight="bold",
                )
        for axis, values in ((axes.xaxis, widths), (axes.yaxis, heights)):
            low, high = math.floor(min(values, default=0)), math.ceil(max(values, default=1))
            step = max(1, -(-(high - low) // 8))
            axis.set_major_locator(FixedLocator(list(range(low, high + 1, step))))
            axis.set_major_formatter(lambda power, _: format_short_count(2 ** round(power)))
        axes.margins(0.08, 0.12)
        axes.set_xlabel(language.translate(N_("addresses of all pools")), color=MUTED_COLOUR)
        axes.set_ylabel(language.translate(N_("nodes that fit")), color=MUTED_COLOUR)
        bar = figure.colorbar(dots, ax=axes, pad=0.02, aspect=30)
        bar.outline.set_visible(False)
        routes = sorted({int(value) for value in designs["routes"]})
        ticks = routes if len(routes) <= 5 else [routes[i * (len(routes) - 1) // 4] for i in range(5)]
        bar.set_ticks([math.log2(max(tick, 1)) for tick in ticks], labels=[format_short_count(tick) for tick in ticks])
        bar.set_label(language.translate(N_("routes")), color=MUTED_COLOUR)
    return figure
