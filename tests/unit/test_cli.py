"""The command line: output, exit status, no traceback; once as a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import ippoolkit as ipk
from tests.helpers import ROOT
from tests.helpers import run_command as run

SAMPLE = str(ROOT / "data/kubespray.yaml")
POOL = str(ROOT / "data/default-ipv4-ippool.yaml")


def test_capacity_prints_every_table():
    result = run("capacity", SAMPLE)
    assert result.exit_code == 0
    for part in ("Fits.", "Pools", "Block sizes for default-pool", "Nodes", "Growth", "worker1", "16,384"):
        assert part in result.stdout
    assert result.stderr == ""


def test_json_holds_the_tables_of_the_library():
    result = run("capacity", SAMPLE, "--json")
    data = json.loads(result.stdout)
    scenario = ipk.load(SAMPLE)
    assert data["block_sizes"]["default-pool"] == ipk.capacity(scenario).block_sizes().to_dict("records")
    assert data["growth"] == ipk.capacity(scenario).growth().to_dict("records")
    assert data["verdict"]["verdict"] == "fits"
    assert data["verdict"]["source"].startswith("https://")


def test_json_is_exact_for_ipv6(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text("version: 1\ncluster: {pools: [{name: p, cidr: '::/0'}]}\n")
    data = json.loads(run("capacity", path, "--json").stdout)
    assert data["pools"][0]["blocks"] == 2**122


def test_a_plan_from_options():
    data = json.loads(run("capacity", POOL, "--nodes", 300, "--pods-per-node", 60, "--json").stdout)
    assert data["verdict"]["numbers"]["first"] == 257
    data = json.loads(run("capacity", SAMPLE, "--months", 0, "--json").stdout)
    assert data["verdict"]["numbers"]["nodes"] == 12
    data = json.loads(run("capacity", POOL, "--nodes", 9, "--busiest", 2000, "--nodes-per-month", 1, "--json").stdout)
    assert data["verdict"]["code"] == "block-cap"


def test_standard_input():
    text = (ROOT / "data/default-ipv4-ippool.yaml").read_text()
    assert "default-ipv4-pool" in run("capacity", "-", stdin=text).stdout


def test_bad_input_is_exit_status_2_without_a_traceback(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text("version: 1\ncluster:\n  pools:\n  - {name: p, cidr: 10.0.0.1/8, blockSize: '26'}\n")
    for command in (["capacity", path], ["report", path, "-o", tmp_path / "r.html"], ["scenario", path]):
        result = run(*command)
        assert result.exit_code == 2
        assert result.stdout == ""
        assert result.stderr.splitlines() == [
            f"{path}:4: cluster.pools[0].cidr: 10.0.0.1/8 has host bits set. Write 10.0.0.0/8.",
            f'{path}:4: cluster.pools[0].blockSize: "26" is a string, not a number. Remove the quotes.',
        ]
    assert [path.name for path in tmp_path.iterdir()] == ["s.yaml"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["capacity"],
        ["capacity", SAMPLE, "--nodes", "-1"],
        ["capacity", SAMPLE, "--lang", "fr"],
        ["capacity", SAMPLE, "--months", "601"],
        ["capacity", SAMPLE, "--nodes-per-month", "nan"],
        ["nonsense"],
    ],
)
def test_bad_arguments_are_exit_status_2(arguments):
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr


def test_absurd_numbers_of_nodes_are_told_not_computed():
    result = run("capacity", SAMPLE, "--nodes", 10**30)
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr
    assert "1000000" in result.stderr.replace(",", "")


def test_a_scenario_from_dumps(tmp_path):
    dumps = sorted((ROOT / "data/kubean").iterdir())
    result = run("scenario", *dumps, "--name", "kubean", "-o", tmp_path / "k.yaml")
    assert result.exit_code == 0
    written = ipk.load(tmp_path / "k.yaml").cluster
    assert "IPAMBlock" not in written.unknown
    assert written == ipk.load(ROOT / "data/kubean.yaml").cluster
    assert run("scenario", *dumps, "--name", "kubean").stdout == (tmp_path / "k.yaml").read_text()


def test_the_schema_is_printed():
    assert json.loads(run("schema").stdout) == json.loads((ROOT / "docs/scenario.schema.json").read_text())


@pytest.mark.parametrize("command", [[Path(sys.executable).parent / "ippoolkit"], [sys.executable, "-m", "ippoolkit"]])
def test_it_is_installed_and_as_a_process_prints_the_same(command):
    result = subprocess.run([*command, "capacity", SAMPLE, "--json"], capture_output=True, text=True, check=True)
    assert json.loads(result.stdout) == json.loads(run("capacity", SAMPLE, "--json").stdout)
    assert result.stderr == ""


def test_problems_are_told_in_the_language_asked_for(tmp_path):
    assert (
        run("capacity", tmp_path / "nope.yaml", "--lang", "zh").stderr.strip().endswith("没有这个文件。 请检查路径。")
    )


def test_chinese():
    assert "可容纳" in run("capacity", SAMPLE, "--lang", "zh").stdout


def test_what_a_command_says_of_itself_is_in_the_readers_language(tmp_path):
    for arguments, message in {
        ("audit", "--lang", "zh"): "请给出文件夹或文件",
        ("check", POOL, "--json", "--sarif", "--lang", "zh"): "--json, --sarif, --junit",
        ("audit", POOL, "--none", "Nonsense", "--lang", "zh"): "Nonsense",
        ("report", SAMPLE, "--template", "comparison", "-o", tmp_path, "--lang", "zh"): "至少需要 2 个场景",
    }.items():
        result = run(*arguments)
        assert result.exit_code in (1, 2), arguments
        assert message in result.stderr, arguments
        assert any("\u4e00" <= char <= "\u9fff" for char in result.stderr), arguments


def test_a_batch_tells_in_chinese_what_was_there_already(tmp_path):
    for _ in range(2):
        result = run("report", POOL, "-o", tmp_path, "--lang", "zh", "-f", "md")
        assert result.exit_code == 0
    assert "1 份中有 1 份已存在" in result.stderr
