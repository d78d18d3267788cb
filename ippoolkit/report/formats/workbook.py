"""A report's tables as an Excel workbook: a sheet each, typed cells, whole numbers exact."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import xlsxwriter

from ...findings import N_, Language, get_language

# Excel keeps 15 digits of a number; what has more is text.
EXCEL_INTEGER_LIMIT = 10**15
_MAX_CELL_TEXT = 32_767
_MAX_ROWS = 1_048_576
# Those that Excel refuses, and quotes, which formulas of charts would have to double.
_FORBIDDEN_CHARACTERS = re.compile(r"[!\[\]:*?/\\'\x00-\x1f]")
_MAX_SHEET_NAME = 31
_MAX_COLUMN_WIDTH = 60
# A text that starts like this would be a formula once somebody edits the cell, or in a CSV made of the sheet.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_MAP_TABLE = "map"
_MAX_COLUMNS_DRAWN = 60  # more could not be read
_CHART_ROWS, _CHART_COLUMNS = 16, 2  # how many rows a chart takes up on the first sheet; charts beside each other
_CHART_SIZE = {"width": 520, "height": 300}
_VERDICT_COLORS = {"fits": "#156b3d", "tight": "#8a5300", "fails": "#b3261e"}
_FIXED_DATE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def render_workbook(
    tables: Sequence[Mapping[str, Any]], about_rows: Sequence[tuple[str, str | int]], lang: str, verdict: str = ""
) -> bytes:
    """Return the workbook; the same tables give the same bytes.

    Parameters
    ----------
    tables
        As `ExecutedNotebook.tables` holds them.
    about_rows
        What the first sheet says: pairs of a name and a text or a number. Charts of the tables are below them.
    lang
        Language of what is said.
    verdict
        ``fits``, ``tight`` or ``fails``: the colour of the first row.
    """
    language = get_language(lang)
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_numbers": False,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "nan_inf_to_errors": True,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": _FIXED_DATE})
        cell_formats = _CellFormats(book)
        used_names: set[str] = set()
        about_sheet = book.add_worksheet(_sheet_name(language.translate(N_("Summary")), used_names))
        # The cells of address maps are many, and the last that somebody looks for.
        tables = sorted(tables, key=lambda table: str(table["name"]).startswith(_MAP_TABLE))
        about_sheet.set_column(0, 0, 22)
        about_sheet.set_column(1, 1, 110)
        for row, (name, value) in enumerate(about_rows):
            cell_formats.write_heading(about_sheet, row, 0, name)
            if row == 0 and verdict in _VERDICT_COLORS:
                about_sheet.write_string(row, 1, str(value), cell_formats.verdicts[verdict])
            elif isinstance(value, int) and value < EXCEL_INTEGER_LIMIT:
                about_sheet.write_number(row, 1, value, cell_formats.count)
            else:
                cell_formats.write_text(about_sheet, row, 1, str(value))
        charts: list[Any] = []
        for table in tables:
            sheet = book.add_worksheet(_sheet_name(str(table["name"]), used_names))
            charts += _write_sheet(book, sheet, table, cell_formats, language)
        for number, chart in enumerate(charts):
            row = len(about_rows) + 1 + number // _CHART_COLUMNS * _CHART_ROWS
            offset = number % _CHART_COLUMNS * (_CHART_SIZE["width"] + 10)
            about_sheet.insert_chart(row, 0, chart, {"x_offset": offset})
    return buffer.getvalue()


class _CellFormats:
    """How cells look, and how texts are written so that they stay texts."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        heading = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}
        self.heading = book.add_format(heading)
        self.quoted_heading = book.add_format({**heading, "quote_prefix": True})
        self.plain = book.add_format({"valign": "top"})
        self.text = book.add_format({"valign": "top", "text_wrap": True})
        self.quoted_text = book.add_format({"valign": "top", "text_wrap": True, "quote_prefix": True})
        self.big_integer = book.add_format({"valign": "top", "align": "right", "quote_prefix": True})
        self.integer = book.add_format({"valign": "top", "num_format": "#,##0"})
        self.count = book.add_format({"valign": "top", "num_format": "#,##0", "align": "left"})
        self.verdicts = {
            word: book.add_format({"bold": True, "valign": "top", "font_color": color})
            for word, color in _VERDICT_COLORS.items()
        }

    def write_text(self, sheet: Any, row: int, column: int, text: str) -> None:
        """Write a text that nothing takes for anything else."""
        is_like_formula = text.startswith(_FORMULA_STARTS)
        sheet.write_string(row, column, text[:_MAX_CELL_TEXT], self.quoted_text if is_like_formula else self.text)

    def write_heading(self, sheet: Any, row: int, column: int, text: str) -> None:
        """Write a heading, which may be a user's text as well."""
        is_like_formula = text.startswith(_FORMULA_STARTS)
        sheet.write_string(row, column, text[:_MAX_CELL_TEXT], self.quoted_heading if is_like_formula else self.heading)


def _write_sheet(
    book: xlsxwriter.Workbook, sheet: Any, table: Mapping[str, Any], cell_formats: _CellFormats, language: Language
) -> list[Any]:
    """Write a table, and return the charts that are drawn of it."""
    headings = [str(heading) for heading in table["headings"]]
    rows, chart = table["rows"][: _MAX_ROWS - 1], table.get("chart")
    if chart and chart["group"] is not None:
        rows = sorted(rows, key=lambda row: row[chart["group"]])  # a chart is drawn of rows that follow each other
    widths = [len(heading) for heading in headings]
    text_number_columns: set[int] = set()
    for column_index, heading in enumerate(headings):
        cell_formats.write_heading(sheet, 0, column_index, heading)
    for row_index, row in enumerate(rows, start=1):
        for column_index, value in enumerate(row):
            if _write_value(sheet, row_index, column_index, value, cell_formats):
                text_number_columns.add(column_index)
            widths[column_index] = max(widths[column_index], len(str(value)) if value is not None else 0)
    for column_index, width in enumerate(widths):
        sheet.set_column(column_index, column_index, min(max(width + 2, 8), _MAX_COLUMN_WIDTH))
    for column_index in sorted(text_number_columns):
        sheet.write_comment(
            0, column_index, language.translate(N_("Numbers of more than 15 digits are text: Excel would round them."))
        )
    if text_number_columns:
        sheet.ignore_errors(
            {"number_stored_as_text": f"A1:{xlsxwriter.utility.xl_rowcol_to_cell(len(rows), len(headings))}"}
        )
    sheet.freeze_panes(1, 1)
    if rows and headings:
        sheet.autofilter(0, 0, len(rows), len(headings) - 1)
    return _charts(book, sheet.get_name(), headings, rows, chart) if chart else []


def _charts(
    book: xlsxwriter.Workbook,
    sheet_name: str,
    headings: Sequence[str],
    rows: Sequence[Sequence[Any]],
    chart: Mapping[str, Any],
) -> list[Any]:
    """Return a chart of each group of rows; none of counts that Excel would round."""
    category, group = chart["category"], chart["group"]
    groups = [row[group] if group is not None else None for row in rows]
    charts = []
    for group_value in dict.fromkeys(groups):
        first, last = groups.index(group_value) + 1, len(groups) - groups[::-1].index(group_value)
        if chart["kind"] == "column" and last - first >= _MAX_COLUMNS_DRAWN:
            continue
        values = [row[column] for row in rows[first - 1 : last] for column in chart["series"]]
        if not all(isinstance(value, int) and abs(value) < EXCEL_INTEGER_LIMIT for value in values):
            continue
        drawn = book.add_chart({"type": chart["kind"]})
        for column in chart["series"]:
            drawn.add_series(
                {
                    "name": [sheet_name, 0, column],
                    "categories": [sheet_name, first, category, last, category],
                    "values": [sheet_name, first, column, last, column],
                }
            )
        title = sheet_name if group_value is None else f"{sheet_name}, {headings[group]}v{group_value}"
        drawn.set_title({"name": title, "name_font": {"size": 11}, "overlay": False})
        drawn.set_x_axis({"name": headings[category]})
        drawn.set_y_axis({"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#dfe3e8"}}})
        drawn.set_legend({"position": "bottom"})
        drawn.set_size(_CHART_SIZE)
        charts.append(drawn)
    return charts


def _write_value(sheet: Any, row: int, column: int, value: Any, cell_formats: _CellFormats) -> bool:
    """Write a value by its type; say whether it is a number that Excel could not hold."""
    if value is None:
        return False
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value, cell_formats.plain)
    elif isinstance(value, int) and abs(value) >= EXCEL_INTEGER_LIMIT:
        sheet.write_string(row, column, str(value), cell_formats.big_integer)
        return True
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, cell_formats.integer if isinstance(value, int) else cell_formats.plain)
    else:
        cell_formats.write_text(sheet, row, column, value)
    return False


def _sheet_name(name: str, used_names: set[str]) -> str:
    """Return a name that Excel takes for a sheet, different from those taken."""
    clean = _FORBIDDEN_CHARACTERS.sub("-", name).strip("' ") or "table"
    if clean.casefold() == "history":  # Excel's own
        clean = "history-"
    candidate, number = clean[:_MAX_SHEET_NAME], 1
    while candidate.casefold() in used_names:
        number += 1
        number_suffix = f" {number}"
        candidate = clean[: _MAX_SHEET_NAME - len(number_suffix)] + number_suffix
    used_names.add(candidate.casefold())
    return candidate.rstrip("'")
