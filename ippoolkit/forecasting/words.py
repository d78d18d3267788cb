"""What a forecast says in words, as findings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ..findings import Finding, Severity
from .forecast import BLOCKS, YEAR, LimitForecast

# From this chance within 30 days on a pool is an error.
URGENT = 0.5


@dataclass(frozen=True, slots=True)
class Day:
    """A day, written out in the reader's language: ``20 January 2027``; without its day where `month` is set."""

    day: date
    month: bool = False

    def message(self, lang: str = "en") -> str:
        """Write it out."""
        from babel.dates import format_date  # only where words are read

        if lang == "zh":
            return format_date(self.day, "y年M月" if self.month else "y年M月d日", locale="zh")
        return format_date(self.day, "MMMM y" if self.month else "d MMMM y", locale="en")


def outlook(limit: LimitForecast, horizon_days: int) -> Finding:
    """Say when a limit is reached, and how sure that is."""
    if limit.reason is not None:
        return limit.reason
    if limit.in_use is not None and limit.capacity is not None and limit.in_use >= limit.capacity:
        code = "forecast-full-blocks" if limit.limit == BLOCKS else "forecast-full"
        return Finding(code, limit.pool, {"capacity": limit.capacity})
    years = {"years": horizon_days / YEAR}
    if limit.p10 is None:
        return Finding("forecast-calm", limit.pool, years)
    early = {"early": Day(limit.p10)}
    if limit.p50 is None:
        return Finding("forecast-possible", limit.pool, years | early)
    level = Severity.ERROR if (limit.probability or {}).get(30, 0) >= URGENT else None
    month = {"month": Day(limit.p50, month=True)}
    if limit.p90 is None:
        return Finding("forecast-date-open", limit.pool, years | early | month, level=level)
    return Finding("forecast-date", limit.pool, early | month | {"late": Day(limit.p90)}, level=level)
Day.sentence = Day.message  # until the rename
