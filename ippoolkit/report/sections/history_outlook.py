"""What the measured history of a cluster says in its report: when its pools run out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from ...figures import draw_forecast
from ...findings import N_
from ...forecasting import Forecast, LimitForecast, forecast, outlook, short_outlook
from ...forecasting.dated_dumps import dated_groups
from ...forecasting.monthly_growth import DAYS_A_MONTH
from ...forecasting.prometheus_answers import ALL_POOLS
from ...model import Scenario
from .base_report import BaseReport
from .report_table import CellValue
from .section import SectionPart, picture_part

PICTURES_SHOWN = 2
SUFFIXES = (".csv", ".json", "")


def find_histories(history: Sequence[str], cluster: str) -> list[Path]:
    """Return the sources of a cluster's history.

    In a folder that holds ``CLUSTER.csv``, ``CLUSTER.json`` or a folder ``CLUSTER``, it is this that counts: one option
    serves the reports of many clusters. A folder in which nothing has a date in its name is one of other clusters.
    """
    histories: list[Path] = []
    for source in map(Path, history):
        paths_of_cluster = (source / f"{cluster}{suffix}" for suffix in SUFFIXES) if source.is_dir() and cluster else ()
        path = next((path for path in paths_of_cluster if path.exists()), source)
        if path is source and source.is_dir():
            dumps, undated = dated_groups(source)
            if undated and not dumps:
                continue
        histories.append(path)
    return histories


def forecast_scenario(scenario: Scenario, history: Sequence[str]) -> Forecast | None:
    """Forecast the pools of a scenario; None without a history of its cluster.

    Raises
    ------
    InputError
        With every problem of the history.
    """
    sources = find_histories(history, scenario.name)
    return forecast(*sources, pools=scenario) if sources else None


def known_limits(measured: Forecast, scenario: Scenario) -> list[LimitForecast]:
    """Return the forecasts of the scenario's own pools, the first to run out on top."""
    names = {pool.name for pool in scenario.cluster.pools} | {ALL_POOLS}
    return [limit for limit in measured.pools if limit.pool in names]


def outlook_parts(measured: Forecast, limits: Collection[LimitForecast], page: BaseReport) -> list[SectionPart]:
    """Return when pools run out: in words, as a table, and a picture of the first."""
    language, lang = page.language, page.lang
    if not limits:
        names = ", ".join(limit.pool for limit in measured.pools)
        return [page.remark(N_("No pool of the history is one of this plan: {names}."), names=names)]
    findings = [outlook(limit, measured.horizon_days) for limit in limits]
    headings = (
        N_("pool"),
        N_("limit"),
        N_("in use"),
        N_("capacity"),
        N_("growth a month"),
        N_("runs out"),
        "P10",
        "P50",
        "P90",
        N_("in 90 days"),
        N_("backtest covered"),
    )
    rows = [_row(limit, measured, page) for limit in limits]
    table = page.table(
        "forecast",
        headings,
        rows,
        marks=[(*[""] * 5, "date", "date", "date", "date", "", "")] * len(rows),
        caption=language.render(N_("When pools run out, as of {date}"), {"date": measured.as_of.isoformat()}),
    )
    parts = [page.findings_list_part(findings), table]
    for limit in [limit for limit in limits if limit.reason is None][:PICTURES_SHOWN]:
        title = language.render(N_("Pool {pool}, measured"), {"pool": limit.pool})
        figure = draw_forecast(measured.pool_history(limit.pool), limit, lang=lang)
        parts.append(picture_part(f"forecast {limit.pool}", figure, title))
    return [*parts, page.findings_list_part(measured.notes)] if measured.notes else parts


def outlook_summary(measured: Forecast | None, scenario: Scenario, lang: str) -> dict[str, Any]:
    """Return what the page that lists many clusters says: the pool that runs out first; nothing without a history."""
    limits = known_limits(measured, scenario) if measured is not None else []
    if measured is None or not limits:
        return {}
    first = limits[0]
    months = None if first.p50 is None else (first.p50 - measured.as_of).days / DAYS_A_MONTH
    brief = short_outlook(first, measured.horizon_days, lang=lang)
    return {"measured_outlook": f"{first.pool}: {brief}" if len(limits) > 1 else brief, "measured_months": months}


def _row(limit: LimitForecast, measured: Forecast, page: BaseReport) -> tuple[CellValue, ...]:
    days = [None if day is None else day.isoformat() for day in (limit.p10, limit.p50, limit.p90)]
    chance = None if limit.probability is None else f"{limit.probability[90]:.0%}"
    covered = None if limit.backtest.coverage is None else f"{limit.backtest.coverage:.0%}"
    growth = None if limit.growth is None else round(limit.growth * DAYS_A_MONTH, 1)
    brief = short_outlook(limit, measured.horizon_days, lang=page.lang)
    limit_name = page.language.translate(limit.limit)
    return (limit.pool, limit_name, limit.in_use, limit.capacity, growth, brief, *days, chance, covered)
