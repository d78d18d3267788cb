"""Capacity on the command line, and scenarios from files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import describe
from .app import Files, Lang, Language, app, console, telling

# As in the model, which is not loaded for a help text.
MOST = 1_000_000


Nodes = Annotated[
    int | None, typer.Option(min=0, max=MOST, help="Plan for this many nodes in all, instead of the file's.")
]
Pods = Annotated[int | None, typer.Option(min=0, max=MOST, help="Pods with an address on a typical node.")]
Busiest = Annotated[int | None, typer.Option(min=0, max=MOST, help="Pods on the busiest node.")]
PerMonth = Annotated[float | None, typer.Option(min=0, max=MOST, help="Nodes added a month.")]
Months = Annotated[int | None, typer.Option(min=0, max=600, help="How far growth is looked at.")]


@app.command()
def capacity(
    files: Files,
    nodes: Nodes = None,
    pods_per_node: Pods = None,
    busiest: Busiest = None,
    nodes_per_month: PerMonth = None,
    months: Months = None,
    lang: Lang = Language.EN,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON, numbers exact.")] = False,
) -> None:
    """Print verdict, tables and findings for IP pools and a plan."""
    from ..read import read

    with telling(lang):
        reading = read(*files)
    scenario = _planned(reading.scenario, nodes, pods_per_node, busiest, nodes_per_month, months)
    if as_json:
        from ..view.data import as_data

        typer.echo(json.dumps(as_data(scenario, reading.notes, lang), indent=1, ensure_ascii=False))
    else:
        from ..view.text import print_capacity

        print_capacity(console(), scenario, reading.notes, lang=lang)


@app.command()
def scenario(
    files: Files,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The scenario file; stdout if left out.")] = None,
    name: Annotated[str | None, typer.Option(help="What to call it.")] = None,
    lang: Lang = Language.EN,
) -> None:
    """Turn manifests and dumps into one scenario file, to plan on."""
    from ..read import read
    from ..write import save, scenario_yaml

    with telling(lang):
        reading = read(*files)
    made = replace(reading.scenario, name=name) if name else reading.scenario
    for note in reading.notes:
        typer.echo(describe(note, lang), err=True)
    if out is None:
        typer.echo(scenario_yaml(made), nl=False)
    else:
        with telling(lang):
            typer.echo(save(made, out))


@app.command()
def schema() -> None:
    """Print the JSON schema of the scenario file, for editors."""
    from ..read import schema as made

    typer.echo(json.dumps(made(), indent=1, ensure_ascii=False))


def _planned(scenario: Any, *options: float | None) -> Any:
    from ..model.editing import with_group

    *of_group, months = options
    names = ("nodes", "pods_per_node", "pods_on_busiest_node", "nodes_per_month")
    changes = {name: value for name, value in zip(names, of_group, strict=True) if value is not None}
    if changes:
        scenario = with_group(scenario, **changes)
    return scenario if months is None else replace(scenario, plan=replace(scenario.plan, months=months))
