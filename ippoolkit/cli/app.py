"""What every command shares: the application, common options, how errors and JSON are printed."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn, TypeVar

import typer
from rich.console import Console

from .. import __version__
from ..errors import InputError, IppoolkitError, describe_finding
from ..findings import Finding, Place, Severity

if TYPE_CHECKING:
    from ..calico.releases import Release
    from ..model import Scenario
    from ..read import Reading

Answer = TypeVar("Answer")

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Capacity planning for Calico IP pools.",
)


def _print_version(value: bool) -> None:
    if value:
        typer.echo(f"ippoolkit {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    pass


FilesArgument = Annotated[
    list[Path], typer.Argument(help="A scenario, IPPool manifests or dumps (YAML, JSON); - for stdin.")
]
_CLUSTER = typer.Option("--cluster", "-c", help="A folder or file of the cluster. Repeatable.")
ClusterOption = Annotated[list[Path], _CLUSTER]
OptionalClusterOption = Annotated[list[Path] | None, _CLUSTER]
AbsentKindsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--none",
        "--absent",
        help="A kind known to have no objects, where kubectl's empty list leaves it open. Repeatable.",
    ),
]
ScenarioOutOption = Annotated[Path | None, typer.Option("--out", "-o", help="The scenario file; stdout if left out.")]
ScenarioNameOption = Annotated[str | None, typer.Option("--name", help="Name of the scenario.")]
RedactOption = Annotated[bool, typer.Option("--redact", help="Replace names and addresses; the numbers stay.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print everything as JSON, numbers exact.")]
CalicoOption = Annotated[
    str,
    typer.Option(
        "--calico",
        metavar="RELEASE",
        help="Release of Calico to judge by, such as v3.29.7 or 3.31; left out: the cluster's, else the newest known.",
    ),
]
LanguageOption = Annotated[Literal["en", "zh"], typer.Option(help="Language of the texts.")]


def parse_release(text: str) -> Release | None:
    """Read the release of `--calico` as `parse_named_release` does; None where it is left out."""
    return parse_named_release(text) if text else None


def parse_named_release(text: str, option: str = "--calico") -> Release:
    """Read a release that has to be named.

    Raises
    ------
    InputError
        Where it names no release, or one that is too old.
    """
    from ..calico.releases import Release, UnknownReleaseError

    try:
        return Release.parse(text)
    except UnknownReleaseError as error:
        raise InputError([Finding(error.code, params=error.params, place=Place(option))]) from None


def with_release(scenario: Scenario, text: str, lang: str) -> Scenario:
    """Return a scenario with the release of `--calico`, unless it is left out; one newer than any known is warned of.

    Raises
    ------
    InputError
        Where it names no release, or one that is too old.
    """
    from ..calico.releases import NEWEST

    release = parse_release(text)
    if release is None:
        return scenario
    if not release.is_known:
        params = {"release": str(release), "newest": str(NEWEST)}
        print_notes([Finding("release-newer", params=params, place=Place("--calico"))], lang)
    return replace(scenario, calico=str(release))


@contextmanager
def errors_reported(lang: str = "en") -> Iterator[None]:
    """Print what went wrong without a traceback: exit status 2 for bad input, 1 for anything else."""
    try:
        yield
    except IppoolkitError as error:
        exit_with_error(error, lang)
    except BrokenPipeError:  # the reader of standard output has left: `main` ends quietly
        raise
    except OSError as error:  # of temporary files and processes: a full disk, no more memory
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


def exit_with_error(error: IppoolkitError, lang: str) -> NoReturn:
    """Print an error and end the command."""
    typer.echo(error.describe(lang), err=True)
    raise typer.Exit(2 if isinstance(error, InputError) else 1) from None


def exit_with_problem(lang: str, problem: Finding) -> NoReturn:
    """Print what is wrong with the command's options and end it."""
    exit_with_error(InputError([problem]), lang)


def absent_kinds_of(none: list[str] | None, lang: str) -> list[str]:
    """Return the kinds that are said to have no objects."""
    from ..model import ALL_KINDS
    from ..read.api_resources import KIND_BY_RESOURCE

    absent_kinds = [KIND_BY_RESOURCE.get(kind.lower(), kind) for kind in none or ()]
    if unknown_kinds := [kind for kind in absent_kinds if kind not in ALL_KINDS]:
        params = {"value": f'"{unknown_kinds[0]}"', "choices": ", ".join(ALL_KINDS)}
        exit_with_problem(lang, Finding("value-choice", params=params, place=Place("--none")))
    return absent_kinds


def print_notes(notes: Sequence[Finding], lang: str) -> None:
    """Print what is to be said on how the input was read, on standard error."""
    for note in notes:
        typer.echo(describe_finding(note, lang), err=True)


def print_reading_errors(reading: Reading, lang: str) -> int:
    """Print what could not be read, on standard error; return the exit status that it makes: 0, 1, or 2 for a file."""
    print_notes(reading.errors, lang)
    return reading_status(reading)


def reading_status(reading: Reading) -> int:
    """Return the exit status of what was read: 2 where a file could not be, 1 where an object could not, else 0."""
    return 2 if reading.has_unreadable_file else int(bool(reading.errors))


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether an error is among what was found: then the exit status is 1."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def print_answer(
    answer: Answer,
    as_dict: Callable[[Answer, str], object],
    print_text: Callable[..., None],
    lang: str,
    *,
    as_json: bool,
) -> None:
    """Print what a command answers: its plain data as JSON, or its text."""
    if as_json:
        print_json(as_dict(answer, lang))
    else:
        print_text(console(), answer, lang=lang)


def print_json(value: object) -> None:
    """Print plain values as JSON; whole numbers keep every digit."""
    typer.echo(json.dumps(value, indent=1, ensure_ascii=False))


def write_scenario(scenario: Scenario, out: Path | None, lang: str) -> None:
    """Write a scenario to a file and print its path; print the scenario itself where no file is named."""
    from ..write import save_scenario, scenario_to_yaml

    if out is None:
        typer.echo(scenario_to_yaml(scenario), nl=False)
        return
    with errors_reported(lang):
        typer.echo(save_scenario(scenario, out))


def console() -> Console:
    """Return where tables and sentences are printed."""
    # A file or a pipe has room for a table's columns, and whatever reads it wraps sentences itself.
    has_width = sys.stdout.isatty() or "COLUMNS" in os.environ
    return Console(highlight=False, width=None if has_width else 240, soft_wrap=not has_width)
