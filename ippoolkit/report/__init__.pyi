from .batch import BatchResult, ReportFailure, ReportSuccess, make_report, make_reports
from .formats import FORMATS
from .templates import builtin_notebook, builtin_templates, find_template

__all__ = [
    "FORMATS",
    "BatchResult",
    "ReportFailure",
    "ReportSuccess",
    "builtin_notebook",
    "builtin_templates",
    "find_template",
    "make_report",
    "make_reports",
]
