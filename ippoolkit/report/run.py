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
from .mime import FORMATS, MIME
from .template import Template

_ON_SCREEN = "remove-cell"  # Jupyter's own tag for cells that a report leaves out

if TYPE_CHECKING:
    from .kernels import Kernels


@dataclass(frozen=True)
class Executed:
    """A notebook that was run."""

    notebook: Any

    @cached_property
    def outputs(self) -> list[Mapping[str, Any]]:
        """What it shows, in order: each a mapping of MIME types to contents; prose is ``text/markdown``."""
        found: list[Mapping[str, Any]] = []
        for cell in self.notebook.cells:
            if cell.cell_type == "markdown":
                found.append({"text/markdown": cell.source})
            outputs = cell.get("outputs", ())
            found += [each.data for each in outputs if each.output_type in ("display_data", "execute_result")]
        return found

    @cached_property
    def tables(self) -> list[dict[str, Any]]:
        """Its tables: name, headings, rows."""
        return [table for data in self._data for table in data["tables"]]

    @cached_property
    def pictures(self) -> list[dict[str, str]]:
        """Its pictures: name, alt, svg, perhaps png (base64)."""
        return [picture for data in self._data for picture in data["pictures"]]

    @cached_property
    def summary(self) -> dict[str, Any]:
        """What sums the report up; empty where it comes to no verdict."""
        return {key: value for data in self._data for key, value in data["summary"].items()}

    @property
    def _data(self) -> list[Any]:
        return [output[MIME] for output in self.outputs if MIME in output]


CellProgress = Callable[[int, int], None]  # is told how many cells are done, of how many


def run(
    kernels: Kernels,
    template: Template,
    parameters: Mapping[str, Any],
    formats: tuple[str, ...],
    progress: CellProgress | None = None,
) -> Executed:
    """Run a template's notebook in a kernel of its own.

    A template of the user's runs in its own folder, as it would in Jupyter; the kit's own in an empty one.

    Raises
    ------
    ReportError
        Where the notebook fails.
    """
    from papermill import execute_notebook
    from papermill.exceptions import PapermillExecutionError

    declared = {name: value for name, value in parameters.items() if name in template.defaults}
    with tempfile.TemporaryDirectory(prefix="ippoolkit-") as name:
        folder = Path(name)
        cwd = folder if template.own else template.path.parent
        path = [] if template.own else [str(template.path.parent)]
        environment = {FORMATS: ",".join(formats)}
        cells = len(template.notebook.cells) + 1  # papermill adds that of the parameters
        with _loop(), kernels.kernel(folder, path, environment, cwd) as kernel:
            try:
                done = execute_notebook(
                    # Not its path: papermill would take braces in one for placeholders.
                    copy.deepcopy(template.notebook),
                    None,
                    parameters=declared,
                    kernel_name=kernel.kernel_name,
                    km=kernel,
                    progress_bar=False,
                    log_output=False,
                    on_cell_complete=lambda cell, cell_index: progress and progress(cell_index + 1, cells),  # noqa: ARG005
                )
            except PapermillExecutionError as error:
                said = "; ".join(str(error.evalue).splitlines())
                raise ReportError("report-failed", reason=f"{error.ename}: {said}") from None
            except RuntimeError as error:  # nbclient's, of a kernel that died
                raise ReportError("report-failed", reason=str(error)) from None
    done.cells = [cell for cell in done.cells if _ON_SCREEN not in cell.metadata.get("tags", ())]
    return Executed(done)


@contextmanager
def _loop() -> Iterator[None]:
    """End the event loop that nbclient makes for this thread: reports are made in threads that come and go."""
    try:
        yield
    finally:
        from jupyter_core.utils import ensure_event_loop

        try:
            asyncio.get_running_loop()
        except RuntimeError:  # none but its own
            ensure_event_loop().close()
