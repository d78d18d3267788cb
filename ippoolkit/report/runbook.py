"""The files of a runbook: a page, Markdown, the script, the manifests."""

from __future__ import annotations

from collections.abc import Iterable

from ..change import script
from .pieces.change import ChangeReport
from .pieces.piece import Piece
from .run import Executed


def runbook_files(report: ChangeReport) -> dict[str, str]:
    """Return the files of a runbook that was issued, by their paths in its folder."""
    from .formats.html import html
    from .formats.markdown import markdown

    shown = executed(report.pieces())
    made = {
        "runbook.html": html(shown, report.told.title, report.lang),
        "runbook.md": markdown(shown, {}),
        "runbook.sh": script(report.told),
    }
    return made | report.told.manifests


def runbook_text(report: ChangeReport) -> str:
    """Return a runbook as Markdown; of one that is refused the reason and the better plan."""
    from .formats.markdown import markdown

    return markdown(executed(report.pieces()), {})


def executed(pieces: Iterable[Piece]) -> Executed:
    """Return pieces as a notebook that was run would have them, without running one."""
    from .template import load_nbformat

    v4 = load_nbformat().v4
    outputs = [v4.new_output("display_data", piece._repr_mimebundle_()) for piece in pieces if piece.parts]
    return Executed(v4.new_notebook(cells=[v4.new_code_cell(outputs=[output]) for output in outputs]))
