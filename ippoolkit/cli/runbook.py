"""Runbooks on the command line: a change of pools, rehearsed on a cluster's snapshot."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import InputError
from ..findings import Finding, Place
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


Clusters = Annotated[list[Path], typer.Option("--cluster", "-c", help="A folder or file of the cluster. Repeatable.")]
Pool = Annotated[str, typer.Option("--pool", help="Name of the pool.")]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="A folder for runbook, manifests and script.")]
Installed = Annotated[Install, typer.Option("--install", help="What Calico was installed by.")]
Batches = Annotated[int, typer.Option(min=1, max=100, help="In how many parts pods are recreated.")]
Short = Annotated[bool, typer.Option("--short", help="Without the explanations.")]
Range = Annotated[str | None, typer.Option("--temporary", help="Range of the temporary pool; chosen if left out.")]


@runbook_app.command("block-size")
def block_size(
    cluster: Clusters,
    pool: Pool,
    to: Annotated[int, typer.Option("--to", help="The new blockSize.")],
    temporary: Range = None,
    install: Installed = Install.MANIFEST,
    batches: Batches = 4,
    out: Out = None,
    short: Short = False,
    lang: Lang = Language.EN,
) -> None:
    """Change a pool's blockSize: exit status 0 issued, 1 refused, 2 a file unusable."""
    _write("block-size", cluster, pool, install, batches, out, short, lang, size=to, temporary=temporary)


@runbook_app.command()
def migrate(
    cluster: Clusters,
    pool: Annotated[str, typer.Option("--from", help="Name of the pool to leave.")],
    to_cidr: Annotated[str | None, typer.Option("--to-cidr", help="Range of the new pool; chosen if left out.")] = None,
    name: Annotated[str, typer.Option("--name", help="Name of the new pool.")] = "",
    size: Annotated[int, typer.Option("--block-size", help="Its blockSize; 0: as the old one's.")] = 0,
    install: Installed = Install.MANIFEST,
    batches: Batches = 4,
    out: Out = None,
    short: Short = False,
    lang: Lang = Language.EN,
) -> None:
    """Move to another pool."""
    _write("migrate", cluster, pool, install, batches, out, short, lang, cidr=to_cidr, name=name, size=size)


@runbook_app.command()
def split(
    cluster: Clusters,
    pool: Pool,
    to: Annotated[int, typer.Option("--to", help="Prefix length of the parts.")],
    temporary: Range = None,
    install: Installed = Install.MANIFEST,
    batches: Batches = 4,
    out: Out = None,
    short: Short = False,
    lang: Lang = Language.EN,
) -> None:
    """Make several pools out of one."""
    _write("split", cluster, pool, install, batches, out, short, lang, prefix=to, temporary=temporary)


@runbook_app.command()
def grow(
    cluster: Clusters,
    pool: Annotated[str, typer.Option("--pool", help="The pool whose fields the new one takes.")],
    to_cidr: Annotated[str | None, typer.Option("--to-cidr", help="Range of the new pool; chosen if left out.")] = None,
    name: Annotated[str, typer.Option("--name", help="Name of the new pool.")] = "",
    size: Annotated[int, typer.Option("--block-size", help="Its blockSize; 0: as the old one's.")] = 0,
    install: Installed = Install.MANIFEST,
    out: Out = None,
    short: Short = False,
    lang: Lang = Language.EN,
) -> None:
    """Add a pool beside another."""
    _write("grow", cluster, pool, install, 1, out, short, lang, cidr=to_cidr, name=name, size=size)


@runbook_app.command()
def retire(
    cluster: Clusters,
    pool: Pool,
    install: Installed = Install.MANIFEST,
    batches: Batches = 4,
    out: Out = None,
    short: Short = False,
    lang: Lang = Language.EN,
) -> None:
    """Take a pool out of service; what it serves goes to those that are left."""
    _write("retire", cluster, pool, install, batches, out, short, lang)


def _write(
    kind: Any, cluster: list[Path], pool: str, install: Install, batches: int, out: Path | None, short: bool, lang: str,
    *, cidr: str | None = None, temporary: str | None = None, name: str = "", size: int = 0, prefix: int = 0,
) -> None:  # fmt: skip
    """Rehearse a change; print the runbook, or write it with its manifests and script."""
    from ..change import Change, files, markdown, runbook
    from ..read.cluster import read_cluster
    from ..write import write_text

    with telling(lang):
        given = {"--temporary": _range("--temporary", temporary), "--to-cidr": _range("--to-cidr", cidr)}
        change = Change(
            kind, pool, size=size, prefix=prefix, cidr=given["--to-cidr"], name=name,
            temporary=given["--temporary"], install=install.value, batches=batches,
        )  # fmt: skip
        made = runbook(read_cluster(*cluster).scenario, change)
        if out is None or not made.issued:
            typer.echo(markdown(made, lang, short=short))
        else:
            for path, text in files(made, lang, short=short).items():
                target = out / path
                target.parent.mkdir(parents=True, exist_ok=True)
                typer.echo(write_text(target, text))
                if target.suffix == ".sh":
                    target.chmod(0o755)
    raise typer.Exit(0 if made.issued else 1)


def _range(option: str, text: str | None) -> Any:
    from ..cidr import Cidr, CidrError

    if text is None:
        return None
    try:
        return Cidr.parse(text)
    except CidrError as error:
        raise InputError([Finding(error.code, numbers=error.numbers, place=Place(option))]) from None
