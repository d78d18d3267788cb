"""A report as one HTML page that needs nothing else."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ...view.look import style
from ..run import Executed

if TYPE_CHECKING:
    from nbconvert.exporters.templateexporter import TemplateExporter


def html(executed: Executed, title: str, lang: str) -> str:
    """Return the page."""
    page = {"title": title, "lang": lang, "style": style()}
    body, _ = exporter().from_notebook_node(executed.notebook, resources={"ipk": page})
    return str(body)


@cache
def exporter() -> TemplateExporter:
    """Return the renderer, its template compiled."""
    from nbconvert.exporters.templateexporter import TemplateExporter

    own = Path(__file__).parent.parent / "template"
    made = TemplateExporter(template_file=str(own / "page.html.j2"), extra_template_basedirs=[str(own)])
    made.template  # noqa: B018 (compiled on first use)
    return made
