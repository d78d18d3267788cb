"""What a judge says: of each object and of the whole file."""

from __future__ import annotations

from dataclasses import dataclass

from ..findings import Finding, Severity
from .resource import Resource


@dataclass(frozen=True, slots=True)
class CalicoctlOptions:
    """What calicoctl's command line says beside the file."""

    namespace: str = ""
    skip_existing: bool = False
    skip_empty: bool = False
    skip_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class ObjectResult:
    """Whether one object is accepted, and what speaks against it."""

    resource: Resource
    accepted: bool
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What is to be said of the file, and the judgement on each object."""

    notes: tuple[Finding, ...] = ()
    results: tuple[ObjectResult, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether the file and every object are accepted."""
        has_errors = any(note.severity == Severity.ERROR for note in self.notes)
        return not has_errors and all(result.accepted for result in self.results)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, those of the file first."""
        return (*self.notes, *(finding for result in self.results for finding in result.findings))
