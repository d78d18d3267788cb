"""A table of a report: what a page shows of it, and every value for exports."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from ...capacity.table_columns import TABLES
from ...findings import get_language
from ...view.cell_text import table_rows, value_text
from ...view.html import table_html, text_table_html
from ...view.markdown import named_table_markdown, table_markdown
from ...view.text_columns import TextColumn

if TYPE_CHECKING:
    import pandas as pd


_PERCENTAGE = re.compile(r"[\d.,]+ ?%")
_MAX_ROWS = 200  # that a page shows of a DataFrame

CellValue = str | int | float | bool | None
# What a workbook draws of the kit's tables: the kind of chart, the column along its axis, those that it shows.
_CHARTS = {
    "block_sizes": ("column", "block_size", ("nodes_fit",)),
    "growth": ("line", "month", ("blocks_needed", "blocks")),
    "audit_pools": ("column", "cidr", ("blocks_allocated", "blocks_total")),
    "audit_nodes": ("column", "name", ("own_allocated", "free_in_own_blocks", "borrowed_in")),
}
_GROUP_COLUMN = "family"  # each IP version has a chart of its own


@dataclass(frozen=True, slots=True)
class TableChart:
    """What a workbook draws of a table: ``column`` or ``line``, and columns by their positions.

    Rows that differ in the column `group` are charts of their own.
    """

    kind: str
    category: int
    series: tuple[int, ...]
    group: int | None = None


@dataclass(frozen=True, slots=True)
class ReportTable:
    """Columns with their headings, rows of exact values; `html` and `markdown` are what people read."""

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[CellValue, ...], ...]
    html: str = ""
    markdown: str = ""
    chart: TableChart | None = None

    @classmethod
    def from_standard_table(
        cls,
        name: str,
        data: pd.DataFrame,
        *,
        lang: str,
        title: str = "",
        chosen: int | None = None,
        caption: str = "",
        max_rows: int | None = None,
        shown: pd.DataFrame | None = None,
    ) -> ReportTable:
        """Return one of the kit's tables; `title` is what exports call it, its own name if left out.

        A page shows its first `max_rows` rows or those `shown`, exports hold all.
        """
        language = get_language(lang)
        columns = TABLES[name]
        shown_rows = data[:max_rows] if shown is None else shown
        return cls(
            title or name.replace("_", " "),
            tuple(language.translate(column.heading) for column in columns),
            frame_rows(data[[column.name for column in columns]]),
            table_html(name, shown_rows, lang=lang, chosen=chosen, caption=caption),
            named_table_markdown(name, shown_rows, lang=lang, chosen=chosen),
            standard_chart(name, [column.name for column in columns]),
        )

    @classmethod
    def from_dataframe(cls, data: pd.DataFrame, name: str = "table", *, lang: str = "en") -> ReportTable:
        """Return any DataFrame as a table, its index included where it has names of its own."""
        if data.index.name or data.index.nlevels > 1 or data.index.dtype == object:
            data = data.reset_index()
        return cls.from_rows(name, list(map(str, data.columns)), frame_rows(data), lang=lang, max_rows=_MAX_ROWS)

    @classmethod
    def from_rows(
        cls,
        name: str,
        headings: Sequence[str],
        rows: Sequence[Sequence[CellValue]],
        *,
        lang: str,
        marks: Sequence[Sequence[str]] = (),
        links: dict[str, str] | None = None,
        caption: str = "",
        max_rows: int | None = None,
        texts_only: bool = False,
    ) -> ReportTable:
        """Return a table of rows; columns of numbers are set to the right unless `texts_only`."""
        language = get_language(lang)
        columns = []
        for position, heading in enumerate(headings):
            values = [row[position] for row in rows[:max_rows]]
            texts = [value_text(value, language) for value in values]
            columns.append(TextColumn(heading, heading, texts, texts_only or _is_text_column(values)))
        report_table = cls(name, tuple(headings), tuple(map(tuple, rows)))
        return report_table.with_display(columns, marks=marks, links=links, caption=caption)

    def with_display(
        self,
        columns: Sequence[TextColumn],
        *,
        marks: Sequence[Sequence[str]] = (),
        links: dict[str, str] | None = None,
        caption: str = "",
    ) -> ReportTable:
        """Return the table with what people are to read of it."""
        html = text_table_html(columns, cell_classes=marks, links=links, caption=caption)
        return replace(self, html=html, markdown=table_markdown(columns))

    def with_headings(self, headings: Sequence[str]) -> ReportTable:
        """Return the table with other headings, for exports."""
        return replace(self, headings=tuple(headings))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values; whole numbers keep every digit."""
        values = {"name": self.name, "headings": list(self.headings), "rows": [list(row) for row in self.rows]}
        return values | ({"chart": asdict(self.chart)} if self.chart else {})


def standard_chart(name: str, columns: Sequence[str]) -> TableChart | None:
    """Return what a workbook draws of one of the kit's tables, None where that is nothing."""
    if name not in _CHARTS:
        return None
    kind, category, series = _CHARTS[name]
    group = columns.index(_GROUP_COLUMN) if _GROUP_COLUMN in columns else None
    return TableChart(kind, columns.index(category), tuple(map(columns.index, series)), group)


def _is_text_column(values: Sequence[CellValue]) -> bool:
    """Whether a column is text, to be set to the left: most of it is neither a number nor a percentage."""
    text_flags = [isinstance(value, str) and not _PERCENTAGE.fullmatch(value) for value in values if value is not None]
    return 2 * sum(text_flags) > len(text_flags) or not text_flags


def frame_rows(data: pd.DataFrame) -> tuple[tuple[CellValue, ...], ...]:
    """Return the rows of a DataFrame for exports: what is neither number nor flag is text."""
    return tuple(
        tuple(value if value is None or isinstance(value, bool | int | float | str) else str(value) for value in row)
        for row in table_rows(data)
    )
