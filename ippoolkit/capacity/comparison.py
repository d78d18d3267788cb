"""Plans side by side: the few numbers that decide, a row each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..findings import N_, Language, language
from ..model import Scenario
from .figures import key_figures
from .judge import Word
from .plan import verdict

if TYPE_CHECKING:
    import pandas as pd

FIGURE = "figure"


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

    words = language(lang)
    columns = {name: _figures(scenario, words) for name, scenario in scenarios.items()}
    rows = list(next(iter(columns.values()), {}))
    return pd.DataFrame(
        {FIGURE: rows, **{name: [values[row] for row in rows] for name, values in columns.items()}}, dtype=object
    )


def _figures(scenario: Scenario, words: Language) -> dict[str, object]:
    judged, figures = verdict(scenario), key_figures(scenario)
    fits = judged.word in (Word.FITS, Word.IDLE)
    said = {
        N_("verdict"): words.text(judged.word.value),
        N_("why"): judged.finding.brief(words.code) or judged.finding.sentence(words.code) if not fits else "",
        N_("limit"): words.text(judged.limit),
        N_("pools"): ", ".join(f"{pool.cidr}\u00a0/{pool.block_size}" for pool in scenario.cluster.pools),
    }
    numbers = {
        N_("nodes"): "nodes",
        N_("pods"): "pods",
        N_("blocks needed"): "blocks_needed",
        N_("blocks"): "blocks",
        N_("addresses needed"): "addresses_needed",
        N_("addresses"): "addresses",
        N_("pods a node can hold"): "pods_per_node_max",
        N_("pods on the busiest node"): "busiest",
        N_("routes"): "routes",
        N_("borrowed addresses"): "borrowed",
        N_("first month with something short"): "first_bad_month",
    }
    counted = {name: getattr(figures, field) if figures else None for name, field in numbers.items()}
    return {words.text(name): value for name, value in {**said, **counted}.items()}
