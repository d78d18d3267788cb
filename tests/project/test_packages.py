"""The wheel and the sdist: each makes a report where nothing of the checkout is, from a folder that is read-only."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile

import pytest

from tests.helpers import ROOT


def build(folder, target, to):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", to],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    (made,) = to.glob("*.whl" if target == "wheel" else "*.tar.gz")
    return made


@pytest.fixture(scope="module", params=["checkout", "sdist"])
def installed(request, tmp_path_factory):
    """A wheel's files, built of the checkout or of its sdist."""
    folder = tmp_path_factory.mktemp(request.param)
    source = ROOT
    if request.param == "sdist":
        with tarfile.open(build(ROOT, "sdist", folder)) as packed:
            packed.extractall(folder, filter="data")
        (source,) = (path for path in folder.iterdir() if path.is_dir())
    wheel = build(source, "wheel", folder)
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder / "installed")
    return folder / "installed"


def test_a_report_is_made(installed, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(ROOT / "data/kubespray.yaml", tmp_path)
    for path in [installed, *installed.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    command = "import sys, ippoolkit, ippoolkit.cli; print(ippoolkit.__file__, flush=True); ippoolkit.cli.main()"
    done = subprocess.run(
        [sys.executable, "-P", "-c", command, "report", "kubespray.yaml", "-o", "r.html"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed), "HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    for path in [installed, *installed.rglob("*")]:
        path.chmod(0o755)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(installed))
    assert "kubespray" in (tmp_path / "r.html").read_text()


def test_nothing_of_the_machine_is_packed(installed):
    with zipfile.ZipFile(next(installed.parent.glob("*.whl"))) as packed:
        names = {part for name in packed.namelist() for part in name.split("/")}
    assert {"py.typed", "zh.mo", "capacity.ipynb", "page.css", "gorand.json"} <= names
    assert not names & {"__pycache__", ".venv", "tests", "requirements"}
