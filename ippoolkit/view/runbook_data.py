"""A runbook as plain values, for machines: numbers exact."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ..change import RenderedStep, Runbook, render_runbook
from .cell_text import table_records


def runbook_as_dict(runbook: Runbook, lang: str = "en") -> dict[str, Any]:
    """Return whether a change is issued, its counts, peaks, findings, checks and steps; of a refused one why it is."""
    rendered = render_runbook(runbook, lang)
    change = runbook.change
    return {
        "scenario": runbook.scenario.name,
        "calico": str(runbook.scenario.release),
        "title": rendered.title,
        "issued": runbook.is_issued,
        "verdict": rendered.verdict,
        "install": change.install,
        "install_assumed": change.is_install_assumed,
        "recreated_pods": runbook.recreated_pods,
        "peak_routes": {f"ipv{version}": routes for version, routes in runbook.peak_routes.items()},
        "peak_borrowed": runbook.peak_borrowed,
        "peaks": [{"block_size": pool.block_size, **asdict(usage)} for pool, usage in runbook.peaks],
        "timeline": table_records(runbook.timeline),
        "findings": [finding.as_dict(lang) for finding in runbook.findings],
        "checks": [asdict(check) for check in rendered.checks],
        "steps": [_step_as_dict(step) for step in rendered.steps],
    }


def _step_as_dict(step: RenderedStep) -> dict[str, Any]:
    return {
        "number": step.number,
        "title": step.title,
        "action": step.result.step.action,
        "pool": step.result.step.pool.name,
        "recreated_pods": step.result.recreated_pods,
        "explanations": dict(step.explanations),
        "commands": asdict(step.commands),
        "check_commands": list(step.check_commands),
        "expected": step.expected,
        "usage": [asdict(usage) for usage in step.result.usage],
    }
