"""Audits on the command line: a cluster read from dumps, tables or its API, and what follows from it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import InputError
from ..findings import N_, Finding, get_language
from .app import (
    AbsentKindsOption,
    CalicoOption,
    JsonOption,
    LanguageOption,
    OptionalClusterOption,
    RedactOption,
    ScenarioNameOption,
    absent_kinds_of,
    app,
    console,
    errors_reported,
    exit_with_problem,
    has_errors,
    print_answer,
    print_json,
    print_notes,
    reading_status,
    with_release,
    write_scenario,
)
from .many_clusters import JobsOption, ResumeOption, SchedulerOption, work_on_clusters

PathsArgument = Annotated[
    list[Path] | None,
    typer.Argument(help="Folders and files: what kubectl and calicoctl print, in any mix; - for stdin."),
]
KubeconfigOption = Annotated[
    Path | None, typer.Option(help="Read a running cluster with this kubeconfig, by list calls only.")
]
ContextOption = Annotated[str | None, typer.Option(help="Its context to use; the current one if left out.")]


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
    as_fleet: Annotated[
        bool, typer.Option("--each", help="Each path is a cluster of its own: one table of all, worst first.")
    ] = False,
    jobs: JobsOption = None,
    scheduler: SchedulerOption = None,
    resume: ResumeOption = None,
    calico: CalicoOption = "",
    lang: LanguageOption = "en",
    as_json: JsonOption = False,
    print_rbac: Annotated[
        bool, typer.Option("--print-rbac", help="Print the ClusterRole that reading a running cluster needs.")
    ] = False,
) -> None:
    """Say how full a cluster is and what is wrong with it.

    Exit status 0: no error found; 1: some, an object that could not be read, or a pool nearly full; 2: a file unusable.
    """
    if print_rbac:
        from ..live.rbac import cluster_role

        typer.echo(cluster_role(), nl=False)
        return
    if as_fleet:
        if not paths or kubeconfig or context or out or calico:
            exit_with_problem(lang, Finding("option-each"))
        spread = {"jobs": jobs, "scheduler": scheduler, "resume": resume}
        _audit_fleet(list(map(str, paths)), absent_kinds_of(none, lang), lang, spread=spread, as_json=as_json)
        return
    from ..audit import audit_reading
    from ..view.audit_parts import audit_as_dict
    from ..view.audit_terminal import print_audit

    reading = _read_input(paths, kubeconfig, context, none, lang)
    scenario = reading.scenario
    with errors_reported(lang):
        reading = replace(reading, scenario=with_release(scenario, calico, lang))
    cluster_audit = audit_reading(reading)
    if out is not None:
        from ..report import make_report
        from ..report.inputs import ReportInput

        with errors_reported(lang):
            report_input = ReportInput(
                scenario.name, scenario.name, paths=tuple(paths or ()), reading=reading, audit=cluster_audit
            )
            report_path = make_report(
                report_input,
                out,
                lang=lang,
                redact=redact,
                template="audit",
                parameters={"none": none or []},
                in_process=True,
            )
            typer.echo(report_path)
    else:
        print_answer(cluster_audit, audit_as_dict, print_audit, lang, as_json=as_json)
    raise typer.Exit(max(reading_status(reading), int(cluster_audit.has_failed)))


def _audit_fleet(sources: list[str], kinds: list[str], lang: str, *, spread: dict[str, Any], as_json: bool) -> None:
    """Audit many clusters; the exit status is 1 where one could not be read or an error was found."""
    from ..audit.fleet import audit_fleet
    from ..view.fleet_terminal import audits_as_dict, print_audits

    clusters = work_on_clusters(
        lambda pool, results, progress: audit_fleet(
            sources, pool, empty_kinds=kinds, lang=lang, results=results, progress=progress
        ),
        preload=["ippoolkit.audit"],
        lang=lang,
        **spread,
    )
    print_answer(clusters, audits_as_dict, print_audits, lang, as_json=as_json)
    raise typer.Exit(int(any(cluster.has_failed for cluster in clusters)))


@app.command(name="pools-for")
def pools_for(
    cluster: OptionalClusterOption = None,
    kubeconfig: KubeconfigOption = None,
    context: ContextOption = None,
    node: Annotated[str | None, typer.Option(help="The node that the pod runs on.")] = None,
    namespace: Annotated[str, typer.Option(help="The pod's namespace.")] = "",
    pod: Annotated[
        str, typer.Option(help="The pod, for its own annotation; with its namespace as NAMESPACE/POD.")
    ] = "",
    who_can_use: Annotated[
        str | None,
        typer.Option(
            "--who-can-use", "--pool-users", help="Show instead every node and namespace that may use this pool."
        ),
    ] = None,
    coverage: Annotated[bool, typer.Option("--coverage", help="Show instead a table of nodes and pools.")] = False,
    lang: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Say which pools would serve a pod, in order, and why each other one would not."""
    from ..audit import pool_tables
    from ..capacity.design_rules.node_networks import enclosed_pools

    if bool(node) + bool(who_can_use) + coverage != 1:
        exit_with_problem(lang, Finding("option-one", params={"options": "--node, --who-can-use, --coverage"}))
    if "/" in pod:
        pod_namespace, _, pod = pod.partition("/")
        namespace = namespace or pod_namespace
    reading = _read_input(cluster, kubeconfig, context, None, lang).design
    scenario = reading.scenario
    unknown_cni = (Finding("cni-unknown"),) if node and scenario.cluster.cni is None else ()
    enclosed = enclosed_pools(scenario) if node or coverage else ()
    assumed = (note for note in reading.notes if note.code.startswith("pool-from-text"))
    print_notes((*reading.errors, *assumed, *unknown_cni, *enclosed), lang)
    with errors_reported(lang):
        if not scenario.cluster.pools and not scenario.cluster.has_read("IPPool"):
            raise InputError([Finding("pools-not-read")])
        if node in reading.node_names and not any(known.name == node for known in scenario.cluster.nodes):
            raise InputError([Finding("node-labels-unknown", f"Node/{node}", {"node": node}, reading.node_names[node])])
        if node:
            table, notes = pool_tables.pools_for_pod(reading, node, namespace, pod, lang=lang)
            print_notes(notes, lang)
        elif who_can_use:
            table = pool_tables.pool_users(scenario.cluster, who_can_use)
            if table.empty and not as_json:
                finding = pool_tables.no_users_finding(scenario.cluster, who_can_use)
                typer.echo(finding.full_message(lang))
                return
        else:
            if not scenario.cluster.nodes:
                raise InputError([Finding("coverage-no-nodes")])
            table = pool_tables.pool_coverage(scenario, lang)
    _print_pools(table, scenario.release, lang, as_json=as_json)
    gets_no_address = bool(node) and not table["order"].notna().any()
    raise typer.Exit(max(reading_status(reading), int(gets_no_address)))


def _print_pools(table: Any, release: Any, lang: str, *, as_json: bool) -> None:
    """Print a table of pools; where none of a node's own blocks serves, without their columns."""
    from ..view.audit_terminal import print_dataframe
    from ..view.cell_text import table_records
    from ..view.terminal import print_release

    if as_json:  # a list of rows, as scripts read it: the release stands in each
        print_json([{**row, "calico": str(release)} for row in table_records(table)])
        return
    print_release(console(), release, lang=lang)
    if "block" in table and not table["block"].any():
        table = table.drop(columns=["block", "free"])
    elif "block" in table:
        claims_new = table["order"].notna() & (table["block"] == "")
        table["block"] = table["block"].mask(claims_new, get_language(lang).translate(N_("a new one")))
    print_dataframe(console(), table, drop_order=("cidr", "free"), lang=lang)


@app.command()
def snapshot(
    paths: PathsArgument = None,
    kubeconfig: KubeconfigOption = None,
    context: ContextOption = None,
    none: AbsentKindsOption = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="The scenario file: .yaml, or .json for large clusters.")
    ] = Path("cluster.yaml"),
    redact: RedactOption = False,
    name: ScenarioNameOption = None,
    lang: LanguageOption = "en",
) -> None:
    """Put a cluster into one scenario file, to plan on, to audit again, to compare with."""
    from ..write.redaction import redact_scenarios

    reading = _read_input(paths, kubeconfig, context, none, lang)
    (scenario,) = redact_scenarios([reading.scenario]) if redact else (reading.scenario,)
    if name:
        scenario = replace(scenario, name=name)
    print_notes(reading.notes, lang)
    write_scenario(scenario, out, lang)
    raise typer.Exit(reading_status(reading))


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(help="Folder or file of the earlier dump.")],
    new: Annotated[Path, typer.Argument(help="Folder or file of the later dump.")],
    days: Annotated[
        float | None, typer.Option(min=0, help="Days between them; derived from their newest objects if left out.")
    ] = None,
    lang: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Say what changed between two dumps of a cluster, and what that means for its capacity."""
    from ..audit import audit_reading, dump_diff
    from ..view.audit_terminal import print_dataframe
    from ..view.cell_text import table_records
    from ..view.terminal import print_findings, print_release

    old_audit, new_audit = (audit_reading(_read_input([path], None, None, None, lang)) for path in (old, new))
    findings = dump_diff.diff(old_audit, new_audit, days=days)
    table = dump_diff.metric_changes(old_audit, new_audit)
    if as_json:
        print_json(
            {
                "calico": str(new_audit.scenario.release),
                "calico_before": str(old_audit.scenario.release),
                "changes": table_records(table),
                "findings": [finding.as_dict(lang) for finding in findings],
            }
        )
    else:
        print_release(console(), new_audit.scenario.release, lang=lang)
        print_dataframe(console(), table[table["old"].notna() | table["new"].notna()], lang=lang, unknown=True)
        print_findings(console(), findings, lang=lang)
    raise typer.Exit(int(has_errors(findings)))


def _read_input(paths: list[Path] | None, kubeconfig: Path | None, context: str | None, none: Any, lang: str) -> Any:
    """Read files, or a running cluster."""
    from ..read.reader import read

    if bool(paths) == bool(kubeconfig or context):
        exit_with_problem(lang, Finding("option-input"))
    absent_kinds = absent_kinds_of(none, lang)
    with errors_reported(lang):
        if paths:
            return read(*paths, empty_kinds=absent_kinds)
        from ..live import LiveError, read_live
        from ..view.progress import progress_bars, stderr_console

        try:
            with progress_bars(stderr_console()) as progress:
                return read_live(kubeconfig, context, progress=progress)
        except LiveError as error:
            raise InputError([Finding(error.finding.code, params=error.finding.params)]) from None
