"""The one style sheet of planner and reports."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def stylesheet() -> str:
    """Return the style sheet of all pages; their parts look right inside an element of class ``ipk``."""
    return (files("ippoolkit.view") / "style.css").read_text(encoding="utf-8")


def styled_html(html: str) -> str:
    """Return a part of a page that stands alone, as the output of a notebook's cell: its style goes with it."""
    return f'<style>{stylesheet()}</style><div class="ipk ipk-cell">{html}</div>'
