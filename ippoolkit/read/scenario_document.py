"""The scenario file: YAML or JSON to a Scenario, and back without loss."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import TypeAdapter

from ..findings import Finding
from ..model import Scenario
from .document import Document
from .plain_values import get_list
from .validation import validate

_SCENARIO = TypeAdapter(Scenario)
# Lists whose members must have names of their own, and what makes a name.
_UNIQUE_NAME_KEYS: dict[tuple[str, str], tuple[str, ...]] = {
    ("cluster", "pools"): ("name",),
    ("cluster", "reservations"): ("name",),
    ("cluster", "nodes"): ("name",),
    ("cluster", "namespaces"): ("name",),
    ("cluster", "pods"): ("namespace", "name"),
    ("cluster", "blocks"): ("cidr",),
    ("plan", "groups"): ("name",),
}
# Keys of a cluster's lists that earlier versions wrote and nothing needs: files that hold them stay readable.
_RETIRED_KEYS = {"blocks": "claimedAt", "affinities": "deleted", "handles": "deleted"}


def is_scenario(value: object) -> bool:
    """Whether a document is a scenario rather than an object of Kubernetes or any other mapping."""
    return (
        isinstance(value, Mapping)
        and "version" in value
        and not {"kind", "apiVersion"} & set(value)
        and bool({"cluster", "plan", "networks", "requirements"} & set(value))
    )


def read_scenario(document: Document, problems: list[Finding]) -> Scenario | None:
    """Turn a document into a Scenario; None and more `problems` where it does not fit."""
    problem_count = len(problems)
    value = document.value
    if isinstance(value, Mapping) and "version" not in value:
        problems.append(Finding("field-missing", params={"field": "version"}, place=document.place(("version",))))
    scenario = validate(_SCENARIO, _without_retired_keys(value), document, problems)
    problems += _repeated_name_findings(document)
    # In a file of ours a stray tag is always a slip; in a manifest it means what calicoctl makes of it.
    problems += [Finding(note.code, params=note.params, place=note.place) for note in document.notes]
    return scenario if len(problems) == problem_count else None


def scenario_schema() -> dict[str, Any]:
    """Return the JSON schema of the scenario file."""
    model_schema = _SCENARIO.json_schema(by_alias=True)
    _drop_titles(model_schema)
    model_schema["required"] = ["version"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ippoolkit scenario, version 1",
        **model_schema,
    }


def _drop_titles(node: object) -> None:
    """Drop the titles that pydantic derives from the names of fields: they only repeat them."""
    if isinstance(node, dict):
        if isinstance(node.get("title"), str):
            del node["title"]
        for value in node.values():
            _drop_titles(value)
    elif isinstance(node, list):
        for value in node:
            _drop_titles(value)


def _without_retired_keys(value: Any) -> Any:
    """Return a scenario's value without the keys that are accepted and ignored."""
    cluster = value.get("cluster") if isinstance(value, Mapping) else None
    if not isinstance(cluster, Mapping):
        return value
    lists = {
        name: [
            {key: item[key] for key in item if key != retired} if isinstance(item, Mapping) else item
            for item in cluster[name]
        ]
        for name, retired in _RETIRED_KEYS.items()
        if isinstance(cluster.get(name), list)
    }
    return {**value, "cluster": {**cluster, **lists}}


def _repeated_name_findings(document: Document) -> Iterable[Finding]:
    for path, keys in _UNIQUE_NAME_KEYS.items():
        first_index: dict[tuple[object, ...], int] = {}
        for index, item in enumerate(get_list(document.value, *path)):
            if not isinstance(item, Mapping):
                continue
            default_names = {"namespace": "default", "name": "nodes"}
            name = tuple(item.get(key, default_names.get(key)) for key in keys)
            if not all(isinstance(part, str) for part in name):
                continue
            if name in first_index:
                first_field = document.place((*path, first_index[name])).field
                params = {"name": "/".join(map(str, name)), "first": first_field}
                yield Finding("name-twice", params=params, place=document.place((*path, index, keys[-1])))
            first_index.setdefault(name, index)
