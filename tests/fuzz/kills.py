"""Commands killed at random moments: ``python -m tests.fuzz.kills --count 100``; nothing that they write may be half there.

A folder holds what a command wrote of one input. The command runs again on another input and is killed, at any moment of
its run or, every other time, at one of its steps in the folder: a file opened, renamed, removed. Each file is then as it
was before or as the command writes it; run once more, the command leaves what it leaves undisturbed, byte for byte.
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import redirect_stdout, suppress
from ctypes import c_ulong
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import NoReturn

from ippoolkit.cli import app
from ippoolkit.report import preload
from ippoolkit.widgets import Planner
from ippoolkit.write import save_scenario
from tests.clusters import cluster
from tests.helpers import ROOT

# {in} is the folder of the inputs, {out} that of what is written. The planner's report tab runs without its page.
WRITERS: Mapping[str, str] = {
    "scenario": "scenario {in}/pool.yaml -o {out}/file.yaml",
    "snapshot": "snapshot {in}/cluster.yaml -o {out}/file.json",
    "runbook": "runbook block-size -c {in}/cluster.yaml --pool old --to 27 -o {out}",
    "planner": "planner {in}/pool.yaml {out}",
    "reports": "report {in}/pool.yaml {in}/cluster.yaml -o {out} -f html,md --date 2026-01-01 --jobs 1",
}
POLL_SECONDS = 0.001
PRELOADED = preload  # reports start from it in processes of their own
_STEPS = ("open", "os.", "shutil.")  # audit events with paths
_PEEK = os.WEXITED | os.WNOHANG | os.WNOWAIT


class Kill(StrEnum):
    """When a command was killed."""

    BEFORE_WRITING = "before it wrote"
    WHILE_WRITING = "while it wrote"
    TOO_LATE = "too late"


class Writer:
    """A command, what it writes of an old and of a new input, and how long it takes."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder, self.out = name, folder, folder / "out"
        self._count = multiprocessing.Value(c_ulong, lock=False)  # steps, shared with the process of the command
        for age, range_, nodes in (("old", "10.244.0.0/18", 4), ("new", "10.17.0.0/18", 5)):
            inputs = folder / age
            inputs.mkdir(parents=True)
            pool = (ROOT / "data/default-ipv4-ippool.yaml").read_text()
            (inputs / "pool.yaml").write_text(pool.replace("10.244.0.0/18", range_))
            save_scenario(cluster(nodes), inputs / "cluster.yaml")
        if name not in ("planner", "reports"):  # what loads late is loaded, and compiled, before processes are forked
            self.out.mkdir()
            with redirect_stdout(io.StringIO()):
                app(self._arguments("old"), standalone_mode=False)
        self.old = self._write("old")
        shutil.copytree(self.out, folder / "kept", symlinks=True)
        self.new = self._write("new")

    def _write(self, age: str) -> dict[str, bytes]:
        """Run the command undisturbed, and see how long it takes; return what is there afterwards."""
        self.out.mkdir(exist_ok=True)
        started = time.monotonic()
        if self._end(self._start(age)) != 0:
            raise RuntimeError(f"{self.name} does not run")
        self.seconds, self.steps = time.monotonic() - started, self._count.value
        return visible(self.out)

    def _lay_out_old(self) -> None:
        shutil.rmtree(self.out)
        shutil.copytree(self.folder / "kept", self.out, symlinks=True)

    def _start(self, age: str, last_step: int = -1) -> int:
        """Start the command in a process of its own with everything loaded; it dies before a step, if one is named."""
        self._count.value = 0
        child = os.fork()
        if child == 0:
            sys.addaudithook(partial(self._die_at, last_step))
            _become(self._arguments(age))
        return child

    def _die_at(self, last_step: int, event: str, arguments: tuple[object, ...]) -> None:
        """Count what the process does in the folder."""
        if event.startswith(_STEPS) and any(
            isinstance(path, str) and path.startswith(str(self.out)) for path in arguments
        ):
            if self._count.value == last_step:
                os.kill(os.getpid(), signal.SIGKILL)
            self._count.value += 1

    def _end(self, child: int) -> int:
        """Wait until the command has ended; return how."""
        try:
            return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        finally:
            with suppress(ProcessLookupError):  # its workers, none of which may write into the next run
                os.killpg(child, signal.SIGKILL)

    def _kill(self, dice: random.Random) -> Kill:
        """Run the command on the new input and kill it."""
        before = _entries(self.out)
        if dice.random() < 0.5:
            child = self._start("new", dice.randrange(self.steps))
        else:
            child = self._start("new")
            _wait(child, dice.uniform(0, self.seconds))
            os.kill(child, signal.SIGKILL)
        if self._end(child) != -signal.SIGKILL:
            return Kill.TOO_LATE
        return Kill.BEFORE_WRITING if _entries(self.out) == before else Kill.WHILE_WRITING

    def _arguments(self, age: str) -> list[str]:
        return WRITERS[self.name].replace("{in}", str(self.folder / age)).replace("{out}", str(self.out)).split()

    def kill_once(self, dice: random.Random) -> tuple[Kill, list[str]]:
        """Kill the command once; return when, and what is wrong with what it left."""
        self._lay_out_old()
        kill = self._kill(dice)
        remaining = visible(self.out)
        wrong = [f"{name} is gone" for name in self.old if name not in remaining]
        wrong += [
            f"{name} is neither the old nor the new one"
            for name, content in remaining.items()
            if content not in (self.old.get(name), self.new.get(name))
        ]
        if (status := self._end(self._start("new"))) != 0:
            wrong.append(f"the next run ends with {status}")
        after = visible(self.out)
        wrong += [
            f"{name} is another one after the next run"
            for name in sorted({*after, *self.new})
            if after.get(name) != self.new.get(name)
        ]
        return kill, wrong


def visible(folder: Path) -> dict[str, bytes]:
    """Return the files that a user sees, by their paths in the folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }


def _wait(child: int, seconds: float) -> None:
    """Wait for so long, less if the command ends before."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and os.waitid(os.P_PID, child, _PEEK) is None:
        time.sleep(POLL_SECONDS)


def _become(arguments: list[str]) -> NoReturn:
    """Be the process of a command, with its session and its output of its own."""
    status = 1
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in range(3):
            os.dup2(nothing, descriptor)
        if arguments[0] == "planner":
            _save_in_planner(*arguments[1:])
            status = 0
        else:
            status = app(arguments, standalone_mode=False) or 0
    finally:
        os._exit(int(status))


def _save_in_planner(scenario: str, folder: str) -> None:
    os.chdir(folder)
    planner = Planner(scenario)
    planner._report_tab.create()


def _entries(folder: Path) -> set[tuple[str, int, int]]:
    entries = set()
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            status = path.lstat()
            entries.add((path.name, status.st_ino, status.st_size))
    return entries


def main() -> int:
    """Kill each writer in turn; return 1 where anything was half there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", choices=tuple(WRITERS), default=list(WRITERS))
    options = parser.parse_args()
    dice, wrong_counts = random.Random(options.seed), Counter[str]()
    with tempfile.TemporaryDirectory(prefix="ippoolkit-kills-") as folder:
        writers = [Writer(name, Path(folder) / name) for name in options.only]
        kills = Counter[str]()
        for number in range(options.count):
            writer = writers[number % len(writers)]
            kill, wrong = writer.kill_once(dice)
            kills[f"{writer.name} {kill}"] += 1
            for text in wrong:
                wrong_counts[f"{writer.name}: {text}"] += 1
                print(f"{number}: {writer.name}: {text}", flush=True)
            if (number + 1) % 10 == 0:
                print(f"{number + 1} runs, killed: {dict(sorted(kills.items()))}", flush=True)
    print(f"{options.count} runs, killed: {dict(sorted(kills.items()))}; wrong: {sum(wrong_counts.values())}")
    return int(bool(wrong_counts))


if __name__ == "__main__":
    sys.exit(main())
