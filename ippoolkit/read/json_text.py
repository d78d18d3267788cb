"""JSON text to a document; the lines of its values are looked up only when somebody asks for one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from ..errors import InputError, input_error
from ..findings import Finding, Place
from .document import MAX_NESTING, Document, FieldPath

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\],:]|[^\s{}\[\],:"]++')
_BLANKS = re.compile(r"\s*")
# An index takes up to 60 times its text; larger texts are read again for each look, up to so many characters in all.
_MAX_INDEXED_CHARACTERS = 2**21
_MAX_READ_CHARACTERS = 2**22
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def read_json(text: str, file: str) -> list[Document]:
    """Read a JSON text, which is one document.

    Raises
    ------
    InputError
        For anything that is not JSON, a key that stands twice included.
    """
    has_duplicate_keys = False

    def build_mapping(items: list[tuple[str, object]]) -> dict[str, object]:
        nonlocal has_duplicate_keys
        mapping = dict(items)
        has_duplicate_keys = has_duplicate_keys or len(mapping) < len(items)
        return mapping

    try:
        value = load_json(text, object_pairs_hook=build_mapping, parse_constant=_reject_constant)
    except json.JSONDecodeError as error:
        raise input_error("json-syntax", Place(file, error.lineno), reason=error.msg) from None
    except _TooDeepError:
        raise input_error("too-deep", Place(file), depth=MAX_NESTING) from None
    except ValueError as error:
        raise input_error("json-syntax", Place(file), reason=str(error)) from None
    if _SURROGATE.search(text) and not _is_valid_unicode(value):
        raise input_error("json-syntax", Place(file), reason="half of a surrogate pair")
    if has_duplicate_keys:
        raise InputError(_duplicate_key_findings(text, file))
    return [Document(file, value, LineIndex(text))]


class _TooDeepError(ValueError):
    """Lists and mappings lie deeper in each other than the kit's own recursions go."""

    def __init__(self) -> None:
        super().__init__("nested too deep")


def load_json(text: str | bytes, **hooks: Any) -> Any:
    """Return the value of a JSON text; `hooks` are those of `json.loads`.

    Raises
    ------
    ValueError
        Where it is no JSON, or nested too deep to be read.
    """
    try:
        value = json.loads(text, **hooks)
    except RecursionError:
        raise _TooDeepError from None
    except json.JSONDecodeError:
        raise
    except ValueError as error:  # a number of too many digits; what follows is advice to programmers
        raise ValueError(str(error).partition(";")[0]) from None
    if is_too_deep(value):
        raise _TooDeepError
    return value


def is_too_deep(value: object) -> bool:
    """Whether lists and mappings lie deeper in each other than the kit's own recursions go."""
    layer = [value]
    for _ in range(MAX_NESTING + 1):
        layer = [
            child
            for parent in layer
            if isinstance(parent, dict | list)
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, dict | list)
        ]
        if not layer:
            return False
    return True


class JsonObject(NamedTuple):
    """One of several JSON objects in a text: its line, counted from 1, where it stands, and its value."""

    line: int
    position: slice
    value: dict[str, Any]


def split_json_objects(text: str) -> list[JsonObject]:
    """Cut a text into JSON objects one behind another, as in JSON Lines; none where it is one alone, or none."""
    decoder = json.JSONDecoder(parse_constant=_reject_constant)
    objects: list[JsonObject] = []
    start, line, counted = 0, 1, 0
    while (match := _BLANKS.match(text, start)) and match.end() < len(text):
        start = match.end()
        try:
            value, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            return []
        if not isinstance(value, dict) or is_too_deep(value):
            return []
        line += text.count("\n", counted, start)
        counted = start
        objects.append(JsonObject(line, slice(start, end), value))
        start = end
    return objects if len(objects) > 1 else []


def read_json_lines(text: str, file: str) -> list[Document]:
    """Read JSON objects one behind another; nothing where the text is something else."""
    return [Document.at_place(Place(file, item.line), item.value) for item in split_json_objects(text)]


def _reject_constant(constant: str) -> object:
    raise ValueError(f"{constant} is no JSON")


def _is_valid_unicode(value: object) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _duplicate_key_findings(text: str, file: str) -> list[Finding]:
    first_lines: dict[FieldPath, int] = {}
    problems = []
    for path, line in _iter_positions(text):
        if path in first_lines and isinstance(path[-1], str):
            params = {"key": path[-1], "first": first_lines[path]}
            problems.append(Finding("yaml-duplicate", params=params, place=Place(file, line)))
        first_lines.setdefault(path, line)
    return problems


class LineIndex:
    """Looks lines up; from the second look on in an index, so that many problems do not read the text many times.

    Of a text that is too large for either the lines stay unknown.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.lookups = 0
        self.lines: dict[FieldPath, int] = {}

    def __call__(self, path: FieldPath) -> int | None:
        """Return the line of the longest part of a path that is there; None where the text is too large for it."""
        self.lookups += 1
        if self.lookups == 1 or len(self.text) > _MAX_INDEXED_CHARACTERS:
            return _find_line(self.text, path) if len(self.text) * self.lookups <= _MAX_READ_CHARACTERS else None
        if not self.lines:
            for candidate, line in _iter_positions(self.text):
                self.lines.setdefault(candidate, line)
        for length in range(len(path), 0, -1):
            if (known_line := self.lines.get(path[:length])) is not None:
                return known_line
        return 1


def _find_line(text: str, path: FieldPath) -> int:
    """Line of the longest part of the path that is there."""
    best_line, matched_length = 1, 0
    for candidate, line in _iter_positions(text):
        if len(candidate) > matched_length and candidate == path[: len(candidate)]:
            best_line, matched_length = line, len(candidate)
            if matched_length == len(path):
                break
    return best_line


def _iter_positions(text: str) -> Iterator[tuple[FieldPath, int]]:
    """Yield the path and the line of every member and item of a text that is known to be JSON."""
    path: list[str | int] = []
    in_list: list[bool] = []
    line, scanned_to, expect_key = 1, 0, False
    for token in _TOKEN.finditer(text):
        line += text.count("\n", scanned_to, token.start())
        scanned_to = token.start()
        symbol = token[0]
        if symbol in "}]":
            path.pop()
            in_list.pop()
            expect_key = False
        elif symbol == ",":
            expect_key = not in_list[-1]
        elif symbol == ":":
            pass
        elif expect_key:
            path[-1] = json.loads(symbol)
            expect_key = False
            yield tuple(path), line
        else:
            if in_list and in_list[-1]:
                path[-1] = int(path[-1]) + 1
                yield tuple(path), line
            if symbol in "{[":
                path.append("" if symbol == "{" else -1)
                in_list.append(symbol == "[")
                expect_key = symbol == "{"
