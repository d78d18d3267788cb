"""Audits on the command line: a cluster read from dumps, tables or its API, and what follows from it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import InputError, describe_finding
from ..findings import Finding, Place, Severity
from .app import LanguageChoice, LanguageOption, app, console, errors_reported, exit_with_problem

PathsArgument = Annotated[
    list[Path] | None,
    typer.Argument(help="Folders and files: what kubectl and calicoctl print, in any mix; - for stdin."),
]
AbsentKindsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--none", help="A kind known to have no objects, where kubectl's empty list leaves it open. Repeatable."
    ),
]
KubeconfigOption = Annotated[
    Path | None, typer.Option(help="Read a running cluster with this kubeconfig, by list calls only.")
]
ContextOption = Annotated[str | None, typer.Option(help="Its context to use; the current one if left out.")]
ClusterOption = Annotated[
    list[Path] | None, typer.Option("--cluster", "-c", help="A folder or file of the cluster. Repeatable.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print everything as JSON, numbers exact.")]


@app.command()
def audit(
    paths: PathsArgument = None,
    kubeconfig: KubeconfigOption = None,
    context: ContextOption = None,
    none: AbsentKindsOption = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write a report: .html, .pdf, .xlsx or .md.")] = None,
    redact: Annotated[
        bool, typer.Option("--redact", help="Replace names and addresses in the report; the numbers stay.")
    ] = False,
    lang: LanguageOption = LanguageChoice.EN,
    as_json: JsonOption = False,
    print_rbac: Annotated[
        bool, typer.Option("--print-rbac", help="Print the ClusterRole that reading a running cluster needs.")
    ] = False,
) -> None:
    """Say how full a cluster is and what is wrong with it: exit status 0 no error found, 1 some, 2 a file unusable."""
    if print_rbac:
        from ..live.rbac import cluster_role

        typer.echo(cluster_role(), nl=False)
        return
    from ..audit import audit_reading
    from ..view.audit_terminal import audit_as_dict, print_audit

    cluster_audit = audit_reading(_read_input(paths, kubeconfig, context, none, lang))
    if out is not None:
        from ..report import make_report

        is_consumed = not paths or any(
            str(path) == "-" for path in paths
        )  # from a cluster or a pipe, which is done with
        with errors_reported(lang):
            report_input = cluster_audit.scenario if is_consumed else paths or []
            parameters = {"none": none or []}
            typer.echo(
                make_report(report_input, out, lang=lang, redact=redact, template="audit", parameters=parameters)
            )
    elif as_json:
        typer.echo(json.dumps(audit_as_dict(cluster_audit, lang), indent=1, ensure_ascii=False))
    else:
        print_audit(console(), cluster_audit, lang=lang)
    if cluster_audit.reading.has_unreadable_file:
        raise typer.Exit(2)
    raise typer.Exit(int(any(finding.severity is Severity.ERROR for finding in cluster_audit.findings)))


@app.command(name="pools-for")
def pools_for(
    cluster: ClusterOption = None,
    kubeconfig: KubeconfigOption = None,
    context: ContextOption = None,
    node: Annotated[str | None, typer.Option(help="The node that a pod is to run on.")] = None,
    namespace: Annotated[str, typer.Option(help="The pod's namespace.")] = "",
    pod: Annotated[str, typer.Option(help="The pod, for its own annotation.")] = "",
    who_can_use: Annotated[
        str | None, typer.Option(help="Show instead every node and namespace that may use this pool.")
    ] = None,
    coverage: Annotated[bool, typer.Option("--coverage", help="Show instead a table of nodes and pools.")] = False,
    lang: LanguageOption = LanguageChoice.EN,
    as_json: JsonOption = False,
) -> None:
    """Say which pools would serve a pod, in order, and why each other one would not."""
    from ..audit import pool_tables
    from ..view.audit_terminal import print_dataframe

    if bool(node) + bool(who_can_use) + coverage != 1:
        exit_with_problem(lang, Finding("option-one", params={"options": "--node, --who-can-use, --coverage"}))
    scenario = _read_input(cluster, kubeconfig, context, None, lang).scenario
    with errors_reported(lang):
        if node:
            table = pool_tables.pools_for(scenario.cluster, node, namespace, pod, lang=lang)
        elif who_can_use:
            table = pool_tables.pool_users(scenario.cluster, who_can_use)
        else:
            table = pool_tables.pool_coverage(scenario, lang)
    if as_json:
        typer.echo(json.dumps(table.to_dict("records"), indent=1, ensure_ascii=False))
    else:
        print_dataframe(console(), table, lang=lang)


@app.command()
def snapshot(
    paths: PathsArgument = None,
    kubeconfig: KubeconfigOption = None,
    context: ContextOption = None,
    none: AbsentKindsOption = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="The scenario file: .yaml, or .json for large clusters.")
    ] = Path("cluster.yaml"),
    redact: Annotated[
        bool,
        typer.Option("--redact", help="Number nodes, namespaces, pods and handles; drop labels that no selector uses."),
    ] = False,
    name: Annotated[str | None, typer.Option(help="Name of the scenario.")] = None,
    lang: LanguageOption = LanguageChoice.EN,
) -> None:
    """Put a cluster into one scenario file, to plan on, to audit again, to compare with."""
    from dataclasses import replace

    from ..audit.redact import redacted
    from ..write import save_scenario

    reading = _read_input(paths, kubeconfig, context, none, lang)
    scenario = redacted(reading.scenario) if redact else reading.scenario
    if name:
        scenario = replace(scenario, name=name)
    for note in reading.notes:
        typer.echo(describe_finding(note, lang), err=True)
    with errors_reported(lang):
        typer.echo(save_scenario(scenario, out))
    if reading.has_unreadable_file:
        raise typer.Exit(2)


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(help="Folder or file of the earlier dump.")],
    new: Annotated[Path, typer.Argument(help="Folder or file of the later dump.")],
    days: Annotated[
        float | None, typer.Option(min=0, help="Days between them; derived from their newest objects if left out.")
    ] = None,
    lang: LanguageOption = LanguageChoice.EN,
    as_json: JsonOption = False,
) -> None:
    """Say what changed between two dumps of a cluster, and what that means for its capacity."""
    from ..audit import audit_reading
    from ..audit import dump_diff as audit_diff
    from ..view.audit_terminal import print_dataframe
    from ..view.capacity_terminal import print_findings

    old_audit, new_audit = (audit_reading(_read_input([path], None, None, None, lang)) for path in (old, new))
    findings = audit_diff.diff(old_audit, new_audit, days=days)
    table = audit_diff.metric_changes(old_audit, new_audit)
    if as_json:
        payload = {"changes": table.to_dict("records"), "findings": [finding.as_dict(lang) for finding in findings]}
        typer.echo(json.dumps(payload, indent=1, ensure_ascii=False))
    else:
        print_dataframe(console(), table, lang=lang)
        print_findings(console(), findings, lang=lang)


def _read_input(paths: list[Path] | None, kubeconfig: Path | None, context: str | None, none: Any, lang: str) -> Any:
    """Read files, or a running cluster."""
    from ..read.reading import ALL_KINDS, KIND_BY_RESOURCE, read

    if bool(paths) == bool(kubeconfig or context):
        exit_with_problem(lang, Finding("option-input"))
    absent_kinds = [KIND_BY_RESOURCE.get(kind.lower(), kind) for kind in none or ()]
    if unknown_kinds := [kind for kind in absent_kinds if kind not in ALL_KINDS]:
        params = {"value": f'"{unknown_kinds[0]}"', "choices": ", ".join(ALL_KINDS)}
        exit_with_problem(lang, Finding("value-choice", params=params, place=Place("--none")))
    with errors_reported(lang):
        if paths:
            return read(*paths, empty_kinds=absent_kinds)
        from ..live import LiveError, read_live

        try:
            with _live_progress() as progress:
                return read_live(kubeconfig, context, progress=progress)
        except LiveError as error:
            raise InputError([Finding(error.finding.code, params=error.finding.params)]) from None


@contextmanager
def _live_progress() -> Iterator[Any]:
    """Show on standard error how far the reading of a cluster is."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, Any] = {}

        def update(kind: str, done: int, total: int) -> None:
            if kind not in tasks:
                tasks[kind] = bar.add_task(kind, total=max(total, 1))
            bar.update(tasks[kind], completed=max(done, total == 0), total=max(total, 1))

        yield update
