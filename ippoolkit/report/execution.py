"""Running one notebook, and what it shows."""

from __future__ import annotations

import copy
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ..errors import InputError, ReportError
from .run_context import RunContext, run_context
from .sections.section import SECTION_MIME
from .templates import Template

_SCREEN_ONLY_TAG = "remove-cell"  # Jupyter's own tag for cells that a report leaves out


@dataclass(frozen=True)
class ExecutedNotebook:
    """A notebook that was run."""

    notebook: Any

    @cached_property
    def outputs(self) -> list[Mapping[str, Any]]:
        """What it shows, in order: each a mapping of MIME types to contents; prose is ``text/markdown``."""
        mime_bundles: list[Mapping[str, Any]] = []
        for cell in self.notebook.cells:
            if cell.cell_type == "markdown":
                mime_bundles.append({"text/markdown": cell.source})
            outputs = cell.get("outputs", ())
            mime_bundles += [
                output.data for output in outputs if output.output_type in ("display_data", "execute_result")
            ]
        return mime_bundles

    @cached_property
    def tables(self) -> list[dict[str, Any]]:
        """Its tables: name, headings, rows."""
        return [table for data in self._section_data for table in data["tables"]]

    @cached_property
    def pictures(self) -> list[dict[str, str]]:
        """Its pictures: name, alt, svg, perhaps png (base64)."""
        return [picture for data in self._section_data for picture in data["pictures"]]

    @cached_property
    def summary(self) -> dict[str, Any]:
        """What sums the report up; empty where it comes to no verdict."""
        return {key: value for data in self._section_data for key, value in data["summary"].items()}

    @property
    def _section_data(self) -> list[Any]:
        return [output[SECTION_MIME] for output in self.outputs if SECTION_MIME in output]


def run_template(
    template: Template,
    parameters: Mapping[str, Any],
    context: RunContext,
    on_cell_done: Callable[[], None] | None = None,
) -> ExecutedNotebook:
    """Run a template's notebook in this process.

    A user's template runs in its own folder, as it would in Jupyter; a built-in one in an empty folder.

    Parameters
    ----------
    template
        The notebook.
    parameters
        Values for its parameters; those that it does not declare are left out.
    context
        What its sections can ask for beside the parameters.
    on_cell_done
        Called after each cell.

    Raises
    ------
    ReportError
        Where the notebook fails.
    """
    try:
        from nbformat import from_dict
        from papermill import execute_notebook
        from papermill.exceptions import PapermillException, PapermillExecutionError

        from .notebook_engine import ENGINE_NAME
    except ImportError as error:
        raise ReportError("report-packages", reason=str(error)) from None
    declared = {name: value for name, value in parameters.items() if name in template.defaults}
    with tempfile.TemporaryDirectory(prefix="ippoolkit-") as run_dir:
        working_dir = Path(run_dir) if template.is_builtin else template.path.parent
        with run_context(context), _working_in(working_dir):
            try:
                executed = execute_notebook(
                    # Not its path: papermill would take braces in one for placeholders.
                    from_dict(copy.deepcopy(template.notebook)),
                    None,
                    parameters=declared,
                    engine_name=ENGINE_NAME,
                    kernel_name="python3",
                    language="python",
                    progress_bar=False,
                    profile_dir=run_dir,
                    on_cell_done=on_cell_done,
                )
            except PapermillExecutionError as error:
                message = "; ".join(str(error.evalue).splitlines())
                name = "" if error.ename == InputError.__name__ else f"{error.ename}: "
                raise ReportError("report-failed", reason=f"{name}{message}") from None
            except PapermillException as error:
                reason = f"{type(error).__name__}: {error}"
                raise ReportError("report-failed", reason=reason) from None
    executed.cells = [cell for cell in executed.cells if _SCREEN_ONLY_TAG not in cell.metadata.get("tags", ())]
    return ExecutedNotebook(executed)


@contextmanager
def _working_in(folder: Path) -> Iterator[None]:
    """Work in a folder whose modules can be imported; what the process prints by itself goes nowhere."""
    previous_folder, path = Path.cwd(), list(sys.path)
    standard_output = os.dup(1)
    devnull = os.open(os.devnull, os.O_WRONLY)
    try:
        sys.path.insert(0, str(folder))
        os.chdir(folder)
        os.dup2(devnull, 1)
        yield
    finally:
        os.dup2(standard_output, 1)
        os.close(standard_output)
        os.close(devnull)
        os.chdir(previous_folder)
        sys.path[:] = path
