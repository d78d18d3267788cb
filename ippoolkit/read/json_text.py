"""JSON text to a document; the lines of its values are looked up only when somebody asks for one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from ..errors import InputError
from ..findings import Finding, Place
from .document import Document, Path

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def read_json(text: str, file: str) -> list[Document]:
    """Read a JSON text, which is one document.

    Raises
    ------
    InputError
        For anything that is not JSON, a key that stands twice included.
    """
    twice = False

    def pairs(items: list[tuple[str, object]]) -> dict[str, object]:
        nonlocal twice
        mapping = dict(items)
        twice = twice or len(mapping) < len(items)
        return mapping

    try:
        value = json.loads(text, object_pairs_hook=pairs, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise _error("json-syntax", file, error.lineno, reason=error.msg) from None
    except RecursionError:
        raise _error("too-deep", file, None, depth="1000") from None
    except ValueError as error:
        raise _error("json-syntax", file, None, reason=str(error).partition(";")[0]) from None
    if _SURROGATE.search(text) and not _is_unicode(value):
        raise _error("json-syntax", file, None, reason="half of a surrogate pair")
    if twice:
        raise InputError(_duplicates(text, file))
    return [Document(file, value, lambda path: line_of(text, path))]


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is no JSON")


def _is_unicode(value: object) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _error(code: str, file: str, line: int | None, **numbers: object) -> InputError:
    return InputError([Finding(code, numbers=numbers, place=Place(file, line))])


def _duplicates(text: str, file: str) -> list[Finding]:
    seen: dict[Path, int] = {}
    problems = []
    for path, line in _positions(text):
        if path in seen and isinstance(path[-1], str):
            numbers = {"key": path[-1], "first": seen[path]}
            problems.append(Finding("yaml-duplicate", numbers=numbers, place=Place(file, line)))
        seen.setdefault(path, line)
    return problems


def line_of(text: str, path: Path) -> int:
    """Line of the longest part of the path that is there."""
    best, found = 1, 0
    for here, line in _positions(text):
        if len(here) > found and here == path[: len(here)]:
            best, found = line, len(here)
            if found == len(path):
                break
    return best


def _positions(text: str) -> Iterator[tuple[Path, int]]:
    """Yield the path and the line of every member and item of a text that is known to be JSON."""
    path: list[str | int] = []
    in_list: list[bool] = []
    line, at, expect_key = 1, 0, False
    for token in _TOKEN.finditer(text):
        line += text.count("\n", at, token.start())
        at = token.start()
        mark = token[0]
        if mark in "}]":
            path.pop()
            in_list.pop()
            expect_key = False
        elif mark == ",":
            expect_key = not in_list[-1]
        elif mark == ":":
            pass
        elif expect_key:
            path[-1] = json.loads(mark)
            expect_key = False
            yield tuple(path), line
        else:
            if in_list and in_list[-1]:
                path[-1] = int(path[-1]) + 1
                yield tuple(path), line
            if mark in "{[":
                path.append("" if mark == "{" else -1)
                in_list.append(mark == "[")
                expect_key = mark == "{"
