"""What one cell of a report hands over: a page's HTML, Markdown, and tables and pictures to export."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ...figures import render_png, render_svg
from ...findings import replace_unprintable
from ...view.html import tile_boxes_html
from ...view.markdown import code_markdown, escape_markdown
from ...view.stylesheet import styled_html
from ..run_context import current_run
from .report_table import ReportTable

if TYPE_CHECKING:
    from matplotlib.figure import Figure


PICTURE_LINK = re.compile(r"!\[((?:[^\]\\]++|\\.)*+)\]\(picture:([^)]*)\)")  # alt text, name
SECTION_MIME = "application/vnd.ippoolkit.piece+json"  # of what a cell hands over for exports
_MAX_UNBROKEN_LINES = 40  # of a text that no page cuts in two


@dataclass(frozen=True, slots=True)
class SectionPart:
    """A part of a section, as HTML and as Markdown; perhaps a table or a picture."""

    html: str
    markdown: str
    table: ReportTable | None = None
    picture: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Parts in their order, and what sums the report up, for the page that lists many."""

    parts: tuple[SectionPart, ...]
    summary: Mapping[str, Any] = field(default_factory=dict)

    @property
    def html(self) -> str:
        """All parts as HTML."""
        return "\n".join(part.html for part in self.parts if part.html)

    @property
    def markdown(self) -> str:
        """All parts as Markdown."""
        return "\n\n".join(part.markdown for part in self.parts if part.markdown)

    def _ipython_display_(self) -> None:
        # A cell without anything to say shows nothing, not an empty frame; a report's run notes that it was there.
        if self.parts or current_run():
            raise NotImplementedError  # IPython goes on to what is below

    def _repr_mimebundle_(self, *_: object, **__: object) -> dict[str, Any]:
        tables = [part.table.to_dict() for part in self.parts if part.table]
        pictures = [dict(part.picture) for part in self.parts if part.picture]
        data = {"tables": tables, "pictures": pictures, "summary": dict(self.summary)}
        if current_run():
            return {"text/html": self.html, "text/markdown": self.markdown, SECTION_MIME: data}
        # In a notebook that somebody opens each cell brings the page's style, and pictures have no files.
        markdown = PICTURE_LINK.sub("", self.markdown)
        return {"text/html": styled_html(self.html), "text/markdown": markdown, SECTION_MIME: data}


def heading_part(text: str, level: int = 2) -> SectionPart:
    """Return a heading."""
    return SectionPart(
        f"<h{level}>{escape(replace_unprintable(text))}</h{level}>", f"{'#' * level} {escape_markdown(text)}"
    )


def paragraph(text: str, css_class: str = "") -> SectionPart:
    """Return a paragraph of plain text; `css_class` is its class."""
    class_attribute = f' class="{css_class}"' if css_class else ""
    return SectionPart(f"<p{class_attribute}>{escape(replace_unprintable(text))}</p>", escape_markdown(text))


def code_part(text: str, css_class: str = "yaml") -> SectionPart:
    """Return a text as it is, to be copied; a `css_class` with ``fine`` is in small print on paper."""
    long_class = " long" if text.count("\n") > _MAX_UNBROKEN_LINES else ""
    return SectionPart(f'<pre class="{css_class}{long_class}" tabindex="0">{escape(text)}</pre>', code_markdown(text))


def tiles_part(tiles: Sequence[tuple[str, str, str]]) -> SectionPart:
    """Return key figures, each its value, what it is, and a verdict's word or nothing: boxes, or a list."""
    markdown = "\n".join(f"- **{escape_markdown(value)}** {escape_markdown(label)}" for value, label, _ in tiles)
    return SectionPart(tile_boxes_html(tiles), markdown)


def table_part(report_table: ReportTable) -> SectionPart:
    """Return a table."""
    return SectionPart(report_table.html, report_table.markdown, report_table)


def picture_part(name: str, figure: Figure, alt: str, exported_table: ReportTable | None = None) -> SectionPart:
    """Return a figure, drawn, with the table behind it for exports.

    In Markdown it stands as ``![alt](picture:name)`` until it has a file.
    """
    picture_data = {"name": name, "alt": alt, "svg": render_svg(figure, alt)}
    run = current_run()
    if run is not None and "png" in run.formats:
        picture_data["png"] = base64.b64encode(render_png(figure)).decode()
    return SectionPart(
        f"<figure>{picture_data['svg']}</figure>",
        f"![{escape_markdown(alt)}](picture:{quote(name)})",
        exported_table,
        picture_data,
    )
