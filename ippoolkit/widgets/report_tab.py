"""The tab that creates a report of what stands on the screen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

from ..errors import IppoolkitError
from ..findings import N_, Language
from ..model import Scenario
from .background import run_beside, running_loop
from .pane_html import button_html, buttons_html, error_html, message_html, progress_html
from .scenario_files import scenario_file_name
from .widgets_js import HtmlPane

REPORT_FOLDER = "reports"
MIME_TYPES = {
    "html": "text/html",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "md": "text/markdown",
}


class ReportTab:
    """Creates a report in a thread, so that the planner stays usable."""

    def __init__(
        self,
        language: Language,
        get_scenario: Callable[[], Scenario],
        description: str = N_("One file with this plan: verdict, tables, pictures, findings, sources."),
        get_options: Callable[[], dict[str, Any]] = dict,
    ) -> None:
        self._language = language
        self._get_scenario = get_scenario
        self._description = description
        self._get_options = get_options
        self._task: asyncio.Task[None] | None = None
        self._format = "html"
        self.pane = HtmlPane().add_class("ipk-report")
        self.pane.on_msg(self._on_action)
        self._show()

    def _on_action(self, _: Any, message: dict[str, Any], __: Any) -> None:
        if message.get("action") == "create":
            self.create()
        elif message.get("action") == "format" and message.get("value") in MIME_TYPES:
            self._format = message["value"]
            self._show()

    def create(self) -> None:
        """Create the report, unless one is being created."""
        if self._task is not None and not self._task.done():
            return
        self._show_progress(0, 1)
        loop = running_loop()

        def progress(done: int, total: int) -> None:
            if loop is None:
                self._show_progress(done, total)
            else:  # the report is made in another thread
                loop.call_soon_threadsafe(self._show_progress, done, total)

        work = partial(self._write_report, self._get_scenario(), {**self._get_options(), "progress": progress})
        self._task = run_beside(work, self._show_result)

    def _show_progress(self, done: int, total: int) -> None:
        """Show how far a report is; nothing is known before its kernel runs."""
        message = self._language.translate(N_("Creating the report: this takes a few seconds."))
        self._show(progress_html(message, done, total))

    def _write_report(self, scenario: Scenario, options: dict[str, Any]) -> Path | IppoolkitError:
        from ..report import make_report

        folder = Path.cwd() / REPORT_FOLDER
        try:
            folder.mkdir(exist_ok=True)
            template_suffix = f"-{options['template']}" if "template" in options else ""
            target = folder / scenario_file_name(scenario.name + template_suffix, suffix=f".{self._format}")
            return make_report(scenario, target, lang=self._language.code, **options)
        except IppoolkitError as error:
            return error
        except OSError as error:
            return IppoolkitError(str(error))

    def _show_result(self, result: Path | IppoolkitError) -> None:
        if isinstance(result, IppoolkitError):
            self._show(error_html(result.describe(self._language.code)))
            return
        link_text = self._language.translate(N_("Open the report"))
        link = f'<a data-file target="_blank" rel="noopener">{escape(link_text)}</a>'
        path_text = self._language.render(N_("Saved as {path}."), {"path": f"{REPORT_FOLDER}/{result.name}"})
        self._show(f'<p role="status"><strong>{link}</strong> {escape(path_text)}</p>')
        self.pane.send({"file": MIME_TYPES[result.suffix[1:]], "name": result.name}, [result.read_bytes()])

    def _show(self, below: str = "") -> None:
        translate = self._language.translate
        options = "".join(
            f'<option value="{name}"{" selected" if name == self._format else ""}>{name.upper()}</option>'
            for name in MIME_TYPES
        )
        label = escape(translate(N_("Format")))
        formats = f'<select data-action="format" data-value="" aria-label="{label}">{options}</select>'
        button = button_html("create", translate(N_("Create report")), "ipk-primary")
        self.pane.html = message_html(translate(self._description)) + buttons_html(button, formats) + below
