"""Mappings that remember which of their settings were read, so that the others can be listed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..document import FieldPath

# What every object has beside its settings.
_OBJECT_KEYS = frozenset({"apiVersion", "kind", "metadata", "status"})


class TrackedMapping(Mapping[str, Any]):
    """A mapping of a document; asking for a key counts as reading it, looking whether it is there does not."""

    __slots__ = ("_children", "_value")

    def __init__(self, value: Mapping[str, Any]) -> None:
        self._value = value
        self._children: dict[str, Any] = {}  # what was read, mappings inside tracked as well

    def __getitem__(self, key: str) -> Any:
        """Return the value at a key, and remember it as read."""
        if key not in self._children:
            self._children[key] = _track(self._value[key])
        return self._children[key]

    def __contains__(self, key: object) -> bool:
        """Whether the key is there."""
        return key in self._value

    def __iter__(self) -> Iterator[str]:
        """Iterate over the keys."""
        return iter(self._value)

    def __len__(self) -> int:
        """Return how many keys there are."""
        return len(self._value)

    def unused_paths(self, path: FieldPath = ()) -> Iterator[FieldPath]:
        """Yield the paths of settings that were not read, the shortest that tells each."""
        for key, value in self._value.items():
            if not path and key in _OBJECT_KEYS:
                continue
            if key not in self._children:
                if value not in (None, {}, [], ""):
                    yield (*path, key)
                continue
            yield from _unused_inside(self._children[key], (*path, key))


def _track(value: object) -> object:
    if isinstance(value, Mapping):
        return TrackedMapping(value)
    return [_track(item) for item in value] if isinstance(value, list) else value


def _unused_inside(value: object, path: FieldPath) -> Iterator[FieldPath]:
    if isinstance(value, TrackedMapping):
        yield from value.unused_paths(path)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unused_inside(item, (*path, index))
