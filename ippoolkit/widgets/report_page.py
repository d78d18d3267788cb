"""The planner's tab that makes a report of what stands on the screen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

from ..errors import IppoolkitError
from ..findings import N_, Language
from ..model import Scenario
from .exchange import slug
from .surfaces import pane

FOLDER = "reports"
TYPES = {
    "html": "text/html",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "md": "text/markdown",
}


class ReportPage:
    """Makes a report in a thread of its own, so that the planner stays usable."""

    def __init__(
        self,
        words: Language,
        scenario: Callable[[], Scenario],
        told: str = N_("One file with this very plan: verdict, tables, pictures, findings, sources."),
        options: Callable[[], dict[str, Any]] = dict,
    ) -> None:
        self._words = words
        self._scenario = scenario
        self._text = told
        self._options = options
        self._task: asyncio.Task[None] | None = None
        self._format = "html"
        self.pane = pane("ipk-report")
        self.pane.on_msg(self._on_action)
        self._show()

    def _on_action(self, _: Any, message: dict[str, Any], __: Any) -> None:
        if message.get("action") == "make":
            self.make()
        elif message.get("action") == "format" and message.get("value") in TYPES:
            self._format = message["value"]
            self._show()

    def make(self) -> None:
        """Make the report, unless one is being made."""
        if self._task is not None and not self._task.done():
            return
        scenario, options = self._scenario(), self._options()
        self._wait(0, 1)
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # no event loop: nobody is waiting at a page
            self._told(self._made(scenario, {**options, "progress": self._wait}))
            return
        options["progress"] = lambda *done: loop.call_soon_threadsafe(self._wait, *done)
        self._task = loop.create_task(self._later(scenario, options))

    async def _later(self, scenario: Scenario, options: dict[str, Any]) -> None:
        self._told(await asyncio.to_thread(self._made, scenario, options))

    def _wait(self, done: int, cells: int) -> None:
        """Show how far a report is; nothing is known before its kernel runs."""
        waiting = self._say(N_("The report is being made: this takes some seconds."))
        value = f' value="{done}" max="{cells}"' if done else ""
        self._show(f'<p><progress aria-label="{waiting}"{value}></progress> {waiting}</p>')

    def _made(self, scenario: Scenario, options: dict[str, Any]) -> Path | IppoolkitError:
        from ..report import make_report

        folder = Path.cwd() / FOLDER
        try:
            folder.mkdir(exist_ok=True)
            kind = f"-{options['template']}" if "template" in options else ""
            target = folder / slug(scenario.name + kind, suffix=f".{self._format}")
            return make_report(scenario, target, lang=self._words.code, **options)
        except IppoolkitError as error:
            return error
        except OSError as error:
            return IppoolkitError(str(error))

    def _told(self, made: Path | IppoolkitError) -> None:
        if isinstance(made, IppoolkitError):
            self._show(f'<p class="ipk-field-error" role="alert">{escape(made.describe(self._words.code))}</p>')
            return
        text = self._say(N_("Open the report"))
        opened = f'<a data-made target="_blank" rel="noopener">{text}</a>'
        where = self._words.say(N_("It is kept as {path}."), {"path": f"{FOLDER}/{made.name}"})
        self._show(f'<p role="status"><strong>{opened}</strong> {escape(where)}</p>')
        self.pane.send({"made": TYPES[made.suffix[1:]], "name": made.name}, [made.read_bytes()])

    def _show(self, below: str = "") -> None:
        told = self._say(self._text)
        label = self._say(N_("Format"))
        options = "".join(
            f'<option value="{each}"{" selected" if each == self._format else ""}>{each.upper()}</option>'
            for each in TYPES
        )
        formats = f'<select data-action="format" data-value="" aria-label="{label}">{options}</select>'
        make = self._say(N_("Make report"))
        button = f'<button type="button" class="ipk-primary" data-action="make" data-value="">{make}</button>'
        self.pane.html = f'<p class="ipk-empty">{told}</p><p class="ipk-buttons">{button}{formats}</p>{below}'

    def _say(self, text: str) -> str:
        return escape(self._words.text(text))
