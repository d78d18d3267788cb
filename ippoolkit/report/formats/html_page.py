"""A report as one HTML page that needs nothing else."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ...view.stylesheet import stylesheet
from ..execution import ExecutedNotebook

if TYPE_CHECKING:
    from nbconvert.exporters.templateexporter import TemplateExporter


def render_html(executed_notebook: ExecutedNotebook, title: str, lang: str) -> str:
    """Return the page."""
    page_resources = {"title": title, "lang": lang, "style": stylesheet()}
    body, _ = html_exporter().from_notebook_node(executed_notebook.notebook, resources={"ipk": page_resources})
    return str(body)


@cache
def html_exporter() -> TemplateExporter:
    """Return the renderer, its template compiled."""
    from nbconvert.exporters.templateexporter import TemplateExporter

    template_dir = Path(__file__).parent.parent / "template"
    template_exporter = TemplateExporter(
        template_file=str(template_dir / "page.html.j2"), extra_template_basedirs=[str(template_dir)]
    )
    template_exporter.template  # noqa: B018 (compiled on first use)
    return template_exporter
