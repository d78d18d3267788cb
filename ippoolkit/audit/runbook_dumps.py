"""Which dumps a runbook needs first, said where a remedy names one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..findings import N_, Advice, Finding, LocalizedText, Purpose
from ..model import Cluster
from ..read.dump_commands import RUNBOOK_KINDS

_NEEDS_DUMPS = N_("ippoolkit runbook first needs dumps of {kinds}; it says how to save them.")


def name_dumps_for_runbooks(findings: Iterable[Finding], cluster: Cluster) -> list[Finding]:
    """Return findings; where the remedy is a runbook, it says which kinds of object the runbook still lacks."""
    missing = ", ".join(kind for kind in RUNBOOK_KINDS if kind in cluster.unknown)
    if not missing:
        return list(findings)
    advice = Advice(LocalizedText(_NEEDS_DUMPS, kinds=missing), Purpose.STEPS)
    return [
        replace(finding, advice=(*finding.advice, advice)) if finding.rule.steps else finding for finding in findings
    ]
