"""Pieces of a page as Markdown, for pull requests and wikis; names from files stay names, whatever they are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pandas as pd

from ..analysis import Analysis
from ..findings import N_, Finding, get_language, replace_unprintable
from .text_columns import TextColumn, standard_columns
from .verdict_parts import verdict_parts

_MARKDOWN_CHARACTERS = re.compile(r"([\\`*_\[\]|~$#!])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;"}
_FENCE = re.compile(r"`{3,}")


def escape_markdown(text: str) -> str:
    """Return a text in which nothing is Markdown, HTML, a mention or a link."""
    text = replace_unprintable(" ".join(text.split()))
    text = _MARKDOWN_CHARACTERS.sub(r"\\\1", text)  # first: entities have a # of their own
    return "".join(_ENTITIES.get(char, char) for char in text).replace("://", "&#58;//").replace("www.", "www&#46;")


def table_markdown(columns: Sequence[TextColumn]) -> str:
    """Return a table; all its texts are plain."""
    lines = [
        [escape_markdown(column.heading) for column in columns],
        [":--" if column.is_left_aligned else "--:" for column in columns],
    ]
    lines += [list(map(escape_markdown, row)) for row in zip(*(column.texts for column in columns), strict=True)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def named_table_markdown(table_name: str, data: pd.DataFrame, *, lang: str = "en", chosen: int | None = None) -> str:
    """Return one of the kit's tables by its name, with the columns that people are shown."""
    first, *others = standard_columns(table_name, data, get_language(lang))
    if chosen is not None:
        values = zip(first.texts, data[first.name], strict=True)
        first = replace(first, texts=[f"→ {text}" if value == chosen else text for text, value in values])
    return table_markdown([first, *others])


def verdict_markdown(analysis: Analysis, lang: str = "en") -> str:
    """Return the verdict: word, sentence, what to choose instead, the limit and its source."""
    language = get_language(lang)
    parts = verdict_parts(analysis, language)
    lines = [f"**{escape_markdown(parts.label)}** {escape_markdown(parts.message)}"]
    if parts.choices:
        choices = "; ".join(f"**{escape_markdown(f'{change} ({reach})')}**" for change, reach in parts.choices)
        introduction = language.translate(N_("Any one of these changes is enough:"))
        lines += ["", f"{introduction} {choices}."]
    elif parts.remedy:
        lines += ["", escape_markdown(parts.remedy)]
    if parts.note:
        lines += ["", escape_markdown(parts.note)]
    source = f"[{escape_markdown(parts.source.title)}]({parts.source.url})"
    label = language.translate(N_("Limiting factor:"))
    lines += ["", f"{label} {parts.limit} · {source} · {parts.release}"]
    return "\n".join(lines)


def findings_markdown(findings: Iterable[Finding], lang: str = "en") -> str:
    """Return findings as a list, in the order given."""
    language = get_language(lang)
    lines = []
    for finding in findings:
        message, *parts = finding_markdown(finding, lang)
        if location := finding.location(lang):
            message = f"{escape_markdown(location)}: {message}"
        title, url = escape_markdown(finding.source.title), finding.source.url
        link = f"{f'[{title}]({url})' if '://' in url else title} \\[{finding.code}\\]"
        lines.append(f"- **{language.translate(finding.severity.value)}**: {message} {link}")
        lines += [f"  {part}" for part in parts]
    return "\n".join(lines) or language.translate(N_("No findings."))


def finding_markdown(finding: Finding, lang: str = "en") -> list[str]:
    """Return the lines of a finding: what was found and what to do; parts of a remedy as a list."""
    sentence, parts = finding.sentence_and_parts(lang)
    message = " ".join(filter(None, (sentence, "; ".join(finding.commands))))
    return [
        escape_markdown(message),
        *(f"- **{escape_markdown(purpose)}**: {escape_markdown(text)}" for purpose, text in parts),
    ]


def code_markdown(text: str, syntax: str = "yaml") -> str:
    """Return a text as it is, in a fence that it cannot end."""
    longest = max(map(len, _FENCE.findall(text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{syntax}\n{text.rstrip()}\n{fence}"
