"""The one style sheet of planner and reports."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def stylesheet() -> str:
    """Return the style sheet of all pieces; they look right inside an element of class ``ipk``."""
    return (files("ippoolkit.view") / "style.css").read_text(encoding="utf-8")
