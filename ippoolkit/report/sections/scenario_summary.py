"""A scenario in one line: what the page that lists many says of each."""

from __future__ import annotations

from typing import Any

from ...analysis import Analysis
from ...capacity.verdict import Status
from ...findings import get_language
from ...view.verdict_parts import choice_text


def summarise_scenario(analysis: Analysis, lang: str) -> dict[str, Any]:
    """Return plain values: the verdict and the numbers behind it; whole numbers as text, for they may be huge."""
    language = get_language(lang)
    scenario_verdict, figures = analysis.verdict, analysis.metrics
    is_sufficient = scenario_verdict.status in (Status.FITS, Status.IDLE)
    suggested_change = next((choice_text(choice, analysis, language) for choice in analysis.choices), "")
    summary = {
        "name": analysis.scenario.name,
        "word": scenario_verdict.status.value,
        "limit": scenario_verdict.limit,
        "sentence": scenario_verdict.finding.message(lang),
        "pools": [[pool.name, str(pool.cidr)] for pool in analysis.scenario.cluster.pools],
        "change": suggested_change or ("" if is_sufficient else scenario_verdict.finding.remedy(lang)),
    }
    if figures is None:
        return summary
    count_names = ("nodes", "pods", "blocks_needed", "blocks", "addresses_needed", "addresses")
    counts = {name: getattr(figures, name) for name in count_names}
    count_texts = {name: str(count) for name, count in counts.items() if count is not None}
    return summary | count_texts | {"month": figures.first_month_with_problem, "months": figures.horizon_months}
