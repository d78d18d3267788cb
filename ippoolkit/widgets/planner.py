"""The planner: one scenario, edited by the fields on the left, judged at once on the right."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as ipw
import traitlets
from ipywidgets.widgets.widget_string import HTMLStyle
from pydantic import ValidationError

from ..analysis import Analysis, analyse
from ..calico.selectors import SelectorError
from ..cidr import Cidr, CidrError
from ..errors import InputError, describe_finding
from ..findings import N_, Severity, get_language
from ..model import Cluster, IPPool, NodeGroup, Plan, Scenario
from ..read import load
from ..read.validation import first_problem
from ..view.html import capacity_tiles_html, verdict_html
from ..view.stylesheet import stylesheet as shared_style
from ..write import scenario_to_yaml
from . import planner_tabs
from .address_map_view import MapState, address_map_data, is_engine_compiled, open_cell
from .editor_state import EditorState
from .planner_fields import FIELDS, field_states, form_layout
from .report_tab import ReportTab
from .scenario_files import load_uploaded, sample_scenarios, scenario_file_name
from .widgets_js import AddressMapWidget, Form, HtmlPane, html_pane, planner_stylesheet

COMPILING_MESSAGE = N_("Compiling the engine for this machine (once only); this takes up to a minute.")
_REFRESH_DELAY = 0.03  # seconds without a further change before the tabs follow


class Planner(ipw.VBox):  # type: ignore[misc]
    """A planner for a scenario: move the sliders, and verdict, tables and map follow.

    Parameters
    ----------
    scenario
        A scenario, or the path of anything that `ippoolkit.load` reads; an empty /16 if left out.
    lang
        Language: ``en`` or ``zh``.

    Attributes
    ----------
    scenario
        The scenario as it stands; assign another to show it.
    """

    scenario = traitlets.Instance(Scenario)

    def __init__(self, scenario: Scenario | str | Path | None = None, lang: str = "en") -> None:
        self.lang = lang
        self.words = get_language(lang)
        initial_scenario = (
            scenario if isinstance(scenario, Scenario) else load(scenario) if scenario else _default_scenario()
        )
        self._editor = EditorState(initial_scenario)
        self._loaded = initial_scenario
        self._analysis = analyse(initial_scenario)
        self._pinned: Analysis | None = None
        self._map_state = MapState()
        self._pending_refresh: asyncio.TimerHandle | None = None
        # Each widget delays the first verdict: the tabs come behind it, and all share one layout, a widget too.
        self._shared_traits = {"layout": ipw.Layout()}
        text_traits = {**self._shared_traits, "style": HTMLStyle()}
        self._header, self._verdict = self._pane("ipk-header"), self._pane()
        self._status, self._tiles = ipw.HTML(**text_traits).add_class("ipk-status"), ipw.HTML(**text_traits)
        self._form = Form(sections=form_layout(self.words), **self._shared_traits).add_class("ipk-controls")
        self._form.on_msg(self._on_field)
        self._result = ipw.VBox([self._verdict, self._status, self._tiles], **self._shared_traits).add_class(
            "ipk-result"
        )
        body = ipw.HBox([self._form, self._result], **self._shared_traits).add_class("ipk-body")
        stylesheet_widget = ipw.HTML(f"<style>{shared_style()}{planner_stylesheet()}</style>", **text_traits)
        super().__init__([stylesheet_widget, self._header, body], scenario=initial_scenario, **self._shared_traits)
        self.add_class("ipk").add_class("ipk-planner")
        self._refresh_header()
        self._refresh()
        self.observe(self._on_scenario, "scenario")

    @property
    def analysis(self) -> Analysis:
        """The analysis of the scenario as it stands."""
        if self._analysis.scenario is not self.scenario:
            self._analysis = analyse(self.scenario)
        return self._analysis

    # ---- what comes from the page

    def _on_field(self, _: Any, message: dict[str, Any], __: Any) -> None:
        """Replace the scenario by what one field now says; say why where that cannot be."""
        name = message.get("name", "")
        try:
            if name in FIELDS:
                self.set(name, message.get("value"))
        finally:
            self._form.send({"done": message.get("number", 0)})

    def set(self, name: str, value: Any) -> None:
        """Give a field a value, as if it was typed: the scenario follows, or the field says what is wrong with it."""
        try:
            editor = FIELDS[name].edit(self._editor, value)
        except (CidrError, ValidationError, SelectorError, InputError) as error:
            self._show_field_error(name, error)
            return
        self._editor = editor
        if editor.scenario == self.scenario:  # another pool to show, or a refused text put right again
            self._refresh()
        self.scenario = editor.scenario

    def _on_action(self, _: Any, message: dict[str, Any], contents: list[Any]) -> None:
        """Do what a button says."""
        value = message.get("value", "")
        match message.get("action"):
            case "choose":
                choices = self.analysis.choices
                if str(value).isdigit() and int(value) < len(choices):
                    self.scenario = choices[int(value)].scenario
            case "sample" if value in (sample_paths := sample_scenarios()):
                self._load(lambda: load(sample_paths[value]))
            case "load":
                self._load(lambda: load_uploaded(value, contents))
            case "too-large":
                self._show_message(
                    self.words.translate(N_("Too large to send: give ippoolkit.Planner the path of the file."))
                )
            case "save":
                text = scenario_to_yaml(self.scenario).encode()
                self._header.send({"save": scenario_file_name(self.scenario.name), "type": "text/yaml"}, [text])
            case "report":
                self._tabs.selected_index = self._tabs.children.index(self._report_tab.pane)
                self._report_tab.make()
            case "pin":
                self._pinned = self.analysis
                self._refresh_tabs()
            case "unpin":
                self._pinned = None
                self._refresh_tabs()
            case "back" if self._pinned is not None:
                self.scenario = self._pinned.scenario

    def _load(self, read_scenario: Callable[[], Scenario]) -> None:
        try:
            loaded = read_scenario()
        except InputError as error:
            self._show_message(error.describe(self.lang))
            return
        self._loaded = loaded
        self._editor = EditorState(loaded)
        if loaded == self.scenario:
            self._refresh()
        self.scenario = loaded

    def _take(self, scenario: Scenario) -> None:
        """Put a proposed plan in the place of this one."""
        self.scenario = scenario

    def _on_map(self, _: Any, message: dict[str, Any], __: Any) -> None:
        """Open a cell of the address map, or go back."""
        pool = self._editor.pool
        if pool is None or self._map_state.simulated is None:
            return
        if message.get("action") == "in":
            open_cell(self._map_state, pool, int(message.get("value", -1)))
        elif message.get("action") == "out" and self._map_state.open_ranges:
            self._map_state.open_ranges.pop()
        self._map_widget.view = address_map_data(self._map_state, pool, self.words)

    def _on_scenario(self, _: Any) -> None:
        if self._editor.scenario is not self.scenario:
            self._editor = EditorState(self.scenario, self._editor.pool_name, self._editor.group_name)
        self._refresh()

    # ---- what goes to the page

    def _show_field_error(self, name: str, error: ValueError) -> None:
        """Say beside the field what is wrong; the last good result stays."""
        states = field_states(self._editor, self.words)
        states[name] = {**states[name], "error": _error_message(error, self.lang)}
        self._form.state = states
        self._show_message(self.words.translate(N_("Showing the last valid result.")))

    def _show_message(self, text: str) -> None:
        self._status.value = f'<p role="alert">{escape(text)}</p>'

    def _refresh(self) -> None:
        """Show the scenario: the verdict at once, the rest when no further change comes."""
        self._verdict.html = verdict_html(self.analysis, self.lang, buttons=True)
        self._form.state = field_states(self._editor, self.words)
        self._status.value = ""
        if self._pending_refresh is not None:
            self._pending_refresh.cancel()
            self._pending_refresh = None
        try:
            self._pending_refresh = asyncio.get_running_loop().call_later(_REFRESH_DELAY, self._refresh_tabs)
        except RuntimeError:  # no event loop: nobody is dragging
            self._refresh_tabs()

    def _refresh_header(self) -> None:
        edited = self.scenario != self._loaded
        self._header.html = planner_tabs.planner_header(
            self.scenario, list(sample_scenarios()), self.words, edited=edited
        )
        self._tiles.value = capacity_tiles_html(self.analysis, self.lang)

    def _refresh_tabs(self) -> None:
        self._refresh_header()
        self._refresh_tab()
        problem_count = sum(
            finding.severity in (Severity.ERROR, Severity.WARNING) for finding in self.analysis.findings
        )
        title = self.words.translate(N_("Findings"))
        self._tabs.set_title(4, f"{title} ({problem_count})" if problem_count else title)

    @cached_property
    def _tabs(self) -> ipw.Tab:
        """The tabs, put below the verdict when first wanted."""
        # Both load what tables need: the first verdict need not wait for it.
        from .choose_tab import ChooseTab
        from .history_tab import HistoryTab

        self._report_tab = ReportTab(self.words, lambda: self.scenario)
        self._choose_tab = ChooseTab(self.words, lambda: self.scenario, self._take)
        self._history_tab = HistoryTab(self.words, lambda: self._editor, self._take)
        self._map_widget = AddressMapWidget(**self._shared_traits).add_class("ipk-map")
        self._map_widget.on_msg(self._on_map)
        self._pages: list[tuple[str, Any, Callable[[], str] | None]] = [
            (
                N_("Block sizes"),
                self._pane("ipk-sizes"),
                lambda: planner_tabs.block_sizes_tab(self.analysis, self._editor.pool, self.words),
            ),
            (N_("Address map"), self._map_widget, None),
            (N_("Nodes"), self._pane("ipk-nodes-page"), lambda: planner_tabs.nodes_tab(self.analysis, self.words)),
            (
                N_("Over time"),
                self._pane("ipk-growth-page"),
                lambda: planner_tabs.growth_tab(self.analysis, self.words),
            ),
            (
                N_("Findings"),
                self._pane("ipk-findings"),
                lambda: planner_tabs.findings_tab(self.analysis.findings, self.words),
            ),
            (
                N_("Manifest"),
                self._pane("ipk-manifest"),
                lambda: planner_tabs.manifest_tab(self.scenario, self._loaded, self.words),
            ),
            (
                N_("Compare"),
                self._pane("ipk-compare"),
                lambda: planner_tabs.compare_tab(self.analysis, self._pinned, self.words),
            ),
            (N_("Report"), self._report_tab.pane, None),
            (N_("Choose"), self._choose_tab.widget, None),
            (N_("Forecast"), self._history_tab.pane, None),
        ]
        titles = [self.words.translate(title) for title, _, _ in self._pages]
        widgets = [widget for _, widget, _ in self._pages]
        tabs = ipw.Tab(widgets, titles=titles, selected_index=0, **self._shared_traits).add_class("ipk-tabs")
        tabs.observe(lambda _: self._refresh_tab(), "selected_index")
        self._result.children = (*self._result.children, tabs)
        return tabs

    def _pane(self, *classes: str) -> HtmlPane:
        widget = html_pane(*classes, **self._shared_traits)
        widget.on_msg(self._on_action)
        return widget

    def _refresh_tab(self) -> None:
        """Show the tab that is open; the others follow when they are."""
        index = self._tabs.selected_index
        if index is None:
            return
        _, widget, render_page = self._pages[index]
        if render_page is not None:
            widget.html = render_page()
        elif widget is self._map_widget:
            self._refresh_map()
        elif widget is self._choose_tab.widget:
            self._choose_tab.refresh()
        elif widget is self._history_tab.pane:
            self._history_tab.refresh()

    def _refresh_map(self) -> None:
        pool = self._editor.pool
        if pool is None:
            self._map_widget.view = {"head": planner_tabs.no_pool_message(self.words)}
            return
        if not self._map_widget.view:  # the engine takes a moment to load
            message = self.words.translate(N_("Computing the map."))
            self._map_widget.view = {"head": f'<p class="ipk-empty">{escape(message)}</p>'}
        if not is_engine_compiled():
            message = self.words.translate(COMPILING_MESSAGE)
            self._map_widget.view = {"head": f'<p class="ipk-empty">{escape(message)}</p>'}
        self._map_state.show_pool(self.scenario, pool)
        self._map_widget.view = address_map_data(self._map_state, pool, self.words)


def _error_message(error: ValueError, lang: str) -> str:
    """Say what is wrong with a value."""
    if isinstance(error, InputError):
        return error.describe(lang)
    if isinstance(error, SelectorError):
        params = {"reason": error.reason, "position": error.position + 1}
        return get_language(lang).render(N_("{reason} at character {position}"), params)
    return describe_finding(first_problem(error), lang)


def _default_scenario() -> Scenario:
    pool = IPPool(name="default-ipv4-ippool", cidr=Cidr.parse("10.244.0.0/16"), vxlan_mode="Always", nat_outgoing=True)
    group = NodeGroup(nodes=70, pods_per_node=60, pods_on_busiest_node=110)
    return Scenario(name="new plan", cluster=Cluster(pools=(pool,)), plan=Plan(groups=(group,)))
