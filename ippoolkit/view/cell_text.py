"""The values of a table as people read them, on a page or in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..capacity.table_columns import Column
from ..findings import N_, Language, replace_unprintable
from .display_columns import DisplayColumn

if TYPE_CHECKING:
    import pandas as pd

NO_VALUE = "–"


def format_column(column: DisplayColumn, data: pd.DataFrame, words: Language) -> list[str]:
    """Return the texts of one shown column, one a row."""
    column_texts = [
        [format_value(table_column, value, words) for value in column_values(data[table_column.name])]
        for table_column in column.columns
    ]
    separator = words.translate(column.separator)
    return [
        separator.join(text for text in texts if text != NO_VALUE) or NO_VALUE
        for texts in zip(*column_texts, strict=True)
    ]


def column_values(column: pd.Series) -> list[Any]:
    """Return the values of a column as plain Python values; missing ones as None."""
    return [None if missing else value for value, missing in zip(column.tolist(), column.isna(), strict=True)]


def format_value(column: Column, value: object, words: Language) -> str:
    """Return one value as text: counts with thousands separators, none as a dash."""
    if value is None:
        return NO_VALUE
    if column.name in ("block_size", "prefix"):
        return f"/{value}"
    if column.kind == "flag":
        return words.translate(N_("yes") if value else N_("no"))
    if column.kind == "text":
        return replace_unprintable(str(value)) or NO_VALUE
    return words.format_number(int(str(value)))
