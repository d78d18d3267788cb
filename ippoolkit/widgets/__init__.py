"""The planner in a notebook; the only room that knows ipywidgets."""

from .planner import Planner

__all__ = ["Planner"]
