"""The documents of a manifest file, cut as Kubernetes' reader cuts them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import InputError
from ..findings import Finding, Place
from ..findings.codes.rule import BOTH
from ..read.document import Document
from ..read.document import Path as FieldPath
from ..read.text import read_text
from ..read.yaml_text import MOST_BYTES, read_yaml

_SEPARATOR = "\n---"
_VERSION = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\r?\n)*%YAML[ \t]+([0-9.]+)")


@dataclass(frozen=True, slots=True)
class Manifests:
    """A file of manifests: its documents, and what keeps it from being read; either may be empty."""

    file: str
    documents: tuple[Document, ...]
    problems: tuple[Finding, ...] = ()


def read_manifests(file: str | Path) -> Manifests:
    """Read a file of manifests; ``-`` is standard input.

    Raises
    ------
    InputError
        Where the file is missing, binary or too large. What is wrong with its YAML is in `problems`.
    """
    name, text = read_text(file)
    return parse_manifests(text, name)


def parse_manifests(text: str, file: str) -> Manifests:
    """Cut a text into documents; YAML and JSON alike are read by the YAML reader, as calicoctl and kubectl do.

    Parameters
    ----------
    text
        The text.
    file
        What to call it.
    """
    if len(text) > MOST_BYTES:
        numbers = {"size": len(text), "most": MOST_BYTES}
        return Manifests(file, (), (Finding("file-large-yaml", numbers=numbers, place=Place(file), judges=BOTH),))
    documents: list[Document] = []
    problems: list[Finding] = []
    for first_line, chunk in _chunks(text):
        try:
            read = read_yaml(chunk, file, first_line)
        except InputError as error:
            problems += error.problems
            continue
        # Behind a "..." another document could follow; the readers stop at the first.
        document = read[0] if read else Document(file, None, lambda _, line=first_line: line)  # type: ignore[misc]
        documents.append(document)
        problems += _unreadable(chunk, document, first_line)
    return Manifests(file, tuple(documents), tuple(replace(problem, judges=BOTH) for problem in problems))


def _chunks(text: str) -> Iterator[tuple[int, str]]:
    """Yield each document's text with the number of its first line; what follows --- on its line is dropped."""
    line, at = 1, 0
    while at < len(text):
        end = text.find(_SEPARATOR, at)
        if end < 0:
            yield line, text[at:]
            return
        behind = end + len(_SEPARATOR)
        line_end = text.find("\n", behind)
        if line_end < 0 and behind < len(text):
            return  # the reader waits for the end of this line, meets the end of the file, and drops all that is left
        yield line, text[at:end]
        if line_end < 0:
            return
        line += text.count("\n", at, line_end + 1)
        at = line_end + 1


def _unreadable(chunk: str, document: Document, first_line: int) -> Iterator[Finding]:
    """Tell of what our reader takes and Calico's does not."""
    version = _VERSION.match(chunk)
    if version and version[1] != "1.1":
        line = first_line + chunk.count("\n", 0, version.start(1))
        yield Finding("yaml-version", numbers={"version": version[1]}, place=Place(document.file, line))
    for path, value in _scalars(document.value):
        if isinstance(value, float) and not math.isfinite(value):
            numbers = {"value": document.written(path) or str(value)}
            yield Finding("number-infinite", numbers=numbers, place=document.place(path))


def _scalars(value: object, path: FieldPath = ()) -> Iterator[tuple[FieldPath, object]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _scalars(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _scalars(item, (*path, index))
    else:
        yield path, value
