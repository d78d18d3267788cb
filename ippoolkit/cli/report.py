"""Reports on the command line."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import InputError, describe
from ..findings import N_, Finding, Place, language
from .app import Lang, Language, app, telling

_SINGLE = (".html", ".pdf", ".xlsx", ".md")


class Format(StrEnum):
    """What a report can be made as."""

    HTML = "html"
    PDF = "pdf"
    XLSX = "xlsx"
    MD = "md"
    PNG = "png"
    SVG = "svg"


_FORMATS = f"Comma between several: {', '.join(Format)}."


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
    formats: Annotated[str, typer.Option("--format", "-f", help=_FORMATS)] = "html",
    lang: Lang = Language.EN,
    redact: Annotated[bool, typer.Option("--redact", help="Replace names and addresses; the numbers stay.")] = False,
    template: Annotated[
        str,
        typer.Option("--template", "-t", help="capacity, audit, change, comparison, fleet, or a notebook of your own."),
    ] = "capacity",
    parameters: Annotated[
        list[str] | None, typer.Option("--parameter", "-p", help="NAME=VALUE, a parameter of the template. Repeatable.")
    ] = None,
    date: Annotated[str | None, typer.Option(help="Date to print, YYYY-MM-DD; today's if left out.")] = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", "-j", min=1, help="How many at a time; one a processor if left out.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Make also those that are there already.")] = False,
) -> None:
    """Make a report of each scenario to attach to a design review; of several also a page that lists them, worst first.

    What is there already, made from the same input, is not made again. Exit status: 0 all made, 1 some failed,
    2 unusable input.
    """
    from ..report import make_report

    given = _parameters(parameters or (), template, lang)
    if out.suffix.lower() in _SINGLE and not out.is_dir():
        with telling(lang):
            _only_one(scenarios, out, formats)
            made = make_report(
                scenarios[0], out, lang=lang, date=date, redact=redact, template=template, parameters=given
            )
        typer.echo(made)
        return
    wanted = [name.strip() for name in formats.split(",") if name.strip()]
    options = {"formats": wanted, "lang": lang.value, "redact": redact, "date": date, "template": template,
               "parameters": given, "jobs": jobs, "force": force}  # fmt: skip
    raise typer.Exit(_batch(scenarios, out, options, lang))


def _batch(scenarios: list[str], out: Path, options: dict[str, Any], lang: Language) -> int:
    from ..report import make_reports

    logging.getLogger("papermill").setLevel(logging.CRITICAL)  # what fails is told below, in the reader's language
    count = {"done": 0, "total": 0}
    try:
        with telling(lang), _watched(lang, count) as progress:
            made = make_reports(scenarios, out, **options, progress=progress)
    except KeyboardInterrupt:
        told = N_("Interrupted: {done} of {total} are done; the same command goes on.")
        typer.echo(language(lang).say(told, count), err=True)
        return 130
    if made.failed and not made.made:
        return 2 if all(isinstance(each.error, InputError) for each in made.failed) else 1
    if skipped := sum(each.skipped for each in made.made):
        numbers = {"skipped": skipped, "reports": len(made.made)}
        typer.echo(language(lang).say(N_("{skipped} of {reports} were there already."), numbers), err=True)
    if made.summary:
        typer.echo(made.summary)
    else:
        for each in made.made:
            for file in each.files:
                typer.echo(file)
    return int(bool(made.failed))


@contextmanager
def _watched(lang: Language, count: dict[str, int]) -> Iterator[Any]:
    """Show a bar with the time left on a terminal, and a line for each report that failed."""
    from ..view.progress import bar

    with bar(lang.value) as (advance, line):

        def progress(done: int, total: int, result: Any) -> None:
            count.update(done=done, total=total)
            error = getattr(result, "error", None)
            if isinstance(error, InputError) and total == 1:
                line(error.describe(lang))
            elif isinstance(error, InputError):
                problems = error.problems
                more = f" (+{len(problems) - 1})" if len(problems) > 1 else ""
                line(f"{describe(problems[0], lang)}{more}")
            elif error is not None:
                line(f"{result.told}: {error.describe(lang)}")
            advance(done, total)

        yield progress


def _only_one(scenarios: list[str], out: Path, formats: str) -> None:
    problems = []
    if len(scenarios) > 1:
        problems.append(Finding("report-several", numbers={"count": len(scenarios)}, place=Place(str(out))))
    if formats not in ("html", out.suffix.lower().removeprefix(".")):
        numbers = {"value": f'"{formats}"', "choices": out.suffix.removeprefix(".")}
        problems.append(Finding("value-choice", numbers=numbers, place=Place("report", field="format")))
    if problems:
        raise InputError(problems)


def _parameters(given: tuple[()] | list[str], template: str, lang: Language) -> dict[str, Any]:
    """Read NAME=VALUE with the types of the template's own values; what does not fit is judged with all the rest."""
    if not given:
        return {}
    from ..report import find_template

    with telling(lang):
        defaults = find_template(template).defaults
        problems = [Finding("parameter-form", numbers={"value": text}) for text in given if "=" not in text]
        if problems:
            raise InputError(problems)
    pairs = (text.split("=", 1) for text in given)
    return {name.strip(): _typed(value, defaults.get(name.strip(), "")) for name, value in pairs}


def _typed(text: str, default: object) -> object:
    """Read a value as the type of the default; texts that are no such value stay texts, and are refused as such."""
    import json

    if isinstance(default, str):
        return text
    if isinstance(default, bool) and text in ("true", "false", "yes", "no"):
        return text in ("true", "yes")
    try:
        return json.loads(text)
    except ValueError:
        return text
