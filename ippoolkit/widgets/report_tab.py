"""The tab that creates a report of what stands on the screen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

from ..errors import IppoolkitError
from ..findings import N_, Language
from ..model import Scenario
from .scenario_files import scenario_file_name
from .widgets_js import html_pane

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
        self.pane = html_pane("ipk-report")
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
        scenario, options = self._get_scenario(), self._get_options()
        self._show_progress(0, 1)
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # no event loop: nobody is waiting at a page
            self._show_result(self._write_report(scenario, {**options, "progress": self._show_progress}))
            return
        options["progress"] = lambda *done: loop.call_soon_threadsafe(self._show_progress, *done)
        self._task = loop.create_task(self._create_in_thread(scenario, options))

    async def _create_in_thread(self, scenario: Scenario, options: dict[str, Any]) -> None:
        self._show_result(await asyncio.to_thread(self._write_report, scenario, options))

    def _show_progress(self, done: int, total: int) -> None:
        """Show how far a report is; nothing is known before its kernel runs."""
        message = self._translate_html(N_("Creating the report: this takes a few seconds."))
        progress_attributes = f' value="{done}" max="{total}"' if done else ""
        self._show(f'<p><progress aria-label="{message}"{progress_attributes}></progress> {message}</p>')

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
            self._show(f'<p class="ipk-field-error" role="alert">{escape(result.describe(self._language.code))}</p>')
            return
        link_text = self._translate_html(N_("Open the report"))
        link = f'<a data-file target="_blank" rel="noopener">{link_text}</a>'
        path_text = self._language.render(N_("Saved as {path}."), {"path": f"{REPORT_FOLDER}/{result.name}"})
        self._show(f'<p role="status"><strong>{link}</strong> {escape(path_text)}</p>')
        self.pane.send({"file": MIME_TYPES[result.suffix[1:]], "name": result.name}, [result.read_bytes()])

    def _show(self, below: str = "") -> None:
        description = self._translate_html(self._description)
        label = self._translate_html(N_("Format"))
        options = "".join(
            f'<option value="{name}"{" selected" if name == self._format else ""}>{name.upper()}</option>'
            for name in MIME_TYPES
        )
        formats = f'<select data-action="format" data-value="" aria-label="{label}">{options}</select>'
        button_text = self._translate_html(N_("Create report"))
        button = f'<button type="button" class="ipk-primary" data-action="create" data-value="">{button_text}</button>'
        self.pane.html = f'<p class="ipk-empty">{description}</p><p class="ipk-buttons">{button}{formats}</p>{below}'

    def _translate_html(self, text: str) -> str:
        return escape(self._language.translate(text))
