"""A report's tables as an Excel workbook: a sheet each, typed cells, whole numbers exact."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import xlsxwriter

from ...findings import N_, Language, language
from ..mime import received

# Excel keeps 15 digits of a number; what has more is text.
EXACT = 10**15
_MOST_TEXT = 32_767
_MOST_ROWS = 1_048_576
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_MOST_NAME = 31
_WIDEST = 60
# A text that starts like this would be a formula once somebody edits the cell, or in a CSV made of the sheet.
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def workbook(tables: Sequence[Mapping[str, Any]], about: Sequence[tuple[str, str]], lang: str) -> bytes:
    """Return the workbook; the same tables give the same bytes.

    Parameters
    ----------
    tables
        As `Executed.tables` holds them.
    about
        What the first sheet says: pairs of a name and a text.
    lang
        Language of what is said.
    """
    words = language(lang)
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_numbers": False,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "nan_inf_to_errors": True,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": _LONG_AGO})
        looks = _Looks(book)
        taken: set[str] = set()
        names = [_sheet_name(str(table["name"]), taken) for table in tables]
        first = book.add_worksheet(_sheet_name(words.text(N_("About")), taken))
        first.set_column(0, 0, 22)
        first.set_column(1, 1, 90)
        for row, (name, text) in enumerate(about):
            first.write_string(row, 0, name, looks.head)
            looks.text(first, row, 1, text)
        for name, table in zip(names, tables, strict=True):
            _sheet(book.add_worksheet(name), table, looks, words)
    return buffer.getvalue()


class _Looks:
    """How cells look, and how texts are written so that they stay texts."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self.plain = book.add_format({"valign": "top"})
        self.kept = book.add_format({"valign": "top", "quote_prefix": True})
        self.digits = book.add_format({"valign": "top", "align": "right", "quote_prefix": True})
        self.whole = book.add_format({"valign": "top", "num_format": "#,##0"})

    def text(self, sheet: Any, row: int, column: int, text: str) -> None:
        """Write a text that nothing takes for anything else."""
        sheet.write_string(row, column, text[:_MOST_TEXT], self.kept if text.startswith(_RISKY) else self.plain)


def _sheet(sheet: Any, table: Mapping[str, Any], looks: _Looks, words: Language) -> None:
    headings = [str(heading) for heading in table["headings"]]
    rows = [[received(value) for value in row] for row in table["rows"][: _MOST_ROWS - 1]]
    widths = [len(heading) for heading in headings]
    exact: set[int] = set()
    for at, heading in enumerate(headings):
        sheet.write_string(0, at, heading, looks.head)
    for number, row in enumerate(rows, start=1):
        for at, value in enumerate(row):
            if _write(sheet, number, at, value, looks):
                exact.add(at)
            widths[at] = max(widths[at], len(str(value)) if value is not None else 0)
    for at, width in enumerate(widths):
        sheet.set_column(at, at, min(max(width + 2, 8), _WIDEST))
    for at in sorted(exact):
        sheet.write_comment(0, at, words.text(N_("Numbers of more than 15 digits are text: Excel would round them.")))
    if exact:
        sheet.ignore_errors(
            {"number_stored_as_text": f"A1:{xlsxwriter.utility.xl_rowcol_to_cell(len(rows), len(headings))}"}
        )
    sheet.freeze_panes(1, 1)
    if rows and headings:
        sheet.autofilter(0, 0, len(rows), len(headings) - 1)


def _write(sheet: Any, row: int, column: int, value: Any, looks: _Looks) -> bool:
    """Write a value by its type; say whether it is a number that Excel could not hold."""
    if value is None:
        return False
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value, looks.plain)
    elif isinstance(value, int) and abs(value) >= EXACT:
        sheet.write_string(row, column, str(value), looks.digits)
        return True
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, looks.whole if isinstance(value, int) else looks.plain)
    else:
        looks.text(sheet, row, column, value)
    return False


def _sheet_name(name: str, taken: set[str]) -> str:
    """Return a name that Excel takes for a sheet, different from those taken."""
    clean = _FORBIDDEN.sub("-", name).strip("' ") or "table"
    if clean.casefold() == "history":  # Excel's own
        clean = "history-"
    candidate, number = clean[:_MOST_NAME], 1
    while candidate.casefold() in taken:
        number += 1
        end = f" {number}"
        candidate = clean[: _MOST_NAME - len(end)] + end
    taken.add(candidate.casefold())
    return candidate.rstrip("'")
