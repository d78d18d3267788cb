"""Target mode: "12 → 100 nodes by 2027-06" as growth a month and a horizon, and whether the design holds until then."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from html import escape
from math import ceil

from ..analysis import Analysis
from ..capacity.verdict import Status
from ..errors import InputError
from ..findings import N_, Finding, Language
from ..model.scenario_edits import nodes_as_group
from ..view.verdict_parts import choice_text
from .editor_state import EditorState

DEFAULT_MONTHS = 12
_MAX_MONTHS = 600
_MAX_DECIMALS = 6
_BORROWS = "growth-borrowing"
_OUTCOMES = {
    Status.FITS: N_("The design holds until then."),
    Status.IDLE: N_("The design holds until then."),
    Status.TIGHT: N_("The design is tight."),
    Status.FAILS: N_("The design already fails today."),
}


def month_name(today: date, months: int) -> str:
    """Return the month so many months from now, such as ``2027-06``."""
    count = today.year * 12 + today.month - 1 + months
    return f"{count // 12:04}-{count % 12 + 1:02}"


def months_until(today: date, text: str) -> int:
    """Return how many months there are until a month such as ``2027-06``.

    Raises
    ------
    InputError
        Where the text is no month, or one that is over or too far away.
    """
    year, _, month = text.strip().partition("-")
    if not (year.isascii() and month.isascii() and year.isdigit() and month.isdigit() and 1 <= int(month[:3]) <= 12):
        raise InputError([Finding("month-syntax", params={"month": text, "example": month_name(today, 7)})])
    months = (int(year[:6]) - today.year) * 12 + int(month[:3]) - today.month
    if not 0 <= months <= _MAX_MONTHS:
        bounds = {"first": month_name(today, 0), "last": month_name(today, _MAX_MONTHS)}
        raise InputError([Finding("month-range", params={"month": text, **bounds})])
    return months


def with_target(editor: EditorState, nodes: float, months: int | None = None) -> EditorState:
    """Let the nodes shown grow to so many at the end of the horizon, or of another one.

    The growth a month is the roundest number that leads there: what is begun of a node counts as one.
    """
    if isinstance(nodes, bool) or not isinstance(nodes, int | float) or nodes != int(nodes):
        raise InputError([Finding("type-whole", params={"value": nodes})])
    months = (editor.scenario.plan.months or DEFAULT_MONTHS) if months is None else months
    missing = max(int(nodes) - editor.group.nodes, 0)
    if not months:
        return editor.with_group(nodes=int(nodes), nodes_per_month=0.0).with_plan(months=0)
    rate = next(
        rate
        for decimals in range(_MAX_DECIMALS + 1)
        for rate in [Fraction(missing * 10**decimals // months, 10**decimals)]
        if ceil(rate * months) == missing or decimals == _MAX_DECIMALS
    )
    return editor.with_group(nodes_per_month=float(rate)).with_plan(months=months)


def target_html(analysis: Analysis, today: date, language: Language) -> str:
    """Say from how many nodes to how many the plan goes, in which month it fails, and what is needed to hold."""
    plan = analysis.scenario.plan
    nodes_now = nodes_as_group(analysis.scenario).nodes
    target = nodes_now + sum(group.nodes_after(plan.months) - group.nodes for group in plan.groups)
    if not plan.months or target == nodes_now:
        return ""
    verdict, render = analysis.verdict, language.render
    head = render(
        N_("{now} → {target} nodes by {by}"), {"now": nodes_now, "target": target, "by": month_name(today, plan.months)}
    )
    month = verdict.params.get("month")
    if month is not None:
        template = (
            N_("Nodes borrow from {month} on.") if verdict.code == _BORROWS else N_("The design fails in {month}.")
        )
        outcome = render(template, {"month": month_name(today, int(str(month)))})
    else:
        outcome = language.translate(_OUTCOMES[verdict.status])
    needed = "; ".join(choice_text(choice, analysis, language) for choice in analysis.choices)
    hold = render(N_("To hold, one of these is needed: {changes}."), {"changes": needed}) if needed else ""
    if not needed and verdict.status in (Status.FAILS, Status.TIGHT):
        hold = verdict.finding.remedy(language.code)
    return (
        f"<h3>{escape(head)}</h3><p><strong>{escape(outcome)}</strong> {escape(verdict.finding.message(language.code))}"
        f"{f'<br>{escape(hold)}' if hold else ''}</p>"
    )
