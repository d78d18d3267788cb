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
from ..yaml_scalars import resolve_plain_scalar, to_go_string
from .document import MAX_NESTING, Document, FieldPath

MAX_YAML_BYTES = 2**23  # 50 times as much in memory, a second of processor time for 1.5 MB
MAX_VALUES = 1_500_000  # with keys and ends of lists
# Aliases may make a document this much larger than it is written.
ALIAS_MIN_VALUES = 100_000
ALIAS_FACTOR = 10

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STANDARD_TAG = "tag:yaml.org,2002:"
_MERGE_KEY = "<<"
_TYPES_BY_TAG: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "null": (type(None),),
}


_NO_LINES: dict[str, int] = {}  # one for all scalars and lists, which are most of a text


@dataclass(slots=True)
class _Node:
    """A parsed value: a scalar, or a dict or list of values; `expanded_size` is its size with aliases written out."""

    content: object
    line: int
    expanded_size: int = 1
    key_lines: dict[str, int] = field(default_factory=lambda: _NO_LINES)  # of a mapping
    is_merge_key: bool = False  # a plain <<, which as a key merges; in quotes it is a key like any other
    source_text: str = ""  # a boolean or a number as it stands in the file, where that is not how it is printed

    def to_plain(self) -> object:
        if isinstance(self.content, dict):
            return {key: value.to_plain() for key, value in self.content.items()}
        if isinstance(self.content, list):
            return [value.to_plain() for value in self.content]
        return self.content

    def line_of(self, path: FieldPath) -> int:
        return self._walk(path)[0]

    def source_text_at(self, path: FieldPath) -> str:
        return self._walk(path)[1].source_text

    def _walk(self, path: FieldPath) -> tuple[int, _Node]:
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
class _OpenCollection:
    """A collection being read; `key` is the key that waits for its value."""

    value: _Node
    anchor: str | None
    key: str | None = None
    awaits_merge: bool = False
    merge_values: list[_Node] = field(default_factory=list)


def read_yaml(text: str, file: str, first_line: int = 1, *, as_manifest: bool = False) -> list[Document]:
    """Read all documents of a YAML text; `first_line` is its number where the text was cut from a larger one.

    With `as_manifest` as Kubernetes' and Calico's readers do: the first document alone, whatever follows it. Of a
    repeated key the last value counts, and the document has a note; the judge decides what that means.

    Raises
    ------
    InputError
        With the first syntax error, or with every other problem (duplicate keys, exploding aliases ...).
    """
    builder = _DocumentBuilder(file, first_line, takes_repeated_keys=as_manifest)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.handle_event(event)
            if as_manifest and isinstance(event, yaml.DocumentEndEvent):
                break
    except yaml.YAMLError as error:
        builder.problems.append(_syntax_finding(error, text, file, first_line))
    except _StopReading:
        pass
    if builder.problems:
        raise InputError(builder.problems)
    return list(builder.documents())


class _StopReading(Exception):  # noqa: N818 (no error: control flow)
    """Ends reading early; the problem is already noted."""


class _DocumentBuilder:
    def __init__(self, file: str, first_line: int, *, takes_repeated_keys: bool) -> None:
        self.takes_repeated_keys = takes_repeated_keys
        self.file = file
        self.first_line = first_line
        self.problems: list[Finding] = []
        self.notes: list[list[Finding]] = []
        self.roots: list[_Node] = []
        self.stack: list[_OpenCollection] = []
        self.anchors: dict[str, _Node | None] = {}
        self.event_count = 0

    def documents(self) -> Iterator[Document]:
        for root, notes in zip(self.roots, self.notes, strict=True):
            yield Document(self.file, root.to_plain(), root.line_of, tuple(notes), root.source_text_at)

    def handle_event(self, event: yaml.Event) -> None:
        self.event_count += 1
        line = event.start_mark.line + self.first_line if event.start_mark else 0
        if self.event_count > MAX_VALUES:
            self._abort("yaml-values", line, most=MAX_VALUES)
        match event:
            case yaml.DocumentStartEvent():
                self.anchors = {}
                self.notes.append([])
            case yaml.ScalarEvent():
                is_merge_key = event.value == _MERGE_KEY and event.implicit[0]
                scalar = self._scalar_value(event, line)
                differs_as_printed = isinstance(scalar, bool | int | float) and to_go_string(scalar) != event.value
                value = _Node(
                    scalar, line, is_merge_key=is_merge_key, source_text=event.value if differs_as_printed else ""
                )
                self._set_anchor(event.anchor, value)
                self._add_value(value)
            case yaml.AliasEvent():
                if (anchored := self.anchors.get(event.anchor or "")) is None:
                    is_unknown = event.anchor not in self.anchors
                    self._abort("yaml-alias" if is_unknown else "yaml-alias-itself", line, alias=event.anchor)
                self._add_value(
                    _Node(
                        anchored.content,
                        line,
                        anchored.expanded_size,
                        anchored.key_lines,
                        source_text=anchored.source_text,
                    )
                )
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                value = _Node({}, line, key_lines={}) if isinstance(event, yaml.MappingStartEvent) else _Node([], line)
                if event.anchor:
                    self.anchors[event.anchor] = None  # not yet: an alias inside its own anchor never ends
                if len(self.stack) == MAX_NESTING:
                    self._abort("too-deep", line, depth=MAX_NESTING)
                self.stack.append(_OpenCollection(value, event.anchor))
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                closed = self.stack.pop()
                for merged in closed.merge_values:
                    self._merge(closed.value, merged)
                self._set_anchor(closed.anchor, closed.value)
                self._add_value(closed.value)

    def _add_value(self, value: _Node) -> None:
        if value.expanded_size > max(ALIAS_MIN_VALUES, ALIAS_FACTOR * self.event_count):
            self._abort("yaml-bomb", value.line, values=value.expanded_size)
        if not self.stack:
            self.roots.append(value)
            return
        top = self.stack[-1]
        if isinstance(top.value.content, list):
            top.value.content.append(value)
        elif top.key is None:
            top.key, top.awaits_merge = self._key_text(value), value.is_merge_key
            if not top.awaits_merge:
                top.value.key_lines.setdefault(top.key, value.line)
            return
        else:
            self._set_key(top, top.key, value)
            top.key = None
        top.value.expanded_size += value.expanded_size

    def _set_key(self, top: _OpenCollection, key: str, value: _Node) -> None:
        mapping = top.value.content
        assert isinstance(mapping, dict)
        if top.awaits_merge:
            merge_values = value.content if isinstance(value.content, list) else [value]
            if self.takes_repeated_keys:
                for merged in merge_values:  # at once, as the last of equal keys counts
                    self._merge(top.value, merged)
            else:
                top.merge_values += merge_values
        elif key not in mapping:
            mapping[key] = value
        else:
            self._report_repeated_key(key, value.line, top.value.key_lines[key])
            mapping[key] = value
            top.value.key_lines[key] = value.line

    def _report_repeated_key(self, key: str, line: int, first_line: int) -> None:
        params = {"key": key, "first": first_line}
        if self.takes_repeated_keys:
            field = ".".join(filter(None, (self._current_field(), key)))
            self.notes[-1].append(Finding("yaml-duplicate", params=params, place=Place(self.file, line, field)))
        else:
            self._add_problem("yaml-duplicate", line, **params)

    def _merge(self, target: _Node, merged: _Node) -> None:
        if not isinstance(merged.content, dict) or not isinstance(target.content, dict):
            self._add_problem("yaml-merge", merged.line)
            return
        for key, value in merged.content.items():
            is_repeated = key in target.content
            if is_repeated and self.takes_repeated_keys:
                self._report_repeated_key(key, merged.line, target.key_lines[key])
            # What stands beside a merge wins over it, as Helm and Ansible have it; Calico's reader says otherwise.
            if not is_repeated or self.takes_repeated_keys:
                target.content[key] = value
                target.key_lines[key] = merged.key_lines[key]

    def _key_text(self, value: _Node) -> str:
        if isinstance(value.content, dict | list):
            self._abort("yaml-key", value.line)
        return str(to_go_string(value.content))

    def _set_anchor(self, name: str | None, value: _Node) -> None:
        if name:
            self.anchors[name] = value

    def _scalar_value(self, event: yaml.ScalarEvent, line: int) -> object:
        if event.tag is None:
            return resolve_plain_scalar(event.value) if event.implicit[0] else event.value
        if not event.tag.startswith(_STANDARD_TAG):
            if event.tag != "!":
                source_text = f"{event.tag} {event.value}".strip()
                place = Place(self.file, line, self._current_field())
                self.notes[-1].append(
                    Finding("yaml-tag", params={"written": source_text, "text": event.value}, place=place)
                )
            return event.value
        value = resolve_plain_scalar(event.value)
        return value if isinstance(value, _TYPES_BY_TAG.get(event.tag.removeprefix(_STANDARD_TAG), ())) else event.value

    def _current_field(self) -> str:
        return ".".join(top.key for top in self.stack if top.key and not top.awaits_merge)

    def _add_problem(self, code: str, line: int, **params: object) -> None:
        self.problems.append(Finding(code, params=params, place=Place(self.file, line)))

    def _abort(self, code: str, line: int, **params: object) -> NoReturn:
        self._add_problem(code, line, **params)
        raise _StopReading


def _syntax_finding(error: yaml.YAMLError, text: str, file: str, first_line: int) -> Finding:
    mark = getattr(error, "problem_mark", None)
    if mark is not None:
        line = mark.line + first_line
        reason = str(getattr(error, "problem", "")) or "it cannot be read"
    else:  # a character that YAML does not allow
        position = int(getattr(error, "position", 0))
        line = text.count("\n", 0, position) + first_line
        reason = str(getattr(error, "reason", "it cannot be read"))
    return Finding("yaml-syntax", params={"reason": reason}, place=Place(file, line))
