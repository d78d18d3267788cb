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

STATE_DIR = ".ippoolkit"
_TEMPORARY_SUFFIX = ".new"


@dataclass(frozen=True, slots=True)
class ReportRecord:
    """What one report was made from, its files with their hashes, and what sums it up."""

    input_hash: str
    file_hashes: Mapping[str, str]
    summary: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReportFolder:
    """A folder of reports."""

    path: Path

    def find_current(self, stem: str, input_hash: str) -> ReportRecord | None:
        """Return the record of a report that was made from the same and is whole; else None."""
        try:
            data = json.loads((self._state_dir / f"{stem}.json").read_text(encoding="utf-8"))
            record = ReportRecord(data["key"], data["files"], data["summary"])
            files_unchanged = all(
                _sha256((self.path / file).read_bytes()) == sha for file, sha in record.file_hashes.items()
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        return record if files_unchanged and record.input_hash == input_hash and record.file_hashes else None

    def write_report(
        self, stem: str, input_hash: str, files: Mapping[str, bytes], summary: Mapping[str, Any]
    ) -> ReportRecord:
        """Write the files of a report, each whole or not at all, then its record.

        Raises
        ------
        InputError
            Where they cannot be written.
        """
        record_file = self._state_dir / f"{stem}.json"
        hashes = {file: _sha256(content) for file, content in files.items()}
        record = ReportRecord(input_hash, hashes, summary)
        for file, content in files.items():
            self._write(self.path / file, content)
        text = json.dumps({"key": input_hash, "files": hashes, "summary": dict(summary)}, ensure_ascii=False, indent=1)
        self._write(record_file, f"{text}\n".encode())
        return record

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep others out while reports are written here, and sweep up what a killed writer left.

        Raises
        ------
        InputError
            Where somebody else is writing, or the folder cannot be made.
        """
        try:
            self._state_dir.mkdir(parents=True, exist_ok=True)
            lock_file = (self._state_dir / "lock").open("w")
        except OSError as error:
            raise _unwritable_error(self.path, error) from None
        with lock_file:
            if not _try_lock(lock_file):
                raise InputError([Finding("folder-busy", place=Place(str(self.path)))])
            for leftover in self._state_dir.glob(f"*{_TEMPORARY_SUFFIX}"):
                leftover.unlink(missing_ok=True)
            yield

    @property
    def _state_dir(self) -> Path:
        return self.path / STATE_DIR

    def _write(self, target: Path, content: bytes) -> None:
        write_atomically(target, content, self._state_dir)


def write_atomically(target: Path, content: bytes, temporary_dir: Path | None = None) -> Path:
    """Write a file in a folder of the same file system and rename it to its place.

    Raises
    ------
    InputError
        Where it cannot be written.
    """
    temporary = (temporary_dir or target.parent) / f".{secrets.token_hex(8)}{_TEMPORARY_SUFFIX}"
    try:
        try:
            temporary.write_bytes(content)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable_error(target, error) from None
    return target


def _try_lock(file: Any) -> bool:
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


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _unwritable_error(path: Path, error: OSError) -> InputError:
    params = {"reason": error.strerror or str(error)}
    return InputError([Finding("file-unwritable", params=params, place=Place(str(path)))])
