"""Pictures of an audit: how much of each pool is claimed and used, and what each node still takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ..audit.cluster_metrics import pool_name
from ..findings import N_, get_language, replace_unprintable
from .style import ACCENT_COLOUR, BAR_COLOUR, FAIL_BAR_COLOUR, FAIL_COLOUR, ON_ACCENT_COLOUR, TEXT_COLOUR, styled_figure

MAX_BARS = 30  # bars of one picture
_MAX_NAME = 34  # characters of a name


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
        positions = range(len(known))
        claimed = [100 * row["blocks_allocated"] / max(row["blocks_total"], 1) for row in known]
        used = [100 * row["allocated"] / row["capacity"] for row in known]
        axes.barh(
            [position - 0.18 for position in positions],
            claimed,
            height=0.32,
            color=BAR_COLOUR,
            label=language.translate(N_("blocks claimed")),
        )
        axes.barh(
            [position + 0.18 for position in positions],
            used,
            height=0.32,
            color=ACCENT_COLOUR,
            label=language.translate(N_("addresses in use")),
        )
        for position, row in enumerate(known):
            texts = (
                (
                    position - 0.18,
                    claimed[position],
                    " / ".join(language.format_number(row[name]) for name in ("blocks_allocated", "blocks_total")),
                ),
                (
                    position + 0.18,
                    used[position],
                    f"{language.format_number(row['allocated'])} / {language.format_number(row['capacity'])}",
                ),
            )
            for bar_position, share, text in texts:
                label_inside = share > 75
                axes.annotate(
                    text,
                    (share, bar_position),
                    xytext=(-4 if label_inside else 4, 0),
                    textcoords="offset points",
                    va="center",
                    ha="right" if label_inside else "left",
                    fontsize=7.5,
                    color=TEXT_COLOUR if bar_position < position or not label_inside else ON_ACCENT_COLOUR,
                )
        axes.set_yticks(list(positions), [_shorten(pool_name(row)) for row in known])
        axes.invert_yaxis()
        axes.set_xlim(0, 100)
        axes.grid(visible=False, axis="y")
        axes.set_xlabel("%")
        axes.set_title(
            language.translate(N_("Pools: blocks and addresses")), loc="left", color=TEXT_COLOUR, fontweight="bold"
        )
        figure.legend(loc="outside lower left", ncols=2, frameon=False, fontsize=8)
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
        labels = [_shorten(row["node"]) + (f" · IPv{row['family']}" if both_families else "") for row in shown_rows]
        axes.set_yticks(positions, labels, fontsize=7.5)
        axes.invert_yaxis()
        axes.grid(visible=False, axis="y")
        axes.set_xlim(0, max([*bar_starts, 1.0]) * 1.12)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.xaxis.set_major_formatter(lambda value, _: language.format_number(int(value)))
        axes.set_title(
            language.translate(N_("Further pods each node has addresses for")),
            loc="left",
            color=TEXT_COLOUR,
            fontweight="bold",
        )
        figure.legend(loc="outside lower left", ncols=3, frameon=False, fontsize=8)
    return figure


def _shorten(name: str) -> str:
    name = replace_unprintable(name)
    return name if len(name) <= _MAX_NAME else f"{name[: _MAX_NAME - 1]}…"
