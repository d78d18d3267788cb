"""Pieces of a page: verdict, key figures, tables, findings, sources. The planner and the reports show the same ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from html import escape
from typing import TYPE_CHECKING

import jinja2

from ..analysis import Analysis
from ..capacity.key_metrics import METRIC_COLUMN, KeyMetrics
from ..capacity.verdict import Status
from ..findings import N_, Finding, Language, get_language, replace_unprintable
from .cell_text import NO_VALUE, value_text
from .display_columns import LIMIT_COLUMN
from .growth import month_text
from .node_rows import node_rows
from .text_columns import TextColumn, standard_columns
from .verdict_parts import verdict_parts

if TYPE_CHECKING:
    import pandas as pd

    from ..manifests.manifest_review import Review

_MAX_UNBROKEN_ROWS = 20
_LONG_TEXT = 40  # characters from which a cell is one
_MAX_PORTRAIT_WIDTH = 120  # characters that a row of cells may have on an upright sheet of paper
_MAX_DENSE_WIDTH = 155  # and in smaller print
_CELL_PADDING = 2  # as characters
_UNBROKEN_TEXT = 28  # characters of a name that is not broken


def verdict_html(analysis: Analysis, lang: str = "en", *, buttons: bool = False, cluster_exists: bool = False) -> str:
    """Return the verdict: word, sentence, what to choose instead, the limit and its source.

    With `buttons` each choice can be taken: a button that carries its index in `Analysis.choices`. `cluster_exists`
    is as in `verdict_parts`.
    """
    language = get_language(lang)
    return render_template(
        "verdict",
        parts=verdict_parts(analysis, language, cluster_exists=cluster_exists),
        buttons=buttons,
        words={
            "limit": language.translate(N_("Limiting factor:")),
            "enough": language.translate(N_("Any one of these changes is enough:")),
            "next": language.translate(N_("; ")),
            "end": language.translate(N_(".")),
        },
    )


def capacity_tiles_html(analysis: Analysis, lang: str = "en") -> str:
    """Return the key figures of the family whose verdict is worst."""
    return tile_boxes_html(capacity_tiles(analysis, lang))


def capacity_tiles(analysis: Analysis, lang: str = "en", *, short: bool = False) -> list[tuple[str, str, str]]:
    """Return key figures as texts: value, what it is, and ``fails`` where it is bad.

    `short`: blocks, addresses and when only.
    """
    tile_texts = _key_figure_tiles(analysis.metrics, get_language(lang)) if analysis.metrics else []
    return [*tile_texts[:2], *tile_texts[-1:]] if short else tile_texts


def tile_boxes_html(tiles: Sequence[tuple[str, str, str]]) -> str:
    """Return values in boxes beside each other, each with what it is and a verdict's word or nothing."""
    return render_template("tiles", tiles=tiles) if tiles else ""


def text_table_html(
    columns: Sequence[TextColumn],
    *,
    cell_classes: Sequence[Sequence[str]] = (),
    links: Mapping[str, str] | None = None,
    caption: str = "",
) -> str:
    """Return any table of texts.

    Parameters
    ----------
    columns
        Its columns.
    cell_classes
        Classes of each cell, row by row, as verdicts have them; none if left out.
    links
        Where the texts of the first column lead.
    caption
        What the table shows, for those who do not see it.
    """
    # Narrow windows make columns of sentences a word wide unless forbidden.
    lengths = [max(map(len, column.texts), default=0) for column in columns]
    widths = ["long" if length > _LONG_TEXT else "whole" if length <= _UNBROKEN_TEXT else "" for length in lengths]
    return _grid_html(columns, cell_classes, width_classes=widths, links=links, caption=caption)


def table_html(
    table_name: str, data: pd.DataFrame, *, lang: str = "en", chosen: int | None = None, caption: str = ""
) -> str:
    """Return one of the kit's tables.

    Parameters
    ----------
    table_name
        Its name in `ippoolkit.capacity.table_columns.TABLES`.
    data
        The table.
    lang
        Language of the headings.
    chosen
        The value of the first column whose row is marked.
    caption
        What the table shows, for those who do not see it.
    """
    language = get_language(lang)
    columns = standard_columns(table_name, data, language)
    cell_classes = _cell_classes(columns, data, language, chosen)
    return _grid_html(columns, cell_classes, table_name=table_name, caption=caption)


def _grid_html(
    columns: Sequence[TextColumn],
    cell_classes: Sequence[Sequence[str]],
    *,
    width_classes: Sequence[str] = (),
    table_name: str = "",
    links: Mapping[str, str] | None = None,
    caption: str = "",
) -> str:
    """Return a table; each heading and cell is a text with its CSS classes."""
    none = [""] * len(columns)
    text_classes = ["text" if column.is_left_aligned else "" for column in columns]
    column_classes = list(map(_join_classes, text_classes, width_classes or none))
    headings = [
        (replace_unprintable(column.heading), classes) for column, classes in zip(columns, text_classes, strict=True)
    ]
    texts = list(zip(*(column.texts for column in columns), strict=True))
    rows = [
        list(zip(row, map(_join_classes, column_classes, row_classes), strict=True))
        for row, row_classes in zip(texts, cell_classes or [none] * len(texts), strict=True)
    ]
    return render_template(
        "grid",
        name=table_name,
        headings=headings,
        rows=rows,
        links=links or {},
        caption=caption,
        scroll=_scroll_classes(headings, rows),
    )


def _join_classes(*classes: str) -> str:
    return " ".join(filter(None, classes))


def _scroll_classes(headings: Sequence[tuple[str, str]], rows: Sequence[Sequence[tuple[str, str]]]) -> str:
    """Return how a table is printed: a long one may be cut; a wide one is set smaller, or turns its page."""
    classes, width = ["ipk-scroll"], _min_width(headings, rows)
    if len(rows) > _MAX_UNBROKEN_ROWS:
        classes.append("long")
    if width > _MAX_PORTRAIT_WIDTH:
        classes.append("ipk-dense" if width <= _MAX_DENSE_WIDTH else "ipk-wide")
    return " ".join(classes)


def _min_width(headings: Sequence[tuple[str, str]], rows: Sequence[Sequence[tuple[str, str]]]) -> int:
    """Return how many characters a table needs beside each other; numbers and names are not broken."""
    widths = [max(map(len, heading.split()), default=0) for heading, _ in headings]
    for row in rows:
        for column, (text, classes) in enumerate(row):
            is_broken = "text" in classes and not {"whole", "date"} & set(classes.split())
            pieces = text.replace("-", "- ").split() if is_broken else [text]
            widths[column] = max(widths[column], *map(len, pieces), 0)
    return sum(widths) + _CELL_PADDING * len(widths)


def nodes_html(analysis: Analysis, lang: str = "en") -> str:
    """Return the table of nodes, those that are alike in one row; of a large cluster those that fill up first."""
    table, note = node_rows(analysis.nodes(lang=lang), get_language(lang))
    html = table_html("nodes", table, lang=lang)
    return remark_html(note) + html


def remark_html(text: str) -> str:
    """Return a remark beside what is shown; nothing of an empty one."""
    return f'<p class="ipk-empty">{escape(text)}</p>' if text else ""


def comparison_html(table: pd.DataFrame, lang: str = "en") -> str:
    """Return a comparison of plans; values that differ from the first plan's are marked, and said to differ."""
    language = get_language(lang)
    names = table.columns[1:]
    rows = [
        {
            "metric": record[METRIC_COLUMN],
            "cells": [
                (value_text(record[name], language) or NO_VALUE, record[name] != record[names[0]]) for name in names
            ],
        }
        for record in table.to_dict("records")
    ]
    return render_template(
        "comparison",
        names=list(map(replace_unprintable, names)),
        rows=rows,
        differs=language.translate(N_("differs")),
    )


def findings_html(findings: Iterable[Finding], lang: str = "en") -> str:
    """Return findings as a list, in the order given."""
    language = get_language(lang)
    items = [
        {
            "severity": finding.severity.value,
            "label": language.translate(finding.severity.value),
            "where": finding.location(lang),
            "message": finding.message(lang),
            "remedy": finding.remedy_parts(lang),
            "commands": finding.commands,
            "source": finding.source,
            "code": finding.code,
        }
        for finding in findings
    ]
    return render_template("findings", findings=items, empty=language.translate(N_("No findings.")))


def review_html(review: Review, lang: str = "en") -> str:
    """Return what each judge says of each object, and every finding; most severe first."""
    language = get_language(lang)
    objects = [
        {
            "subject": replace_unprintable(reviewed.subject),
            "answers": [
                (judge, language.translate(answer.value), answer.value == "accepted")
                for judge, answer in reviewed.decisions.items()
            ],
        }
        for reviewed in review.objects
    ]
    return render_template("review", objects=objects) + (
        findings_html(review.findings, lang) if review.findings else ""
    )


def _key_figure_tiles(figures: KeyMetrics, language: Language) -> list[tuple[str, str, str]]:
    format_number = language.format_number
    first_bad_month = figures.first_month_with_problem
    exhaustion_text = (
        language.render(N_("not within {months:month}"), {"months": figures.horizon_months})
        if first_bad_month is None
        else month_text(first_bad_month, language)
    )
    lacks_blocks = figures.blocks_needed > figures.blocks
    busiest, addresses_needed = figures.pods_on_busiest_node, figures.addresses_needed
    return [
        (
            f"{format_number(figures.blocks_needed)}\u00a0/ {format_number(figures.blocks)}",
            language.translate(N_("blocks needed / in the pools")),
            "fails" if lacks_blocks else "",
        ),
        (
            f"{value_text(addresses_needed, language)}\u00a0/ {format_number(figures.addresses)}",
            language.translate(N_("addresses needed / in the pools")),
            "fails" if addresses_needed is not None and addresses_needed > figures.addresses else "",
        ),
        (
            format_number(figures.pods_per_node_max),
            language.render(
                N_("max pods on a node's blocks; busiest: {busiest}"), {"busiest": value_text(busiest, language)}
            ),
            "fails" if busiest is not None and figures.pods_per_node_max < busiest else "",
        ),
        (
            format_number(figures.routes),
            language.render(
                N_("routes, {borrowed} of them borrowed addresses"), {"borrowed": figures.borrowed_addresses}
            ),
            "fails" if figures.borrowed_addresses else "",
        ),
        (
            exhaustion_text,
            language.translate(N_("when the pools run out")),
            "fails" if first_bad_month is not None else "",
        ),
    ]


def _cell_classes(
    columns: Sequence[TextColumn], data: pd.DataFrame, language: Language, chosen: int | None
) -> list[list[str]]:
    """Return the classes of each row's cells: the verdict's status, the column that limits, the chosen row."""
    status_by_text = {language.translate(word.value): word.value for word in Status}
    column_by_limit = {language.translate(limit): column for limit, column in LIMIT_COLUMN.items()}
    rows = []
    for record in data.to_dict("records"):
        status = status_by_text.get(record.get("verdict", ""), "")
        limit_column = column_by_limit.get(record.get("limit", "")) if status in ("fails", "tight") else None
        row_class = "chosen" if chosen is not None and record[columns[0].name] == chosen else ""
        rows.append(
            [
                _join_classes(
                    status if column.name == "verdict" else "",
                    "limit" if column.name == limit_column else "",
                    row_class,
                )
                for column in columns
            ]
        )
    return rows


@cache
def _jinja_environment() -> jinja2.Environment:
    loader = jinja2.PackageLoader("ippoolkit.view")
    return jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)


def render_template(template: str, **values: object) -> str:
    """Fill one of the templates; whatever is put in is text, not markup."""
    return _jinja_environment().get_template(f"{template}.html.j2").render(**values)
