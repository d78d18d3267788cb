"""One report against the two commands it stands for, run on an empty notebook in the same round."""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent


def seconds(*commands):
    start = time.perf_counter()
    for command in commands:
        subprocess.run([str(part) for part in command], check=True, capture_output=True)
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="print one last line of JSON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(nbformat.v4.new_notebook(metadata={"kernelspec": kernel}), folder / "empty.ipynb")
        two = [
            [BIN / "papermill", folder / "empty.ipynb", folder / "out.ipynb"],
            [BIN / "jupyter", "nbconvert", "--to", "html", folder / "out.ipynb"],
        ]
        one = [[BIN / "ippoolkit", "report", ROOT / "data/kubespray.yaml", "-o", folder / "report.html"]]
        seconds(*two), seconds(*one)  # once for the caches
        rounds = [(seconds(*one), seconds(*two)) for _ in range(options.rounds)]
    print(f"{'report s':>10} {'papermill + nbconvert s':>24} {'ratio':>7}")
    for ours, theirs in rounds:
        print(f"{ours:10.2f} {theirs:24.2f} {ours / theirs:7.2f}")
    ratio = statistics.median(ours / theirs for ours, theirs in rounds)
    print(f"median ratio {ratio:.2f}")
    if options.json:
        print(json.dumps({"single_ratio": round(ratio, 3)}))


if __name__ == "__main__":
    main()
