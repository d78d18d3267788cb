"""The folder that reports are written to: whole files only, a record of each report, one writer at a time.

The records stand in ``.ippoolkit/NAME.json``: the hash of everything that a report was made from, and of each file that
was made. A report whose record and files still agree need not be made again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from ..errors import InputError
from ..findings import Finding, Place
from ..write.atomic import TEMPORARY_SUFFIX, unwritable_error, write_atomically

STATE_DIR = ".ippoolkit"


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
            lock = FileLock(self._state_dir / "lock")
            lock.acquire(timeout=0)
        except Timeout:
            raise InputError([Finding("folder-busy", place=Place(str(self.path)))]) from None
        except OSError as error:
            raise unwritable_error(self.path, error) from None
        try:
            for leftover in self._state_dir.glob(f"*{TEMPORARY_SUFFIX}"):
                leftover.unlink(missing_ok=True)
            yield
        finally:
            lock.release()

    @property
    def _state_dir(self) -> Path:
        return self.path / STATE_DIR

    def _write(self, target: Path, content: bytes) -> None:
        write_atomically(target, content, self._state_dir)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
