"""Pieces of a page on an audit: the whole in a sentence, key figures, tables of figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from ..audit import Audit
from ..findings import N_, Severity, language, printable
from .audit import COLUMNS, HEADINGS, cell, totals_rows, verdict
from .html import render

_WORDS = {Severity.ERROR: "fails", Severity.WARNING: "tight", Severity.INFO: "fits", Severity.OK: "fits"}
_LABELS = {
    Severity.ERROR: N_("broken"),
    Severity.WARNING: N_("doubtful"),
    Severity.INFO: N_("sound"),
    Severity.OK: N_("sound"),
}
_TILES = (
    ("allocations", N_("addresses in use"), False),
    ("blocks", N_("blocks"), False),
    ("leaked", N_("leaked addresses"), True),
    ("borrowed", N_("borrowed"), True),
    ("pods_without_ip", N_("pods without address"), True),
    ("ips_with_several_owners", N_("used twice"), True),
)


def summary_html(audit: Audit, lang: str = "en") -> str:
    """Return the whole in a sentence, and the first finding as the one to see to."""
    words = language(lang)
    worst, sentence = verdict(audit, lang)
    first = next(iter(audit.findings), None)
    told = first.told(lang) if first is not None and first.severity.rank < 2 else ""
    source = f' <a href="{escape(first.source.url)}">{escape(first.source.title)}</a>' if first and told else ""
    label = escape(words.text(_LABELS[worst]))
    return (
        f'<section class="ipk-verdict {_WORDS[worst]}" role="status"><h2><em>{label}.</em> {escape(sentence)}</h2>'
        + (f"<p>{escape(told)}</p>" if told else "")
        + (f'<p class="ipk-source">{escape(words.text(N_("source")))}: {source}</p>' if source else "")
        + "</section>"
    )


def tiles_html(audit: Audit, lang: str = "en") -> str:
    """Return the key figures; what is unknown says so."""
    words = language(lang)
    totals = audit.figures.totals
    tiles = []
    for name, label, bad in _TILES:
        value = totals.get(name)
        count = len(value) if isinstance(value, list) else value
        tiles.append((cell(count, words), words.text(label), "fails" if bad and count else ""))
    return render("tiles", tiles=tiles)


def rows_html(
    audit: Audit, table: str, rows: Sequence[Mapping[str, Any]], shown: Sequence[str], *, lang: str = "en", caption: str
) -> str:
    """Return rows of figures of pools or nodes as a table; unknown says so, rounded is marked."""
    words = language(lang)
    headings = {each.name: words.text(each.heading) for each in COLUMNS[table]}
    key = "cidr" if table == "pools" else "name"
    rounded = audit.figures.rounded
    cells = [[cell(row.get(name), words, rounded=(table, row[key], name) in rounded) for name in shown] for row in rows]
    return _table(
        f"audit-{table}", [headings[name] for name in shown], cells, left=("name", "cidr"), names=shown, caption=caption
    )


def totals_html(audit: Audit, lang: str = "en") -> str:
    """Return the totals as a table of two columns."""
    words = language(lang)
    cells = [[words.text(figure.heading), cell(value, words)] for figure, value in totals_rows(audit)]
    heads = [words.text(N_("figure")), words.text(N_("now"))]
    return _table(
        "audit-totals", heads, cells, left=("figure",), names=("figure", "now"), caption=words.text(N_("Totals"))
    )


def frame_html(name: str, data: pd.DataFrame, *, lang: str = "en", caption: str) -> str:
    """Return a table of an audit, such as that of nodes and pools."""
    words = language(lang)
    heads = [words.text(HEADINGS[each]) if each in HEADINGS else printable(each) for each in data.columns]
    cells = [["" if value is None else cell(value, words) for value in row] for row in data.itertuples(index=False)]
    return _table(name, heads, cells, left=tuple(data.columns), names=tuple(data.columns), caption=caption)


def _table(
    name: str,
    heads: Sequence[str],
    cells: Sequence[Sequence[str]],
    *,
    left: Sequence[str],
    names: Sequence[str],
    caption: str,
) -> str:
    """Return a table in the look of the others."""

    def side(column: str) -> str:
        return ' style="text-align: left"' if column in left else ""

    head = "".join(
        f'<th scope="col"{side(column)}>{escape(text)}</th>' for column, text in zip(names, heads, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(f"<td{side(column)}>{escape(text)}</td>" for column, text in zip(names, row, strict=True))
        + "</tr>"
        for row in cells
    )
    width = ' style="width: auto; min-width: 24em"' if len(names) == 2 else ""
    return (
        f'<div class="ipk-scroll"><table class="ipk-table ipk-{name}"{width}><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
