"""Simulations on the command line."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from .app import FilesArgument, LanguageChoice, LanguageOption, app, console, errors_reported


class OrderChoice(StrEnum):
    """In which order pods come."""

    EVEN = "even"
    BY_NODE = "by-node"
    RANDOM = "random"


class DatastoreChoice(StrEnum):
    """Where Calico keeps its objects."""

    KUBERNETES = "kubernetes"
    ETCD = "etcd"


@app.command()
def simulate(
    files: FilesArgument,
    days: Annotated[int, typer.Option(min=0, max=3650, help="Number of days; 0 only starts the plan's pods.")] = 0,
    churn: Annotated[float, typer.Option(min=0, max=1, help="Share of the pods replaced a day.")] = 0.0,
    replace_every: Annotated[int, typer.Option(min=0, max=3650, help="Replace all nodes every so many days.")] = 0,
    order: Annotated[OrderChoice, typer.Option(help="Order in which the plan's pods are created.")] = OrderChoice.EVEN,
    trace: Annotated[Path | None, typer.Option(help="Events of your own, CSV or JSON Lines, instead of these.")] = None,
    datastore: Annotated[
        DatastoreChoice, typer.Option(help="Where Calico keeps its objects.")
    ] = DatastoreChoice.KUBERNETES,
    controllers: Annotated[bool, typer.Option(help="Whether kube-controllers releases empty blocks.")] = True,
    seed: Annotated[int, typer.Option(min=0, help="Random seed.")] = 0,
    lang: LanguageOption = LanguageChoice.EN,
    as_json: Annotated[bool, typer.Option("--json", help="Print every table as JSON.")] = False,
    progress: Annotated[bool, typer.Option("--progress", help="Show a progress bar.")] = False,
) -> None:
    """Place pods address for address as Calico would, and let days pass. Ctrl+C prints what was computed so far."""
    from ..read import load
    from ..simulation import Churn, Growth, InitialRollout, NodeReplacement, Trace
    from ..simulation import simulate as run
    from ..view.simulation_terminal import print_simulation, simulation_as_dict, simulation_progress

    with errors_reported(lang):
        scenario = load(*files)
        workloads: list[Any] = [Trace.read(trace)] if trace else [InitialRollout(order.value, seed)]
    if not trace and days:
        workloads.append(Growth(days))
        workloads += [Churn(days, churn, seed=seed)] if churn else []
        workloads += [NodeReplacement(days, replace_every, seed)] if replace_every else []
    with errors_reported(lang), simulation_progress(lang, enabled=progress) as on_progress:
        simulation = run(
            scenario, *workloads, datastore=datastore.value, controllers=controllers, seed=seed, progress=on_progress
        )
    if as_json:
        typer.echo(json.dumps(simulation_as_dict(simulation, lang), indent=1, ensure_ascii=False))
    else:
        print_simulation(console(), simulation, lang=lang)
    if simulation.interrupted:
        raise typer.Exit(130)
