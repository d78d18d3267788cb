"""Tables and findings in a terminal: numbers, names and CIDRs stay whole, whatever its width."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..calico.releases import Release
from ..findings import N_, Finding, Severity, get_language
from .text_columns import TextColumn
from .verdict_parts import release_text

SEVERITY_STYLES = {
    Severity.ERROR: "red",
    Severity.WARNING: "yellow",
    Severity.INFO: "bright_black",
    Severity.OK: "green",
}
_COLUMNS_LEFT_OUT = N_("Columns not shown: {columns}. Use a wider terminal or --json to see them.")
_GAP = 2  # blanks between two columns
_MAX_HEADING_LINES = 3
_MIN_SENTENCE_WIDTH = 32  # a column of sentences may become as narrow as this
_MAX_WORD_WIDTH = 50  # longer words, such as names of 253 characters, may be broken; no CIDR is longer


def print_columns(
    console: Console,
    columns: Sequence[TextColumn],
    *,
    title: str = "",
    drop_order: Sequence[str] = (),
    lang: str = "en",
) -> None:
    """Print a table that fits the terminal.

    Columns are left out in the order given until the others fit, and named below. Where that is not enough the table
    goes on below with its further columns, the first one repeated.
    """
    columns_shown, left_out = _leave_out(columns, drop_order, console.width)
    for number, band in enumerate(_bands(columns_shown, console.width)):
        _print_band(console, band, title if not number else "")
    if left_out:
        headings = "; ".join(column.heading for column in left_out)  # a heading may have a comma of its own
        console.print(Text(get_language(lang).render(_COLUMNS_LEFT_OUT, {"columns": headings}), style="bright_black"))
    console.print()


def print_release(console: Console, release: Release, *, lang: str = "en") -> None:
    """Print by which release of Calico everything below is judged."""
    console.print(Text(f"{release_text(release, get_language(lang))}\n", style="bright_black"))


def print_findings(console: Console, findings: Iterable[Finding], *, lang: str = "en") -> None:
    """Print findings, one a paragraph: severity, place or subject, message, remedy, code; below, parts of a remedy."""
    language = get_language(lang)
    for finding in findings:
        sentence, parts = finding.sentence_and_parts(lang)
        severity_label = (f"{language.translate(finding.severity.value)}: ", SEVERITY_STYLES[finding.severity])
        message = ": ".join(filter(None, (finding.location(lang), sentence)))
        console.print(Text.assemble(severity_label, message, (f" [{finding.code}]", "bright_black")))
        for purpose, text in parts:
            _print_indented(console, Text.assemble((f"{purpose}: ", "bold"), text))
        for command in finding.commands:  # a line each, so that what is copied runs
            console.print(Text(f"  {command}"), soft_wrap=True)


def _print_indented(console: Console, text: Text) -> None:
    """Print a text below what it belongs to: two blanks in, its further lines too."""
    lines = [text] if console.soft_wrap else text.wrap(console, console.width - 2)
    for line in lines:
        line.rstrip()
        console.print(Text("  ").append_text(line), soft_wrap=True)


def _leave_out(
    columns: Sequence[TextColumn], drop_order: Sequence[str], width: int
) -> tuple[list[TextColumn], list[TextColumn]]:
    columns_shown = list(columns)
    left_out: list[TextColumn] = []
    for name in drop_order:
        if _min_total_width(columns_shown) <= width:
            break
        left_out += [column for column in columns_shown if column.name == name]  # none of what is unknown
        columns_shown = [column for column in columns_shown if column.name != name]
    return columns_shown, left_out


def _bands(columns: Sequence[TextColumn], width: int) -> list[list[TextColumn]]:
    first, *further_columns = columns
    bands = [[first]]
    for column in further_columns:
        if _min_total_width([*bands[-1], column]) <= width:
            bands[-1].append(column)
        else:
            bands.append([first, column] if _min_total_width([first, column]) <= width else [column])
    return bands


def _print_band(console: Console, columns: Sequence[TextColumn], title: str) -> None:
    if title:  # not the table's own, which is wrapped where the table is narrow
        console.print(Text(title, style="bold"))
    table = Table(box=None, pad_edge=False)
    widths = []
    missing = sum(map(_width, columns)) + _GAP * (len(columns) - 1) - console.width
    for column in columns:
        width = _width(column)
        cut = max(0, min(missing, width - _min_width(column)))
        widths.append(width - cut)
        missing -= cut
    headings = [_wrap(column.heading, width) for column, width in zip(columns, widths, strict=True)]
    lines = max(map(len, headings))
    for column, width, heading in zip(columns, widths, headings, strict=True):
        table.add_column(
            Text("\n" * (lines - len(heading)) + "\n".join(heading)),  # headings stand on their last line
            justify="left" if column.is_left_aligned else "right",
            overflow="fold",
            width=width,
        )
    for row in zip(*(column.texts for column in columns), strict=True):
        table.add_row(*map(Text, row))
    console.print(table, soft_wrap=False)  # also in a pipe: a table's cells are set beside each other


def _width(column: TextColumn) -> int:
    """Return the width of a column's longest text, and of its heading in a few lines."""
    return max(map(cell_len, [*column.texts, *_heading_lines(column.heading)]), default=0)


def _min_width(column: TextColumn) -> int:
    """Return the width below which a number, a name or a CIDR would be broken."""
    longest = max(map(cell_len, column.texts), default=0)
    has_sentences = longest > _MIN_SENTENCE_WIDTH and any(" " in text for text in column.texts)
    if has_sentences or longest > _MAX_WORD_WIDTH:
        return max(_MIN_SENTENCE_WIDTH, *map(cell_len, _heading_lines(column.heading)))
    return _width(column)


def _min_total_width(columns: Sequence[TextColumn]) -> int:
    return sum(map(_min_width, columns)) + _GAP * (len(columns) - 1)


def _heading_lines(heading: str) -> list[str]:
    longest_word = max(map(cell_len, heading.split()), default=1)
    wrapped = (_wrap(heading, width) for width in range(longest_word, cell_len(heading) + 1))
    return next((lines for lines in wrapped if len(lines) <= _MAX_HEADING_LINES), [])


def _wrap(text: str, width: int) -> list[str]:
    """Return the lines of a text; Chinese characters are two cells wide, which `textwrap` does not know."""
    lines: list[str] = []
    for word in text.split():
        if lines and cell_len(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
