"""What reports are to be made as, checked before anything runs."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import multiprocessing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import __version__
from ..errors import InputError
from ..findings import LANGUAGES, Finding, Place
from ..read.input_files import list_files
from .formats import FORMATS
from .inputs import hash_files
from .templates import Template, find_template

DEFAULT_TEMPLATE = "capacity"
# The parameter of a template that names measured histories.
HISTORY_PARAMETER = "history"


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """Template, formats, language, date, parameters of a report, and whether names are replaced."""

    template: Template
    formats: tuple[str, ...]
    lang: str
    date: str
    redact: bool
    parameters: Mapping[str, Any]
    history_digest: str  # of the histories among the parameters: what they hold, not what they are called
    has_explicit_date: bool  # whether the user named the date: today's is no part of what a report is made from

    def input_hash(self, *digests: str) -> str:
        """Return the hash of everything that a report of these inputs is made from."""
        hashed = {
            "kit": __version__,
            "template": self.template.digest,
            "formats": self.formats,
            "lang": self.lang,
            "date": self.date if self.has_explicit_date else None,
            "redact": self.redact,
            "parameters": dict(self.parameters),
            "history": self.history_digest,
            "inputs": digests,
        }
        return hashlib.sha256(json.dumps(hashed, sort_keys=True, default=str).encode()).hexdigest()


def validate_options(
    *,
    template: str | Path = DEFAULT_TEMPLATE,
    formats: Iterable[str] = ("html",),
    lang: str = "en",
    date: str | None = None,
    redact: bool = False,
    parameters: Mapping[str, Any] | None = None,
) -> ReportOptions:
    """Check what is asked for.

    Raises
    ------
    InputError
        With everything that is wrong with it.
    """
    problems: list[Finding] = []
    requested_formats = tuple(dict.fromkeys(formats))
    problems += [
        _invalid_choice("format", format_, FORMATS) for format_ in requested_formats or ("",) if format_ not in FORMATS
    ]
    if lang not in LANGUAGES:
        problems.append(_invalid_choice("lang", lang, LANGUAGES))
    if date:
        try:
            dt.date.fromisoformat(date)
        except ValueError:
            problems.append(Finding("type-date", params={"value": f'"{date}"'}, place=Place("report", field="date")))
    report_template = None
    try:
        report_template = find_template(template)
        problems += report_template.validate(parameters or {})
    except InputError as error:
        problems += error.problems
    problems += _missing_tools(requested_formats, lang)
    history = _histories(parameters or {})
    problems += [Finding("file-missing", place=Place(str(path))) for path in history if not path.exists()]
    if history and redact:
        problems.append(Finding("history-redacted", place=Place("report", field=HISTORY_PARAMETER)))
    if problems or report_template is None:
        raise InputError(problems)
    today = dt.date.today().isoformat()  # noqa: DTZ011 (the user's own day)
    report_date = today if date is None else date
    ordered_formats = tuple(format_ for format_ in FORMATS if format_ in requested_formats)
    return ReportOptions(
        report_template,
        ordered_formats,
        lang,
        report_date,
        redact,
        {**(parameters or {}), **({HISTORY_PARAMETER: [str(path.resolve()) for path in history]} if history else {})},
        hash_files(file for path in history for file in list_files(path)) if history else "",
        has_explicit_date=date is not None,
    )


def _histories(parameters: Mapping[str, Any]) -> list[Path]:
    """Return the paths of histories; what is no list of texts is judged as a parameter like others."""
    history = parameters.get(HISTORY_PARAMETER)
    return [Path(path) for path in history if isinstance(path, str)] if isinstance(history, list) else []


def _invalid_choice(field: str, value: str, choices: Iterable[str]) -> Finding:
    params = {"value": f'"{value}"', "choices": ", ".join(choices)}
    return Finding("value-choice", params=params, place=Place("report", field=field))


def _missing_tools(formats: tuple[str, ...], lang: str) -> Iterable[Finding]:
    """Find what this machine lacks for these formats."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        yield Finding("fork-missing", place=Place("report"))
    if "pdf" in formats:
        from .formats.pdf import CHROMIUM_NAMES, CHROMIUM_VARIABLE, find_chromium

        if find_chromium() is None:
            params = {"names": ", ".join(CHROMIUM_NAMES), "variable": CHROMIUM_VARIABLE}
            yield Finding("chromium-missing", params=params, place=Place("report", field="format"))
    if {"png", "pdf"} & set(formats) and lang in LANGUAGES:
        from ..figures import has_font_for

        if not has_font_for(lang):
            yield Finding("font-missing", place=Place("report", field="format"))
