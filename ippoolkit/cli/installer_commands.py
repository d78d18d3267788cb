"""Inputs of installers on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .app import LanguageOption, ScenarioOutOption, app, errors_reported, has_errors, print_notes, write_scenario

# Notes that already say that a blockSize is the per-node prefix.
_SAY_PREFIX = ("prefix-as-size", "mask-is-block-size", "kubespray-old")


@app.command(name="from-installer")
def from_installer(
    paths: Annotated[
        list[Path],
        typer.Argument(
            help="A Kubespray inventory, Installation, Helm values, ClusterConfiguration, files of RKE, kops, Talos …"
        ),
    ],
    out: ScenarioOutOption = None,
    lang: LanguageOption = "en",
) -> None:
    """Turn what an installer is given into a scenario file, and say what is mixed up in it.

    Exit status 0: no error found, 1: an error found, 2: unusable input.
    """
    from ..capacity.design_rules.check import design_findings
    from ..read.reader import read_installer

    with errors_reported(lang):
        reading = read_installer(*paths)
    subjects_noted = {note.subject for note in reading.notes if note.code in _SAY_PREFIX}
    further = [
        finding
        for finding in design_findings(reading.scenario)
        if not (finding.code == "per-node-prefix" and finding.subject in subjects_noted)
    ]
    findings = (*reading.notes, *further)
    print_notes(findings, lang)
    write_scenario(reading.scenario, out, lang)
    if has_errors(findings):
        raise typer.Exit(1)
