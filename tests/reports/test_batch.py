"""Many reports: each whole, none twice, one that fails leaves the others alone, and none knows of another."""

import fcntl
import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

import ippoolkit as ipk
from ippoolkit.errors import InputError
from ippoolkit.report.inputs import resolve_inputs, safe_file_name
from tests.helpers import ROOT, plan, write_notebook

pytestmark = pytest.mark.filterwarnings("ignore")

DAY = "2026-11-23"


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def visible(folder):
    return sorted(name for name in contents(folder) if not name.startswith("."))


def command(*arguments):
    return [sys.executable, "-m", "ippoolkit", "report", *map(str, arguments)]


@pytest.fixture(scope="module")
def scenarios(tmp_path_factory):
    """Three clusters: one fits, one is tight, one fails."""
    folder = tmp_path_factory.mktemp("clusters")
    for name, scenario in {"a": plan(), "b": plan(size=25, nodes_per_month=6), "c": plan(size=24)}.items():
        ipk.save_scenario(replace(scenario, name=f"cluster {name}"), folder / f"{name}.yaml")
    return folder


@pytest.fixture(scope="module")
def complete_folder(scenarios, tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "out"
    batch = ipk.make_reports([f"{scenarios}/*.yaml"], folder, formats=["html", "xlsx", "md"], date=DAY, jobs=2)
    assert not batch.failures
    return folder


def test_each_input_has_its_files_and_the_summary_lists_them_worst_first(complete_folder):
    names = [f"{name}.{format_}" for name in ("a", "b", "c", "index") for format_ in ("html", "md", "xlsx")]
    without_pictures = [name for name in visible(complete_folder) if "+" not in name]
    assert without_pictures == names
    summary = (complete_folder / "index.html").read_text()
    places = [summary.index(f'href="{name}.html"') for name in ("c", "b", "a")]
    assert places == sorted(places)
    assert "1 fail, 1 tight, 1 fit, 0 idle." in summary


def test_one_alone_and_many_at_once_are_the_same_bytes(complete_folder, scenarios, tmp_path):
    alone = ipk.report(scenarios / "b.yaml", tmp_path / "b.html", date=DAY)
    assert alone.read_bytes() == (complete_folder / "b.html").read_bytes()
    ipk.make_reports(
        [scenarios / "a.yaml", scenarios / "b.yaml", scenarios / "c.yaml"],
        tmp_path / "one",
        formats=["html", "xlsx", "md"],
        date=DAY,
        jobs=1,
    )
    assert contents(tmp_path / "one") == contents(complete_folder)


def test_what_is_there_is_not_made_again_unless_it_changed(scenarios, tmp_path):
    plans = [ipk.load(scenarios / "a.yaml"), ipk.load(scenarios / "c.yaml")]
    first = ipk.make_reports(plans, tmp_path, date=DAY)
    assert [success.is_unchanged for success in first.successes] == [False, False]
    before = contents(tmp_path)
    assert all(success.is_unchanged for success in ipk.make_reports(plans, tmp_path, date=DAY).successes)
    first.successes[0].files[0].write_text("damaged")
    again = ipk.make_reports(plans, tmp_path, date=DAY)
    assert [success.is_unchanged for success in again.successes] == [False, True]
    assert contents(tmp_path) == before
    next_day = ipk.make_reports(plans, tmp_path, date="2026-11-24")
    assert not any(success.is_unchanged for success in next_day.successes)


def test_one_that_fails_is_told_and_listed_and_the_others_go_on(scenarios, tmp_path):
    (tmp_path / "bad.yaml").write_text("version: 1\ncluster:\n  pools:\n  - {name: p, cidr: 10.0.0.1/8}\n")
    result = subprocess.run(
        command(scenarios / "a.yaml", tmp_path / "bad.yaml", "-o", tmp_path / "out"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert result.stdout.strip() == str(tmp_path / "out/index.html")
    assert len(result.stderr.strip().splitlines()) == 1
    assert "10.0.0.1/8 has host bits set" in result.stderr
    assert visible(tmp_path / "out") == ["a.html", "index.html"]
    assert "10.0.0.1/8 has host bits set" in (tmp_path / "out/index.html").read_text()


def test_a_notebook_that_fails_in_one_report_leaves_the_others_alone(scenarios, tmp_path):
    path = write_notebook(
        tmp_path / "own.ipynb",
        'scenario = ""',
        "import ippoolkit as ipk",
        'assert ipk.load(scenario).name != "cluster b", "not this one"',
    )
    batch = ipk.make_reports([f"{scenarios}/*.yaml"], tmp_path / "out", template=path)
    assert [str(failed.error) for failed in batch.failures] == [
        "The report could not be created: AssertionError: not this one"
    ]
    assert len(batch.successes) == 2


def test_no_state_leaks_from_one_report_to_the_next(scenarios, tmp_path):
    """The first notebook spoils whatever it can; the others find everything as it was."""
    path = write_notebook(
        tmp_path / "spoil.ipynb",
        'scenario = ""',
        "import os, sys, pandas, matplotlib, ippoolkit as ipk, ippoolkit.calico.limits as limits",
        "print(sorted(set(globals()) & {'leaked'}), os.getcwd().endswith('elsewhere'), os.environ.get('LEAKED'),\n"
        "      pandas.options.display.max_rows, matplotlib.rcParams['font.size'], limits.KUBELET_MAX_PODS,\n"
        "      'json.leaked' in sys.modules, ipk.capacity.__name__)",
        "from IPython.display import Markdown\n"
        "Markdown(str([sorted(set(globals()) & {'leaked'}), os.environ.get('LEAKED'), pandas.options.display.max_rows,\n"
        "      matplotlib.rcParams['font.size'], limits.KUBELET_MAX_PODS, 'json.leaked' in sys.modules,\n"
        "      os.path.basename(os.getcwd()), ipk.capacity.__name__]))",
        "leaked = 1; os.environ['LEAKED'] = '1'; pandas.options.display.max_rows = 1\n"
        "matplotlib.rcParams['font.size'] = 1; limits.KUBELET_MAX_PODS = 0; sys.modules['json.leaked'] = os\n"
        "ipk.capacity = print; os.chdir('/')",
    )
    for jobs in (1, 2):
        ipk.make_reports([f"{scenarios}/*.yaml"], tmp_path / str(jobs), template=path, formats=["md"], jobs=jobs)
        texts = {(tmp_path / str(jobs) / f"{name}.md").read_text() for name in "abc"}
        assert len(texts) == 1
        assert "110" in next(iter(texts))


def test_a_folder_is_one_cluster_and_a_pattern_what_it_matches(scenarios, tmp_path):
    inputs = resolve_inputs([ROOT / "data/kubean", f"{scenarios}/[ab].yaml"])
    assert [source.stem for source in inputs] == ["kubean", "a", "b"]
    assert inputs[0].read().scenario.cluster == ipk.load(ROOT / "data/kubean.yaml").cluster


def test_every_problem_of_the_arguments_is_told_before_anything_runs(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError) as error:
        ipk.make_reports(
            [tmp_path / "empty", tmp_path / "no*.yaml", tmp_path / "none.yaml"],
            tmp_path / "file",
            formats=["html", "doc"],
            lang="fr",
            date="tomorrow",
            template="nonsense",
            jobs=0,
        )
    codes = [problem.code for problem in error.value.problems]
    assert codes == [
        "value-choice",
        "value-choice",
        "type-date",
        "template-unknown",
        "folder-empty",
        "glob-nothing",
        "file-missing",
        "value-low",
        "not-folder",
    ]
    assert visible(tmp_path) == ["file"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("../../etc/passwd", "etc-passwd"),
        ("a/b\\c", "a-b-c"),
        (".hidden", "hidden"),
        ("", "report"),
        ("...", "report"),
        ("two\nlines", "two-lines"),
        ("<script>", "script"),
        ("集群 1", "集群-1"),
        ("con", "_con"),
        ("NUL.txt", "_NUL.txt"),
        ("\u202etxt.exe", "txt.exe"),
        ("=cmd|' /C calc'!A0", "cmd-C-calc-A0"),
    ],
)
def test_names_are_made_safe_for_files(text, name):
    assert safe_file_name(text) == name


def test_long_names_are_cut_and_stay_apart():
    assert len(safe_file_name("x" * 300)) <= 80
    assert safe_file_name("x" * 300) != safe_file_name("x" * 299 + "y")


def test_inputs_of_one_name_are_kept_apart(tmp_path):
    plans = [replace(plan(), name=name) for name in ("a", "A", "a", "a-2", "index", "index")]
    names = [source.stem.casefold() for source in resolve_inputs(plans)]
    assert len(set(names)) == len(names)
    assert "index" not in names


def test_two_do_not_write_to_one_folder(scenarios, tmp_path):
    (tmp_path / ".ippoolkit").mkdir()
    with (tmp_path / ".ippoolkit/lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(InputError, match="Another process is writing reports to this folder"):
            ipk.make_reports([scenarios / "a.yaml"], tmp_path)


def test_killed_at_random_moments_nothing_is_broken_and_it_goes_on(scenarios, complete_folder, tmp_path):
    expected_contents = contents(complete_folder)
    dice = random.Random(7)
    run = command(f"{scenarios}/*.yaml", "-o", tmp_path / "out", "--format", "html,xlsx,md", "--date", DAY, "--jobs", 2)
    for _ in range(4):
        process = subprocess.Popen(run, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(dice.uniform(1.5, 6))
        process.kill()
        process.wait()
        now = contents(tmp_path / "out") if (tmp_path / "out").exists() else {}
        assert all(content == expected_contents[name] for name, content in now.items() if not name.startswith("."))
    subprocess.run(run, check=True, capture_output=True)
    assert contents(tmp_path / "out") == expected_contents


def test_interrupted_it_says_so_leaves_whole_files_and_no_processes(scenarios, complete_folder, tmp_path):
    expected_contents = contents(complete_folder)
    marker = f"ippoolkit-test-{os.getpid()}"
    process = subprocess.Popen(
        command(f"{scenarios}/*.yaml", "-o", tmp_path / "out", "--format", "html,xlsx,md", "--date", DAY, "--jobs", 1),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "IPPOOLKIT_MARK": marker},
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while not (tmp_path / "out/a.html").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert "Traceback" not in errors
    if process.returncode == 130:
        assert "run the same command to continue" in errors
    assert all(
        content == expected_contents[name]
        for name, content in contents(tmp_path / "out").items()
        if not name.startswith(".")
    )
    deadline = time.monotonic() + 10
    while (remaining := marked_processes(marker)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert remaining == []


def marked_processes(marker):
    """Return the processes that bear a mark in their environment."""
    processes = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            processes += [process.name] if marker.encode() in (process / "environ").read_bytes() else []
    return processes


def test_progress_is_told_after_each(scenarios, tmp_path):
    calls = []
    ipk.make_reports(
        [f"{scenarios}/*.yaml"], tmp_path, progress=lambda finished, total, _: calls.append((finished, total))
    )
    assert calls == [(1, 3), (2, 3), (3, 3)]


def test_the_record_says_what_a_report_was_made_from(complete_folder):
    record = json.loads((complete_folder / ".ippoolkit/c.json").read_text())
    pictures = {path.name for path in complete_folder.glob("c+*.svg")}
    assert pictures
    assert set(record["files"]) == {"c.html", "c.xlsx", "c.md"} | pictures
    assert record["summary"]["word"] == "fails"
