"""The wheel and the sdist: a report is made where nothing of the checkout is, from a folder that is read-only."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
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
    (package,) = to.glob("*.whl" if target == "wheel" else "*.tar.gz")
    return package


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    """A wheel built of the checkout, and one built of its sdist."""
    folder = tmp_path_factory.mktemp("packages")
    with tarfile.open(build(ROOT, "sdist", folder)) as packed:
        packed.extractall(folder, filter="data")
    (unpacked,) = (path for path in folder.iterdir() if path.is_dir())
    return [build(source, "wheel", folder / name) for source, name in ((ROOT, "of-checkout"), (unpacked, "of-sdist"))]


def contents(wheel):
    with zipfile.ZipFile(wheel) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_the_wheel_of_the_sdist_is_that_of_the_checkout(wheels):
    of_checkout, of_sdist = map(contents, wheels)
    assert of_sdist == of_checkout


def test_a_report_is_made_in_an_empty_environment(wheels, tmp_path):
    environment, home = tmp_path / "environment", tmp_path / "home"
    home.mkdir()
    venv.create(environment)
    (packages,) = environment.glob("lib/python*/site-packages")
    with zipfile.ZipFile(wheels[1]) as packed:
        packed.extractall(packages)  # as pip does with what is pure Python
    # Its dependencies alone: what makes the checkout importable is itself such a file, and not followed from here.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    installed = packages / "ippoolkit"
    for path in [installed, *installed.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    shutil.copy(ROOT / "data/kubespray.yaml", tmp_path)
    command = "import sys, ippoolkit, ippoolkit.cli; print(ippoolkit.__file__, flush=True); ippoolkit.cli.main()"
    result = subprocess.run(
        [environment / "bin/python", "-P", "-c", command, "report", "kubespray.yaml", "-o", "r.html"],
        cwd=tmp_path,
        env={**os.environ, "HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    for path in [installed, *installed.rglob("*")]:
        path.chmod(0o755)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(str(installed))
    assert "kubespray" in (tmp_path / "r.html").read_text()


def test_nothing_of_the_machine_is_packed(wheels):
    names = {part for name in contents(wheels[0]) for part in name.split("/")}
    assert {"py.typed", "zh.mo", "capacity.ipynb", "page.css", "gorand.json"} <= names
    assert not names & {"__pycache__", ".venv", "tests", "requirements"}
