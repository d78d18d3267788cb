"""Pictures of an audit: how much of each pool is claimed and used, and what each node still takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ..findings import N_, language, printable
from .style import ACCENT, BAD, BAD_FILL, GOOD, INK, ON_ACCENT, drawing

MOST = 30  # bars of one picture
_LONG = 34  # characters of a name


def usage(pools: Sequence[Mapping[str, Any]], *, lang: str = "en") -> Figure | None:
    """Draw for each pool the share of its blocks that is claimed and the share of its addresses that is used.

    Parameters
    ----------
    pools
        Rows of `Audit.figures.pools`; those whose figures are unknown are left out.
    lang
        Language of the words.

    Returns
    -------
    Figure or None
        None where nothing is known of any.
    """
    words = language(lang)
    known = [row for row in pools if None not in (row["blocks_allocated"], row["blocks_total"], row["allocated"])][
        :MOST
    ]
    if not known:
        return None
    with drawing(6.6, 0.75 + 0.42 * len(known)) as (figure, axes):
        places = range(len(known))
        claimed = [100 * row["blocks_allocated"] / max(row["blocks_total"], 1) for row in known]
        used = [100 * row["allocated"] / row["capacity"] for row in known]
        axes.barh(
            [at - 0.18 for at in places], claimed, height=0.32, color=GOOD, label=words.text(N_("blocks claimed"))
        )
        axes.barh(
            [at + 0.18 for at in places], used, height=0.32, color=ACCENT, label=words.text(N_("addresses in use"))
        )
        for at, row in enumerate(known):
            texts = (
                (
                    at - 0.18,
                    claimed[at],
                    f"{words.number(row['blocks_allocated'])} / {words.number(row['blocks_total'])}",
                ),
                (at + 0.18, used[at], f"{words.number(row['allocated'])} / {words.number(row['capacity'])}"),
            )
            for place, share, text in texts:
                inside = share > 75
                axes.annotate(
                    text,
                    (share, place),
                    xytext=(-4 if inside else 4, 0),
                    textcoords="offset points",
                    va="center",
                    ha="right" if inside else "left",
                    fontsize=7.5,
                    color=INK if place < at or not inside else ON_ACCENT,
                )
        axes.set_yticks(list(places), [_short(str(row["name"] or row["cidr"])) for row in known])
        axes.invert_yaxis()
        axes.set_xlim(0, 100)
        axes.grid(visible=False, axis="y")
        axes.set_xlabel("%")
        axes.set_title(words.text(N_("Pools: blocks and addresses")), loc="left", color=INK, fontweight="bold")
        figure.legend(loc="outside lower left", ncols=2, frameon=False, fontsize=8)
    return figure


def headroom(rooms: Sequence[Mapping[str, Any]], *, lang: str = "en") -> Figure | None:
    """Draw what the nodes with least room still take: free in own blocks, in new ones, borrowed.

    Parameters
    ----------
    rooms
        Rows of the audit's headroom: ``node``, ``family``, ``pods``, ``own``, ``new``, ``borrow``.
    lang
        Language of the words.

    Returns
    -------
    Figure or None
        None where nothing is known.
    """
    words = language(lang)
    shown = sorted(rooms, key=lambda row: (row["pods"], row["node"], row["family"]))[:MOST]
    if not shown:
        return None
    several = len({row["family"] for row in shown}) > 1
    with drawing(6.6, 0.85 + 0.2 * max(len(shown), 3)) as (figure, axes):
        places = list(range(len(shown)))
        left = [0.0] * len(shown)
        parts: tuple[tuple[str, str, dict[str, Any]], ...] = (
            ("own", N_("free in own blocks"), {"color": ACCENT}),
            ("new", N_("in blocks to come"), {"color": GOOD}),
            ("borrow", N_("borrowed"), {"facecolor": BAD_FILL, "edgecolor": BAD, "hatch": "///", "linewidth": 0}),
        )
        for name, label, look in parts:
            values = [float(row[name]) for row in shown]
            axes.barh(places, values, left=left, height=0.66, label=words.text(label), **look)
            left = [before + value for before, value in zip(left, values, strict=True)]
        for place, row in zip(places, shown, strict=True):
            axes.annotate(
                words.number(row["pods"]), (left[place], place), xytext=(4, 0), textcoords="offset points", va="center",
                fontsize=7.5, color=BAD if not row["pods"] else INK,
            )  # fmt: skip
        labels = [_short(row["node"]) + (f" · IPv{row['family']}" if several else "") for row in shown]
        axes.set_yticks(places, labels, fontsize=7.5)
        axes.invert_yaxis()
        axes.grid(visible=False, axis="y")
        axes.set_xlim(0, max([*left, 1.0]) * 1.12)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.xaxis.set_major_formatter(lambda value, _: words.number(int(value)))
        axes.set_title(
            words.text(N_("Pods that each node still has addresses for")), loc="left", color=INK, fontweight="bold"
        )
        figure.legend(loc="outside lower left", ncols=3, frameon=False, fontsize=8)
    return figure


def _short(name: str) -> str:
    name = printable(name)
    return name if len(name) <= _LONG else f"{name[: _LONG - 1]}…"
