"""Plans side by side: the few numbers that decide, a row each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..findings import N_, Language, get_language
from ..model import Scenario
from .evaluation import Status
from .metrics import key_metrics
from .plan_tables import verdict

if TYPE_CHECKING:
    import pandas as pd

METRIC_COLUMN = "figure"


def comparison(scenarios: Mapping[str, Scenario], *, lang: str = "en") -> pd.DataFrame:
    """Compare plans.

    Parameters
    ----------
    scenarios
        The plans by what to call them.
    lang
        Language of the texts.

    Returns
    -------
    pandas.DataFrame
        A row a figure: its name in the column ``figure``, its value in a column for each plan; counts are exact Python
        ints, None where a plan has no pool.
    """
    import pandas as pd  # takes long to load: verdicts do without

    target_language = get_language(lang)
    columns = {name: _metrics_of(scenario, target_language) for name, scenario in scenarios.items()}
    metric_names = list(next(iter(columns.values()), {}))
    return pd.DataFrame(
        {
            METRIC_COLUMN: metric_names,
            **{name: [values[metric_name] for metric_name in metric_names] for name, values in columns.items()},
        },
        dtype=object,
    )


def _metrics_of(scenario: Scenario, target_language: Language) -> dict[str, object]:
    plan_verdict, metrics = verdict(scenario), key_metrics(scenario)
    is_fine = plan_verdict.status in (Status.FITS, Status.IDLE)
    texts = {
        N_("verdict"): target_language.translate(plan_verdict.status.value),
        N_("why"): plan_verdict.finding.short_message(target_language.code)
        or plan_verdict.finding.message(target_language.code)
        if not is_fine
        else "",
        N_("limit"): target_language.translate(plan_verdict.limit),
        N_("pools"): ", ".join(f"{pool.cidr}\u00a0/{pool.block_size}" for pool in scenario.cluster.pools),
    }
    field_by_name = {
        N_("nodes"): "nodes",
        N_("pods"): "pods",
        N_("blocks needed"): "blocks_needed",
        N_("blocks"): "blocks",
        N_("addresses needed"): "addresses_needed",
        N_("addresses"): "addresses",
        N_("pods a node can hold"): "pods_per_node_max",
        N_("pods on the busiest node"): "pods_on_busiest_node",
        N_("routes"): "routes",
        N_("borrowed addresses"): "borrowed_addresses",
        N_("first month with something short"): "first_month_with_problem",
    }
    counts = {name: getattr(metrics, field) if metrics else None for name, field in field_by_name.items()}
    return {target_language.translate(name): value for name, value in {**texts, **counts}.items()}
