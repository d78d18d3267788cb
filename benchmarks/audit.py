"""Measure the reading of a cluster against json.load on the same files, and an audit of a very large one.

The time to read is compared with that of Python's own JSON parser, run beside it in turn; the memory is the greatest of
a process of its own.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

import clusters

from ippoolkit.audit import audit
from ippoolkit.read import read

ROUNDS = 7
LARGE = (5_000, 150_000)  # nodes, pods; 32 pods and a tunnel on a node with blocks of 64, some nodes with more


def load(paths: list[Path]) -> None:
    for path in paths:
        with path.open() as file:
            json.load(file)


def seconds(do, *arguments) -> float:
    start = perf_counter()
    do(*arguments)
    return perf_counter() - start


def ratio(folder: Path) -> None:
    paths = clusters.write(folder, 250, 6_000)
    size = sum(path.stat().st_size for path in paths)
    read(*paths)
    pairs = [(seconds(load, paths), seconds(lambda: read(*paths))) for _ in range(ROUNDS)]
    print(
        f"250 nodes, 6,000 pods, {size / 1e6:.0f} MB: json.load {median(ratio for ratio, _ in pairs):.2f} s; "
        f"read into a cluster in {median(ours / theirs for theirs, ours in pairs):.2f} x that time (at most 1.5)"
    )
    seconds_per_audit = median(seconds(audit, folder) for _ in range(3))
    print(f"  the whole audit takes {seconds_per_audit:.2f} s")


def large(folder: Path) -> None:
    start = perf_counter()
    cluster_audit = audit(folder)
    elapsed = perf_counter() - start
    totals = cluster_audit.metrics.totals
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
    print(
        f"{totals['nodes']:,} nodes, {totals['blocks']:,} blocks, {totals['pods']:,} pods, {size:,.0f} MB: "
        f"audited in {elapsed:.0f} s, {memory:,.0f} MB of memory at most"
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        large(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as small:
            ratio(Path(small))
        with tempfile.TemporaryDirectory() as many:
            clusters.write(Path(many), *LARGE, extra_blocks=11_000)
            subprocess.run([sys.executable, __file__, many], check=True)
