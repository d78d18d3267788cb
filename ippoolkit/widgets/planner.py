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

from ..capacity.choices import find_choices
from ..cidr import Cidr, CidrError
from ..errors import InputError, describe
from ..findings import N_, Finding, Severity, language
from ..model import Cluster, IPPool, NodeGroup, Plan, Scenario
from ..read import load
from ..read.checking import first_problem
from ..selectors import SelectorError
from ..view.html import tiles_html, verdict_html
from ..view.look import style as shared_style
from ..write import scenario_yaml
from . import pages
from .edits import Desk
from .exchange import load_sent, samples, slug
from .fields import FIELDS, layout, state
from .map_view import MapState, is_engine_compiled, map_view, open_cell
from .report_page import ReportPage
from .surfaces import AddressMap, Form, Pane, pane, style

COMPILING = N_("The engine is compiled for this machine, once: this takes up to a minute.")
_REST_AFTER = 0.03  # seconds without a further change before the tabs follow


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
        self.words = language(lang)
        given = scenario if isinstance(scenario, Scenario) else load(scenario) if scenario else _blank()
        self._desk = Desk(given)
        self._loaded = given
        self._pinned: Scenario | None = None
        self._map = MapState()
        self._later: asyncio.TimerHandle | None = None
        # Each widget delays the first verdict: the tabs come behind it, and all share one layout, a widget too.
        self._shared = {"layout": ipw.Layout()}
        texts = {**self._shared, "style": HTMLStyle()}
        self._head, self._verdict = self._pane("ipk-header"), self._pane()
        self._status, self._tiles = ipw.HTML(**texts).add_class("ipk-status"), ipw.HTML(**texts)
        self._form = Form(sections=layout(self.words), **self._shared).add_class("ipk-controls")
        self._form.on_msg(self._on_field)
        self._result = ipw.VBox([self._verdict, self._status, self._tiles], **self._shared).add_class("ipk-result")
        body = ipw.HBox([self._form, self._result], **self._shared).add_class("ipk-body")
        look = ipw.HTML(f"<style>{shared_style()}{style()}</style>", **texts)
        super().__init__([look, self._head, body], scenario=given, **self._shared)
        self.add_class("ipk").add_class("ipk-planner")
        self._show_head()
        self._show()
        self.observe(self._on_scenario, "scenario")

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
            desk = FIELDS[name].edit(self._desk, value)
        except (CidrError, ValidationError, SelectorError, InputError) as error:
            self._refuse(name, error)
            return
        self._desk = desk
        if desk.scenario == self.scenario:  # another pool to show, or a refused text put right again
            self._show()
        self.scenario = desk.scenario

    def _on_action(self, _: Any, message: dict[str, Any], contents: list[Any]) -> None:
        """Do what a button says."""
        value = message.get("value", "")
        match message.get("action"):
            case "choose":
                choices = find_choices(self.scenario)
                if str(value).isdigit() and int(value) < len(choices):
                    self.scenario = choices[int(value)].scenario
            case "sample" if value in (found := samples()):
                self._open(lambda: load(found[value]))
            case "load":
                self._open(lambda: load_sent(value, contents))
            case "too-large":
                self._tell(self.words.text(N_("Too large to send: give ippoolkit.Planner the path of the file.")))
            case "save":
                text = scenario_yaml(self.scenario).encode()
                self._head.send({"save": slug(self.scenario.name), "type": "text/yaml"}, [text])
            case "report":
                self._tabs.selected_index = len(self._tabs.children) - 1
                self._report.make()
            case "pin":
                self._pinned = self.scenario
                self._show_rest()
            case "unpin":
                self._pinned = None
                self._show_rest()
            case "back" if self._pinned is not None:
                self.scenario = self._pinned

    def _open(self, read: Callable[[], Scenario]) -> None:
        try:
            found = read()
        except InputError as error:
            self._tell(error.describe(self.lang))
            return
        self._loaded = found
        self._desk = Desk(found)
        if found == self.scenario:
            self._show()
        self.scenario = found

    def _on_map(self, _: Any, message: dict[str, Any], __: Any) -> None:
        """Open a cell of the address map, or go back."""
        pool = self._desk.pool
        if pool is None or self._map.placed is None:
            return
        if message.get("action") == "in":
            open_cell(self._map, pool, int(message.get("value", -1)))
        elif message.get("action") == "out" and self._map.parts:
            self._map.parts.pop()
        self._picture.view = map_view(self._map, pool, self.words)

    def _on_scenario(self, _: Any) -> None:
        if self._desk.scenario is not self.scenario:
            self._desk = Desk(self.scenario, self._desk.pool_name, self._desk.group_name)
        self._show()

    # ---- what goes to the page

    def _refuse(self, name: str, error: ValueError) -> None:
        """Say beside the field what is wrong; the last good result stays."""
        shown = state(self._desk, self.words)
        shown[name] = {**shown[name], "error": _reason(error, self.lang)}
        self._form.state = shown
        self._tell(self.words.text(N_("Shown is the last result that could be computed.")))

    def _tell(self, text: str) -> None:
        self._status.value = f'<p role="alert">{escape(text)}</p>'

    def _show(self) -> None:
        """Show the scenario: the verdict at once, the rest when no further change comes."""
        self._verdict.html = verdict_html(self.scenario, self.lang, buttons=True)
        self._form.state = state(self._desk, self.words)
        self._status.value = ""
        if self._later is not None:
            self._later.cancel()
            self._later = None
        try:
            self._later = asyncio.get_running_loop().call_later(_REST_AFTER, self._show_rest)
        except RuntimeError:  # no event loop: nobody is dragging
            self._show_rest()

    def _show_head(self) -> None:
        edited = self.scenario != self._loaded
        self._head.html = pages.header(self.scenario, list(samples()), self.words, edited=edited)
        self._tiles.value = tiles_html(self.scenario, self.lang)

    def _show_rest(self) -> None:
        self._show_head()
        self._show_tab()
        bad = sum(finding.severity in (Severity.ERROR, Severity.WARNING) for finding in self._findings())
        title = self.words.text(N_("Findings"))
        self._tabs.set_title(4, f"{title} ({bad})" if bad else title)

    def _findings(self) -> list[Finding]:
        from ..rules import check  # takes long to load: the first verdict need not wait for it

        return check(self.scenario)

    @cached_property
    def _tabs(self) -> ipw.Tab:
        """The tabs, put below the verdict when first wanted."""
        self._report = ReportPage(self.words, lambda: self.scenario)
        self._picture = AddressMap(**self._shared).add_class("ipk-map")
        self._picture.on_msg(self._on_map)
        self._pages: list[tuple[str, Any, Callable[[], str] | None]] = [
            (N_("Block sizes"), self._pane("ipk-sizes"),
             lambda: pages.sizes_page(self.scenario, self._desk.pool, self.words)),
            (N_("Address map"), self._picture, None),
            (N_("Nodes"), self._pane("ipk-nodes-page"), lambda: pages.nodes_page(self.scenario, self.words)),
            (N_("Over time"), self._pane("ipk-growth-page"), lambda: pages.growth_page(self.scenario, self.words)),
            (N_("Findings"), self._pane("ipk-findings"), lambda: pages.findings_page(self._findings(), self.words)),
            (N_("Manifest"), self._pane("ipk-manifest"),
             lambda: pages.manifest_page(self.scenario, self._loaded, self.words)),
            (N_("Compare"), self._pane("ipk-compare"),
             lambda: pages.compare_page(self.scenario, self._pinned, self.words)),
            (N_("Report"), self._report.pane, None),
        ]  # fmt: skip
        titles = [self.words.text(title) for title, _, _ in self._pages]
        widgets = [widget for _, widget, _ in self._pages]
        tabs = ipw.Tab(widgets, titles=titles, selected_index=0, **self._shared).add_class("ipk-tabs")
        tabs.observe(lambda _: self._show_tab(), "selected_index")
        self._result.children = (*self._result.children, tabs)
        return tabs

    def _pane(self, *classes: str) -> Pane:
        made = pane(*classes, **self._shared)
        made.on_msg(self._on_action)
        return made

    def _show_tab(self) -> None:
        """Show the tab that is open; the others follow when they are."""
        index = self._tabs.selected_index
        if index is None:
            return
        _, widget, page = self._pages[index]
        if page is not None:
            widget.html = page()
        elif widget is self._picture:
            self._show_map()

    def _show_map(self) -> None:
        pool = self._desk.pool
        if pool is None:
            self._picture.view = {"head": pages.no_pool(self.words)}
            return
        if not self._picture.view:  # the engine takes a moment to load
            told = self.words.text(N_("The map is being filled."))
            self._picture.view = {"head": f'<p class="ipk-empty">{escape(told)}</p>'}
        if not is_engine_compiled():
            told = self.words.text(COMPILING)
            self._picture.view = {"head": f'<p class="ipk-empty">{escape(told)}</p>'}
        self._map.look(self.scenario, pool)
        self._picture.view = map_view(self._map, pool, self.words)


def _reason(error: ValueError, lang: str) -> str:
    """Say what is wrong with a value."""
    if isinstance(error, InputError):
        return error.describe(lang)
    if isinstance(error, SelectorError):
        numbers = {"reason": error.reason, "position": error.position + 1}
        return language(lang).say(N_("{reason} at character {position}"), numbers)
    return describe(first_problem(error), lang)


def _blank() -> Scenario:
    pool = IPPool(name="default-ipv4-ippool", cidr=Cidr.parse("10.244.0.0/16"), vxlan_mode="Always", nat_outgoing=True)
    group = NodeGroup(nodes=70, pods_per_node=60, pods_on_busiest_node=110)
    return Scenario(name="new plan", cluster=Cluster(pools=(pool,)), plan=Plan(groups=(group,)))
