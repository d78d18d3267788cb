"""The files of a runbook: a page, Markdown, the script, the manifests."""

from __future__ import annotations

from collections.abc import Iterable

from ..change import runbook_script
from .execution import ExecutedNotebook
from .sections.runbook_report import RunbookReport
from .sections.section import Section


def render_runbook_files(report: RunbookReport) -> dict[str, str]:
    """Return the files of a runbook that was issued, by their paths in its folder."""
    from .formats.html_page import render_html
    from .formats.markdown_document import render_markdown

    executed_notebook = as_executed_notebook(report.sections())
    files = {
        "runbook.html": render_html(executed_notebook, report.rendered.title, report.lang),
        "runbook.md": render_markdown(executed_notebook, {}),
        "runbook.sh": runbook_script(report.rendered),
    }
    return files | report.rendered.manifests


def render_runbook_markdown(report: RunbookReport) -> str:
    """Return a runbook as Markdown; of one that is refused the reason and the better plan."""
    from .formats.markdown_document import render_markdown

    return render_markdown(as_executed_notebook(report.sections()), {})


def as_executed_notebook(sections: Iterable[Section]) -> ExecutedNotebook:
    """Return sections as a notebook that was run would have them, without running one."""
    from nbformat import v4

    outputs = [v4.new_output("display_data", section._repr_mimebundle_()) for section in sections if section.parts]
    return ExecutedNotebook(v4.new_notebook(cells=[v4.new_code_cell(outputs=[output]) for output in outputs]))
