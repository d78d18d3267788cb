"""The objects of a manifest file, as calicoctl reads them: all of them, or none and the reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..calico.kinds import (
    IPAM_CONFIGURATION,
    KINDS,
    OTHER_KIND_NAMES,
    V1,
    V1_KINDS,
    V3,
    ResourceKind,
    apiv1_fields,
)
from ..calico.releases import NEWEST, Release
from ..calico.v2_pools import is_v2_pool
from ..findings import Finding, Place, Severity
from ..findings.codes.rule import CALICOCTL
from ..read.document import Document, FieldPath, field_name
from ..read.validation import short_value
from .calicoctl_decoder import decode_object
from .manifest_file import ManifestFile
from .resource import Resource, make_finding


def read_resources(manifests: ManifestFile, release: Release = NEWEST) -> tuple[list[Resource], list[Finding]]:
    """Decode every object of a file, as calicoctl of a release does.

    Returns
    -------
    tuple
        The objects, each with what is wrong with it, and what else is wrong with the file: with one error anywhere
        calicoctl does nothing at all.
    """
    reader = _Reader(release)
    for document in manifests.documents:
        reader.add_document(document)
    notes = [*manifests.problems, *reader.notes]
    if not reader.resources and not notes:
        notes.append(make_finding("no-resources", Place(manifests.file), CALICOCTL))
    return reader.resources, notes


class _Reader:
    def __init__(self, release: Release) -> None:
        self.release = release
        self.is_strict = release.has("yaml-strict")
        self.known_kinds = {
            name: kind
            for name, kind in KINDS.items()
            if kind is not IPAM_CONFIGURATION or release.has("calicoctl-ipamconfiguration")
        }
        self.resources: list[Resource] = []
        self.notes: list[Finding] = []

    def add_document(self, document: Document) -> None:
        if not_read := [note for note in document.notes if note.code == "json-not-first"]:
            self.notes += [replace(note, refused_by=(CALICOCTL,)) for note in not_read]
            return
        value, resource_count = document.value, len(self.resources)
        if value is None:
            if self.is_strict:
                self.add_note("document-empty", document)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                self.add_object(document, (index,), item)
        else:
            self.add_object(document, (), value)
        if len(self.resources) == resource_count:
            self.notes += self.judged_notes(document)

    def judged_notes(self, document: Document) -> list[Finding]:
        """Return the notes on how a document was read; a repeated key is an error to strict readers only."""
        return [
            replace(note, refused_by=(CALICOCTL,)) if note.severity == Severity.ERROR else note
            for note in document.notes
            if self.is_strict or note.severity != Severity.ERROR
        ]

    def add_object(self, document: Document, path: FieldPath, value: object) -> None:
        kind_name = value.get("kind") if isinstance(value, Mapping) else None
        api_version = value.get("apiVersion") if isinstance(value, Mapping) else None
        api_version = api_version if isinstance(api_version, str) else ""
        if (
            not isinstance(value, Mapping)
            or not isinstance(kind_name, str)
            or not kind_name
            or api_version.count("/") > 1
        ):
            self.add_note("no-object", document, path, value=short_value(value))
            return
        item_kind_name = kind_name.removesuffix("List")
        if api_version == V3 and kind_name in self.known_kinds:
            self.add_resource(self.known_kinds[kind_name], document, path, value)
        elif api_version == V3 and item_kind_name in self.known_kinds:
            self.add_list(self.known_kinds[item_kind_name], document, path, value)
        elif api_version == V3 and item_kind_name in OTHER_KIND_NAMES:
            self.add_note("kind-unjudged", document, path, kind=kind_name, version=api_version)
        elif api_version == V1 and kind_name in V1_KINDS:
            kind = V1_KINDS[kind_name]
            self.add_note(
                "kind-v1", document, (*path, "apiVersion"), kind, kind=kind_name, version=api_version, v3=kind.name
            )
        elif is_v2_pool(value):
            self.add_note("kind-v2", document, (*path, "kind"), kind=kind_name, version=api_version)
        else:
            self.add_note("kind-unknown", document, (*path, "kind"), kind=kind_name, version=api_version or '""')

    def add_list(self, kind: ResourceKind, document: Document, path: FieldPath, value: Mapping[str, Any]) -> None:
        items = value.get("items")
        for key in value:
            if key.lower() not in ("apiversion", "kind", "metadata", "items"):
                self.add_note("field-unknown", document, (*path, key), kind, field=key)
        if items is not None and not isinstance(items, list):
            self.add_note("type-list", document, (*path, "items"), kind, value=short_value(items))
            return
        for index, item in enumerate(items or []):
            item_path = (*path, "items", index)
            if not isinstance(item, Mapping):
                self.add_note("type-mapping", document, item_path, kind, value=short_value(item))
                continue
            crashes = item.get("apiVersion") != V3 or item.get("kind") != kind.name
            self.add_resource(kind, document, item_path, item, crashes=crashes)

    def add_note(
        self, code: str, document: Document, path: FieldPath = (), kind: ResourceKind | None = None, /, **params: object
    ) -> None:
        self.notes.append(make_finding(code, document.place(path), CALICOCTL, kind, **params))

    def add_resource(
        self,
        kind: ResourceKind,
        document: Document,
        path: FieldPath,
        value: Mapping[str, Any],
        *,
        crashes: bool = False,
    ) -> None:
        decoding_problems: list[tuple[str, FieldPath, dict[str, object]]] = []

        def report(code: str, problem_path: FieldPath, /, **params: object) -> None:
            decoding_problems.append((code, problem_path, params))

        if crashes:
            report("list-crash", path, list=f"{kind.name}List", kind=kind.name)
        known_kind, leftovers = kind.for_release(self.release), apiv1_fields(kind, self.release)
        shape = replace(known_kind, fields={**known_kind.fields, **leftovers}).value_type
        fields, key_paths = decode_object(
            shape, value, path, report, document.source_text, takes_respelled_keys=self.is_strict
        )
        metadata, spec = fields.get("metadata", {}), fields.get("spec", {})
        for name in leftovers:
            if spec.pop(name, None):
                report("field-apiv1", (*path, "spec", name), field=name)
        name = metadata.get("name", "")
        notes = [
            make_finding(code, document.place(problem_path), CALICOCTL, kind, name, **params)
            for code, problem_path, params in decoding_problems
        ]
        notes += [note for note in self.judged_notes(document) if _is_about_object(note, path)]
        self.resources.append(
            Resource(kind, document, path, metadata, spec, fields.get("status"), key_paths, tuple(notes))
        )


def _is_about_object(note: Finding, path: FieldPath) -> bool:
    """Whether a note on a document is about the object at a path."""
    field, object_field = note.place.field if note.place else "", field_name(path)
    return not object_field or field == object_field or field.startswith((f"{object_field}.", f"{object_field}["))
