"""`Resource`: one object of a manifest as a judge reads it, and the findings about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..findings import RULES, Finding, Place, Severity
from ..kinds import Kind
from ..read.document import Document, Path, field_name

# Rules that serve several kinds name no page of their own; the kind's page is their source.
OF_KIND = "scenario"


@dataclass(frozen=True, slots=True)
class Resource:
    """One object: its kind, its metadata, its spec by Calico's names.

    `path` leads to it in its document; `written` leads from a field to the key that gave it, where that is spelled
    otherwise; `notes` is what reading it gave to say.
    """

    kind: Kind
    document: Document
    path: Path
    metadata: Mapping[str, Any]
    spec: Mapping[str, Any]
    status: Any = None
    written: Mapping[Path, Path] = field(default_factory=dict)
    notes: tuple[Finding, ...] = ()

    @property
    def name(self) -> str:
        """Its name; empty where it has none."""
        name = self.metadata.get("name")
        return name if isinstance(name, str) else ""

    def place(self, *path: str | int) -> Place:
        """Say where a field stands; of a field that is not there, where its parent stands."""
        at = self.path
        for length in range(len(path), -1, -1):
            if path[:length] in self.written:
                at = (*self.written[path[:length]], *path[length:])
                break
        else:
            at = (*self.path, *path)
        return Place(self.document.file, self.document.line(at), field_name(at))


def finding(
    code: str, place: Place, judge: str, kind: Kind | None = None, name: str = "", /, **numbers: object
) -> Finding:
    """Make a finding of one judge about an object of a kind."""
    rule = RULES[code]
    return Finding(
        code,
        f"{kind.name}/{name}" if kind and name else "",
        numbers,
        place,
        origin=kind.source if kind and rule.source == OF_KIND else "",
        judges=(judge,) if rule.severity == Severity.ERROR else (),
    )


@dataclass(slots=True)
class Notes:
    """Collects what one judge finds in one resource."""

    resource: Resource
    judge: str
    found: list[Finding] = field(default_factory=list)

    def say(self, code: str, /, *path: str | int, **numbers: object) -> None:
        """Note a breach of a rule at a field."""
        of = self.resource
        self.found.append(finding(code, of.place(*path), self.judge, of.kind, of.name, **numbers))
