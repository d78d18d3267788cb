"""What one file or paste holds: a list of objects, an installer's file, documents, or what a terminal printed."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import InputError, input_error
from ..findings import Finding, Place, Severity
from .calico_messages import find_meaning, has_message, message_findings
from .calico_release import release_in_text
from .document import Document
from .document_reader import DocumentReader
from .input_files import InputFile
from .json_lists import read_list
from .pastes import Piece, clean_lines, is_flat, is_paste, split_pieces, unread_line_findings
from .piece_kinds import PIECE_KINDS
from .reported import RecognizedPiece
from .table_layout import NumberedLines
from .text_files import decode_text, parse_documents

_MISSING_PARTS = frozenset({"field-missing", "block-attribute"})


def recognize(text: str) -> list[RecognizedPiece]:
    """Say what the parts of a pasted text are, without reading them: for a paste box, line by line."""
    return [_recognize_piece(piece, "paste") for piece in split_pieces(clean_lines(text))]


def read_contents(file: InputFile, reader: DocumentReader) -> None:
    """Read what a file holds: objects, an installer's settings, or a paste.

    Raises
    ------
    InputError
        Where it is empty, binary, too large, or nothing that is known.
    """
    if (document := read_list(file.data, file.name)) is not None:
        reader.add_document(document, is_named=file.named)
        return
    text = decode_text(file.data, file.name)
    if not text.strip():
        raise input_error("file-empty", Place(file.name))
    if reader.installer.read_text(text, file.name):
        return
    reader.reported.release = reader.reported.release or release_in_text(text)
    lines = clean_lines(text)
    if not text.isascii() and not is_paste(lines):  # a document stays what it is, to its blanks
        lines = clean_lines(text, plain_blanks=False)
    is_complete = text.endswith(("\n", "}", "]"))  # as commands end, and as JSON does
    is_partly_quoted = "\n>" in text and not text.startswith(">")
    if any(line != raw for (_, line), raw in zip(lines, text.split("\n"), strict=False)):
        text = "\n".join(line for _, line in lines) + "\n"  # without quoting, indentation, names of files
    try:
        if is_paste(lines) or is_partly_quoted or has_message(text):
            _read_paste(lines, file, reader)
        else:
            for document in parse_documents(text, file.name):
                reader.add_document(document, is_named=file.named)
    finally:
        if not is_complete:
            _note_cut_file(text, file.name, reader)


def _note_cut_file(text: str, name: str, reader: DocumentReader) -> None:
    """Note a file without its last newline of whose last lines something is wrong or missing: it was cut."""
    last_line = text.count("\n") + 1
    findings = (*reader.collector.problems, *reader.collector.notes, *reader.reported.notes)
    errors = [
        finding
        for finding in findings
        if finding.severity is Severity.ERROR and finding.place and finding.place.file == name
    ]
    is_cut = any(error.code in _MISSING_PARTS or error.place.line == last_line for error in errors if error.place)
    if is_cut and not any(error.code == "file-cut" for error in errors):
        reader.collector.problems.append(Finding("file-cut", place=Place(name, last_line)))


def _read_paste(lines: NumberedLines, file: InputFile, reader: DocumentReader) -> None:
    name, reported, collector = file.name, reader.reported, reader.collector
    understood = 0
    unread: list[Piece] = []
    if event := next((number for number, line in lines if "CIDRNotAvailable" in line), None):
        reported.notes.append(Finding("node-ranges-event", place=Place(name, event)))
        understood += 1
    if messages := list(message_findings(lines, name)):
        reported.notes += messages
        understood += 1
    for piece in split_pieces(lines):
        reported.pieces.append(_recognize_piece(piece, name))
        if piece.kind == "error":
            number, line = piece.lines[0]
            reader.add_error_message(line, Place(name, number))
            understood += 1
        elif piece.kind == "document":
            understood += _read_document_piece(piece, file, reader, unread)
        elif read_piece := PIECE_KINDS[piece.kind].read:
            read_piece(list(piece.lines), name, reported)
            understood += 1
        elif piece.kind == "command":
            understood += reader.installer.read_command(piece.command, Place(name, piece.lines[0][0]))
        elif piece.kind == "unrecognized" and not any(find_meaning(line) for _, line in piece.lines):
            unread.append(piece)
    collector.notes += unread_line_findings(unread, name)
    for listed in reported.objects:
        collector.add_document(Document.at_place(listed.place, listed.value))
    kinds_seen = set(collector.kinds_seen)
    for listed in reported.single_objects:
        collector.add_document(Document.at_place(listed.place, listed.value))
    collector.kinds_seen = kinds_seen
    reported.objects.clear()
    reported.single_objects.clear()
    if not understood:
        collector.problems.append(Finding("table-unknown", place=Place(name)))


def _read_document_piece(piece: Piece, file: InputFile, reader: DocumentReader, unread: list[Piece]) -> bool:
    if (document := read_list(piece.text.encode(), file.name)) is not None:
        reader.add_document(document, is_named=file.named)
        return True
    try:
        documents = parse_documents(piece.text, file.name)
    except InputError as error:
        if is_flat(piece):
            unread.append(piece)
        else:
            reader.collector.problems += error.problems
        return False
    for document in documents:
        if _is_heading(document.value):  # prose that ends in a colon
            unread.append(piece)
            continue
        reader.add_document(document, is_named=file.named)
    return True


def _is_heading(value: object) -> bool:
    return isinstance(value, Mapping) and len(value) == 1 and list(value.values()) == [None]


def _recognize_piece(piece: Piece, file: str) -> RecognizedPiece:
    return RecognizedPiece(file, *piece.span, piece.kind)
