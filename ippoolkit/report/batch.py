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
from .inputs import SUMMARY, Given, Input, inputs
from .kernels import Kernels
from .make import make, make_summary
from .order import DEFAULT, Order, order
from .run import CellProgress
from .store import Record, Store, place
from .template import find_template


@dataclass(frozen=True, slots=True)
class Made:
    """A report that is there: of which input, in which files, and whether it was there before."""

    told: str
    files: tuple[Path, ...]
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """A report that could not be made, and why."""

    told: str
    error: IppoolkitError


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of many reports, in the order asked for; `summary` is the page that lists them, worst first."""

    made: tuple[Made, ...]
    failed: tuple[Failed, ...]
    summary: Path | None = None


Progress = Callable[[int, int, Made | Failed], None]


def make_report(
    scenario: Given,
    out: str | Path,
    *,
    lang: str = "en",
    date: str | None = None,
    redact: bool = False,
    template: str | Path = DEFAULT,
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
    with Kernels() as kernels:  # first of all: it takes as long to load as all that follows
        options = {"template": template, "lang": lang, "date": date, "redact": redact, "parameters": parameters}
        asked, given = _one_order(scenario, target, options)
        made = make(kernels, asked, [given], "cluster", progress)
    return place(target, made.files[f".{asked.formats[0]}"])


def check_target(target: Path) -> list[Finding]:
    """Return what keeps a file from being written, as far as that can be told before."""
    if not target.parent.is_dir():
        return [Finding("folder-missing", place=Place(str(target.parent)))]
    return [Finding("file-folder", place=Place(str(target)))] if target.is_dir() else []


def _one_order(scenario: Given, target: Path, options: Mapping[str, Any]) -> tuple[Order, Input]:
    """Check everything about one report, its scenario too; raise all problems at once."""
    format_ = target.suffix.lower().removeprefix(".") or "html"
    problems: list[Finding] = []
    asked = given = None
    if format_ in ("png", "svg"):
        problems.append(Finding("report-pictures", place=Place(str(target))))
    try:
        asked = order(formats=(format_,), **options)
    except InputError as error:
        problems += error.problems
    problems += check_target(target)
    try:
        files = asked is not None and asked.template.reads_files
        (given,) = inputs([scenario], lenient=files)[:1]
        given = given if files else replace(given, scenario=given.read())
    except InputError as error:
        problems += error.problems
    if problems or asked is None or given is None:
        raise InputError(problems)
    return asked, given


def make_reports(
    scenarios: Iterable[Given],
    out_dir: str | Path,
    *,
    formats: Iterable[str] = ("html",),
    lang: str = "en",
    redact: bool = False,
    date: str | None = None,
    template: str | Path = DEFAULT,
    parameters: Mapping[str, Any] | None = None,
    jobs: int | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> Batch:
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
    asked = None
    given: list[Input] = []
    try:
        asked = order(template=template, formats=formats, lang=lang, date=date, redact=redact, parameters=parameters)
    except InputError as error:
        problems += error.problems
    try:
        given = inputs(scenarios, lenient=asked is not None and asked.template.reads_files)
    except InputError as error:
        problems += error.problems
    if jobs is not None and jobs < 1:
        numbers = {"value": str(jobs), "bound": 1}
        problems.append(Finding("value-low", numbers=numbers, place=Place("report", field="jobs")))
    folder = Path(out_dir)
    if folder.exists() and not folder.is_dir():
        problems.append(Finding("not-folder", place=Place(str(folder))))
    if problems or asked is None:
        raise InputError(problems)
    if asked.redact:
        given = [replace(one, name=f"cluster-{at}") for at, one in enumerate(given, start=1)]
    store = Store(folder)
    with store.writing():
        return _Run(asked, given, store, jobs or os.cpu_count() or 1, progress, force=force).all()


class _Run:
    """One batch under way."""

    def __init__(
        self, asked: Order, given: list[Input], store: Store, jobs: int, progress: Progress | None, *, force: bool
    ) -> None:
        self.order, self.store, self.jobs, self.force = asked, store, jobs, force
        self.progress = progress or (lambda *_: None)
        if asked.template.joins:
            self.tasks = [(asked.template.name, given)]
        else:
            self.tasks = [(one.name, [one]) for one in given]
        self.records: dict[str, Record] = {}
        self.results: dict[str, Made | Failed] = {}
        self._kernels: Kernels | None = None

    def all(self) -> Batch:
        """Make what is not there yet, and the page that lists all."""
        try:
            keys = {name: self._key(given) for name, given in self.tasks}
            for name, given in self.tasks:
                record = None if self.force or not keys[name] else self.store.made(name, keys[name])
                if record:
                    self._done(name, self._found(given, record, skipped=True))
                    self.records[name] = record
            todo = [(name, given) for name, given in self.tasks if name not in self.results]
            if todo:
                self._make_all(todo, keys)
            summary = self._summary()
        finally:
            if self._kernels:
                self._kernels.close()
        results = [self.results[name] for name, _ in self.tasks]
        made = tuple(result for result in results if isinstance(result, Made))
        return Batch(made, tuple(result for result in results if isinstance(result, Failed)), summary)

    def _make_all(self, todo: Sequence[tuple[str, list[Input]]], keys: Mapping[str, str]) -> None:
        assert self.kernels  # loading, while the first inputs are read
        pool = ThreadPoolExecutor(min(self.jobs, len(todo)))
        waiting: set[Future[Any]] = set()
        try:
            names = {pool.submit(self._one, name, given, keys[name]): name for name, given in todo}
            waiting = set(names)
            while waiting:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in done:
                    self._done(names[future], future.result())
        finally:
            for future in waiting:
                future.cancel()
            if waiting:  # interrupted: without their kernels, reports under way end at once
                self.kernels.close()
            pool.shutdown(wait=True, cancel_futures=True)

    def _one(self, name: str, given: list[Input], key: str) -> Made | Failed:
        try:
            made = make(self.kernels, self.order, given, name)
            record = self.store.put(name, key or self._key(given), made.named(name), made.summary)
        except IppoolkitError as error:
            return Failed(given[0].told, error)
        except Exception as error:  # noqa: BLE001 (whatever it is, the others go on)
            return Failed(given[0].told, ReportError("report-failed", reason=f"{type(error).__name__}: {error}"))
        self.records[name] = record
        return self._found(given, record)

    def _found(self, given: list[Input], record: Record, *, skipped: bool = False) -> Made:
        return Made(given[0].told, tuple(self.store.folder / file for file in record.files), skipped)

    def _done(self, name: str, result: Made | Failed) -> None:
        self.results[name] = result
        self.progress(len(self.results), len(self.tasks), result)

    def _key(self, given: list[Input]) -> str:
        """Return what the report is made from; empty where an input cannot be read, which is told when it is tried."""
        try:
            return self.order.key(*(one.digest() for one in given))
        except InputError:
            return ""

    @property
    def kernels(self) -> Kernels:
        """What runs notebooks, started when it is first needed."""
        if self._kernels is None:
            self._kernels = Kernels()
        return self._kernels

    def _summary(self) -> Path | None:
        """Make the page that lists all reports; none where there is only one."""
        if len(self.tasks) < 2:
            return None
        entries = [self._entry(name, self.results[name]) for name, _ in self.tasks]
        pages = tuple(format_ for format_ in self.order.formats if format_ not in ("png", "svg")) or ("html",)
        asked = replace(self.order, template=find_template("fleet"), formats=pages, parameters={})
        key = asked.key(repr(entries))
        record = self.store.made(SUMMARY, key) if not self.force else None
        if record is None:
            record = self.store.put(
                SUMMARY, key, make_summary(self.kernels, asked, entries, SUMMARY).named(SUMMARY), {}
            )
        return self.store.folder / next(iter(record.files))

    def _entry(self, name: str, result: Made | Failed) -> dict[str, Any]:
        if isinstance(result, Failed):
            error = result.error
            if self.order.redact:
                return {"name": name, "error": "–"}  # what is wrong with it may name anything
            return {"name": result.told, "error": error.describe(self.order.lang)}
        return {"name": name, **self.records[name].summary, "link": result.files[0].name}
