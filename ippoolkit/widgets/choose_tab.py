"""The planner's tab that proposes: type a need, see the designs worth having, and take one into the plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from html import escape
from typing import Any

import ipywidgets as ipw

from ..choose import (
    Recommendation,
    change_options,
    change_options_table,
    designs_table,
    recommend,
    routes_table,
)
from ..choose.option_parsing import parse_cidrs
from ..choose.requirements_source import resolve_requirements
from ..errors import InputError
from ..findings import N_, Finding, Language
from ..model import Requirements, Scenario
from ..view.design_chart_html import designs_chart
from ..view.html import findings_html, table_html
from ..yaml_scalars import is_digits
from .widgets_js import Form, html_pane

SHOWN = 12  # designs of a family that the table lists
_MOST = 10**6


@dataclass(frozen=True, slots=True)
class Entry:
    """One field of the form: `name` is that of `recommend`'s argument."""

    name: str
    label: str
    kind: str
    help: str
    options: tuple[tuple[str, str], ...] = ()  # the value, and what the reader sees
    least: int = 0


NEED = (
    Entry("nodes", N_("Nodes"), "number", N_("Number of nodes."), least=1),
    Entry("pods_per_node", N_("Pods on each"), "number", N_("Pods with an address of their own on each of them.")),
    Entry(
        "family",
        N_("IP family"),
        "select",
        N_("Addresses of the pods."),
        (("4", "IPv4"), ("6", "IPv6"), ("dual", N_("IPv4 and IPv6"))),
    ),
    Entry(
        "encapsulation",
        N_("Encapsulation"),
        "select",
        N_("A tunnel takes an address on every node."),
        (("vxlan", "VXLAN"), ("ipip", "IPIP"), ("none", N_("none"))),
    ),
    Entry("racks", N_("Racks"), "number", N_("Each rack has a pool of its own."), least=1),
    Entry("headroom", N_("Headroom in percent"), "number", N_("Nodes that must fit beyond those.")),
    Entry(
        "max_routes",
        N_("Routes at most"),
        "text",
        N_("Most routes in the table of a node or a router; empty: any number."),
    ),
    Entry("within", N_("Within"), "text", N_("Where pools may lie; empty: the cluster CIDR, else private ranges.")),
)


class ChooseTab:
    """Fields of the need, and what can be chosen for it.

    Parameters
    ----------
    language
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
        language: Language,
        scenario: Callable[[], Scenario],
        take: Callable[[Scenario], None],
        today: date | None = None,
    ) -> None:
        self._language, self._scenario, self._take = language, scenario, take
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
            recommendation = self._recommendation(number)
        except InputError as error:
            self._show_error(error)
            return
        if not recommendation.holds:  # no room for its pools, or nothing holds: the first reason says it
            self.refresh()
            message = escape(recommendation.reasons[0].full_message(self._language.code))
            self._result.html = f'<p class="ipk-field-error" role="alert">{message}</p>{self._result.html}'
            return
        self._before = self._before or self._scenario()
        self._take(replace(recommendation.as_scenario(), requirements=None))
        self.refresh()

    def back(self) -> None:
        """Go back to the plan that there was before a design was taken."""
        if self._before is not None:
            plan_before, self._before = self._before, None
            self._take(plan_before)
            self.refresh()

    def refresh(self) -> None:
        """Show what can be chosen for what is typed; what is not typed comes from the plan."""
        self._form.state = self._state()
        try:
            self._result.html = self._designs_html(self._recommendation())
        except InputError as error:
            self._show_error(error)

    def _show_error(self, error: InputError) -> None:
        self._result.html = f'<p class="ipk-field-error" role="alert">{escape(error.describe(self._language.code))}</p>'

    def _on_field(self, _: Any, message: Mapping[str, Any], __: Any) -> None:
        try:
            if message.get("name") in {entry.name for entry in NEED}:
                self.set(message["name"], message.get("value"))
        finally:
            self._form.send({"acknowledged": message.get("number", 0)})

    def _on_action(self, _: Any, message: Mapping[str, Any], __: Any) -> None:
        if message.get("action") == "take" and is_digits(str(message.get("value", ""))):
            self.take(int(message["value"]))
        elif message.get("action") == "undo":
            self.back()

    # ---- what is asked, and what comes of it

    def _base(self) -> Scenario:
        """Return the plan that is to be provided for: the one before a design was taken."""
        return self._before or self._scenario()

    def _requirements(self) -> Requirements | None:
        try:
            return resolve_requirements(self._base(), None, {}, self._today)
        except InputError:
            return None  # no nodes are planned yet

    def _recommendation(self, *pick: int) -> Recommendation:
        problems: list[Finding] = []
        requirement_fields: dict[str, Any] = {}
        for name, value in self._typed.items():
            text = "" if value is None else str(value).strip()
            if not text:
                continue  # what is empty comes from the plan
            match name:
                case "within":
                    requirement_fields[name] = tuple(
                        parse_cidrs([text], self._language.translate(N_("Within")), problems)
                    )
                case "family":
                    requirement_fields[name] = int(text) if text in ("4", "6") else text
                case "max_routes":
                    requirement_fields[name] = _whole(text, problems)
                case _:
                    requirement_fields[name] = int(value) if isinstance(value, float) and value.is_integer() else value
        if problems:
            raise InputError(problems)
        if "nodes" in requirement_fields:  # these are all: the plan's growth is not on top of them
            requirement_fields["nodes_per_month"] = 0.0
        base = self._base()
        # The pools of the plan make room for those that take their place.
        existing = replace(base, cluster=replace(base.cluster, pools=())) if not base.cluster.nodes else base
        requirements = self._requirements()
        return recommend(existing, requirements=requirements, pick=pick, today=self._today, **requirement_fields)

    # ---- what is shown

    def _sections(self) -> list[dict[str, Any]]:
        translate = self._language.translate
        fields = [
            {
                "name": need_field.name,
                "kind": need_field.kind,
                "label": translate(need_field.label),
                "help": translate(need_field.help),
                "source": None,
            }
            for need_field in NEED
        ]
        return [{"title": translate(N_("What is needed")), "folded": False, "fields": fields}]

    def _state(self) -> dict[str, dict[str, Any]]:
        requirements = self._requirements()
        state: dict[str, dict[str, Any]] = {}
        for need_field in NEED:
            value = self._typed.get(need_field.name, _default_value(need_field.name, requirements))
            state[need_field.name] = {"value": value}
            if need_field.name == "nodes":
                state[need_field.name]["hint"] = self._growth_hint(requirements)
            if need_field.kind == "number":
                state[need_field.name] |= {"min": need_field.least, "max": _MOST}
            if need_field.options:
                options = [[value, self._language.translate(label)] for value, label in need_field.options]
                state[need_field.name]["options"] = options
        return state

    def _growth_hint(self, requirements: Requirements | None) -> str:
        """Say how many nodes the designs hold where those of the field grow; those that are typed do not."""
        if requirements is None or self._typed.get("nodes"):
            return ""
        months = requirements.months(self._today)
        nodes_now = sum(group.nodes for group in requirements.groups)
        nodes_then = sum(group.nodes_after(months) for group in requirements.groups)
        if nodes_then == nodes_now:
            return ""
        return self._language.render(
            N_("{nodes:node} after {months:month} of growth"), {"nodes": nodes_then, "months": months}
        )

    def _designs_html(self, recommendation: Recommendation) -> str:
        language = self._language
        parts = []
        if self._before is not None:
            label = language.translate(N_("Go back to the plan before"))
            parts.append(
                f'<p class="ipk-buttons"><button type="button" data-action="undo">{escape(label)}</button></p>'
            )
        if recommendation.scenario.cluster.nodes and recommendation.scenario.cluster.pools:
            title = language.translate(N_("On the cluster as it is"))
            options = change_options_table(change_options(recommendation), lang=language.code)
            parts.append(f"<h3>{escape(title)}</h3>")
            parts.append(table_html("change_options", options, lang=language.code, caption=title))
            new_pools_title = language.translate(N_("As new pools"))
            parts.append(f"<h3>{escape(new_pools_title)}</h3>")
        parts.append(findings_html(list(recommendation.reasons), language.code))
        table = designs_table(recommendation, lang=language.code)
        for family, rows in table.groupby("family"):
            title = language.render(N_("Designs, IPv{family}"), {"family": family})
            hint = language.translate(N_("Click a dot to put its design into the plan."))
            parts.append(f'<h3>{escape(title)}</h3><p class="ipk-empty">{escape(hint)}</p>')
            parts.append(designs_chart(rows, lang=language.code))
            parts.append(table_html("designs", rows.head(SHOWN), lang=language.code, caption=title))
        if recommendation.picks:
            title = language.translate(N_("Routes"))
            parts.append(f"<h3>{escape(title)}</h3>")
            parts.append(
                table_html(
                    "routes", routes_table(recommendation, lang=language.code), lang=language.code, caption=title
                )
            )
        return "".join(parts)


def _default_value(name: str, requirements: Requirements | None) -> Any:
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
    return str(requirements.family) if name == "family" else getattr(requirements, name)


def _whole(value: Any, problems: list[Finding]) -> int | None:
    text = str(value).strip().replace(",", "")
    if is_digits(text):
        return int(text)
    problems.append(Finding("type-whole", "", {"value": text}))
    return None
