"""Many reports: some at a time, each whole or not at all, and none made twice from the same."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..errors import InputError, IppoolkitError, ReportError
from ..findings import Finding, Place
from .build import build_index, build_report
from .execution import CellProgress
from .inputs import INDEX_STEM, ReportInput, ReportSource, resolve_inputs
from .kernel_launcher import KernelLauncher
from .options import DEFAULT_TEMPLATE, ReportOptions, validate_options
from .report_folder import ReportFolder, ReportRecord, write_atomically
from .templates import find_template


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
    """What became of many reports, in the order asked for; `summary` is the page that lists them, worst first."""

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
) -> Path:
    """Make one report as one file.

    Parameters
    ----------
    scenario
        A scenario, the path of anything that `ippoolkit.load` reads, or a folder with the dumps of a cluster; a list of
        paths is read as one.
    out
        Path of the file; what its name ends in says what it is made as: ``.html``, ``.pdf``, ``.xlsx`` or ``.md``.
        It is written whole or not at all.
    lang
        Language: ``en`` or ``zh``.
    date
        Date to print, as YYYY-MM-DD; today's if left out.
    redact
        Whether names and addresses are replaced; the numbers stay.
    template
        Name of one of the kit's templates, or the path of a notebook with a cell tagged ``parameters``.
    parameters
        Further parameters of the template.
    progress
        Is told how many cells of the notebook are done, of how many.

    Returns
    -------
    pathlib.Path
        The path of the report.

    Raises
    ------
    InputError
        Where the scenario, a parameter or the place to write to is no good; checked before anything runs.
    ReportError
        Where the notebook fails.
    """
    target = Path(out)
    with KernelLauncher() as launcher:  # first of all: it takes as long to load as all that follows
        option_values = {"template": template, "lang": lang, "date": date, "redact": redact, "parameters": parameters}
        report_options, report_input = _resolve_single_report(scenario, target, option_values)
        report = build_report(launcher, report_options, [report_input], "cluster", progress)
    return write_atomically(target, report.files_by_suffix[f".{report_options.formats[0]}"])


def check_target(target: Path) -> list[Finding]:
    """Return what keeps a file from being written, as far as that can be told before."""
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
        report_input = report_input if reads_files else replace(report_input, scenario=report_input.read())
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
    Batch
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
    report_folder = ReportFolder(folder)
    with report_folder.lock():
        return _BatchRun(
            options, report_inputs, report_folder, jobs or os.cpu_count() or 1, progress, force=force
        ).run()


class _BatchRun:
    """One batch under way."""

    def __init__(
        self,
        options: ReportOptions,
        report_inputs: list[ReportInput],
        report_folder: ReportFolder,
        jobs: int,
        progress: BatchProgress | None,
        *,
        force: bool,
    ) -> None:
        self.options, self.report_folder, self.jobs, self.force = options, report_folder, jobs, force
        self.progress = progress or (lambda *_: None)
        if options.template.combines_inputs:
            self.tasks = [(options.template.name, report_inputs)]
        else:
            self.tasks = [(report_input.stem, [report_input]) for report_input in report_inputs]
        self.records: dict[str, ReportRecord] = {}
        self.results: dict[str, ReportSuccess | ReportFailure] = {}
        self._launcher: KernelLauncher | None = None

    def run(self) -> BatchResult:
        """Make what is not there yet, and the page that lists all."""
        try:
            keys = {name: self._input_hash(report_inputs) for name, report_inputs in self.tasks}
            for name, report_inputs in self.tasks:
                record = None if self.force or not keys[name] else self.report_folder.find_current(name, keys[name])
                if record:
                    self._record_result(name, self._success(report_inputs, record, skipped=True))
                    self.records[name] = record
            pending = [(name, report_inputs) for name, report_inputs in self.tasks if name not in self.results]
            if pending:
                self._build_all(pending, keys)
            index_page = self._build_index()
        finally:
            if self._launcher:
                self._launcher.close()
        results = [self.results[name] for name, _ in self.tasks]
        successes = tuple(result for result in results if isinstance(result, ReportSuccess))
        return BatchResult(
            successes, tuple(result for result in results if isinstance(result, ReportFailure)), index_page
        )

    def _build_all(self, pending: Sequence[tuple[str, list[ReportInput]]], keys: Mapping[str, str]) -> None:
        assert self.launcher  # loading, while the first inputs are read
        executor = ThreadPoolExecutor(min(self.jobs, len(pending)))
        unfinished: set[Future[Any]] = set()
        try:
            names = {
                executor.submit(self._build_one, name, report_inputs, keys[name]): name
                for name, report_inputs in pending
            }
            unfinished = set(names)
            while unfinished:
                finished, unfinished = wait(unfinished, return_when=FIRST_COMPLETED)
                for future in finished:
                    self._record_result(names[future], future.result())
        finally:
            for future in unfinished:
                future.cancel()
            if unfinished:  # interrupted: without their kernels, reports under way end at once
                self.launcher.close()
            executor.shutdown(wait=True, cancel_futures=True)

    def _build_one(self, name: str, report_inputs: list[ReportInput], key: str) -> ReportSuccess | ReportFailure:
        try:
            report = build_report(self.launcher, self.options, report_inputs, name)
            record = self.report_folder.write_report(
                name, key or self._input_hash(report_inputs), report.with_stem(name), report.summary
            )
        except IppoolkitError as error:
            return ReportFailure(report_inputs[0].label, error)
        except Exception as error:  # noqa: BLE001 (whatever it is, the others go on)
            return ReportFailure(
                report_inputs[0].label, ReportError("report-failed", reason=f"{type(error).__name__}: {error}")
            )
        self.records[name] = record
        return self._success(report_inputs, record)

    def _success(
        self, report_inputs: list[ReportInput], record: ReportRecord, *, skipped: bool = False
    ) -> ReportSuccess:
        return ReportSuccess(
            report_inputs[0].label, tuple(self.report_folder.path / file for file in record.file_hashes), skipped
        )

    def _record_result(self, name: str, result: ReportSuccess | ReportFailure) -> None:
        self.results[name] = result
        self.progress(len(self.results), len(self.tasks), result)

    def _input_hash(self, report_inputs: list[ReportInput]) -> str:
        """Return what the report is made from; empty where an input cannot be read, which is told when it is tried."""
        try:
            return self.options.input_hash(*(report_input.digest() for report_input in report_inputs))
        except InputError:
            return ""

    @property
    def launcher(self) -> KernelLauncher:
        """What runs notebooks, started when it is first needed."""
        if self._launcher is None:
            self._launcher = KernelLauncher()
        return self._launcher

    def _build_index(self) -> Path | None:
        """Make the page that lists all reports; none where there is only one."""
        if len(self.tasks) < 2:
            return None
        entries = [self._index_entry(name, self.results[name]) for name, _ in self.tasks]
        index_formats = tuple(format_ for format_ in self.options.formats if format_ not in ("png", "svg")) or ("html",)
        index_options = replace(self.options, template=find_template("fleet"), formats=index_formats, parameters={})
        key = index_options.input_hash(repr(entries))
        record = self.report_folder.find_current(INDEX_STEM, key) if not self.force else None
        if record is None:
            record = self.report_folder.write_report(
                INDEX_STEM,
                key,
                build_index(self.launcher, index_options, entries, INDEX_STEM).with_stem(INDEX_STEM),
                {},
            )
        return self.report_folder.path / next(iter(record.file_hashes))

    def _index_entry(self, name: str, result: ReportSuccess | ReportFailure) -> dict[str, Any]:
        if isinstance(result, ReportFailure):
            error = result.error
            if self.options.redact:
                return {"name": name, "error": "–"}  # what is wrong with it may name anything
            return {"name": result.label, "error": error.describe(self.options.lang)}
        return {"name": name, **self.records[name].summary, "link": result.files[0].name}
