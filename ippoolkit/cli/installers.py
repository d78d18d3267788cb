"""Inputs of installers on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..errors import describe
from .app import Lang, Language, app, telling


@app.command(name="from-installer")
def from_installer(
    paths: Annotated[
        list[Path],
        typer.Argument(help="A Kubespray inventory, an Installation, a ClusterConfiguration, calico-node's manifest."),
    ],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The scenario file; stdout if left out.")] = None,
    lang: Lang = Language.EN,
) -> None:
    """Turn what an installer is given into a scenario file, and say what is mixed up in it."""
    from ..read.installers import read_installer
    from ..rules.plan import standing
    from ..write import save, scenario_yaml

    with telling(lang):
        reading = read_installer(*paths)
    for finding in (*reading.notes, *standing(reading.scenario)):
        typer.echo(describe(finding, lang), err=True)
    with telling(lang):
        typer.echo(save(reading.scenario, out) if out else scenario_yaml(reading.scenario), nl=out is not None)
