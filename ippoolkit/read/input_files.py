"""Paths to the files behind them: one walker of folders, and archives opened within limits."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ..errors import InputError, input_error
from ..findings import Finding, Place
from .text_files import STDIN, read_bytes, source_name

AnyPath = str | Path
Buffer = bytes | memoryview

MAX_ARCHIVE_FILES = 10_000
MAX_ARCHIVE_BYTES = 2**30  # of all files of an archive together, unpacked
MAX_MEMBER_BYTES = 2**28  # of one of them, which is held in memory: as of a pipe
_CHUNK_BYTES = 2**20
_GZIP, _ZIP, _TAR_MARK, _TAR_MARK_AT = b"\x1f\x8b", b"PK\x03\x04", b"ustar", 257
_HEAD_BYTES = _TAR_MARK_AT + len(_TAR_MARK)


@dataclass(frozen=True, slots=True)
class InputFile:
    """The bytes of one file and what to call it; `named` is False for a file that a folder or an archive brought."""

    name: str
    data: Buffer
    named: bool = True


def list_files(path: AnyPath) -> Iterator[Path]:
    """Yield the files of a folder and of those in it, sorted, without hidden ones; anything else as it is."""
    folder = Path(path)
    if str(path) == STDIN or not folder.is_dir():
        yield folder
        return
    for file in sorted(folder.rglob("*")):
        is_hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
        if file.is_file() and not is_hidden:
            yield file


def read_input_files(path: AnyPath, problems: list[Finding]) -> Iterator[InputFile]:
    """Yield what is behind a path: a file, those of a folder, those of an archive (`.tar`, `.tar.gz`, `.zip`, `.gz`).

    What cannot be opened is added to `problems`; the others are still read.
    """
    is_folder = str(path) != STDIN and Path(path).is_dir()
    for file in list_files(path):
        name = source_name(file if is_folder else path)
        try:
            data = read_bytes(file, name)
            if _is_archive(data):
                yield from _unpack(data, name)
            else:
                yield InputFile(name, data, named=not is_folder)
        except InputError as error:
            problems += error.problems


def _is_archive(data: Buffer) -> bool:
    head = bytes(data[:_HEAD_BYTES])
    return head.startswith((_GZIP, _ZIP)) or head[_TAR_MARK_AT:] == _TAR_MARK


def _unpack(data: Buffer, name: str) -> Iterator[InputFile]:
    """Yield the files of an archive; nothing of it is written to disk.

    Raises
    ------
    InputError
        Where it is damaged, holds too many files, or would unpack to too many bytes.
    """
    try:
        if bytes(data[:4]) == _ZIP:
            yield from _unzip(data, name)
            return
        if bytes(data[:2]) != _GZIP:
            yield from _untar(io.BytesIO(data), name)
            return
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            is_tar = stream.read(_HEAD_BYTES)[_TAR_MARK_AT:] == _TAR_MARK
            stream.seek(0)
            if is_tar:
                yield from _untar(stream, name)
                _read_rest(stream, name)
            else:
                file_name = name.removesuffix(".gz")
                yield InputFile(file_name, _read_member(stream, file_name, MAX_ARCHIVE_BYTES))
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise input_error("archive-damaged", Place(name), reason=str(error)) from None


def _untar(stream: IO[bytes] | gzip.GzipFile, name: str) -> Iterator[InputFile]:
    remaining = MAX_ARCHIVE_BYTES
    with tarfile.open(fileobj=stream, mode="r:") as archive:
        for count, member in enumerate(archive, 1):
            _check_count(count, name)
            remaining -= member.size  # of one that is passed over, too: a packed one is unpacked for it
            _check_remaining(remaining, name)
            if member.isfile() and not _is_hidden(member.name) and (content := archive.extractfile(member)):
                file_name = f"{name}:{member.name}"
                yield InputFile(file_name, _read_member(content, file_name, member.size), named=False)


def _unzip(data: Buffer, name: str) -> Iterator[InputFile]:
    remaining = MAX_ARCHIVE_BYTES
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        _check_count(len(archive.infolist()), name)
        for member in archive.infolist():
            if member.is_dir() or _is_hidden(member.filename):
                continue
            file_name = f"{name}:{member.filename}"
            with archive.open(member) as stream:
                file = InputFile(file_name, _read_member(stream, file_name, remaining), named=False)
            remaining -= len(file.data)
            _check_remaining(remaining, name)
            yield file
            del file


def _read_rest(stream: IO[bytes] | gzip.GzipFile, name: str) -> None:
    """Read what comes behind the files: only the end of packed data tells whether it is whole."""
    size = 0
    while chunk := stream.read(_CHUNK_BYTES):
        size += len(chunk)
        _check_remaining(MAX_ARCHIVE_BYTES - size, name)


def _read_member(stream: IO[bytes] | gzip.GzipFile, name: str, most: int) -> memoryview:
    """Read one file of an archive, whatever size the archive states: up to `most` bytes, and one chunk beyond."""
    content = bytearray()
    while len(content) <= most and (chunk := stream.read(_CHUNK_BYTES)):
        content += chunk
        if len(content) > MAX_MEMBER_BYTES:
            raise input_error("file-large", Place(name), size=len(content), most=MAX_MEMBER_BYTES)
    return memoryview(content)


def _is_hidden(member_name: str) -> bool:
    return any(part.startswith(".") and part.strip(".") for part in member_name.split("/"))


def _check_count(count: int, name: str) -> None:
    if count > MAX_ARCHIVE_FILES:
        raise input_error("archive-files", Place(name), most=MAX_ARCHIVE_FILES)


def _check_remaining(remaining: int, name: str) -> None:
    if remaining < 0:
        raise input_error("archive-large", Place(name), most=MAX_ARCHIVE_BYTES)
