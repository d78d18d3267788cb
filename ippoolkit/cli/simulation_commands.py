"""Simulations on the command line."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from ..errors import InputError
from ..findings import N_, Finding, Place, get_language
from .app import (
    CalicoOption,
    FilesArgument,
    LanguageOption,
    app,
    console,
    errors_reported,
    exit_with_problem,
    print_answer,
    print_json,
    print_notes,
    print_reading_errors,
    with_release,
)
from .capacity_commands import GroupOption, NodesOption, PodsOption, with_plan_options

_RATE_LIMIT = 1_000_000
# The rates of a future, each with its value where neither an option nor a history says it.
_DEFAULT_RATES = {
    N_("growth, pods a day:"): "0",
    N_("lifetime of pods, days:"): "10",
    N_("nodes joining, a month:"): "0",
    N_("nodes leaving, a month:"): "0",
}


@app.command()
def simulate(
    files: FilesArgument,
    nodes: NodesOption = None,
    group: GroupOption = None,
    pods_per_node: PodsOption = None,
    days: Annotated[int, typer.Option(min=0, max=3650, help="Number of days; 0 only starts the plan's pods.")] = 0,
    churn: Annotated[float, typer.Option(min=0, max=1, help="Share of the pods replaced each day.")] = 0.0,
    replace_every: Annotated[int, typer.Option(min=0, max=3650, help="Replace all nodes every this many days.")] = 0,
    order: Annotated[
        Literal["even", "by-node", "random"], typer.Option(help="Order in which the plan's pods are created.")
    ] = "even",
    trace: Annotated[Path | None, typer.Option(help="Events of your own, CSV or JSON Lines, instead of these.")] = None,
    datastore: Annotated[
        Literal["kubernetes", "etcd"], typer.Option(help="Where Calico keeps its objects.")
    ] = "kubernetes",
    controllers: Annotated[bool, typer.Option(help="Whether kube-controllers releases empty blocks.")] = True,
    seed: Annotated[int, typer.Option(min=0, help="Random seed.")] = 0,
    runs: Annotated[
        int, typer.Option(min=0, max=100_000, help="Monte Carlo: number of random futures of --days days.")
    ] = 0,
    growth: Annotated[
        str | None,
        typer.Option(metavar="MEAN[,SD]", help="With --runs: pods added each day, drawn for each run (default: 0)."),
    ] = None,
    lifetime: Annotated[
        str | None,
        typer.Option(
            metavar="MEAN[,SD]", help="With --runs: mean lifetime of pods in days (default: 10); 0: they do not end."
        ),
    ] = None,
    nodes_joining: Annotated[
        str | None, typer.Option(metavar="MEAN[,SD]", help="With --runs: nodes that join each month (default: 0).")
    ] = None,
    nodes_leaving: Annotated[
        str | None, typer.Option(metavar="MEAN[,SD]", help="With --runs: nodes that leave each month (default: 0).")
    ] = None,
    history: Annotated[
        list[str] | None,
        typer.Option(
            help="With --runs: fit what is not given to a history as forecast reads it: growth, and where dumps or "
            "series of single nodes tell them, lifetimes and nodes."
        ),
    ] = None,
    chart: Annotated[Path | None, typer.Option(help="With --runs: write the fan chart as SVG or PNG.")] = None,
    jobs: Annotated[int | None, typer.Option(min=1, max=256, help="With --runs: processes of this machine.")] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="tcp://HOST:PORT", help="With --runs: a Dask scheduler.")
    ] = None,
    calico: CalicoOption = "",
    lang: LanguageOption = "en",
    as_json: Annotated[bool, typer.Option("--json", help="Print every table as JSON.")] = False,
    progress: Annotated[bool, typer.Option("--progress", help="Show a progress bar.")] = False,
) -> None:
    """Place pods address for address as Calico would, and let days pass. Ctrl+C prints what was computed so far."""
    from ..read import read
    from ..simulation import Churn, Growth, InitialRollout, NodeReplacement, Trace
    from ..simulation import simulate as run
    from ..simulation.size_limits import find_size_problem
    from ..view.progress import progress_bars, stderr_console
    from ..view.simulation_terminal import print_compiling_notice, print_simulation, simulation_as_dict

    with errors_reported(lang):
        reading = read(*files, strict=True).design
        scenario = with_plan_options(with_release(reading.scenario, calico, lang), nodes, group, pods_per_node)
    status = print_reading_errors(reading, lang)
    if runs:
        with errors_reported(lang):
            result = _monte_carlo(
                scenario,
                days or 365,
                (growth, lifetime, nodes_joining, nodes_leaving),
                history,
                lang,
                runs=runs,
                seed=seed,
                jobs=jobs,
                scheduler=scheduler,
                progress=progress,
            )
            _write_chart(result, chart, lang)
        _print_runs(result, scenario, lang, as_json=as_json)
        raise typer.Exit(status)
    workloads: list[Any] = [InitialRollout(order, seed)]
    if trace:
        with errors_reported(lang):
            workloads = [Trace.read(trace)]
    elif days:
        workloads.append(Growth(days))
        workloads += [Churn(days, churn, seed=seed)] if churn else []
        workloads += [NodeReplacement(days, replace_every, seed)] if replace_every else []
    plans_pods = any(group.nodes and group.pods_per_node for group in scenario.plan.groups)
    if not trace and not scenario.cluster.pods and not plans_pods:
        print_notes((Finding("simulation-no-pods"),), lang)
    if not trace and (problem := find_size_problem(scenario, days)):
        exit_with_problem(lang, problem)
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
    print_answer(simulation, simulation_as_dict, print_simulation, lang, as_json=as_json)
    raise typer.Exit(130 if simulation.interrupted else status)


def _monte_carlo(
    scenario: Any,
    days: int,
    rates: tuple[str | None, str | None, str | None, str | None],
    history: list[str] | None,
    lang: str,
    *,
    runs: int,
    seed: int,
    jobs: int | None,
    scheduler: str | None,
    progress: bool,
) -> Any:
    from ..parallel import executor
    from ..simulation.monte_carlo import Future, monte_carlo
    from ..view.progress import progress_bars, stderr_console

    fitted = _fitted(scenario, history, lang) if history else [None] * len(rates)
    future = Future(
        days,
        *(
            _distribution(text or default) if text or fit is None else fit
            for text, default, fit in zip(rates, _DEFAULT_RATES.values(), fitted, strict=True)
        ),
    )
    workers = jobs or os.cpu_count() or 1
    unit = get_language(lang).translate(N_("runs"))
    with (
        progress_bars(stderr_console(), enabled=progress or None) as update,
        executor(scheduler, workers, ["ippoolkit.simulation.monte_carlo"]) as pool,
    ):
        return monte_carlo(
            scenario, future, runs=runs, seed=seed, pool=pool, jobs=workers, progress=partial(update, unit)
        )


def _fitted(scenario: Any, history: list[str], lang: str) -> list[Any]:
    """Return the distributions of growth, lifetimes, and nodes that come and go; None where the history tells none."""
    from ..forecasting import forecast
    from ..forecasting.monthly_growth import daily_growth
    from ..forecasting.turnover import fitted_turnover
    from ..simulation.monte_carlo import Distribution

    measured = forecast(*history, pools=scenario)  # first: it says what is wrong with a source
    turnover = fitted_turnover(*history)
    rates = (turnover.lifetime, turnover.joining, turnover.leaving)
    fitted = [
        Distribution(*daily_growth(measured), may_fall=True),
        *(None if rate is None else Distribution(rate.mean, rate.deviation) for rate in rates),
    ]
    language = get_language(lang)
    for name, fit in zip(_DEFAULT_RATES, fitted, strict=True):
        if fit is not None:
            params = {"name": language.translate(name), "mean": fit.mean, "deviation": fit.deviation}
            typer.echo(
                language.render(N_("Fitted to the history: {name} {mean:.4g} ± {deviation:.2g}."), params), err=True
            )
    return fitted


def _distribution(text: str) -> Any:
    from ..simulation.monte_carlo import Distribution

    try:
        mean, _, deviation = text.partition(",")
        values = float(mean), float(deviation or 0)
    except ValueError:
        values = (-1.0, 0.0)
    if not all(0 <= value < _RATE_LIMIT for value in values):
        raise InputError([Finding("simulation-distribution", params={"value": text}, place=Place("simulate"))])
    return Distribution(*values)


def _write_chart(result: Any, chart: Path | None, lang: str) -> None:
    if chart is None:
        return
    from ..figures import draw_fan, render_png, render_svg
    from ..write.atomic import write_atomically

    figure = draw_fan(result.fan(), lang=lang)
    is_png = chart.suffix.lower() == ".png"
    image = render_png(figure) if is_png else render_svg(figure, "Monte Carlo").encode()
    typer.echo(write_atomically(chart, image), err=True)


def _print_runs(result: Any, scenario: Any, lang: str, *, as_json: bool) -> None:
    from ..view.monte_carlo_terminal import monte_carlo_as_dict, print_monte_carlo
    from ..view.terminal import print_release

    if as_json:
        print_json({"calico": str(scenario.release), **monte_carlo_as_dict(result)})
    else:
        print_release(console(), scenario.release, lang=lang)
        print_monte_carlo(console(), result, lang=lang)
