"""What reports are to be made as, checked before anything runs."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date as Date  # noqa: N812
from pathlib import Path
from typing import Any

from .. import __version__
from ..errors import InputError
from ..findings import LANGUAGES, Finding, Place
from .formats import FORMATS
from .template import Template, find_template

DEFAULT = "capacity"


@dataclass(frozen=True, slots=True)
class Order:
    """Template, formats, language, date, parameters of a report, and whether names are replaced."""

    template: Template
    formats: tuple[str, ...]
    lang: str
    date: str
    redact: bool
    parameters: Mapping[str, Any]
    dated: bool  # whether the user named the date: today's is no part of what a report is made from

    def key(self, *digests: str) -> str:
        """Return the hash of everything that a report of these inputs is made from."""
        told = {
            "kit": __version__,
            "template": self.template.digest,
            "formats": self.formats,
            "lang": self.lang,
            "date": self.date if self.dated else None,
            "redact": self.redact,
            "parameters": dict(self.parameters),
            "inputs": digests,
        }
        return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def order(
    *,
    template: str | Path = DEFAULT,
    formats: Iterable[str] = ("html",),
    lang: str = "en",
    date: str | None = None,
    redact: bool = False,
    parameters: Mapping[str, Any] | None = None,
) -> Order:
    """Check what is asked for.

    Raises
    ------
    InputError
        With everything that is wrong with it.
    """
    problems: list[Finding] = []
    wanted = tuple(dict.fromkeys(formats))
    problems += [_choice("format", format_, FORMATS) for format_ in wanted or ("",) if format_ not in FORMATS]
    if lang not in LANGUAGES:
        problems.append(_choice("lang", lang, LANGUAGES))
    if date:
        try:
            Date.fromisoformat(date)
        except ValueError:
            problems.append(Finding("type-date", numbers={"value": f'"{date}"'}, place=Place("report", field="date")))
    found = None
    try:
        found = find_template(template)
        problems += found.check(parameters or {})
    except InputError as error:
        problems += error.problems
    problems += _missing(wanted, lang)
    if problems or found is None:
        raise InputError(problems)
    today = Date.today().isoformat()  # noqa: DTZ011 (the user's own day)
    day = today if date is None else date
    ordered = tuple(format_ for format_ in FORMATS if format_ in wanted)
    return Order(found, ordered, lang, day, redact, dict(parameters or {}), dated=date is not None)


def _choice(field: str, value: str, choices: Iterable[str]) -> Finding:
    numbers = {"value": f'"{value}"', "choices": ", ".join(choices)}
    return Finding("value-choice", numbers=numbers, place=Place("report", field=field))


def _missing(formats: tuple[str, ...], lang: str) -> Iterable[Finding]:
    """Tell of what this machine lacks for these formats."""
    if not hasattr(os, "fork"):
        yield Finding("fork-missing", place=Place("report"))
    if "pdf" in formats:
        from .formats.pdf import NAMES, VARIABLE, find_chromium

        if find_chromium() is None:
            numbers = {"names": ", ".join(NAMES), "variable": VARIABLE}
            yield Finding("chromium-missing", numbers=numbers, place=Place("report", field="format"))
    if "png" in formats and lang in LANGUAGES:
        from ..figures import has_font_for

        if not has_font_for(lang):
            yield Finding("font-missing", place=Place("report", field="format"))
