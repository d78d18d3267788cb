"""A document: a plain value, and for any path into it the line where it stands."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..findings import Finding, Place

FieldPath = tuple[str | int, ...]
MAX_NESTING = 200  # lists and mappings in each other, of YAML and of JSON


def _no_source_text(path: FieldPath) -> str:  # noqa: ARG001 (the signature of `source_text`)
    return ""


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file: dicts with text keys, lists and scalars; `notes` are remarks on how it was read.

    `source_text` gives a boolean or a number at a path as it stands in the file, where it is printed otherwise.
    """

    file: str
    value: object
    line_of: Callable[[FieldPath], int | None]
    notes: tuple[Finding, ...] = ()
    source_text: Callable[[FieldPath], str] = _no_source_text

    @classmethod
    def at_place(cls, place: Place, value: object = None) -> Document:
        """Return a document for a value that was put together here: all of it stands at one line, if at any."""
        return cls(place.file, value, lambda _: place.line)

    def at(self, path: FieldPath, value: object = None) -> Document:
        """Return a part as a document of its own, with the lines that it has in the whole."""
        if not path:
            return dataclasses.replace(self, value=value)
        return dataclasses.replace(self, value=value, line_of=lambda inner: self.line_of((*path, *inner)))

    def place(self, path: FieldPath) -> Place:
        """Say where the path is; a path that is not there has its parent's line."""
        return Place(self.file, self.line_of(path), field_name(path))


def field_name(path: Sequence[str | int]) -> str:
    """Print a path as people write it.

    >>> field_name(("cluster", "pools", 0, "blockSize"))
    'cluster.pools[0].blockSize'
    """
    name = ""
    for key in path:
        name += f"[{key}]" if isinstance(key, int) else f".{key}" if name else key
    return name
