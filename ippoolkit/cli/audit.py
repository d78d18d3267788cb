"""Audits on the command line: a cluster read from dumps, tables or its API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from ..findings import Severity
from .app import Lang, Language, app, console, telling

Paths = Annotated[
    list[Path] | None,
    typer.Argument(help="Folders and files: what kubectl and calicoctl print, in any mix; - for stdin."),
]
Nothing = Annotated[
    list[str] | None,
    typer.Option("--none", help="A kind that there is none of, where kubectl's empty list leaves it open. Repeatable."),
]


@app.command()
def audit(
    paths: Paths = None,
    none: Nothing = None,
    lang: Lang = Language.EN,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON, numbers exact.")] = False,
) -> None:
    """Say how full a cluster is and what is wrong with it: exit status 0 no error found, 1 some, 2 a file unusable."""
    from ..view.audit import as_data, print_audit

    made = _audited(paths, none, lang)
    if as_json:
        typer.echo(json.dumps(as_data(made, lang), indent=1, ensure_ascii=False))
    else:
        print_audit(console(), made, lang=lang)
    if made.reading.unusable:
        raise typer.Exit(2)
    raise typer.Exit(int(any(finding.severity is Severity.ERROR for finding in made.findings)))


def _audited(paths: list[Path] | None, none: list[str] | None, lang: str) -> Any:
    from ..audit import audit as run
    from ..read.cluster import RESOURCES

    if not paths:
        raise typer.BadParameter("name folders or files")
    with telling(lang):
        return run(*paths, none=[RESOURCES.get(kind.lower(), kind) for kind in none or ()])
