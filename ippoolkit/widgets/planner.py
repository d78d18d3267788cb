"""The planner: one scenario, edited by the fields on the left, judged at once on the right."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as ipw
import traitlets

from ..analysis import Analysis, analyse
from ..cidr import Cidr
from ..errors import InputError
from ..findings import N_, Severity, get_language
from ..model import Cluster, IPPool, NodeGroup, Plan, Scenario
from ..read import Reading, load, read
from ..view.html import capacity_tiles_html, findings_html, verdict_html
from ..view.verdict_parts import find_errors_beside_verdicts
from ..write import scenario_to_yaml
from ..yaml_scalars import is_digits
from . import planner_tabs
from .address_map_view import AddressMapView
from .background import running_loop
from .editor_state import EditorState
from .form_planner import FormPlanner, TabPage
from .history import EditHistory
from .planner_fields import SECTIONS
from .planner_header import header_html, link_html, paste_html
from .report_tab import ReportTab
from .saved_state import MAX_LINK_LENGTH, SavedState, state_of_address, unpack_state
from .scenario_files import read_uploaded, recognized_lines, sample_scenarios, scenario_file_name

MAX_PINS = 4
_REFRESH_DELAY = 0.03  # seconds without a further change before the tabs follow
_FINDINGS_TAB = 4


class Planner(FormPlanner[EditorState]):
    """A planner for a scenario: move the sliders, and verdict, tables and map follow.

    Parameters
    ----------
    scenario
        A scenario, or the path of anything that `ippoolkit.load` reads; an empty /16 if left out.
    lang
        Language: ``en`` or ``zh``.
    state
        What *Copy link* gave: it brings the scenario, the pins and the open tab back.

    Raises
    ------
    InputError
        Where the scenario or the state cannot be read.

    Attributes
    ----------
    scenario
        The scenario as it stands; assign another to show it.
    """

    scenario = traitlets.Instance(Scenario)

    def __init__(self, scenario: Scenario | str | Path | None = None, lang: str = "en", state: str = "") -> None:
        self._pins: list[Analysis] = []
        if saved := state or state_of_address():
            restored = unpack_state(saved)
            scenario, editor = restored.scenario, restored.editor
            self._pins, open_tab = [analyse(pin) for pin in restored.pins], restored.tab
        else:
            if not isinstance(scenario, Scenario):
                scenario = load(scenario) if scenario else _default_scenario()
            editor, open_tab = EditorState(scenario), 0
        self.lang = lang
        self._loaded = scenario
        self._analysis = analyse(scenario)
        self._history = EditHistory()
        self._edited_field = ""
        self._is_moving_in_history = False
        self._pending_refresh: asyncio.TimerHandle | None = None
        super().__init__(SECTIONS, get_language(lang), editor, scenario=scenario)
        self._tiles = ipw.HTML(**self._shared_traits).add_class("ipk-tiles-pane")
        self._result.children = (*self._result.children, self._tiles)
        self._refresh_header()
        self._refresh()
        if open_tab:
            self._tabs.selected_index = min(open_tab, len(self._pages) - 1)
        self.observe(self._on_scenario, "scenario")

    def _top_panes(self) -> Sequence[ipw.DOMWidget]:
        self._header, self._drawer = self._pane("ipk-header"), self._pane("ipk-drawer")
        return self._header, self._drawer

    @property
    def analysis(self) -> Analysis:
        """The analysis of the scenario as it stands."""
        if self._analysis.scenario is not self.scenario:
            self._analysis = analyse(self.scenario)
        return self._analysis

    # ---- what comes from the page

    def _apply(self, state: EditorState) -> None:
        is_same_scenario = state.scenario == self.scenario
        self._state = state
        if is_same_scenario:  # another pool to show, or a refused text put right again
            self._refresh()
        self.scenario = state.scenario

    def set(self, name: str, value: Any) -> None:  # noqa: D102 (as in FormPlanner)
        self._edited_field = name
        super().set(name, value)
        self._edited_field = ""

    def _on_action(self, _: Any, message: dict[str, Any], contents: list[Any]) -> None:
        """Do what a button says."""
        value = message.get("value", "")
        match message.get("action"):
            case "choose":
                choices = self.analysis.choices
                if is_digits(str(value)) and int(value) < len(choices):
                    self.scenario = choices[int(value)].scenario
            case "sample" if value in (sample_paths := sample_scenarios()):
                self._load(lambda: read(sample_paths[value], strict=True).design)
            case "load":
                self._load(lambda: read_uploaded(value, contents))
            case "too-large":
                self._show_notice(
                    self.language.translate(N_("Too large to send: give ippoolkit.Planner the path of the file.")),
                    kind="error",
                )
            case "paste":
                self._drawer.html = "" if self._drawer.html else paste_html(self.language)
            case "read-pasted":
                self._load_pasted(str(value))
            case "save":
                text = scenario_to_yaml(self.scenario).encode()
                self._header.send({"save": scenario_file_name(self.scenario.name), "type": "text/yaml"}, [text])
            case "link":
                self._show_link()
            case "close":
                self._drawer.html = ""
            case "report":
                self._tabs.selected_index = self._tabs.children.index(self._report_tab.pane)
                self._report_tab.create()
            case "undo" | "redo" as direction:
                self._move_in_history(direction)
            case "pin" if len(self._pins) < MAX_PINS:
                self._pins.append(self.analysis)
                self._refresh_tabs()
            case "unpin" if self._is_pin(value):
                del self._pins[int(value)]
                self._refresh_tabs()
            case "back" if self._is_pin(value):
                self.scenario = self._pins[int(value)].scenario

    def _take(self, scenario: Scenario) -> None:
        """Replace the plan by a proposed one."""
        self.scenario = scenario

    def _is_pin(self, value: Any) -> bool:
        return is_digits(str(value)) and int(value) < len(self._pins)

    def _load_pasted(self, text: str) -> None:
        """Read a pasted text, and say line by line as what; what is said of it stays until the next change."""
        name, recognized = self.language.translate(N_("pasted text")), recognized_lines(text, self.language)
        if reading := self._load(lambda: read_uploaded([name], [text.encode()]), recognized):
            notes = [f"{note.place or note.subject} {note.full_message(self.lang)}".strip() for note in reading.notes]
            self._show_notice("\n".join([*recognized, *notes]), kind="info")

    def _load(self, read_input: Callable[[], Reading], recognized: Sequence[str] = ()) -> Reading | None:
        """Put what is read in place of the plan; None, and a notice, where it cannot be read."""
        try:
            reading = read_input()
        except InputError as error:
            title = self.language.translate(N_("Nothing was loaded; the plan below is unchanged."))
            self._show_notice("\n".join([title, error.describe(self.lang), *recognized]), kind="error")
            return None
        self._loaded = reading.scenario
        self._drawer.html = ""
        self._state = EditorState(self._loaded)
        if self._loaded == self.scenario:
            self._refresh()
        self.scenario = self._loaded
        return reading

    def _move_in_history(self, direction: str) -> None:
        move = self._history.undo if direction == "undo" else self._history.redo
        self._is_moving_in_history = True
        try:
            self.scenario = move(self.scenario)
        finally:
            self._is_moving_in_history = False

    def _on_scenario(self, change: Any) -> None:
        if not self._is_moving_in_history:
            self._history.record(change["old"], self._edited_field, time.monotonic())
        if self._state.scenario is not self.scenario:
            self._state = EditorState(self.scenario, self._state.pool_name, self._state.group_name)
        self._refresh()

    # ---- what goes to the page

    def saved_state(self) -> str:
        """Return what stands on the screen as a text, to be given to `Planner` as its `state`."""
        tab = self._tabs.selected_index or 0
        return SavedState(
            self.scenario, tuple(pin.scenario for pin in self._pins), self._state.pool_name, self._state.group_name, tab
        ).pack()

    def _show_link(self) -> None:
        packed = self.saved_state()
        if len(packed) > MAX_LINK_LENGTH:
            self._show_notice(
                self.language.translate(N_("The plan is too large for a link: save it as a file instead."))
            )
            return
        self._drawer.html = link_html(packed, self.language)

    def _refresh(self) -> None:
        """Show the scenario: the verdict at once, the rest when no further change comes."""
        self._verdict.html = self._verdict_html()
        self._form.state = self._field_states()
        self._show_notice("")
        if self._pending_refresh is not None:
            self._pending_refresh.cancel()
            self._pending_refresh = None
        if (loop := running_loop()) is not None:
            self._pending_refresh = loop.call_later(_REFRESH_DELAY, self._refresh_tabs)
        else:
            self._refresh_tabs()

    def _verdict_html(self) -> str:
        loaded = self._loaded.cluster
        cluster_exists = bool(loaded.nodes or loaded.blocks)
        return verdict_html(self.analysis, self.lang, buttons=True, cluster_exists=cluster_exists)

    def _refresh_header(self) -> None:
        self._header.html = header_html(
            self.scenario.name,
            list(sample_scenarios()),
            self.language,
            is_edited=self.scenario != self._loaded,
            can_undo=bool(self._history.past),
            can_redo=bool(self._history.future),
        )
        self._tiles.value = capacity_tiles_html(self.analysis, self.lang)

    def _refresh_tabs(self) -> None:
        self._refresh_header()
        self._refresh_tab()
        if errors := find_errors_beside_verdicts(self.analysis):  # known only now: the verdict does not wait for them
            text = self.language.render(N_("Besides: {count:error}, in the tab Findings."), {"count": len(errors)})
            self._verdict.html = f'{self._verdict_html()}<p class="ipk-beside">{escape(text)}</p>'
        problem_count = sum(
            finding.severity in (Severity.ERROR, Severity.WARNING) for finding in self.analysis.findings
        )
        title = self.language.translate(N_("Findings"))
        self._tabs.set_title(_FINDINGS_TAB, f"{title} ({problem_count})" if problem_count else title)

    def _tab_pages(self) -> Iterable[TabPage]:
        # Both load what tables need: the first verdict need not wait for it.
        from .choose_tab import ChooseTab
        from .history_tab import HistoryTab

        self._choose_tab = ChooseTab(self.language, lambda: self.scenario, self._take)
        self._history_tab = HistoryTab(self.language, lambda: self._state, self._take)
        self._report_tab = ReportTab(self.language, lambda: self.scenario)
        self._map = AddressMapView(self.language, lambda pool: self.set("pool", pool), **self._shared_traits)
        page = self._html_page
        return (
            page(
                N_("Block sizes"),
                "ipk-sizes",
                lambda: planner_tabs.block_sizes_tab(self.analysis, self._state.pool, self.language),
            ),
            TabPage(N_("Address map"), self._map.widget, lambda: self._map.show(self.scenario, self._state.pool)),
            page(N_("Nodes"), "ipk-nodes-page", lambda: planner_tabs.nodes_tab(self.analysis, self.language)),
            page(
                N_("Over time"),
                "ipk-growth-page",
                lambda: planner_tabs.growth_tab(self.analysis, self._state.today, self.language),
            ),
            page(
                N_("Findings"),
                "ipk-findings",
                lambda: findings_html(self.analysis.findings, self.lang),
            ),
            page(
                N_("Manifest"),
                "ipk-manifest",
                lambda: planner_tabs.manifest_tab(self.scenario, self._loaded, self.language),
            ),
            page(
                N_("Compare"),
                "ipk-compare",
                lambda: planner_tabs.compare_tab(
                    self.analysis, self._pins, self.language, can_pin=len(self._pins) < MAX_PINS
                ),
            ),
            TabPage(N_("Report"), self._report_tab.pane, lambda: None),
            TabPage(N_("Choose"), self._choose_tab.widget, self._choose_tab.refresh),
            TabPage(N_("Forecast"), self._history_tab.pane, self._history_tab.refresh),
        )


def _default_scenario() -> Scenario:
    pool = IPPool(name="default-ipv4-ippool", cidr=Cidr.parse("10.244.0.0/16"), vxlan_mode="Always", nat_outgoing=True)
    group = NodeGroup(nodes=70, pods_per_node=60, pods_on_busiest_node=110)
    return Scenario(name="new plan", cluster=Cluster(pools=(pool,)), plan=Plan(groups=(group,)))
