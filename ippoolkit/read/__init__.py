"""Reading: text to model, with every problem's file, line and field."""

from .files import load, read
from .harvest import Reading
from .objects import as_model
from .scenario import schema
from .text import read_text

__all__ = ["Reading", "as_model", "load", "read", "read_text", "schema"]
