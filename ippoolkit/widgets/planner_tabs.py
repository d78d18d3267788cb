"""What the planner's tabs show of a scenario, as HTML: a function each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from html import escape
from typing import TYPE_CHECKING

from ..analysis import Analysis, compare
from ..findings import N_, Language
from ..model import IPPool, Scenario
from ..view.block_sizes_html import block_sizes_chart
from ..view.cell_text import pool_text
from ..view.growth import growth_changes, growth_note
from ..view.html import comparison_html, nodes_html, review_html, table_html, verdict_html
from ..write import to_manifests_yaml
from .pane_html import NO_POOL_MESSAGE, button_html, buttons_html, code_block_html, message_html
from .target import target_html

if TYPE_CHECKING:
    import pandas as pd


def block_sizes_tab(analysis: Analysis, pool: IPPool | None, language: Language) -> str:
    """Return the table of block sizes, the chosen one marked, and the trade-off as a chart."""
    if pool is None:
        return message_html(language.translate(NO_POOL_MESSAGE))
    table = analysis.block_sizes(pool.name, lang=language.code)
    title = language.render(N_("Pool {pool}"), {"pool": pool_text(pool, language)})
    html = table_html("block_sizes", table, lang=language.code, chosen=pool.block_size, caption=title)
    return html + block_sizes_chart(table, chosen=pool.block_size, lang=language.code)


def nodes_tab(analysis: Analysis, language: Language) -> str:
    """Return the nodes that exist and those that are planned."""
    if not analysis.scenario.cluster.pools:
        return message_html(language.translate(NO_POOL_MESSAGE))
    if analysis.nodes(lang=language.code).empty:
        return message_html(language.translate(N_("No nodes yet. Enter how many on the left, or load a cluster.")))
    return nodes_html(analysis, language.code)


def growth_tab(analysis: Analysis, today: date, language: Language) -> str:
    """Return the plan over its horizon: where it goes and whether the design holds, as charts and as a table."""
    table = analysis.growth(lang=language.code)
    if table.empty:
        return message_html(language.translate(NO_POOL_MESSAGE))
    note, changes = growth_note(table, language), growth_changes(table)
    note_html = message_html(note) if note else ""
    if note and changes["month"].max() == 0:
        return note_html
    return (
        target_html(analysis, today, language)
        + _growth_figures(table, language)
        + note_html
        + table_html("growth", changes, lang=language.code)
    )


def _growth_figures(table: pd.DataFrame, language: Language) -> str:
    from ..figures import draw_growth  # matplotlib is loaded when somebody looks at the tab
    from ..figures.style import render_svg

    figures = []
    for family in sorted({int(family) for family in table["family"]}):
        title = language.render(N_("IPv{family}: what is needed, month by month"), {"family": family})
        svg = render_svg(draw_growth(table, family=family, lang=language.code), title)
        figures.append(f"<h3>{escape(title)}</h3><figure>{svg}</figure>")
    return "".join(figures)


def manifest_tab(scenario: Scenario, before: Scenario, language: Language) -> str:
    """Return the objects to apply, judged on top of what exists."""
    # What judges manifests takes long to load, and is wanted for this tab only.
    from ..manifests.ipam_configure import configure_command
    from ..manifests.manifest_review import review_text

    cluster = scenario.cluster
    if not cluster.pools:
        return message_html(language.translate(NO_POOL_MESSAGE))
    is_config_changed = cluster.ipam != before.cluster.ipam
    takes_config = scenario.release.has("calicoctl-ipamconfiguration")
    changed_config = (cluster.ipam,) if is_config_changed and takes_config else ()
    text = to_manifests_yaml((*cluster.pools, *cluster.reservations, *changed_config), scenario.release)
    # Without nodes nothing exists yet: the pools are new.
    existing = before if before.cluster.nodes else replace(before, cluster=replace(before.cluster, pools=()))
    review_part = review_html(review_text(text, "ippools.yaml", existing), language.code)
    caption = language.render(
        N_("How calicoctl and kubectl of Calico {version} judge it:"), {"version": scenario.release}
    )
    command = (
        code_block_html("ipam.sh", f"{configure_command(cluster.ipam, scenario.release)}\n", language)
        if is_config_changed and not takes_config
        else ""
    )
    return code_block_html("ippools.yaml", text, language) + command + message_html(caption) + review_part


def compare_tab(analysis: Analysis, pins: Sequence[Analysis], language: Language, *, can_pin: bool) -> str:
    """Return the pinned plans and this one side by side."""
    translate = language.translate
    pin_button = button_html("pin", translate(N_("Pin this plan"))) if can_pin else ""
    if not pins:
        message = translate(N_("Pin this plan, change something, and see here what differs."))
        return message_html(message) + buttons_html(pin_button)
    plans = {language.render(N_("pin {number}"), {"number": index}): pin for index, pin in enumerate(pins, 1)}
    labels = {"back": translate(N_("Go back to it")), "unpin": translate(N_("Unpin"))}
    buttons = [
        buttons_html(*(button_html(action, label, value=str(index)) for action, label in labels.items()))
        for index in range(len(pins))
    ]
    plans[translate(N_("now"))] = analysis
    buttons.append(buttons_html(pin_button))
    columns = "".join(
        f"<div><h3>{escape(name)}</h3>{verdict_html(plan, language.code)}{below}</div>"
        for (name, plan), below in zip(plans.items(), buttons, strict=True)
    )
    table = compare(plans, lang=language.code)
    return f'<div class="ipk-sides">{columns}</div>{comparison_html(table, language.code)}'
