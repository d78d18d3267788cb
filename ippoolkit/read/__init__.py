"""Reading: text to model, with every problem's file, line and field."""

from .kubernetes_objects import to_model
from .reader import load, read
from .reading import Reading
from .scenario_document import scenario_schema
from .text_reader import recognize

__all__ = ["Reading", "load", "read", "recognize", "scenario_schema", "to_model"]
