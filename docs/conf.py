"""Sphinx makes the documentation's site of these pages: static, and it opens from disk."""

project = "ippoolkit"
author = "the ippoolkit authors"
extensions = ["myst_nb"]
html_theme = "furo"
html_title = "ippoolkit"
root_doc = "docs/index"
html_copy_source = False
html_show_sourcelink = False
templates_path: list[str] = []
html_static_path = ["docs/static"]
html_css_files = ["site.css"]
html_show_copyright = False
smartquotes = False  # --each stays --each
myst_heading_anchors = 3
# The notebooks are executed by `make docs`, so that the site shows what they show.
nb_execution_mode = "off"
nb_merge_streams = True
suppress_warnings = ["mystnb.unknown_mime_type", "toc.no_title", "toc.not_included"]  # reports have titles of their own
