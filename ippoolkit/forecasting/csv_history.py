"""Histories from CSV: ``time,pool,in_use,capacity[,blocks_in_use,blocks]``."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation

from ..findings import Finding, Place
from .pool_history import HistoryCollector, Measurement, utc

REQUIRED = ("time", "pool", "in_use", "capacity")
BLOCKS = ("blocks_in_use", "blocks")
# No pool has more addresses.
MOST_ADDRESSES = 2**128
# So many problems of one file are listed, then only counted.
MOST_PROBLEMS = 200


def looks_like_csv(text: str) -> bool:
    """Tell whether the first line is a heading with a time and a pool."""
    heading = text.lstrip("\ufeff").split("\n", 1)[0].lower()
    return all(name in heading for name in ("time", "pool")) and heading.lstrip()[:1] not in "{["


def read_csv(text: str, name: str, collector: HistoryCollector) -> list[Finding]:
    """Read rows; return every problem, with its line and column."""
    problems: list[Finding] = []
    lines = text.removeprefix("\ufeff").splitlines()
    separator = ";" if lines and lines[0].count(";") > lines[0].count(",") else ","
    reader = csv.reader(lines, delimiter=separator, strict=True)
    try:
        columns = _columns(next(reader, []), name, problems)
        if not problems:
            _read_rows(reader, columns, name, collector, problems)
    except csv.Error as error:
        problems.append(Finding("csv-syntax", params={"reason": str(error)}, place=Place(name, reader.line_num)))
    return problems


def _columns(heading: list[str], name: str, problems: list[Finding]) -> dict[str, int]:
    columns = {cell.strip().lower(): position for position, cell in enumerate(heading)}
    problems += [
        Finding("csv-column-missing", params={"column": column}, place=Place(name, 1))
        for column in REQUIRED
        if column not in columns
    ]
    return {column: columns[column] for column in (*REQUIRED, *BLOCKS) if column in columns}


def _read_rows(
    reader: Iterator[list[str]],
    columns: dict[str, int],
    name: str,
    collector: HistoryCollector,
    problems: list[Finding],
) -> None:
    first_lines: dict[tuple[str, datetime], int] = {}
    gaps = 0
    for row in reader:
        line = reader.line_num  # type: ignore[attr-defined]  # of csv.reader
        if not any(cell.strip() for cell in row):
            continue
        if len(row) <= max(columns.values()):
            problems.append(Finding("csv-cells", params={"count": len(row)}, place=Place(name, line)))
            continue
        cells = {column: row[position].strip() for column, position in columns.items()}
        problems_before = len(problems)
        time = _time(cells["time"], Place(name, line, "time"), problems)
        if not cells["pool"]:
            problems.append(Finding("csv-cell-empty", place=Place(name, line, "pool")))
        figures = {
            column: _count(cells[column], Place(name, line, column), problems)
            for column in ("in_use", "capacity", *BLOCKS)
            if column in cells
        }
        if len(problems) > problems_before or time is None:
            continue
        first_line = first_lines.setdefault((cells["pool"], time), line)
        if first_line != line:
            params = {"pool": cells["pool"], "first": first_line}
            problems.append(Finding("history-time-repeated", params=params, place=Place(name, line, "time")))
            continue
        gaps += figures.get("in_use") is None
        collector.add(cells["pool"], Measurement(time, **figures))
    if gaps:
        collector.notes.append(Finding("history-gaps", params={"count": gaps}, place=Place(name)))


def _time(cell: str, place: Place, problems: list[Finding]) -> datetime | None:
    try:
        return utc(datetime.fromisoformat(cell))
    except (ValueError, OverflowError):
        problems.append(Finding("history-time-invalid", params={"value": cell}, place=place))
        return None


def _count(cell: str, place: Place, problems: list[Finding]) -> int | None:
    """Return a count, exact however large; None for an empty cell. An average is rounded to the nearest."""
    if not cell:
        return None
    try:
        number = Decimal(cell)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        problems.append(Finding("history-number-invalid", params={"value": cell}, place=place))
    elif number < 0:
        problems.append(Finding("history-number-negative", params={"value": cell}, place=place))
    elif number > MOST_ADDRESSES:
        problems.append(Finding("value-high", params={"value": cell, "bound": MOST_ADDRESSES}, place=place))
    else:
        return round(number)
    return None
