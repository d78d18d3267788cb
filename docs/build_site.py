"""Build the documentation's site: the pages of this folder, the sample data, and the notebooks with what they show.

The site is static and opens from disk: SITE/index.html.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import nbformat
import papermill
from sphinx.cmd.build import build_main

ROOT = Path(__file__).parent.parent
# Reports of the sample clusters, and the place to explore, with their titles; the planners need a running kernel.
NOTEBOOKS = {
    "explore": "Ask your own questions",
    "capacity": "A capacity report",
    "audit": "An audit",
    "comparison": "Two designs compared",
    "choose": "A decision, worked out",
    "forecast": "A forecast",
}
_REDIRECT = (
    '<!doctype html><meta charset="utf-8"><title>ippoolkit</title>'
    '<meta http-equiv="refresh" content="0; url=docs/index.html">'
    '<a href="docs/index.html">ippoolkit</a>\n'
)


def build(site: Path, notebooks: Iterable[str] = NOTEBOOKS) -> int:
    """Write the site to a folder; return Sphinx' exit status, not 0 if there is anything to warn of."""
    with tempfile.TemporaryDirectory(prefix="ippoolkit-docs-") as temporary:
        source = Path(temporary)
        for name in ("docs", "data"):
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        shutil.copyfile(ROOT / "docs/conf.py", source / "conf.py")
        for name in ("README.md", "CONTRIBUTING.md"):  # pages refer to them
            shutil.copyfile(ROOT / name, source / name)
        (source / "notebooks").mkdir()
        for name in notebooks:
            target = source / f"notebooks/{name}.ipynb"
            notebook = papermill.execute_notebook(
                str(ROOT / f"notebooks/{name}.ipynb"), str(target), cwd=str(ROOT / "notebooks"), progress_bar=False
            )
            if not any(map(_is_title, notebook.cells)):  # without one, no list of pages shows it
                notebook.cells.insert(0, nbformat.v4.new_markdown_cell(f"# {NOTEBOOKS[name]}"))
                nbformat.write(notebook, target)
        status = build_main(["-b", "html", "-q", "-W", "--keep-going", str(source), str(site)])
    (site / "index.html").write_text(_REDIRECT, encoding="utf-8")
    return status


def _is_title(cell: nbformat.NotebookNode) -> bool:
    """Whether a cell is a page's title, and on the page."""
    return cell.cell_type == "markdown" and cell.source.startswith("# ") and "remove-cell" not in cell.metadata.tags


if __name__ == "__main__":
    sys.exit(build(Path(sys.argv[1])))
