"""Dates as people write them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class LocalizedDate:
    """A day, written out in the reader's language: ``20 January 2027``; without its day where `is_month` is set."""

    day: date
    is_month: bool = False

    def message(self, lang: str = "en") -> str:
        """Write it out."""
        from babel.dates import format_date  # only where dates are read

        if lang == "zh":
            return format_date(self.day, "y年M月" if self.is_month else "y年M月d日", locale="zh")
        return format_date(self.day, "MMMM y" if self.is_month else "d MMMM y", locale="en")
