"""Simulations on the command line."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from .app import Files, Lang, Language, app, console, telling


class Order(StrEnum):
    """In which order pods come."""

    EVEN = "even"
    BY_NODE = "by-node"
    RANDOM = "random"


class Datastore(StrEnum):
    """Where Calico keeps its objects."""

    KUBERNETES = "kubernetes"
    ETCD = "etcd"


@app.command()
def simulate(
    files: Files,
    days: Annotated[int, typer.Option(min=0, max=3650, help="How long; 0: only bring the plan's pods up.")] = 0,
    churn: Annotated[float, typer.Option(min=0, max=1, help="Share of the pods replaced a day.")] = 0.0,
    replace_every: Annotated[int, typer.Option(min=0, max=3650, help="Replace all nodes every so many days.")] = 0,
    order: Annotated[Order, typer.Option(help="In which order the plan's pods come.")] = Order.EVEN,
    trace: Annotated[Path | None, typer.Option(help="Events of your own, CSV or JSON Lines, instead of these.")] = None,
    datastore: Annotated[Datastore, typer.Option(help="Where Calico keeps its objects.")] = Datastore.KUBERNETES,
    controllers: Annotated[bool, typer.Option(help="Whether kube-controllers gives empty blocks back.")] = True,
    seed: Annotated[int, typer.Option(min=0, help="Of all that is random.")] = 0,
    lang: Lang = Language.EN,
    as_json: Annotated[bool, typer.Option("--json", help="Print every table as JSON.")] = False,
    progress: Annotated[bool, typer.Option("--progress", help="Show a progress bar.")] = False,
) -> None:
    """Place pods address for address as Calico would, and let days pass. Ctrl+C prints what was computed so far."""
    from ..read import load
    from ..simulation import BringUp, Churn, Growth, Replacement, Trace
    from ..simulation import simulate as run
    from ..view.simulation import as_data, print_simulation, watched

    with telling(lang):
        scenario = load(*files)
        workloads: list[Any] = [Trace.read(trace)] if trace else [BringUp(order.value, seed)]
    if not trace and days:
        workloads.append(Growth(days))
        workloads += [Churn(days, churn, seed=seed)] if churn else []
        workloads += [Replacement(days, replace_every, seed)] if replace_every else []
    with telling(lang), watched(lang, shown=progress) as bar:
        made = run(scenario, *workloads, datastore=datastore.value, controllers=controllers, seed=seed, progress=bar)
    if as_json:
        typer.echo(json.dumps(as_data(made, lang), indent=1, ensure_ascii=False))
    else:
        print_simulation(console(), made, lang=lang)
    if made.interrupted:
        raise typer.Exit(130)
