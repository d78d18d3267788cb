"""How the answers of the Python API show themselves in a notebook."""

from __future__ import annotations

from functools import singledispatch
from html import escape

from ..analysis import Analysis
from ..audit import Audit
from ..capacity.evaluation import Verdict
from ..change import Runbook, render_runbook
from ..findings import Finding, get_language
from ..manifests.manifest_review import Review
from .audit_html import audit_summary_html, audit_tiles
from .html import (
    capacity_tiles_html,
    findings_html,
    nodes_html,
    review_html,
    table_html,
    tile_boxes_html,
    verdict_html,
)
from .stylesheet import styled_html
from .verdict_parts import release_text


def render_answer(answer: object) -> str:
    """Return an answer as HTML that stands alone: its style goes with it."""
    return styled_html(_content_html(answer))


@singledispatch
def _content_html(answer: object) -> str:
    return f"<pre>{escape(repr(answer))}</pre>"


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
def _(answer: Review) -> str:
    return review_html(answer)


@_content_html.register
def _(answer: Runbook) -> str:
    titles = "".join(f"<li>{escape(step.title)}</li>" for step in render_runbook(answer).steps)
    release = release_text(answer.scenario.release, get_language("en"))
    return f'<p class="ipk-source">{escape(release)}</p><ol>{titles}</ol>{findings_html(answer.findings)}'
