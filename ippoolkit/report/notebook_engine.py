"""Papermill's engine that runs a notebook in this very process, in an IPython shell of its own.

A kernel would be a second process with everything loaded once more. What a notebook does to modules, settings or the
environment stays in this process: a notebook that is not the kit's own gets a process to itself (see `batch`).
"""

from __future__ import annotations

import base64
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from nbformat.v4 import new_output
from papermill.engines import Engine, papermill_engines
from traitlets import Type
from traitlets.config import Config

from .sections.report_table import ReportTable
from .sections.section import Section, picture_part, table_part

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

ENGINE_NAME = "ippoolkit"


class _OutputHook(DisplayHook):
    """Collects the value of a cell's last expression instead of printing it."""

    def write_output_prompt(self) -> None:
        """Print no prompt."""

    def write_format_data(self, format_dict: Mapping[str, Any], md_dict: Mapping[str, Any] | None = None) -> None:
        """Keep the value in every form that it has."""
        shell: Any = self.shell
        shell.display_pub.add("execute_result", format_dict, md_dict or {}, execution_count=None)

    def finish_displayhook(self) -> None:
        """Print no line feed."""


class _OutputPublisher(DisplayPublisher):
    """Collects what a cell displays, in order, as outputs of a notebook."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.outputs: list[Any] = []
        self._by_display_id: dict[str, Any] = {}

    def add(self, output_type: str, data: Mapping[str, Any], metadata: Mapping[str, Any], **fields: Any) -> Any:
        """Append one output."""
        texts = {
            mime: base64.b64encode(content).decode() if isinstance(content, bytes) else content
            for mime, content in data.items()
        }
        output = new_output(output_type, data=texts, metadata=dict(metadata), **fields)
        self.outputs.append(output)
        return output

    def publish(
        self,
        data: Mapping[str, Any],
        metadata: Mapping[str, Any] | None = None,
        *_: Any,
        transient: Mapping[str, Any] | None = None,
        update: bool = False,
        **__: Any,
    ) -> None:
        """Keep what is displayed; what replaces something displayed before takes its place."""
        display_id = (transient or {}).get("display_id")
        if update and display_id in self._by_display_id:
            changed = self.add("display_data", data, metadata or {})
            self.outputs.pop()
            self._by_display_id[display_id].update(changed)
        elif not update:
            output = self.add("display_data", data, metadata or {})
            if display_id is not None:
                self._by_display_id[display_id] = output

    def clear_output(self, wait: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 (IPython's signature)
        """Forget what the cell has displayed so far."""
        self.outputs.clear()


class _Shell(InteractiveShell):
    """IPython without a terminal."""

    displayhook_class = Type(_OutputHook)
    display_pub_class = Type(_OutputPublisher)

    def enable_gui(self, gui: str | None = None) -> None:
        """Do nothing: there is no event loop of a window system."""

    def showtraceback(self, *_: Any, **__: Any) -> None:
        """Show nothing: `_run_cell` returns the error, and its coloured traceback would take most of a second."""

    showsyntaxerror = showtraceback


class InProcessEngine(Engine):  # type: ignore[misc]  # papermill has no types
    """Runs the cells one after another; the first that raises ends the notebook."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,  # noqa: ARG003 (papermill's signature)
        *,
        profile_dir: str,
        on_cell_done: Callable[[], None] | None = None,
        **_: Any,
    ) -> None:
        """Run the notebook; outputs and the error, if there is one, stand in its cells afterwards."""
        with _new_shell(profile_dir) as shell:
            for index, cell in enumerate(nb_man.nb.cells):
                if cell.cell_type == "code" and cell.source.strip():
                    nb_man.cell_start(cell, index)
                    error = _run_cell(shell, cell)
                    if error is not None:
                        nb_man.cell_exception(cell, index, exception=error)
                        return
                    nb_man.cell_complete(cell, index)
                if on_cell_done is not None:
                    on_cell_done()


papermill_engines.register(ENGINE_NAME, InProcessEngine)


def _run_cell(shell: _Shell, cell: Any) -> BaseException | None:
    """Run one cell and keep its outputs; return what it raised."""
    publisher: Any = shell.display_pub
    publisher.outputs = cell.outputs = []
    with capture_output(display=False) as printed:
        result = shell.run_cell(cell.source, store_history=True)
    cell.execution_count = result.execution_count
    for name, text in (("stdout", printed.stdout), ("stderr", printed.stderr)):
        if text:
            cell.outputs.append(new_output("stream", name=name, text=text))
    error: BaseException | None = result.error_before_exec or result.error_in_exec
    if isinstance(error, KeyboardInterrupt):  # of the caller's process, not of the notebook
        raise error
    if error is not None:
        cell.outputs.append(new_output("error", ename=type(error).__name__, evalue=str(error), traceback=[]))
    return error


@contextmanager
def _new_shell(profile_dir: str) -> Iterator[_Shell]:
    """Yield a shell that knows nothing of those before it, keeps no history and leaves the user's profile alone."""
    config = Config()
    config.HistoryManager.enabled = False
    main_module = sys.modules["__main__"]
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    shell = _Shell.instance(config=config, ipython_dir=profile_dir)
    _register_formatters(shell)
    try:
        yield shell
    finally:
        _Shell.clear_instance()
        sys.modules["__main__"] = main_module


def _register_formatters(shell: _Shell) -> None:
    """Hand over tables and figures that a notebook shows by itself, for a report's workbook and pictures."""
    figure_numbers = count(1)

    def figure_bundle(figure: Figure, *_: object, **__: object) -> dict[str, Any]:
        part = picture_part(f"figure {next(figure_numbers)}", figure, figure.get_suptitle())
        return Section((part,))._repr_mimebundle_()

    display_formatter: Any = shell.display_formatter
    formatter = display_formatter.mimebundle_formatter
    formatter.for_type_by_name("pandas", "DataFrame", _table_bundle)
    formatter.for_type_by_name("pandas.core.frame", "DataFrame", _table_bundle)
    formatter.for_type_by_name("matplotlib.figure", "Figure", figure_bundle)


def _table_bundle(frame: pd.DataFrame, *_: object, **__: object) -> dict[str, Any]:
    return Section((table_part(ReportTable.from_dataframe(frame)),))._repr_mimebundle_()
