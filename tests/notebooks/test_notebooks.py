"""Notebooks: prose and calls, no outputs in git, and each one runs."""

import os
import re

import nbformat
import papermill
import pytest

from ippoolkit.parallel import executor
from tests.helpers import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_is_clean(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None
            assert not re.search(r"^\s*(def|class|lambda)\b", cell.source, re.MULTILINE)
    assert notebook.metadata.kernelspec.name == "python3"


# What is opened in JupyterLab for its widgets and plots; the others are templates of reports, which need no kernel.
NEED_A_KERNEL = {"planner", "change", "explore"}


def outputs_of(path, profile=None):
    """Return the outputs of a notebook that was run from its own folder."""
    engine = {}
    if profile is not None:
        from ippoolkit.report.notebook_engine import ENGINE_NAME

        os.chdir(path.parent)  # of this process, which runs nothing else
        engine = {"engine_name": ENGINE_NAME, "profile_dir": profile}
    executed = papermill.execute_notebook(
        str(path), None, cwd=str(path.parent), progress_bar=False, log_output=False, **engine
    )
    return [output for cell in executed.cells if cell.cell_type == "code" for output in cell.outputs]


@pytest.fixture(scope="module")
def processes():
    """Start a process for each notebook, forked from one that has imported what reports need."""
    with executor(jobs=1, preload=["ippoolkit.report.preload"], fresh=True) as pool:
        yield pool


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_runs_without_errors_from_its_own_folder(path, processes, tmp_path):
    if path.stem in NEED_A_KERNEL:
        outputs = outputs_of(path)
    else:
        outputs = processes.submit(outputs_of, path, str(tmp_path)).result()
    assert [output for output in outputs if output.output_type in ("error", "stream")] == []
    displayed = [output.data for output in outputs if output.output_type in ("display_data", "execute_result")]
    assert displayed
    # A figure that is shown as its text was not drawn.
    assert [
        data for data in displayed if data.get("text/plain", "").startswith("<Figure") and "image/png" not in data
    ] == []
