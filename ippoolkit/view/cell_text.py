"""The values of a table as people read them, on a page or in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..findings import N_, Language
from ..model import IPPool

if TYPE_CHECKING:
    import pandas as pd

NO_VALUE = "–"
MAP_UNKNOWN = N_("No map: neither IPAMBlock objects nor pods were read.")
_PREFIX_COLUMNS = frozenset({"block_size", "prefix"})


def column_values(column: pd.Series) -> list[Any]:
    """Return the values of a column as plain Python values; missing ones as None."""
    return [None if missing else value for value, missing in zip(column.tolist(), column.isna(), strict=True)]


def table_rows(table: pd.DataFrame) -> list[tuple[Any, ...]]:
    """Return rows of plain Python values; missing ones as None."""
    return list(zip(*(column_values(table.iloc[:, position]) for position in range(table.shape[1])), strict=True))


def table_records(table: pd.DataFrame) -> list[dict[Any, Any]]:
    """Return rows as dicts of plain values; missing ones as None."""
    return [dict(zip(table.columns, row, strict=True)) for row in table_rows(table)]


def pool_text(pool: IPPool, language: Language) -> str:
    """Return how a heading names a pool: name and range, the range alone where the name is unknown."""
    if pool.is_unnamed:
        return pool.name
    return language.render(N_("{pool}, {cidr}"), {"pool": pool.name, "cidr": pool.cidr})


def value_text(value: object, language: Language, *, column: str = "", missing: str = NO_VALUE) -> str:
    """Return any value as text: whole numbers with thousands separators, flags as words, lists in one line.

    Prefix lengths, which the name of their `column` tells, have their slash. What is None becomes `missing`, which is
    put in as it is.
    """
    if value is None:
        return missing
    if column in _PREFIX_COLUMNS:
        return f"/{value}"
    if isinstance(value, bool):
        return language.translate(N_("yes") if value else N_("no"))
    if isinstance(value, float):
        return f"{value:,.4g}"
    if isinstance(value, dict):
        return ", ".join(
            f"{language.format_text(str(name))}: {value_text(item, language)}" for name, item in value.items()
        )
    if isinstance(value, list | tuple):
        return language.format_text(", ".join(map(str, value)))
    return language.format_number(value)
