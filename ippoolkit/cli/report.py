"""Reports on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .app import Files, Lang, Language, app, telling


@app.command()
def report(
    files: Files,
    out: Annotated[Path, typer.Option("--out", "-o", help="The HTML file to write.")] = Path("report.html"),
    lang: Lang = Language.EN,
    date: Annotated[str | None, typer.Option(help="Date to print, YYYY-MM-DD; today's if left out.")] = None,
) -> None:
    """Make a capacity report: one HTML file that needs nothing else."""
    from ..read import load
    from ..report import make_report

    with telling(lang):
        typer.echo(make_report(load(*files), out, lang=lang, date=date))
