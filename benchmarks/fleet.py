"""How many clusters a minute are audited in one table, on processes of this machine.

Run ``python benchmarks/fleet.py [--clusters N] [--jobs J]``. Each cluster is a snapshot of its own: 4 nodes, 60 pods,
with blocks, affinities and handles. Time that other programs take from the processors counts, so that the seconds of
processor time for one cluster are printed too, and how they compare with parsing the same JSON alone.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from statistics import median

import clusters

from ippoolkit.audit import audit
from ippoolkit.audit.fleet import audit_fleet
from ippoolkit.parallel import executor
from ippoolkit.read import read
from ippoolkit.write import save_scenario

NODES, PODS = 4, 60
SAMPLE = 50


def parse(path: Path) -> None:
    """Parse a file as JSON and nothing else."""
    json.loads(path.read_text())


def processor_seconds(work, path: Path) -> float:
    """Return the processor seconds that one call takes, as the median of several."""
    times = []
    for _ in range(SAMPLE):
        start = time.process_time()
        work(path)
        times.append(time.process_time() - start)
    return median(times)


def main() -> None:
    """Write snapshots, audit them all, print the rate."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--clusters", type=int, default=10_000)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        dump, first = Path(folder, "dump"), Path(folder, "0.json")
        dump.mkdir()
        clusters.write(dump, NODES, PODS)
        save_scenario(read(dump).scenario, first)
        text = first.read_bytes()
        sources = [str(first)]
        for number in range(1, chosen.clusters):
            path = Path(folder, f"{number}.json")
            path.write_bytes(text)
            sources.append(str(path))
        audit(first)
        audit_seconds, parse_seconds = processor_seconds(audit, first), processor_seconds(parse, first)
        print(
            f"{NODES} nodes, {PODS} pods, {len(text) / 1000:.0f} kB: {1000 * audit_seconds:.1f} ms of a processor, "
            f"{audit_seconds / parse_seconds:.1f} x json.loads"
        )
        start = time.perf_counter()
        with executor(jobs=chosen.jobs, preload=["ippoolkit.audit"]) as pool:
            fleet = audit_fleet(sources, pool)
        wall = time.perf_counter() - start
        print(
            f"{len(fleet):,} clusters on {chosen.jobs} processes: {60 * len(fleet) / wall:,.0f} a minute, of "
            f"{60 * chosen.jobs / audit_seconds:,.0f} that the processors alone allow (load of the machine "
            f"{os.getloadavg()[0]:.1f})"
        )


if __name__ == "__main__":
    main()
