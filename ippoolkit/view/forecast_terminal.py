"""A forecast in a terminal and as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..findings import N_, Language, Severity, get_language, replace_unprintable
from ..forecasting import Forecast, LimitForecast, outlook
from ..forecasting.fleet import ClusterForecast, fleet_rows
from .cell_text import NO_VALUE
from .terminal import SEVERITY_STYLES, print_findings

# In a narrower terminal chances and the backtest are left out.
WIDE = 110


def forecast_data(forecast: Forecast, lang: str = "en") -> dict[str, Any]:
    """Return everything that a forecast says as plain values: dates as ISO days, null for not within the horizon."""
    return {
        "as_of": forecast.as_of.isoformat(),
        "horizon_days": forecast.horizon_days,
        "pools": [_limit_data(limit, forecast, lang) for limit in forecast.pools],
        "limits": [_limit_data(limit, forecast, lang) for limit in forecast.limits],
        "notes": [note.as_dict(lang) for note in forecast.notes],
    }


def _limit_data(limit: LimitForecast, forecast: Forecast, lang: str) -> dict[str, Any]:
    chances = limit.probability
    past = limit.backtest
    return {
        "pool": limit.pool,
        "limit": limit.limit,
        "in_use": limit.in_use,
        "capacity": limit.capacity,
        "measured": _iso(limit.measured),
        "exhausted": {"p10": _iso(limit.p10), "p50": _iso(limit.p50), "p90": _iso(limit.p90)},
        "probability": {str(days): None if chances is None else chances[days] for days in (30, 90, 365)},
        "backtest": {
            "windows": past.windows,
            "forecasts": past.forecasts,
            "coverage": past.coverage,
            "error": past.error,
            "line_error": past.line_error,
        },
        "reason": None if limit.reason is None else limit.reason.message(lang),
        "outlook": outlook(limit, forecast.horizon_days).message(lang),
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def print_forecast(console: Console, forecast: Forecast, *, lang: str = "en") -> None:
    """Print a row a pool, the first to run out on top, and what each means in words."""
    words = get_language(lang)
    title = words.render(N_("When pools run out, as of {date}"), {"date": forecast.as_of.isoformat()})
    wide = console.width >= WIDE
    table = _table(title, words, wide=wide)
    for limit in forecast.pools:
        table.add_row(*_cells(limit, words, wide=wide))
    console.print(table)
    for limit in forecast.pools:
        finding = outlook(limit, forecast.horizon_days)
        console.print(
            Text.assemble(
                (f"{replace_unprintable(limit.pool)}: ", "bold"),
                (finding.full_message(lang), SEVERITY_STYLES[finding.severity]),
            )
        )
    print_findings(console, forecast.notes, lang=lang)


def fleet_data(clusters: Sequence[ClusterForecast], lang: str = "en") -> dict[str, Any]:
    """Return the forecasts of many clusters as plain values, the first to run out on top."""
    return {
        "clusters": [
            {"cluster": cluster.cluster, **forecast_data(cluster.forecast, lang)}
            if cluster.forecast is not None
            else {"cluster": cluster.cluster, "error": cluster.error.describe(lang) if cluster.error else ""}
            for cluster in clusters
        ]
    }


def print_fleet(console: Console, clusters: Sequence[ClusterForecast], *, lang: str = "en") -> None:
    """Print a row for each pool of each cluster, the first to run out on top, and which clusters failed."""
    words = get_language(lang)
    wide = console.width >= WIDE
    table = _table(words.translate(N_("When pools run out")), words, wide=wide, with_cluster=True)
    for cluster, limit, error in fleet_rows(clusters):
        if limit is not None:
            table.add_row(replace_unprintable(cluster), *_cells(limit, words, wide=wide))
        elif error is not None:
            text = Text(f"{replace_unprintable(cluster)}: {replace_unprintable(error.describe(lang))}")
            console.print(text, style=SEVERITY_STYLES[Severity.ERROR], soft_wrap=True)
    console.print(table)


def _table(title: str, words: Language, *, wide: bool, with_cluster: bool = False) -> Table:
    table = Table(title=Text(title), title_justify="left", title_style="bold", box=None, pad_edge=False)
    if with_cluster:
        table.add_column(words.translate(N_("cluster")), overflow="fold")
    table.add_column(words.translate(N_("pool")), overflow="fold")
    table.add_column(words.translate(N_("limit")), no_wrap=True)
    in_use, capacity = words.translate(N_("in use")), words.translate(N_("capacity"))
    table.add_column(f"{in_use} / {capacity}", justify="right", overflow="fold")
    for heading in ("P10", "P50", "P90"):
        table.add_column(heading, no_wrap=True)
    if wide:
        table.add_column(words.translate(N_("in 90 days")), justify="right")
        table.add_column(words.translate(N_("backtest covered")), justify="right")
        table.add_column(words.translate(N_("error / line's")), justify="right")
    return table


def _cells(limit: LimitForecast, words: Language, *, wide: bool) -> list[str]:
    past = limit.backtest
    chance = NO_VALUE if limit.probability is None else f"{limit.probability[90]:.0%}"
    cells: list[str] = [
        replace_unprintable(limit.pool),
        words.translate(limit.limit),
        " / ".join(NO_VALUE if n is None else words.format_number(n) for n in (limit.in_use, limit.capacity)),
        *(_iso(day) or NO_VALUE for day in (limit.p10, limit.p50, limit.p90)),
    ]
    if not wide:
        return cells
    cells.append(chance)
    if past.coverage is not None and past.error is not None and past.line_error is not None:
        cells += [f"{past.coverage:.0%} ({past.forecasts})", f"{past.error:.1f} / {past.line_error:.1f}"]
    else:
        cells += [NO_VALUE, NO_VALUE]
    return cells
