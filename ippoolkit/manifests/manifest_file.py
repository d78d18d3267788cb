"""The documents of a manifest file, cut as Kubernetes' reader cuts them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..errors import InputError
from ..findings import Finding, Place
from ..findings.codes.rule import CALICOCTL_AND_CRD
from ..read.document import Document, FieldPath
from ..read.json_text import split_json_objects
from ..read.yaml_text import MAX_YAML_BYTES, read_yaml

_DOCUMENT_SEPARATOR = "\n---"
_YAML_VERSION = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\r?\n)*%YAML[ \t]+([0-9.]+)")


@dataclass(frozen=True, slots=True)
class ManifestFile:
    """A file of manifests: its documents, what keeps it from being read, and what else there is to say of it."""

    file: str
    documents: tuple[Document, ...]
    problems: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()
    last_line: int = 0  # of a file that ends without ending its line, as one that was cut does

    @property
    def items(self) -> list[object]:
        """What its documents hold; of a document that is a list its items."""
        values = [document.value for document in self.documents]
        return [item for value in values for item in (value if isinstance(value, list) else [value])]


def parse_manifests(text: str, file: str) -> ManifestFile:
    """Cut a text into documents; YAML and JSON alike are read by the YAML reader, as calicoctl and kubectl do.

    Parameters
    ----------
    text
        The text.
    file
        What to call it.
    """
    if len(text) > MAX_YAML_BYTES:
        params = {"size": len(text), "most": MAX_YAML_BYTES}
        return ManifestFile(
            file, (), (Finding("file-large-yaml", params=params, place=Place(file), refused_by=CALICOCTL_AND_CRD),)
        )
    documents: list[Document] = []
    problems: list[Finding] = []
    for line, chunk in _split_documents(text):
        json_objects = [(line + item.line - 1, chunk[item.position]) for item in split_json_objects(chunk)]
        for position, (object_line, object_text) in enumerate(json_objects or [(line, chunk)]):
            try:
                parsed = read_yaml(object_text, file, object_line, as_manifest=True)
            except InputError as error:
                problems += error.problems
                continue
            # Behind a "..." another document could follow; the readers stop at the first.
            document = parsed[0] if parsed else Document.at_place(Place(file, object_line))
            if position:
                document = replace(
                    document, notes=(*document.notes, Finding("json-not-first", place=document.place(())))
                )
            documents.append(document)
            problems += _unreadable_value_findings(object_text, document, object_line)
    return ManifestFile(
        file, tuple(documents), tuple(replace(problem, refused_by=CALICOCTL_AND_CRD) for problem in problems)
    )


def _split_documents(text: str) -> Iterator[tuple[int, str]]:
    """Yield each document's text with the number of its first line; what follows --- on its line is dropped."""
    start, line = 0, 1
    while start < len(text):
        end = text.find(_DOCUMENT_SEPARATOR, start)
        if end < 0:
            yield line, text[start:]
            return
        separator_end = end + len(_DOCUMENT_SEPARATOR)
        line_end = text.find("\n", separator_end)
        if line_end < 0 and separator_end < len(text):
            return  # the reader waits for the end of this line, meets the end of the file, and drops all that is left
        yield line, text[start:end]
        if line_end < 0:
            return
        line += text.count("\n", start, line_end + 1)
        start = line_end + 1


def _unreadable_value_findings(chunk: str, document: Document, first_line: int) -> Iterator[Finding]:
    """Find what our reader takes and Calico's does not."""
    version = _YAML_VERSION.match(chunk)
    if version and version[1] != "1.1":
        line = first_line + chunk.count("\n", 0, version.start(1))
        yield Finding("yaml-version", params={"version": version[1]}, place=Place(document.file, line))
    for path, value in _iter_scalars(document.value):
        if isinstance(value, float) and not math.isfinite(value):
            params = {"value": document.source_text(path) or str(value)}
            yield Finding("number-infinite", params=params, place=document.place(path))


def _iter_scalars(value: object, path: FieldPath = ()) -> Iterator[tuple[FieldPath, object]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _iter_scalars(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _iter_scalars(item, (*path, index))
    else:
        yield path, value
