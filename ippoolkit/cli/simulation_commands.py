"""Simulations on the command line."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from ..findings import N_, get_language
from .app import FilesArgument, LanguageOption, app, console, errors_reported, print_json


@app.command()
def simulate(
    files: FilesArgument,
    days: Annotated[int, typer.Option(min=0, max=3650, help="Number of days; 0 only starts the plan's pods.")] = 0,
    churn: Annotated[float, typer.Option(min=0, max=1, help="Share of the pods replaced a day.")] = 0.0,
    replace_every: Annotated[int, typer.Option(min=0, max=3650, help="Replace all nodes every so many days.")] = 0,
    order: Annotated[
        Literal["even", "by-node", "random"], typer.Option(help="Order in which the plan's pods are created.")
    ] = "even",
    trace: Annotated[Path | None, typer.Option(help="Events of your own, CSV or JSON Lines, instead of these.")] = None,
    datastore: Annotated[
        Literal["kubernetes", "etcd"], typer.Option(help="Where Calico keeps its objects.")
    ] = "kubernetes",
    controllers: Annotated[bool, typer.Option(help="Whether kube-controllers releases empty blocks.")] = True,
    seed: Annotated[int, typer.Option(min=0, help="Random seed.")] = 0,
    lang: LanguageOption = "en",
    as_json: Annotated[bool, typer.Option("--json", help="Print every table as JSON.")] = False,
    progress: Annotated[bool, typer.Option("--progress", help="Show a progress bar.")] = False,
) -> None:
    """Place pods address for address as Calico would, and let days pass. Ctrl+C prints what was computed so far."""
    from ..read import load
    from ..simulation import Churn, Growth, InitialRollout, NodeReplacement, Trace
    from ..simulation import simulate as run
    from ..view.progress import progress_bars, stderr_console
    from ..view.simulation_terminal import print_compiling_notice, print_simulation, simulation_as_dict

    with errors_reported(lang):
        scenario = load(*files)
        workloads: list[Any] = [Trace.read(trace)] if trace else [InitialRollout(order, seed)]
    if not trace and days:
        workloads.append(Growth(days))
        workloads += [Churn(days, churn, seed=seed)] if churn else []
        workloads += [NodeReplacement(days, replace_every, seed)] if replace_every else []
    print_compiling_notice(lang)
    unit = get_language(lang).translate(N_("day"))
    with errors_reported(lang), progress_bars(stderr_console(), enabled=progress) as update:
        simulation = run(
            scenario,
            *workloads,
            datastore=datastore,
            controllers=controllers,
            seed=seed,
            progress=partial(update, unit),
        )
    if as_json:
        print_json(simulation_as_dict(simulation, lang))
    else:
        print_simulation(console(), simulation, lang=lang)
    if simulation.interrupted:
        raise typer.Exit(130)
