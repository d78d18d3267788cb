"""Files to text to documents, with a clear word for everything that is no text."""

from __future__ import annotations

import codecs
import mmap
import sys
from pathlib import Path

from ..errors import InputError
from ..findings import Finding, Place
from .document import Document
from .json_text import read_json
from .yaml_text import MOST_BYTES as MOST_YAML_BYTES
from .yaml_text import read_yaml

MOST_BYTES = 2**30
# Lists of objects are read without holding their text.
MOST_MAPPED_BYTES = 2**33
MAPPED_FROM = 2**24
STDIN = "-"


def read_documents(file: str | Path) -> list[Document]:
    """Read the documents of a YAML or JSON file; ``-`` is standard input.

    Raises
    ------
    InputError
        Where the file is missing, empty, binary, too large, or not in its format.
    """
    name, text = read_text(file)
    return documents_of(text, name)


def documents_of(text: str, name: str) -> list[Document]:
    """Read the documents of a text.

    Raises
    ------
    InputError
        Where it is empty, too large, or neither YAML nor JSON.
    """
    if not text.strip():
        raise _error("file-empty", name)
    if name.endswith(".json"):
        return read_json(text, name)
    if text.lstrip()[0] in "{[":  # JSON, or YAML in flow style
        try:
            return read_json(text, name)
        except InputError:
            if len(text) > MOST_YAML_BYTES:
                raise
            try:
                return read_yaml(text, name)
            except InputError:
                pass
            raise
    if len(text) > MOST_YAML_BYTES:
        raise _error("file-large-yaml", name, size=len(text), most=MOST_YAML_BYTES)
    return read_yaml(text, name)


def read_text(file: str | Path) -> tuple[str, str]:
    """Read a text file; return what to call it, and its text.

    Raises
    ------
    InputError
        Where the file is missing, binary or too large.
    """
    name = "standard input" if str(file) == STDIN else str(file)
    return name, decoded(read_bytes(file, name), name)


def read_bytes(file: str | Path, name: str) -> bytes | memoryview:
    """Read a file; a large one is mapped, not held in memory.

    Raises
    ------
    InputError
        Where it is missing, no file, or too large.
    """
    if str(file) == STDIN:
        return sys.stdin.buffer.read(MOST_MAPPED_BYTES)
    try:
        path = Path(file)
        if path.is_dir():
            raise _error("file-folder", name)
        size = path.stat().st_size
        if size > MOST_MAPPED_BYTES:
            raise _error("file-large", name, size=size, most=MOST_MAPPED_BYTES)
        if size < MAPPED_FROM:
            return path.read_bytes()
        with path.open("rb") as opened:
            return memoryview(mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ))
    except FileNotFoundError:
        raise _error("file-missing", name) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _error("file-unreadable", name, reason=reason) from None


def decoded(data: bytes | memoryview, name: str) -> str:
    """Return the text behind bytes.

    Raises
    ------
    InputError
        Where it is no text, or too large to be read as a whole.
    """
    if len(data) > MOST_BYTES:
        raise _error("file-large", name, size=len(data), most=MOST_BYTES)
    data = bytes(data)
    # A PowerShell redirection writes UTF-16 with its mark.
    utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        raise _error("file-binary", name) from None
    if "\0" in text:
        raise _error("file-binary", name)
    return text


def _error(code: str, name: str, **numbers: object) -> InputError:
    return InputError([Finding(code, numbers=numbers, place=Place(name))])
