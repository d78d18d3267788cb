"""The folder that JupyterLab opens: what is copied, what stays, and how it is started."""

import json
import sys
from pathlib import Path

import nbformat
from nbformat.sign import NotebookNotary

from ippoolkit.widgets.lab import lab_command, lab_environment, open_lab, prepare_lab, trust_notebooks
from tests.helpers import ROOT
from tests.helpers import run_command as run


def test_notebooks_data_and_docs_are_copied_and_files_that_are_there_stay(tmp_path):
    folder = tmp_path / "new/lab"
    copied = {str(path.relative_to(folder)) for path in prepare_lab(folder)}
    assert {"notebooks/planner.ipynb", "data/kubean/ippools.yaml", "docs/tables.md"} <= copied
    mine = folder / "data/kubespray.yaml"
    mine.write_text("mine")
    (folder / "docs/tables.md").unlink()
    assert prepare_lab(folder) == [folder / "docs/tables.md"]
    assert mine.read_text() == "mine"


def test_in_a_checkout_nothing_is_copied():
    assert prepare_lab(ROOT) == []


def test_notebooks_that_run_when_opened_are_trusted_until_they_change(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    prepare_lab(tmp_path)
    trust_notebooks(tmp_path)
    notary = NotebookNotary()
    notebook = nbformat.read(tmp_path / "notebooks/planner.ipynb", as_version=4)
    assert notebook.metadata.ippoolkit.run_on_open
    assert notary.check_signature(notebook)
    notebook.cells[1].source += "\nprint(1)"
    assert not notary.check_signature(notebook)
    notary.store.close()


def test_jupyterlab_finds_what_the_kit_adds(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_PATH", "/before")
    share, before = lab_environment()["JUPYTER_PATH"].split(":")
    assert before == "/before"
    command = lab_command(tmp_path, ["--no-browser"])
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert command[-1] == "--no-browser"
    settings = next(option.partition("=")[2] for option in command if "app_settings_dir" in option)
    assert json.loads(Path(f"{settings}/overrides.json").read_text())
    extension = json.loads(Path(f"{share}/labextensions/ippoolkit/package.json").read_text())
    assert Path(f"{share}/labextensions/ippoolkit/{extension['jupyterlab']['_build']['load']}").read_text()


def test_the_command_becomes_jupyterlab_and_passes_options_on(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    started = []
    monkeypatch.setattr("os.execve", lambda *arguments: started.append(arguments))
    open_lab(tmp_path / "lab", ["--port=9"])
    ((program, command, environment),) = started
    assert program == command[0]
    assert command[-1] == "--port=9"
    assert environment["JUPYTER_PATH"] == lab_environment()["JUPYTER_PATH"]


def test_a_folder_that_cannot_be_made_is_told_without_a_traceback(tmp_path):
    (tmp_path / "file").write_text("in the way")
    result = run("lab", str(tmp_path / "file"))
    assert result.exit_code == 2
    assert "file" in result.stderr
