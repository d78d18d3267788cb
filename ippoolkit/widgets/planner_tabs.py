"""What the planner's tabs show of a scenario, as HTML: a function each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape

from ..analysis import Analysis, compare
from ..calico.limits import CALICO_VERSION
from ..findings import N_, Finding, Language
from ..model import IPPool, Scenario
from ..view.html import comparison_html, findings_html, nodes_html, review_html, table_html, verdict_html
from ..view.html_charts import block_sizes_chart, growth_chart
from ..write import to_manifests_yaml


def block_sizes_tab(analysis: Analysis, pool: IPPool | None, words: Language) -> str:
    """Return the table of block sizes, the chosen one marked, and the trade-off as a chart."""
    if pool is None:
        return no_pool_message(words)
    table = analysis.block_sizes(pool.name, lang=words.code)
    title = words.render(N_("Pool {pool}, {cidr}"), {"pool": pool.name, "cidr": pool.cidr})
    html = table_html("block_sizes", table, lang=words.code, chosen=pool.block_size, caption=title)
    return html + block_sizes_chart(table, chosen=pool.block_size, lang=words.code)


def nodes_tab(analysis: Analysis, words: Language) -> str:
    """Return the nodes that exist and those that are planned."""
    return nodes_html(analysis, words.code)


def growth_tab(analysis: Analysis, words: Language) -> str:
    """Return the plan over its horizon, as charts and as a table."""
    table = analysis.growth(lang=words.code)
    if table.empty:
        return no_pool_message(words)
    return growth_chart(table, lang=words.code) + table_html("growth", table, lang=words.code)


def findings_tab(findings: Sequence[Finding], words: Language) -> str:
    """Return all findings, gravest first."""
    return findings_html(findings, words.code)


def manifest_tab(scenario: Scenario, before: Scenario, words: Language) -> str:
    """Return the objects to apply, judged on top of what exists."""
    from ..manifests.manifest_review import (
        review_text,
    )  # the judges take long to load, and are wanted for this tab only

    cluster = scenario.cluster
    if not cluster.pools:
        return no_pool_message(words)
    changed_config = (cluster.ipam,) if cluster.ipam != before.cluster.ipam else ()
    text = to_manifests_yaml((*cluster.pools, *cluster.reservations, *changed_config))
    # Without nodes nothing exists yet: the pools are new.
    existing = before if before.cluster.nodes else replace(before, cluster=replace(before.cluster, pools=()))
    review_part = review_html(review_text(text, "ippools.yaml", existing), words.code)
    translate = words.translate
    caption = words.render(
        N_("As calicoctl and kubectl of Calico {version} would judge it:"), {"version": CALICO_VERSION}
    )
    copy, download = translate(N_("Copy")), translate(N_("Download"))
    return (
        f'<p class="ipk-buttons"><button type="button" data-copy="manifest">{copy}</button>'
        f'<button type="button" data-download="ippools.yaml" data-of="manifest">{download}</button></p>'
        f'<pre class="yaml" tabindex="0" data-text="manifest">{escape(text)}</pre>'
        f'<p class="ipk-empty">{escape(caption)}</p>{review_part}'
    )


def compare_tab(analysis: Analysis, pinned: Analysis | None, words: Language) -> str:
    """Return the pinned plan and this one side by side."""
    translate = words.translate
    if pinned is None:
        message = translate(N_("Pin this plan, change something, and see here what differs."))
        pin_button = _button("pin", translate(N_("Pin this plan")))
        return f'<p class="ipk-empty">{message}</p><p class="ipk-buttons">{pin_button}</p>'
    names = translate(N_("pinned")), translate(N_("now"))
    plans = dict(zip(names, (pinned, analysis), strict=True))
    table = compare(plans, lang=words.code)
    buttons = [
        _button("pin", translate(N_("Pin this plan instead"))),
        _button("unpin", translate(N_("Unpin"))),
        _button("back", translate(N_("Go back to the pinned plan"))),
    ]
    verdict_columns = "".join(
        f"<div><h3>{escape(name)}</h3>{verdict_html(plan, words.code)}</div>" for name, plan in plans.items()
    )
    return (
        f'<p class="ipk-buttons">{"".join(buttons)}</p><div class="ipk-sides">{verdict_columns}</div>'
        f"{comparison_html(table, words.code)}"
    )


def planner_header(scenario: Scenario, samples: list[str], words: Language, *, edited: bool) -> str:
    """Return the head: what is planned, and where it comes from and goes to."""
    translate = words.translate
    options = "".join(f"<option>{escape(name)}</option>" for name in samples)
    title, sample_text, load_text, report_text = (
        translate(N_("IP pool planner")),
        translate(N_("Sample")),
        translate(N_("Load…")),
        translate(N_("Create report")),
    )
    load_label = translate(N_("Load a scenario, an IPPool or dumps of a cluster"))
    edited_text = translate(N_("edited"))
    return (
        f'<div class="ipk-bar"><h2>{title}</h2>'
        f'<span class="ipk-name">{escape(scenario.name)}{f" · {edited_text}" if edited else ""}</span>'
        f'<span class="ipk-buttons"><select data-action="sample" class="ipk-sample" aria-label="{sample_text}">'
        f'<option value="">{sample_text}</option>{options}</select>'
        f'<label class="ipk-load ipk-button">{load_text}'
        f'<input type="file" multiple data-action="load" accept=".yaml,.yml,.json" aria-label="{load_label}"></label>'
        f"{_button('save', translate(N_('Save')), 'ipk-save')}{_button('report', report_text, 'ipk-primary')}</span></div>"
    )


def no_pool_message(words: Language) -> str:
    """Say that there is nothing to show."""
    message = words.translate(N_("No pool yet. Load one, or add one on the left."))
    return f'<p class="ipk-empty">{escape(message)}</p>'


def _button(action: str, text: str, classes: str = "") -> str:
    return f'<button type="button" class="{classes}" data-action="{action}">{escape(text)}</button>'
