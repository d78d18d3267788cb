"""A change of pools in a notebook: choose it; its rehearsal, its steps and what to check before follow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from IPython.display import HTML, display

from ..change import runbook, runbook_script
from ..findings import N_, Language, get_language
from ..ipam.compilation import needs_compiling
from ..read import read
from ..report.run_context import current_run
from ..report.sections.runbook_report import RunbookReport
from ..report.sections.section import Section
from .change_fields import SECTIONS, ChangeRequest
from .form_planner import FormPlanner, TabPage
from .pane_html import COMPILING_MESSAGE, code_block_html, message_html
from .report_tab import ReportTab


class ChangePlanner(FormPlanner[ChangeRequest]):
    """A change of a cluster's pools: move the fields, and its rehearsal follows. In a report it is the runbook.

    Parameters
    ----------
    files
        Folders and files of a cluster, or one of these.
    change, pool, to, cidr, temporary, name, install, order, batches
        What is to be changed, as `ippoolkit.change.change_arguments.parse_change` takes it.
    short
        Whether explanations are left out.
    lang
        Language: ``en`` or ``zh``.
    date
        Date that a report prints.

    Raises
    ------
    InputError
        Where the cluster cannot be read, or the change that is asked for is not one.
    """

    def __init__(
        self,
        files: str | Path | Sequence[str | Path],
        *,
        change: str = "block-size",
        pool: str = "",
        to: int = 0,
        cidr: str = "",
        temporary: str = "",
        name: str = "",
        install: str = "manifest",
        order: str = "namespace",
        batches: int = 4,
        short: bool = False,
        lang: str = "en",
        date: str = "",
    ) -> None:
        self.lang, self.date = lang, date
        language = get_language(lang)
        paths = [files] if isinstance(files, str | Path) else list(files)
        request = ChangeRequest(
            read(*paths).scenario, change, pool, to, cidr, temporary, name, install, order, batches, short=short
        )
        notice = _show_compiling_notice(language)
        self.report = self._rehearse(request)
        if notice is not None:
            notice.update(HTML(""))
        super().__init__(SECTIONS, language, request)
        self._refresh()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Be the runbook itself where the notebook makes a report."""
        if current_run() is None:
            return super()._repr_mimebundle_(**kwargs)
        sections = self.report.sections()
        summary = {key: value for section in sections for key, value in section.summary.items()}
        return Section(tuple(part for section in sections for part in section.parts), summary)._repr_mimebundle_()

    def _apply(self, state: ChangeRequest) -> None:
        self._show_notice(self.language.translate(N_("Rehearsing…")), kind="info")
        self.report = self._rehearse(state)
        self._state = state
        self._refresh()

    def _rehearse(self, request: ChangeRequest) -> RunbookReport:
        rehearsed = runbook(request.scenario, request.change)
        return RunbookReport(rehearsed, self.lang, self.date, short=request.short)

    def _refresh(self) -> None:
        self._verdict.html = self.report.verdict().html
        self._form.state = self._field_states()
        self._show_notice("")
        self._refresh_tab()

    def _tab_pages(self) -> Iterable[TabPage]:
        self._report_tab = ReportTab(
            self.language, lambda: self._state.scenario, N_("One file with this runbook."), self._report_options
        )
        pages = (
            (N_("Timeline"), "ipk-timeline", lambda: self.report.timeline().html),
            (N_("Findings"), "ipk-findings", lambda: self.report.findings().html),
            (N_("Before"), "ipk-before", lambda: self.report.before().html),
            (N_("Steps"), "ipk-change-steps", lambda: self.report.steps().html),
            (N_("Files"), "ipk-manifest", self._files_html),
        )
        return (
            *(
                self._html_page(title, css_class, partial(self._page_html, render))
                for title, css_class, render in pages
            ),
            TabPage(N_("Report"), self._report_tab.pane, lambda: None),
        )

    def _page_html(self, render: Callable[[], str]) -> str:
        """Return a part of the runbook, or say that a refused change has none."""
        return render() or message_html(self.language.translate(N_("Nothing to show: the change is refused.")))

    def _files_html(self) -> str:
        if not self.report.runbook.is_issued:
            return ""
        texts = {**self.report.rendered.manifests, "runbook.sh": runbook_script(self.report.rendered)}
        return "".join(code_block_html(name, text, self.language, has_title=True) for name, text in texts.items())

    def _report_options(self) -> dict[str, Any]:
        """Return how a report of what stands here is made."""
        return {"template": "change", "parameters": self._state.report_parameters(self.report.runbook.change)}


def _show_compiling_notice(language: Language) -> Any:
    """Say, where the engine is to be compiled first, that this takes a while; return what can take that back."""
    if current_run() is not None or not needs_compiling():
        return None
    return display(HTML(message_html(language.translate(COMPILING_MESSAGE))), display_id=True)
