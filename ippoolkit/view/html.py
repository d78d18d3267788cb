"""Pieces of a page: verdict, key figures, tables, findings, sources. The planner and the reports show the same ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

import jinja2
import pandas as pd

from ..capacity.choices import ADD_POOL, Choice, find_choices
from ..capacity.figures import KeyFigures, key_figures
from ..capacity.judge import Word
from ..capacity.plan import nodes
from ..capacity.plan import verdict as judge
from ..findings import N_, RULES, SOURCES, Finding, Language, language, printable
from ..model import Scenario
from .cells import NOTHING, cells_of
from .shown import LIMIT_COLUMN, Shown, shown

if TYPE_CHECKING:
    from ..rules.review import Review

NODES_SHOWN = 200


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
        label=words.text(verdict.word.value),
        sentence=finding.sentence(lang),
        mend="" if chosen else finding.mend(lang),
        choices=chosen,
        buttons=buttons,
        limit=words.text(verdict.limit),
        source=finding.source,
        words={"limit": words.text(N_("Binds first")), "enough": words.text(N_("One change is enough:"))},
    )


def tiles_html(scenario: Scenario, lang: str = "en") -> str:
    """Return the key figures of the family whose verdict is worst."""
    figures = key_figures(scenario)
    return render("tiles", tiles=_tiles(figures, language(lang))) if figures else ""


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
    extra = ", ".join(f"#T_{table} .col{index}" for index, column in enumerate(columns) if column.extra)
    narrow = f"<style>@container (max-width: 960px) {{ {extra} {{ display: none; }} }}</style>" if extra else ""
    return f'<div class="ipk-scroll">{narrow}{styler.to_html()}</div>'


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
    return render("comparison", names=[first, *others], rows=rows, differs=words.text(N_("differs")))


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


def sources_html(findings: Iterable[Finding], lang: str = "en") -> str:
    """Return the rules behind findings, each with its source."""
    words = language(lang)
    codes = dict.fromkeys(finding.code for finding in findings)
    rules = [
        {"code": code, "text": words.text(RULES[code].sentence), "source": SOURCES[RULES[code].source]}
        for code in codes
    ]
    headings = [words.text(N_("rule")), words.text(N_("says")), words.text(N_("source"))]
    return render("sources", rules=rules, headings=headings)


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


def _choice(choice: Choice, words: Language) -> tuple[str, str]:
    template = N_("a further pool of /{value}") if choice.change == ADD_POOL else "{change} {value}"
    head = words.say(template, {"change": words.text(choice.change), "value": choice.value})
    tail = words.say(N_("holds {nodes:node}"), {"nodes": choice.nodes_fit})
    return head, tail


def _classes(columns: Sequence[Shown], data: pd.DataFrame, words: Language, chosen: int | None) -> pd.DataFrame:
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
