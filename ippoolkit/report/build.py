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
from ..calico.limits import CALICO_VERSION
from ..errors import InputError, ReportError
from ..findings import N_, get_language
from ..model import Scenario
from ..read.text_files import STDIN
from ..write import save_scenario
from ..write.redaction import redact_scenarios
from .execution import CellProgress, ExecutedNotebook, run_template
from .inputs import ReportInput, safe_file_name
from .kernel_protocol import ENTRIES_KEY
from .options import ReportOptions
from .templates import FILES_PARAMETER, SCENARIO_PARAMETER, SCENARIOS_PARAMETER

if TYPE_CHECKING:
    from .kernel_launcher import KernelLauncher


@dataclass(frozen=True, slots=True)
class RenderedReport:
    """A report that was made: its files by their endings, and what sums it up."""

    files_by_suffix: Mapping[str, bytes]
    summary: Mapping[str, Any]

    def with_stem(self, stem: str) -> dict[str, bytes]:
        """Return the files under the names that they are written to."""
        return {f"{stem}{suffix}": content for suffix, content in self.files_by_suffix.items()}


def build_report(
    launcher: KernelLauncher,
    options: ReportOptions,
    report_inputs: Sequence[ReportInput],
    stem: str,
    on_cell_done: CellProgress | None = None,
) -> RenderedReport:
    """Make one report of one or several inputs, in memory.

    Raises
    ------
    InputError
        Where an input cannot be read.
    ReportError
        Where the notebook, or Chromium, fails.
    """
    if options.template.reads_files:
        return _build_from_files(launcher, options, report_inputs, stem, on_cell_done)
    scenarios, errors_by_label = _read_scenarios(report_inputs)
    if errors_by_label and not (options.template.allows_missing_inputs and scenarios):
        raise InputError([problem for error in errors_by_label.values() for problem in error.problems])
    if options.redact:
        scenarios = redact_scenarios(scenarios, stem)
    if SCENARIOS_PARAMETER in options.template.defaults and len(scenarios) < options.template.min_scenarios:
        raise ReportError("report-least", template=options.template.name, least=options.template.min_scenarios)
    with tempfile.TemporaryDirectory(prefix="ippoolkit-") as temp_dir:
        paths = [
            str(save_scenario(scenario, Path(temp_dir) / f"{index}.json")) for index, scenario in enumerate(scenarios)
        ]
        if errors_by_label:
            entries = [
                {"name": label, "error": error.describe(options.lang)} for label, error in errors_by_label.items()
            ]
            paths.append(_write_entries(Path(temp_dir), entries))
        source_files = (
            []
            if options.redact
            else [str(file.resolve()) for report_input in report_inputs for file in report_input.files]
        )
        title = scenarios[0].name if len(scenarios) == 1 else options.template.name
        input_parameters = {
            SCENARIO_PARAMETER: paths[0],
            SCENARIOS_PARAMETER: paths,
            FILES_PARAMETER: source_files or paths,
        }
        return _run_and_render(launcher, options, input_parameters, title, stem, on_cell_done)


def _build_from_files(
    launcher: KernelLauncher,
    options: ReportOptions,
    report_inputs: Sequence[ReportInput],
    stem: str,
    on_cell_done: CellProgress | None,
) -> RenderedReport:
    """Make a report that reads its input's files itself; of what is no file, or is to be redacted, a snapshot."""
    (report_input,) = report_inputs
    with tempfile.TemporaryDirectory(prefix="ippoolkit-") as temp_dir:
        if options.redact or report_input.scenario is not None or Path(STDIN) in report_input.files:
            scenario = report_input.read(allow_partial=True)
            if options.redact:
                (scenario,) = redact_scenarios([scenario], stem)
            source_files = [save_scenario(scenario, Path(temp_dir) / f"{safe_file_name(scenario.name)}.json")]
        else:
            source_files = [path.resolve() for path in report_input.paths]
        try:
            return _run_and_render(
                launcher,
                options,
                {FILES_PARAMETER: list(map(str, source_files))},
                report_input.stem,
                stem,
                on_cell_done,
            )
        except ReportError:
            if options.template.is_builtin:
                report_input.read(allow_partial=True)  # what cannot be read is told as such
            raise


def build_index(
    launcher: KernelLauncher, options: ReportOptions, entries: Sequence[Mapping[str, Any]], stem: str
) -> RenderedReport:
    """Make the page that lists many reports; `order` is the fleet template's."""
    with tempfile.TemporaryDirectory(prefix="ippoolkit-") as temp_dir:
        return _run_and_render(
            launcher,
            options,
            {SCENARIOS_PARAMETER: [_write_entries(Path(temp_dir), entries)]},
            options.template.name,
            stem,
        )


def _read_scenarios(report_inputs: Sequence[ReportInput]) -> tuple[list[Scenario], dict[str, InputError]]:
    scenarios, errors_by_label = [], {}
    for report_input in report_inputs:
        try:
            scenarios.append(report_input.read())
        except InputError as error:
            errors_by_label[report_input.label] = error
    return scenarios, errors_by_label


def _write_entries(folder: Path, entries: Sequence[Mapping[str, Any]]) -> str:
    path = folder / "entries.json"
    path.write_text(json.dumps({ENTRIES_KEY: list(entries)}), encoding="utf-8")
    return str(path)


def _run_and_render(  # noqa: PLR0917
    launcher: KernelLauncher,
    options: ReportOptions,
    input_parameters: Mapping[str, Any],
    title: str,
    stem: str,
    on_cell_done: CellProgress | None = None,
) -> RenderedReport:
    parameters = {
        "lang": options.lang,
        "date": options.date,
        "redact": options.redact,
        **options.parameters,
        **input_parameters,
    }
    executed = run_template(launcher, options.template, parameters, options.formats, on_cell_done)
    return RenderedReport(_render_files(executed, options, executed.summary.get("name", title), stem), executed.summary)


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

        files[".xlsx"] = render_workbook(executed.tables, _about_rows(options, title), options.lang)
    suffixes = _picture_suffixes(executed)
    for picture in executed.pictures:
        if "png" in options.formats and "png" in picture:
            files[f"{suffixes[picture['name']]}.png"] = base64.b64decode(picture["png"])
        if "svg" in options.formats:
            files[f"{suffixes[picture['name']]}.svg"] = picture["svg"].encode()
    if "md" in options.formats:
        from .formats.markdown_document import render_markdown

        image_format = next((image_format for image_format in ("png", "svg") if image_format in options.formats), "")
        image_files = (
            {picture: f"{stem}{suffix}.{image_format}" for picture, suffix in suffixes.items()} if image_format else {}
        )
        files[".md"] = render_markdown(executed, image_files).encode()
    return files


def _picture_suffixes(executed: ExecutedNotebook) -> dict[str, str]:
    """Return for each picture what goes behind the report's name; names of pools are only data here too."""
    suffixes: dict[str, str] = {}
    for picture in executed.pictures:
        # A plus, which no report's own name has: no picture of one takes the name of another's.
        suffix, number = f"+{safe_file_name(picture['name'])}", 1
        while suffix.casefold() in {used_suffix.casefold() for used_suffix in suffixes.values()}:
            number += 1
            suffix = f"+{safe_file_name(picture['name'])}-{number}"
        suffixes[picture["name"]] = suffix
    return suffixes


def _about_rows(options: ReportOptions, title: str) -> list[tuple[str, str]]:
    translate = get_language(options.lang).translate
    rows = [
        (translate(N_("report")), options.template.name),
        (translate(N_("scenario")), title),
        (translate(N_("date")), options.date),
        ("ippoolkit", __version__),
        (translate(N_("rules")), f"Calico {CALICO_VERSION}"),
    ]
    return [(name, text) for name, text in rows if text]
