"""What is to be reported on: arguments to inputs, each with a name that is safe for files."""

from __future__ import annotations

import glob
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..audit.checks.summary_figures import reported_findings
from ..errors import InputError
from ..findings import Finding, Place
from ..model import Scenario
from ..read import Reading, read
from ..read.input_files import list_files
from ..read.text_files import STDIN, read_bytes
from ..write import scenario_to_yaml

if TYPE_CHECKING:
    from ..audit import Audit

INDEX_STEM = "index"  # the name of the page that lists several reports
SCENARIO_SUFFIXES = (".yaml", ".yml", ".json")
_TEXT_SUFFIXES = (".txt", ".log", ".out")  # what commands print, saved
_MAX_FILE_NAME = 80  # characters of a file's name
_UNSAFE_CHARACTERS = re.compile(r"[^\w.-]+")  # letters of any script stay
# Names that Windows keeps for devices, whatever their suffix.
_DEVICE_NAMES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


@dataclass(frozen=True, slots=True)
class ReportInput:
    """One input: what the user calls it, the name of its report's files, and what it is.

    Attributes
    ----------
    label
        What the user calls it.
    stem
        Name of its report's files, without their suffix.
    files
        The paths and, of folders among them, the files in these.
    paths
        The paths that were given.
    reading
        What was read, where that is done already: of standard input, of a running cluster, of a `Scenario`.
    audit
        The audit of it, where there is one already.
    """

    label: str
    stem: str
    files: tuple[Path, ...] = ()
    paths: tuple[Path, ...] = ()
    reading: Reading | None = None
    audit: Audit | None = None

    def read(self, *, allow_partial: bool = False) -> Reading:
        """Return what was read, or read it now.

        Parameters
        ----------
        allow_partial
            Read what can be read of a cluster, tables too, and call the rest unknown.

        Raises
        ------
        InputError
            Where it cannot be read.
        """
        if self.reading is not None:
            return self.reading
        if allow_partial:
            return read(*self.paths)
        strict_reading = read(*self.files, strict=True)
        reading = strict_reading.design
        reading = replace(reading, notes=(*reading.notes, *reported_findings(strict_reading)))
        # Dumps have no name of their own: those of a folder are called after it, not after the first of them.
        name = reading.scenario.name
        if len(self.paths) == 1 and self.paths[0].is_dir() and name == self.files[0].stem:
            name = self.paths[0].resolve().name or name
        return replace(reading, scenario=replace(reading.scenario, name=name))

    def digest(self) -> str:
        """Return the SHA-256 of what is read.

        Raises
        ------
        InputError
            Where a file cannot be read.
        """
        if self.reading is None:
            return hash_files(self.files)
        return hashlib.sha256(scenario_to_yaml(self.reading.scenario).encode()).hexdigest()


ReportSource = str | Path | Scenario | ReportInput | Sequence[str | Path]


def hash_files(files: Iterable[Path]) -> str:
    """Return the SHA-256 of files and their names: a scenario that has no name of its own is called after its file.

    Raises
    ------
    InputError
        Where a file cannot be read.
    """
    sha256 = hashlib.sha256()
    for file in files:
        content = read_bytes(file, str(file))
        sha256.update(f"{file.name}\0{len(content)}\0".encode(errors="surrogateescape"))
        sha256.update(content)
    return sha256.hexdigest()


def resolve_inputs(sources: Iterable[ReportSource], *, allow_partial: bool = False) -> list[ReportInput]:
    """Turn arguments into inputs, in their order.

    A file is one input; so is a folder, as the dumps of one cluster; so are several paths in a list, and a `Scenario`.
    A pattern such as ``clusters/*.yaml`` stands for what it matches, sorted. Of a folder count the YAML and JSON files
    in it, with `allow_partial` all files in it and below.

    Raises
    ------
    InputError
        Where a pattern matches nothing, a folder holds nothing to read, or a path is not there.
    """
    problems: list[Finding] = []
    resolved: list[ReportInput] = []
    for source in sources:
        if isinstance(source, ReportInput):
            resolved.append(source)
        elif isinstance(source, Scenario):
            resolved.append(ReportInput(source.name, source.name, reading=Reading(source)))
        elif isinstance(source, str | Path):
            paths = _match_paths(str(source), problems)
            resolved += [_resolve_input(str(path), (path,), problems, allow_partial=allow_partial) for path in paths]
        elif source:
            label, paths = ", ".join(map(str, source)), tuple(map(Path, source))
            resolved.append(_resolve_input(label, paths, problems, allow_partial=allow_partial))
    if not resolved and not problems:
        problems.append(Finding("nothing-given", place=Place("report")))
    if problems:
        raise InputError(problems)
    stems = unique_names(
        [safe_file_name(report_input.stem) for report_input in resolved], [INDEX_STEM] if len(resolved) > 1 else ()
    )
    return [replace(report_input, stem=stem) for stem, report_input in zip(stems, resolved, strict=True)]


def _resolve_input(label: str, paths: tuple[Path, ...], problems: list[Finding], *, allow_partial: bool) -> ReportInput:
    files = tuple(file for path in paths for file in _list_files(path, problems, allow_partial=allow_partial))
    resolved = ReportInput(label, _stem(paths[0]), files, paths)
    if Path(STDIN) in files:  # read here: other processes have no standard input of the user's
        return replace(resolved, reading=resolved.read(allow_partial=allow_partial))
    return resolved


def _stem(path: Path) -> str:
    if str(path) == STDIN:
        return "scenario"
    return path.resolve().name or "cluster" if path.is_dir() else path.stem


def _list_files(path: Path, problems: list[Finding], *, allow_partial: bool) -> list[Path]:
    if str(path) == STDIN or not path.is_dir():
        return [path]
    if allow_partial:
        files = list(list_files(path))
    else:
        in_folder = sorted(file for file in path.iterdir() if file.is_file() and not file.name.startswith("."))
        files = [
            file
            for suffixes in (SCENARIO_SUFFIXES, _TEXT_SUFFIXES)
            for file in in_folder
            if file.suffix.lower() in suffixes
        ]
    if not files:
        problems.append(Finding("folder-empty", place=Place(str(path))))
    return files


def safe_file_name(text: str) -> str:
    """Return a text as the name of a file: short, without separators, never hidden, no name of a device."""
    name = _UNSAFE_CHARACTERS.sub("-", text).strip("-. ")[:_MAX_FILE_NAME].rstrip("-. ")
    if len(text) > _MAX_FILE_NAME:  # cut: what is different stays different
        name = f"{name[: _MAX_FILE_NAME - 9]}-{hashlib.sha256(text.encode(errors='surrogateescape')).hexdigest()[:8]}"
    return f"_{name}" if _DEVICE_NAMES.match(name) else name or "report"


def _match_paths(text: str, problems: list[Finding]) -> Sequence[Path]:
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
    readable = [match for match in matched if match.is_dir() or match.suffix.lower() in SCENARIO_SUFFIXES]
    if not readable:
        problems.append(Finding("glob-nothing", place=Place(text)))
    return readable


def unique_names(names: Sequence[str], taken: Iterable[str] = ()) -> list[str]:
    """Make names differ, also where a file system takes capitals for small letters; the first of a name keeps it."""
    used, reserved = set(taken), {name.casefold() for name in names}
    unique = []
    for name in names:
        candidate, number = name, 1
        while candidate.casefold() in used or (number > 1 and candidate.casefold() in reserved):
            number += 1
            candidate = f"{name}-{number}"
        used.add(candidate.casefold())
        unique.append(candidate)
    return unique
