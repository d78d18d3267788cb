"""Scenarios in and out of the planner: samples, files that the browser sends, names to save under."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from ..errors import InputError
from ..findings import N_, Finding, Language, Place
from ..kit_files import kit_folder
from ..model import Scenario
from ..read import Reading, read, recognize
from ..read.piece_kinds import PIECE_KINDS


def sample_scenarios() -> dict[str, Path]:
    """Return the sample scenarios by name, of an installation or a checkout."""
    return {path.stem: path for path in sorted(kit_folder("data").glob("*.yaml"))}


def load_uploaded(names: Sequence[str], contents: Sequence[bytes | memoryview]) -> Scenario:
    """Read a scenario from files that came without a folder.

    Raises
    ------
    InputError
        With every problem of every file.
    """
    return read_uploaded(names, contents).scenario


def read_uploaded(names: Sequence[str], contents: Sequence[bytes | memoryview]) -> Reading:
    """Read files that came without a folder, to plan on; what was not understood is in the notes.

    Raises
    ------
    InputError
        With every problem of every file.
    """
    with uploaded_files(names, contents) as paths:
        reading = read(*paths, strict=True).design
    shown_names = dict(zip(paths, names, strict=True))
    return replace(reading, notes=tuple(_with_uploaded_name(note, shown_names) for note in reading.notes))


def recognized_lines(text: str, language: Language) -> list[str]:
    """Say what each part of a pasted text was recognized as, by its lines."""
    return [
        language.render(
            N_("Line {first}: {what}")
            if piece.first_line == piece.last_line
            else N_("Lines {first} to {last}: {what}"),
            {
                "first": piece.first_line,
                "last": piece.last_line,
                "what": language.translate(PIECE_KINDS[piece.kind].label),
            },
        )
        for piece in recognize(text)
    ]


@contextmanager
def uploaded_files(names: Sequence[str], contents: Sequence[bytes | memoryview]) -> Iterator[list[str]]:
    """Yield paths of files that came without a folder; what is wrong in them is reported under their own names.

    Raises
    ------
    InputError
        What was raised inside, with the names that the files had.
    """
    with tempfile.TemporaryDirectory(prefix="ippoolkit-") as folder:
        paths = {}
        for index, (name, content) in enumerate(zip(names, contents, strict=True)):
            subfolder = Path(folder) / str(index)
            subfolder.mkdir()
            path = subfolder / scenario_file_name(Path(name).stem, suffix=Path(name).suffix)
            path.write_bytes(content)
            paths[str(path)] = name
        try:
            yield list(paths)
        except InputError as error:
            raise InputError(_with_uploaded_name(problem, paths) for problem in error.problems) from None


def _with_uploaded_name(problem: Finding, names: dict[str, str]) -> Finding:
    if problem.place is None:
        return problem
    place = Place(names.get(problem.place.file, problem.place.file), problem.place.line, problem.place.field)
    return replace(problem, place=place)


def scenario_file_name(name: str, *, suffix: str = ".yaml") -> str:
    """Return a file name for a scenario: letters, digits, points and dashes only."""
    stem = re.sub(r"[^\w.-]+", "-", name).strip("-.")[:100] or "scenario"
    return stem + (suffix if re.fullmatch(r"\.\w{1,8}", suffix) else "")
