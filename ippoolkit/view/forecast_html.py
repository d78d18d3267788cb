"""A forecast as HTML."""

from __future__ import annotations

from ..findings import N_, get_language
from ..forecasting import Forecast, outlook, short_outlook
from .cell_text import NO_VALUE
from .html import findings_html, text_table_html
from .text_columns import row_columns

_POOLS_SHOWN = 20


def outlook_html(forecast: Forecast, lang: str = "en") -> str:
    """Return when the pools run out that do so first, as a table and as findings."""
    language = get_language(lang)
    limits = forecast.pools[:_POOLS_SHOWN]
    headings = ("pool", "limit", "in use", "capacity", "runs out")
    columns = [(name, language.translate(name), name not in ("in use", "capacity")) for name in headings]
    rows = [
        [
            limit.pool,
            language.translate(limit.limit),
            *(NO_VALUE if count is None else language.format_number(count) for count in (limit.in_use, limit.capacity)),
            short_outlook(limit, forecast.horizon_days, lang=lang),
        ]
        for limit in limits
    ]
    caption = language.render(N_("When pools run out, as of {date}"), {"date": forecast.as_of.isoformat()})
    table = text_table_html(row_columns(columns, rows), caption=caption)
    findings = [outlook(limit, forecast.horizon_days) for limit in limits]
    return table + findings_html([*findings, *forecast.notes], lang)
