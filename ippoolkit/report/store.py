"""The folder that reports are written to: whole files only, a record of each report, one writer at a time.

The records stand in ``.ippoolkit/NAME.json``: the hash of everything that a report was made from, and of each file that
was made. A report whose record and files still agree need not be made again.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..findings import Finding, Place

HIDDEN = ".ippoolkit"
_BESIDE = ".new"


@dataclass(frozen=True, slots=True)
class Record:
    """What one report was made from, its files with their hashes, and what sums it up."""

    key: str
    files: Mapping[str, str]
    summary: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Store:
    """A folder of reports."""

    folder: Path

    def made(self, name: str, key: str) -> Record | None:
        """Return the record of a report that was made from the same and is whole; else None."""
        try:
            data = json.loads((self._hidden / f"{name}.json").read_text(encoding="utf-8"))
            record = Record(data["key"], data["files"], data["summary"])
            same = all(_sha((self.folder / file).read_bytes()) == sha for file, sha in record.files.items())
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        return record if same and record.key == key and record.files else None

    def put(self, name: str, key: str, files: Mapping[str, bytes], summary: Mapping[str, Any]) -> Record:
        """Write the files of a report, each whole or not at all, then its record.

        Raises
        ------
        InputError
            Where they cannot be written.
        """
        before = self._hidden / f"{name}.json"
        hashes = {file: _sha(content) for file, content in files.items()}
        record = Record(key, hashes, summary)
        for file, content in files.items():
            self._place(self.folder / file, content)
        text = json.dumps({"key": key, "files": hashes, "summary": dict(summary)}, ensure_ascii=False, indent=1)
        self._place(before, f"{text}\n".encode())
        return record

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Keep others out while reports are written here, and sweep up what a killed writer left.

        Raises
        ------
        InputError
            Where somebody else is writing, or the folder cannot be made.
        """
        try:
            self._hidden.mkdir(parents=True, exist_ok=True)
            lock = (self._hidden / "lock").open("w")
        except OSError as error:
            raise _unwritable(self.folder, error) from None
        with lock:
            if not _locked(lock):
                raise InputError([Finding("folder-busy", place=Place(str(self.folder)))])
            for left in self._hidden.glob(f"*{_BESIDE}"):
                left.unlink(missing_ok=True)
            yield

    @property
    def _hidden(self) -> Path:
        return self.folder / HIDDEN

    def _place(self, target: Path, content: bytes) -> None:
        place(target, content, self._hidden)


def place(target: Path, content: bytes, beside: Path | None = None) -> Path:
    """Write a file in a folder of the same file system and rename it to its place.

    Raises
    ------
    InputError
        Where it cannot be written.
    """
    new = (beside or target.parent) / f".{secrets.token_hex(8)}{_BESIDE}"
    try:
        try:
            new.write_bytes(content)
            new.replace(target)
        finally:
            new.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(target, error) from None
    return target


def _locked(file: Any) -> bool:
    """Lock a file until it is closed, however its process ends; True where the system has no such locks."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _unwritable(path: Path, error: OSError) -> InputError:
    numbers = {"reason": error.strerror or str(error)}
    return InputError([Finding("file-unwritable", numbers=numbers, place=Place(str(path)))])
