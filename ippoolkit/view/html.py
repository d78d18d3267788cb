"""Pieces of a page: verdict, key figures, tables, findings, sources. The planner and the reports show the same ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

import jinja2

from ..capacity.choices import ADD_POOL, Choice, find_choices
from ..capacity.figures import KeyFigures, key_figures
from ..capacity.judge import Word
from ..capacity.plan import nodes
from ..capacity.plan import verdict as judge
from ..findings import N_, Finding, Language, language, printable
from ..model import Scenario
from .cells import NOTHING, cells_of
from .shown import LIMIT_COLUMN, MEDIUM, Shown, shown

if TYPE_CHECKING:
    import pandas as pd

    from ..rules.review import Review

NODES_SHOWN = 200
_ROWS_TOGETHER = 20
_SENTENCE = 40  # characters from which a cell is one
_NAME = 28  # characters of a name that is not broken


def verdict_html(scenario: Scenario, lang: str = "en", *, buttons: bool = False) -> str:
    """Return the verdict: word, sentence, what to choose instead, the limit and its source.

    With `buttons` each choice can be taken: a button that carries the choice's place in `find_choices`.
    """
    words = language(lang)
    verdict = judge(scenario)
    chosen = [] if verdict.word in (Word.FITS, Word.IDLE) else [_choice(c, words) for c in find_choices(scenario)]
    finding = verdict.finding
    return render(
        "verdict",
        word=verdict.word.value,
        label=words.say(N_("{word}."), {"word": words.text(verdict.word.value)}),
        sentence=finding.sentence(lang),
        mend="" if chosen else finding.mend(lang),
        choices=chosen,
        buttons=buttons,
        limit=words.text(verdict.limit),
        source=finding.source,
        words={
            "limit": words.text(N_("Binds first:")),
            "enough": words.text(N_("One change is enough:")),
            "next": words.text(N_("; ")),
            "end": words.text(N_(".")),
        },
    )


def tiles_html(scenario: Scenario, lang: str = "en", *, brief: bool = False) -> str:
    """Return the key figures of the family whose verdict is worst; `brief`: blocks, addresses and when only."""
    return boxes_html(tiles(scenario, lang, brief=brief))


def tiles(scenario: Scenario, lang: str = "en", *, brief: bool = False) -> list[tuple[str, str, str]]:
    """Return key figures as texts: value, what it is, and ``fails`` where it is bad."""
    figures = key_figures(scenario)
    made = _tiles(figures, language(lang)) if figures else []
    return [*made[:2], *made[-1:]] if brief else made


def boxes_html(boxes: Iterable[tuple[str, str, str]]) -> str:
    """Return values in boxes beside each other, each with what it is and a verdict's word or nothing."""
    listed = list(boxes)
    return render("tiles", tiles=listed) if listed else ""


def grid_html(
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    left: Sequence[bool],
    marks: Sequence[Sequence[str]] = (),
    links: Mapping[str, str] | None = None,
    caption: str = "",
) -> str:
    """Return any table of texts.

    Parameters
    ----------
    headings
        A text a column.
    rows
        Its cells.
    left
        Whether a column is text, set to the left.
    marks
        Classes of each cell, as verdicts have them; none if left out.
    links
        Where the texts of the first column lead.
    caption
        What the table shows, for those who do not see it.
    """
    listed = [list(row) for row in rows]
    marked = marks or [[""] * len(headings)] * len(listed)
    # Narrow windows make columns of sentences a word wide unless told not to.
    longest = [max((len(row[at]) for row in listed), default=0) for at in range(len(headings))]
    widths = ["long" if most > _SENTENCE else "whole" if most <= _NAME else "" for most in longest]
    classes = [f"text {width}".strip() if side else width for side, width in zip(left, widths, strict=True)]
    cells = [
        [(text, f"{kind} {mark}".strip()) for text, kind, mark in zip(row, classes, of_row, strict=True)]
        for row, of_row in zip(listed, marked, strict=True)
    ]
    values = {"headings": list(zip(map(printable, headings), left, strict=True)), "rows": cells, "links": links or {}}
    return render("grid", **values, caption=caption, scroll=_scroll(len(cells)))


def table_html(
    table: str, data: pd.DataFrame, *, lang: str = "en", chosen: int | None = None, caption: str = ""
) -> str:
    """Return one of the kit's tables, by its name in `ippoolkit.capacity.columns.TABLES`.

    Parameters
    ----------
    table
        The table's name.
    data
        The table.
    lang
        Language of the headings.
    chosen
        The value of the first column whose row is marked.
    caption
        What the table shows, for those who do not see it.
    """
    import pandas as pd  # takes long to load: verdicts do without

    words = language(lang)
    columns = shown(table)
    cells = pd.DataFrame(
        {column.name: cells_of(column, data, words) for column in columns}, index=data.index, dtype=object
    )
    styler = cells.style.hide(axis="index").format(escape="html").set_uuid(table)
    styler = styler.set_table_attributes(f'class="ipk-table ipk-{table}"')
    styler = styler.set_td_classes(_classes(columns, data, words, chosen))
    left = ", ".join(f"th.col{index}" for index, column in enumerate(columns) if column.left)
    styler = styler.set_table_styles([{"selector": left, "props": "text-align: left"}])
    headings: Any = {column.name: escape(words.text(column.heading)) for column in columns}
    styler = styler.format_index(headings.get, axis="columns")
    if caption:
        styler = styler.set_caption(escape(caption))
    rules = ""
    for room in sorted({column.room for column in columns} - {0}):
        left_out = ", ".join(f"#T_{table} .col{index}" for index, column in enumerate(columns) if column.room == room)
        hidden = f"{left_out} {{ display: none; }}"
        rules += f"@container (max-width: {room}px) {{ {hidden} }}"
        rules += f" @media print {{ {hidden} }}" if room >= MEDIUM else ""
    style = f"<style>{rules}</style>" if rules else ""
    return f'<div class="{_scroll(len(data))}">{style}{styler.to_html()}</div>'


def nodes_html(scenario: Scenario, lang: str = "en") -> str:
    """Return the table of nodes; of a large cluster those that fill up first."""
    table, note = nodes(scenario, lang=lang), ""
    if len(table) > NODES_SHOWN:
        numbers = {"shown": NODES_SHOWN, "nodes": len(table)}
        note = language(lang).say(N_("The {shown} fullest of {nodes:node}."), numbers)
        table = table.sort_values("pods", ascending=False, kind="stable").head(NODES_SHOWN)
    html = table_html("nodes", table, lang=lang)
    return f'<p class="ipk-empty">{escape(note)}</p>{html}' if note else html


def comparison_html(table: pd.DataFrame, lang: str = "en") -> str:
    """Return a comparison of plans; values that differ from the first plan's are marked, and said to differ."""
    words = language(lang)
    first, *others = table.columns[1:]
    rows = [
        {
            "figure": record["figure"],
            "cells": [(_value(record[first], words), False)]
            + [(_value(record[name], words), record[name] != record[first]) for name in others],
        }
        for record in table.to_dict("records")
    ]
    return render(
        "comparison", names=[printable(name) for name in (first, *others)], rows=rows, differs=words.text(N_("differs"))
    )


def _value(value: object, words: Language) -> str:
    if value is None or value == "":
        return NOTHING
    return words.number(value) if isinstance(value, int) else printable(str(value))


def findings_html(findings: Iterable[Finding], lang: str = "en") -> str:
    """Return findings as a list, in the order given."""
    words = language(lang)
    listed = [
        {
            "severity": finding.severity.value,
            "label": words.text(finding.severity.value),
            "where": printable(str(finding.place) if finding.place else finding.subject),
            "sentence": finding.sentence(lang),
            "mend": finding.mend(lang),
            "source": finding.source,
            "code": finding.code,
        }
        for finding in findings
    ]
    return render("findings", findings=listed, empty=words.text(N_("Nothing within this plan.")))


def review_html(review: Review, lang: str = "en") -> str:
    """Return what each judge says of each object, and every finding; gravest first."""
    words = language(lang)
    judged = [
        {
            "subject": printable(each.subject),
            "answers": [
                (judge, words.text(answer.value), answer.value == "accepted") for judge, answer in each.answers.items()
            ],
        }
        for each in review.objects
    ]
    return render("review", objects=judged) + (findings_html(review.findings, lang) if review.findings else "")


def _scroll(rows: int) -> str:
    """Return the classes of what a table scrolls in: in print a short one stays whole, a long one may be cut."""
    return "ipk-scroll long" if rows > _ROWS_TOGETHER else "ipk-scroll"


def _tiles(figures: KeyFigures, words: Language) -> list[tuple[str, str, str]]:
    number = words.number
    bad = figures.first_bad_month
    when = (
        words.text(N_("now"))
        if bad == 0
        else words.say(N_("month {month}"), {"month": bad})
        if bad
        else words.say(N_("not within {months:month}"), {"months": figures.months})
    )
    short = figures.blocks_needed > figures.blocks
    over = figures.pods_per_node_max < figures.busiest
    return [
        (
            f"{number(figures.blocks_needed)}\u00a0/ {number(figures.blocks)}",
            words.text(N_("blocks needed / in the pools")),
            "fails" if short else "",
        ),
        (
            f"{number(figures.addresses_needed)}\u00a0/ {number(figures.addresses)}",
            words.text(N_("addresses needed / in the pools")),
            "fails" if figures.addresses_needed > figures.addresses else "",
        ),
        (
            number(figures.pods_per_node_max),
            words.say(N_("pods a node can hold; busiest: {busiest}"), {"busiest": figures.busiest}),
            "fails" if over else "",
        ),
        (
            number(figures.routes),
            words.say(N_("routes, {borrowed} of them borrowed addresses"), {"borrowed": figures.borrowed}),
            "fails" if figures.borrowed else "",
        ),
        (when, words.text(N_("when something runs out")), "fails" if bad is not None else ""),
    ]


def choice_text(choice: Choice, words: Language) -> str:
    """Say one change that is enough, in a few words."""
    change, holds = _choice(choice, words)
    return f"{change} ({holds})"


def _choice(choice: Choice, words: Language) -> tuple[str, str]:
    template = N_("a further pool of /{value}") if choice.change == ADD_POOL else "{change} {value}"
    head = words.say(template, {"change": words.text(choice.change), "value": choice.value})
    tail = words.say(N_("holds {nodes:node}"), {"nodes": choice.nodes_fit})
    return head, tail


def _classes(columns: Sequence[Shown], data: pd.DataFrame, words: Language, chosen: int | None) -> pd.DataFrame:
    import pandas as pd

    word_of = {words.text(word.value): word.value for word in Word}
    limits = {words.text(limit): column for limit, column in LIMIT_COLUMN.items()}
    rows = []
    for record in data.to_dict("records"):
        word = word_of.get(record.get("verdict", ""), "")
        limit = limits.get(record.get("limit", "")) if word in ("fails", "tight") else None
        mark = "chosen" if chosen is not None and record[columns[0].name] == chosen else ""
        rows.append([_class(column, word, limit, mark) for column in columns])
    return pd.DataFrame(rows, index=data.index, columns=[column.name for column in columns])


def _class(column: Shown, word: str, limit: str | None, mark: str) -> str:
    parts = (
        "text" if column.left else "",
        word if column.name == "verdict" else "",
        "limit" if column.name == limit else "",
        mark,
    )
    return " ".join(filter(None, parts))


@cache
def _templates() -> jinja2.Environment:
    loader = jinja2.PackageLoader("ippoolkit.view")
    return jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)


def render(template: str, **values: object) -> str:
    """Fill one of the templates; whatever is put in is text, not markup."""
    return _templates().get_template(f"{template}.html.j2").render(**values)
