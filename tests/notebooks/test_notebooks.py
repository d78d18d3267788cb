"""Notebooks: prose and calls, no outputs in git, and each one runs."""

import re

import nbformat
import papermill
import pytest

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


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_runs_without_errors_from_its_own_folder(path):
    done = papermill.execute_notebook(str(path), None, cwd=str(path.parent), progress_bar=False, log_output=False)
    outputs = [output for cell in done.cells if cell.cell_type == "code" for output in cell.outputs]
    assert [output for output in outputs if output.output_type in ("error", "stream")] == []
    assert [output for output in outputs if output.output_type in ("display_data", "execute_result")]
