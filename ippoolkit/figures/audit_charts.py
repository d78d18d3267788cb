"""Pictures of an audit: how much of each pool is claimed and used, and what each node still takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ..audit.cluster_metrics import pool_name
from ..findings import N_, get_language
from .style import (
    ACCENT_COLOUR,
    BAR_COLOUR,
    FAIL_BAR_COLOUR,
    FAIL_COLOUR,
    ON_ACCENT_COLOUR,
    TEXT_COLOUR,
    shorten_name,
    styled_figure,
)

MAX_BARS = 30  # bars of one picture
_INSIDE_FROM = 75  # percent from which a bar has room for its label


def draw_pool_usage(pool_rows: Sequence[Mapping[str, Any]], *, lang: str = "en") -> Figure | None:
    """Draw for each pool the share of its blocks that is claimed and the share of its addresses that is used.

    Parameters
    ----------
    pool_rows
        Rows of `Audit.metrics.pools`; those whose figures are unknown are left out.
    lang
        Language of the words.

    Returns
    -------
    Figure or None
        None where nothing is known of any.
    """
    language = get_language(lang)
    known = [row for row in pool_rows if None not in (row["blocks_allocated"], row["blocks_total"], row["allocated"])][
        :MAX_BARS
    ]
    if not known:
        return None
    with styled_figure(6.6, 0.75 + 0.42 * len(known)) as (figure, axes):
        for offset, used, total, label, colour, colour_inside in (
            (-0.18, "blocks_allocated", "blocks_total", N_("blocks claimed"), BAR_COLOUR, TEXT_COLOUR),
            (0.18, "allocated", "capacity", N_("addresses in use"), ACCENT_COLOUR, ON_ACCENT_COLOUR),
        ):
            positions = [position + offset for position in range(len(known))]
            shares = [100 * row[used] / max(row[total], 1) for row in known]
            axes.barh(positions, shares, height=0.32, color=colour, label=language.translate(label))
            for row, position, share in zip(known, positions, shares, strict=True):
                is_inside = share > _INSIDE_FROM
                axes.annotate(
                    f"{language.format_number(row[used])} / {language.format_number(row[total])}",
                    (share, position),
                    xytext=(-4 if is_inside else 4, 0),
                    textcoords="offset points",
                    va="center",
                    ha="right" if is_inside else "left",
                    fontsize=7.5,
                    color=colour_inside if is_inside else TEXT_COLOUR,
                )
        axes.set_yticks(range(len(known)), [shorten_name(pool_name(row)) for row in known])
        axes.invert_yaxis()
        axes.set_xlim(0, 100)
        axes.grid(visible=False, axis="y")
        axes.set_xlabel("%")
        axes.set_title(language.translate(N_("Pools: blocks and addresses")))
        figure.legend(loc="outside lower left", ncols=2)
    return figure


def draw_headroom(headroom_by_node: Sequence[Mapping[str, Any]], *, lang: str = "en") -> Figure | None:
    """Draw how many addresses the nodes with least headroom can still get: free in own blocks, in new ones, borrowed.

    Parameters
    ----------
    headroom_by_node
        Rows of the audit's headroom: ``node``, ``family``, ``pods``, ``own``, ``new``, ``borrow``.
    lang
        Language of the words.

    Returns
    -------
    Figure or None
        None where nothing is known.
    """
    language = get_language(lang)
    shown_rows = sorted(headroom_by_node, key=lambda row: (row["pods"], row["node"], row["family"]))[:MAX_BARS]
    if not shown_rows:
        return None
    both_families = len({row["family"] for row in shown_rows}) > 1
    with styled_figure(6.6, 0.85 + 0.2 * max(len(shown_rows), 3)) as (figure, axes):
        positions = list(range(len(shown_rows)))
        bar_starts = [0.0] * len(shown_rows)
        stacked_bars: tuple[tuple[str, str, dict[str, Any]], ...] = (
            ("own", N_("free in own blocks"), {"color": ACCENT_COLOUR}),
            ("new", N_("in blocks not yet claimed"), {"color": BAR_COLOUR}),
            (
                "borrow",
                N_("borrowed"),
                {"facecolor": FAIL_BAR_COLOUR, "edgecolor": FAIL_COLOUR, "hatch": "///", "linewidth": 0},
            ),
        )
        for name, label, bar_style in stacked_bars:
            values = [float(row[name]) for row in shown_rows]
            axes.barh(positions, values, left=bar_starts, height=0.66, label=language.translate(label), **bar_style)
            bar_starts = [bar_start + value for bar_start, value in zip(bar_starts, values, strict=True)]
        for position, row in zip(positions, shown_rows, strict=True):
            axes.annotate(
                language.format_number(row["pods"]),
                (bar_starts[position], position),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                fontsize=7.5,
                color=FAIL_COLOUR if not row["pods"] else TEXT_COLOUR,
            )
        labels = [shorten_name(row["node"]) + (f" · IPv{row['family']}" if both_families else "") for row in shown_rows]
        axes.set_yticks(positions, labels, fontsize=7.5)
        axes.invert_yaxis()
        axes.grid(visible=False, axis="y")
        axes.set_xlim(0, max([*bar_starts, 1.0]) * 1.12)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.xaxis.set_major_formatter(lambda value, _: language.format_number(int(value)))
        axes.set_title(language.translate(N_("Further pods each node has addresses for")))
        figure.legend(loc="outside lower left", ncols=3)
    return figure
