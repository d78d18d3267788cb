"""A table of a report: what a page shows of it, and every value for exports."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ...capacity.columns import TABLES
from ...findings import Language, language
from ...view.cells import NOTHING
from ...view.html import grid_html, table_html
from ...view.markdown import kit_table_markdown, table_markdown
from ..mime import sent

if TYPE_CHECKING:
    import pandas as pd


_NUMBER = re.compile(r"[\d.,]+ ?%")

Value = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Table:
    """Columns with their headings, rows of exact values; `html` and `markdown` are what people read."""

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    html: str = ""
    markdown: str = ""

    @classmethod
    def of_kit(
        cls, name: str, data: pd.DataFrame, *, lang: str, chosen: int | None = None, caption: str = "", most: int = 0
    ) -> Table:
        """Return one of the kit's tables; a page shows its first `most` rows, exports hold all."""
        words = language(lang)
        columns = TABLES[name]
        shown = data.head(most) if most else data
        return cls(
            name.replace("_", " "),
            tuple(words.text(column.heading) for column in columns),
            _rows(data[[column.name for column in columns]]),
            table_html(name, shown, lang=lang, chosen=chosen, caption=caption),
            kit_table_markdown(name, shown, lang=lang, chosen=chosen),
        )

    @classmethod
    def of_frame(cls, data: pd.DataFrame, name: str = "table", *, lang: str = "en", most: int = 200) -> Table:
        """Return any DataFrame as a table, its index included where it has names of its own."""
        if data.index.name or data.index.nlevels > 1 or data.index.dtype == object:
            data = data.reset_index()
        return cls.of_rows(name, [str(column) for column in data.columns], _rows(data), lang=lang, most=most)

    @classmethod
    def of_rows(
        cls,
        name: str,
        headings: Sequence[str],
        rows: Sequence[Sequence[Value]],
        *,
        lang: str,
        marks: Sequence[Sequence[str]] = (),
        links: dict[str, str] | None = None,
        caption: str = "",
        most: int = 0,
        texts_only: bool = False,
    ) -> Table:
        """Return a table of rows; columns of numbers are set to the right unless `texts_only`."""
        words = language(lang)
        shown = list(rows)[:most] if most else list(rows)
        texts = [[_text(value, words) for value in row] for row in shown]
        left = [texts_only or _is_text([row[at] for row in shown]) for at in range(len(headings))]
        made = cls(name, tuple(headings), tuple(map(tuple, rows)))
        return made.showing(headings, texts, left=left, marks=marks, links=links, caption=caption)

    def showing(
        self,
        headings: Sequence[str],
        texts: Sequence[Sequence[str]],
        *,
        left: Sequence[bool],
        marks: Sequence[Sequence[str]] = (),
        links: dict[str, str] | None = None,
        caption: str = "",
    ) -> Table:
        """Return the table with what people are to read of it."""
        html = grid_html(headings, texts, left=left, marks=marks, links=links, caption=caption)
        return replace(self, html=html, markdown=table_markdown(headings, texts, left))

    def named(self, name: str) -> Table:
        """Return the table under another name."""
        return replace(self, name=name)

    def headed(self, headings: Sequence[str]) -> Table:
        """Return the table with other headings, for exports."""
        return replace(self, headings=tuple(headings))

    def as_data(self) -> dict[str, Any]:
        """Return plain values that survive JSON."""
        rows = [[sent(value) for value in row] for row in self.rows]
        return {"name": self.name, "headings": list(self.headings), "rows": rows}


def _is_text(values: Sequence[Value]) -> bool:
    """Whether a column is text, to be set to the left: most of it is neither a number nor a percentage."""
    texts = [isinstance(value, str) and not _NUMBER.fullmatch(value) for value in values if value is not None]
    return 2 * sum(texts) > len(texts) or not texts


def _text(value: Value, words: Language) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return words.text("yes" if value else "no")
    if isinstance(value, float):
        return f"{value:,.4g}"
    return words.number(value)


def _rows(data: pd.DataFrame) -> tuple[tuple[Value, ...], ...]:
    columns = [[_value(value) for value in data.iloc[:, at]] for at in range(data.shape[1])]
    return tuple(zip(*columns, strict=True))


def _value(value: Any) -> Value:
    if hasattr(value, "item"):  # numpy's scalars
        value = value.item()
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return None if value != value else value  # noqa: PLR0124 (not a number)
    return str(value)
