from .batch import Batch, Failed, Made, make_report, make_reports
from .formats import FORMATS
from .redact import redacted
from .template import find_template, own_notebook, own_templates

__all__ = [
    "FORMATS",
    "Batch",
    "Failed",
    "Made",
    "find_template",
    "make_report",
    "make_reports",
    "own_notebook",
    "own_templates",
    "redacted",
]
