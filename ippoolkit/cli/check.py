"""Manifests on the command line: judged, and turned into v3."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ..findings import Finding
from .app import Lang, Language, app, console, refuse, telling


class Action(StrEnum):
    """What is to be done with the objects of manifests."""

    CREATE = "create"
    APPLY = "apply"
    REPLACE = "replace"
    PATCH = "patch"
    DELETE = "delete"


class Judge(StrEnum):
    """Who judges manifests."""

    CALICOCTL = "calicoctl"
    KUBECTL = "kubectl"


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Manifests (YAML, JSON); - for stdin.")],
    existing: Annotated[
        list[Path] | None,
        typer.Option("--existing", "-e", help="What is there already: a scenario, manifests or dumps. Repeatable."),
    ] = None,
    action: Annotated[Action, typer.Option(help="What calicoctl or kubectl would be told to do.")] = Action.APPLY,
    by: Annotated[Judge | None, typer.Option(help="Ask one judge only; left out, both.")] = None,
    each: Annotated[bool, typer.Option("--each", help="Judge each file alone, not on top of those before it.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit status 1 for warnings too.")] = False,
    lang: Lang = Language.EN,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    as_sarif: Annotated[bool, typer.Option("--sarif", help="Print SARIF 2.1.0.")] = False,
    as_junit: Annotated[bool, typer.Option("--junit", help="Print JUnit XML.")] = False,
) -> None:
    """Judge manifests as calicoctl and as the CRD alone (kubectl): exit status 0 all accepted, 1 refused, 2 unusable.

    Warns of what is accepted and can hardly be meant. With --existing the objects, blocks, nodes and networks that
    are there count; left out, the cluster is taken for empty.
    """
    if as_json + as_sarif + as_junit > 1:
        refuse(lang, Finding("option-one", numbers={"options": "--json, --sarif, --junit"}))
    from ..rules.review import JUDGES, review
    from ..view import exchange
    from ..view.review import print_review

    with telling(lang):
        made = review(files, existing or (), action.value, (by.value,) if by else JUDGES, each=each)
    if as_json:
        typer.echo(json.dumps(exchange.as_json(made, lang), indent=1, ensure_ascii=False))
    elif as_sarif:
        typer.echo(json.dumps(exchange.as_sarif(made, lang), indent=1, ensure_ascii=False))
    elif as_junit:
        typer.echo(exchange.as_junit(made, lang), nl=False)
    else:
        print_review(console(), made, lang=lang)
    raise typer.Exit(2 if made.unusable else int(not made.accepted or (strict and made.doubtful)))


@app.command()
def convert(
    files: Annotated[list[Path], typer.Argument(help="Manifests or dumps; - for stdin.")],
    lang: Lang = Language.EN,
) -> None:
    """Print objects of crd.projectcalico.org/v1, as kubectl shows them, as projectcalico.org/v3 for calicoctl."""
    from ..judges import v3_of

    with telling(lang):
        text = v3_of(files)
    typer.echo(text, nl=False)
