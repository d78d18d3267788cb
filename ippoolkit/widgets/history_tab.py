"""The planner's tab that forecasts: load a measured history, see when pools run out, and take its growth over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from html import escape
from typing import Any

from ..errors import InputError
from ..findings import N_, Language
from ..forecasting import Forecast, forecast
from ..forecasting.monthly_growth import monthly_growth
from ..model import Scenario
from ..view.forecast_html import outlook_html
from .background import run_beside
from .editor_state import EditorState
from .pane_html import button_html, buttons_html, error_html, file_button_html, message_html, progress_html
from .scenario_files import uploaded_files
from .widgets_js import HtmlPane


class HistoryTab:
    """When pools run out by their measured history, and that history's growth as the plan's.

    Parameters
    ----------
    language
        The reader's language.
    get_editor
        Returns the plan as it stands, and which group of nodes the fields show.
    take
        Puts a plan in its place.
    """

    def __init__(
        self, language: Language, get_editor: Callable[[], EditorState], take: Callable[[Scenario], None]
    ) -> None:
        self._language, self._get_editor, self._take = language, get_editor, take
        self._measured: Forecast | None = None
        self._task: asyncio.Task[None] | None = None
        self.pane = HtmlPane().add_class("ipk-history")
        self.pane.on_msg(self._on_action)
        self.refresh()

    def load(self, names: Sequence[str], contents: Sequence[bytes | memoryview]) -> None:
        """Forecast from files that the browser sent; while it is worked out the planner stays usable."""
        self._show(progress_html(self._language.translate(N_("Forecasting."))))
        work = partial(_forecast, self._get_editor().scenario, names, [bytes(content) for content in contents])
        self._task = run_beside(work, self._finish)

    def take_growth(self) -> None:
        """Give the group of nodes that the fields show the growth that was measured."""
        nodes_a_month = self._nodes_a_month()
        if nodes_a_month is not None:
            self._take(self._get_editor().with_group(nodes_per_month=nodes_a_month).scenario)
            self.refresh()

    def refresh(self) -> None:
        """Show what is known, for the plan as it stands."""
        measured = self._measured
        self._show("" if measured is None else self._growth_html() + outlook_html(measured, self._language.code))

    def _on_action(self, _: Any, message: dict[str, Any], contents: list[Any]) -> None:
        match message.get("action"):
            case "history":
                self.load(message.get("value", []), contents)
            case "growth":
                self.take_growth()
            case "too-large":
                too_large = N_("Too large to send: use ippoolkit forecast with the file.")
                self._show(error_html(self._language.translate(too_large)))

    def _finish(self, forecast_or_error: Forecast | InputError) -> None:
        if isinstance(forecast_or_error, InputError):
            self._show(error_html(forecast_or_error.describe(self._language.code)))
            return
        self._measured = forecast_or_error
        self.refresh()

    def _growth(self) -> float | None:
        """Return the addresses a month of the plan's pools; of all pools where the history knows none of these."""
        if self._measured is None:
            return None
        plan_pools = {pool.name for pool in self._get_editor().scenario.cluster.pools}
        growth = monthly_growth(self._measured, plan_pools)
        return monthly_growth(self._measured) if growth is None else growth

    def _nodes_a_month(self) -> float | None:
        """Return the nodes a month whose pods take as many addresses; None where no node has pods."""
        growth, pods = self._growth(), self._get_editor().group.pods_per_node
        return None if growth is None or not pods else round(max(0.0, growth / pods), 1)

    def _growth_html(self) -> str:
        language, growth, nodes = self._language, self._growth(), self._nodes_a_month()
        if growth is None:
            return ""
        sentence = language.render(N_("Measured growth: {growth:+,.1f} addresses a month."), {"growth": growth})
        if nodes is None:
            return f"<p>{escape(sentence)}</p>"
        group = self._get_editor().group
        if group.nodes_per_month == nodes:
            status = language.render(N_("The plan uses this growth: {nodes:g} nodes a month."), {"nodes": nodes})
            return f'<p role="status">{escape(sentence)} {escape(status)}</p>'
        params = {"nodes": nodes, "pods": group.pods_per_node}
        reason = language.render(N_("With {pods:pod} on each node that is {nodes:g} nodes a month."), params)
        label = language.render(N_("Plan with {nodes:g} nodes a month"), params)
        button = button_html("growth", label, "ipk-primary")
        return f"<p>{escape(sentence)} {escape(reason)}</p>{buttons_html(button)}"

    def _show(self, below: str) -> None:
        translate = self._language.translate
        description = translate(
            N_("A measured history: CSV (time,pool,in_use,capacity) or the JSON of Prometheus' query_range.")
        )
        button = file_button_html("history", translate(N_("Load a history…")), ".csv,.json")
        self.pane.html = message_html(description) + buttons_html(button) + below


def _forecast(scenario: Scenario, names: Sequence[str], contents: Sequence[bytes]) -> Forecast | InputError:
    try:
        with uploaded_files(names, contents) as paths:
            return forecast(*paths, pools=scenario)
    except InputError as error:
        return error
