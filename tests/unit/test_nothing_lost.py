"""The old file stands or the new one, never half of one: killed at any moment, on a full disk, in a read-only folder."""

import os
import random
import resource
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from ippoolkit.errors import InputError
from ippoolkit.write import save_scenario, write_atomically
from tests.clusters import cluster
from tests.fuzz.kills import Writer
from tests.helpers import ROOT, run_command

DUMPS, POOL = ROOT / "data/kubean", ROOT / "data/default-ipv4-ippool.yaml"
KILLS = 100
WRITERS = {
    "scenario": "scenario {pool} -o {out}/file.yaml",
    "scenario.json": "scenario {pool} -o {out}/file.json",
    "from-installer": "from-installer {operator} -o {out}/file.yaml",
    "snapshot": "snapshot {dumps} -o {out}/file.yaml",
    "snapshot --redact": "snapshot {dumps} -o {out}/file.json --redact",
    "runbook": "runbook block-size -c {cluster} --pool old --to 27 -o {out}",
    "report": "report {pool} -o {out}/file.html",
    "reports": "report {pool} -o {out}",
}


@contextmanager
def full_disk(most):
    """Let no file grow beyond some bytes, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def arguments(tmp_path):
    save_scenario(cluster(), tmp_path / "cluster.yaml")
    operator = "apiVersion: operator.tigera.io/v1\nkind: Installation\nmetadata: {name: default}\nspec: {}\n"
    (tmp_path / "operator.yaml").write_text(operator)
    out = tmp_path / "out"
    out.mkdir()
    names = {"cluster": tmp_path / "cluster.yaml", "operator": tmp_path / "operator.yaml", "out": out}
    return lambda writer: [part.format(pool=POOL, dumps=DUMPS, **names) for part in WRITERS[writer].split()]


def visible(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and ".ippoolkit" not in path.parts}


@pytest.mark.parametrize("writer", WRITERS)
def test_on_a_full_disk_the_old_file_stands_and_nothing_is_left(writer, arguments, tmp_path):
    call = arguments(writer)
    assert run_command(*call).exit_code == 0
    before = visible(tmp_path / "out")
    assert before
    with full_disk(4096 if writer.startswith("report") else 10):  # semaphores are small files
        result = run_command(*call, *["--force"] if writer == "reports" else [])
    assert result.exit_code in (1, 2), result.output
    assert visible(tmp_path / "out") == before


@pytest.mark.parametrize("writer", WRITERS)
def test_where_a_folder_should_be_stands_a_file(writer, arguments, tmp_path):
    call = arguments(writer)
    (tmp_path / "out").rmdir()
    (tmp_path / "out").write_text("not a folder")
    result = run_command(*call)
    assert result.exit_code in (1, 2), result.output
    assert (tmp_path / "out").read_text() == "not a folder"


@pytest.mark.parametrize("suffix", ["yaml", "json"])
def test_killed_at_random_moments_a_file_is_the_old_one_or_the_new_one(suffix, tmp_path):
    """A process writes one scenario after another to one file, until it is killed."""
    target = tmp_path / f"file.{suffix}"
    texts = {str(number) * 200_000 for number in range(8)}
    write_atomically(target, "0" * 200_000)
    dice = random.Random(3)
    for _ in range(KILLS):
        child = os.fork()
        if child == 0:
            while True:
                for text in sorted(texts):
                    write_atomically(target, text)
        time.sleep(dice.uniform(0, 0.02))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        assert target.read_text() in texts


@pytest.mark.parametrize("name", ["scenario", "snapshot", "runbook"])
def test_a_command_killed_at_random_moments_leaves_old_files_or_new_ones(name, tmp_path):
    """A hundred of these, reports and the planner among them: ``python -m tests.fuzz.kills``."""
    dice = random.Random(8)
    writer = Writer(name, tmp_path / name)
    assert writer.old != writer.new
    assert [writer.kill_once(dice)[1] for _ in range(4)] == [[]] * 4


def test_a_read_only_folder_is_one_clear_error(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "pathlib.Path.open", lambda *_, **__: (_ for _ in ()).throw(PermissionError(13, "Permission denied"))
    )
    with pytest.raises(InputError, match="Permission denied"):
        write_atomically(tmp_path / "x", "text")


@pytest.mark.parametrize("redirected", [">/dev/full", ">&-", "| head -c 1"])
def test_standard_output_that_is_full_closed_or_left_is_no_traceback(redirected):
    run = f"{sys.executable} -m ippoolkit capacity {ROOT / 'data/kubespray.yaml'} {redirected}"
    result = subprocess.run(["sh", "-c", run], capture_output=True, text=True, check=False)
    assert "Traceback" not in result.stderr
    assert "Exception ignored" not in result.stderr
    assert result.returncode in (0, 1)


def test_what_is_printed_is_the_same_in_every_locale():
    command = [sys.executable, "-m", "ippoolkit", "capacity", ROOT / "data/kubespray.yaml", "--lang", "zh", "--json"]
    printed = {
        subprocess.run(command, capture_output=True, check=True, env={**os.environ, "LC_ALL": locale}).stdout
        for locale in ("C", "C.UTF-8", "zh_CN.GB18030")
    }
    assert len(printed) == 1
