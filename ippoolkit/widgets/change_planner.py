"""A change of pools in a notebook: choose it, and its rehearsal, its steps and what is to be known follow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as ipw
from IPython.display import HTML, display

from ..calico.limits import allowed_block_sizes
from ..change import Change, runbook, runbook_script
from ..change.change_arguments import MAX_BATCHES, parse_change
from ..change.steps import MAX_SPLIT_BITS
from ..errors import InputError
from ..findings import N_, Language, get_language
from ..ipam import batch_events
from ..ipam.compilation import needs_compiling
from ..read import read
from ..report.run_context import current_run
from ..report.sections.runbook_report import RunbookReport
from ..report.sections.section import Section
from ..view.stylesheet import stylesheet as shared_style
from .planner import COMPILING_MESSAGE
from .report_tab import ReportTab
from .widgets_js import Form, html_pane, planner_stylesheet

# The form's fields: name, kind, label, help.
_FIELDS = (
    (
        N_("What is changed"),
        (
            ("change", "select", N_("Change"), N_("What to do with the pool.")),
            ("pool", "select", N_("Pool"), N_("The pool to change or leave.")),
            ("to", "slider", N_("New blockSize"), N_("For a split: the prefix length of the parts.")),
            ("cidr", "text", N_("Range of the new pool"), N_("Chosen if left empty, inside the cluster CIDR.")),
            ("temporary", "text", N_("Range of the temporary pool"), N_("Chosen if left empty.")),
            ("new-name", "text", N_("Name of the new pool"), N_("Derived from the old pool's name if left empty.")),
        ),
    ),
    (
        N_("How it is done"),
        (
            (
                "install",
                "select",
                N_("Calico was installed by"),
                N_("The operator and Kubespray revert changes that are not made in their own configuration."),
            ),
            (
                "order",
                "select",
                N_("Pods are recreated"),
                N_("Always by rollouts or evictions; pods are never deleted directly."),
            ),
            ("batches", "slider", N_("Groups at most"), N_("The script pauses between groups of pods for a check.")),
            ("short", "check", N_("Short form, for experts"), ""),
        ),
    ),
)
_CHOICE_LABELS = {
    "block-size": N_("change its blockSize"),
    "migrate": N_("move to another pool"),
    "split": N_("split it"),
    "grow": N_("add a pool beside it"),
    "retire": N_("take it out of service"),
    "manifest": N_("a manifest"),
    "operator": N_("the Tigera operator"),
    "kubespray": N_("Kubespray"),
    "namespace": N_("by namespace"),
    "workload": N_("by kind of workload"),
    "node": N_("by node"),
}
_CHOICES = {
    "change": ("block-size", "migrate", "split", "grow", "retire"),
    "install": ("manifest", "operator", "kubespray"),
    "order": ("namespace", "workload", "node"),
}
# Which changes have which field.
_CHANGES_WITH_FIELD = {
    "to": ("block-size", "migrate", "split", "grow"),
    "cidr": ("migrate", "grow"),
    "new-name": ("migrate", "grow"),
    "temporary": ("block-size", "split"),
    "order": ("block-size", "migrate", "split", "retire"),
    "batches": ("block-size", "migrate", "split", "retire"),
}


class ChangePlanner(ipw.VBox):  # type: ignore[misc]
    """A change of a cluster's pools: move the fields, and its rehearsal follows. In a report it is the runbook.

    Parameters
    ----------
    files
        Folders and files of a cluster, or one of these.
    change, pool, to, cidr, temporary, name, install, order, batches
        What is to be changed, as `ippoolkit.change.change_arguments.asked` takes it.
    short
        Whether explanations are left out.
    lang
        Language: ``en`` or ``zh``.
    date
        Date that a report prints.

    Raises
    ------
    InputError
        Where the cluster cannot be read, or what is asked for is no change.
    """

    def __init__(  # noqa: PLR0917 (a notebook's parameters)
        self,
        files: str | Path | Sequence[str | Path],
        change: str = "block-size",
        pool: str = "",
        to: int = 0,
        cidr: str = "",
        temporary: str = "",
        name: str = "",
        install: str = "manifest",
        order: str = "namespace",
        batches: int = 4,
        short: bool = False,  # noqa: FBT001, FBT002
        lang: str = "en",
        date: str = "",
    ) -> None:
        self.words = get_language(lang)
        self.lang, self.date = lang, date
        paths = [files] if isinstance(files, str | Path) else list(files)
        self.cluster_scenario = read(*paths).scenario
        self.values: dict[str, Any] = {
            "change": change,
            "pool": pool,
            "to": to,
            "cidr": cidr,
            "temporary": temporary,
            "new-name": name,
            "install": install,
            "order": order,
            "batches": batches,
            "short": short,
        }
        notice = _show_compiling_notice(self.words)
        self.report = self._rehearse()
        if notice is not None:
            notice.update(HTML(""))  # type: ignore[no-untyped-call]
        self.values["pool"] = self.report.runbook.change.pool
        self._form = Form(sections=self._form_layout()).add_class("ipk-controls")
        self._status, self._verdict = ipw.HTML().add_class("ipk-status"), html_pane()
        self._pages: list[tuple[str, Any, Callable[[], str]]] = [
            (N_("Timeline"), html_pane("ipk-timeline"), lambda: self.report.timeline().html),
            (N_("Findings"), html_pane("ipk-findings"), lambda: self.report.findings().html),
            (N_("Before"), html_pane("ipk-before"), lambda: self.report.before().html),
            (N_("Steps"), html_pane("ipk-change-steps"), lambda: self.report.steps().html),
            (N_("Files"), html_pane("ipk-manifest"), self._files_html),
        ]
        self._report_page = ReportTab(
            self.words, lambda: self.cluster_scenario, N_("One file with this runbook."), self._report_options
        )
        children = [*(widget for _, widget, _ in self._pages), self._report_page.pane]
        self._tabs = ipw.Tab(children, selected_index=0).add_class("ipk-tabs")
        self._tabs.titles = [
            self.words.translate(title) for title in (*(title for title, _, _ in self._pages), N_("Report"))
        ]
        self._tabs.observe(lambda _: self._refresh_tab(), "selected_index")
        self._form.on_msg(self._on_field)
        result = ipw.VBox([self._verdict, self._status, self._tabs]).add_class("ipk-result")
        body = ipw.HBox([self._form, result]).add_class("ipk-body")
        super().__init__([ipw.HTML(f"<style>{shared_style()}{planner_stylesheet()}</style>"), body])
        self.add_class("ipk").add_class("ipk-planner")
        self._refresh()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Be the runbook itself where the notebook makes a report."""
        if current_run() is None:
            return super()._repr_mimebundle_(**kwargs)
        sections = self.report.sections()
        summary = {key: value for section in sections for key, value in section.summary.items()}
        return Section(tuple(block for section in sections for block in section.parts), summary)._repr_mimebundle_()

    def set(self, name: str, value: Any) -> None:
        """Give a field a value, as if it was typed: the rehearsal follows, or the field says what is wrong with it."""
        before = dict(self.values)
        self.values[name] = value
        if name in ("change", "pool"):
            self.values["to"] = 0  # of another pool or kind of change the number means something else
        self._status.value = f'<p role="status">{escape(self.words.translate(_REHEARSING))}</p>'
        try:
            self.report = self._rehearse()
        except InputError as error:
            self.values = before
            field_states = self._field_states()
            field_states[name] = {**field_states[name], "error": error.describe(self.lang)}
            self._form.state = field_states
            self._status.value = f'<p role="alert">{escape(self.words.translate(_LAST_RESULT_KEPT))}</p>'
            return
        self._refresh()

    # ---- what comes from the page

    def _on_field(self, _: Any, message: dict[str, Any], __: Any) -> None:
        name = message.get("name", "")
        try:
            if name in self.values:
                self.set(name, message.get("value"))
        finally:
            self._form.send({"done": message.get("number", 0)})

    # ---- what goes to the page

    def _rehearse(self) -> RunbookReport:
        values = {name: value for name, value in self.values.items() if name != "short"}
        kind = str(values.pop("change"))
        values |= {name: "" for name in ("cidr", "temporary", "new-name") if kind not in _CHANGES_WITH_FIELD[name]}
        values["name"] = values.pop("new-name")
        values["batches"], values["to"] = int(values["batches"]), int(values["to"])
        change = parse_change(self.cluster_scenario.cluster, kind, **values)
        rehearsed = runbook(self.cluster_scenario, change)
        return RunbookReport(rehearsed, self.lang, self.date, short=bool(self.values["short"]))

    def _refresh(self) -> None:
        self._verdict.html = self.report.verdict().html
        self._form.state = self._field_states()
        self._status.value = ""
        self._refresh_tab()

    def _refresh_tab(self) -> None:
        index = self._tabs.selected_index
        if index is not None and index < len(self._pages):
            _, widget, render_page = self._pages[index]
            empty_text = f'<p class="ipk-empty">{escape(self.words.translate(_CHANGE_REFUSED))}</p>'
            widget.html = render_page() or empty_text

    def _files_html(self) -> str:
        if not self.report.runbook.is_issued:
            return ""
        texts = {**self.report.rendered.manifests, "runbook.sh": runbook_script(self.report.rendered)}
        copy, download = (escape(self.words.translate(label)) for label in (N_("Copy"), N_("Download")))
        return "".join(
            f'<h3>{escape(name)}</h3><p class="ipk-buttons"><button type="button" data-copy="{index}">{copy}</button>'
            f'<button type="button" data-download="{escape(Path(name).name)}" data-of="{index}">{download}</button></p>'
            f'<pre class="yaml" tabindex="0" data-text="{index}">{escape(text)}</pre>'
            for index, (name, text) in enumerate(texts.items())
        )

    def _report_options(self) -> dict[str, Any]:
        """Return how a report of what stands here is made."""
        change = self.report.runbook.change
        texts = {"cidr": str(change.cidr or ""), "temporary": str(change.temporary_cidr or "")}
        parameters = {**self.values, **texts, "to": change.prefix if change.kind == "split" else change.block_size}
        parameters["name"] = parameters.pop("new-name")
        return {"template": "change", "parameters": parameters}

    def _form_layout(self) -> list[dict[str, Any]]:
        translate = self.words.translate
        return [
            {
                "title": translate(title),
                "folded": False,
                "fields": [
                    {
                        "name": name,
                        "kind": kind,
                        "label": translate(label),
                        "help": translate(help_text) if help_text else "",
                        "source": None,
                    }
                    for name, kind, label, help_text in fields
                ],
            }
            for title, fields in _FIELDS
        ]

    def _field_states(self) -> dict[str, dict[str, Any]]:
        change = self.report.runbook.change
        states: dict[str, dict[str, Any]] = {name: {"value": value} for name, value in self.values.items()}
        for name, choices in _CHOICES.items():
            states[name]["options"] = [[choice, self.words.translate(_CHOICE_LABELS[choice])] for choice in choices]
        pools = [pool.name for pool in self.cluster_scenario.cluster.pools]
        states["pool"]["options"] = sorted(pools)
        states["batches"] |= {"min": 1, "max": 20 if change.batches <= 20 else MAX_BATCHES}
        states["to"] |= self._size_bounds(change)
        for name, chosen in (("cidr", change.cidr), ("temporary", change.temporary_cidr)):
            hint = (
                self.words.render(N_("chosen: {cidr}"), {"cidr": str(chosen)})
                if chosen and not self.values[name]
                else ""
            )
            states[name]["hint"] = hint
        for name, kinds in _CHANGES_WITH_FIELD.items():
            states[name]["hidden"] = change.kind not in kinds
        return states

    def _size_bounds(self, change: Change) -> dict[str, Any]:
        old_pool = next((pool for pool in self.cluster_scenario.cluster.pools if pool.name == change.pool), None)
        if old_pool is None:
            return {"hidden": True}
        if change.kind == "split":
            low, high, value = (
                old_pool.cidr.prefix + 1,
                min(old_pool.cidr.prefix + MAX_SPLIT_BITS, old_pool.block_size),
                change.prefix,
            )
        else:
            sizes = allowed_block_sizes(old_pool.version, (change.cidr or old_pool.cidr).prefix)
            low, high, value = sizes.start, sizes.stop - 1, change.block_size or old_pool.block_size
        return {"value": value, "min": low, "max": high}


def _show_compiling_notice(words: Language) -> Any:
    """Say, where the engine is to be compiled first, that this takes a while; return what can take that back."""
    if current_run() is not None or not needs_compiling(batch_events.run_events):
        return None
    notice = HTML(f"<p>{escape(words.translate(COMPILING_MESSAGE))}</p>")  # type: ignore[no-untyped-call]
    return display(notice, display_id=True)  # type: ignore[no-untyped-call]


_LAST_RESULT_KEPT = N_("Showing the last valid result.")
_REHEARSING = N_("Rehearsing…")
_CHANGE_REFUSED = N_("Nothing to show: the change is refused.")
