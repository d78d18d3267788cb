"""The same work on a Dask scheduler with two workers on loopback, one of which is killed in the middle."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest

import ippoolkit as ipk
from ippoolkit.audit.fleet import audit_fleet
from ippoolkit.errors import FindingError
from ippoolkit.forecasting.fleet_forecast import forecast_fleet
from ippoolkit.parallel import executor, run
from ippoolkit.view.fleet_terminal import audits_as_dict
from ippoolkit.view.forecast_terminal import forecasts_as_dict
from tests.clusters import cluster as filled
from tests.helpers import ROOT
from tests.unit.test_parallel import double, fail_on_odd, slow

pytest.importorskip("distributed", reason="distributed is an extra")


def start(*arguments):
    return subprocess.Popen(
        [sys.executable, "-m", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "DASK_DISTRIBUTED__WORKER__DAEMON": "False"},
    )


@pytest.fixture
def cluster():
    """Yield the address of a scheduler, and the processes of its workers."""
    scheduler = start(
        "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--dashboard-address", "127.0.0.1:0"
    )
    address = None
    while address is None:
        line = scheduler.stderr.readline()
        assert line, "the scheduler ended"
        if match := re.search(r"Scheduler at:\s+(tcp://\S+)", line):
            address = match[1]
    worker = (
        "distributed.cli.dask_worker",
        address,
        "--no-nanny",
        "--nthreads",
        "1",
        "--host",
        "127.0.0.1",
        "--no-dashboard",
    )
    workers = [start(*worker) for _ in range(2)]
    yield address, workers
    for process in (*workers, scheduler):
        process.kill()
        process.wait()
        process.stderr.close()


def test_outcomes_are_those_of_local_processes_though_a_worker_dies(cluster):
    address, workers = cluster

    def kill_one(finished, total):
        if finished == 4:
            os.kill(workers[0].pid, signal.SIGKILL)

    with executor(address) as pool:
        spread = run(pool, slow, range(16), progress=kill_one)
    with executor(jobs=2) as pool:
        local = run(pool, slow, range(16))
    assert workers[0].wait(timeout=5) == -signal.SIGKILL
    assert [outcome.value for outcome in spread] == [outcome.value for outcome in local] == list(range(16))


def test_errors_of_one_item_leave_the_others(cluster):
    address, _ = cluster
    with executor(address) as pool:
        outcomes = run(pool, fail_on_odd, range(4))
    assert [outcome.value for outcome in outcomes] == [0, None, 2, None]
    assert outcomes[1].error.finding.code == "item-failed"
    assert outcomes[3].error.problems[0].code == "file-missing"


def test_the_same_item_twice_is_run_twice(cluster):
    address, _ = cluster
    with executor(address) as pool:
        assert [outcome.value for outcome in run(pool, double, [3, 3])] == [6, 6]


def test_no_scheduler_is_an_error_in_words():
    begin = time.monotonic()
    with pytest.raises(FindingError) as raised, executor("tcp://127.0.0.1:9"):
        pass
    assert raised.value.finding.code == "scheduler-unreachable"
    assert time.monotonic() - begin < 30


def test_audits_and_forecasts_are_the_same_bytes_as_those_of_local_processes(cluster, tmp_path):
    address, _ = cluster
    for number in range(3):
        ipk.save_scenario(filled(nodes=2 + number, pods=5), tmp_path / f"{number}.yaml")
    sources = [*(str(tmp_path / f"{number}.yaml") for number in range(3)), str(tmp_path / "missing.yaml")]
    history = [str(ROOT / "data/history.csv")]
    written = []
    for scheduler in (address, None):
        with executor(scheduler, jobs=2) as pool:
            audits, forecasts = audit_fleet(sources, pool), forecast_fleet(history, pool, horizon_days=90)
        written.append(json.dumps([audits_as_dict(audits), forecasts_as_dict(forecasts)]).encode())
    assert written[0] == written[1]
    assert len(json.loads(written[0])[0]["clusters"]) == 4
