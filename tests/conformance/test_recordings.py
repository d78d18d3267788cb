"""Every recording in the project, run by the conformance runner; and that the runner can tell a difference."""

import gzip
import json
import re
import shutil

import pytest

from tests.conformance.__main__ import main
from tests.conformance.recordings import compare, read_cases
from tests.helpers import RECORDINGS

CASES = {
    "manifests": 686,
    "crd-verdicts": 533,
    "selectors": 642,
    "ipam": 29861,
    "hostindex": 303,
    "kube-controllers": 13,
    "runbooks": 28334,
}
CLUSTERS = {
    "clusters": 1772,
    "clusters (one file)": 1346,
    "clusters (tables)": 1421,
    "clusters (calicoctl get)": 329,
    "clusters (all of it)": 1759,
}


@pytest.mark.parametrize("kind", [*CASES, "clusters"])
def test_identical(kind):
    folder = RECORDINGS / kind
    results = compare([folder if folder.is_dir() else RECORDINGS / f"{kind}.jsonl.gz"])
    assert [difference for result in results.values() for difference in result.differences] == []
    counts = {name: result.cases for name, result in results.items()}
    assert counts == (CLUSTERS if kind == "clusters" else {kind: CASES[kind]})


def test_a_folder_of_recordings(tmp_path, capsys):
    shutil.copytree(RECORDINGS / "clusters/s05", tmp_path / "clusters/s05")
    for name in ("hostindex.jsonl.gz", "selectors.jsonl.gz"):
        shutil.copy(RECORDINGS / name, tmp_path)
    assert main([str(tmp_path)]) == 0
    summary = dict(line.split(": ") for line in capsys.readouterr().out.splitlines())
    assert summary["selectors"] == "642 of 642 identical"
    assert summary["hostindex"] == "303 of 303 identical"
    assert summary.keys() - {"selectors", "hostindex"} == CLUSTERS.keys()


@pytest.mark.parametrize(
    ("table", "figure", "value"),
    [
        ("totals", "leaked", 15),
        ("totals", "leaked_ips", []),
        ("pools", "free", 4026),
        ("nodes", "own_allocated", 12),
        ("config", "stored", True),
    ],
)
def test_a_changed_figure_of_a_cluster_is_told(table, figure, value, tmp_path, capsys):
    for file in (RECORDINGS / "clusters/s05").iterdir():
        shutil.copy(file, tmp_path)
    truth = json.loads(gzip.decompress((tmp_path / "expected.json.gz").read_bytes()))
    rows = truth[table]
    (rows[0] if isinstance(rows, list) else rows)[figure] = value
    (tmp_path / "expected.json.gz").unlink()
    (tmp_path / "expected.json").write_text(json.dumps(truth))
    assert main([str(tmp_path)]) == 1
    assert f" {figure} is " in capsys.readouterr().out


CHANGES = [
    ("manifests", lambda case: case["accepted"], lambda case: case.update(accepted=False), "accepted"),
    ("manifests", lambda case: case["accepted"], lambda case: case["stored"].update(blockSize=25), "stores"),
    ("manifests", lambda case: "link local" in case["message"], lambda case: case.update(accepted=True), "refused"),
    (
        "manifests",
        lambda case: "link local" in case["message"],
        lambda case: case.update(message=case["message"].replace("overlaps", "touches").replace("link local", "far")),
        "no finding",
    ),
    (
        "manifests",
        lambda case: "(supported values" in case["message"],
        lambda case: case.update(message=re.sub(r"spec[.]\w+", "spec.disabled", case["message"])),
        "no finding",
    ),
    ("crd-verdicts", lambda case: case["accepted"], lambda case: case.update(accepted=False, errors=["x"]), "accepted"),
    (
        "crd-verdicts",
        lambda case: case["accepted"],
        lambda case: case["spec_after_defaulting"].update(cidr="x"),
        "spec",
    ),
    ("crd-verdicts", lambda case: case["unknown_fields"], lambda case: case.update(unknown_fields=[]), "drops"),
    ("selectors", lambda case: case["valid"], lambda case: case.update(canonical="x"), "prints"),
    ("selectors", lambda case: case["valid"], lambda case: case.update(valid=False, error="x"), "accepted"),
    (
        "selectors",
        lambda case: case["evals"],
        lambda case: case["evals"][0].update(match=not case["evals"][0]["match"]),
        "on",
    ),
]


@pytest.mark.parametrize(("kind", "which", "change", "message"), CHANGES)
def test_a_changed_recording_is_told(kind, which, change, message, tmp_path, capsys):
    case = next(case for case in read_cases(RECORDINGS / f"{kind}.jsonl.gz") if which(case))
    change(case)
    (tmp_path / "other name.txt").write_text(json.dumps(case) + "\n")
    (tmp_path / "manifests").write_bytes((RECORDINGS / "manifests.jsonl.gz").read_bytes())
    assert main([str(tmp_path / "other name.txt")]) == 1
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first == f"{kind}: 0 of 1 identical"
    assert message in second


def alter(path, which, change):
    """The lines of a recording, the first that fits changed."""
    lines = read_cases(path)
    change(next(line for line in lines if which(line)))
    return "\n".join(map(json.dumps, lines))


@pytest.mark.parametrize(
    ("file", "which", "change", "message"),
    [
        (
            "ipam/fill-00",
            lambda line: line.get("op") == "assign",
            lambda line: line["result"].update(v4=["10.0.0.1"]),
            "assign gives",
        ),
        (
            "ipam/cap-00",
            lambda line: "limit" in str(line.get("result")),
            lambda line: line["result"].pop("error"),
            "assign gives",
        ),
        (
            "ipam/churn-00",
            lambda line: line.get("op") == "blocks",
            lambda line: line["result"]["blocks"][0]["free"].reverse(),
            "blocks gives",
        ),
        (
            "ipam/churn-00",
            lambda line: line.get("op") == "utilization",
            lambda line: line["result"]["pools"][1].update(inUse=-1),
            "utilization gives",
        ),
        (
            "kube-controllers/G01-3blocks-2empty-quiet",
            lambda line: "blocks_deleted" in line,
            lambda line: line.update(t=13.6),
            "goes at",
        ),
        (
            "kube-controllers/G03-1block-empty",
            lambda line: "end" in line,
            lambda line: line["end"]["blocks"].popitem(),
            "at the end",
        ),
        (
            "runbooks/R1",
            lambda line: line["step"] == 8,
            lambda line: line["state"]["pools"]["temporary-pool"].update(blocks=10),
            "temporary-pool.blocks is",
        ),
        (
            "runbooks/R1",
            lambda line: line["step"] == 8,
            lambda line: line["summary"]["moves"][0].__setitem__(4, "10.0.0.9"),
            "gets",
        ),
        ("runbooks/R3a", lambda line: line["step"] == 7, lambda line: line.update(exit_code=0), "fails"),
        ("runbooks/R1", lambda line: line["step"] == 6, lambda line: line["tunnel_changes"].pop(), "tunnels move"),
        (
            "runbooks/R3d-27",
            lambda line: line["step"] == 12,
            lambda line: line["state"]["duplicate_addresses"].pop(),
            "duplicate_addresses is",
        ),
        ("hostindex", lambda line: line.get("start"), lambda line: line.update(start="1"), "starts at"),
        ("hostindex", lambda line: line.get("first"), lambda line: line["first"].reverse(), "walks ["),
    ],
)
def test_a_changed_sequence_is_told(file, which, change, message, tmp_path, capsys):
    (tmp_path / "x").write_text(alter(RECORDINGS / f"{file}.jsonl.gz", which, change))
    assert main([str(tmp_path)]) == 1
    assert message in capsys.readouterr().out


def test_what_is_no_recording(tmp_path, capsys):
    (tmp_path / "x.json").write_text('{"a": 1}')
    (tmp_path / "y.gz").write_bytes(gzip.compress(b"\xff")[:-3])
    assert main([str(tmp_path)]) == 2
    assert main([str(tmp_path / "nowhere")]) == 2
    assert main([]) == 2
    assert "no recordings found" in capsys.readouterr().out


def test_a_recording_that_cannot_be_run_differs_and_the_others_go_on(tmp_path, capsys):
    cases = read_cases(RECORDINGS / "manifests.jsonl.gz")[:3]
    (tmp_path / "manifests.jsonl").write_text(
        "".join(json.dumps(case) + "\n" for case in [{**cases[0], "existing": [5]}, *cases[1:]])
    )
    assert main([str(tmp_path)]) == 1
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first == "manifests: 2 of 3 identical"
    assert cases[0]["id"] in second


def test_a_setup_step_may_say_nothing_of_what_came_of_it_and_empty_a_block_without_affinity():
    from tests.conformance import manifests

    pool = "apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: p}\nspec: {cidr: 10.0.0.0/24, blockSize: 26}\n"
    other = pool.replace("26", "27")
    setup = [
        {"op": "node", "host": "n1"},
        {"op": "assign", "host": "n1", "handle": "h"},
        {"op": "assign", "host": "n1", "handle": "h", "got": "10.0.0.0/26"},
        {"op": "delete-pool", "name": "p"},
        {"op": "release", "handle": "h"},
    ]
    case = {
        "id": "x",
        "existing": [pool],
        "setup": setup,
        "action": "create",
        "manifest": other,
        "accepted": True,
        "message": "",
        "after": None,
    }
    assert manifests.differences(case) == []  # the block is gone, so another blockSize is no matter
