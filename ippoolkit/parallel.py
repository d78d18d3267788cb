"""Work that is many, through one `concurrent.futures.Executor`: processes of this machine, or a Dask scheduler.

``with executor(...) as pool: outcomes = run(pool, function, items)``: whichever executor it is, the outcomes are the
same and in the order of the items. What fails on one item leaves the others alone.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import resource_tracker
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.forkserver import ensure_running
from pathlib import Path
from types import ModuleType
from typing import Any, Generic, TypeVar

from . import __version__
from .errors import FindingError, InputError, IppoolkitError
from .findings import Finding, Place

Item = TypeVar("Item")
Value = TypeVar("Value")

CONNECT_SECONDS = 10
# Items handed over and not done yet: for each process of this machine, and elsewhere in all.
IN_WORK = 3
IN_WORK_ELSEWHERE = 1000


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Value]):
    """What became of one item: its value, or the error that it ended in; `resumed` where it was known before."""

    value: Value | None = None
    error: IppoolkitError | None = None
    resumed: bool = False


class Journal:
    """Results that outlive a run, as lines of JSON in one file; a line that a crash cut off is worked out again.

    Raises
    ------
    InputError
        Where the file cannot be read or written.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._known: dict[str, Any] = {}
        if self._path.exists() and not self._path.is_file():  # a device may have no end
            params = {"reason": "not a regular file"}
            raise InputError([Finding("file-unreadable", params=params, place=Place(str(path)))])
        try:
            with self._path.open("a+", encoding="utf-8") as file:
                file.seek(0)
                text = file.read()
                if text and not text.endswith("\n"):  # cut off: what is appended begins on a line of its own
                    file.write("\n")
        except (OSError, ValueError) as error:
            params = {"reason": getattr(error, "strerror", None) or str(error)}
            raise InputError([Finding("file-unreadable", params=params, place=Place(str(path)))]) from None
        for line in text.split("\n"):
            try:
                entry = json.loads(line)
                self._known[entry["key"]] = entry["value"]
            except (ValueError, TypeError, KeyError, RecursionError):
                continue

    def get(self, key: str) -> Any | None:
        """Return the value kept under a key, None where there is none."""
        return self._known.get(key)

    def put(self, key: str, value: Any) -> None:
        """Append a value to the file."""
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"key": key, "value": value}, ensure_ascii=False) + "\n")
        self._known[key] = value


def item_key(source: str, files: Iterable[Path], *options: object) -> str:
    """Return a key for what comes of a source: another one as soon as a file of it, an option or the kit changes.

    Of files count path, size and time of change; what is no file, such as an address, is the same for a day.
    """
    parts: list[object] = [__version__, source, *options]
    for file in files:
        if file.exists():
            stat = file.stat()
            parts.append((str(file), stat.st_size, stat.st_mtime_ns))
        else:
            parts.append(datetime.now(UTC).date().isoformat())
    return hashlib.sha256(repr(parts).encode(errors="surrogateescape")).hexdigest()


class SameProcessExecutor(Executor):
    """The caller's own process: what is handed over is done before `submit` returns."""

    def submit(self, fn: Callable[..., Value], /, *args: Any, **kwargs: Any) -> Future[Value]:
        """Run a function now."""
        future: Future[Value] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 (the future raises it)
            future.set_exception(error)
        return future


class LocalExecutor(Executor):
    """Processes of this machine that outlive the death of one: a pool that broke is replaced by a new one.

    Parameters
    ----------
    jobs
        How many processes; as many as there are processors if left out.
    preload
        Modules that the server which forks the processes loads once; it begins at once.
    fresh
        Whether each piece of work gets a process that knows nothing of those before it.
    """

    def __init__(self, jobs: int | None = None, preload: Sequence[str] = (), *, fresh: bool = False) -> None:
        self.jobs = jobs or os.cpu_count() or 1
        self._fresh = fresh
        self._preload = list(preload)
        self._before = {process.pid for process in multiprocessing.active_children()}
        self._pool = self._start()

    def _start(self) -> ProcessPoolExecutor:
        context = _ForkServerContext()
        context.set_forkserver_preload(self._preload)
        # Starting the tracker lets interrupts in again, so it goes first.
        resource_tracker.ensure_running()
        with _interrupts_later():
            ensure_running()
        return ProcessPoolExecutor(
            self.jobs,
            mp_context=context,
            initializer=_belong_to_the_parent,
            max_tasks_per_child=1 if self._fresh else None,
        )

    def submit(self, fn: Callable[..., Value], /, *args: Any, **kwargs: Any) -> Future[Value]:
        """Run a function in one of the processes."""
        with _interrupts_later():  # a process may be started for it
            try:
                return self._pool.submit(fn, *args, **kwargs)
            except BrokenExecutor:
                pass
        self._pool.shutdown(wait=True)
        self._pool = self._start()
        with _interrupts_later():
            return self._pool.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 (the base's)
        """End the processes; without `wait` also those that are at work."""
        self._pool.shutdown(wait=wait, cancel_futures=cancel_futures)
        if not wait:
            for process in multiprocessing.active_children():
                if process.pid not in self._before:
                    process.terminate()


@contextmanager
def _interrupts_later() -> Iterator[None]:
    """Hold interrupts back while processes are started: they do not see them, and none is left half-started."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _WorkerProcess(ForkServerProcess):
    """A process that does not run the caller's script once more: all that works here is the kit's own."""

    @staticmethod
    def _Popen(process_obj: Any) -> Any:  # noqa: N802 (multiprocessing's name)
        main_module = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            return ForkServerProcess._Popen(process_obj)  # noqa: SLF001 (the only place to step in)
        finally:
            sys.modules["__main__"] = main_module


class _ForkServerContext(ForkServerContext):
    Process = _WorkerProcess


def _belong_to_the_parent() -> None:
    """Leave interrupts to the process that asked for the work, and end with it however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:

        def end_with_parent() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=end_with_parent, daemon=True).start()


@contextmanager
def executor(
    scheduler: str | None = None, jobs: int | None = None, preload: Sequence[str] = (), *, fresh: bool = False
) -> Iterator[Executor]:
    """Yield the executor that was asked for, and end it.

    Parameters
    ----------
    scheduler
        Address of a Dask scheduler, such as ``tcp://10.0.0.5:8786``; its workers need ippoolkit of the same version.
        Processes of this machine if left out.
    jobs
        How many processes of this machine.
    preload
        Modules that every process of this machine needs.
    fresh
        Whether each piece of work gets a process of this machine to itself.

    Raises
    ------
    FindingError
        Where the scheduler does not answer, or `distributed` is not installed.
    """
    client = None
    if scheduler is None:
        pool: Executor = LocalExecutor(jobs, preload, fresh=fresh)
    else:
        client = _connect(scheduler)
        pool = client.get_executor(pure=False)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    else:
        pool.shutdown(wait=True)
    finally:
        if client is not None:
            client.close()


def _connect(scheduler: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise FindingError("extra-missing", package="distributed", extra="distributed") from None
    try:
        return Client(scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise FindingError("scheduler-unreachable", address=scheduler, reason=str(error)) from None


def run(
    pool: Executor,
    function: Callable[[Item], Value],
    items: Iterable[Item],
    *,
    results: Journal | None = None,
    key: Callable[[Item], str] = str,
    on_outcome: Callable[[int, Outcome[Value]], None] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Outcome[Value]]:
    """Apply a function to each item.

    Parameters
    ----------
    pool
        Any executor: `executor` yields one.
    function
        A function of a module, of one item. It is sent to the workers by name.
    items
        What it is applied to; everything that can be pickled.
    results, key
        Where values are kept, and the key of an item's: items whose value is there are not run.
    on_outcome
        Called in the caller's process after each item, with its index and what became of it.
    progress
        Called in the caller's process after each item, with how many are done, of how many.

    Returns
    -------
    list of Outcome
        One for each item, in their order.

    Raises
    ------
    KeyboardInterrupt
        On Ctrl+C, after all work was cancelled; what `results` kept is there.
    """
    tasks = list(items)
    keys = [] if results is None else [key(task) for task in tasks]
    outcomes: dict[int, Outcome[Value]] = {}

    def finish(index: int, outcome: Outcome[Value]) -> None:
        outcomes[index] = outcome
        if results is not None and outcome.error is None and not outcome.resumed:
            results.put(keys[index], outcome.value)
        if on_outcome is not None:
            on_outcome(index, outcome)
        if progress is not None:
            progress(len(outcomes), len(tasks))

    for index, task_key in enumerate(keys):
        known = None if results is None else results.get(task_key)
        if known is not None:
            finish(index, Outcome(value=known, resumed=True))
    indexes_left = deque(index for index in range(len(tasks)) if index not in outcomes)
    suspects = _run_together(pool, function, tasks, indexes_left, finish)
    # One of these took a process down with it; alone, each can only harm itself.
    for index in suspects:
        outcome = _outcome(pool.submit(function, tasks[index]))
        finish(index, outcome or Outcome(error=FindingError("worker-died")))
    return [outcomes[index] for index in range(len(tasks))]


def _run_together(
    pool: Executor,
    function: Callable[[Item], Value],
    tasks: Sequence[Item],
    indexes_left: deque[int],
    finish: Callable[[int, Outcome[Value]], None],
) -> list[int]:
    """Run many items at once; return those that were in work when a process died."""
    waiting: dict[Future[Value], int] = {}
    suspects: list[int] = []
    # With processes of this machine, all that was handed over is lost when one dies.
    most_in_work = IN_WORK * pool.jobs if isinstance(pool, LocalExecutor) else IN_WORK_ELSEWHERE
    try:
        while indexes_left or waiting:
            while indexes_left and len(waiting) < most_in_work:
                index = indexes_left.popleft()
                waiting[pool.submit(function, tasks[index])] = index
            finished, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in finished:
                index = waiting.pop(future)
                outcome = _outcome(future)
                if outcome is None:
                    suspects.append(index)
                else:
                    finish(index, outcome)
    except BaseException:
        for future in waiting:
            future.cancel()
        raise
    return sorted(suspects)


def _outcome(future: Future[Value]) -> Outcome[Value] | None:
    """Return what became of an item; None where its process died before it was done."""
    try:
        return Outcome(value=future.result())
    except (BrokenExecutor, CancelledError):
        return None
    except IppoolkitError as error:
        return Outcome(error=error)
    except Exception as error:  # noqa: BLE001 (whatever it is, the others go on)
        if type(error).__name__ == "KilledWorker":  # Dask's, which is loaded only where it is used
            return None
        return Outcome(error=FindingError("item-failed", reason=f"{type(error).__name__}: {error}"))
