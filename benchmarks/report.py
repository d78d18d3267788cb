"""Reports against the two commands they stand for, run beside them: one, a hundred, and two hundred that are killed."""

import argparse
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import nbformat
from bs4 import BeautifulSoup

import ippoolkit as ipk
from ippoolkit.report import builtin_notebook

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
SAMPLE = ROOT / "data/kubespray.yaml"
DAY = "2026-11-23"


def seconds(*commands):
    start = time.perf_counter()
    for command in commands:
        subprocess.run([str(part) for part in command], check=True, capture_output=True)
    return time.perf_counter() - start


def single(folder, rounds):
    """One report against papermill and nbconvert on an empty notebook, in the same round."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(metadata={"kernelspec": kernel}), folder / "empty.ipynb")
    notebook_commands = [
        [BIN / "papermill", folder / "empty.ipynb", folder / "out.ipynb"],
        [BIN / "jupyter", "nbconvert", "--to", "html", folder / "out.ipynb"],
    ]
    kit_commands = [[BIN / "ippoolkit", "report", SAMPLE, "-o", folder / "report.html"]]
    seconds(*notebook_commands), seconds(*kit_commands)  # once for the caches
    print(f"{'report s':>10} {'papermill + nbconvert s':>24} {'ratio':>7}")
    ratios = []
    for _ in range(rounds):
        ours, theirs = seconds(*kit_commands), seconds(*notebook_commands)
        ratios.append(ours / theirs)
        print(f"{ours:10.2f} {theirs:24.2f} {ratios[-1]:7.2f}")
    print(f"median ratio {statistics.median(ratios):.2f}")
    return statistics.median(ratios)


def clusters(folder, count):
    """Scenarios that differ: in pool, blockSize, nodes, growth."""
    folder.mkdir()
    base = ipk.load(SAMPLE)
    for number in range(count):
        pool = replace(base.cluster.pools[0], block_size=22 + number % 8)
        group = replace(base.plan.groups[0], nodes_per_month=number % 9)
        plan = replace(base.plan, groups=(group,))
        scenario = replace(base, name=f"cluster {number}", cluster=replace(base.cluster, pools=(pool,)), plan=plan)
        ipk.save_scenario(scenario, folder / f"c{number:03}.yaml")
    return sorted(folder.iterdir())


def batch(folder, count, sampled):
    """A batch against a loop of the two commands on the same notebook; `sampled` rounds are timed and compared."""
    scenarios = clusters(folder / "clusters", count)
    command = [BIN / "ippoolkit", "report", folder / "clusters/*.yaml", "-o", folder / "out", "--date", DAY, "-j", 2]
    ours = seconds(command)
    theirs, same = [], 0
    for path in random.Random(1).sample(scenarios, sampled):
        run = [BIN / "papermill", builtin_notebook(), folder / "run.ipynb", "-p", "scenario", path, "-p", "date", DAY]
        theirs.append(seconds(run, [BIN / "jupyter", "nbconvert", "--to", "html", folder / "run.ipynb"]))
        same += shown_texts(folder / "run.html") == shown_texts(folder / f"out/{path.stem}.html")
    loop = statistics.mean(theirs) * count
    print(f"{count} reports: {ours:.1f} s; a loop of the two commands: {loop:.1f} s, from {sampled} of them")
    print(f"speedup {loop / ours:.1f}; contents alike in {same} of {sampled}")
    assert same == sampled
    return loop / ours


def shown_texts(page):
    """Every text that the notebook shows on a page, in order, whatever is around it."""
    soup = BeautifulSoup(page.read_text(), "html.parser")
    elements = soup.select("h1, h2, h3, p, li, th, td, pre, svg text")
    # The page has contents, which a notebook has not, and not its code.
    return [
        " ".join(text.get_text().split())
        for text in elements
        if not text.find_parent("nav") and not text.find_parent(class_="highlight")
    ]


def files_of(folder):
    """All files of a batch, those that are hidden included, with their bytes."""
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def kills(folder, count, reports):
    """Kill a batch at random moments; in between and at the end nothing is broken, and it comes to the same."""
    clusters(folder / "killed", reports)
    formats = ["--format", "html,xlsx,md", "--date", DAY, "--jobs", "2"]

    def command(output_folder, *more):
        return [
            str(part)
            for part in (BIN / "ippoolkit", "report", folder / "killed/*.yaml", "-o", output_folder, *formats, *more)
        ]

    start = time.perf_counter()
    subprocess.run(command(folder / "whole"), check=True, capture_output=True)
    needed = time.perf_counter() - start
    complete = files_of(folder / "whole")
    dice = random.Random(2)
    resumed = broken = 0
    target = folder / "resumed-0"
    for number in range(count):
        process = subprocess.Popen(command(target), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(dice.uniform(0, needed * 1.1))
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        now = files_of(target) if target.exists() else {}
        broken += sum(
            path not in complete or content != complete[path] for path, content in now.items() if visible(path)
        )
        if len(now) == len(complete) or number == count - 1:  # once whole, begin again
            subprocess.run(command(target), check=True, capture_output=True)
            resumed += files_of(target) != complete
            target = folder / f"resumed-{number + 1}"
    print(f"{count} kills: {broken} broken files, {resumed} resumed batches that differ")
    assert not broken
    assert not resumed
    return count


def visible(path):
    return not any(part.startswith(".") for part in path.parts)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--reports", type=int, default=100, help="of the batch")
    parser.add_argument("--sampled", type=int, default=6, help="of these, how many the two commands are timed on")
    parser.add_argument("--kills", type=int, default=20, help="200 take about half an hour")
    parser.add_argument("--json", action="store_true", help="print one last line of JSON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ratio = single(folder, options.rounds)
        speedup = batch(folder, options.reports, options.sampled)
        killed = kills(folder, options.kills, 6) if options.kills else 0
    if options.json:
        print(json.dumps({"single_ratio": round(ratio, 3), "batch_speedup": round(speedup, 2), "kills": killed}))


if __name__ == "__main__":
    main()
