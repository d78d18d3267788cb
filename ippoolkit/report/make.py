"""One report: a scenario through a template's notebook to files."""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import __version__
from ..errors import InputError, ReportError
from ..findings import N_, language
from ..limits import CALICO_VERSION
from ..model import Scenario
from ..read.text import STDIN
from ..write import save
from .inputs import Input, file_name
from .mime import ENTRIES
from .order import Order
from .redact import redacted
from .run import CellProgress, Executed, run
from .template import FILES, MANY, ONE

if TYPE_CHECKING:
    from .kernels import Kernels


@dataclass(frozen=True, slots=True)
class Report:
    """A report that was made: its files by their endings, and what sums it up."""

    files: Mapping[str, bytes]
    summary: Mapping[str, Any]

    def named(self, name: str) -> dict[str, bytes]:
        """Return the files under the names that they are written to."""
        return {f"{name}{ending}": content for ending, content in self.files.items()}


def make(
    kernels: Kernels, order: Order, given: Sequence[Input], name: str, progress: CellProgress | None = None
) -> Report:
    """Make one report of one or several inputs, in memory.

    Raises
    ------
    InputError
        Where an input cannot be read.
    ReportError
        Where the notebook, or Chromium, fails.
    """
    if order.template.reads_files:
        return _of_files(kernels, order, given, name, progress)
    scenarios, problems = _read(given)
    if problems and not (order.template.partial and scenarios):
        raise InputError([problem for error in problems.values() for problem in error.problems])
    if order.redact:
        scenarios = redacted(scenarios, name)
    if MANY in order.template.defaults and len(scenarios) < order.template.least:
        raise ReportError("report-least", template=order.template.name, least=order.template.least)
    with tempfile.TemporaryDirectory(prefix="ippoolkit-") as folder:
        paths = [str(save(one, Path(folder) / f"{at}.json")) for at, one in enumerate(scenarios)]
        if problems:
            entries = [{"name": told, "error": error.describe(order.lang)} for told, error in problems.items()]
            paths.append(_entries(Path(folder), entries))
        files = [] if order.redact else [str(file.resolve()) for one in given for file in one.files]
        title = scenarios[0].name if len(scenarios) == 1 else order.template.name
        inputs = {ONE: paths[0], MANY: paths, FILES: files or paths}
        return _made(kernels, order, inputs, title, name, progress)


def _of_files(
    kernels: Kernels, order: Order, given: Sequence[Input], name: str, progress: CellProgress | None
) -> Report:
    """Make a report that reads its input's files itself; of what is no file, or is to be redacted, a snapshot."""
    (one,) = given
    with tempfile.TemporaryDirectory(prefix="ippoolkit-") as folder:
        if order.redact or one.scenario is not None or Path(STDIN) in one.files:
            scenario = one.read(lenient=True)
            if order.redact:
                (scenario,) = redacted([scenario], name)
            files = [save(scenario, Path(folder) / f"{file_name(scenario.name)}.json")]
        else:
            files = [path.resolve() for path in one.paths]
        try:
            return _made(kernels, order, {FILES: list(map(str, files))}, one.name, name, progress)
        except ReportError:
            if order.template.own:
                one.read(lenient=True)  # what cannot be read is told as such
            raise


def make_summary(kernels: Kernels, order: Order, entries: Sequence[Mapping[str, Any]], name: str) -> Report:
    """Make the page that lists many reports; `order` is the fleet template's."""
    with tempfile.TemporaryDirectory(prefix="ippoolkit-") as folder:
        return _made(kernels, order, {MANY: [_entries(Path(folder), entries)]}, order.template.name, name)


def _read(given: Sequence[Input]) -> tuple[list[Scenario], dict[str, InputError]]:
    scenarios, problems = [], {}
    for one in given:
        try:
            scenarios.append(one.read())
        except InputError as error:
            problems[one.told] = error
    return scenarios, problems


def _entries(folder: Path, entries: Sequence[Mapping[str, Any]]) -> str:
    path = folder / "entries.json"
    path.write_text(json.dumps({ENTRIES: list(entries)}), encoding="utf-8")
    return str(path)


def _made(  # noqa: PLR0917
    kernels: Kernels,
    order: Order,
    inputs: Mapping[str, Any],
    title: str,
    name: str,
    progress: CellProgress | None = None,
) -> Report:
    parameters = {"lang": order.lang, "date": order.date, "redact": order.redact, **order.parameters, **inputs}
    executed = run(kernels, order.template, parameters, order.formats, progress)
    return Report(_files(executed, order, executed.summary.get("name", title), name), executed.summary)


def _files(executed: Executed, order: Order, title: str, name: str) -> dict[str, bytes]:
    """Return the files of a report by the endings of their names."""
    made: dict[str, bytes] = {}
    if {"html", "pdf"} & set(order.formats):
        from .formats.html import html

        page = html(executed, title, order.lang)
        if "html" in order.formats:
            made[".html"] = page.encode()
        if "pdf" in order.formats:
            from .formats.pdf import pdf

            made[".pdf"] = pdf(page, order.date)
    if "xlsx" in order.formats:
        from .formats.workbook import workbook

        made[".xlsx"] = workbook(executed.tables, _about(order, title), order.lang)
    endings = _picture_endings(executed)
    for picture in executed.pictures:
        if "png" in order.formats and "png" in picture:
            made[f"{endings[picture['name']]}.png"] = base64.b64decode(picture["png"])
        if "svg" in order.formats:
            made[f"{endings[picture['name']]}.svg"] = picture["svg"].encode()
    if "md" in order.formats:
        from .formats.markdown import markdown

        kind = next((kind for kind in ("png", "svg") if kind in order.formats), "")
        shown = {picture: f"{name}{ending}.{kind}" for picture, ending in endings.items()} if kind else {}
        made[".md"] = markdown(executed, shown).encode()
    return made


def _picture_endings(executed: Executed) -> dict[str, str]:
    """Return for each picture what goes behind the report's name; names of pools are only data here too."""
    endings: dict[str, str] = {}
    for picture in executed.pictures:
        # A plus, which no report's own name has: no picture of one takes the name of another's.
        ending, number = f"+{file_name(picture['name'])}", 1
        while ending.casefold() in {known.casefold() for known in endings.values()}:
            number += 1
            ending = f"+{file_name(picture['name'])}-{number}"
        endings[picture["name"]] = ending
    return endings


def _about(order: Order, title: str) -> list[tuple[str, str]]:
    say = language(order.lang).text
    told = [
        (say(N_("report")), order.template.name),
        (say(N_("scenario")), title),
        (say(N_("date")), order.date),
        ("ippoolkit", __version__),
        (say(N_("rules")), f"Calico {CALICO_VERSION}"),
    ]
    return [(name, text) for name, text in told if text]
