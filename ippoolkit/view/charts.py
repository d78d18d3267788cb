"""Charts that follow a slider: plain HTML, drawn in a millisecond; reports have the same ones as figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..findings import N_, Language, language, short
from .html import render

if TYPE_CHECKING:
    import pandas as pd

_LOG_FROM = 1000  # times the planned nodes: from there on bars of even scale would tell nothing


def sizes_chart(table: pd.DataFrame, *, chosen: int, lang: str = "en") -> str:
    """Return how many nodes fit at each block size as bars, with a line for the nodes at the plan's end.

    Parameters
    ----------
    table
        As `ippoolkit.block_sizes` returns it.
    chosen
        The pool's blockSize, marked.
    lang
        Language of the words.
    """
    words = language(lang)
    planned = max(table["nodes_later"], default=0)
    most = max(table["nodes_fit"], default=0)
    logarithmic = bool(planned) and most > _LOG_FROM * planned
    # Bars beyond a few times the plan only say "plenty": cut there, so that the plan's line stays visible.
    top = most.bit_length() if logarithmic else min(most, max(planned * 4, 4)) or 1

    def share(n: int) -> float:
        return min(1.0, (n.bit_length() if logarithmic else n) / top)

    fails = words.text("fails")
    bars = [
        {
            "size": row["block_size"],
            "share": share(row["nodes_fit"]),
            "label": short(row["nodes_fit"]),
            "classes": ("bad " if row["verdict"] == fails else "") + ("chosen" if row["block_size"] == chosen else ""),
        }
        for row in table.to_dict("records")
    ]
    return render(
        "bars",
        title=words.text(N_("Nodes that fit, by blockSize")),
        bars=bars,
        line=share(planned) if planned else None,
        told=words.say(N_("- - {nodes:node}"), {"nodes": planned}) if planned else "",
    )


def growth_chart(table: pd.DataFrame, *, lang: str = "en") -> str:
    """Return what the plan needs of blocks and addresses, month by month, for each family.

    Parameters
    ----------
    table
        As `ippoolkit.growth` returns it.
    lang
        Language of the words.
    """
    words = language(lang)
    charts = []
    for family, rows in table.groupby("family"):
        for what, name in (("blocks", N_("Blocks")), ("addresses", N_("Addresses"))):
            title = f"{words.text(name)}, IPv{family}"
            charts.append({"title": title, **_steps(list(rows[f"{what}_needed"]), list(rows[what]), words)})
    return render("steps", charts=charts, axis=words.text(N_("months from now")))


def _steps(needed: list[int], offered: list[int], words: Language) -> dict[str, Any]:
    """Return a line of steps in a box of 100 by 100, the line where it ends, and the month in which it gets there."""
    reach, last = max(offered, default=0), max(len(needed) - 1, 1)
    top = max([*needed, 1])
    shown = reach <= 6 * top  # else the line would press what is needed flat
    top = max(top, reach) if shown else top
    points = [(100 * month / last, 100 - 90 * float(need) / float(top)) for month, need in enumerate(needed)]
    path = "".join(f"H{x:.2f}V{y:.2f}" for x, y in points)
    over = next((month for month, (need, has) in enumerate(zip(needed, offered, strict=True)) if need > has), None)
    when = words.say(N_("month {month}"), {"month": over}) if over else words.text(N_("now")) if over == 0 else ""
    return {
        "path": f"M0,{points[0][1]:.2f}{path}",
        "limit": 100 - 90 * float(reach) / float(top) if shown else None,
        "over": None if over is None else 100 * over / last,
        "when": when,
        "top": short(max(needed)),
        "last": last,
        "told": words.say(N_("needed {need} of {reach}"), {"need": short(needed[-1]), "reach": short(reach)}),
    }
