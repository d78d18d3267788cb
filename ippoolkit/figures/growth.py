"""A plan over its horizon: what it needs against what there is, and when that runs out."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ..findings import N_, Language, language, short
from .style import ACCENT, BAD, INK, MUTE, drawing


def growth(table: pd.DataFrame, *, family: int | None = None, lang: str = "en") -> Figure:
    """Draw blocks and addresses in shares of what the pools offer, month by month, and the month in which one runs out.

    Parameters
    ----------
    table
        As `ippoolkit.growth` returns it.
    family
        4 or 6; the first in the table if left out.
    lang
        Language of the words.
    """
    words = language(lang)
    chosen = table[table["family"] == (table["family"].min() if family is None else family)]
    with drawing(6.6, 2.7, columns=2) as (figure, axes):
        left, right = axes
        _draw(left, chosen, "blocks", words.text(N_("Blocks")), words)
        _draw(right, chosen, "addresses", words.text(N_("Addresses")), words)
        figure.supxlabel(words.text(N_("months from now")), fontsize=9, color=MUTE)
    return figure


def _draw(axes: Axes, table: pd.DataFrame, what: str, title: str, words: Language) -> None:
    """Draw one need and the line where it ends."""
    months = [int(month) for month in table["month"]]
    needed, offered = list(table[f"{what}_needed"]), list(table[what])
    top = max(*needed, 1)
    axes.fill_between(months, [float(each) for each in needed], step="post", color=ACCENT, alpha=0.15, linewidth=0)
    axes.plot(months, [float(each) for each in needed], drawstyle="steps-post", color=ACCENT, linewidth=1.6)
    reach = max(offered, default=0)
    line: dict[str, Any] = {"color": BAD, "linewidth": 1, "linestyle": (0, (4, 3))}
    if reach <= 6 * top:  # else the line would press what is needed flat
        axes.plot(months, [float(each) for each in offered], **line)
        top = max(top, reach)
    over = next((month for month, need, has in zip(months, needed, offered, strict=True) if need > has), None)
    if over is not None:
        axes.axvline(over, color=BAD, linewidth=1)
        told = words.say(N_("month {month}"), {"month": over}) if over else words.text(N_("now"))
        near = over > 0.6 * max(months)
        axes.annotate(
            told, (over, 1), xycoords=("data", "axes fraction"), xytext=(-4 if near else 4, -1),
            textcoords="offset points", ha="right" if near else "left", va="top",
            color=BAD, fontsize=8,
        )  # fmt: skip
    axes.set_ylim(0, float(top) * 1.16)
    axes.set_xlim(0, max([*months, 1]))
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short(int(value))))
    axes.set_title(title, loc="left", color=INK, fontweight="bold")
    told = words.say(N_("needed {need} of {reach}"), {"need": short(needed[-1]), "reach": short(reach)})
    axes.set_title(told, loc="right", color=MUTE, fontsize=8)
