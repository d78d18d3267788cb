"""One case: a mutated document through one command, in this process, watched for time, memory and exceptions."""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import resource
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from .commands import COMMANDS, all_commands, run_command
from .mutations import mutate
from .seeds import Seed, all_seeds

CPU_SECONDS = 5
MEMORY_BYTES = 500_000_000
MINIMISING_RUNS = 150


@dataclass(frozen=True)
class Failure:
    """What went wrong, under which command, with which document."""

    signature: str
    command: str
    name: str
    content: bytes
    detail: str


@cache
def corpus() -> list[Seed]:
    """Return the seeds, read once."""
    return all_seeds()


def build_case(seed: int, number: int) -> tuple[str, str, bytes]:
    """Return case `number`: a command, the name of its document, and the document."""
    dice = random.Random(f"{seed}/{number}")
    chosen = dice.choice(corpus())
    command = dice.choice(COMMANDS[chosen.kind])
    return command, chosen.name, mutate(chosen.content, dice)


def run_case(command: str, name: str, content: bytes, folder: Path) -> tuple[str, str]:
    """Run a case in an empty folder; return what went wrong and the end of its traceback, or two empty texts."""
    document = folder / name
    document.write_bytes(content)
    try:
        with _watched():
            run_command(command, document, folder)
    except BaseException as error:  # noqa: BLE001 (whatever it is, it is what is looked for)
        return _signature(error), "".join(traceback.format_exception(error)[-6:])[-3000:]
    finally:
        for leftover in folder.iterdir():
            leftover.unlink() if leftover.is_file() else None
    return "", ""


def minimise(command: str, name: str, content: bytes, folder: Path, signature: str) -> bytes:
    """Return a smaller document that fails in the same way: lines go first, then bytes."""
    runs = 0
    for pieces in (content.splitlines(keepends=True), None):
        parts = [content[position : position + 1] for position in range(len(content))] if pieces is None else pieces
        if pieces is None and len(content) > 2000:
            break
        size = max(1, len(parts) // 2)
        while size and runs < MINIMISING_RUNS * (2 if pieces is None else 1):
            position = 0
            while position < len(parts) and runs < MINIMISING_RUNS * (2 if pieces is None else 1):
                shorter = parts[:position] + parts[position + size :]
                runs += 1
                if run_case(command, name, b"".join(shorter), folder)[0] == signature:
                    parts = shorter
                else:
                    position += size
            size //= 2
        content = b"".join(parts)
    return content


def find_failure(seed: int, number: int, folder: Path) -> Failure | None:
    """Run case `number`; of a failure return the document as it is."""
    command, name, content = build_case(seed, number)
    signature, detail = run_case(command, name, content, folder)
    if signature.startswith("slow"):  # a virtual machine that stands still may count that as processor time
        signature, detail = run_case(command, name, content, folder)
    return Failure(signature, command, name, content, detail) if signature else None


class _TooSlow(BaseException):
    """More processor time than a document may take."""


def _signature(error: BaseException) -> str:
    """Return the kind of failure: the exception and the place in the kit that it came from."""
    if isinstance(error, _TooSlow):
        frames = traceback.extract_tb(error.__traceback__)
        inside = [frame for frame in frames if "ippoolkit/" in frame.filename]
        place = f"{Path(inside[-1].filename).name}:{inside[-1].name}" if inside else "?"
        return f"slow {place}"
    frames = traceback.extract_tb(error.__traceback__)
    inside = [frame for frame in frames if "/ippoolkit/" in frame.filename]
    place = f"{Path(inside[-1].filename).name}:{inside[-1].lineno}" if inside else "outside"
    return f"{type(error).__name__} {place}"


@contextlib.contextmanager
def _watched() -> Iterator[None]:
    """End what takes too long; let allocations fail that are too large."""

    def stop(*_: Any) -> None:
        raise _TooSlow

    signal.signal(signal.SIGVTALRM, stop)
    limits = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + MEMORY_BYTES, limits[1]))
    signal.setitimer(signal.ITIMER_VIRTUAL, CPU_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        resource.setrlimit(resource.RLIMIT_AS, limits)


def file_name(failure: Failure) -> str:
    """Return a name for the file of a failure."""
    digest = hashlib.sha256(failure.content).hexdigest()[:8]
    return f"{failure.signature.replace(' ', '-').replace(':', '-').replace('/', '-')}-{digest}-{failure.name}"


def warm_up(folder: Path) -> None:
    """Run each command once: what loads late is not counted against a document."""
    os.environ["COLUMNS"] = "120"
    for command in all_commands():
        started = time.monotonic()
        seed = next(seed for seed in corpus() if command in COMMANDS[seed.kind])
        global CPU_SECONDS  # noqa: PLW0603 (the first run of a command may compile)
        before, CPU_SECONDS = CPU_SECONDS, 600
        signature, detail = run_case(command, seed.name, seed.content, folder)
        CPU_SECONDS = before
        if signature:
            print(
                f"warm-up: {command}: {signature} after {time.monotonic() - started:.0f} s\n{detail}", file=sys.stderr
            )
