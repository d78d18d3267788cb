"""What is to be reported on: arguments to inputs, each with a name that is safe for files."""

from __future__ import annotations

import glob
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
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
    """One input: what the user calls it, the name of its report's files, and a scenario or the paths to read.

    `files` are the paths and, of folders among them, the files in these.
    """

    told: str
    name: str
    files: tuple[Path, ...] = ()
    scenario: Scenario | None = None
    paths: tuple[Path, ...] = ()

    def read(self, *, lenient: bool = False) -> Scenario:
        """Return the scenario; `lenient` reads what can be read of a cluster, tables too, and calls the rest unknown.

        Raises
        ------
        InputError
            Where it cannot be read.
        """
        if self.scenario is not None:
            return self.scenario
        if lenient:
            return read_cluster(*self.paths).scenario
        made = load(*self.files)
        # Dumps have no name of their own: those of a folder are called after it, not after the first of them.
        alone = len(self.paths) == 1 and self.paths[0].is_dir() and made.name == self.files[0].stem
        return replace(made, name=self.paths[0].resolve().name or made.name) if alone else made

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
    found: list[Input] = []
    for one in given:
        if isinstance(one, Scenario):
            found.append(Input(one.name, one.name, scenario=one))
        elif isinstance(one, list | tuple):
            found += [_input(", ".join(map(str, one)), tuple(map(Path, one)), problems, lenient=lenient)] if one else []
        else:
            paths = _matches(str(one), problems)
            found += [_input(str(path), (path,), problems, lenient=lenient) for path in paths]
    if not found and not problems:
        problems.append(Finding("nothing-given", place=Place("report")))
    if problems:
        raise InputError(problems)
    names = _apart([file_name(each.name) for each in found], {SUMMARY} if len(found) > 1 else set())
    return [replace(each, name=name) for name, each in zip(names, found, strict=True)]


def _input(told: str, paths: tuple[Path, ...], problems: list[Finding], *, lenient: bool) -> Input:
    files = tuple(file for path in paths for file in _files(path, problems, lenient=lenient))
    return Input(told, _stem(paths[0]), files, paths=paths)


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
