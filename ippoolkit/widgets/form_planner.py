"""What both planners are made of: fields on the left; the verdict, a notice and tabs on the right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Any, Generic, Literal

import ipywidgets as ipw
from ipywidgets.widgets.widget_string import HTMLStyle
from pydantic import ValidationError

from ..calico.selectors import SelectorError
from ..cidr import CidrError
from ..errors import InputError, describe_finding
from ..findings import N_, Language
from ..read.validation import first_problem
from ..view.stylesheet import stylesheet
from .form_fields import FormSection, State, form_layout
from .pane_html import message_html
from .widgets_js import Form, HtmlPane, planner_stylesheet

_LAST_RESULT_KEPT = N_("Showing the last valid result.")


@dataclass(frozen=True, slots=True)
class TabPage:
    """A tab: `refresh` brings its widget up to date, and is called while the tab is open."""

    title: str
    widget: ipw.DOMWidget
    refresh: Callable[[], None]


class FormPlanner(ipw.VBox, Generic[State]):
    """A form whose fields edit a state, and the result that follows.

    Parameters
    ----------
    sections
        The form's fields.
    language
        The reader's language.
    state
        The state that the fields show at first.
    traits
        Further traits of the widget.
    """

    def __init__(self, sections: Sequence[FormSection[State]], language: Language, state: State, **traits: Any) -> None:
        self.language = language
        self._state = state
        self._fields = {field.name: field for section in sections for field in section.fields}
        # Each widget delays the first verdict: all share one layout, a widget too, and the tabs follow later.
        self._shared_traits = {"layout": ipw.Layout()}
        text_traits = {**self._shared_traits, "style": HTMLStyle()}
        self._verdict = self._pane("ipk-verdict-pane")
        self._notice = ipw.HTML(**text_traits).add_class("ipk-notice")
        self._form = Form(form_layout(sections, language), self.set, **self._shared_traits).add_class("ipk-controls")
        self._result = ipw.VBox([self._notice, self._verdict], **self._shared_traits).add_class("ipk-result")
        body = ipw.HBox([self._form, self._result], **self._shared_traits).add_class("ipk-body")
        style = ipw.HTML(f"<style>{stylesheet()}{planner_stylesheet()}</style>", **text_traits)
        super().__init__([style, *self._top_panes(), body], **self._shared_traits, **traits)
        self.add_class("ipk").add_class("ipk-planner")

    # ---- what a planner adds

    def _apply(self, state: State) -> None:
        """Take over an edited state and show it; raise `InputError` where it cannot be."""
        raise NotImplementedError

    def _tab_pages(self) -> Iterable[TabPage]:
        """Return the tabs."""
        raise NotImplementedError

    def _top_panes(self) -> Sequence[ipw.DOMWidget]:
        """Return what stands above fields and result."""
        return ()

    def _on_action(self, _: Any, message: dict[str, Any], contents: list[Any]) -> None:
        """Do what a button of a pane says."""

    # ---- what comes from the page

    def set(self, name: str, value: Any) -> None:
        """Give a field a value, as if it was typed: the result follows, or the field says what is wrong with it.

        Parameters
        ----------
        name
            The field, as its CSS class names it: ``cidr``, ``blocksize``, ``nodes``, …
        value
            Its value, as the page sends it.

        Raises
        ------
        KeyError
            Where there is no such field.
        """
        try:
            self._apply(self._fields[name].edit(self._state, value))
        except (CidrError, ValidationError, SelectorError, InputError) as error:
            states = self._field_states()
            states[name] = {**states[name], "error": _error_message(error, self.language)}
            self._form.state = states
            self._show_notice(self.language.translate(_LAST_RESULT_KEPT))

    # ---- what goes to the page

    def _field_states(self) -> dict[str, dict[str, Any]]:
        return {name: field.get_state(self._state, self.language) for name, field in self._fields.items()}

    def _show_notice(self, text: str, *, kind: Literal["error", "warning", "info"] = "warning") -> None:
        """Say something above the verdict: an ``error`` in red, a ``warning``, or an ``info``."""
        role = "status" if kind == "info" else "alert"
        self._notice.value = f'<div class="{kind}" role="{role}">{escape(text)}</div>' if text else ""

    def _pane(self, css_class: str) -> HtmlPane:
        pane: HtmlPane = HtmlPane(**self._shared_traits).add_class(css_class)
        pane.on_msg(self._on_action)
        return pane

    def _html_page(self, title: str, css_class: str, render: Callable[[], str]) -> TabPage:
        """Return a tab that shows HTML."""
        pane = self._pane(css_class)
        pane.html = message_html(self.language.translate(N_("Computing…")))

        def refresh() -> None:
            pane.html = render()

        return TabPage(title, pane, refresh)

    @cached_property
    def _pages(self) -> tuple[TabPage, ...]:
        return tuple(self._tab_pages())

    @cached_property
    def _tabs(self) -> ipw.Tab:
        """The tabs, put below the verdict when first wanted."""
        titles = [self.language.translate(page.title) for page in self._pages]
        widgets = [page.widget for page in self._pages]
        tabs = ipw.Tab(widgets, titles=titles, selected_index=0, **self._shared_traits).add_class("ipk-tabs")
        tabs.observe(lambda _: self._refresh_tab(), "selected_index")
        self._result.children = (*self._result.children, tabs)
        return tabs

    def _refresh_tab(self) -> None:
        """Show the tab that is open; the others follow when they are."""
        index = self._tabs.selected_index
        if index is not None:
            self._pages[index].refresh()


def _error_message(error: ValueError, language: Language) -> str:
    """Say what is wrong with a value."""
    if isinstance(error, InputError):
        return error.describe(language.code)
    if isinstance(error, SelectorError):
        params = {"reason": error.reason, "position": error.position + 1}
        return language.render(N_("{reason} at character {position}"), params)
    return describe_finding(first_problem(error), language.code)
