"""The planner's own style: how JupyterLab's widgets are laid out."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def planner_style() -> str:
    """Return the style sheet of the planner, to go behind that of all pieces."""
    return (files("ippoolkit.widgets") / "planner.css").read_text(encoding="utf-8")
