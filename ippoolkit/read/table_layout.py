"""How tables are drawn: frames of any characters, headings left or centred, cells between bars or between blanks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..findings import Place

# A line of a text with its number, from 1.
NumberedLine = tuple[int, str]
NumberedLines = list[NumberedLine]

_BARS = "|│┃║"
_FRAME = re.compile(r"[+╭┌┏╔├┣╠╰└┗╚|│╟][-=─━═+┬┼┴┳╋┻╦╬╩╪╤╧┤┫╣╮┐┓╗╯┘┛╝| :╢]{2,}$")
_BAR = re.compile(f"[{_BARS}]")
_GAP = re.compile(r"\s{2,}|\t")
# Blanks that part cells where each is one: not those in `IP Pool`, `4027 (6%)`, `2 (3d ago)`.
_SINGLE_GAP = re.compile(r"\s+(?!\(|Pool\s|ago\))")


def is_frame_line(line: str) -> bool:
    """Whether a line is only frame: `+----+----+`, `╭────┬────╮`, `|---|---|`."""
    return bool(line) and line[0] in "+╭┌┏╔├┣╠╰└┗╚|│╟" and bool(_FRAME.match(line.rstrip()))


def is_table_line(line: str) -> bool:
    """Whether a line has cells between bars."""
    return bool(line) and line[0] in _BARS and not is_frame_line(line)


def split_heading(line: str) -> list[str]:
    """Return the headings of a line that may be one, without the blanks around them."""
    if is_table_line(line):
        return _cells(line)
    if not line[:1].isupper():
        return []
    names = [cell for cell in _GAP.split(line.strip()) if cell]
    if len(names) > 1:
        return names
    words = line.split()
    return words if len(words) > 1 and all(word.upper() == word for word in words) else []


def table_rows(lines: Iterable[NumberedLine], file: str) -> Iterator[tuple[Place, dict[str, str]]]:
    """Yield the rows of a table, by its headings; a row with another number of cells has the key ``""`` alone.

    Tables without frames may be cut by columns (kubectl) or by blanks (pasted).
    """
    headings: list[str] = []
    starts: list[int] = []
    for number, line in lines:
        if not line.strip() or is_frame_line(line):
            continue
        if not headings:
            headings = split_heading(line)
            starts = [] if is_table_line(line) else _column_starts(line, headings)
            continue
        if starts and not is_table_line(line):
            cells = _cells_between_blanks(line, len(headings)) or _cells_by_column(line, starts)
        elif is_table_line(line):
            cells = _cells(line)
        else:
            continue  # a note below the table
        row = dict(zip(headings, cells, strict=True)) if len(cells) == len(headings) else {"": line.strip()}
        yield Place(file, number), row


def _cells(line: str) -> list[str]:
    body = line.strip()[1:]
    if body and body[-1] in _BARS:
        body = body[:-1]
    return [cell.strip() for cell in _BAR.split(body)]


def _column_starts(line: str, headings: list[str]) -> list[int]:
    starts, position = [], 0
    for heading in headings:
        position = line.index(heading, position)
        starts.append(position)
        position += len(heading)
    return starts


def _cells_between_blanks(line: str, count: int) -> list[str]:
    """Split a row at its gaps where that gives as many cells as there are headings, else nothing."""
    for cells in (_GAP.split(line.strip()), line.split(), _SINGLE_GAP.split(line.strip())):
        if len(cells) == count:
            return cells
    return []


def _cells_by_column(line: str, starts: list[int]) -> list[str]:
    ends = [*starts[1:], None]
    return [line[start:end].strip() for start, end in zip(starts, ends, strict=True)]
