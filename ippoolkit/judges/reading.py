"""The objects of a manifest file, as calicoctl reads them: all of them, or none and the reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..findings import Finding, Place
from ..findings.codes.rule import CALICOCTL
from ..kinds import KINDS, OTHERS, V1, V1_KINDS, V3, Kind
from ..read.checking import short
from ..read.document import Document, Path, field_name
from .decode import decode
from .resource import Resource, finding
from .text import Manifests


def read_resources(manifests: Manifests) -> tuple[list[Resource], list[Finding]]:
    """Decode every object of a file.

    Returns
    -------
    tuple
        The objects, each with what is wrong with it, and what else is wrong with the file: with one error anywhere
        calicoctl does nothing at all.
    """
    reader = _Reader()
    for document in manifests.documents:
        reader.document(document)
    notes = [*manifests.problems, *reader.notes]
    if not reader.found and not notes:
        notes.append(finding("no-resources", Place(manifests.file), CALICOCTL))
    return reader.found, notes


class _Reader:
    def __init__(self) -> None:
        self.found: list[Resource] = []
        self.notes: list[Finding] = []

    def document(self, document: Document) -> None:
        value, before = document.value, len(self.found)
        if value is None:
            self.say("document-empty", document)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                self.one(document, (index,), item)
        else:
            self.one(document, (), value)
        if len(self.found) == before:
            self.notes += document.notes

    def one(self, document: Document, path: Path, value: object) -> None:
        name = value.get("kind") if isinstance(value, Mapping) else None
        version = value.get("apiVersion") if isinstance(value, Mapping) else None
        version = version if isinstance(version, str) else ""
        if not isinstance(value, Mapping) or not isinstance(name, str) or not name or version.count("/") > 1:
            self.say("no-object", document, path, value=short(value))
            return
        single = name.removesuffix("List")
        if version == V3 and name in KINDS:
            self.found.append(_resource(KINDS[name], document, path, value))
        elif version == V3 and single in KINDS:
            self.list(KINDS[single], document, path, value)
        elif version == V3 and single in OTHERS:
            self.say("kind-unjudged", document, path, kind=name, version=version)
        elif version == V1 and name in V1_KINDS:
            of = V1_KINDS[name]
            self.say("kind-v1", document, (*path, "apiVersion"), of, kind=name, version=version, v3=of.name)
        else:
            self.say("kind-unknown", document, (*path, "kind"), kind=name, version=version or '""')

    def list(self, of: Kind, document: Document, path: Path, value: Mapping[str, Any]) -> None:
        items = value.get("items")
        for key in value:
            if key.lower() not in ("apiversion", "kind", "metadata", "items"):
                self.say("field-unknown", document, (*path, key), of, field=key)
        if items is not None and not isinstance(items, list):
            self.say("type-list", document, (*path, "items"), of, value=short(items))
            return
        for index, item in enumerate(items or []):
            here = (*path, "items", index)
            if not isinstance(item, Mapping):
                self.say("type-mapping", document, here, of, value=short(item))
                continue
            crashes = item.get("apiVersion") != V3 or item.get("kind") != of.name
            self.found.append(_resource(of, document, here, item, crashes=crashes))

    def say(self, code: str, document: Document, path: Path = (), of: Kind | None = None, /, **numbers: object) -> None:
        self.notes.append(finding(code, document.place(path), CALICOCTL, of, **numbers))


def _resource(of: Kind, document: Document, path: Path, value: Mapping[str, Any], *, crashes: bool = False) -> Resource:
    told: list[tuple[str, Path, dict[str, object]]] = []

    def tell(code: str, at: Path, /, **numbers: object) -> None:
        told.append((code, at, numbers))

    if crashes:
        tell("list-crash", path, list=f"{of.name}List", kind=of.name)
    fields, written = decode(of.shape, value, path, tell, document.written)
    metadata, spec = fields.get("metadata", {}), fields.get("spec", {})
    name = metadata.get("name", "")
    notes = [finding(code, document.place(at), CALICOCTL, of, name, **numbers) for code, at, numbers in told]
    notes += [note for note in document.notes if _inside(note, path)]
    return Resource(of, document, path, metadata, spec, fields.get("status"), written, tuple(notes))


def _inside(note: Finding, path: Path) -> bool:
    """Whether a note on a document is about the object at a path."""
    field, above = note.place.field if note.place else "", field_name(path)
    return not above or field == above or field.startswith((f"{above}.", f"{above}["))
