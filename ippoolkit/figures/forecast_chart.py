"""A pool's history, its capacity, and when the one reaches the other."""

from __future__ import annotations

from datetime import date, timedelta

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ..findings import N_, Language, format_short_count, get_language
from ..forecasting import LimitForecast, PoolHistory
from ..forecasting.pool_forecast import LIMITS
from .style import (
    ACCENT_COLOUR,
    BAR_COLOUR,
    FAIL_COLOUR,
    MUTED_COLOUR,
    TEXT_COLOUR,
    shorten_middle,
    show_counts,
    styled_figure,
)

_MAX_TIMES_IN_USE = 6  # a capacity that is farther above is not drawn
_MAX_SPANS_AHEAD = 3  # the future drawn is at most so many times as long as the history


def draw_forecast(history: PoolHistory, limit: LimitForecast, *, lang: str = "en") -> Figure:
    """Draw what was in use, the capacity, and the span of days from P10 to P90 in which it is reached, with P50.

    Parameters
    ----------
    history
        The pool's history.
    limit
        The forecast of one of its limits.
    lang
        Language of the words.
    """
    language = get_language(lang)
    counted, _ = LIMITS[limit.limit]
    rows = [(row.time.date(), getattr(row, counted)) for row in history.measurements]
    points = [(day.toordinal(), float(value)) for day, value in rows if value is not None]
    with styled_figure(6.6, 2.7) as (figure, axes):
        first, last = points[0][0], points[-1][0]
        span = max(30, last - first)
        axes.plot(*zip(*points, strict=True), color=ACCENT_COLOUR, linewidth=1.4)
        axes.fill_between(*zip(*points, strict=True), color=ACCENT_COLOUR, alpha=0.12, linewidth=0)
        end = last + span // 3
        top = max(value for _, value in points)
        capacity = None if limit.capacity is None else float(limit.capacity)
        if capacity is not None and capacity <= _MAX_TIMES_IN_USE * max(top, 1):
            top = max(top, capacity)
            _draw_capacity(axes, capacity, language)
            if limit.p10 is not None:
                farthest = last + _MAX_SPANS_AHEAD * span
                end = _draw_days(axes, limit, points[-1], capacity, farthest) + span // 10
        axes.set_xlim(first, end)
        axes.set_ylim(0, 1.12 * max(top, 1))
        axes.xaxis.set_major_locator(MaxNLocator(7, integer=True))
        axes.xaxis.set_major_formatter(_month)
        show_counts(axes.yaxis, 5)
        axes.set_title(shorten_middle(f"{history.pool}: {language.translate(limit.limit)}"), fontweight="normal")
    return figure


def _draw_capacity(axes: Axes, capacity: float, language: Language) -> None:
    axes.axhline(capacity, color=FAIL_COLOUR, linewidth=1, linestyle=(0, (4, 3)))
    axes.annotate(
        " ".join((language.translate(N_("capacity")), format_short_count(int(capacity)))),
        (0, capacity),
        xycoords=("axes fraction", "data"),
        xytext=(4, 3),
        textcoords="offset points",
        color=FAIL_COLOUR,
        fontsize=8,
    )


def _draw_days(axes: Axes, limit: LimitForecast, last_point: tuple[int, float], capacity: float, farthest: int) -> int:
    """Draw the span of days in which the capacity is reached, and the way there, up to the farthest day.

    Returns
    -------
    int
        The last day of the span.
    """
    early, late = (min(day.toordinal() if day else farthest, farthest) for day in (limit.p10, limit.p90))
    axes.axvspan(early, max(late, early + 1), color=BAR_COLOUR, alpha=0.35, linewidth=0)
    if limit.p50 is not None and (middle := limit.p50.toordinal()) <= farthest:
        way = [last_point[0], middle], [last_point[1], capacity]
        axes.plot(*way, color=MUTED_COLOUR, linewidth=1, linestyle=(0, (1, 2)))
        axes.plot([middle], [capacity], "o", color=FAIL_COLOUR, markersize=5)
    axes.annotate(
        f"P10 {limit.p10}\nP50 {limit.p50 or '–'}\nP90 {limit.p90 or '–'}",
        (early, 0),
        xycoords=("data", "axes fraction"),
        xytext=(-4, 4),
        textcoords="offset points",
        ha="right",
        va="bottom",
        fontsize=8,
        color=TEXT_COLOUR,
    )
    return late


def _month(ordinal: float, _: object) -> str:
    day = date.min + timedelta(days=max(0, int(ordinal) - 1))
    return f"{day.year}-{day.month:02}"
