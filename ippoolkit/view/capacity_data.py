"""Everything that is said about a scenario as plain values, for machines: numbers exact."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from ..capacity import Verdict, block_sizes, choices, growth, nodes, pools, verdict, verdicts
from ..capacity.design_rules import check_design
from ..choose import scenario_routes
from ..findings import Finding, get_language
from ..model import Scenario


def capacity_as_dict(
    scenario: Scenario, notes: Iterable[Finding] = (), lang: str = "en", max_routes: int | None = None
) -> dict[str, Any]:
    """Return verdicts, all tables with all columns, and findings as dicts, lists and scalars."""
    return {
        "scenario": scenario.name,
        "verdict": _verdict_as_dict(verdict(scenario), lang),
        "verdicts": [_verdict_as_dict(family_verdict, lang) for family_verdict in verdicts(scenario)],
        "pools": _records(pools(scenario, lang=lang)),
        "block_sizes": {
            pool.name: _records(block_sizes(scenario, pool.name, lang=lang)) for pool in scenario.cluster.pools
        },
        "nodes": _records(nodes(scenario, lang=lang)),
        "growth": _records(growth(scenario, lang=lang)),
        "routes": _records(scenario_routes(scenario, max_routes=max_routes, lang=lang)),
        "choices": _records(choices(scenario, lang=lang)),
        "findings": [finding.as_dict(lang) for finding in (*check_design(scenario), *notes)],
    }


def _verdict_as_dict(verdict: Verdict, lang: str) -> dict[str, Any]:
    words = get_language(lang)
    status_and_limit = {"verdict": verdict.status.value, "limit": words.translate(verdict.limit)}
    return status_and_limit | verdict.finding.as_dict(lang)


def _records(table: pd.DataFrame) -> list[dict[Any, Any]]:
    return table.to_dict("records")
