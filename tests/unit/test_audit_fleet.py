"""`ippoolkit audit --each`: many clusters in one table, worst first, resumed, the same whichever executor works."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

import ippoolkit as ipk
from ippoolkit.audit import audit
from ippoolkit.audit.fleet import audit_fleet, cluster_verdict
from ippoolkit.forecasting import forecast
from ippoolkit.forecasting.fleet_forecast import forecast_fleet
from ippoolkit.forecasting.stored import from_plain, to_plain
from ippoolkit.parallel import Journal, executor, item_key
from ippoolkit.read.input_files import list_files
from ippoolkit.view.fleet_terminal import audits_as_dict
from ippoolkit.view.forecast_terminal import forecasts_as_dict
from tests.clusters import cluster
from tests.helpers import ROOT
from tests.helpers import run_command as run

HISTORY = ROOT / "data/history.csv"


@pytest.fixture
def sources(tmp_path):
    """Return two sound clusters, the second fuller, and a file that is none."""
    for name, pods in (("roomy", 2), ("fuller", 20)):
        ipk.save_scenario(cluster(nodes=3, pods=pods, cidr="10.0.0.0/22"), tmp_path / f"{name}.yaml")
    (tmp_path / "broken.yaml").write_text("kind: [")
    return [str(tmp_path / f"{name}.yaml") for name in ("roomy", "fuller", "broken")]


def as_bytes(clusters, data=audits_as_dict):
    return json.dumps(data(clusters)).encode()


def test_the_worst_cluster_is_on_top(sources):
    with ThreadPoolExecutor(1) as pool:
        clusters = audit_fleet(sources, pool)
    assert [entry.cluster.rpartition("/")[2] for entry in clusters] == ["broken.yaml", "fuller.yaml", "roomy.yaml"]
    assert clusters[0].has_failed
    fuller = clusters[1].verdict
    assert (fuller.nodes, fuller.pool, fuller.limit, fuller.in_use, fuller.capacity) == (3, "old", "blocks", 3, 16)
    assert fuller == cluster_verdict(audit(sources[1]))


def test_errors_come_before_warnings_in_a_line(tmp_path):
    path = tmp_path / "leaky.yaml"
    scenario = cluster(nodes=2, pods=3)
    ipk.save_scenario(ipk.Scenario(cluster=scenario.cluster), path)
    audited = audit(path)
    verdict = cluster_verdict(audited)
    assert verdict.errors == sum(finding.severity.value == "error" for finding in (*audited.findings, *audited.notes))
    assert bool(verdict.worst) == bool(verdict.errors + verdict.warnings)


def test_a_pool_whose_name_no_text_tells_is_called_by_its_range(tmp_path):
    paste = "|  IP Pool | 10.244.0.0/16 |      65536 | 5 (0%)     | 65531 (100%) |\n"
    heading = "| GROUPING |     CIDR      | IPS TOTAL | IPS IN USE |   IPS FREE   |\n"
    (tmp_path / "show.txt").write_text(heading + paste)
    result = run("audit", "--each", tmp_path / "show.txt")
    assert result.exit_code == 0, result.stderr
    assert "10.244.0.0/16" in result.stdout


def test_processes_and_threads_write_the_same_bytes(sources):
    histories = [str(HISTORY), "missing.csv"]
    with ThreadPoolExecutor(2) as pool:
        audits = as_bytes(audit_fleet(sources, pool))
        forecasts = as_bytes(forecast_fleet(histories, pool, horizon_days=90), forecasts_as_dict)
    with executor(jobs=2) as pool:
        assert as_bytes(audit_fleet(sources, pool)) == audits
        assert as_bytes(forecast_fleet(histories, pool, horizon_days=90), forecasts_as_dict) == forecasts


def test_a_forecast_outlives_its_run_unchanged(tmp_path):
    few = tmp_path / "few.csv"
    few.write_text("time,pool,in_use,capacity\n2026-11-01,new,9,8\n2026-11-02,new,3,8\n")
    expected_forecast = replace(forecast(HISTORY, few, horizon_days=90), history=())
    assert expected_forecast.notes
    assert any(limit.reason for limit in expected_forecast.pools)
    assert from_plain(json.loads(json.dumps(to_plain(expected_forecast)))) == expected_forecast


def refuse(source, **_):
    raise AssertionError(f"{source} is known already")


def test_what_is_in_the_journal_is_not_worked_out_again(sources, tmp_path, monkeypatch):
    journal = tmp_path / "done.jsonl"
    with ThreadPoolExecutor(1) as pool:
        first = as_bytes(audit_fleet(sources, pool, results=Journal(journal)))
        forecasts = as_bytes(
            forecast_fleet([str(HISTORY)], pool, horizon_days=90, results=Journal(journal)), forecasts_as_dict
        )
        monkeypatch.setattr(import_module("ippoolkit.audit.fleet"), "_audit_one", refuse)
        monkeypatch.setattr(import_module("ippoolkit.forecasting.fleet_forecast"), "_forecast_one", refuse)
        again = audit_fleet(sources[:2], pool, results=Journal(journal))
        assert json.loads(as_bytes(again))["clusters"] == json.loads(first)["clusters"][1:]
        assert (
            as_bytes(forecast_fleet([str(HISTORY)], pool, horizon_days=90, results=Journal(journal)), forecasts_as_dict)
            == forecasts
        )


def test_a_changed_file_or_option_has_another_key(sources):
    before = item_key(sources[0], list_files(sources[0]), "audit", "en")
    assert item_key(sources[0], list_files(sources[0]), "audit", "en") == before
    assert item_key(sources[0], list_files(sources[0]), "audit", "zh") != before
    with Path(sources[0]).open("a") as file:
        file.write("\n")
    assert item_key(sources[0], list_files(sources[0]), "audit", "en") != before


def test_a_hidden_file_that_nothing_reads_leaves_the_key_as_it_is(tmp_path):
    (tmp_path / "pools.json").write_text("{}")
    before = item_key(str(tmp_path), list_files(tmp_path), "audit")
    (tmp_path / ".cache").write_text("hidden")
    assert item_key(str(tmp_path), list_files(tmp_path), "audit") == before


def test_a_line_that_was_cut_off_harms_no_other(tmp_path):
    path = tmp_path / "done.jsonl"
    Journal(path).put("a", 1)
    with path.open("a") as file:
        file.write('{"key": "b", "val')
    Journal(path).put("c", 3)
    journal = Journal(path)
    assert [journal.get(key) for key in "abc"] == [1, None, 3]


def test_the_command_prints_a_table_and_json(sources, tmp_path):
    result = run("audit", "--each", *sources, "--jobs", 1, "--resume", tmp_path / "done.jsonl")
    assert (result.exit_code, "Traceback" in result.stderr) == (1, False)
    lines = result.stdout.splitlines()
    assert "broken.yaml" in lines[0]
    assert "fullest" in result.stdout
    assert len((tmp_path / "done.jsonl").read_text().splitlines()) == 2
    again = run("audit", "--each", *sources, "--json", "--jobs", 1)
    entries = json.loads(again.stdout)["clusters"]
    assert "error" in entries[0]
    assert entries[1]["in_use"] == 3


def test_options_that_do_not_go_together_are_refused(sources, tmp_path):
    assert run("audit", "--each").exit_code == 2
    assert run("audit", "--each", sources[0], "-o", tmp_path / "x.html").exit_code == 2
    refused = run("audit", "--each", sources[0], "--resume", tmp_path)
    assert (refused.exit_code, "Traceback" in refused.stderr) == (2, False)
