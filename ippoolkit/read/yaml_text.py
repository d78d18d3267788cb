"""YAML text to documents, from libyaml's events: with lines, without recursion, and safe against hostile input.

Built on PyYAML's event parser rather than its loaders because calicoctl's scalars, duplicate keys, aliases that
explode and unknown tags all have to be seen where they stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn

import yaml

from ..errors import InputError
from ..findings import Finding, Place
from ..scalars import printed, resolve
from .document import Document, Path

MOST_BYTES = 32 * 2**20
MOST_DEPTH = 200
# Aliases may make a document this much larger than it is written.
ALIAS_FREE = 100_000
ALIAS_FACTOR = 10

_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STANDARD = "tag:yaml.org,2002:"
_MERGE = "<<"
_TAGGED: dict[str, tuple[type, ...]] = {"int": (int,), "float": (int, float), "bool": (bool,), "null": (type(None),)}


@dataclass(slots=True)
class _Value:
    """A parsed value: a scalar, or a dict or list of values; `weight` is its size with aliases written out."""

    content: object
    line: int
    weight: int = 1
    key_lines: dict[str, int] = field(default_factory=dict)
    merges: bool = False  # a plain <<, which as a key merges; in quotes it is a key like any other
    written: str = ""  # a boolean or a number as it stands in the file, where that is not how it is printed

    def plain(self) -> object:
        if isinstance(self.content, dict):
            return {key: value.plain() for key, value in self.content.items()}
        if isinstance(self.content, list):
            return [value.plain() for value in self.content]
        return self.content

    def line_of(self, path: Path) -> int:
        return self._walk(path)[0]

    def written_at(self, path: Path) -> str:
        return self._walk(path)[1].written

    def _walk(self, path: Path) -> tuple[int, _Value]:
        value = self
        line = value.line
        for key in path:
            if isinstance(value.content, dict) and key in value.content:
                line, value = value.key_lines[str(key)], value.content[key]
            elif isinstance(value.content, list) and isinstance(key, int) and key < len(value.content):
                value = value.content[key]
                line = value.line
            else:
                break
        return line, value


@dataclass(slots=True)
class _Open:
    """A collection being read; `key` is the key that waits for its value."""

    value: _Value
    anchor: str | None
    key: str | None = None
    merges: bool = False
    merged: list[_Value] = field(default_factory=list)


def read_yaml(text: str, file: str, first_line: int = 1) -> list[Document]:
    """Read all documents of a YAML text.

    Parameters
    ----------
    text
        The text.
    file
        What to call it.
    first_line
        Number of its first line, where it was cut from a larger text.

    Raises
    ------
    InputError
        With the first syntax error, or with every other problem (duplicate keys, exploding aliases ...).
    """
    builder = _Builder(file, first_line)
    try:
        for event in yaml.parse(text, Loader=_PARSER):
            builder.take(event)
    except yaml.YAMLError as error:
        builder.problems.append(_syntax(error, text, file, first_line))
    except _StopReading:
        pass
    if builder.problems:
        raise InputError(builder.problems)
    return list(builder.documents())


class _StopReading(Exception):  # noqa: N818 (no error: control flow)
    """Ends reading early; the problem is already noted."""


class _Builder:
    def __init__(self, file: str, first_line: int) -> None:
        self.file = file
        self.first_line = first_line
        self.problems: list[Finding] = []
        self.notes: list[list[Finding]] = []
        self.roots: list[_Value] = []
        self.stack: list[_Open] = []
        self.anchors: dict[str, _Value | None] = {}
        self.events = 0

    def documents(self) -> Iterator[Document]:
        for root, notes in zip(self.roots, self.notes, strict=True):
            yield Document(self.file, root.plain(), root.line_of, tuple(notes), root.written_at)

    def take(self, event: yaml.Event) -> None:
        self.events += 1
        line = event.start_mark.line + self.first_line if event.start_mark else 0
        match event:
            case yaml.DocumentStartEvent():
                self.anchors = {}
                self.notes.append([])
            case yaml.ScalarEvent():
                merges = event.value == _MERGE and event.implicit[0]
                scalar = self._scalar(event, line)
                typed = isinstance(scalar, bool | int | float) and printed(scalar) != event.value
                value = _Value(scalar, line, merges=merges, written=event.value if typed else "")
                self._anchor(event.anchor, value)
                self._add(value)
            case yaml.AliasEvent():
                if (known := self.anchors.get(event.anchor or "")) is None:
                    self._stop("yaml-alias", line, alias=event.anchor)
                self._add(_Value(known.content, line, known.weight, known.key_lines, written=known.written))
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                content: object = {} if isinstance(event, yaml.MappingStartEvent) else []
                if event.anchor:
                    self.anchors[event.anchor] = None  # not yet: an alias inside its own anchor never ends
                if len(self.stack) == MOST_DEPTH:
                    self._stop("too-deep", line, depth=MOST_DEPTH)
                self.stack.append(_Open(_Value(content, line), event.anchor))
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                done = self.stack.pop()
                for other in done.merged:
                    self._merge(done.value, other)
                self._anchor(done.anchor, done.value)
                self._add(done.value)

    def _add(self, value: _Value) -> None:
        if value.weight > max(ALIAS_FREE, ALIAS_FACTOR * self.events):
            self._stop("yaml-bomb", value.line, values=value.weight)
        if not self.stack:
            self.roots.append(value)
            return
        top = self.stack[-1]
        if isinstance(top.value.content, list):
            top.value.content.append(value)
        elif top.key is None:
            top.key, top.merges = self._key(value), value.merges
            if not top.merges:
                top.value.key_lines.setdefault(top.key, value.line)
            return
        else:
            self._put(top, top.key, value)
            top.key = None
        top.value.weight += value.weight

    def _put(self, top: _Open, key: str, value: _Value) -> None:
        mapping = top.value.content
        assert isinstance(mapping, dict)
        if top.merges:
            top.merged += value.content if isinstance(value.content, list) else [value]
        elif key in mapping:
            self._problem("yaml-duplicate", value.line, key=key, first=top.value.key_lines[key])
        else:
            mapping[key] = value

    def _merge(self, into: _Value, other: _Value) -> None:
        if not isinstance(other.content, dict) or not isinstance(into.content, dict):
            self._problem("yaml-merge", other.line)
            return
        for key, value in other.content.items():
            if key in into.content:
                self._problem("yaml-duplicate", other.line, key=key, first=into.key_lines[key])
            else:
                into.content[key] = value
                into.key_lines[key] = other.key_lines[key]

    def _key(self, value: _Value) -> str:
        if isinstance(value.content, dict | list):
            self._stop("yaml-key", value.line)
        return str(printed(value.content))

    def _anchor(self, name: str | None, value: _Value) -> None:
        if name:
            self.anchors[name] = value

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> object:
        if event.tag is None:
            return resolve(event.value) if event.implicit[0] else event.value
        if not event.tag.startswith(_STANDARD):
            if event.tag != "!":
                written = f"{event.tag} {event.value}".strip()
                place = Place(self.file, line, self._field())
                self.notes[-1].append(
                    Finding("yaml-tag", numbers={"written": written, "text": event.value}, place=place)
                )
            return event.value
        value = resolve(event.value)
        return value if isinstance(value, _TAGGED.get(event.tag.removeprefix(_STANDARD), ())) else event.value

    def _field(self) -> str:
        return ".".join(top.key for top in self.stack if top.key)

    def _problem(self, code: str, line: int, **numbers: object) -> None:
        self.problems.append(Finding(code, numbers=numbers, place=Place(self.file, line)))

    def _stop(self, code: str, line: int, **numbers: object) -> NoReturn:
        self._problem(code, line, **numbers)
        raise _StopReading


def _syntax(error: yaml.YAMLError, text: str, file: str, first_line: int) -> Finding:
    mark = getattr(error, "problem_mark", None)
    if mark is not None:
        line = mark.line + first_line
        reason = str(getattr(error, "problem", "")) or "it cannot be read"
    else:  # a character that YAML does not allow
        position = int(getattr(error, "position", 0))
        line = text.count("\n", 0, position) + first_line
        reason = str(getattr(error, "reason", "it cannot be read"))
    return Finding("yaml-syntax", numbers={"reason": reason}, place=Place(file, line))
