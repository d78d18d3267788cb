"""What a judge says: of each object and of the whole file."""

from __future__ import annotations

from dataclasses import dataclass

from ..findings import Finding
from .resource import Resource


@dataclass(frozen=True, slots=True)
class CalicoctlOptions:
    """What calicoctl's command line says beside the file."""

    namespace: str = ""
    skip_existing: bool = False
    skip_empty: bool = False
    skip_not_exists: bool = False


NO_OPTIONS = CalicoctlOptions()


@dataclass(frozen=True, slots=True)
class ObjectResult:
    """Whether one object is accepted, and what speaks against it."""

    resource: Resource
    accepted: bool
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class CommandResult:
    """Whether everything is accepted; what is to be said of the file; the judgement on each object."""

    accepted: bool
    notes: tuple[Finding, ...] = ()
    results: tuple[ObjectResult, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, those of the file first."""
        return (*self.notes, *(finding for result in self.results for finding in result.findings))
