"""What the planner's tabs show of a scenario, as HTML: a function each."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from ..capacity import block_sizes, comparison, growth
from ..findings import N_, Finding, Language
from ..limits import CALICO_VERSION
from ..model import IPPool, Scenario
from ..view.charts import growth_chart, sizes_chart
from ..view.html import comparison_html, findings_html, nodes_html, review_html, table_html, verdict_html
from ..write import manifests


def sizes_page(scenario: Scenario, pool: IPPool | None, words: Language) -> str:
    """Return the table of block sizes, the chosen one marked, and the trade-off as a chart."""
    if pool is None:
        return no_pool(words)
    table = block_sizes(scenario, pool.name, lang=words.code)
    title = words.say(N_("Pool {pool}, {cidr}"), {"pool": pool.name, "cidr": pool.cidr})
    html = table_html("block_sizes", table, lang=words.code, chosen=pool.block_size, caption=title)
    return html + sizes_chart(table, chosen=pool.block_size, lang=words.code)


def nodes_page(scenario: Scenario, words: Language) -> str:
    """Return the nodes that exist and those that are planned."""
    return nodes_html(scenario, words.code)


def growth_page(scenario: Scenario, words: Language) -> str:
    """Return the plan over its horizon, as charts and as a table."""
    table = growth(scenario, lang=words.code)
    if table.empty:
        return no_pool(words)
    return growth_chart(table, lang=words.code) + table_html("growth", table, lang=words.code)


def findings_page(findings: list[Finding], words: Language) -> str:
    """Return all findings, gravest first."""
    return findings_html(findings, words.code)


def manifest_page(scenario: Scenario, before: Scenario, words: Language) -> str:
    """Return the objects to apply, judged on top of what exists."""
    from ..rules.review import review_text  # the judges take long to load, and are wanted for this tab only

    cluster = scenario.cluster
    if not cluster.pools:
        return no_pool(words)
    changed = (cluster.ipam,) if cluster.ipam != before.cluster.ipam else ()
    text = manifests((*cluster.pools, *cluster.reservations, *changed))
    # Without nodes nothing exists yet: the pools are new.
    there = before if before.cluster.nodes else replace(before, cluster=replace(before.cluster, pools=()))
    judged = review_html(review_text(text, "ippools.yaml", there), words.code)
    say = words.text
    told = words.say(N_("As calicoctl and kubectl of Calico {version} would judge it:"), {"version": CALICO_VERSION})
    copy, download = say(N_("Copy")), say(N_("Download"))
    return (
        f'<p class="ipk-buttons"><button type="button" data-copy="manifest">{copy}</button>'
        f'<button type="button" data-download="ippools.yaml" data-of="manifest">{download}</button></p>'
        f'<pre class="yaml" tabindex="0" data-text="manifest">{escape(text)}</pre>'
        f'<p class="ipk-empty">{escape(told)}</p>{judged}'
    )


def compare_page(scenario: Scenario, pinned: Scenario | None, words: Language) -> str:
    """Return the pinned plan and this one side by side."""
    say = words.text
    if pinned is None:
        told = say(N_("Pin this plan, change something, and see here what differs."))
        pin = _button("pin", say(N_("Pin this plan")))
        return f'<p class="ipk-empty">{told}</p><p class="ipk-buttons">{pin}</p>'
    names = say(N_("pinned")), say(N_("now"))
    table = comparison(dict(zip(names, (pinned, scenario), strict=True)), lang=words.code)
    buttons = [
        _button("pin", say(N_("Pin this plan instead"))),
        _button("unpin", say(N_("Unpin"))),
        _button("back", say(N_("Go back to the pinned plan"))),
    ]
    sides = "".join(
        f"<div><h3>{escape(name)}</h3>{verdict_html(each, words.code)}</div>"
        for name, each in zip(names, (pinned, scenario), strict=True)
    )
    return (
        f'<p class="ipk-buttons">{"".join(buttons)}</p><div class="ipk-sides">{sides}</div>'
        f"{comparison_html(table, words.code)}"
    )


def header(scenario: Scenario, samples: list[str], words: Language, *, edited: bool) -> str:
    """Return the head: what is planned, and where it comes from and goes to."""
    say = words.text
    options = "".join(f"<option>{escape(name)}</option>" for name in samples)
    title, sample, load, make = say(N_("IP pool planner")), say(N_("Sample")), say(N_("Load…")), say(N_("Make report"))
    what = say(N_("Load a scenario, an IPPool or dumps of a cluster"))
    note = say(N_("edited"))
    return (
        f'<div class="ipk-bar"><h2>{title}</h2>'
        f'<span class="ipk-name">{escape(scenario.name)}{f" · {note}" if edited else ""}</span>'
        f'<span class="ipk-buttons"><select data-action="sample" class="ipk-sample" aria-label="{sample}">'
        f'<option value="">{sample}</option>{options}</select>'
        f'<label class="ipk-load ipk-button">{load}'
        f'<input type="file" multiple data-action="load" accept=".yaml,.yml,.json" aria-label="{what}"></label>'
        f"{_button('save', say(N_('Save')), 'ipk-save')}{_button('report', make, 'ipk-primary')}</span></div>"
    )


def no_pool(words: Language) -> str:
    """Say that there is nothing to show."""
    told = words.text(N_("There is no pool yet. Load one, or add one on the left."))
    return f'<p class="ipk-empty">{escape(told)}</p>'


def _button(action: str, text: str, classes: str = "") -> str:
    return f'<button type="button" class="{classes}" data-action="{action}">{escape(text)}</button>'
