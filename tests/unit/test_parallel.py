"""Work that is many: the same outcomes in the same order, whatever runs it and whatever dies meanwhile."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ippoolkit.errors import FindingError, InputError
from ippoolkit.findings import Finding, Place
from ippoolkit.parallel import Journal, executor, run


def double(item):
    return 2 * item


def fail_on_odd(item):
    if item % 4 == 1:
        raise ValueError(f"{item} is odd")
    if item % 4 == 3:
        raise InputError([Finding("file-missing", place=Place(str(item)))])
    return item


def die_once(item):
    """End the process on the first call for item 3; the marker outlives it."""
    number, marker = item
    if number == 3 and not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def always_die(item):
    if item == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return item


def slow(item):
    time.sleep(0.2)
    return item


def test_outcomes_come_in_the_order_of_the_items():
    with executor(jobs=2) as pool:
        outcomes = run(pool, double, range(50))
    assert [outcome.value for outcome in outcomes] == [2 * item for item in range(50)]


def test_errors_of_one_item_leave_the_others():
    with executor(jobs=2) as pool:
        outcomes = run(pool, fail_on_odd, range(6))
    assert [outcome.value for outcome in outcomes] == [0, None, 2, None, 4, None]
    assert outcomes[1].error.finding.code == "item-failed"
    assert "1 is odd" in str(outcomes[1].error)
    assert outcomes[3].error.problems == (Finding("file-missing", place=Place("3")),)


def test_a_process_that_dies_is_replaced_and_its_item_tried_again(tmp_path):
    marker = str(tmp_path / "died")
    with executor(jobs=2) as pool:
        outcomes = run(pool, die_once, [(number, marker) for number in range(12)])
    assert [outcome.value for outcome in outcomes] == list(range(12))
    assert Path(marker).exists()


def test_an_item_that_always_kills_its_process_is_given_up():
    with executor(jobs=2) as pool:
        outcomes = run(pool, always_die, range(6))
    assert [outcome.value for outcome in outcomes] == [0, 1, None, 3, 4, 5]
    assert isinstance(outcomes[2].error, FindingError)
    assert outcomes[2].error.finding.code == "worker-died"


def test_progress_is_told_after_each_item():
    counts, values = [], []
    with executor(jobs=2) as pool:
        run(
            pool,
            double,
            range(5),
            on_outcome=lambda index, outcome: values.append((index, outcome.value)),
            progress=lambda finished, total: counts.append((finished, total)),
        )
    assert counts == [(finished, 5) for finished in range(1, 6)]
    assert sorted(values) == [(item, 2 * item) for item in range(5)]


def test_what_was_finished_is_not_run_again(tmp_path):
    journal = tmp_path / "results.jsonl"
    with executor(jobs=1) as pool:
        run(pool, double, range(2), results=Journal(journal), key="item-{}".format)
    with journal.open("a") as file:
        file.write('{"key": "item-2", "val')  # a crash in the middle of a line
    with executor(jobs=1) as pool:
        outcomes = run(pool, double, range(4), results=Journal(journal), key="item-{}".format)
    assert [outcome.value for outcome in outcomes] == [0, 2, 4, 6]
    assert [outcome.resumed for outcome in outcomes] == [True, True, False, False]


def test_errors_are_not_kept_as_results(tmp_path):
    with executor(jobs=1) as pool:
        run(pool, fail_on_odd, [1], results=Journal(tmp_path / "j"))
    assert Journal(tmp_path / "j").get("1") is None


@pytest.mark.parametrize("delay", [0, 0.2, 1])
def test_an_interrupt_ends_everything_at_once(delay):
    script = (
        "import signal\n"
        "from ippoolkit.parallel import executor, run\n"
        "from tests.unit.test_parallel import slow\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell's background job ignores it
        "if __name__ == '__main__':\n"
        "    with executor(jobs=2) as pool:\n"
        "        print('ready', flush=True)\n"
        "        run(pool, slow, range(1000))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout.readline() == "ready\n"
    time.sleep(delay)
    begin = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert time.monotonic() - begin < 10
    assert errors.count("Traceback") == 1  # the parent's own
