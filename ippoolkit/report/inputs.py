"""What is to be reported on: arguments to inputs, each with a name that is safe for files."""

from __future__ import annotations

import glob
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import InputError
from ..findings import Finding, Place
from ..model import Scenario
from ..read import load
from ..read.cluster import files_of, read_cluster
from ..read.text import STDIN
from ..write import scenario_yaml

SUMMARY = "index"  # the name of the page that lists several reports
SUFFIXES = (".yaml", ".yml", ".json")
_MOST = 80  # characters of a file's name
_UNSAFE = re.compile(r"[^\w.-]+")  # letters of any script stay
Given = str | Path | Scenario | Sequence[str | Path]
# Names that Windows keeps for devices, whatever their suffix.
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


@dataclass(frozen=True, slots=True)
class Input:
    """One input: what the user calls it, the name of its report's files, and a scenario or the files to read."""

    told: str
    name: str
    files: tuple[Path, ...] = ()
    scenario: Scenario | None = None

    def read(self, *, lenient: bool = False) -> Scenario:
        """Return the scenario; `lenient` reads what can be read of a cluster, tables too, and calls the rest unknown.

        Raises
        ------
        InputError
            Where it cannot be read.
        """
        if self.scenario is not None:
            return self.scenario
        return read_cluster(*self.files).scenario if lenient else load(*self.files)

    def digest(self) -> str:
        """Return the SHA-256 of what is read.

        Raises
        ------
        InputError
            Where a file cannot be read.
        """
        made = hashlib.sha256()
        if self.scenario is not None:
            made.update(scenario_yaml(self.scenario).encode())
        for file in self.files:
            try:
                content = file.read_bytes()
            except OSError as error:
                numbers = {"reason": error.strerror or str(error)}
                raise InputError([Finding("file-unreadable", numbers=numbers, place=Place(str(file)))]) from None
            # The name goes in too: a scenario that has none of its own is called after its file.
            made.update(f"{file.name}\0{len(content)}\0".encode(errors="surrogateescape"))
            made.update(content)
        return made.hexdigest()


def inputs(given: Iterable[Given], *, lenient: bool = False) -> list[Input]:
    """Turn arguments into inputs, in their order.

    A file is one input; so is a folder, as the dumps of one cluster; so are several paths in a list, and a `Scenario`.
    A pattern such as ``clusters/*.yaml`` stands for what it matches, sorted. Of a folder count the YAML and JSON files
    in it, with `lenient` all files in it and below.

    Raises
    ------
    InputError
        Where a pattern matches nothing, a folder holds nothing to read, or a path is not there.
    """
    problems: list[Finding] = []
    found: list[tuple[str, str, tuple[Path, ...], Scenario | None]] = []
    for one in given:
        if isinstance(one, Scenario):
            found.append((one.name, one.name, (), one))
        elif isinstance(one, list | tuple):
            files = tuple(file for path in one for file in _files(Path(path), problems, lenient=lenient))
            told, stem = ", ".join(map(str, one)), _stem(Path(one[0])) if one else ""
            found.append((told, stem, files, None))
        else:
            found += [
                (str(path), _stem(path), tuple(_files(path, problems, lenient=lenient)), None)
                for path in _matches(str(one), problems)
            ]
    if not found and not problems:
        problems.append(Finding("nothing-given", place=Place("report")))
    if problems:
        raise InputError(problems)
    names = _apart([file_name(stem) for _, stem, _, _ in found], {SUMMARY} if len(found) > 1 else set())
    return [Input(told, name, files, own) for name, (told, _, files, own) in zip(names, found, strict=True)]


def _stem(path: Path) -> str:
    if str(path) == STDIN:
        return "scenario"
    return path.resolve().name or "cluster" if path.is_dir() else path.stem


def _files(path: Path, problems: list[Finding], *, lenient: bool) -> list[Path]:
    if str(path) == STDIN or not path.is_dir():
        return [path]
    if lenient:
        files = [Path(file) for file in files_of(path)]
    else:
        files = sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES and file.is_file())
    if not files:
        problems.append(Finding("folder-empty", place=Place(str(path))))
    return files


def file_name(text: str) -> str:
    """Return a text as the name of a file: short, without separators, never hidden, no name of a device."""
    name = _UNSAFE.sub("-", text).strip("-. ")[:_MOST].rstrip("-. ")
    if len(text) > _MOST:  # cut: what is different stays different
        name = f"{name[: _MOST - 9]}-{hashlib.sha256(text.encode(errors='surrogateescape')).hexdigest()[:8]}"
    return f"_{name}" if _DEVICES.match(name) else name or "report"


def _matches(text: str, problems: list[Finding]) -> Sequence[Path]:
    path = Path(text)
    try:
        if text == STDIN or path.exists():
            return [path]
    except (OSError, ValueError):  # a name too long, or with a null character
        problems.append(Finding("file-missing", place=Place(text[:200])))
        return []
    if not glob.has_magic(text):
        problems.append(Finding("file-missing", place=Place(text)))
        return []
    matched = sorted(map(Path, glob.glob(text, recursive=True)))  # noqa: PTH207 (absolute patterns too)
    kept = [each for each in matched if each.is_dir() or each.suffix.lower() in SUFFIXES]
    if not kept:
        problems.append(Finding("glob-nothing", place=Place(text)))
    return kept


def _apart(names: Sequence[str], taken: set[str]) -> list[str]:
    """Make names differ, also where a file system takes capitals for small letters; the first of a name keeps it."""
    reserved = {name.casefold() for name in names}
    made = []
    for name in names:
        candidate, number = name, 1
        while candidate.casefold() in taken or (number > 1 and candidate.casefold() in reserved):
            number += 1
            candidate = f"{name}-{number}"
        taken.add(candidate.casefold())
        made.append(candidate)
    return made
