"""Charts that follow a slider: plain HTML, drawn in a millisecond; reports have the same ones as figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..findings import N_, Language, format_short_count, get_language
from .html import render_template

if TYPE_CHECKING:
    import pandas as pd

_LOG_SCALE_RATIO = 1000  # times the planned nodes: from there on bars of even scale would tell nothing


def block_sizes_chart(table: pd.DataFrame, *, chosen: int, lang: str = "en") -> str:
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
    language = get_language(lang)
    planned_nodes = max(table["nodes_at_horizon"].tolist(), default=0)
    most_nodes_fit = max(table["nodes_fit"].tolist(), default=0)
    is_logarithmic = bool(planned_nodes) and most_nodes_fit > _LOG_SCALE_RATIO * planned_nodes
    # Bars beyond a few times the plan only say "plenty": cut there, so that the plan's line stays visible.
    axis_top = most_nodes_fit.bit_length() if is_logarithmic else min(most_nodes_fit, max(planned_nodes * 4, 4)) or 1

    def bar_height(node_count: int) -> float:
        return min(1.0, (node_count.bit_length() if is_logarithmic else node_count) / axis_top)

    fails_text = language.translate("fails")
    bars = [
        {
            "size": row["block_size"],
            "share": bar_height(row["nodes_fit"]),
            "label": format_short_count(row["nodes_fit"]),
            "classes": " ".join(
                name
                for name, applies in (
                    ("bad", row["verdict"] == fails_text),
                    ("chosen", row["block_size"] == chosen),
                    ("cut", not is_logarithmic and row["nodes_fit"] > axis_top),
                )
                if applies
            ),
        }
        for row in table.to_dict("records")
    ]
    return render_template(
        "bars",
        title=language.translate(N_("Nodes that fit, by blockSize")),
        bars=bars,
        line=bar_height(planned_nodes) if planned_nodes else None,
        summary=language.render(N_("- - {nodes:node} planned"), {"nodes": planned_nodes}) if planned_nodes else "",
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
    language = get_language(lang)
    charts = []
    for family, rows in table.groupby("family"):
        for quantity, label in (("blocks", N_("Blocks")), ("addresses", N_("Addresses"))):
            title = f"{language.translate(label)}, IPv{family}"
            charts.append(
                {"title": title, **_step_chart(rows[f"{quantity}_needed"].tolist(), rows[quantity].tolist(), language)}
            )
    return render_template("steps", charts=charts, axis=language.translate(N_("months from now")))


def _step_chart(needed: list[int], available: list[int], language: Language) -> dict[str, Any]:
    """Return a line of steps in a box of 100 by 100, the line where it ends, and the month in which it gets there."""
    last_available, last_month = max(available, default=0), max(len(needed) - 1, 1)
    axis_top = max([*needed, 1])
    is_limit_shown = last_available <= 6 * axis_top  # else the line would press what is needed flat
    axis_top = max(axis_top, last_available) if is_limit_shown else axis_top * 2
    points = [(100 * month / last_month, 100 - 90 * float(need) / float(axis_top)) for month, need in enumerate(needed)]
    path = "".join(f"H{x:.2f}V{y:.2f}" for x, y in points)
    first_short_month = next(
        (
            month
            for month, (need, available_count) in enumerate(zip(needed, available, strict=True))
            if need > available_count
        ),
        None,
    )
    month_text = (
        language.render(N_("month {month}"), {"month": first_short_month})
        if first_short_month
        else language.translate(N_("now"))
        if first_short_month == 0
        else ""
    )
    # A limit far above what is needed is drawn at the top, and said not to be to scale.
    far_text = N_("{reach} in the pools, not to scale")
    return {
        "path": f"M0,{points[0][1]:.2f}{path}",
        "limit": 100 - 90 * float(last_available) / float(axis_top) if is_limit_shown else 3,
        "far": "" if is_limit_shown else language.render(far_text, {"reach": format_short_count(last_available)}),
        "is_short": first_short_month is not None,
        "over": None if first_short_month is None else 100 * first_short_month / last_month,
        "when": month_text,
        "last": last_month,
        "summary": language.render(
            N_("{need} needed of {reach}"),
            {"need": language.format_number(needed[-1]), "reach": language.format_number(last_available)},
        ),
    }
