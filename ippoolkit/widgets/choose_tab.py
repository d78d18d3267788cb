"""The planner's tab that proposes: type a need, see the designs worth having, and take one into the plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from html import escape
from typing import Any

import ipywidgets as ipw

from ..analysis import analyse
from ..choose import Recommendation, designs_table, recommend, routes_table
from ..choose.option_parsing import cidrs_from
from ..choose.requirements_source import requirements_from
from ..errors import InputError
from ..findings import N_, Finding, Language
from ..model import Requirements, Scenario
from ..model.scenario_edits import nodes_as_group, with_single_group
from ..view.design_chart import designs_chart
from ..view.html import findings_html, table_html, verdict_html
from ..view.html_charts import growth_chart
from .widgets_js import Form, html_pane

SHOWN = 12  # designs of a family that the table lists
_MOST = 10**6


@dataclass(frozen=True, slots=True)
class NeedField:
    """One field of the form: `name` is that of `recommend`'s argument."""

    name: str
    label: str
    kind: str
    help: str
    options: tuple[str, ...] = ()
    least: int = 0


NEED = (
    NeedField("nodes", N_("Nodes"), "number", N_("How many nodes there are to be."), least=1),
    NeedField("pods_per_node", N_("Pods on each"), "number", N_("Pods with an address of their own on each of them.")),
    NeedField("family", N_("Family"), "select", N_("Addresses of the pods."), ("4", "6", "dual")),
    NeedField(
        "encapsulation",
        N_("Encapsulation"),
        "select",
        N_("A tunnel takes an address on every node."),
        ("vxlan", "ipip", "none"),
    ),
    NeedField("racks", N_("Racks"), "number", N_("Each rack has a pool of its own."), least=1),
    NeedField("headroom", N_("Headroom in percent"), "number", N_("Nodes that must fit beyond those.")),
    NeedField(
        "max_routes", N_("Routes at most"), "text", N_("What a node's or a router's table takes; empty: any number.")
    ),
    NeedField("within", N_("Within"), "text", N_("Where pools may lie; empty: the cluster CIDR, else private ranges.")),
)
TARGET = (
    NeedField("target", N_("Nodes in the end"), "number", N_("How many nodes there are to be then.")),
    NeedField("by", N_("By month"), "text", N_("Such as 2027-06.")),
)


class ChooseTab:
    """Fields of the need, and what can be chosen for it.

    Parameters
    ----------
    words
        The reader's language.
    scenario
        Returns the plan as it stands.
    take
        Puts a plan in its place.
    today
        When growth starts.
    """

    def __init__(
        self,
        words: Language,
        scenario: Callable[[], Scenario],
        take: Callable[[Scenario], None],
        today: date | None = None,
    ) -> None:
        self._words, self._scenario, self._take = words, scenario, take
        self._today = today or date.today()  # noqa: DTZ011 (a planner's own day)
        self._typed: dict[str, Any] = {}
        self._picked: dict[str, int] = {}
        self._before: Scenario | None = None
        self._form = Form(sections=self._sections(), prefix="ipk-need-").add_class("ipk-need")
        self._form.on_msg(self._on_field)
        self._result = html_pane("ipk-choose-result")
        self._result.on_msg(self._on_action)
        self.widget = ipw.HBox([self._form, self._result]).add_class("ipk-choose")

    def set(self, name: str, value: Any) -> None:
        """Give a field a value, as if it was typed."""
        self._typed[name] = value
        self._picked = {}
        self.refresh()

    def take(self, number: int) -> None:
        """Take the design of this number into the plan."""
        try:
            found = self._found(number)
        except InputError as error:
            self._show_error(error)
            return
        if not found.holds:  # no room for its pools, or nothing holds: the first reason says it
            self.refresh()
            message = escape(found.reasons[0].full_message(self._words.code))
            self._result.html = f'<p class="ipk-field-error" role="alert">{message}</p>{self._result.html}'
            return
        self._before = self._before or self._scenario()
        self._take(replace(found.as_scenario(), requirements=None))
        self.refresh()

    def back(self) -> None:
        """Go back to the plan that there was before a design was taken."""
        if self._before is not None:
            before, self._before = self._before, None
            self._take(before)
            self.refresh()

    def refresh(self) -> None:
        """Show what can be chosen for what is typed; what is not typed comes from the plan."""
        self._form.state = self._state()
        try:
            self._result.html = self._target_html() + self._designs_html(self._found())
        except InputError as error:
            self._show_error(error)

    def _show_error(self, error: InputError) -> None:
        self._result.html = f'<p class="ipk-field-error" role="alert">{escape(error.describe(self._words.code))}</p>'

    def _on_field(self, _: Any, message: Mapping[str, Any], __: Any) -> None:
        try:
            if message.get("name") in {entry.name for entry in (*NEED, *TARGET)}:
                self.set(message["name"], message.get("value"))
        finally:
            self._form.send({"acknowledged": message.get("number", 0)})

    def _on_action(self, _: Any, message: Mapping[str, Any], __: Any) -> None:
        if message.get("action") == "take" and str(message.get("value", "")).isdigit():
            self.take(int(message["value"]))
        elif message.get("action") == "undo":
            self.back()

    # ---- what is asked, and what comes of it

    def _base(self) -> Scenario:
        """Return the plan that is to be provided for: the one before a design was taken."""
        return self._before or self._scenario()

    def _asked(self) -> Requirements | None:
        try:
            return requirements_from(self._base(), None, {}, self._today)
        except InputError:
            return None  # no nodes are planned yet

    def _found(self, *pick: int) -> Recommendation:
        problems: list[Finding] = []
        fields: dict[str, Any] = {}
        for name, value in self._typed.items():
            text = "" if value is None else str(value).strip()
            if name in ("target", "by") or not text:
                continue  # no part of the need; what is empty comes from the plan
            match name:
                case "within":
                    fields[name] = tuple(cidrs_from([text], self._words.translate(N_("Within")), problems))
                case "family":
                    fields[name] = int(text) if text in ("4", "6") else text
                case "max_routes":
                    fields[name] = _whole(text, problems)
                case _:
                    fields[name] = int(value) if isinstance(value, float) and value.is_integer() else value
        if problems:
            raise InputError(problems)
        if "nodes" in fields:  # these are all: the plan's growth is not on top of them
            fields["nodes_per_month"] = 0.0
        base = self._base()
        # The pools of the plan make room for those that take their place.
        scenario = replace(base, cluster=replace(base.cluster, pools=())) if not base.cluster.nodes else base
        requirements = self._asked()
        return recommend(scenario, requirements=requirements, pick=pick, today=self._today, **fields)

    # ---- what is shown

    def _sections(self) -> list[dict[str, Any]]:
        say = self._words.translate
        return [
            {
                "title": say(title),
                "folded": False,
                "fields": [
                    {
                        "name": entry.name,
                        "kind": entry.kind,
                        "label": say(entry.label),
                        "help": say(entry.help),
                        "source": None,
                    }
                    for entry in entries
                ],
            }
            for title, entries in ((N_("What is needed"), NEED), (N_("A target"), TARGET))
        ]

    def _state(self) -> dict[str, dict[str, Any]]:
        requirements = self._asked()
        state: dict[str, dict[str, Any]] = {}
        for entry in (*NEED, *TARGET):
            value = self._typed.get(entry.name, _shown(entry.name, requirements))
            state[entry.name] = {"value": value}
            if entry.kind == "number":
                state[entry.name] |= {"min": entry.least, "max": _MOST}
            if entry.options:
                state[entry.name]["options"] = list(entry.options)
        return state

    def _designs_html(self, recommendation: Recommendation) -> str:
        words = self._words
        parts = [findings_html(list(recommendation.reasons), words.code)]
        if self._before is not None:
            label = words.translate(N_("Go back to the plan before"))
            parts.insert(
                0, f'<p class="ipk-buttons"><button type="button" data-action="undo">{escape(label)}</button></p>'
            )
        table = designs_table(recommendation, lang=words.code)
        for family, rows in table.groupby("family"):
            title = words.render(N_("Designs, IPv{family}"), {"family": family})
            hint = words.translate(N_("Click a dot: its design lands in the plan."))
            parts.append(f'<h3>{escape(title)}</h3><p class="ipk-empty">{escape(hint)}</p>')
            parts.append(designs_chart(rows, lang=words.code))
            parts.append(table_html("designs", rows.head(SHOWN), lang=words.code, caption=title))
        if recommendation.picks:
            title = words.translate(N_("Routes"))
            parts.append(f"<h3>{escape(title)}</h3>")
            parts.append(
                table_html("routes", routes_table(recommendation, lang=words.code), lang=words.code, caption=title)
            )
        return "".join(parts)

    def _target_html(self) -> str:
        """Draw the way to the target, and say in which month the plan as it stands fails."""
        target, by = self._typed.get("target"), str(self._typed.get("by") or "").strip()
        if not target or not by:
            return ""
        if not isinstance(target, int | float):
            raise InputError([Finding("type-whole", self._words.translate(N_("Nodes in the end")), {"value": target})])
        words, base = self._words, self._base()
        year, _, month = by.partition("-")
        if not (year.isdigit() and month.isdigit() and 1 <= int(month) <= 12):
            raise InputError([Finding("date-syntax", words.translate(N_("By month")), {"date": by})])
        months = max((int(year) - self._today.year) * 12 + int(month) - self._today.month, 0)
        now = nodes_as_group(base).nodes
        grown = on_the_way(base, int(target), months)
        head = words.render(N_("{now} → {target} nodes by {by}"), {"now": now, "target": int(target), "by": by})
        analysis = analyse(grown)
        chart = growth_chart(analysis.growth(lang=words.code), lang=words.code) if months else ""
        failing = analysis.verdict.params.get("month")
        when = words.render(N_("That is {month}."), {"month": self._month_name(failing)}) if failing else ""
        note = f"<p><strong>{escape(when)}</strong></p>" if when else ""
        return f"<h3>{escape(head)}</h3>{verdict_html(analysis, words.code)}{note}{chart}"

    def _month_name(self, month: object) -> str:
        count = self._today.year * 12 + self._today.month - 1 + int(str(month))
        return f"{count // 12:04}-{count % 12 + 1:02}"


def on_the_way(scenario: Scenario, target: int, months: int) -> Scenario:
    """Return the plan with as many nodes added a month as lead to the target."""
    now = nodes_as_group(scenario).nodes
    if not months:
        return with_single_group(scenario, nodes=target, nodes_per_month=0.0)
    # Rounded down: what is begun of a node counts as one, and the target is not to be overshot.
    rate = float(Fraction(max(target - now, 0) * 1_000_000 // months, 1_000_000))
    grown = with_single_group(scenario, nodes_per_month=rate)
    return replace(grown, plan=replace(grown.plan, months=months))


def _shown(name: str, requirements: Requirements | None) -> Any:
    if requirements is None:
        return {"family": "4", "encapsulation": "vxlan", "racks": 1, "headroom": 0, "nodes": 1}.get(name, "")
    match name:
        case "nodes":
            return sum(group.nodes for group in requirements.groups)
        case "pods_per_node":
            return max(group.pods_per_node for group in requirements.groups)
        case "max_routes":
            return "" if requirements.max_routes is None else requirements.max_routes
        case "within":
            return ", ".join(map(str, requirements.within))
        case "target" | "by":
            return 0 if name == "target" else ""
    return str(requirements.family) if name == "family" else getattr(requirements, name)


def _whole(value: Any, problems: list[Finding]) -> int | None:
    text = str(value).strip().replace(",", "")
    if text.isascii() and text.isdigit():
        return int(text)
    problems.append(Finding("type-whole", "", {"value": text}))
    return None
