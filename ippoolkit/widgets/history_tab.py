"""The planner's tab that forecasts: load a measured history, see when pools run out, and take its growth over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from ..errors import InputError
from ..findings import N_, Language
from ..forecasting import Forecast, forecast
from ..forecasting.monthly_growth import monthly_growth
from ..model import Scenario
from ..view.forecast_html import outlook_html
from .editor_state import EditorState
from .scenario_files import uploaded_files
from .widgets_js import html_pane


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
        self.pane = html_pane("ipk-history")
        self.pane.on_msg(self._on_action)
        self.refresh()

    def load(self, names: Sequence[str], contents: Sequence[bytes | memoryview]) -> None:
        """Forecast from files that the browser sent; while it is worked out the planner stays usable."""
        scenario = self._get_editor().scenario
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # no event loop: nobody is waiting at a page
            self._finish(_forecast(scenario, names, contents))
            return
        message = escape(self._language.translate(N_("Forecasting.")))
        self._show(f'<p><progress aria-label="{message}"></progress> {message}</p>')
        files = [bytes(content) for content in contents]
        self._task = loop.create_task(self._load_in_thread(scenario, names, files))

    async def _load_in_thread(self, scenario: Scenario, names: Sequence[str], contents: Sequence[bytes]) -> None:
        self._finish(await asyncio.to_thread(_forecast, scenario, names, contents))

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
                too_large = self._language.translate(N_("Too large to send: use ippoolkit forecast with the file."))
                self._show(f'<p class="ipk-field-error" role="alert">{escape(too_large)}</p>')

    def _finish(self, forecast_or_error: Forecast | InputError) -> None:
        if isinstance(forecast_or_error, InputError):
            self._show(
                f'<p class="ipk-field-error" role="alert">{escape(forecast_or_error.describe(self._language.code))}</p>'
            )
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
        button = language.render(N_("Plan with {nodes:g} nodes a month"), params)
        reason = language.render(N_("With {pods:pod} on each node that is {nodes:g} nodes a month."), params)
        return (
            f"<p>{escape(sentence)} {escape(reason)}</p>"
            f'<p class="ipk-buttons"><button type="button" class="ipk-primary" data-action="growth" data-value="">'
            f"{escape(button)}</button></p>"
        )

    def _show(self, below: str) -> None:
        translate = self._language.translate
        description = translate(
            N_("A measured history: CSV (time,pool,in_use,capacity) or the JSON of Prometheus' query_range.")
        )
        text = translate(N_("Load a history…"))
        self.pane.html = (
            f'<p class="ipk-empty">{escape(description)}</p><p class="ipk-buttons"><label class="ipk-button">'
            f'{escape(text)}<input type="file" multiple data-action="history" accept=".csv,.json" '
            f'aria-label="{escape(text)}"></label></p>{below}'
        )


def _forecast(
    scenario: Scenario, names: Sequence[str], contents: Sequence[bytes | memoryview]
) -> Forecast | InputError:
    try:
        with uploaded_files(names, contents) as paths:
            return forecast(*paths, pools=scenario)
    except InputError as error:
        return error
