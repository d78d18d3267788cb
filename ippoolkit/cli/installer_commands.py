"""Inputs of installers on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..errors import describe_finding
from .app import LanguageChoice, LanguageOption, app, errors_reported


@app.command(name="from-installer")
def from_installer(
    paths: Annotated[
        list[Path],
        typer.Argument(help="A Kubespray inventory, an Installation, a ClusterConfiguration, calico-node's manifest."),
    ],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The scenario file; stdout if left out.")] = None,
    lang: LanguageOption = LanguageChoice.EN,
) -> None:
    """Turn what an installer is given into a scenario file, and say what is mixed up in it."""
    from ..capacity.design_rules.check import design_findings
    from ..read.reading import read_installer
    from ..write import save_scenario, scenario_to_yaml

    with errors_reported(lang):
        reading = read_installer(*paths)
    for finding in (*reading.notes, *design_findings(reading.scenario)):
        typer.echo(describe_finding(finding, lang), err=True)
    with errors_reported(lang):
        typer.echo(
            save_scenario(reading.scenario, out) if out else scenario_to_yaml(reading.scenario), nl=out is not None
        )
