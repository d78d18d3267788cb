"""One object of a document on its way to the model: access to its parts, and where its problems and notes go."""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter

from ..calico.kinds import METADATA_FIELDS, V1, V3
from ..errors import InputError
from ..findings import Finding
from ..yaml_scalars import is_digits, to_go_string
from .document import Document, FieldPath
from .plain_values import get_value
from .validation import MAX_PROBLEMS, many_problems, validate

Fields = dict[str, Any]

CALICO_VERSIONS = (V3, V1)
CORE_VERSIONS = ("v1",)
METADATA_PATHS: dict[str, FieldPath] = {
    key: ("metadata", key) for key in ("name", "namespace", "labels", "annotations")
}


@dataclass(slots=True)
class ObjectSource:
    """One object in a document: where it is, and where its problems and notes go."""

    value: Mapping[str, Any]
    document: Document
    path: FieldPath = ()
    problems: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)
    lenient: bool = False  # what an object can be read without is a note, not a problem
    noted_paths: set[FieldPath] = field(default_factory=set)  # of problems and notes

    def get_mapping(self, *path: str) -> Mapping[str, Any]:
        """Return the mapping at a path; an absent one is empty, anything else a problem."""
        mapping = self._get(path)
        if isinstance(mapping, Mapping):
            return mapping
        if mapping is not None:
            self.add_type_problem("type-mapping", path, mapping)
        return {}

    def get_list(self, *path: str) -> list[Any]:
        """Return the list at a path; an absent one is empty, anything else a problem."""
        items = self._get(path)
        if items is not None and not isinstance(items, list):
            self.add_type_problem("type-list", path, items)
            return []
        return items or []

    def _get(self, path: tuple[str, ...]) -> Any:
        value = get_value(self.value, *path)
        if value is None and len(path) > 1:
            self.get_mapping(*path[:-1])  # which is absent, or no mapping
        return value

    @property
    def name(self) -> Any:
        """The object's name as it is written."""
        return self.get_mapping("metadata").get("name", "")

    @property
    def labels(self) -> Fields:
        """Its labels as Calico's decoder takes them."""
        return {key: to_go_string(text) for key, text in self.get_mapping("metadata", "labels").items()}

    def get_known_spec(self) -> Mapping[str, Any]:
        """Return the spec of an object that people write: fields that no such object has are noted."""
        self._note_unknown_fields(("apiVersion", "kind", "metadata", "spec", "status"))
        self._note_unknown_fields(METADATA_FIELDS, "metadata")
        return self.get_mapping("spec")

    def _note_unknown_fields(self, known: Container[str], *path: str) -> None:
        for key in self.get_mapping(*path) if path else self.value:
            if key not in known:
                self.add_tolerated("field-unknown", (*path, key), field=key)

    def add_type_problem(self, code: str, path: FieldPath, value: object) -> None:
        """Note a value that should be a mapping or a list, once."""
        self.add_problem(code, path, value=json.dumps(value)[:60])

    def add_problem(self, code: str, path: FieldPath, **params: object) -> None:
        """Note a problem at a path inside the object, once."""
        self._add(self.problems, code, path, params)

    def add_tolerated(self, code: str, path: FieldPath, **params: object) -> None:
        """Note something that a lenient reader goes on without, once."""
        self._add(self.notes if self.lenient else self.problems, code, path, params)

    def add_note(self, code: str, path: FieldPath, **params: object) -> None:
        """Note something that was understood, and matters, once."""
        self._add(self.notes, code, path, params)

    def _add(self, findings: list[Finding], code: str, path: FieldPath, params: dict[str, object]) -> None:
        if path in self.noted_paths:
            return
        self.noted_paths.add(path)
        findings.append(Finding(code, params=params, place=self.document.place((*self.path, *path))))
        if len(self.noted_paths) > MAX_PROBLEMS:
            raise InputError([*findings[-MAX_PROBLEMS:], many_problems(self.document)])


@dataclass(frozen=True, slots=True)
class KindReader:
    """How to read one kind of object."""

    api_versions: tuple[str, ...]
    cluster_field: str  # the field of Cluster that it becomes part of
    adapter: TypeAdapter[Any]
    read_fields: Callable[[ObjectSource], Fields | None]  # None for an object that is of no interest
    field_paths: Mapping[str, FieldPath]  # where a field of the model stands in the object, unless it is in spec


def kind_reader(
    api_versions: tuple[str, ...],
    cluster_field: str,
    model_class: type[Any],
    read_fields: Callable[[ObjectSource], Fields | None],
    field_paths: Mapping[str, FieldPath] = METADATA_PATHS,
) -> KindReader:
    """Say how objects of a kind are read."""
    return KindReader(api_versions, cluster_field, TypeAdapter(model_class), read_fields, field_paths)


def read_object(reader: KindReader, source: ObjectSource) -> Any | None:
    """Turn an object into its model class; None where it has problems."""
    problem_count = len(source.problems)
    fields = reader.read_fields(source)
    if fields is None:
        return None

    def to_document_path(path: FieldPath) -> FieldPath:
        head, *inner = path or ("",)
        return (*source.path, *reader.field_paths.get(str(head), ("spec", head)), *inner)

    item = validate(reader.adapter, fields, source.document, source.problems, to_document_path)
    return item if len(source.problems) == problem_count else None


def parse_as_number(value: object) -> object:
    """Return an AS number that may be written as text, 65001 or 1.10; what is none as it is."""
    if not isinstance(value, str):
        return value
    high, dot, low = value.rpartition(".")
    if not is_digits(low) or (dot and not is_digits(high)):
        return value
    return (int(high) << 16 | int(low)) if dot else int(low)
