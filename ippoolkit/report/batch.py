"""Reports, one or many: some at a time, each whole or not at all, and none made twice from the same input."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import BrokenExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..errors import InputError, IppoolkitError, ReportError
from ..findings import Finding, Place
from ..parallel import Outcome, SameProcessExecutor, executor, run
from ..write import write_atomically
from .build import RenderedReport, ReportTask, build_report
from .formats import PICTURE_FORMATS
from .inputs import INDEX_STEM, ReportInput, ReportSource, resolve_inputs
from .options import DEFAULT_TEMPLATE, ReportOptions, validate_options
from .report_folder import ReportFolder, ReportRecord
from .templates import builtin_templates, find_template

PRELOAD = ("ippoolkit.report.preload",)
CellProgress = Callable[[int, int], None]  # given how many cells are done, of how many


@dataclass(frozen=True, slots=True)
class ReportSuccess:
    """A report that is there: of which input, in which files, and whether it was there before."""

    label: str
    files: tuple[Path, ...]
    is_unchanged: bool = False


@dataclass(frozen=True, slots=True)
class ReportFailure:
    """A report that could not be made, and why."""

    label: str
    error: IppoolkitError


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of many reports, in the order asked for; `index_page` lists them, worst first."""

    successes: tuple[ReportSuccess, ...]
    failures: tuple[ReportFailure, ...]
    index_page: Path | None = None


BatchProgress = Callable[[int, int, ReportSuccess | ReportFailure], None]


def make_report(
    scenario: ReportSource,
    out: str | Path,
    *,
    lang: str = "en",
    date: str | None = None,
    redact: bool = False,
    template: str | Path = DEFAULT_TEMPLATE,
    parameters: Mapping[str, Any] | None = None,
    progress: CellProgress | None = None,
    in_process: bool = False,
) -> Path:
    """Make one report as one file; see `ippoolkit.report`."""
    target = Path(out)
    option_values = {"template": template, "lang": lang, "date": date, "redact": redact, "parameters": parameters}
    in_process = in_process and str(template) in builtin_templates()
    pool_context = SameProcessExecutor() if in_process else executor(jobs=1, preload=PRELOAD)
    with pool_context as pool, tempfile.TemporaryDirectory(prefix="ippoolkit-") as temp_dir:
        report_options, report_input = _resolve_single_report(scenario, target, option_values)
        task = ReportTask(
            "cluster",
            report_options,
            (report_input,),
            progress_file=Path(temp_dir) / "cells",
            picture_stem=target.stem,
        )
        future = pool.submit(build_report, task)
        cell_count = len(report_options.template.notebook["cells"]) + 1  # papermill adds that of the parameters
        try:
            while not wait([future], timeout=0.1).done:
                if progress is not None and task.progress_file and task.progress_file.exists():
                    progress(task.progress_file.stat().st_size, cell_count)
            report = future.result()
            if progress is not None:
                progress(cell_count, cell_count)
        except BrokenExecutor:
            raise ReportError("report-lost") from None
        except (IppoolkitError, OSError):
            raise
        except Exception as error:  # noqa: BLE001 (whatever it was in the other process)
            raise ReportError("report-failed", reason=f"{type(error).__name__}: {error}") from None
    main_suffix = f".{report_options.formats[0]}"
    for suffix, content in report.files_by_suffix.items():
        if suffix != main_suffix:
            write_atomically(target.with_name(f"{target.stem}{suffix}"), content)
    return write_atomically(target, report.files_by_suffix[main_suffix])


def check_target(target: Path) -> list[Finding]:
    """Return what would keep a file from being written, as far as that can be known before."""
    if not target.parent.is_dir():
        return [Finding("folder-missing", place=Place(str(target.parent)))]
    return [Finding("file-folder", place=Place(str(target)))] if target.is_dir() else []


def _resolve_single_report(
    scenario: ReportSource, target: Path, option_values: Mapping[str, Any]
) -> tuple[ReportOptions, ReportInput]:
    """Check everything about one report, its scenario too; raise all problems at once."""
    format_ = target.suffix.lower().removeprefix(".") or "html"
    problems: list[Finding] = []
    report_options = report_input = None
    if format_ in ("png", "svg"):
        problems.append(Finding("report-pictures", place=Place(str(target))))
    try:
        report_options = validate_options(formats=(format_,), **option_values)
    except InputError as error:
        problems += error.problems
    problems += check_target(target)
    try:
        reads_files = report_options is not None and report_options.template.reads_files
        (report_input,) = resolve_inputs([scenario], allow_partial=reads_files)[:1]
        report_input = replace(report_input, reading=report_input.read(allow_partial=reads_files))
    except InputError as error:
        problems += error.problems
    if problems or report_options is None or report_input is None:
        raise InputError(problems)
    return report_options, report_input


def make_reports(
    scenarios: Iterable[ReportSource],
    out_dir: str | Path,
    *,
    formats: Iterable[str] = ("html",),
    lang: str = "en",
    redact: bool = False,
    date: str | None = None,
    template: str | Path = DEFAULT_TEMPLATE,
    parameters: Mapping[str, Any] | None = None,
    jobs: int | None = None,
    force: bool = False,
    progress: BatchProgress | None = None,
) -> BatchResult:
    """Make a report of each scenario, and of several a page that lists them, worst first.

    What fails leaves the others alone; what is there already, made from the same, is not made again. A template that
    takes several scenarios makes one report of all.

    Parameters
    ----------
    scenarios
        Scenarios; paths of files, each a scenario or a dump of its own; folders, each with the dumps of one cluster;
        patterns such as ``clusters/*.yaml``; a list of paths is one cluster.
    out_dir
        The folder to write to; made where it is missing.
    formats
        What each is made as: ``html``, ``pdf``, ``xlsx``, ``md``, ``png`` and ``svg`` (a file a figure).
    lang
        Language: ``en`` or ``zh``.
    redact
        Whether names and addresses are replaced; the numbers stay.
    date
        Date to print, as YYYY-MM-DD; today's if left out.
    template
        Name of one of the kit's templates, or the path of a notebook with a cell tagged ``parameters``.
    parameters
        Further parameters of the template.
    jobs
        How many are made at the same time; as many as there are processors if left out.
    force
        Whether to make also those that are there already.
    progress
        Called after each with how many are done, of how many, and what became of it.

    Returns
    -------
    BatchResult
        What was made and what failed.

    Raises
    ------
    InputError
        Where a parameter, an input's path or the folder is no good; checked before anything runs.
    KeyboardInterrupt
        Where it is interrupted: what was made until then is there, whole.
    """
    problems: list[Finding] = []
    options = None
    report_inputs: list[ReportInput] = []
    try:
        options = validate_options(
            template=template, formats=formats, lang=lang, date=date, redact=redact, parameters=parameters
        )
    except InputError as error:
        problems += error.problems
    try:
        report_inputs = resolve_inputs(scenarios, allow_partial=options is not None and options.template.reads_files)
    except InputError as error:
        problems += error.problems
    if jobs is not None and jobs < 1:
        params = {"value": str(jobs), "bound": 1}
        problems.append(Finding("value-low", params=params, place=Place("report", field="jobs")))
    folder = Path(out_dir)
    if folder.exists() and not folder.is_dir():
        problems.append(Finding("not-folder", place=Place(str(folder))))
    if problems or options is None:
        raise InputError(problems)
    if options.redact:
        report_inputs = [
            replace(report_input, stem=f"cluster-{number}")
            for number, report_input in enumerate(report_inputs, start=1)
        ]
    tasks = _tasks(options, report_inputs)
    run = _BatchRun(options, tasks, ReportFolder(folder), jobs or os.cpu_count() or 1, progress, force=force)
    with run.folder.lock():
        return run.run()


def _tasks(options: ReportOptions, report_inputs: Sequence[ReportInput]) -> list[ReportTask]:
    if options.template.combines_inputs:
        return [ReportTask(options.template.name, options, tuple(report_inputs))]
    return [ReportTask(report_input.stem, options, (report_input,)) for report_input in report_inputs]


class _BatchRun:
    """One batch under way."""

    def __init__(
        self,
        options: ReportOptions,
        tasks: Sequence[ReportTask],
        folder: ReportFolder,
        jobs: int,
        progress: BatchProgress | None,
        *,
        force: bool,
    ) -> None:
        self.options, self.tasks, self.folder, self.jobs, self.force = options, tasks, folder, jobs, force
        self.progress = progress or (lambda *_: None)
        self.records: dict[str, ReportRecord] = {}
        self.results: dict[str, ReportSuccess | ReportFailure] = {}

    def run(self) -> BatchResult:
        """Make what is not there yet, and the page that lists all."""
        hashes = {task.stem: _input_hash(task) for task in self.tasks}
        for task in self.tasks:
            record = None if self.force else self.folder.find_current(task.stem, hashes[task.stem])
            if record is not None:
                self._finish(task, record, is_unchanged=True)
        self._build([task for task in self.tasks if task.stem not in self.results], hashes)
        index_page = self._build_index() if len(self.tasks) > 1 else None
        results = [self.results[task.stem] for task in self.tasks]
        return BatchResult(
            tuple(result for result in results if isinstance(result, ReportSuccess)),
            tuple(result for result in results if isinstance(result, ReportFailure)),
            index_page,
        )

    def _build(self, pending: Sequence[ReportTask], hashes: Mapping[str, str]) -> None:
        """Make reports in worker processes; each is written by this one as soon as it is done."""
        if not pending:
            return

        def write(index: int, outcome: Outcome[RenderedReport]) -> None:
            task = pending[index]
            error = outcome.error
            try:
                if outcome.value is not None:
                    self._finish(task, self._write(task, hashes[task.stem], outcome.value))
                    return
            except InputError as write_error:
                error = write_error
            self._record_result(task, ReportFailure(task.inputs[0].label, error or ReportError("report-lost")))

        # A notebook of the user's may leave anything behind in its process.
        is_builtin = self.options.template.is_builtin
        with executor(jobs=min(self.jobs, len(pending)), preload=PRELOAD, fresh=not is_builtin) as pool:
            run(pool, build_report, pending, on_outcome=write)

    def _write(self, task: ReportTask, input_hash: str, report: RenderedReport) -> ReportRecord:
        return self.folder.write_report(
            task.stem, input_hash or _input_hash(task), report.with_stem(task.stem), report.summary
        )

    def _finish(self, task: ReportTask, record: ReportRecord, *, is_unchanged: bool = False) -> None:
        files = tuple(self.folder.path / file for file in record.file_hashes)
        self.records[task.stem] = record
        self._record_result(task, ReportSuccess(task.inputs[0].label, files, is_unchanged))

    def _record_result(self, task: ReportTask, result: ReportSuccess | ReportFailure) -> None:
        self.results[task.stem] = result
        self.progress(len(self.results), len(self.tasks), result)

    def _build_index(self) -> Path:
        """Make the page that lists all reports."""
        entries = tuple(self._index_entry(task) for task in self.tasks)
        index_formats = tuple(format_ for format_ in self.options.formats if format_ not in PICTURE_FORMATS)
        index_options = replace(
            self.options, template=find_template("fleet"), formats=index_formats or ("html",), parameters={}
        )
        task = ReportTask(INDEX_STEM, index_options, entries=entries)
        input_hash = index_options.input_hash(repr(entries))
        record = None if self.force else self.folder.find_current(INDEX_STEM, input_hash)
        if record is None:
            with executor(jobs=1, preload=PRELOAD) as pool:
                (outcome,) = run(pool, build_report, [task])
            if outcome.value is None:
                raise outcome.error or ReportError("report-lost")
            record = self._write(task, input_hash, outcome.value)
        return self.folder.path / next(iter(record.file_hashes))

    def _index_entry(self, task: ReportTask) -> dict[str, Any]:
        result = self.results[task.stem]
        if isinstance(result, ReportSuccess):
            return {"name": task.stem, **self.records[task.stem].summary, "link": result.files[0].name}
        if self.options.redact:
            return {"name": task.stem, "error": "–"}  # what is wrong with it may name anything
        return {"name": result.label, "error": result.error.describe(self.options.lang)}


def _input_hash(task: ReportTask) -> str:
    """Return what a report is made from; empty where an input cannot be read, which is said when it is tried."""
    try:
        return task.options.input_hash(*(report_input.digest() for report_input in task.inputs))
    except InputError:
        return ""
