"""Audits on the command line: a cluster read from dumps, tables or its API, and what follows from it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import InputError, describe
from ..findings import Finding, Place, Severity
from .app import Lang, Language, app, console, refuse, telling

Paths = Annotated[
    list[Path] | None,
    typer.Argument(help="Folders and files: what kubectl and calicoctl print, in any mix; - for stdin."),
]
Nothing = Annotated[
    list[str] | None,
    typer.Option("--none", help="A kind that there is none of, where kubectl's empty list leaves it open. Repeatable."),
]
Kubeconfig = Annotated[
    Path | None, typer.Option(help="Read a running cluster with this kubeconfig, by list calls only.")
]
Context = Annotated[str | None, typer.Option(help="Its context to use; the current one if left out.")]
Clusters = Annotated[
    list[Path] | None, typer.Option("--cluster", "-c", help="A folder or file of the cluster. Repeatable.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print everything as JSON, numbers exact.")]


@app.command()
def audit(
    paths: Paths = None,
    kubeconfig: Kubeconfig = None,
    context: Context = None,
    none: Nothing = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write a report: .html, .pdf, .xlsx or .md.")] = None,
    redact: Annotated[
        bool, typer.Option("--redact", help="Replace names and addresses in the report; the numbers stay.")
    ] = False,
    lang: Lang = Language.EN,
    as_json: AsJson = False,
    print_rbac: Annotated[
        bool, typer.Option("--print-rbac", help="Print the ClusterRole that reading a running cluster needs.")
    ] = False,
) -> None:
    """Say how full a cluster is and what is wrong with it: exit status 0 no error found, 1 some, 2 a file unusable."""
    if print_rbac:
        from ..live.rights import cluster_role

        typer.echo(cluster_role(), nl=False)
        return
    from ..audit import audit_of
    from ..view.audit import as_data, print_audit

    made = audit_of(_read(paths, kubeconfig, context, none, lang))
    if out is not None:
        from ..report import make_report

        read = not paths or any(str(path) == "-" for path in paths)  # from a cluster or a pipe, which is done with
        with telling(lang):
            given = made.scenario if read else paths or []
            wanted = {"none": none or []}
            typer.echo(make_report(given, out, lang=lang, redact=redact, template="audit", parameters=wanted))
    elif as_json:
        typer.echo(json.dumps(as_data(made, lang), indent=1, ensure_ascii=False))
    else:
        print_audit(console(), made, lang=lang)
    if made.reading.unusable:
        raise typer.Exit(2)
    raise typer.Exit(int(any(finding.severity is Severity.ERROR for finding in made.findings)))


@app.command(name="pools-for")
def pools_for(
    cluster: Clusters = None,
    kubeconfig: Kubeconfig = None,
    context: Context = None,
    node: Annotated[str | None, typer.Option(help="The node that a pod is to run on.")] = None,
    namespace: Annotated[str, typer.Option(help="The pod's namespace.")] = "",
    pod: Annotated[str, typer.Option(help="The pod, for its own annotation.")] = "",
    who_can_use: Annotated[
        str | None, typer.Option(help="Instead: every node and namespace that may use a pool.")
    ] = None,
    coverage: Annotated[bool, typer.Option("--coverage", help="Instead: a table of nodes and pools.")] = False,
    lang: Lang = Language.EN,
    as_json: AsJson = False,
) -> None:
    """Say which pools would serve a pod, in order, and why each other one would not."""
    from ..audit import tables
    from ..view.audit import print_frame

    if bool(node) + bool(who_can_use) + coverage != 1:
        refuse(lang, Finding("option-one", numbers={"options": "--node, --who-can-use, --coverage"}))
    scenario = _read(cluster, kubeconfig, context, None, lang).scenario
    with telling(lang):
        if node:
            made = tables.pools_for(scenario.cluster, node, namespace, pod, lang=lang)
        elif who_can_use:
            made = tables.users_of(scenario.cluster, who_can_use)
        else:
            made = tables.coverage(scenario, lang)
    if as_json:
        typer.echo(json.dumps(made.to_dict("records"), indent=1, ensure_ascii=False))
    else:
        print_frame(console(), made, lang=lang)


@app.command()
def snapshot(
    paths: Paths = None,
    kubeconfig: Kubeconfig = None,
    context: Context = None,
    none: Nothing = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="The scenario file: .yaml, or .json for large clusters.")
    ] = Path("cluster.yaml"),
    redact: Annotated[
        bool,
        typer.Option("--redact", help="Number nodes, namespaces, pods and handles; drop labels that no selector uses."),
    ] = False,
    name: Annotated[str | None, typer.Option(help="What to call it.")] = None,
    lang: Lang = Language.EN,
) -> None:
    """Put a cluster into one scenario file, to plan on, to audit again, to compare with."""
    from dataclasses import replace

    from ..audit.redact import redacted
    from ..write import save

    reading = _read(paths, kubeconfig, context, none, lang)
    scenario = redacted(reading.scenario) if redact else reading.scenario
    if name:
        scenario = replace(scenario, name=name)
    for note in reading.notes:
        typer.echo(describe(note, lang), err=True)
    with telling(lang):
        typer.echo(save(scenario, out))
    if reading.unusable:
        raise typer.Exit(2)


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(help="Folder or file of the earlier moment.")],
    new: Annotated[Path, typer.Argument(help="Folder or file of the later one.")],
    days: Annotated[
        float | None, typer.Option(min=0, help="Days between them; else by their youngest objects.")
    ] = None,
    lang: Lang = Language.EN,
    as_json: AsJson = False,
) -> None:
    """Say what changed between two dumps of a cluster, and what that means for its capacity."""
    from ..audit import audit_of
    from ..audit import diff as compared
    from ..view.audit import print_frame
    from ..view.text import print_findings

    first, second = (audit_of(_read([path], None, None, None, lang)) for path in (old, new))
    findings = compared.diff(first, second, days=days)
    table = compared.changes(first, second)
    if as_json:
        value = {"changes": table.to_dict("records"), "findings": [finding.as_dict(lang) for finding in findings]}
        typer.echo(json.dumps(value, indent=1, ensure_ascii=False))
    else:
        print_frame(console(), table, lang=lang)
        print_findings(console(), findings, lang=lang)


def _read(paths: list[Path] | None, kubeconfig: Path | None, context: str | None, none: Any, lang: str) -> Any:
    """Read files, or a running cluster."""
    from ..read.cluster import KINDS, RESOURCES, read_cluster

    if bool(paths) == bool(kubeconfig or context):
        refuse(lang, Finding("option-input"))
    kinds = [RESOURCES.get(kind.lower(), kind) for kind in none or ()]
    if wrong := [kind for kind in kinds if kind not in KINDS]:
        numbers = {"value": f'"{wrong[0]}"', "choices": ", ".join(KINDS)}
        refuse(lang, Finding("value-choice", numbers=numbers, place=Place("--none")))
    with telling(lang):
        if paths:
            return read_cluster(*paths, none=kinds)
        from ..live import LiveError, read_live

        try:
            with _watched() as progress:
                return read_live(kubeconfig, context, progress=progress)
        except LiveError as error:
            raise InputError([Finding(error.finding.code, numbers=error.finding.numbers)]) from None


@contextmanager
def _watched() -> Iterator[Any]:
    """Show on standard error how far the reading of a cluster is."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, Any] = {}

        def show(kind: str, done: int, total: int) -> None:
            if kind not in tasks:
                tasks[kind] = bar.add_task(kind, total=max(total, 1))
            bar.update(tasks[kind], completed=max(done, total == 0), total=max(total, 1))

        yield show
