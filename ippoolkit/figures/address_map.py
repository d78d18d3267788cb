"""The address map as a still picture."""

from __future__ import annotations

from math import ceil
from typing import Any

import pandas as pd
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from ..findings import N_, language
from .style import ACCENT, EDGE, GROUND, INK, LENT, MUTE, RESERVED, drawing

_GAP = 0.12  # between cells, of a cell's width


def columns(cells: int) -> int:
    """Return how many cells stand in a row: few are drawn large, many small."""
    return next((wide for wide, most in ((8, 16), (16, 128), (32, 512)) if cells <= most), 64)


def address_map(cells: pd.DataFrame, *, title: str = "", lang: str = "en") -> Figure:
    """Draw the cells of an address map: blocks that nodes have, how full they are, what is lent and reserved.

    Parameters
    ----------
    cells
        As `ippoolkit.simulation.address_map` returns it.
    title
        What it shows.
    lang
        Language of the words.
    """
    words = language(lang)
    wide = columns(len(cells))
    high = ceil(len(cells) / wide)
    width = 6.6
    tall = min(width / wide, 0.42)
    with drawing(width, high * tall + 0.75) as (figure, axes):
        axes.set_axis_off()
        axes.set_xlim(0, wide)
        axes.set_ylim(high, 0)
        parts: dict[str, list[list[tuple[float, float]]]] = {
            "free": [],
            "claimed": [],
            "used": [],
            "lent": [],
            "kept": [],
        }
        for place, cell in enumerate(cells.to_dict("records")):
            x, y = place % wide, place // wide
            share = {name: float(cell[name]) / float(cell["addresses"]) for name in ("used", "borrowed", "reserved")}
            # What is used grows from the bottom, what is lent on top of it; the rest is there to be used.
            claimed = float(cell["claimed"]) / float(cell["blocks"])
            if claimed < 1:
                parts["free"].append(_box(x, y, 0, 1))
            if claimed:
                parts["claimed"].append(_box(x, y, 0, claimed))
            if share["reserved"]:
                parts["kept"].append(_box(x, y, 1 - share["reserved"], 1))
            own = share["used"] - share["borrowed"]
            if own:
                parts["used"].append(_box(x, y, 0, max(own, 0.06)))
            if share["borrowed"]:
                parts["lent"].append(_box(x, y, own, max(share["used"], own + 0.12)))
        looks: dict[str, Any] = {
            "free": {"facecolor": "none", "edgecolor": EDGE, "linewidth": 0.6},
            "claimed": {"facecolor": GROUND, "linewidth": 0},
            "kept": {"facecolor": "none", "edgecolor": RESERVED, "hatch": "////", "linewidth": 0},
            "used": {"facecolor": ACCENT, "linewidth": 0},
            "lent": {"facecolor": LENT, "linewidth": 0},
        }
        for name, look in looks.items():
            axes.add_collection(PolyCollection(parts[name], **look))
        labels = {
            "used": N_("in use"),
            "lent": N_("lent to other nodes"),
            "claimed": N_("free, in a node's block"),
            "free": N_("no block yet"),
            "kept": N_("reserved"),
        }
        shown = [name for name in labels if parts[name]]
        handles = [Patch(label=words.text(labels[name]), **looks[name]) for name in shown]
        figure.legend(handles=handles, loc="outside lower left", ncols=5, frameon=False, fontsize=8, labelcolor=MUTE)
        axes.set_title(title, loc="left", color=INK, fontweight="bold")
        axes.set_aspect("auto")
    return figure


def _box(x: float, y: float, low: float, high: float) -> list[tuple[float, float]]:
    """Return the corners of a part of a cell, from a share of its height to another."""
    left, right = x + _GAP / 2, x + 1 - _GAP / 2
    bottom, span = y + 1 - _GAP / 2, 1 - _GAP
    return [(left, bottom - low * span), (right, bottom - low * span), (right, bottom - high * span),
            (left, bottom - high * span)]  # fmt: skip
