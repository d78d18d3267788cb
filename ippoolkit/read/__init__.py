"""Reading: text to model, with every problem's file, line and field."""

from .collector import Reading
from .kubernetes_objects import to_model
from .read_files import load, read
from .scenario_document import scenario_schema
from .text_files import read_text

__all__ = ["Reading", "load", "read", "read_text", "scenario_schema", "to_model"]
