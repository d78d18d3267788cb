"""How the answers of the Python API show themselves in a notebook."""

from __future__ import annotations

from functools import singledispatch
from html import escape

from ..analysis import Analysis
from ..audit import Audit
from ..capacity.verdict import Verdict
from ..change import Runbook, render_runbook
from ..choose import FreeRanges, Recommendation, designs_table, first_designs
from ..findings import N_, Finding, get_language
from ..forecasting import Forecast
from ..manifests.manifest_review import Review
from ..model import Scenario
from ..read import Reading
from ..release_upgrade import Upgrade
from ..simulation import Simulation
from .audit_html import audit_summary_html, audit_tiles
from .forecast_html import outlook_html
from .html import (
    capacity_tiles_html,
    findings_html,
    nodes_html,
    remark_html,
    review_html,
    table_html,
    tile_boxes_html,
    verdict_html,
)
from .simulation_html import simulation_html
from .stylesheet import styled_html
from .verdict_parts import release_text

_OFFERS_SHOWN = 40
_NOTES_SHOWN = 20


def render_answer(answer: object) -> str:
    """Return an answer as HTML that stands alone: its style goes with it."""
    return styled_html(_content_html(answer))


@singledispatch
def _content_html(answer: object) -> str:
    return f"<pre>{escape(repr(answer))}</pre>"


_content_html.register(Review, review_html)
_content_html.register(Forecast, outlook_html)
_content_html.register(Simulation, simulation_html)


@_content_html.register
def _(answer: Analysis) -> str:
    tables = [table_html("pools", answer.pools())]
    if answer.scenario.cluster.nodes or answer.scenario.plan.groups:
        tables.append(nodes_html(answer))
    return verdict_html(answer) + capacity_tiles_html(answer) + "".join(tables) + findings_html(answer.findings)


@_content_html.register
def _(answer: Verdict) -> str:
    return findings_html([answer.finding])


@_content_html.register
def _(answer: Finding) -> str:
    return findings_html([answer])


@_content_html.register
def _(answer: Audit) -> str:
    return (
        audit_summary_html(answer)
        + tile_boxes_html(audit_tiles(answer))
        + findings_html((*answer.findings, *answer.notes))
    )


@_content_html.register
def _(answer: Runbook) -> str:
    titles = "".join(f"<li>{escape(step.title)}</li>" for step in render_runbook(answer).steps)
    release = release_text(answer.scenario.release, get_language("en"))
    return f'<p class="ipk-source">{escape(release)}</p><ol>{titles}</ol>{findings_html(answer.findings)}'


@_content_html.register
def _(answer: Recommendation) -> str:
    designs = designs_table(answer).groupby("family") if answer.picks else ()
    return findings_html(answer.reasons) + "".join(table_html("designs", first_designs(rows)) for _, rows in designs)


@_content_html.register
def _(answer: FreeRanges) -> str:
    offers = "".join(f"<li><code>{cidr}</code></li>" for cidr in answer.offers[:_OFFERS_SHOWN])
    return (f"<ul>{offers}</ul>" if offers else "") + findings_html((*answer.reasons, *answer.notes))


@_content_html.register
def _(answer: Upgrade) -> str:
    verdicts = [change.after.finding for change in answer.verdicts]
    return f"<p>Calico {answer.before} → {answer.after}</p>" + findings_html([*verdicts, *answer.findings])


@_content_html.register
def _(answer: Scenario) -> str:
    language, cluster = get_language("en"), answer.cluster
    counts = [
        language.render(template, {"n": len(objects)})
        for kind, template, objects in (
            ("IPPool", N_("{n:pool}"), cluster.pools),
            ("Node", N_("{n:node}"), cluster.nodes),
            ("Pod", N_("{n:pod}"), cluster.pods),
            ("IPAMBlock", N_("{n:block}"), cluster.blocks),
        )
        if objects or kind not in cluster.unknown
    ]
    summary = f"{answer.name}: {', '.join(counts)}" if counts else answer.name
    return f"<p>{escape(summary)}</p>"


@_content_html.register
def _(answer: Reading) -> str:
    content = _content_html(answer.scenario) + findings_html(answer.notes[:_NOTES_SHOWN])
    if (hidden := len(answer.notes) - _NOTES_SHOWN) > 0:
        content += remark_html(get_language("en").render(N_("and {count} more"), {"count": hidden}))
    return content
