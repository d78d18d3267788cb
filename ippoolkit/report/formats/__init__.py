"""What a report is made as: a module for each format, a function from a notebook that was run to bytes."""

FORMATS = ("html", "pdf", "xlsx", "md", "png", "svg")

__all__ = ["FORMATS"]
