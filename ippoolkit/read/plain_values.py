"""Parts of plain values, whatever people wrote in their place: what is not a mapping or a list there is empty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


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
