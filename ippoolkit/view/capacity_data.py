"""Everything that is said about a scenario as plain values, for machines: numbers exact."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..analysis import Analysis
from ..capacity.verdict import Verdict
from ..choose import scenario_routes
from ..findings import Finding, get_language
from .cell_text import table_records


def capacity_as_dict(
    analysis: Analysis, notes: Iterable[Finding] = (), lang: str = "en", max_routes: int | None = None
) -> dict[str, Any]:
    """Return verdicts, all tables with all columns, and findings as dicts, lists and scalars."""
    return {
        "scenario": analysis.scenario.name,
        "calico": str(analysis.scenario.release),
        "verdict": _verdict_as_dict(analysis.verdict, lang),
        "verdicts": [_verdict_as_dict(family_verdict, lang) for family_verdict in analysis.verdicts],
        "pools": table_records(analysis.pools(lang=lang)),
        "block_sizes": {
            pool.name: table_records(analysis.block_sizes(pool.name, lang=lang))
            for pool in analysis.scenario.cluster.pools
        },
        "nodes": table_records(analysis.nodes(lang=lang)),
        "growth": table_records(analysis.growth(lang=lang)),
        "routes": table_records(scenario_routes(analysis, max_routes=max_routes, lang=lang)),
        "choices": table_records(analysis.choice_table(lang=lang)),
        "findings": [finding.as_dict(lang) for finding in (*analysis.findings, *notes)],
    }


def _verdict_as_dict(verdict: Verdict, lang: str) -> dict[str, Any]:
    language = get_language(lang)
    status_and_limit = {"verdict": verdict.status.value, "limit": language.translate(verdict.limit)}
    return status_and_limit | verdict.finding.as_dict(lang)
