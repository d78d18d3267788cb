"""Reports: notebooks run by papermill, rendered as pages."""

from .run import make_report, own_notebook

__all__ = ["make_report", "own_notebook"]
