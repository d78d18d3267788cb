"""What one cell of a report hands over: a page's HTML, Markdown, and tables and pictures to export."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ...figures import png, svg
from ...findings import printable
from ...view.markdown import code_markdown, plain
from ..mime import FORMATS, MIME
from .table import Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure


_LINES_TOGETHER = 40  # of a text that no page cuts in two


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a piece, as HTML and as Markdown; perhaps a table or a picture."""

    html: str
    markdown: str
    table: Table | None = None
    picture: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """Parts in their order, and what sums the report up, for the page that lists many."""

    parts: tuple[Part, ...]
    summary: Mapping[str, Any] = field(default_factory=dict)

    @property
    def html(self) -> str:
        """All parts as HTML."""
        return "\n".join(part.html for part in self.parts if part.html)

    @property
    def markdown(self) -> str:
        """All parts as Markdown."""
        return "\n\n".join(part.markdown for part in self.parts if part.markdown)

    def _repr_mimebundle_(self, *_: object, **__: object) -> dict[str, Any]:
        tables = [part.table.as_data() for part in self.parts if part.table]
        pictures = [dict(part.picture) for part in self.parts if part.picture]
        data = {"tables": tables, "pictures": pictures, "summary": dict(self.summary)}
        return {"text/html": self.html, "text/markdown": self.markdown, MIME: data}


def heading(text: str, level: int = 2) -> Part:
    """Return a heading."""
    return Part(f"<h{level}>{escape(printable(text))}</h{level}>", f"{'#' * level} {plain(text)}")


def prose(text: str, kind: str = "") -> Part:
    """Return a paragraph of plain text; `kind` is its class."""
    return Part(
        f'<p class="{kind}">{escape(printable(text))}</p>' if kind else f"<p>{escape(printable(text))}</p>", plain(text)
    )


def code(text: str, kind: str = "yaml") -> Part:
    """Return a text as it is, to be copied; a `kind` with ``fine`` is in small print on paper."""
    long = " long" if text.count("\n") > _LINES_TOGETHER else ""
    return Part(f'<pre class="{kind}{long}" tabindex="0">{escape(text)}</pre>', code_markdown(text))


def table(of: Table) -> Part:
    """Return a table."""
    return Part(of.html, of.markdown, of)


def picture(name: str, figure: Figure, alt: str, behind: Table | None = None) -> Part:
    """Return a figure, drawn, with the table `behind` it for exports.

    In Markdown it stands as ``![alt](picture:name)`` until it has a file.
    """
    drawn = {"name": name, "alt": alt, "svg": svg(figure, alt)}
    if "png" in os.environ.get(FORMATS, "").split(","):
        drawn["png"] = base64.b64encode(png(figure)).decode()
    return Part(f"<figure>{drawn['svg']}</figure>", f"![{plain(alt)}](picture:{quote(name)})", behind, drawn)
