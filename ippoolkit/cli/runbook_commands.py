"""Runbooks on the command line: a change of pools, rehearsed on a cluster's snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from .app import (
    AbsentKindsOption,
    CalicoOption,
    ClusterOption,
    JsonOption,
    LanguageOption,
    absent_kinds_of,
    app,
    errors_reported,
    print_answer,
    print_json,
    print_notes,
    print_reading_errors,
    with_release,
)

runbook_app = typer.Typer(
    no_args_is_help=True, help="Write the procedure for a change of pools, rehearsed on a cluster."
)
app.add_typer(runbook_app, name="runbook")


_NOTES_ON_MISSING_KINDS = ("list-empty", "kind-forbidden")
PoolOption = Annotated[str, typer.Option("--pool", help="The pool, by its name or range.")]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out", "-o", help="A folder for runbook, manifests and script; left out: Markdown on standard output."
    ),
]
InstallOption = Annotated[
    Literal["manifest", "operator", "kubespray"] | None,
    typer.Option(
        "--install", help="How Calico was installed; if left out, by manifest unless pools have the operator's label."
    ),
]
OrderOption = Annotated[
    Literal["namespace", "workload", "node"],
    typer.Option("--order", help="Order in which pods are recreated; pods are never deleted directly."),
]
BatchesOption = Annotated[int, typer.Option(min=1, max=100, help="Number of groups; the script pauses between them.")]
ShortOption = Annotated[bool, typer.Option("--short", help="Without the explanations.")]
TemporaryRangeOption = Annotated[
    str, typer.Option("--temporary", help="Range of the temporary pool; chosen if left out.")
]
NewRangeOption = Annotated[str, typer.Option("--to-cidr", help="Range of the new pool; chosen if left out.")]
NewNameOption = Annotated[str, typer.Option("--name", help="Name of the new pool.")]
NewBlockSizeOption = Annotated[int, typer.Option("--block-size", help="Its blockSize; 0 keeps that of the old pool.")]


@runbook_app.command("block-size")
def block_size(
    cluster: ClusterOption,
    pool: PoolOption,
    to: Annotated[int, typer.Option("--to", help="The new blockSize.")],
    temporary: TemporaryRangeOption = "",
    install: InstallOption = None,
    order: OrderOption = "namespace",
    batches: BatchesOption = 4,
    out: OutOption = None,
    none: AbsentKindsOption = None,
    short: ShortOption = False,
    calico: CalicoOption = "",
    as_json: JsonOption = False,
    lang: LanguageOption = "en",
) -> None:
    """Change a pool's blockSize: exit status 0 issued, 1 refused, 2 a file unusable."""
    options = {"to": to, "temporary": temporary, "install": install or "", "order": order, "batches": batches}
    _issue_runbook("block-size", cluster, pool, options, none, out, lang, short=short, calico=calico, as_json=as_json)


@runbook_app.command()
def migrate(
    cluster: ClusterOption,
    pool: Annotated[str, typer.Option("--from", help="The pool to leave, by its name or range.")],
    cidr: NewRangeOption = "",
    name: NewNameOption = "",
    to: NewBlockSizeOption = 0,
    install: InstallOption = None,
    order: OrderOption = "namespace",
    batches: BatchesOption = 4,
    out: OutOption = None,
    none: AbsentKindsOption = None,
    short: ShortOption = False,
    calico: CalicoOption = "",
    as_json: JsonOption = False,
    lang: LanguageOption = "en",
) -> None:
    """Move to another pool."""
    options = {"cidr": cidr, "name": name, "to": to, "install": install or "", "order": order, "batches": batches}
    _issue_runbook("migrate", cluster, pool, options, none, out, lang, short=short, calico=calico, as_json=as_json)


@runbook_app.command()
def split(
    cluster: ClusterOption,
    pool: PoolOption,
    to: Annotated[int, typer.Option("--to", help="Prefix length of the parts.")],
    temporary: TemporaryRangeOption = "",
    install: InstallOption = None,
    order: OrderOption = "namespace",
    batches: BatchesOption = 4,
    out: OutOption = None,
    none: AbsentKindsOption = None,
    short: ShortOption = False,
    calico: CalicoOption = "",
    as_json: JsonOption = False,
    lang: LanguageOption = "en",
) -> None:
    """Make several pools out of one."""
    options = {"to": to, "temporary": temporary, "install": install or "", "order": order, "batches": batches}
    _issue_runbook("split", cluster, pool, options, none, out, lang, short=short, calico=calico, as_json=as_json)


@runbook_app.command()
def grow(
    cluster: ClusterOption,
    pool: Annotated[str, typer.Option("--pool", help="The pool whose fields the new one takes.")],
    cidr: NewRangeOption = "",
    name: NewNameOption = "",
    to: NewBlockSizeOption = 0,
    install: InstallOption = None,
    out: OutOption = None,
    none: AbsentKindsOption = None,
    short: ShortOption = False,
    calico: CalicoOption = "",
    as_json: JsonOption = False,
    lang: LanguageOption = "en",
) -> None:
    """Add a pool beside another."""
    options = {"cidr": cidr, "name": name, "to": to, "install": install or ""}
    _issue_runbook("grow", cluster, pool, options, none, out, lang, short=short, calico=calico, as_json=as_json)


@runbook_app.command()
def retire(
    cluster: ClusterOption,
    pool: PoolOption,
    install: InstallOption = None,
    order: OrderOption = "namespace",
    batches: BatchesOption = 4,
    out: OutOption = None,
    none: AbsentKindsOption = None,
    short: ShortOption = False,
    calico: CalicoOption = "",
    as_json: JsonOption = False,
    lang: LanguageOption = "en",
) -> None:
    """Take a pool out of service; what it serves goes to those that are left."""
    options = {"install": install or "", "order": order, "batches": batches}
    _issue_runbook("retire", cluster, pool, options, none, out, lang, short=short, calico=calico, as_json=as_json)


def _issue_runbook(
    change_kind: str,
    cluster: list[Path],
    pool: str,
    change_options: Mapping[str, Any],
    none: list[str] | None,
    out: Path | None,
    lang: str,
    *,
    short: bool,
    calico: str,
    as_json: bool,
) -> None:
    """Rehearse a change; print the runbook, or write it with its manifests and script."""
    from ..change import runbook
    from ..change.change_arguments import parse_change
    from ..read import read
    from ..report.runbook_files import render_runbook_files, render_runbook_markdown
    from ..report.sections.runbook_report import RunbookReport
    from ..view.runbook_data import runbook_as_dict
    from ..view.runbook_terminal import print_refused_runbook
    from ..write import write_atomically
    from ..write.atomic import unwritable_error

    absent_kinds = absent_kinds_of(none, lang)
    with errors_reported(lang):
        reading = read(*cluster, empty_kinds=absent_kinds)
        scenario = with_release(reading.scenario, calico, lang)
        status = print_reading_errors(reading, lang)
        change = parse_change(scenario.cluster, change_kind, pool, **change_options)
        rehearsed = runbook(scenario, change)
        if not rehearsed.is_issued:
            print_notes([note for note in reading.notes if note.code in _NOTES_ON_MISSING_KINDS], lang)
            print_answer(rehearsed, runbook_as_dict, print_refused_runbook, lang, as_json=as_json)
            raise typer.Exit(max(status, 1))
        report = RunbookReport(rehearsed, lang, short=short)
        if as_json:
            print_json(runbook_as_dict(rehearsed, lang))
        elif out is None:
            typer.echo(render_runbook_markdown(report))
        if out is None:
            raise typer.Exit(status)
        for path, text in render_runbook_files(report).items():
            target = out / path
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise unwritable_error(target.parent, error) from None
            typer.echo(write_atomically(target, text), err=as_json)
            if target.suffix == ".sh":
                target.chmod(0o755)
        typer.echo(report.verdict_text(), err=True)
    raise typer.Exit(status)
