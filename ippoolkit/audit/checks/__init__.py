"""The checks of an audit: one function each, in the order in which their findings matter to people."""

from .order import CHECKS, Check
from .site import Site

__all__ = ["CHECKS", "Check", "Site"]
