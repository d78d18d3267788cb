"""Files to text to documents, with a clear word for everything that is no text."""

from __future__ import annotations

import codecs
import sys
from pathlib import Path

from ..errors import InputError
from ..findings import Finding, Place
from .document import Document
from .json_text import read_json
from .yaml_text import MOST_BYTES as MOST_YAML_BYTES
from .yaml_text import read_yaml

MOST_BYTES = 2**30
STDIN = "-"


def read_documents(file: str | Path) -> list[Document]:
    """Read the documents of a YAML or JSON file; ``-`` is standard input.

    Raises
    ------
    InputError
        Where the file is missing, empty, binary, too large, or not in its format.
    """
    name, text = read_text(file)
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
    return name, _decode(_bytes(file, name), name)


def _bytes(file: str | Path, name: str) -> bytes:
    if str(file) == STDIN:
        return sys.stdin.buffer.read(MOST_BYTES)
    try:
        path = Path(file)
        if path.is_dir():
            raise _error("file-folder", name)
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise _error("file-large", name, size=size, most=MOST_BYTES)
        return path.read_bytes()
    except FileNotFoundError:
        raise _error("file-missing", name) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _error("file-unreadable", name, reason=reason) from None


def _decode(data: bytes, name: str) -> str:
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
