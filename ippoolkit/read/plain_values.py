"""Parts of plain values, whatever people wrote in their place: what is not a mapping or a list there is empty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .document import FieldPath


def get_value(value: object, *keys: str) -> Any:
    """Return what stands at a path of keys; None where there is nothing."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def get_mapping(value: object, *keys: str) -> Mapping[str, Any]:
    """Return the mapping at a path of keys."""
    mapping = get_value(value, *keys)
    return mapping if isinstance(mapping, Mapping) else {}


def get_list(value: object, *keys: str) -> list[Any]:
    """Return the list at a path of keys."""
    items = get_value(value, *keys)
    return items if isinstance(items, list) else []


def get_mappings(value: object, *keys: str) -> list[Mapping[str, Any]]:
    """Return the mappings in the list at a path of keys."""
    return [item for item in get_list(value, *keys) if isinstance(item, Mapping)]


def iter_objects(value: object, path: FieldPath = ()) -> Iterator[tuple[FieldPath, Mapping[str, Any]]]:
    """Yield the objects of a document with their paths, those inside lists of objects one by one."""
    if isinstance(value, Mapping):
        items = value.get("items")
        if not isinstance(items, list):
            yield path, value
            return
        value, path = items, (*path, "items")
    for index, item in enumerate(value if isinstance(value, list) else ()):
        yield from iter_objects(item, (*path, index))
