"""What reports say: a class for each template, whose methods are the cells of its notebook."""

from .capacity import Report
from .comparison import Comparison
from .fleet import Fleet

__all__ = ["Comparison", "Fleet", "Report"]
