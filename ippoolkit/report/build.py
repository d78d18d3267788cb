"""One report: an input through a template's notebook to files. This runs in a worker process."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import __version__
from ..errors import InputError, ReportError
from ..findings import N_, get_language
from ..read import Reading
from ..read.text_files import STDIN
from ..write import save_scenario
from ..write.redaction import redact_readings
from .inputs import ReportInput, safe_file_name, unique_names
from .options import ReportOptions
from .run_context import RunContext
from .templates import FILES_PARAMETER, SCENARIO_PARAMETER, SCENARIOS_PARAMETER

if TYPE_CHECKING:
    from .execution import ExecutedNotebook


@dataclass(frozen=True, slots=True)
class ReportTask:
    """One report to be made.

    Attributes
    ----------
    stem
        Name of its files, without suffix.
    options
        Template, formats, language, date, parameters, redaction.
    inputs
        What it is about.
    entries
        Of the page that lists many reports: what is known of each.
    progress_file
        Where a byte is appended for each cell that is done.
    picture_stem
        Name of its picture files, without suffix, as Markdown names them; `stem` if left out.
    """

    stem: str
    options: ReportOptions
    inputs: tuple[ReportInput, ...] = ()
    entries: tuple[Mapping[str, Any], ...] = ()
    progress_file: Path | None = None
    picture_stem: str = ""


@dataclass(frozen=True, slots=True)
class RenderedReport:
    """A report that was made: its files by their endings, and what sums it up."""

    files_by_suffix: Mapping[str, bytes]
    summary: Mapping[str, Any]

    def with_stem(self, stem: str) -> dict[str, bytes]:
        """Return the files under the names that they are written to."""
        return {f"{stem}{suffix}": content for suffix, content in self.files_by_suffix.items()}


@dataclass(frozen=True, slots=True)
class _NotebookInputs:
    """What a template's notebook is given: its parameters, and what its sections can ask for beside them."""

    parameters: Mapping[str, Any]
    title: str
    context: RunContext


def build_report(task: ReportTask) -> RenderedReport:
    """Make one report of one or several inputs, in memory.

    Raises
    ------
    InputError
        Where an input cannot be read.
    ReportError
        Where the notebook, or Chromium, fails.
    """
    from .execution import run_template  # what draws and runs notebooks is needed by workers only

    options = task.options
    with tempfile.TemporaryDirectory(prefix="ippoolkit-") as temp_dir:
        if not task.inputs:
            context = RunContext(options.formats, entries=task.entries)
            inputs = _NotebookInputs({SCENARIOS_PARAMETER: []}, options.template.name, context)
        elif options.template.reads_files:
            inputs = _inputs_from_files(task, Path(temp_dir))
        else:
            inputs = _inputs_from_scenarios(task, Path(temp_dir))
        parameters = {"lang": options.lang, "date": options.date, "redact": options.redact, **options.parameters}
        executed = run_template(
            options.template,
            parameters | dict(inputs.parameters),
            inputs.context,
            partial(_count_cell, task.progress_file) if task.progress_file else None,
        )
    title = executed.summary.get("name", inputs.title)
    files = _render_files(executed, options, title, task.picture_stem or task.stem)
    return RenderedReport(files, executed.summary)


def _inputs_from_scenarios(task: ReportTask, temp_dir: Path) -> _NotebookInputs:
    """Read the inputs as scenarios; a template that takes many may do without those that cannot be read."""
    template = task.options.template
    readings: list[Reading] = []
    errors: dict[str, InputError] = {}
    for report_input in task.inputs:
        try:
            readings.append(report_input.read())
        except InputError as error:
            errors[report_input.label] = error
    if errors and not (template.allows_missing_inputs and readings):
        raise InputError([problem for error in errors.values() for problem in error.problems])
    if SCENARIOS_PARAMETER in template.defaults and len(readings) < template.min_scenarios:
        raise ReportError("report-least", template=template.name, least=template.min_scenarios)
    if task.options.redact:
        readings = redact_readings(readings, task.stem)
    paths = [temp_dir / f"{index}.json" for index in range(len(readings))]
    if not template.is_builtin:  # it may read the file itself
        for path, reading in zip(paths, readings, strict=True):
            save_scenario(reading.scenario, path)
    names = [str(path) for path in paths]
    source_files = [str(file.resolve()) for report_input in task.inputs for file in report_input.files]
    context = RunContext(
        task.options.formats,
        {(name,): reading for name, reading in zip(names, readings, strict=True)},
        [{"name": label, "error": error.describe(task.options.lang)} for label, error in errors.items()],
    )
    return _NotebookInputs(
        {
            SCENARIO_PARAMETER: names[0],
            SCENARIOS_PARAMETER: names,
            FILES_PARAMETER: names if task.options.redact else source_files or names,
        },
        readings[0].scenario.name if len(readings) == 1 else template.name,
        context,
    )


def _inputs_from_files(task: ReportTask, temp_dir: Path) -> _NotebookInputs:
    """Hand over the paths of an input's files; of what has no files, or is redacted, that of a snapshot."""
    (report_input,) = task.inputs
    options, paths = task.options, report_input.paths
    has_files = bool(paths) and Path(STDIN) not in paths
    if has_files and not options.redact and not options.template.is_builtin:
        names = [str(path.resolve()) for path in paths]
        return _NotebookInputs({FILES_PARAMETER: names}, report_input.stem, RunContext(options.formats))
    reading = report_input.read(allow_partial=True)
    if options.redact:
        (reading,) = redact_readings([reading], task.stem)
    if options.redact or not has_files:
        paths = (temp_dir / f"{safe_file_name(reading.scenario.name)}.json",)
        save_scenario(reading.scenario, paths[0])
    names = [str(path.resolve()) for path in paths]
    known = reading if options.redact else report_input.audit or reading
    context = RunContext(options.formats, {tuple(names): known})
    return _NotebookInputs({FILES_PARAMETER: names}, report_input.stem, context)


def _count_cell(progress_file: Path) -> None:
    """Note that one more cell is done."""
    with progress_file.open("ab") as file:
        file.write(b".")


def _render_files(executed: ExecutedNotebook, options: ReportOptions, title: str, stem: str) -> dict[str, bytes]:
    """Return the files of a report by the endings of their names."""
    files: dict[str, bytes] = {}
    if {"html", "pdf"} & set(options.formats):
        from .formats.html_page import render_html

        page = render_html(executed, title, options.lang)
        if "html" in options.formats:
            files[".html"] = page.encode()
        if "pdf" in options.formats:
            from .formats.pdf import render_pdf

            files[".pdf"] = render_pdf(page, options.date)
    if "xlsx" in options.formats:
        from .formats.workbook import render_workbook

        about_rows, verdict = _about_rows(options, title, executed.summary), str(executed.summary.get("word", ""))
        files[".xlsx"] = render_workbook(executed.tables, about_rows, options.lang, verdict)
    suffixes = _picture_suffixes(executed)
    # Markdown has its pictures in files beside it.
    has_svg = "svg" in options.formats or ("md" in options.formats and "png" not in options.formats)
    for picture in executed.pictures:
        if "png" in options.formats and "png" in picture:
            files[f"{suffixes[picture['name']]}.png"] = base64.b64decode(picture["png"])
        if has_svg:
            files[f"{suffixes[picture['name']]}.svg"] = picture["svg"].encode()
    if "md" in options.formats:
        from .formats.markdown_document import render_markdown

        image_format = "png" if "png" in options.formats else "svg"
        image_files = {picture: f"{stem}{suffix}.{image_format}" for picture, suffix in suffixes.items()}
        files[".md"] = render_markdown(executed, image_files).encode()
    return files


def _picture_suffixes(executed: ExecutedNotebook) -> dict[str, str]:
    """Return for each picture what goes behind the report's name; names of pools are only data here too."""
    names = [picture["name"] for picture in executed.pictures]
    # A plus, which no report's own name has: no picture of one takes the name of another's.
    return dict(zip(names, unique_names([f"+{safe_file_name(name)}" for name in names]), strict=True))


_SUMMARY_ROWS = {
    "word": N_("verdict"),
    "sentence": N_("why"),
    "change": N_("what to change"),
    "nodes": N_("nodes"),
    "pods": N_("pods"),
    "blocks_needed": N_("blocks needed"),
    "blocks": N_("blocks"),
    "addresses_needed": N_("addresses needed"),
    "addresses": N_("addresses"),
}


def _about_rows(options: ReportOptions, title: str, summary: Mapping[str, Any]) -> list[tuple[str, str | int]]:
    """Return what the first sheet of a workbook says: the verdict, and of what the report is."""
    translate = get_language(options.lang).translate
    texts = {key: str(summary[key]) for key in _SUMMARY_ROWS if summary.get(key)}
    # Counts stand in a summary as text, because they may be huge.
    summary_rows = [
        (translate(_SUMMARY_ROWS[key]), int(text) if text.isdecimal() else translate(text) if key == "word" else text)
        for key, text in texts.items()
    ]
    release = summary.get("release")
    rows = [
        *summary_rows,
        *((str(label), str(value)) for label, value in summary.get("facts", ())),
        (translate(N_("report")), options.template.name),
        (translate(N_("scenario")), title),
        (translate(N_("date")), options.date),
        ("ippoolkit", __version__),
        (translate(N_("rules")), f"Calico {release}" if release else ""),
    ]
    return [(name, value) for name, value in rows if value != ""]
