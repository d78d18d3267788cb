"""Capacity on the command line, and scenarios from files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import describe_finding
from .app import FilesArgument, LanguageChoice, LanguageOption, app, console, errors_reported

# As in the model, which is not loaded for a help text.
MAX_COUNT = 1_000_000


NodesOption = Annotated[
    int | None, typer.Option(min=0, max=MAX_COUNT, help="Plan for this many nodes in all, instead of the file's.")
]
PodsOption = Annotated[int | None, typer.Option(min=0, max=MAX_COUNT, help="Pods with an address on a typical node.")]
BusiestOption = Annotated[int | None, typer.Option(min=0, max=MAX_COUNT, help="Pods on the busiest node.")]
NodesPerMonthOption = Annotated[float | None, typer.Option(min=0, max=MAX_COUNT, help="Nodes added a month.")]
MonthsOption = Annotated[int | None, typer.Option(min=0, max=600, help="How far ahead growth is computed.")]


@app.command()
def capacity(
    files: FilesArgument,
    nodes: NodesOption = None,
    pods_per_node: PodsOption = None,
    busiest: BusiestOption = None,
    nodes_per_month: NodesPerMonthOption = None,
    months: MonthsOption = None,
    max_routes: Annotated[int | None, typer.Option(min=0, help="Routes that a node's or router's table takes.")] = None,
    lang: LanguageOption = LanguageChoice.EN,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON, numbers exact.")] = False,
) -> None:
    """Print verdict, tables and findings for IP pools and a plan."""
    from ..read import read

    with errors_reported(lang):
        reading = read(*files)
    scenario = _with_plan_options(reading.scenario, nodes, pods_per_node, busiest, nodes_per_month, months)
    if as_json:
        from ..view.capacity_data import capacity_as_dict

        typer.echo(
            json.dumps(capacity_as_dict(scenario, reading.notes, lang, max_routes), indent=1, ensure_ascii=False)
        )
    else:
        from ..view.capacity_terminal import print_capacity

        print_capacity(console(), scenario, reading.notes, max_routes=max_routes, lang=lang)


@app.command()
def scenario(
    files: FilesArgument,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The scenario file; stdout if left out.")] = None,
    name: Annotated[str | None, typer.Option(help="Name of the scenario.")] = None,
    lang: LanguageOption = LanguageChoice.EN,
) -> None:
    """Turn manifests and dumps into one scenario file, to plan on."""
    from ..read import read
    from ..write import save_scenario, scenario_to_yaml

    with errors_reported(lang):
        reading = read(*files)
    named_scenario = replace(reading.scenario, name=name) if name else reading.scenario
    for note in reading.notes:
        typer.echo(describe_finding(note, lang), err=True)
    if out is None:
        typer.echo(scenario_to_yaml(named_scenario), nl=False)
    else:
        with errors_reported(lang):
            typer.echo(save_scenario(named_scenario, out))


@app.command()
def schema() -> None:
    """Print the JSON schema of the scenario file, for editors."""
    from ..read import scenario_schema

    typer.echo(json.dumps(scenario_schema(), indent=1, ensure_ascii=False))


def _with_plan_options(scenario: Any, *options: float | None) -> Any:
    from ..model.scenario_edits import with_single_group

    *group_options, months = options
    names = ("nodes", "pods_per_node", "pods_on_busiest_node", "nodes_per_month")
    changes = {name: value for name, value in zip(names, group_options, strict=True) if value is not None}
    if changes:
        scenario = with_single_group(scenario, **changes)
    return scenario if months is None else replace(scenario, plan=replace(scenario.plan, months=months))
