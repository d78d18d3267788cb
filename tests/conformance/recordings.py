"""Recordings of the real Calico code: told by their contents, run against the package, compared.

Each kind has a module with `KEYS`, which its cases have, and either `differences(case)`: what of ours is not as
recorded, or None for a case that does not count; or `compare(cases)`, for files that are one sequence: how many
operations there are, and the differences. A cluster is a folder, known by its expected.json.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conformance import (
    block_collection,
    clusters,
    crd,
    hostindex,
    ipam,
    isolated,
    kube_controllers,
    manifests,
    runbooks,
    selectors,
)

Case = dict[str, Any]
KINDS = {
    "manifests": manifests,
    "crd-verdicts": crd,
    "selectors": selectors,
    "ipam": ipam,
    "hostindex": hostindex,
    "kube-controllers": kube_controllers,
    "runbooks": runbooks,
    "isolated": isolated,
    "block-collection": block_collection,
}


@dataclass(slots=True)
class Result:
    """How many cases of one kind there were, and where ours differ, as `case: what`."""

    cases: int = 0
    differing: int = 0
    differences: list[str] = field(default_factory=list)


def compare(paths: Iterable[str | Path]) -> dict[str, Result]:
    """Run every recording that is recognised in files and folders; return a result for each kind."""
    files = [file for path in map(Path, paths) for file in _files(path)]
    results: dict[str, Result] = {}
    cluster_results: dict[str, Result] = {}
    for file in files:
        if (truth := clusters.expected_of(file)) is not None:
            for form, count, differences in clusters.compare(file.parent, truth):
                result = cluster_results.setdefault(form, Result())
                result.cases += count
                result.differing += len(differences)
                result.differences += differences
            continue
        cases = read_cases(file)
        if (kind := kind_of(cases)) is not None:
            if kind == "crd-verdicts":
                cases = _with_manifests(cases, file)
            _run(kind, cases, results.setdefault(kind, Result()))
    return {kind: results[kind] for kind in KINDS if kind in results} | cluster_results


def read_cases(file: Path) -> list[Case]:
    """Read a file of one JSON object a line, packed or not; nothing where it is something else."""
    try:
        raw = file.read_bytes()
        text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode()
        cases = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (OSError, ValueError, EOFError):
        return []
    return cases if all(isinstance(case, dict) for case in cases) else []


def kind_of(cases: list[Case]) -> str | None:
    """Tell the kind of recording by the keys of its first case."""
    if cases and "differs" in cases[0] and "calico" not in cases[0]:
        return None  # a case as far as it differs from another release's, and of no use alone
    return next((kind for kind, module in KINDS.items() if cases and set(cases[0]) >= module.KEYS), None)


def _files(path: Path) -> Iterator[Path]:
    yield from sorted(path for path in path.rglob("*") if path.is_file()) if path.is_dir() else [path]


def _with_manifests(cases: list[Case], file: Path) -> list[Case]:
    """The verdicts of the CRD name their manifests by their id; these stand in the recordings beside."""
    by_id = {}
    for beside in sorted(file.parent.iterdir()):
        beside_cases = read_cases(beside) if beside.is_file() else []
        if kind_of(beside_cases) == "manifests":
            by_id |= {case["id"]: case for case in beside_cases}
    return [{**case, "of": by_id.get(case["id"])} for case in cases]


def _run(kind: str, cases: list[Case], result: Result) -> None:
    module = KINDS[kind]
    if hasattr(module, "compare"):
        count, differences = _attempt(module.compare, cases, otherwise=len(cases))
        result.cases += count
        result.differing += len(differences)
        result.differences += differences
        return
    for case in cases:
        _, differences = _attempt(lambda case: (1, module.differences(case)), case, otherwise=1)
        if differences is None:
            continue
        result.cases += 1
        result.differing += bool(differences)
        name = (
            case.get("id")
            or case.get("trace")
            or case.get("scenario")
            or json.dumps(case.get("selector") or case.get("host"))
        )
        result.differences += [f"{name}: {difference}" for difference in differences]


def _attempt(compare_cases: Callable[[Any], tuple[int, Any]], cases: Any, *, otherwise: int) -> tuple[int, Any]:
    """Compare; a recording that the runner or the package breaks at differs, and the others go on."""
    try:
        return compare_cases(cases)
    except Exception as error:  # noqa: BLE001 (whatever it is, it is told as a difference)
        return otherwise, [f"{type(error).__name__}: {error}"]
