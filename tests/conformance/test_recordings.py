"""Every recording in the project, run by the conformance runner; and that the runner can tell a difference."""

import gzip
import json
import re

import pytest

from tests.conformance.__main__ import main
from tests.conformance.recordings import compare, read_cases
from tests.helpers import RECORDINGS

CASES = {"manifests": 686, "crd-verdicts": 533, "selectors": 642}


@pytest.mark.parametrize("kind", CASES)
def test_identical(kind):
    results = compare([RECORDINGS / f"{kind}.jsonl.gz"])
    assert results[kind].differences == []
    assert results[kind].cases == CASES[kind]


def test_a_folder_of_recordings(capsys):
    assert main([str(RECORDINGS)]) == 0
    assert capsys.readouterr().out.splitlines() == [f"{kind}: {n} of {n} identical" for kind, n in CASES.items()]


CHANGES = [
    ("manifests", lambda case: case["accepted"], lambda case: case.update(accepted=False), "accepted"),
    ("manifests", lambda case: case["accepted"], lambda case: case["stored"].update(blockSize=25), "stores"),
    ("manifests", lambda case: "link local" in case["message"], lambda case: case.update(accepted=True), "refused"),
    ("manifests", lambda case: "link local" in case["message"],
     lambda case: case.update(message=case["message"].replace("overlaps", "touches").replace("link local", "far")), "no finding"),
    ("manifests", lambda case: "(supported values" in case["message"],
     lambda case: case.update(message=re.sub(r"spec[.]\w+", "spec.disabled", case["message"])), "no finding"),
    ("crd-verdicts", lambda case: case["accepted"], lambda case: case.update(accepted=False, errors=["x"]), "accepted"),
    ("crd-verdicts", lambda case: case["accepted"], lambda case: case["spec_after_defaulting"].update(cidr="x"), "spec"),
    ("crd-verdicts", lambda case: case["unknown_fields"], lambda case: case.update(unknown_fields=[]), "drops"),
    ("selectors", lambda case: case["valid"], lambda case: case.update(canonical="x"), "prints"),
    ("selectors", lambda case: case["valid"], lambda case: case.update(valid=False, error="x"), "accepted"),
    ("selectors", lambda case: case["evals"], lambda case: case["evals"][0].update(match=not case["evals"][0]["match"]), "on"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "which", "change", "told"), CHANGES)
def test_a_changed_recording_is_told(kind, which, change, told, tmp_path, capsys):  # noqa: PLR0917
    case = next(case for case in read_cases(RECORDINGS / f"{kind}.jsonl.gz") if which(case))
    change(case)
    (tmp_path / "other name.txt").write_text(json.dumps(case) + "\n")
    (tmp_path / "manifests").write_bytes((RECORDINGS / "manifests.jsonl.gz").read_bytes())
    assert main([str(tmp_path / "other name.txt")]) == 1
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first == f"{kind}: 0 of 1 identical"
    assert told in second


def test_what_is_no_recording(tmp_path, capsys):
    (tmp_path / "x.json").write_text('{"a": 1}')
    (tmp_path / "y.gz").write_bytes(gzip.compress(b"\xff")[:-3])
    assert main([str(tmp_path)]) == 2
    assert main([str(tmp_path / "nowhere")]) == 2
    assert main([]) == 2
    assert "no recordings found" in capsys.readouterr().out
