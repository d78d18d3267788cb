"""Some cases, one after another, in a worker process."""

from __future__ import annotations

import faulthandler
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .cases import file_name, find_failure, minimise, warm_up

CHUNK = 250
HARD_SECONDS = 900  # a case that no signal ends takes its process with it


@dataclass(frozen=True)
class Chunk:
    """Some cases, one after another."""

    seed: int
    first: int
    count: int
    failures: str
    known: tuple[str, ...] = ()


_WARM = []


def run_chunk(chunk: Chunk) -> dict[str, Any]:
    """Run cases in this process; write each new kind of failure to a file."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.stderr = sys.__stderr__
    kinds: dict[str, int] = {}
    slowest, slowest_case = 0.0, -1
    with tempfile.TemporaryDirectory(prefix="ippoolkit-fuzz-") as name:
        folder = Path(name)
        if not _WARM:
            _WARM.append(True)
            warm_up(folder)
        running = Path(chunk.failures) / f"running-{chunk.first}"
        for number in range(chunk.first, chunk.first + chunk.count):
            running.write_text(str(number))
            faulthandler.dump_traceback_later(HARD_SECONDS, exit=True)
            started = time.process_time()
            failure = find_failure(chunk.seed, number, folder)
            seconds = time.process_time() - started
            if seconds > slowest:
                slowest, slowest_case = seconds, number
            if failure is not None:
                kinds[failure.signature] = kinds.get(failure.signature, 0) + 1
                mark = Path(chunk.failures) / f".{failure.signature.replace(' ', '-').replace('/', '-')}"
                if not mark.exists():
                    mark.touch()
                    faulthandler.dump_traceback_later(HARD_SECONDS * 10, exit=True)
                    content = minimise(failure.command, failure.name, failure.content, folder, failure.signature)
                    target = Path(chunk.failures) / file_name(failure)
                    target.write_bytes(content)
                    text = f"case {number}: ippoolkit {failure.command}\n{failure.signature}\n{failure.detail}\n"
                    target.with_name(f"{target.name}.how").write_text(text)
            faulthandler.cancel_dump_traceback_later()
        running.unlink()
    return {"count": chunk.count, "kinds": kinds, "slowest": round(slowest, 2), "case": slowest_case}
