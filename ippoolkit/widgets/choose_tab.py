"""The planner's tab that proposes: type a need, see the designs worth having, and take one into the plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from html import escape
from typing import Any

import ipywidgets as ipw

from ..choose import (
    Recommendation,
    change_options,
    change_options_table,
    designs_table,
    first_designs,
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
from .choose_fields import NEED_SECTION, Need
from .form_fields import form_layout
from .pane_html import button_html, buttons_html, error_html, message_html
from .widgets_js import Form, HtmlPane

_FIELDS = {field.name: field for field in NEED_SECTION.fields}


class ChooseTab:
    """Fields of the need, and what can be chosen for it.

    Parameters
    ----------
    language
        The reader's language.
    get_scenario
        Returns the plan as it stands.
    take
        Puts a plan in its place.
    today
        When growth starts.
    """

    def __init__(
        self,
        language: Language,
        get_scenario: Callable[[], Scenario],
        take: Callable[[Scenario], None],
        today: date | None = None,
    ) -> None:
        self._language, self._get_scenario, self._take = language, get_scenario, take
        self._today = today or date.today()  # noqa: DTZ011 (a planner's own day)
        self._typed: Mapping[str, Any] = {}
        self._before: Scenario | None = None
        self._form = Form(form_layout([NEED_SECTION], language), self.set, prefix="ipk-need-").add_class("ipk-need")
        self._result = HtmlPane().add_class("ipk-choose-result")
        self._result.on_msg(self._on_action)
        self.widget = ipw.HBox([self._form, self._result]).add_class("ipk-choose")

    def set(self, name: str, value: Any) -> None:
        """Give a field a value, as if it was typed."""
        self._typed = _FIELDS[name].edit(self._need(), value).typed
        self.refresh()

    def take(self, number: int) -> None:
        """Take the design of this number into the plan."""
        try:
            recommendation = self._recommendation(number)
        except InputError as error:
            self._result.html = error_html(error.describe(self._language.code))
            return
        if not recommendation.holds:  # no room for its pools, or nothing holds: the first reason says it
            self.refresh()
            self._result.html = (
                error_html(recommendation.reasons[0].full_message(self._language.code)) + self._result.html
            )
            return
        self._before = self._before or self._get_scenario()
        self._take(replace(recommendation.as_scenario(), requirements=None))
        self.refresh()

    def undo(self) -> None:
        """Go back to the plan that there was before a design was taken."""
        if self._before is not None:
            plan_before, self._before = self._before, None
            self._take(plan_before)
            self.refresh()

    def refresh(self) -> None:
        """Show what can be chosen for what is typed; what is not typed comes from the plan."""
        need = self._need()
        self._form.state = {name: field.get_state(need, self._language) for name, field in _FIELDS.items()}
        if need.value("nodes") in ("", None):
            message = N_("Enter the number of nodes: the plan has none yet.")
            self._result.html = message_html(self._language.translate(message))
            return
        try:
            self._result.html = self._designs_html(self._recommendation())
        except InputError as error:
            self._result.html = error_html(error.describe(self._language.code))

    def _on_action(self, _: Any, message: Mapping[str, Any], __: Any) -> None:
        value = str(message.get("value", ""))
        match message.get("action"):
            case "within":
                self.set("within", value)
            case "take" if is_digits(value):
                self.take(int(value))
            case "undo":
                self.undo()

    # ---- what is asked, and what comes of it

    def _base(self) -> Scenario:
        """Return the plan that is to be provided for: the one before a design was taken."""
        return self._before or self._get_scenario()

    def _need(self) -> Need:
        requirements: Requirements | None = None
        with suppress(InputError):  # no nodes are planned yet
            requirements = resolve_requirements(self._base(), None, {}, self._today)
        return Need(requirements, self._today, self._typed)

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
                    requirement_fields[name] = _parse_count(text, problems)
                case _:
                    requirement_fields[name] = int(value) if isinstance(value, float) and value.is_integer() else value
        if problems:
            raise InputError(problems)
        if "nodes" in requirement_fields:  # these are all: the plan's growth is not on top of them
            requirement_fields["nodes_per_month"] = 0.0
        base = self._base()
        # The pools of the plan make room for those that take their place.
        existing = replace(base, cluster=replace(base.cluster, pools=())) if not base.cluster.nodes else base
        return recommend(
            existing, requirements=self._need().requirements, pick=pick, today=self._today, **requirement_fields
        )

    # ---- what is shown

    def _designs_html(self, recommendation: Recommendation) -> str:
        language, lang = self._language, self._language.code
        parts = []
        if self._before is not None:
            label = language.translate(N_("Go back to the plan before"))
            parts.append(buttons_html(button_html("undo", label)))
        if recommendation.scenario.cluster.nodes and recommendation.scenario.cluster.pools:
            title = language.translate(N_("On the cluster as it is"))
            options = change_options_table(change_options(recommendation), lang=lang)
            parts.append(f"<h3>{escape(title)}</h3>{table_html('change_options', options, lang=lang, caption=title)}")
            new_pools_title = language.translate(N_("As new pools"))
            parts.append(f"<h3>{escape(new_pools_title)}</h3>")
        parts.append(findings_html(recommendation.reasons, lang))
        for cidr in dict.fromkeys(
            reason.params["range"] for reason in recommendation.reasons if reason.code == "choose-room-elsewhere"
        ):
            label = language.render(N_("Search in {range}"), {"range": cidr})
            parts.append(buttons_html(button_html("within", label, value=str(cidr))))
        table = designs_table(recommendation, lang=lang)
        for family, rows in table.groupby("family"):
            title = language.render(N_("Designs, IPv{family}"), {"family": family})
            hint = language.translate(N_("Click a dot to put its design into the plan."))
            parts.append(f"<h3>{escape(title)}</h3>{message_html(hint)}{designs_chart(rows, lang=lang)}")
            parts.append(table_html("designs", first_designs(rows), lang=lang, caption=title))
        if recommendation.picks:
            title = language.translate(N_("Routes"))
            routes = routes_table(recommendation, lang=lang)
            parts.append(f"<h3>{escape(title)}</h3>{table_html('routes', routes, lang=lang, caption=title)}")
        return "".join(parts)


def _parse_count(text: str, problems: list[Finding]) -> int | None:
    """Return a whole number, with or without commas between its digits; note a problem where it is none."""
    digits = text.replace(",", "")
    if is_digits(digits):
        return int(digits)
    problems.append(Finding("type-whole", "", {"value": digits}))
    return None
