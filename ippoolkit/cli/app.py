"""What every command shares: the application, common arguments, telling of errors."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from .. import __version__
from ..errors import InputError, IppoolkitError
from ..findings import Finding

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


class LanguageChoice(StrEnum):
    """A language to choose."""

    EN = "en"
    ZH = "zh"


FilesArgument = Annotated[
    list[Path], typer.Argument(help="A scenario, IPPool manifests or dumps (YAML, JSON); - for stdin.")
]
LanguageOption = Annotated[LanguageChoice, typer.Option(help="Language of the texts.")]


@contextmanager
def errors_reported(lang: str = LanguageChoice.EN) -> Iterator[None]:
    """Tell what went wrong without a traceback: exit status 2 for bad input, 1 for anything else."""
    try:
        yield
    except InputError as error:
        typer.echo(error.describe(lang), err=True)
        raise typer.Exit(2) from None
    except IppoolkitError as error:
        typer.echo(error.describe(lang), err=True)
        raise typer.Exit(1) from None


def exit_with_problem(lang: str, problem: Finding) -> NoReturn:
    """Tell what is wrong with what was asked for, and end."""
    with errors_reported(lang):
        raise InputError([problem])
    raise AssertionError  # telling has ended the command


def console() -> Console:
    """Return where tables are printed."""
    # A file or a pipe has room for everything.
    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else 240
    return Console(highlight=False, width=width)
