"""Designs to choose from as a chart on a page: addresses against nodes that fit, stronger for more routes.

Each dot is a button that carries the design's number; hovering over it says what it is.
"""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, Any

from ..figures.chart_limits import drawn_designs
from ..findings import N_, Language, format_short_count, get_language

if TYPE_CHECKING:
    import pandas as pd

_WIDTH, _HEIGHT = 640, 400  # high enough for designs of as many addresses to stand apart
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 18, 14, 40
_PALEST = 25  # percent of the accent colour that the fewest routes have


def designs_chart(table: pd.DataFrame, *, lang: str = "en") -> str:
    """Return the designs of one family as an SVG.

    Parameters
    ----------
    table
        As `ippoolkit.choose.designs_table` returns it.
    lang
        Language of the words.
    """
    language = get_language(lang)
    designs_shown: list[dict[Any, Any]] = drawn_designs(table).to_dict("records")
    across = _Scale([int(row["addresses"]) for row in designs_shown], _LEFT + 14, _WIDTH - _RIGHT - 14)
    up = _Scale([int(row["nodes_fit"]) for row in designs_shown], _HEIGHT - _BOTTOM - 14, _TOP + 10)
    shade = _Scale([int(row["routes"]) for row in designs_shown], _PALEST, 100)
    lines = "".join(
        f'<path class="grid" d="M{_LEFT},{y:.1f}H{_WIDTH - _RIGHT}"/>'
        f'<text class="end" x="{_LEFT - 8}" y="{y + 4:.1f}">{format_short_count(value)}</text>'
        for value, y in up.ticks()
    )
    below = "".join(
        f'<text class="middle" x="{x:.1f}" y="{_HEIGHT - _BOTTOM + 16}">{format_short_count(value)}</text>'
        for value, x in across.ticks()
    )
    dots = "".join(_dot(row, across, up, shade, language) for row in designs_shown)
    x_title, y_title = language.translate(N_("addresses of all pools")), language.translate(N_("nodes that fit"))
    routes = sorted({int(row["routes"]) for row in designs_shown})
    legend = (
        language.render(N_("faint: {few} routes; strong: {many}"), {"few": routes[0], "many": routes[-1]})
        if routes
        else ""
    )
    return (
        f'<figure class="ipk-chart ipk-designs"><figcaption><b>{escape(y_title)}</b><span>{escape(legend)}</span>'
        f'</figcaption><svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="group" aria-label="{escape(y_title)}">'
        f"{lines}{below}"
        f'<text class="middle" x="{(_LEFT + _WIDTH - _RIGHT) / 2}" y="{_HEIGHT - 6}">{escape(x_title)}</text>'
        f"{dots}</svg></figure>"
    )


class _Scale:
    """Powers of two between two ends of the picture."""

    def __init__(self, values: list[int], begin: float, end: float) -> None:
        self.logs = [math.log2(max(value, 1)) for value in values] or [0.0]
        self.begin, self.end = begin, end

    def __call__(self, value: int) -> float:
        low, high = min(self.logs), max(self.logs)
        share = (math.log2(max(value, 1)) - low) / (high - low) if high > low else 0.0
        return self.begin + share * (self.end - self.begin)

    def ticks(self) -> list[tuple[int, float]]:
        """Return powers of two inside the picture, at most seven."""
        low, high = math.ceil(min(self.logs)), math.floor(max(self.logs))
        step = max(1, -(-(high - low) // 6))
        return [(1 << power, self(1 << power)) for power in range(low, high + 1, step)]


def _dot(row: dict[Any, Any], across: _Scale, up: _Scale, shade: _Scale, language: Language) -> str:
    text = language.render(
        N_("/{prefix}, blockSize {size}: {addresses:address}, {most:node}, {routes} routes"),
        {
            "prefix": row["prefix"],
            "size": row["block_size"],
            "addresses": row["addresses"],
            "most": row["nodes_fit"],
            "routes": row["routes"],
        },
    )
    x, y = across(int(row["addresses"])), up(int(row["nodes_fit"]))
    mix = f"color-mix(in srgb, var(--ipk-accent) {shade(int(row['routes'])):.0f}%, var(--ipk-paper))"
    ring = f'<circle class="ring" cx="{x:.1f}" cy="{y:.1f}" r="9"/>' if row["picked"] else ""
    return (
        f'<g class="dot" data-action="take" data-value="{row["number"]}" tabindex="0" role="button">{ring}'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" style="fill:{mix}"><title>{escape(text)}</title></circle></g>'
    )
