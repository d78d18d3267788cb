"""Reading: text to model, with every problem's file, line and field."""

from .files import Reading, load, read
from .scenario import schema

__all__ = ["Reading", "load", "read", "schema"]
