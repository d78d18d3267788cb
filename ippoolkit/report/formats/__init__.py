"""What a report is written as: a module for each format, a function from an executed notebook to bytes."""

FORMATS = ("html", "pdf", "xlsx", "md", "png", "svg")
PICTURE_FORMATS = ("png", "svg")  # a file for each picture

__all__ = ["FORMATS", "PICTURE_FORMATS"]
