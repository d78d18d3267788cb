"""Alerting rules on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ..findings import Finding, Place
from .app import LanguageOption, app, errors_reported, exit_with_problem
from .forecast_commands import PoolsOption


@app.command()
def alerts(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SCENARIO|DUMP|HISTORY...",
            help="A scenario, manifests or dumps; or a history as for forecast: CSV, JSON of Prometheus, "
            "dated dumps, the URL of a Prometheus.",
        ),
    ],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The PrometheusRule; stdout if left out.")] = None,
    plain: Annotated[Path | None, typer.Option(help="Write the rules also as a plain rules file.")] = None,
    dashboard: Annotated[Path | None, typer.Option(help="Write a Grafana dashboard with the same queries.")] = None,
    lead: Annotated[str, typer.Option(help="How long it takes to provide a new pool: 30d, 6w, 36h.")] = "30d",
    warn: Annotated[
        str | None,
        typer.Option(help="Warn this long before a pool is full, or at a share such as 80% (default: twice --lead)."),
    ] = None,
    page: Annotated[
        str | None,
        typer.Option(help="Page this long before a pool is full, or at a share such as 90% (default: --lead)."),
    ] = None,
    calico: Annotated[str, typer.Option(help="Calico's release, such as v3.29: names of metrics differ.")] = "",
    namespace: Annotated[str, typer.Option(help="Namespace of the PrometheusRule.")] = "",
    label: Annotated[list[str] | None, typer.Option(metavar="KEY=VALUE", help="Label of the PrometheusRule.")] = None,
    pools: PoolsOption = None,
    lang: LanguageOption = "en",
) -> None:
    """Write alerting rules with thresholds that leave the time a new pool takes, at the growth planned or measured."""
    from .. import alerts as alerting
    from ..write import write_atomically

    labels = _labels(label or [], lang)
    with errors_reported(lang):
        parse = alerting.AlertThreshold.parse
        lead_time = parse(lead, "--lead")
        double_lead = alerting.AlertThreshold(2 * lead_time.days, lead_time.share)
        warn_threshold = parse(warn, "--warn") if warn else double_lead
        page_threshold = parse(page, "--page") if page else lead_time
        watch = _watch(sources, pools)
        metrics = alerting.metrics_of(calico, sum(len(watched.pools) for watched in watch.pools))
        group = alerting.rule_group(watch, metrics, warn_threshold, page_threshold)
        text = alerting.prometheus_rule(group, namespace, labels)
        files = [(plain, alerting.rules_file(group)), (dashboard, alerting.dashboard(watch, metrics)), (out, text)]
        for path, content in files:
            if path is not None:
                typer.echo(write_atomically(path, content))
    if out is None:
        typer.echo(text, nl=False)


def _watch(sources: list[str], pools: list[Path] | None) -> Any:
    from ..alerts import watch_forecast, watch_scenario
    from ..forecasting import forecast, is_history
    from ..read import load, read

    if any(is_history(source) for source in sources):
        return watch_forecast(forecast(*sources, pools=load(*pools) if pools else None))
    if any(Path(source).is_dir() for source in sources):
        return watch_scenario(read(*sources).scenario)
    return watch_scenario(load(*sources))


def _labels(options: list[str], lang: str) -> dict[str, str]:
    labels = {}
    for option in options:
        key, separator, value = option.partition("=")
        if not separator or not key:
            exit_with_problem(lang, Finding("alerts-label", params={"value": option}, place=Place("--label")))
        labels[key] = value
    return labels
