"""What a judge says: of each object and of the whole file."""

from __future__ import annotations

from dataclasses import dataclass

from ..findings import Finding
from .resource import Resource


@dataclass(frozen=True, slots=True)
class Options:
    """What calicoctl's command line says beside the file."""

    namespace: str = ""
    skip_exists: bool = False
    skip_empty: bool = False
    skip_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether one object is accepted, and what speaks against it."""

    resource: Resource
    accepted: bool
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether everything is accepted; what is to be said of the file; the judgement on each object."""

    accepted: bool
    notes: tuple[Finding, ...] = ()
    judgements: tuple[Judgement, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, those of the file first."""
        return (*self.notes, *(finding for each in self.judgements for finding in each.findings))
