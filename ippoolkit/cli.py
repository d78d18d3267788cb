"""The command line: the kit's tables, reports and scenarios from files."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from .errors import InputError, IppoolkitError, describe

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Capacity planning for Calico IP pools.",
)


# As in the model, which is not loaded for a help text.
MOST = 1_000_000


class Language(StrEnum):
    """A language to choose."""

    EN = "en"
    ZH = "zh"


class Action(StrEnum):
    """What is to be done with the objects of manifests."""

    CREATE = "create"
    APPLY = "apply"
    REPLACE = "replace"
    PATCH = "patch"
    DELETE = "delete"


class Order(StrEnum):
    """In which order pods come."""

    EVEN = "even"
    BY_NODE = "by-node"
    RANDOM = "random"


class Datastore(StrEnum):
    """Where Calico keeps its objects."""

    KUBERNETES = "kubernetes"
    ETCD = "etcd"


class Judge(StrEnum):
    """Who judges manifests."""

    CALICOCTL = "calicoctl"
    KUBECTL = "kubectl"


Files = Annotated[list[Path], typer.Argument(help="A scenario, IPPool manifests or dumps (YAML, JSON); - for stdin.")]
Lang = Annotated[Language, typer.Option(help="Language of the texts.")]
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
    from .read import read

    with _telling(lang):
        reading = read(*files)
    scenario = _planned(reading.scenario, nodes, pods_per_node, busiest, nodes_per_month, months)
    if as_json:
        from .view.data import as_data

        typer.echo(json.dumps(as_data(scenario, reading.notes, lang), indent=1, ensure_ascii=False))
    else:
        from .view.text import print_capacity

        print_capacity(_console(), scenario, reading.notes, lang=lang)


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Manifests (YAML, JSON); - for stdin.")],
    existing: Annotated[
        list[Path] | None,
        typer.Option("--existing", "-e", help="What is there already: a scenario, manifests or dumps. Repeatable."),
    ] = None,
    action: Annotated[Action, typer.Option(help="What calicoctl or kubectl would be told to do.")] = Action.APPLY,
    by: Annotated[Judge | None, typer.Option(help="Ask one judge only; left out, both.")] = None,
    each: Annotated[bool, typer.Option("--each", help="Judge each file alone, not on top of those before it.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit status 1 for warnings too.")] = False,
    lang: Lang = Language.EN,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    as_sarif: Annotated[bool, typer.Option("--sarif", help="Print SARIF 2.1.0.")] = False,
    as_junit: Annotated[bool, typer.Option("--junit", help="Print JUnit XML.")] = False,
) -> None:
    """Judge manifests as calicoctl and as the CRD alone (kubectl): exit status 0 all accepted, 1 refused, 2 unusable.

    Warns of what is accepted and can hardly be meant. With --existing the objects, blocks, nodes and networks that
    are there count; left out, the cluster is taken for empty.
    """
    if as_json + as_sarif + as_junit > 1:
        raise typer.BadParameter("choose one of --json, --sarif and --junit")
    from .rules.review import JUDGES, review
    from .view import exchange
    from .view.review import print_review

    with _telling(lang):
        made = review(files, existing or (), action.value, (by.value,) if by else JUDGES, each=each)
    if as_json:
        typer.echo(json.dumps(exchange.as_json(made, lang), indent=1, ensure_ascii=False))
    elif as_sarif:
        typer.echo(json.dumps(exchange.as_sarif(made, lang), indent=1, ensure_ascii=False))
    elif as_junit:
        typer.echo(exchange.as_junit(made, lang), nl=False)
    else:
        print_review(_console(), made, lang=lang)
    raise typer.Exit(2 if made.unusable else int(not made.accepted or (strict and made.doubtful)))


@app.command()
def convert(
    files: Annotated[list[Path], typer.Argument(help="Manifests or dumps; - for stdin.")],
    lang: Lang = Language.EN,
) -> None:
    """Print objects of crd.projectcalico.org/v1, as kubectl shows them, as projectcalico.org/v3 for calicoctl."""
    from .judges import v3_of

    with _telling(lang):
        text = v3_of(files)
    typer.echo(text, nl=False)


@app.command()
def report(
    files: Files,
    out: Annotated[Path, typer.Option("--out", "-o", help="The HTML file to write.")] = Path("report.html"),
    lang: Lang = Language.EN,
    date: Annotated[str | None, typer.Option(help="Date to print, YYYY-MM-DD; today's if left out.")] = None,
) -> None:
    """Make a capacity report: one HTML file that needs nothing else."""
    from .read import load
    from .report import make_report

    with _telling(lang):
        typer.echo(make_report(load(*files), out, lang=lang, date=date))


@app.command()
def scenario(
    files: Files,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The scenario file; stdout if left out.")] = None,
    name: Annotated[str | None, typer.Option(help="What to call it.")] = None,
) -> None:
    """Turn manifests and dumps into one scenario file, to plan on."""
    from .read import read
    from .write import save, scenario_yaml

    with _telling():
        reading = read(*files)
    made = replace(reading.scenario, name=name) if name else reading.scenario
    for note in reading.notes:
        typer.echo(describe(note), err=True)
    if out is None:
        typer.echo(scenario_yaml(made), nl=False)
    else:
        with _telling():
            typer.echo(save(made, out))


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
    from .read import load
    from .simulation import BringUp, Churn, Growth, Replacement, Trace
    from .simulation import simulate as run
    from .view.simulation import as_data, print_simulation, watched

    with _telling(lang):
        scenario = load(*files)
        workloads: list[Any] = [Trace.read(trace)] if trace else [BringUp(order.value, seed)]
    if not trace and days:
        workloads.append(Growth(days))
        workloads += [Churn(days, churn, seed=seed)] if churn else []
        workloads += [Replacement(days, replace_every, seed)] if replace_every else []
    with _telling(lang), watched(lang, shown=progress) as bar:
        made = run(scenario, *workloads, datastore=datastore.value, controllers=controllers, seed=seed, progress=bar)
    if as_json:
        typer.echo(json.dumps(as_data(made, lang), indent=1, ensure_ascii=False))
    else:
        print_simulation(_console(), made, lang=lang)
    if made.interrupted:
        raise typer.Exit(130)


@app.command()
def schema() -> None:
    """Print the JSON schema of the scenario file, for editors."""
    from .read import schema as made

    typer.echo(json.dumps(made(), indent=1, ensure_ascii=False))


def main() -> None:
    """Run the command line."""
    app()


@contextmanager
def _telling(lang: str = Language.EN) -> Iterator[None]:
    """Tell what went wrong without a traceback: exit status 2 for bad input, 1 for anything else."""
    try:
        yield
    except InputError as error:
        typer.echo(error.describe(lang), err=True)
        raise typer.Exit(2) from None
    except IppoolkitError as error:
        typer.echo(error, err=True)
        raise typer.Exit(1) from None


def _planned(scenario: Any, *options: float | None) -> Any:
    from .model.editing import with_group

    *of_group, months = options
    if any(isinstance(option, float) and not math.isfinite(option) for option in of_group):
        raise typer.BadParameter("a number of nodes is finite")
    names = ("nodes", "pods_per_node", "pods_on_busiest_node", "nodes_per_month")
    changes = {name: value for name, value in zip(names, of_group, strict=True) if value is not None}
    if changes:
        scenario = with_group(scenario, **changes)
    return scenario if months is None else replace(scenario, plan=replace(scenario.plan, months=months))


def _console() -> Console:
    # A file or a pipe has room for everything.
    wide = None if sys.stdout.isatty() or "COLUMNS" in os.environ else 240
    return Console(highlight=False, width=wide)
