"""Capacity on the command line, and scenarios from files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Any

import typer

from .app import (
    CalicoOption,
    FilesArgument,
    JsonOption,
    LanguageOption,
    ScenarioNameOption,
    ScenarioOutOption,
    app,
    console,
    errors_reported,
    has_errors,
    print_json,
    print_notes,
    reading_status,
    with_release,
    write_scenario,
)

# As in the model, which is not loaded for a help text.
MAX_COUNT = 1_000_000


NodesOption = Annotated[
    int | None,
    typer.Option(min=0, max=MAX_COUNT, help="Plan for this many nodes in all, instead of those of the file."),
]
PodsOption = Annotated[int | None, typer.Option(min=0, max=MAX_COUNT, help="Pods with an address on a typical node.")]
GroupOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=N",
        help="Plan for N nodes in one group: by its name, or by a label key=value of its nodes. Repeatable.",
    ),
]
BusiestOption = Annotated[int | None, typer.Option(min=0, max=MAX_COUNT, help="Pods on the busiest node.")]
NodesPerMonthOption = Annotated[float | None, typer.Option(min=0, max=MAX_COUNT, help="Nodes added a month.")]
MonthsOption = Annotated[int | None, typer.Option(min=0, max=600, help="How far ahead growth is computed.")]


@app.command()
def capacity(
    files: FilesArgument,
    nodes: NodesOption = None,
    group: GroupOption = None,
    pods_per_node: PodsOption = None,
    busiest: BusiestOption = None,
    nodes_per_month: NodesPerMonthOption = None,
    months: MonthsOption = None,
    max_routes: Annotated[
        int | None, typer.Option(min=0, help="Most routes that the table of a node or router takes.")
    ] = None,
    calico: CalicoOption = "",
    lang: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Print verdict, tables and findings for IP pools and a plan: exit status 0 no error, 1 some, 2 unusable input."""
    from ..analysis import Analysis
    from ..read import read

    with errors_reported(lang):
        reading = read(*files, strict=True)
        design = reading.design
        scenario = with_release(design.scenario, calico, lang)
        scenario = with_plan_options(scenario, nodes, group, pods_per_node, busiest, nodes_per_month, months)
    analysis = Analysis(scenario, reading.reported_usage)
    notes = list(design.notes)
    if reading.has_listed:
        from ..audit.checks.summary_figures import reported_findings

        notes += reported_findings(reading)
    if as_json:
        from ..view.capacity_data import capacity_as_dict

        print_json(capacity_as_dict(analysis, notes, lang, max_routes))
    else:
        from ..view.capacity_terminal import print_capacity

        print_capacity(console(), analysis, notes, max_routes=max_routes, lang=lang)
    raise typer.Exit(int(has_errors((*analysis.findings, *notes))))


@app.command()
def scenario(
    files: FilesArgument,
    out: ScenarioOutOption = None,
    name: ScenarioNameOption = None,
    lang: LanguageOption = "en",
) -> None:
    """Turn manifests and dumps into one scenario file, to plan on: exit status 1 if something could not be read."""
    from ..read import read

    with errors_reported(lang):
        reading = read(*files, strict=True).design
    named_scenario = replace(reading.scenario, name=name) if name else reading.scenario
    print_notes(reading.notes, lang)
    write_scenario(named_scenario, out, lang)
    raise typer.Exit(reading_status(reading))


@app.command()
def schema() -> None:
    """Print the JSON schema of the scenario file, for editors."""
    from ..read import scenario_schema

    print_json(scenario_schema())


def with_plan_options(
    scenario: Any,
    nodes: int | None,
    groups: Iterable[str] | None = None,
    pods_per_node: int | None = None,
    busiest: int | None = None,
    nodes_per_month: float | None = None,
    months: int | None = None,
) -> Any:
    """Return a scenario with the plan that options give; what is left out stays as the files have it.

    Raises
    ------
    InputError
        Where a group cannot be read, or there is none of its name.
    """
    from ..model.scenario_edits import with_scaled_groups

    options = {
        "nodes": nodes,
        "pods_per_node": pods_per_node,
        "pods_on_busiest_node": busiest,
        "nodes_per_month": nodes_per_month,
    }
    changes = {name: value for name, value in options.items() if value is not None}
    sizes = group_sizes(groups or ())
    if changes or sizes:
        scenario = with_scaled_groups(scenario, sizes, **changes)
    return scenario if months is None else replace(scenario, plan=replace(scenario.plan, months=months))


def group_sizes(texts: Iterable[str]) -> dict[str, int]:
    """Read numbers of nodes by group: NAME=N.

    Raises
    ------
    InputError
        With every text that is none.
    """
    from ..errors import InputError
    from ..findings import Finding
    from ..yaml_scalars import is_digits

    parts = {text: text.rpartition("=") for text in texts}
    problems = [
        Finding("group-size", "--group", {"text": text})
        for text, (name, _, count) in parts.items()
        if not name or not is_digits(count) or int(count) > MAX_COUNT
    ]
    if problems:
        raise InputError(problems)
    return {name: int(count) for name, _, count in parts.values()}
