"""Run many cases on all processors: ``python -m tests.fuzz --count 1000000``. Interrupted, the same command goes on.

Each failure is minimised and written to a folder, once for each kind; the last line counts what was run.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from ippoolkit.parallel import Journal, Outcome, executor, run

from .chunks import CHUNK, Chunk, run_chunk


def main() -> int:
    """Run what is not done yet; return 1 where anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=None)
    parser.add_argument("--minutes", type=float, default=0, help="stop handing out work after so long")
    parser.add_argument("--failures", type=Path, default=Path(".fuzz"))
    options = parser.parse_args()
    options.failures.mkdir(exist_ok=True)
    chunks = [
        Chunk(options.seed, first, min(CHUNK, options.count - first), str(options.failures.resolve()))
        for first in range(0, options.count, CHUNK)
    ]
    totals: dict[str, int] = {}
    counted = 0
    slowest = (0.0, -1)
    deadline = time.monotonic() + options.minutes * 60 if options.minutes else float("inf")

    def count(index: int, outcome: Outcome[dict[str, Any]]) -> None:
        nonlocal counted, slowest
        if outcome.value is None:
            kind = f"process ended: {outcome.error} near case {chunks[index].first}"
            totals[kind] = totals.get(kind, 0) + 1
        else:
            counted += outcome.value["count"]
            slowest = max(slowest, (outcome.value["slowest"], outcome.value["case"]))
            for kind, times in outcome.value["kinds"].items():
                totals[kind] = totals.get(kind, 0) + times
        if not outcome.resumed:
            print(
                f"{counted:,} of {options.count:,}; {sum(totals.values())} failures of {len(totals)} kinds", flush=True
            )
        if time.monotonic() > deadline:
            raise KeyboardInterrupt

    journal = Journal(options.failures / f"journal-{options.seed}.jsonl")
    try:
        with executor(jobs=options.jobs) as pool:
            run(pool, run_chunk, chunks, results=journal, key=lambda chunk: str(chunk.first), on_outcome=count)
    except KeyboardInterrupt:
        print("interrupted; the same command goes on")
    print(
        json.dumps(
            {"documents": counted, "failures": totals, "slowest_s": slowest[0], "slowest_case": slowest[1]}, indent=1
        )
    )
    return int(bool(totals))


if __name__ == "__main__":
    sys.exit(main())
