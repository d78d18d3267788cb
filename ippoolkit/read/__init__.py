"""Reading: text to model, with every problem's file, line and field."""

from .kubernetes_objects import to_model
from .reading import Reading, load, read, recognize
from .scenario_document import scenario_schema

__all__ = ["Reading", "load", "read", "recognize", "scenario_schema", "to_model"]
