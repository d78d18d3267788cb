"""Figures that a program printed, as against those that are counted from objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..findings import Finding, Place
from ..model import Block

# Where in a text something stands: the line's number, from 1, and the line.
NumberedLines = list[tuple[int, str]]
# The row of a figure that holds wherever nothing else was said.
ANY_ROW = "*"


@dataclass(frozen=True, slots=True)
class ReportedFigures:
    """One figure: of which table and row (a pool's CIDR, a node's name), and whether it was rounded."""

    table: str
    row: str
    figure: str
    value: Any
    rounded: bool
    place: Place


@dataclass(slots=True)
class ReportedText:
    """What texts told: figures, blocks, kinds that the reader had no right to list, remarks."""

    figures: list[ReportedFigures] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    blocks_known: bool = False
    forbidden_kinds: dict[str, Place] = field(default_factory=dict)
    notes: list[Finding] = field(default_factory=list)

    def add_figures(
        self, table: str, row: str, place: Place, figures: Mapping[str, Any], *, rounded: bool = False
    ) -> None:
        """Note figures of one row."""
        self.figures += [
            ReportedFigures(table, row, figure, value, rounded, place) for figure, value in figures.items()
        ]


def table_rows(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a table with frames, by the headings of its first row."""
    headings: list[str] = []
    for number, line in lines:
        if not line.startswith("|"):
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not headings:
            headings = cells
        elif len(cells) == len(headings):
            yield number, dict(zip(headings, cells, strict=True))
