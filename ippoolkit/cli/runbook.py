"""Runbooks on the command line: a change of pools, rehearsed on a cluster's snapshot."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from .app import Lang, Language, app, telling

runbook_app = typer.Typer(
    no_args_is_help=True, help="Write the procedure for a change of pools, rehearsed on a cluster."
)
app.add_typer(runbook_app, name="runbook")


class Install(StrEnum):
    """What Calico was installed by."""

    MANIFEST = "manifest"
    OPERATOR = "operator"
    KUBESPRAY = "kubespray"


class Ordered(StrEnum):
    """In which order pods are recreated."""

    NAMESPACE = "namespace"
    WORKLOAD = "workload"
    NODE = "node"


Clusters = Annotated[list[Path], typer.Option("--cluster", "-c", help="A folder or file of the cluster. Repeatable.")]
Pool = Annotated[str, typer.Option("--pool", help="Name of the pool.")]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="A folder for runbook, manifests and script.")]
Installed = Annotated[Install, typer.Option("--install", help="What Calico was installed by.")]
Order = Annotated[
    Ordered, typer.Option("--order", help="In which order pods are recreated; no pod is deleted outright.")
]
Batches = Annotated[int, typer.Option(min=1, max=100, help="In how many groups; the script stops between them.")]
Short = Annotated[bool, typer.Option("--short", help="Without the explanations.")]
Range = Annotated[str, typer.Option("--temporary", help="Range of the temporary pool; chosen if left out.")]
NewRange = Annotated[str, typer.Option("--to-cidr", help="Range of the new pool; chosen if left out.")]
NewName = Annotated[str, typer.Option("--name", help="Name of the new pool.")]
NewSize = Annotated[int, typer.Option("--block-size", help="Its blockSize; 0: as the old one's.")]


@runbook_app.command("block-size")
def block_size(
    cluster: Clusters,
    pool: Pool,
    to: Annotated[int, typer.Option("--to", help="The new blockSize.")],
    temporary: Range = "",
    install: Installed = Install.MANIFEST,
    order: Order = Ordered.NAMESPACE,
    batches: Batches = 4,
    out: Out = None,
    short: Short = False,
    lang: Lang = Language.EN,
) -> None:
    """Change a pool's blockSize: exit status 0 issued, 1 refused, 2 a file unusable."""
    _write("block-size", **locals())


@runbook_app.command()
def migrate(
    cluster: Clusters,
    pool: Annotated[str, typer.Option("--from", help="Name of the pool to leave.")],
    cidr: NewRange = "",
    name: NewName = "",
    to: NewSize = 0,
    install: Installed = Install.MANIFEST,
    order: Order = Ordered.NAMESPACE,
    batches: Batches = 4,
    out: Out = None,
    short: Short = False,
    lang: Lang = Language.EN,
) -> None:
    """Move to another pool."""
    _write("migrate", **locals())


@runbook_app.command()
def split(
    cluster: Clusters,
    pool: Pool,
    to: Annotated[int, typer.Option("--to", help="Prefix length of the parts.")],
    temporary: Range = "",
    install: Installed = Install.MANIFEST,
    order: Order = Ordered.NAMESPACE,
    batches: Batches = 4,
    out: Out = None,
    short: Short = False,
    lang: Lang = Language.EN,
) -> None:
    """Make several pools out of one."""
    _write("split", **locals())


@runbook_app.command()
def grow(
    cluster: Clusters,
    pool: Annotated[str, typer.Option("--pool", help="The pool whose fields the new one takes.")],
    cidr: NewRange = "",
    name: NewName = "",
    to: NewSize = 0,
    install: Installed = Install.MANIFEST,
    out: Out = None,
    short: Short = False,
    lang: Lang = Language.EN,
) -> None:
    """Add a pool beside another."""
    _write("grow", **locals())


@runbook_app.command()
def retire(
    cluster: Clusters,
    pool: Pool,
    install: Installed = Install.MANIFEST,
    order: Order = Ordered.NAMESPACE,
    batches: Batches = 4,
    out: Out = None,
    short: Short = False,
    lang: Lang = Language.EN,
) -> None:
    """Take a pool out of service; what it serves goes to those that are left."""
    _write("retire", **locals())


def _write(
    kind: str, cluster: list[Path], pool: str, out: Path | None, lang: Language, short: bool, **asked: Any
) -> None:
    """Rehearse a change; print the runbook, or write it with its manifests and script."""
    from ..report.pieces.change import change_report
    from ..report.runbook import runbook_files, runbook_text
    from ..report.store import place

    with telling(lang):
        report = change_report(cluster, kind, pool=pool, short=short, lang=lang.value, **asked)
        if out is None or not report.made.issued:
            typer.echo(runbook_text(report))
        else:
            for path, text in runbook_files(report).items():
                (out / path).parent.mkdir(parents=True, exist_ok=True)
                target = place(out / path, text.encode())
                typer.echo(target)
                if target.suffix == ".sh":
                    target.chmod(0o755)
    raise typer.Exit(0 if report.made.issued else 1)
