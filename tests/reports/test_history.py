"""Reports carry the dates on which pools run out by their measured history."""

import re

import pytest

import ippoolkit as ipk
from ippoolkit.errors import InputError
from ippoolkit.report.options import validate_options
from ippoolkit.report.sections import CapacityReport, FleetReport
from ippoolkit.report.sections.history_outlook import find_histories
from tests.helpers import codes_of


def write_history(path, pool, per_day, days=150):
    rows = [
        f"2026-{1 + day // 28:02}-{1 + day % 28:02},{pool},{200 + round(per_day * day)},1024" for day in range(days)
    ]
    path.write_text("time,pool,in_use,capacity\n" + "\n".join(rows))
    return path


@pytest.fixture
def plans(tmp_path):
    """Return the files of two clusters, and the folder with a history of each."""
    files, folder = [], tmp_path / "histories"
    folder.mkdir()
    for name, per_day in (("slow", 0.0), ("fast", 1.5)):
        pool = ipk.IPPool(name=f"{name}-pool", cidr="10.0.0.0/22")
        plan = ipk.Plan(groups=(ipk.NodeGroup(nodes=3, pods_per_node=20),))
        scenario = ipk.Scenario(name=name, cluster=ipk.Cluster(pools=(pool,)), plan=plan)
        ipk.save_scenario(scenario, tmp_path / f"{name}.yaml")
        files.append(str(tmp_path / f"{name}.yaml"))
        write_history(folder / f"{name}.csv", f"{name}-pool", per_day)
    return files, folder


def test_a_capacity_report_says_when_its_pools_run_out(plans):
    (_, fast), folder = plans
    report = CapacityReport(fast, history=[str(folder)])
    section = report.measured_outlook()
    assert re.search(r"20\d\d-\d\d, 80% between 20\d\d-\d\d and 20\d\d-\d\d", section.markdown)
    table = next(block.table for block in section.parts if block.table)
    assert dict(zip(table.headings, table.rows[0], strict=True))["pool"] == "fast-pool"
    assert any(block.picture for block in section.parts)
    assert report.title().summary["measured_months"] < 24
    assert "80% 的把握" in CapacityReport(fast, lang="zh", history=[str(folder)]).measured_outlook().markdown


def test_without_a_history_nothing_is_said(plans):
    (_, fast), _ = plans
    report = CapacityReport(fast)
    assert report.measured_outlook().parts == ()
    assert "measured_outlook" not in report.title().summary


def test_a_folder_with_histories_of_other_clusters_is_no_error(plans):
    (_, fast), folder = plans
    (folder / "fast.csv").unlink()
    report = CapacityReport(fast, history=[str(folder)])
    assert "no history of fast: expected fast.csv" in report.measured_outlook().markdown
    assert "measured_outlook" not in report.title().summary


def test_a_history_of_other_pools_is_no_date(plans, tmp_path):
    (_, fast), _ = plans
    report = CapacityReport(fast, history=[str(write_history(tmp_path / "other.csv", "other", 4))])
    assert "other" in report.measured_outlook().markdown
    assert "measured_outlook" not in report.title().summary


def test_of_like_verdicts_the_fleet_page_shows_first_what_runs_out_first(plans):
    files, folder = plans
    fleet = FleetReport(files, history=[str(folder)])
    assert [entry["name"] for entry in fleet.entries_by_severity] == ["fast", "slow"]
    page = fleet.clusters().markdown
    assert re.search(r"20\d\d-\d\d, 80% between", page)
    assert "not within 5 years" in page
    assert "as measured" not in FleetReport(files).clusters().markdown


def test_a_folder_is_one_history_unless_it_holds_that_of_the_cluster(plans):
    _, folder = plans
    assert find_histories([str(folder)], "fast") == [folder / "fast.csv"]
    assert find_histories([str(folder)], "unknown") == []
    (folder / "2026-01-31.json").write_text("{}")
    assert find_histories([str(folder)], "unknown") == [folder]  # dated dumps


def test_what_a_history_holds_is_part_of_what_a_report_is_made_from(plans):
    _, folder = plans
    options = [validate_options(parameters={"history": [str(folder)]})]
    write_history(folder / "fast.csv", "fast-pool", 5)
    options.append(validate_options(parameters={"history": [str(folder)]}))
    options.append(validate_options())
    assert len({chosen.input_hash("x") for chosen in options}) == 3


def test_a_missing_history_and_one_that_would_name_pools_are_refused(plans):
    _, folder = plans
    with pytest.raises(InputError) as raised:
        validate_options(parameters={"history": ["nowhere.csv", str(folder)]}, redact=True)
    assert codes_of(raised.value.problems) == {"file-missing", "history-redacted"}
