"""Running one notebook, and what it shows."""

from __future__ import annotations

import asyncio
import copy
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ReportError
from .kernel_protocol import FORMATS_VARIABLE, SECTION_MIME
from .templates import Template

_SCREEN_ONLY_TAG = "remove-cell"  # Jupyter's own tag for cells that a report leaves out

if TYPE_CHECKING:
    from .kernel_launcher import KernelLauncher


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


CellProgress = Callable[[int, int], None]  # is told how many cells are done, of how many


def run_template(
    launcher: KernelLauncher,
    template: Template,
    parameters: Mapping[str, Any],
    formats: tuple[str, ...],
    on_cell_done: CellProgress | None = None,
) -> ExecutedNotebook:
    """Run a template's notebook in a kernel of its own.

    A template of the user's runs in its own folder, as it would in Jupyter; the kit's own in an empty one.

    Raises
    ------
    ReportError
        Where the notebook fails.
    """
    from papermill import execute_notebook
    from papermill.exceptions import PapermillExecutionError

    template_parameters = {temp_dir: value for temp_dir, value in parameters.items() if temp_dir in template.defaults}
    with tempfile.TemporaryDirectory(prefix="ippoolkit-") as temp_dir:
        runtime_dir = Path(temp_dir)
        working_dir = runtime_dir if template.is_builtin else template.path.parent
        sys_path = [] if template.is_builtin else [str(template.path.parent)]
        environment = {FORMATS_VARIABLE: ",".join(formats)}
        cell_count = len(template.notebook.cells) + 1  # papermill adds that of the parameters
        with _closing_event_loop(), launcher.launch(runtime_dir, sys_path, environment, working_dir) as kernel:
            try:
                executed = execute_notebook(
                    # Not its path: papermill would take braces in one for placeholders.
                    copy.deepcopy(template.notebook),
                    None,
                    parameters=template_parameters,
                    kernel_name=kernel.kernel_name,
                    km=kernel,
                    progress_bar=False,
                    log_output=False,
                    on_cell_complete=lambda cell, cell_index: on_cell_done and on_cell_done(cell_index + 1, cell_count),  # noqa: ARG005
                )
            except PapermillExecutionError as error:
                message = "; ".join(str(error.evalue).splitlines())
                raise ReportError("report-failed", reason=f"{error.ename}: {message}") from None
            except RuntimeError as error:  # nbclient's, of a kernel that died
                raise ReportError("report-failed", reason=str(error)) from None
    executed.cells = [cell for cell in executed.cells if _SCREEN_ONLY_TAG not in cell.metadata.get("tags", ())]
    return ExecutedNotebook(executed)


@contextmanager
def _closing_event_loop() -> Iterator[None]:
    """End the event loop that nbclient makes for this thread: reports are made in threads that come and go."""
    try:
        yield
    finally:
        from jupyter_core.utils import ensure_event_loop

        try:
            asyncio.get_running_loop()
        except RuntimeError:  # none but its own
            ensure_event_loop().close()
