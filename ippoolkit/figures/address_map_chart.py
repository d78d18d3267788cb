"""The address map as a still picture."""

from __future__ import annotations

from math import ceil
from typing import Any

import pandas as pd
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from ..findings import N_, get_language
from .style import (
    ACCENT_COLOUR,
    BORROWED_COLOUR,
    CLAIMED_COLOUR,
    FREE_EDGE_COLOUR,
    MUTED_COLOUR,
    RESERVED_COLOUR,
    shorten_middle,
    styled_figure,
)

_GAP = 0.12  # between cells, of a cell's width
# In the order in which they are drawn.
_STYLES: dict[str, dict[str, Any]] = {
    "free": {"facecolor": "none", "edgecolor": FREE_EDGE_COLOUR, "linewidth": 0.6},
    "claimed": {"facecolor": CLAIMED_COLOUR, "linewidth": 0},
    "reserved": {"facecolor": "none", "edgecolor": RESERVED_COLOUR, "hatch": "////", "linewidth": 0},
    "used": {"facecolor": ACCENT_COLOUR, "linewidth": 0},
    "borrowed": {"facecolor": BORROWED_COLOUR, "linewidth": 0},
}
_LABELS = {
    "used": N_("in use"),
    "borrowed": N_("borrowed by other nodes"),
    "claimed": N_("free, in a node's block"),
    "free": N_("no block yet"),
    "reserved": N_("reserved"),
}


def cells_per_row(cells: int) -> int:
    """Return how many cells stand in a row: few are drawn large, many small."""
    return next((row_length for row_length, max_cells in ((8, 16), (16, 128), (32, 512)) if cells <= max_cells), 64)


def draw_address_map(cells: pd.DataFrame, *, title: str = "", lang: str = "en") -> Figure:
    """Draw the cells of an address map: blocks that nodes have, how full they are, what is borrowed and reserved.

    Parameters
    ----------
    cells
        As `ippoolkit.simulation.address_map` returns it.
    title
        What it shows.
    lang
        Language of the words.
    """
    language = get_language(lang)
    row_length = cells_per_row(len(cells))
    row_count = ceil(len(cells) / row_length)
    width = 6.6
    cell_height = min(width / row_length, 0.42)
    with styled_figure(width, row_count * cell_height + 0.75) as (figure, axes):
        axes.set_axis_off()
        axes.set_xlim(0, row_length)
        axes.set_ylim(row_count, 0)
        rectangles: dict[str, list[list[tuple[float, float]]]] = {name: [] for name in _STYLES}
        for position, cell in enumerate(cells.to_dict("records")):
            x, y = position % row_length, position // row_length
            shares = {name: float(cell[name]) / float(cell["addresses"]) for name in ("used", "borrowed", "reserved")}
            # What is used grows from the bottom, what is borrowed on top of it; the rest is there to be used.
            claimed = float(cell["claimed"]) / float(cell["blocks"])
            if claimed < 1:
                rectangles["free"].append(_cell_rectangle(x, y, 0, 1))
            if claimed:
                rectangles["claimed"].append(_cell_rectangle(x, y, 0, claimed))
            if shares["reserved"]:
                rectangles["reserved"].append(_cell_rectangle(x, y, 1 - shares["reserved"], 1))
            own_share = shares["used"] - shares["borrowed"]
            if own_share:
                rectangles["used"].append(_cell_rectangle(x, y, 0, max(own_share, 0.06)))
            if shares["borrowed"]:
                rectangles["borrowed"].append(_cell_rectangle(x, y, own_share, max(shares["used"], own_share + 0.12)))
        for name, style in _STYLES.items():
            axes.add_collection(PolyCollection(rectangles[name], **style))
        handles = [
            Patch(label=language.translate(label), **_STYLES[name])
            for name, label in _LABELS.items()
            if rectangles[name]
        ]
        figure.legend(handles=handles, loc="outside lower left", ncols=5, labelcolor=MUTED_COLOUR)
        axes.set_title(shorten_middle(title))
        axes.set_aspect("auto")
    return figure


def _cell_rectangle(x: float, y: float, low_share: float, high_share: float) -> list[tuple[float, float]]:
    """Return the corners of a part of a cell, from a share of its height to another."""
    left, right = x + _GAP / 2, x + 1 - _GAP / 2
    bottom, height = y + 1 - _GAP / 2, 1 - _GAP
    return [
        (left, bottom - low_share * height),
        (right, bottom - low_share * height),
        (right, bottom - high_share * height),
        (left, bottom - high_share * height),
    ]
