"""Tables as texts, put together once for pages, Markdown and terminals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..findings import Language
from .cell_text import NO_VALUE, column_values, value_text
from .display_columns import DisplayColumn, display_columns

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class TextColumn:
    """A column as people read it: its heading, and a text a row.

    `name` tells columns apart, whatever the language of the heading.
    """

    name: str
    heading: str
    texts: Sequence[str]
    is_left_aligned: bool = False


def standard_columns(table_name: str, data: pd.DataFrame, language: Language) -> list[TextColumn]:
    """Return the columns of one of the kit's tables that people are shown."""
    return [
        TextColumn(
            column.name,
            language.translate(column.heading),
            _format_column(column, data, language),
            column.is_left_aligned,
        )
        for column in display_columns(table_name)
    ]


def row_columns(columns: Sequence[tuple[str, str, bool]], rows: Sequence[Sequence[str]]) -> list[TextColumn]:
    """Return rows of texts as columns; of each its name, its heading, and whether it is set to the left."""
    return [
        TextColumn(name, heading, [row[position] for row in rows], is_left_aligned)
        for position, (name, heading, is_left_aligned) in enumerate(columns)
    ]


def _format_column(column: DisplayColumn, data: pd.DataFrame, language: Language) -> list[str]:
    column_texts = [
        [
            value_text(value, language, column=table_column.name) or NO_VALUE
            for value in column_values(data[table_column.name])
        ]
        for table_column in column.columns
    ]
    separator = language.translate(column.separator)
    return [
        separator.join(text for text in texts if text != NO_VALUE) or NO_VALUE
        for texts in zip(*column_texts, strict=True)
    ]
