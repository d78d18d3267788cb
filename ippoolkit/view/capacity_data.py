"""Everything that is said about a scenario as plain values, for machines: numbers exact."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from ..analysis import Analysis
from ..capacity.evaluation import Verdict
from ..choose import scenario_routes
from ..findings import Finding, get_language
from .cell_text import column_values


def capacity_as_dict(
    analysis: Analysis, notes: Iterable[Finding] = (), lang: str = "en", max_routes: int | None = None
) -> dict[str, Any]:
    """Return verdicts, all tables with all columns, and findings as dicts, lists and scalars."""
    return {
        "scenario": analysis.scenario.name,
        "calico": str(analysis.scenario.release),
        "verdict": _verdict_as_dict(analysis.verdict, lang),
        "verdicts": [_verdict_as_dict(family_verdict, lang) for family_verdict in analysis.verdicts],
        "pools": _records(analysis.pools(lang=lang)),
        "block_sizes": {
            pool.name: _records(analysis.block_sizes(pool.name, lang=lang)) for pool in analysis.scenario.cluster.pools
        },
        "nodes": _records(analysis.nodes(lang=lang)),
        "growth": _records(analysis.growth(lang=lang)),
        "routes": _records(scenario_routes(analysis.scenario, max_routes=max_routes, lang=lang)),
        "choices": _records(analysis.choice_table(lang=lang)),
        "findings": [finding.as_dict(lang) for finding in (*analysis.findings, *notes)],
    }


def _verdict_as_dict(verdict: Verdict, lang: str) -> dict[str, Any]:
    words = get_language(lang)
    status_and_limit = {"verdict": verdict.status.value, "limit": words.translate(verdict.limit)}
    return status_and_limit | verdict.finding.as_dict(lang)


def _records(table: pd.DataFrame) -> list[dict[Any, Any]]:
    """Return rows as dicts of plain values; missing ones as None."""
    rows = zip(*(column_values(table[name]) for name in table.columns), strict=True)
    return [dict(zip(table.columns, row, strict=True)) for row in rows]
