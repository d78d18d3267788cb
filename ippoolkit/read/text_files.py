"""Files to text to documents, with a clear word for everything that is no text."""

from __future__ import annotations

import codecs
import mmap
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from ..errors import InputError, input_error
from ..findings import Place
from .document import Document
from .json_text import read_json, read_json_lines
from .yaml_text import MAX_YAML_BYTES, read_yaml

# What is no list of objects is held in memory as a whole: of a text its lines, of JSON its values.
MAX_TEXT_BYTES = 2**25
MAX_JSON_BYTES = 2**24
MAX_LINES = 1_000_000
# Lists of objects are read without holding their text.
MAX_MAPPED_BYTES = 2**33
MAP_FILES_FROM_BYTES = 2**24
MAX_STREAM_BYTES = 2**28  # of a pipe, which cannot be mapped
_STREAM_CHUNK_BYTES = 2**20
STDIN = "-"


def read_documents(file: str | Path) -> list[Document]:
    """Read the documents of a YAML or JSON file; ``-`` is standard input.

    Raises
    ------
    InputError
        Where the file is missing, empty, binary, too large, or not in its format.
    """
    name, text = read_text(file)
    return parse_documents(text, name)


def parse_documents(text: str, name: str) -> list[Document]:
    """Read the documents of a text.

    Raises
    ------
    InputError
        Where it is empty, too large, or neither YAML nor JSON.
    """
    if not text.strip():
        raise input_error("file-empty", Place(name))
    is_json = name.endswith(".json")
    if not is_json and text.lstrip()[0] not in "{[":
        if len(text) > MAX_YAML_BYTES:
            raise input_error("file-large-yaml", Place(name), size=len(text), most=MAX_YAML_BYTES)
        return read_yaml(text, name)
    if len(text) > MAX_JSON_BYTES:
        raise input_error("file-large-text", Place(name), size=len(text), most=MAX_JSON_BYTES)
    try:
        return read_json(text, name)
    except InputError:
        if is_json:
            raise
        if documents := read_json_lines(text, name):
            return documents
        if len(text) <= MAX_YAML_BYTES:
            with suppress(InputError):
                return read_yaml(text, name)  # in flow style
        raise


def read_text(file: str | Path) -> tuple[str, str]:
    """Read a text file; return what to call it, and its text.

    Raises
    ------
    InputError
        Where the file is missing, binary or too large.
    """
    name = source_name(file)
    return name, decode_text(read_bytes(file, name), name)


def source_name(file: str | Path) -> str:
    """Return what messages call a file."""
    return "standard input" if str(file) == STDIN else str(file)


def read_bytes(file: str | Path, name: str) -> bytes | memoryview:
    """Read a file; a large one is mapped, not held in memory.

    Raises
    ------
    InputError
        Where it is missing, a folder or a device, or too large.
    """
    if str(file) == STDIN:
        return _read_stream(sys.stdin.buffer, name)
    path = Path(file)
    try:
        status = path.stat()
        mode, size = status.st_mode, status.st_size
        if stat.S_ISREG(mode) and size < MAP_FILES_FROM_BYTES:
            return path.read_bytes()
        if stat.S_ISREG(mode) and size <= MAX_MAPPED_BYTES:
            with path.open("rb") as handle:
                return memoryview(mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ))
        if stat.S_ISFIFO(mode) and path.parent.name == "fd":  # the shell's <(command)
            with path.open("rb") as handle:
                return _read_stream(handle, name)
    except FileNotFoundError:
        raise input_error("file-missing", Place(name)) from None
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise input_error("file-unreadable", Place(name), reason=reason) from None
    if stat.S_ISDIR(mode):
        raise input_error("file-folder", Place(name))
    if stat.S_ISREG(mode):
        raise input_error("file-large", Place(name), size=size, most=MAX_MAPPED_BYTES)
    raise input_error("file-unreadable", Place(name), reason="not a regular file")


def _read_stream(stream: BinaryIO, name: str) -> bytes:
    """Read what a pipe brings; one without an end, or of zeros, is refused before memory runs out."""
    chunks: list[bytes] = []
    size = 0
    while chunk := stream.read(_STREAM_CHUNK_BYTES):
        size += len(chunk)
        if size > MAX_STREAM_BYTES:
            raise input_error("file-large", Place(name), size=size, most=MAX_STREAM_BYTES)
        if not chunks and not chunk.strip(b"\0"):
            raise input_error("file-binary", Place(name))
        chunks.append(chunk)
    return b"".join(chunks)


def decode_text(data: bytes | memoryview, name: str) -> str:
    """Return the text behind bytes.

    Raises
    ------
    InputError
        Where it is no text, or too large to be read as a whole.
    """
    if len(data) > MAX_TEXT_BYTES:
        raise input_error("file-large-text", Place(name), size=len(data), most=MAX_TEXT_BYTES)
    data = bytes(data)
    if (lines := data.count(b"\n")) > MAX_LINES:
        raise input_error("file-lines", Place(name), lines=lines, most=MAX_LINES)
    # A PowerShell redirection writes UTF-16 with its mark.
    utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        raise input_error("file-binary", Place(name)) from None
    if "\0" in text:
        raise input_error("file-binary", Place(name))
    return text
