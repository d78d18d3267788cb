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
_FORBIDDEN_CHARACTERS = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_MAX_SHEET_NAME = 31
_MAX_COLUMN_WIDTH = 60
# A text that starts like this would be a formula once somebody edits the cell, or in a CSV made of the sheet.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_MAP_TABLE = "map"
_FIXED_DATE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def render_workbook(tables: Sequence[Mapping[str, Any]], about_rows: Sequence[tuple[str, str]], lang: str) -> bytes:
    """Return the workbook; the same tables give the same bytes.

    Parameters
    ----------
    tables
        As `Executed.tables` holds them.
    about_rows
        What the first sheet says: pairs of a name and a text.
    lang
        Language of what is said.
    """
    words = get_language(lang)
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
        about_sheet = book.add_worksheet(_sheet_name(words.translate(N_("Summary")), used_names))
        # The cells of address maps are many, and the last that somebody looks for.
        tables = sorted(tables, key=lambda table: str(table["name"]).startswith(_MAP_TABLE))
        names = [_sheet_name(str(table["name"]), used_names) for table in tables]
        about_sheet.set_column(0, 0, 22)
        about_sheet.set_column(1, 1, 90)
        for row, (name, text) in enumerate(about_rows):
            cell_formats.write_heading(about_sheet, row, 0, name)
            cell_formats.write_text(about_sheet, row, 1, text)
        for name, table in zip(names, tables, strict=True):
            _write_sheet(book.add_worksheet(name), table, cell_formats, words)
    return buffer.getvalue()


class _CellFormats:
    """How cells look, and how texts are written so that they stay texts."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        heading = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}
        self.heading = book.add_format(heading)
        self.quoted_heading = book.add_format({**heading, "quote_prefix": True})
        self.plain = book.add_format({"valign": "top"})
        self.quoted_text = book.add_format({"valign": "top", "quote_prefix": True})
        self.big_integer = book.add_format({"valign": "top", "align": "right", "quote_prefix": True})
        self.integer = book.add_format({"valign": "top", "num_format": "#,##0"})

    def write_text(self, sheet: Any, row: int, column: int, text: str) -> None:
        """Write a text that nothing takes for anything else."""
        is_like_formula = text.startswith(_FORMULA_STARTS)
        sheet.write_string(row, column, text[:_MAX_CELL_TEXT], self.quoted_text if is_like_formula else self.plain)

    def write_heading(self, sheet: Any, row: int, column: int, text: str) -> None:
        """Write a heading, which may be a user's text as well."""
        is_like_formula = text.startswith(_FORMULA_STARTS)
        sheet.write_string(row, column, text[:_MAX_CELL_TEXT], self.quoted_heading if is_like_formula else self.heading)


def _write_sheet(sheet: Any, table: Mapping[str, Any], cell_formats: _CellFormats, words: Language) -> None:
    headings = [str(heading) for heading in table["headings"]]
    rows = table["rows"][: _MAX_ROWS - 1]
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
            0, column_index, words.translate(N_("Numbers of more than 15 digits are text: Excel would round them."))
        )
    if text_number_columns:
        sheet.ignore_errors(
            {"number_stored_as_text": f"A1:{xlsxwriter.utility.xl_rowcol_to_cell(len(rows), len(headings))}"}
        )
    sheet.freeze_panes(1, 1)
    if rows and headings:
        sheet.autofilter(0, 0, len(rows), len(headings) - 1)


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
