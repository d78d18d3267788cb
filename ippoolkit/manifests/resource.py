"""`Resource`: one object of a manifest as a judge reads it, and the findings about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..calico.kinds import ResourceKind
from ..findings import RULES, Finding, Place
from ..findings.codes.rule import SOURCE_OF_KIND
from ..read.document import Document, FieldPath, field_name


@dataclass(frozen=True, slots=True)
class Resource:
    """One object: its kind, its metadata, its spec by Calico's names.

    `path` leads to it in its document; `key_paths` lead from a field to the key that gave it, where that is spelled
    otherwise; `decoding_findings` are the notes on how it was read.
    """

    kind: ResourceKind
    document: Document
    path: FieldPath
    metadata: Mapping[str, Any]
    spec: Mapping[str, Any]
    status: Any = None
    key_paths: Mapping[FieldPath, FieldPath] = field(default_factory=dict)
    decoding_findings: tuple[Finding, ...] = ()

    @property
    def name(self) -> str:
        """Its name; empty where it has none."""
        name = self.metadata.get("name")
        return name if isinstance(name, str) else ""

    def place(self, *path: str | int) -> Place:
        """Say where a field stands; of a field that is not there, where its parent stands."""
        target = self.path
        for length in range(len(path), -1, -1):
            if path[:length] in self.key_paths:
                target = (*self.key_paths[path[:length]], *path[length:])
                break
        else:
            target = (*self.path, *path)
        return Place(self.document.file, self.document.line_of(target), field_name(target))


def make_finding(
    code: str, place: Place, validator: str, kind: ResourceKind | None = None, name: str = "", /, **params: object
) -> Finding:
    """Make a finding of one judge about an object of a kind."""
    rule = RULES[code]
    return Finding(
        code,
        f"{kind.name}/{name}" if kind and name else "",
        params,
        place,
        source_key=kind.source_key if kind and rule.source_key == SOURCE_OF_KIND else "",
        refused_by=(validator,) if rule.severity == "error" else (),
    )


class ResourceFindings(list[Finding]):
    """What one judge finds in one resource."""

    def __init__(self, resource: Resource, validator: str) -> None:
        super().__init__()
        self.resource = resource
        self.validator = validator

    def add(self, code: str, /, *path: str | int, **params: object) -> None:
        """Note a breach of a rule at a field."""
        resource = self.resource
        self.append(make_finding(code, resource.place(*path), self.validator, resource.kind, resource.name, **params))
