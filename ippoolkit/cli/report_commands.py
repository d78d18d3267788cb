"""Reports on the command line."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import InputError, describe_finding
from ..findings import N_, Finding, Place, get_language
from .app import LanguageOption, RedactOption, app, errors_reported
from .many_clusters import interruption_reported

_FORMATS = ("html", "pdf", "xlsx", "md", "png", "svg")  # as in report.formats, which is not loaded for a help text
_SINGLE_FILE_SUFFIXES = (".html", ".pdf", ".xlsx", ".md")
_LIKE_A_FILE = re.compile(r"\.[a-z]{2,5}")  # x.docx is meant as a file, reports.2026 as a folder


_FORMATS_HELP = f"Comma between several: {', '.join(_FORMATS)}."


@app.command()
def report(
    scenarios: Annotated[
        list[str],
        typer.Argument(
            help="A report is made of each: a scenario, a manifest or a dump; a folder, with the dumps of one cluster; "
            "a quoted pattern such as 'clusters/*.yaml'; - for stdin.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path,
        typer.Option("--out", "-o", help="A folder; of one scenario also a file: .html, .pdf, .xlsx or .md."),
    ] = Path("reports"),
    formats: Annotated[str, typer.Option("--format", "-f", help=_FORMATS_HELP)] = "html",
    lang: LanguageOption = "en",
    redact: RedactOption = False,
    template: Annotated[
        str,
        typer.Option("--template", "-t", help="capacity, audit, change, comparison, fleet, or a notebook of your own."),
    ] = "capacity",
    parameters: Annotated[
        list[str] | None, typer.Option("--parameter", "-p", help="NAME=VALUE, a parameter of the template. Repeatable.")
    ] = None,
    history: Annotated[
        list[Path] | None,
        typer.Option(
            help="Measured history of the pools, as forecast reads it, for the dates they run out; a folder may hold "
            "NAME.csv, NAME.json or a folder NAME for each cluster. Repeatable."
        ),
    ] = None,
    date: Annotated[str | None, typer.Option(help="Date to print, YYYY-MM-DD (default: today).")] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", min=1, help="How many at a time (default: one per processor).")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Also recreate reports that already exist.")] = False,
) -> None:
    """Make a report of each scenario to attach to a design review; of several also a page that lists them, worst first.

    What is there already, made from the same input, is not made again. Exit status: 0 all made, 1 some failed,
    2 unusable input.
    """
    from ..report import make_report

    template_parameters = _parse_parameters(parameters or (), template, lang)
    if history:
        template_parameters["history"] = [str(path) for path in history]
    options: dict[str, Any] = {
        "lang": lang,
        "date": date,
        "redact": redact,
        "template": template,
        "parameters": template_parameters,
    }
    if _LIKE_A_FILE.fullmatch(out.suffix.lower()) and not out.is_dir():
        with errors_reported(lang):
            _check_single_report(scenarios, out, formats)
            report_path = make_report(scenarios[0], out, **options, in_process=True)
        typer.echo(report_path)
        return
    format_names = [name.strip() for name in formats.split(",") if name.strip()]
    options |= {"formats": format_names, "jobs": jobs, "force": force}
    raise typer.Exit(_make_batch(scenarios, out, options, lang))


def _make_batch(scenarios: list[str], out: Path, options: dict[str, Any], lang: str) -> int:
    from ..report import make_reports

    logging.getLogger("papermill").setLevel(logging.CRITICAL)  # what fails is reported below, in the reader's language
    with interruption_reported(lang) as count, errors_reported(lang), _batch_progress(lang, count) as progress:
        result = make_reports(scenarios, out, **options, progress=progress)
    if result.failures and not result.successes:
        return 2 if all(isinstance(failure.error, InputError) for failure in result.failures) else 1
    if skipped := sum(written.is_unchanged for written in result.successes):
        params = {"skipped": skipped, "reports": len(result.successes)}
        typer.echo(get_language(lang).render(N_("{skipped} of {reports} already existed."), params), err=True)
    if result.index_page:
        typer.echo(result.index_page)
    else:
        for written in result.successes:
            for file in written.files:
                typer.echo(file)
    return int(bool(result.failures))


@contextmanager
def _batch_progress(lang: str, count: Callable[[int, int], None]) -> Iterator[Any]:
    """Show a bar with the time left on a terminal, and a line for each report that failed."""
    from ..report import ReportFailure
    from ..view.progress import print_lines, progress_bars, stderr_console

    console, unit = stderr_console(), get_language(lang).translate(N_("reports"))
    with progress_bars(console) as update:

        def progress(done: int, total: int, result: Any) -> None:
            count(done, total)
            if isinstance(result, ReportFailure):
                print_lines(console, _failure_text(result, lang, is_only_one=total == 1))
            update(unit, done, total)

        yield progress


def _failure_text(failure: Any, lang: str, *, is_only_one: bool) -> str:
    """Return what went wrong: all of it if nothing else was asked for, else in one line."""
    error = failure.error
    if not isinstance(error, InputError):
        return f"{failure.label}: {error.describe(lang)}"
    if is_only_one:
        return error.describe(lang)
    more_count = f" (+{len(error.problems) - 1})" if len(error.problems) > 1 else ""
    return f"{describe_finding(error.problems[0], lang)}{more_count}"


def _check_single_report(scenarios: list[str], out: Path, formats: str) -> None:
    problems = []
    if len(scenarios) > 1:
        problems.append(Finding("report-several", params={"count": len(scenarios)}, place=Place(str(out))))
    if out.suffix.lower() not in _SINGLE_FILE_SUFFIXES:
        choices = ", ".join(_SINGLE_FILE_SUFFIXES)
        problems.append(
            Finding("report-ending", params={"ending": out.suffix, "choices": choices}, place=Place(str(out)))
        )
    elif formats not in ("html", out.suffix.lower().removeprefix(".")):
        params = {"value": f'"{formats}"', "choices": out.suffix.removeprefix(".")}
        problems.append(Finding("value-choice", params=params, place=Place("report", field="format")))
    if problems:
        raise InputError(problems)


def _parse_parameters(assignments: Sequence[str], template: str, lang: str) -> dict[str, Any]:
    """Read NAME=VALUE with the types of the template's own values; what does not fit is judged with all the rest."""
    if not assignments:
        return {}
    from ..report import find_template

    with errors_reported(lang):
        defaults = find_template(template).defaults
        problems = [Finding("parameter-form", params={"value": text}) for text in assignments if "=" not in text]
        if problems:
            raise InputError(problems)
    pairs = (text.split("=", 1) for text in assignments)
    return {name.strip(): _parse_value(value, defaults.get(name.strip(), "")) for name, value in pairs}


def _parse_value(text: str, default: object) -> object:
    """Read a value as the type of the default; texts that are no such value stay texts, and are refused as such."""
    if isinstance(default, str):
        return text
    if isinstance(default, bool) and text in ("true", "false", "yes", "no"):
        return text in ("true", "yes")
    from ..read.json_text import load_json

    try:
        return load_json(text)
    except ValueError:
        return text
