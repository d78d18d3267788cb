"""Pieces of a page on an audit: the whole in a sentence, key figures."""

from __future__ import annotations

from html import escape

from ..audit import Audit
from ..findings import N_, Severity, language
from .audit import cell, unchecked, verdict, worst_finding
from .html import boxes_html

WORDS = {Severity.ERROR: "fails", Severity.WARNING: "tight", Severity.INFO: "fits", Severity.OK: "fits"}
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
    bad = worst_finding(audit)
    told = bad.told(lang) if bad else unchecked(audit, lang)
    source = f' <a href="{escape(bad.source.url)}">{escape(bad.source.title)}</a>' if bad else ""
    named = words.text(N_("Source:"))
    return (
        f'<section class="ipk-verdict {WORDS[worst]}" role="status">'
        f"<h2><em>{escape(label(audit, lang))}</em> {escape(sentence)}</h2>"
        + (f"<p>{escape(told)}</p>" if told else "")
        + (f'<p class="ipk-source">{escape(named)}{source}</p>' if source else "")
        + "</section>"
    )


def label(audit: Audit, lang: str = "en") -> str:
    """Return the whole in a word."""
    words = language(lang)
    is_partial = audit.unchecked and worst_finding(audit) is None
    word = N_("sound as far as it was read") if is_partial else _LABELS[verdict(audit, lang)[0]]
    return words.say(N_("{word}."), {"word": words.text(word)})


def tiles(audit: Audit, lang: str = "en") -> list[tuple[str, str, str]]:
    """Return the key figures as texts: value, what it is, and ``fails`` where it is bad; unknown says so."""
    words = language(lang)
    made = []
    for name, told, bad in _TILES:
        value = audit.figures.totals.get(name)
        count = len(value) if isinstance(value, list) else value
        made.append((cell(count, words), words.text(told), "fails" if bad and count else ""))
    return made


def tiles_html(audit: Audit, lang: str = "en") -> str:
    """Return the key figures; what is unknown says so."""
    return boxes_html(tiles(audit, lang))
