"""Growth as people are shown it: months in which nothing changes are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..findings import N_, Language

if TYPE_CHECKING:
    import pandas as pd


def growth_changes(table: pd.DataFrame) -> pd.DataFrame:
    """Return the months of a table of growth in which something changes, the first one included."""
    compared = table.drop(columns="month").astype(object).fillna("").astype(str)
    previous_month = compared.groupby("family").shift()
    return table[(compared.drop(columns="family") != previous_month).any(axis=1)]


def growth_note(table: pd.DataFrame, language: Language) -> str:
    """Say that nothing grows, or that months were left out; empty where each month has its row."""
    changes = growth_changes(table)
    if table.empty or len(changes) == len(table):
        return ""
    months = int(table["month"].max())
    if changes["month"].max() == 0:
        return language.render(
            N_("Nothing grows within {months:month}: today's figures hold throughout."), {"months": months}
        )
    return language.translate(N_("Months in which nothing changes are left out."))


def month_text(month: int, language: Language) -> str:
    """Return how a month of a plan is called."""
    return language.render(N_("month {month}"), {"month": month}) if month else language.translate(N_("now"))
