"""Installers' files among manifests: calicoctl takes none of them, so the pools that they make are judged instead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..findings import Finding, Place
from ..model import Scenario
from ..read.collector import ObjectCollector
from ..read.document import Document, FieldPath
from ..read.installers.installer_files import InstallerReader
from ..read.kubernetes_objects import KIND_READERS
from ..write import to_manifest
from .manifest_file import ManifestFile

_API_VERSION = "projectcalico.org/v3"


class InstallerPools:
    """Takes an installer's documents out of files of manifests, and makes pools of all of them together."""

    def __init__(self) -> None:
        self.reader = InstallerReader()
        self.collector = ObjectCollector(lenient=True, kind_readers=_POOL_READERS)
        self.files: list[str] = []

    def take_text(self, text: str, name: str) -> bool:
        """Take a text that is neither YAML nor JSON, such as an INI inventory; say whether it was an installer's."""
        is_taken = self.reader.read_text(text, name)
        if is_taken:
            self.files.append(name)
        return is_taken

    def take(self, files: Iterable[ManifestFile]) -> list[ManifestFile]:
        """Return the files without what is an installer's, and without what stands beside that and is not Calico's."""
        remaining = [self._take(manifests) for manifests in files]
        if not self.reader.is_used:
            return [manifests for manifests in remaining if manifests is not None]
        return [
            manifests if _has_objects(manifests) else ManifestFile(manifests.file, (), notes=(_unread(manifests),))
            for manifests in remaining
            if manifests is not None
        ]

    def _take(self, manifests: ManifestFile) -> ManifestFile | None:
        if manifests.problems:
            return manifests
        rest = [document for document in manifests.documents if not self._is_taken(document)]
        for document in rest:
            if isinstance(document.value, Mapping | list):
                self.collector.add_document(document)  # IPPools win over what an installer would make
        if len(rest) == len(manifests.documents) or not self.reader.is_used:
            return manifests
        self.files.append(manifests.file)
        own = tuple(document for document in rest if _is_calico_object(document.value))
        return replace(manifests, documents=own) if own else None

    def _is_taken(self, document: Document) -> bool:
        value = document.value
        if isinstance(value, list) or (isinstance(value, Mapping) and "kind" not in value):
            return self.reader.read_document(document)
        if not isinstance(value, Mapping):
            return False
        found = [
            self.reader.read_object(document, path, item, str(item.get("kind"))) for path, item in _iter_items(value)
        ]
        return any(found)

    def build(self, existing: Scenario) -> tuple[ManifestFile | None, list[Finding], Scenario]:
        """Return the pools as a file of manifests, what is to be said of them, and what exists with their networks."""
        if not self.reader.is_used:
            return None, [], existing
        self.collector.note_unread_kinds()
        notes, problems = self.reader.finish(self.collector)
        notes = [*(note for note in self.collector.notes if note.code == "kind-unread"), *notes]
        pools = self.reader.pools
        documents = tuple(self._pool_document(to_manifest(pool)) for pool in pools)
        self.reader.pools, self.reader.nodes = [], []
        scenario = self.reader.apply(existing, self.collector, existing.name)
        file = self.files[0] if self.files else "installer"
        return (ManifestFile(file, documents) if documents else None), [*notes, *problems], scenario

    def _pool_document(self, manifest: Mapping[str, Any]) -> Document:
        place = self.reader.settings.pools[manifest["metadata"]["name"]].place
        return Document.without_lines(place.file, {**manifest, "apiVersion": _API_VERSION}, place.line)


_POOL_READERS = {"IPPool": KIND_READERS["IPPool"]}


def _has_objects(manifests: ManifestFile) -> bool:
    """Whether a file holds anything that claims to be an object, or has something said of it already."""
    values = [document.value for document in manifests.documents]
    listed = [item for value in values for item in (value if isinstance(value, list) else [value])]
    is_object = any(isinstance(item, Mapping) and "kind" in item for item in listed)
    return is_object or not values or bool(manifests.problems or manifests.notes)


def _unread(manifests: ManifestFile) -> Finding:
    return Finding("file-unread", place=Place(manifests.file))


def _is_calico_object(value: object) -> bool:
    return isinstance(value, Mapping) and "projectcalico.org/" in str(value.get("apiVersion", ""))


def _iter_items(value: Mapping[str, Any], path: FieldPath = ()) -> Iterator[tuple[FieldPath, Mapping[str, Any]]]:
    """Yield the objects of a List, or the object itself."""
    items = value.get("items")
    if str(value.get("kind", "")).endswith("List") and isinstance(items, list):
        for index, item in enumerate(items):
            if isinstance(item, Mapping):
                yield from _iter_items(item, (*path, "items", index))
    else:
        yield path, value
