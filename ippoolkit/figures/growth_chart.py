"""A plan over its horizon: what it needs against what there is, and when that runs out."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ..findings import N_, Language, format_short_count, get_language
from .style import ACCENT_COLOUR, FAIL_COLOUR, MUTED_COLOUR, show_counts, styled_figure


def draw_growth(table: pd.DataFrame, *, family: int | None = None, lang: str = "en") -> Figure:
    """Draw blocks and addresses in shares of what the pools offer, month by month, and the month in which one runs out.

    Parameters
    ----------
    table
        As `Analysis.growth` returns it.
    family
        4 or 6; the first in the table if left out.
    lang
        Language of the words.
    """
    language = get_language(lang)
    family_rows = table[table["family"] == (table["family"].min() if family is None else family)]
    # Where pods were not read, nobody knows the addresses needed; their half stays empty.
    with styled_figure(6.6, 2.7, columns=2) as (figure, axes_row):
        quantities = (("blocks", N_("Blocks")), ("addresses", N_("Addresses")))
        for axes, (quantity, title) in zip(axes_row, quantities, strict=True):
            if family_rows[f"{quantity}_needed"].isna().any():
                axes.set_axis_off()
            else:
                _draw_need(axes, family_rows, quantity, language.translate(title), language)
        figure.supxlabel(language.translate(N_("months from now")), fontsize=9, color=MUTED_COLOUR)
    return figure


def _draw_need(axes: Axes, table: pd.DataFrame, quantity: str, title: str, language: Language) -> None:
    """Draw one need and the line where it ends."""
    months = [int(month) for month in table["month"]]
    needed, available = table[f"{quantity}_needed"].tolist(), table[quantity].tolist()
    y_limit = max(*needed, 1)
    headroom = 1.16
    axes.fill_between(
        months, [float(amount) for amount in needed], step="post", color=ACCENT_COLOUR, alpha=0.15, linewidth=0
    )
    axes.plot(months, [float(amount) for amount in needed], drawstyle="steps-post", color=ACCENT_COLOUR, linewidth=1.6)
    max_available = max(available, default=0)
    limit_style: dict[str, Any] = {"color": FAIL_COLOUR, "linewidth": 1, "linestyle": (0, (4, 3))}
    if max_available <= 6 * y_limit:
        axes.plot(months, [float(amount) for amount in available], **limit_style)
        y_limit = max(y_limit, max_available)
    else:  # to scale the line would press what is needed flat
        headroom = 2
        axes.axhline(float(y_limit) * 1.9, **limit_style)
        axes.annotate(
            language.render(N_("{reach} in the pools, not to scale"), {"reach": format_short_count(max_available)}),
            (1, 0.93),
            xycoords="axes fraction",
            ha="right",
            va="top",
            color=MUTED_COLOUR,
            fontsize=8,
        )
    first_short_month = next(
        (
            month
            for month, needed_amount, available_amount in zip(months, needed, available, strict=True)
            if needed_amount > available_amount
        ),
        None,
    )
    if first_short_month is not None:
        axes.axvline(first_short_month, color=FAIL_COLOUR, linewidth=1)
        label = (
            language.render(N_("month {month}"), {"month": first_short_month})
            if first_short_month
            else language.translate(N_("now"))
        )
        label_on_left = first_short_month > 0.6 * max(months)
        axes.annotate(
            label,
            (first_short_month, 1),
            xycoords=("data", "axes fraction"),
            xytext=(-4 if label_on_left else 4, -1),
            textcoords="offset points",
            ha="right" if label_on_left else "left",
            va="top",
            color=FAIL_COLOUR,
            fontsize=8,
        )
    axes.set_ylim(0, float(y_limit) * headroom)
    axes.set_xlim(0, max([*months, 1]))
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    show_counts(axes.yaxis, 5)
    axes.set_title(title)
    label = language.render(
        N_("{need} needed of {reach}"),
        {"need": format_short_count(needed[-1]), "reach": format_short_count(max_available)},
    )
    axes.set_title(label, loc="right", color=MUTED_COLOUR, fontsize=8, fontweight="normal")
