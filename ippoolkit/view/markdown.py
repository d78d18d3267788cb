"""Pieces of a page as Markdown, for pull requests and wikis; names from files stay names, whatever they are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import pandas as pd

from ..capacity.choices import find_choices
from ..capacity.judge import Word
from ..capacity.plan import verdict as judge
from ..findings import N_, Finding, language, printable
from ..model import Scenario
from .cells import cells_of
from .html import choice_text
from .shown import shown

_MEANT = re.compile(r"([\\`*_\[\]|~$#!])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;"}
_FENCE = re.compile(r"`{3,}")


def plain(text: str) -> str:
    """Return a text in which nothing is Markdown, HTML, a mention or a link."""
    text = printable(" ".join(text.split()))
    text = "".join(_ENTITIES.get(char, char) for char in text)
    return _MEANT.sub(r"\\\1", text).replace("://", "&#58;//").replace("www.", "www&#46;")


def table_markdown(headings: Sequence[str], rows: Iterable[Sequence[str]], left: Sequence[bool]) -> str:
    """Return a table; all its texts are plain, columns that are not `left` are set to the right."""
    lines = [[plain(heading) for heading in headings], [":--" if each else "--:" for each in left]]
    lines += [[plain(cell) for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def kit_table_markdown(table: str, data: pd.DataFrame, *, lang: str = "en", chosen: int | None = None) -> str:
    """Return one of the kit's tables by its name, with the columns that people are shown."""
    words = language(lang)
    columns = shown(table)
    cells = [cells_of(column, data, words) for column in columns]
    rows = [list(row) for row in zip(*cells, strict=True)]
    for row, value in zip(rows, data[columns[0].name], strict=True):
        if chosen is not None and value == chosen:
            row[0] = f"→ {row[0]}"
    return table_markdown([words.text(c.heading) for c in columns], rows, [c.left for c in columns])


def verdict_markdown(scenario: Scenario, lang: str = "en") -> str:
    """Return the verdict: word, sentence, what to choose instead, the limit and its source."""
    words = language(lang)
    verdict = judge(scenario)
    finding = verdict.finding
    word = words.text(verdict.word.value)
    lines = [
        f"**{plain(words.say(N_('{word}.'), {'word': word[:1].upper() + word[1:]}))}** {plain(finding.sentence(lang))}"
    ]
    chosen = [] if verdict.word in (Word.FITS, Word.IDLE) else find_choices(scenario)
    if chosen:
        listed = "; ".join(f"**{plain(choice_text(choice, words))}**" for choice in chosen)
        lines += ["", f"{words.text(N_('One change is enough:'))} {listed}."]
    elif mend := finding.mend(lang):
        lines += ["", plain(mend)]
    source = f"[{plain(finding.source.title)}]({finding.source.url})"
    lines += ["", f"{words.text(N_('Binds first:'))} {words.text(verdict.limit)} · {source}"]
    return "\n".join(lines)


def findings_markdown(findings: Iterable[Finding], lang: str = "en") -> str:
    """Return findings as a list, in the order given."""
    words = language(lang)
    lines = []
    for finding in findings:
        where = str(finding.place) if finding.place else finding.subject
        told = " ".join(filter(None, (where and plain(where), plain(finding.told(lang)))))
        title, url = plain(finding.source.title), finding.source.url
        link = f"{f'[{title}]({url})' if '://' in url else title} \\[{finding.code}\\]"
        lines.append(f"- **{words.text(finding.severity.value)}**: {told} {link}")
    return "\n".join(lines) or words.text(N_("Nothing within this plan."))


def code_markdown(text: str, kind: str = "yaml") -> str:
    """Return a text as it is, in a fence that it cannot end."""
    longest = max(map(len, _FENCE.findall(text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{kind}\n{text.rstrip()}\n{fence}"
