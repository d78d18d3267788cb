"""`ippoolkit forecast` as a process: JSON of the documented form, exit statuses, both languages."""

import json

import pytest

from tests.helpers import run_command as run


@pytest.fixture
def history(tmp_path):
    rows = [
        f"2026-{1 + day // 28:02}-{1 + day % 28:02},grow,{100 + 2 * day},512,{2 + day // 28},8" for day in range(140)
    ]
    rows += [f"2026-05-{day:02},new,{day},64,," for day in range(1, 6)]
    path = tmp_path / "history.csv"
    path.write_text("time,pool,in_use,capacity,blocks_in_use,blocks\n" + "\n".join(rows))
    return path


def test_json_has_the_documented_form(history):
    result = run("forecast", history, "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    data = json.loads(result.stdout)
    assert data["as_of"] == "2026-05-28"
    grow, new = data["pools"]
    assert grow["pool"] == "grow"
    assert set(grow) >= {"pool", "limit", "in_use", "capacity", "exhausted", "probability", "backtest", "reason"}
    assert grow["exhausted"]["p10"] <= grow["exhausted"]["p50"] <= grow["exhausted"]["p90"]
    assert grow["reason"] is None
    assert set(grow["probability"]) == {"30", "90", "365"}
    assert (new["pool"], new["exhausted"]) == ("new", {"p10": None, "p50": None, "p90": None})
    assert "5 points" in new["reason"]
    assert new["backtest"]["windows"] == 0


def test_the_order_of_rows_changes_nothing(history):
    first = run("forecast", history, "--json").stdout
    heading, *rows = history.read_text().splitlines()
    history.write_text("\n".join([heading, *rows[::-1]]))
    assert run("forecast", history, "--json").stdout == first


def test_the_table_says_dates_and_words(history):
    result = run("forecast", history)
    assert "Runs out most likely in" in result.stdout
    assert "the history has only 5 points" in result.stdout
    assert "最可能在" in run("forecast", history, "--lang", "zh").stdout


@pytest.mark.parametrize(
    ("text", "line"),
    [("2026-01-01,a,many,9", 2), ("2026-01-01,a,-1,9", 2), ("2026-01-01,a,1,9\n2026-01-01,a,1,9", 3)],
    ids=["text", "negative", "twice"],
)
def test_bad_rows_end_with_their_line_and_status_2(tmp_path, text, line):
    path = tmp_path / "bad.csv"
    path.write_text(f"time,pool,in_use,capacity\n{text}\n")
    result = run("forecast", path, "--json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"bad.csv:{line}:" in result.stderr
    assert "Traceback" not in result.stderr


def test_options_that_are_no_good_end_with_status_2(history):
    assert run("forecast", history, "--as-of", "tomorrow").exit_code == 2
    assert run("forecast", history, "--horizon-days", "0").exit_code == 2
    assert run("forecast", history, "--capacity", "grow").exit_code == 2
    assert run("forecast", history, "--token-file", history.parent / "none").exit_code == 2


def test_many_clusters_are_one_table_worst_first(history, tmp_path):
    calm = tmp_path / "calm.csv"
    calm.write_text("time,pool,in_use,capacity\n" + "".join(f"2026-01-{day:02},calm,9,64\n" for day in range(1, 20)))
    bad = tmp_path / "bad.csv"
    bad.write_text("time,pool,in_use,capacity\n2026-01-01,a,x,1\n")
    result = run("forecast", "--each", calm, bad, history, "--jobs", 2)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert "bad.csv:2" in lines[0]
    assert [line.split()[1] for line in lines if "addresses" in line or "blocks" in line] == ["grow", "calm", "new"]
    alone = json.loads(run("forecast", history, "--json").stdout)
    data = json.loads(run("forecast", "--each", calm, bad, history, "--json").stdout)["clusters"]
    assert [entry["cluster"].rpartition("/")[2] for entry in data] == ["bad.csv", "history.csv", "calm.csv"]
    assert {key: value for key, value in data[1].items() if key != "cluster"} == alone
