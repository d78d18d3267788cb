"""What a forecast says in words, as findings."""

from __future__ import annotations

import pandas as pd

from ..capacity.table_columns import typed_frame
from ..findings import N_, Finding, LocalizedDate, Severity, get_language
from .pool_forecast import BLOCKS, YEAR, Forecast, LimitForecast

# From this chance within 30 days on a pool is an error.
URGENT = 0.5


def outlook(limit: LimitForecast, horizon_days: int) -> Finding:
    """Say when a limit is reached, and how sure that is."""
    if limit.reason is not None:
        return limit.reason
    if limit.is_reached:
        code = "forecast-full-blocks" if limit.limit == BLOCKS else "forecast-full"
        return Finding(code, limit.pool, {"capacity": limit.capacity})
    params: dict[str, object] = {"years": horizon_days / YEAR}
    if limit.p10 is None:
        return Finding("forecast-calm", limit.pool, params)
    params["early"] = LocalizedDate(limit.p10)
    if limit.p50 is None:
        return Finding("forecast-possible", limit.pool, params)
    severity = Severity.ERROR if (limit.probability or {}).get(30, 0) >= URGENT else None
    params["month"] = LocalizedDate(limit.p50, is_month=True)
    if limit.p90 is None:
        return Finding("forecast-date-open", limit.pool, params, severity_override=severity)
    params["late"] = LocalizedDate(limit.p90)
    return Finding("forecast-date", limit.pool, params, severity_override=severity)


def short_outlook(limit: LimitForecast, horizon_days: int, *, lang: str = "en") -> str:
    """Say in a few words, for the cell of a table, when a limit is reached: months, as ``2027-03``."""
    language = get_language(lang)
    if limit.reason is not None:
        return language.translate(N_("no forecast"))
    if limit.is_reached:
        return language.translate("now")
    early, middle, late = (None if day is None else f"{day:%Y-%m}" for day in (limit.p10, limit.p50, limit.p90))
    months = {"early": early, "middle": middle, "late": late}
    if early is None:
        return language.render(N_("not within {years:g} years"), {"years": horizon_days / YEAR})
    if middle is None:
        return language.render(N_("1 in 10 by {early}"), months)
    if late is None:
        return language.render(N_("{middle}, 90% after {early}"), months)
    if early == late:
        return language.render(N_("{middle} (80%)"), months)
    return language.render(N_("{middle}, 80% between {early} and {late}"), months)


def outlook_table(forecast: Forecast, *, lang: str = "en") -> pd.DataFrame:
    """Return what a forecast says in words, a row a pool: ``pool``, ``severity``, ``outlook``."""
    findings = [(limit.pool, outlook(limit, forecast.horizon_days)) for limit in forecast.pools]
    rows = [(pool, finding.severity.value, finding.full_message(lang)) for pool, finding in findings]
    return typed_frame(dict.fromkeys(("pool", "severity", "outlook"), "text"), rows)
