"""Manifests on the command line: judged, and turned into v3."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from ..findings import Finding, get_language
from .app import (
    CalicoOption,
    LanguageOption,
    app,
    console,
    errors_reported,
    exit_with_problem,
    has_errors,
    parse_release,
    print_json,
)

ExistingOption = Annotated[
    list[Path] | None,
    typer.Option("--existing", "-e", help="What already exists: a scenario, manifests or dumps. Repeatable."),
]
_JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def check(
    files: Annotated[
        list[Path], typer.Argument(help="Manifests (YAML, JSON), folders, archives, pastes of them; - for stdin.")
    ],
    existing: ExistingOption = None,
    action: Annotated[
        Literal["create", "apply", "replace", "patch", "delete"], typer.Option(help="The calicoctl or kubectl action.")
    ] = "apply",
    by: Annotated[
        Literal["calicoctl", "kubectl", "apiserver"] | None,
        typer.Option(
            "--by",
            "--only",
            help="Check with one of them only (apiserver: Calico's own API server); calicoctl and kubectl if left out.",
        ),
    ] = None,
    calico: CalicoOption = "",
    each_alone: Annotated[
        bool,
        typer.Option("--each", "--separate", help="Check each file on its own, not on top of the files before it."),
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit status 1 for warnings too.")] = False,
    lang: LanguageOption = "en",
    as_json: _JsonOption = False,
    as_sarif: Annotated[bool, typer.Option("--sarif", help="Print SARIF 2.1.0.")] = False,
    as_junit: Annotated[bool, typer.Option("--junit", help="Print JUnit XML.")] = False,
) -> None:
    """Judge manifests as calicoctl and as the CRD alone (kubectl): exit status 0 all accepted, 1 refused, 2 unusable.

    Warns of what is accepted and can hardly be meant; what is an error all the same, such as a pool over the nodes'
    network, makes the exit status 1 too. With --existing the objects, blocks, nodes and networks that are there count;
    without it, the cluster counts as empty.
    """
    if as_json + as_sarif + as_junit > 1:
        exit_with_problem(lang, Finding("option-one", params={"options": "--json, --sarif, --junit"}))
    from ..manifests.manifest_review import JUDGES, review
    from ..view import review_formats
    from ..view.review_terminal import print_review

    with errors_reported(lang):
        release = parse_release(calico)
        result = review(files, existing or (), action, (by,) if by else JUDGES, separately=each_alone, release=release)
    if as_json:
        print_json(review_formats.review_as_dict(result, lang))
    elif as_sarif:
        print_json(review_formats.review_as_sarif(result, lang))
    elif as_junit:
        typer.echo(review_formats.review_as_junit(result, lang), nl=False)
    else:
        print_review(console(), result, lang=lang)
    has_failed = not result.accepted or has_errors(result.findings) or (strict and result.has_problems)
    raise typer.Exit(2 if result.unreadable_files else int(has_failed))


@app.command(context_settings={"ignore_unknown_options": True})
def configure(
    arguments: Annotated[
        list[str], typer.Argument(help="The options of calicoctl ipam configure, behind --: -- --strictaffinity=true.")
    ],
    existing: ExistingOption = None,
    calico: CalicoOption = "",
    lang: LanguageOption = "en",
    as_json: _JsonOption = False,
) -> None:
    """Judge a calicoctl ipam configure before it is run: exit status 0 accepted, 1 refused, 2 unusable input.

    With --existing its options are merged into the configuration that is there, as calicoctl does.
    """
    from ..manifests.ipam_configure import judge_configuration
    from ..model import Scenario
    from ..read import read
    from ..view.review_terminal import print_finding
    from ..view.terminal import print_release

    with errors_reported(lang):
        release = parse_release(calico)
        scenario = read(*existing).scenario if existing else Scenario()
        release = release or scenario.release
        findings, options = judge_configuration(scenario.cluster.ipam if existing else None, arguments, release)
    if as_json:
        print_json(
            {
                "calico": str(release),
                "accepted": not findings,
                "stored": options,
                "findings": [finding.as_dict(lang) for finding in findings],
            }
        )
    else:
        print_release(console(), release, lang=lang)
        for finding in findings:
            print_finding(console(), finding, get_language(lang))
        for name, value in options.items() if not findings else ():
            console().print(f"{name}: {json.dumps(value)}", highlight=False)
    raise typer.Exit(int(bool(findings)))


@app.command()
def convert(
    files: Annotated[list[Path], typer.Argument(help="Manifests or dumps; - for stdin.")],
    lang: LanguageOption = "en",
) -> None:
    """Print objects of crd.projectcalico.org/v1, as kubectl shows them, as projectcalico.org/v3 for calicoctl."""
    from ..manifests import convert_to_v3

    with errors_reported(lang):
        text = convert_to_v3(files)
    typer.echo(text, nl=False)
