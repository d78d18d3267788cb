"""Forecasts on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ..findings import Finding, Place
from ..yaml_scalars import is_digits
from .app import JsonOption, LanguageOption, app, errors_reported, exit_with_problem, print_answer
from .many_clusters import JobsOption, ResumeOption, SchedulerOption, work_on_clusters

PoolsOption = Annotated[
    list[Path] | None,
    typer.Option("--pools", help="Scenario or IPPool manifests: sizes of pools and blocks that the history lacks."),
]


@app.command()
def forecast(
    history: Annotated[
        list[str],
        typer.Argument(
            help="CSV (time,pool,in_use,capacity[,blocks_in_use,blocks]), JSON of Prometheus' query_range, "
            "a folder of dated dumps, or the URL of a Prometheus; - for stdin.",
            metavar="HISTORY...",
        ),
    ],
    as_of: Annotated[
        str | None, typer.Option(help="Day of the forecast, YYYY-MM-DD (default: the last day measured).")
    ] = None,
    horizon_days: Annotated[int, typer.Option(min=1, max=18_250, help="How far ahead to look.")] = 1825,
    seed: Annotated[int, typer.Option(min=0, help="Random seed.")] = 0,
    pools: PoolsOption = None,
    capacity: Annotated[
        list[str] | None, typer.Option(metavar="POOL=N", help="Addresses of a pool whose history lacks them.")
    ] = None,
    token_file: Annotated[Path | None, typer.Option(help="File with the bearer token for Prometheus.")] = None,
    ca: Annotated[Path | None, typer.Option("--ca", help="File with the certificates to trust.")] = None,
    timeout: Annotated[float, typer.Option(min=1, max=3600, help="Seconds to wait for Prometheus.")] = 60,
    days: Annotated[int, typer.Option(min=8, max=3650, help="Days of history to ask Prometheus for.")] = 365,
    as_fleet: Annotated[
        bool, typer.Option("--each", help="Each HISTORY is a cluster of its own: one table of all, worst first.")
    ] = False,
    jobs: JobsOption = None,
    scheduler: SchedulerOption = None,
    resume: ResumeOption = None,
    lang: LanguageOption = "en",
    as_json: JsonOption = False,
) -> None:
    """Say when pools run out: dates as P10, P50, P90, backtested on each pool's own history."""
    if as_fleet:
        spread = {"jobs": jobs, "scheduler": scheduler, "resume": resume}
        _forecast_fleet(history, as_of, horizon_days, seed, lang, spread=spread, as_json=as_json)
        return
    from ..forecasting import PrometheusConnection
    from ..forecasting import forecast as run
    from ..read import load
    from ..view.forecast_terminal import forecast_as_dict, print_forecast

    capacities = _capacities(capacity or [], lang)
    with errors_reported(lang):
        connection = PrometheusConnection(_token(token_file), ca, timeout, days)
        pools_forecast = run(
            *history,
            as_of=as_of,
            horizon_days=horizon_days,
            seed=seed,
            pools=load(*pools) if pools else None,
            capacities=capacities,
            connection=connection,
        )
    print_answer(pools_forecast, forecast_as_dict, print_forecast, lang, as_json=as_json)


def _forecast_fleet(
    sources: list[str],
    as_of: str | None,
    horizon_days: int,
    seed: int,
    lang: str,
    *,
    spread: dict[str, Any],
    as_json: bool,
) -> None:
    """Forecast many clusters; the exit status is 1 where one of them could not be."""
    from ..forecasting.fleet_forecast import forecast_fleet
    from ..view.forecast_terminal import forecasts_as_dict, print_forecasts

    clusters = work_on_clusters(
        lambda pool, results, progress: forecast_fleet(
            sources, pool, as_of=as_of, horizon_days=horizon_days, seed=seed, results=results, progress=progress
        ),
        preload=["ippoolkit.forecasting"],
        lang=lang,
        **spread,
    )
    print_answer(clusters, forecasts_as_dict, print_forecasts, lang, as_json=as_json)
    if any(cluster.error for cluster in clusters):
        raise typer.Exit(1)


def _capacities(options: list[str], lang: str) -> dict[str, int]:
    capacities = {}
    for option in options:
        pool, separator, number = option.rpartition("=")
        if not separator or not is_digits(number) or not pool:
            exit_with_problem(lang, Finding("forecast-capacity", params={"value": option}, place=Place("--capacity")))
        capacities[pool] = int(number)
    return capacities


def _token(file: Path | None) -> str:
    if file is None:
        return ""
    from ..read.text_files import read_text

    return read_text(file)[1].strip()
