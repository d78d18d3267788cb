"""The values of a table as people read them, on a page or in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..capacity.columns import Column
from ..findings import N_, Language, printable
from .shown import Shown

if TYPE_CHECKING:
    import pandas as pd

NOTHING = "–"


def cells_of(column: Shown, data: pd.DataFrame, words: Language) -> list[str]:
    """Return the texts of one shown column, one a row."""
    parts = [[cell(part, value, words) for value in data[part.name]] for part in column.columns]
    glue = words.text(column.glue)
    return [glue.join(part for part in row if part != NOTHING) or NOTHING for row in zip(*parts, strict=True)]


def cell(column: Column, value: object, words: Language) -> str:
    """Return one value as text: counts with thousands separators, none as a dash."""
    if value is None:
        return NOTHING
    if column.name == "block_size":
        return f"/{value}"
    if column.kind == "flag":
        return words.text(N_("yes") if value else N_("no"))
    if column.kind == "text":
        return printable(str(value)) or NOTHING
    return words.number(int(str(value)))
