"""The scenario file: YAML or JSON to a Scenario, and back without loss."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import TypeAdapter

from ..findings import Finding
from ..model import Scenario
from .checking import check
from .document import Document, Path

_SCENARIO = TypeAdapter(Scenario)
# Lists whose members must have names of their own, and what makes a name.
_NAMED: dict[Path, tuple[str, ...]] = {
    ("cluster", "pools"): ("name",),
    ("cluster", "reservations"): ("name",),
    ("cluster", "nodes"): ("name",),
    ("cluster", "namespaces"): ("name",),
    ("cluster", "pods"): ("namespace", "name"),
    ("cluster", "blocks"): ("cidr",),
    ("plan", "groups"): ("name",),
}


def read_scenario(document: Document, problems: list[Finding]) -> Scenario | None:
    """Turn a document into a Scenario; None and more `problems` where it does not fit."""
    before = len(problems)
    value = document.value
    if isinstance(value, Mapping) and "version" not in value:
        problems.append(Finding("field-missing", numbers={"field": "version"}, place=document.place(("version",))))
    scenario = check(_SCENARIO, value, document, problems, lambda path: path)
    problems += _twice(document)
    # In a file of ours a stray tag is always a slip; in a manifest it means what calicoctl makes of it.
    problems += [Finding(note.code, numbers=note.numbers, place=note.place) for note in document.notes]
    return scenario if len(problems) == before else None


def schema() -> dict[str, Any]:
    """Return the JSON schema of the scenario file."""
    made = _SCENARIO.json_schema(by_alias=True)
    _without_titles(made)
    made["required"] = ["version"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ippoolkit scenario, version 1",
        **made,
    }


def _without_titles(node: object) -> None:
    """Drop the titles that pydantic derives from the names of fields: they only repeat them."""
    if isinstance(node, dict):
        if isinstance(node.get("title"), str):
            del node["title"]
        for value in node.values():
            _without_titles(value)
    elif isinstance(node, list):
        for value in node:
            _without_titles(value)


def _twice(document: Document) -> Iterable[Finding]:
    for path, keys in _NAMED.items():
        seen: dict[tuple[object, ...], int] = {}
        for index, item in enumerate(_list_at(document.value, path)):
            if not isinstance(item, Mapping):
                continue
            default = {"namespace": "default", "name": "nodes"}
            name = tuple(item.get(key, default.get(key)) for key in keys)
            if not all(isinstance(part, str) for part in name):
                continue
            if name in seen:
                first = document.place((*path, seen[name])).field
                numbers = {"name": "/".join(map(str, name)), "first": first}
                yield Finding("name-twice", numbers=numbers, place=document.place((*path, index, keys[-1])))
            seen.setdefault(name, index)


def _list_at(value: object, path: Path) -> list[object]:
    for key in path:
        value = value.get(str(key)) if isinstance(value, Mapping) else None
    return value if isinstance(value, list) else []
