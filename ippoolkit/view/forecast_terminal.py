"""A forecast in a terminal and as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from rich.console import Console
from rich.text import Text

from ..findings import N_, Language, get_language, replace_unprintable
from ..forecasting import Forecast, LimitForecast, outlook
from ..forecasting.fleet_forecast import ClusterForecast, fleet_rows
from .cell_text import NO_VALUE, value_text
from .fleet_terminal import cluster_as_dict, print_cluster_error
from .terminal import SEVERITY_STYLES, print_columns, print_findings
from .text_columns import row_columns

_DROP_ORDER = ("error", "backtest", "chance", "in_use", "limit")  # in a narrow terminal; the dates stay together


def forecast_as_dict(forecast: Forecast, lang: str = "en") -> dict[str, Any]:
    """Return everything that a forecast says as plain values: dates as ISO days, null for not within the horizon."""
    return {
        "as_of": forecast.as_of.isoformat(),
        "horizon_days": forecast.horizon_days,
        "pools": [_limit_as_dict(limit, forecast, lang) for limit in forecast.pools],
        "limits": [_limit_as_dict(limit, forecast, lang) for limit in forecast.limits],
        "notes": [note.as_dict(lang) for note in forecast.notes],
    }


def _limit_as_dict(limit: LimitForecast, forecast: Forecast, lang: str) -> dict[str, Any]:
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
    language = get_language(lang)
    title = language.render(N_("When pools run out, as of {date}"), {"date": forecast.as_of.isoformat()})
    _print_limits(console, language, [("", limit) for limit in forecast.pools], title)
    for limit in forecast.pools:
        finding = outlook(limit, forecast.horizon_days)
        console.print(
            Text.assemble(
                (f"{replace_unprintable(limit.pool)}: ", "bold"),
                (finding.full_message(lang), SEVERITY_STYLES[finding.severity]),
            )
        )
    print_findings(console, forecast.notes, lang=lang)


def forecasts_as_dict(clusters: Sequence[ClusterForecast], lang: str = "en") -> dict[str, Any]:
    """Return the forecasts of many clusters as plain values, the first to run out on top."""
    return {
        "clusters": [
            cluster_as_dict(
                cluster.cluster,
                forecast_as_dict(cluster.forecast, lang) if cluster.forecast else None,
                cluster.error,
                lang,
            )
            for cluster in clusters
        ]
    }


def print_forecasts(console: Console, clusters: Sequence[ClusterForecast], *, lang: str = "en") -> None:
    """Print a row for each pool of each cluster, the first to run out on top, and which clusters failed."""
    language = get_language(lang)
    rows: list[tuple[str, LimitForecast]] = []
    for cluster, limit, error in fleet_rows(clusters):
        if limit is not None:
            rows.append((cluster, limit))
        elif error is not None:
            print_cluster_error(console, cluster, error, lang)
    _print_limits(console, language, rows, language.translate(N_("When pools run out")))


def _print_limits(console: Console, language: Language, rows: Sequence[tuple[str, LimitForecast]], title: str) -> None:
    """Print a row a limit; the column of clusters is left out where none is named."""
    translate = language.translate
    columns = [
        ("cluster", translate(N_("cluster")), True),
        ("pool", translate(N_("pool")), True),
        ("limit", translate(N_("limit")), True),
        ("in_use", " / ".join((translate(N_("in use")), translate(N_("capacity")))), False),
        *((name, name, True) for name in ("P10", "P50", "P90")),
        ("chance", translate(N_("in 90 days")), False),
        ("backtest", translate(N_("backtest covered")), False),
        ("error", translate(N_("error / line's")), False),
    ]
    cells = [[replace_unprintable(cluster), *_cells(limit, language)] for cluster, limit in rows]
    clusters, *others = row_columns(columns, cells)
    shown_columns = [clusters, *others] if any(clusters.texts) else others
    print_columns(console, shown_columns, title=title, drop_order=_DROP_ORDER, lang=language.code)


def _cells(limit: LimitForecast, language: Language) -> list[str]:
    past = limit.backtest
    chance = NO_VALUE if limit.probability is None else f"{limit.probability[90]:.0%}"
    cells: list[str] = [
        replace_unprintable(limit.pool),
        language.translate(limit.limit),
        " / ".join(value_text(count, language) for count in (limit.in_use, limit.capacity)),
        *(_iso(day) or NO_VALUE for day in (limit.p10, limit.p50, limit.p90)),
        chance,
    ]
    if past.coverage is not None and past.error is not None and past.line_error is not None:
        cells += [f"{past.coverage:.0%} ({past.forecasts})", f"{past.error:.1f} / {past.line_error:.1f}"]
    else:
        cells += [NO_VALUE, NO_VALUE]
    return cells
