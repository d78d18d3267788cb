"""Manifests as people have them: files, folders, archives, standard input, and pastes of a terminal.

A file that is a manifest is judged as it stands, byte for byte. A paste is not what calicoctl would be given: its
manifests are taken out, and the rest of it is named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from ..errors import InputError
from ..findings import Finding, LocalizedText, Place
from ..read.input_files import read_input_files
from ..read.pastes import Piece, clean_lines, is_flat, is_paste, split_pieces, unread_line_findings
from ..read.piece_kinds import PIECE_KINDS
from ..read.text_files import decode_text
from .manifest_file import ManifestFile, parse_manifests

TakeText = Callable[[str, str], bool]
_MANIFEST_SUFFIXES = (".yaml", ".yml", ".json")


def read_manifest_files(path: str | Path, take_text: TakeText = lambda _text, _name: False) -> Iterator[ManifestFile]:
    """Yield the manifests behind a path: a file, those of a folder or an archive; ``-`` is standard input.

    Parameters
    ----------
    path
        The file, folder or archive.
    take_text
        Gets each text with its name first, and says whether it took all that is in it.

    Raises
    ------
    InputError
        Where a file is missing, binary or too large. What is wrong with its YAML is in `ManifestFile.problems`.
    """
    problems: list[Finding] = []
    for file in read_input_files(path, problems):
        try:
            text = decode_text(file.data, file.name)
            if take_text(text, file.name):
                continue
            manifests = find_manifests(text, file.name)
        except InputError as error:
            problems += error.problems
            continue
        finally:
            is_named = file.named
            del file  # before the next one of an archive is unpacked
        is_broken = bool(manifests.problems) and manifests.file.lower().endswith(_MANIFEST_SUFFIXES)
        if is_named or is_broken or _holds_objects(manifests):
            yield manifests
        else:  # in a folder there may be anything
            yield ManifestFile(manifests.file, (), notes=_without_manifest(manifests))
    if problems:
        raise InputError(problems)


def _without_manifest(manifests: ManifestFile) -> tuple[Finding, ...]:
    """Say what a file without manifests is, where it stands among others."""
    notes = tuple(
        replace(problem, code="piece-not-manifest") for problem in manifests.problems if problem.code == "no-manifest"
    )
    return notes or (Finding("file-unread", place=Place(manifests.file)),)


def find_manifests(text: str, name: str) -> ManifestFile:
    """Return the manifests of a text: the whole of it, or those that stand in a paste.

    Parameters
    ----------
    text
        A manifest, or what was copied from a terminal, a mail or an issue.
    name
        What to call it.
    """
    manifests = parse_manifests(text, name)
    if not _holds_objects_only(manifests):
        manifests = _manifests_of_paste(text, name) or manifests
    is_complete = text.endswith(("\n", "}", "]"))
    return manifests if is_complete else replace(manifests, last_line=text.count("\n") + 1)


def _manifests_of_paste(text: str, name: str) -> ManifestFile | None:
    """Return the manifests among what else was copied; None where nothing was."""
    lines = clean_lines(text)
    if is_paste(lines):
        return _manifests_of_pieces(list(split_pieces(lines)), name)
    if not text.isascii():
        lines = clean_lines(text, plain_blanks=False)
    without_quoting = "\n".join(line for _, line in lines) + "\n"
    if without_quoting.rstrip() == text.rstrip():
        return None
    manifests = parse_manifests(without_quoting, name)
    return manifests if _holds_objects_only(manifests) else None


def _holds_objects(manifests: ManifestFile) -> bool:
    return any(isinstance(document.value, Mapping | list) for document in manifests.documents)


def _holds_objects_only(manifests: ManifestFile) -> bool:
    def is_object(value: object) -> bool:
        return value is None or (isinstance(value, Mapping) and "kind" in value)

    items = manifests.items
    return not manifests.problems and all(map(is_object, items)) and any(item is not None for item in items)


def _manifests_of_pieces(pieces: list[Piece], name: str) -> ManifestFile:
    """Parse the documents of a paste, each for itself; say what else stands there."""
    parsed: list[ManifestFile] = []
    other_pieces: list[Piece] = []
    for piece in pieces:
        manifests = parse_manifests(piece.text, name) if piece.kind == "document" else None
        if manifests is not None and not (manifests.problems and is_flat(piece)):
            parsed.append(manifests)
        elif manifests is not None:
            other_pieces.append(replace(piece, kind="unrecognized"))
        elif piece.kind not in ("command", "error"):
            other_pieces.append(piece)
    documents = tuple(
        document for manifests in parsed for document in manifests.documents if document.value is not None
    )
    problems = tuple(problem for manifests in parsed for problem in manifests.problems)
    if not documents and not problems:
        # Prose says nothing of manifests.
        named_pieces = [piece for piece in other_pieces if piece.kind != "unrecognized"] or other_pieces
        first_of_each_kind = {piece.kind: piece for piece in reversed(named_pieces)}
        problems = tuple(_piece_finding("no-manifest", piece, name) for piece in reversed(first_of_each_kind.values()))
        return ManifestFile(name, (), problems or (Finding("no-resources", place=Place(name)),))
    unrecognized = [piece for piece in other_pieces if piece.kind == "unrecognized"]
    notes = [
        _piece_finding("piece-not-manifest", piece, name) for piece in other_pieces if piece.kind != "unrecognized"
    ]
    return ManifestFile(name, documents, problems, (*notes, *unread_line_findings(unrecognized, name)))


def _piece_finding(code: str, piece: Piece, name: str) -> Finding:
    params = {
        "what": LocalizedText(PIECE_KINDS[piece.kind].label),
        "line": piece.lines[0][1].strip()[:80],
        "count": len(piece.lines),
    }
    return Finding(code, params=params, place=Place(name, piece.lines[0][0]))
