"""A change of pools in a notebook: choose it, and its rehearsal, its steps and what is to be known follow."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as ipw
from IPython.display import HTML, display

from ..change import Change, runbook, script
from ..change.asked import MOST_BATCHES, asked
from ..change.steps import PARTS
from ..errors import InputError
from ..findings import N_, Language, language
from ..ipam import bulk
from ..ipam.compiler import is_cold
from ..limits import block_sizes
from ..read.cluster import read_cluster
from ..report.mime import FORMATS
from ..report.pieces.change import ChangeReport
from ..report.pieces.piece import Piece
from ..view.look import style as shared_style
from .planner import COMPILING
from .report_page import ReportPage
from .surfaces import Form, pane, style

# The form's fields: name, kind, label, help.
_FIELDS = (
    (N_("What is changed"), (
        ("change", "select", N_("Change"), N_("What is to be done with the pool.")),
        ("pool", "select", N_("Pool"), N_("The pool that is changed or left.")),
        ("to", "slider", N_("New blockSize"), N_("Of split: the prefix length of the parts.")),
        ("cidr", "text", N_("Range of the new pool"), N_("Chosen if left empty, inside the cluster CIDR.")),
        ("temporary", "text", N_("Range of the temporary pool"), N_("Chosen if left empty.")),
        ("new-name", "text", N_("Name of the new pool"), N_("Made from the old one's if left empty.")),
    )),
    (N_("How it is done"), (
        ("install", "select", N_("Calico was installed by"),
         N_("The operator and Kubespray put back what is not written where they look.")),
        ("order", "select", N_("Pods are recreated"),
         N_("Always by rollouts or evictions; no pod is deleted outright.")),
        ("batches", "slider", N_("Groups at most"), N_("Between groups of pods the script stops for a look.")),
        ("short", "check", N_("Short form, for people who know"), ""),
    )),
)  # fmt: skip
_WORDS = {
    "block-size": N_("change its blockSize"), "migrate": N_("move to another pool"), "split": N_("split it"),
    "grow": N_("add a pool beside it"), "retire": N_("take it out of service"),
    "manifest": N_("a manifest"), "operator": N_("the Tigera operator"), "kubespray": N_("Kubespray"),
    "namespace": N_("namespace by namespace"), "workload": N_("kind of workload by kind"), "node": N_("node by node"),
}  # fmt: skip
_CHOICES = {
    "change": ("block-size", "migrate", "split", "grow", "retire"),
    "install": ("manifest", "operator", "kubespray"),
    "order": ("namespace", "workload", "node"),
}
# Which changes have which field.
_OF = {
    "to": ("block-size", "migrate", "split", "grow"), "cidr": ("migrate", "grow"), "new-name": ("migrate", "grow"),
    "temporary": ("block-size", "split"), "order": ("block-size", "migrate", "split", "retire"),
    "batches": ("block-size", "migrate", "split", "retire"),
}  # fmt: skip


class ChangePlanner(ipw.VBox):  # type: ignore[misc]
    """A change of a cluster's pools: move the fields, and its rehearsal follows. In a report it is the runbook.

    Parameters
    ----------
    files
        Folders and files of a cluster, or one of these.
    change, pool, to, cidr, temporary, name, install, order, batches
        What is to be changed, as `ippoolkit.change.asked.asked` takes it.
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
        self.words = language(lang)
        self.lang, self.date = lang, date
        paths = [files] if isinstance(files, str | Path) else list(files)
        self.cluster_scenario = read_cluster(*paths).scenario
        self.values: dict[str, Any] = {
            "change": change, "pool": pool, "to": to, "cidr": cidr, "temporary": temporary, "new-name": name,
            "install": install, "order": order, "batches": batches, "short": short,
        }  # fmt: skip
        waiting = _tell_of_compiling(self.words)
        self.report = self._rehearse()
        if waiting is not None:
            waiting.update(HTML(""))  # type: ignore[no-untyped-call]
        self.values["pool"] = self.report.made.change.pool
        self._form = Form(sections=self._layout()).add_class("ipk-controls")
        self._status, self._verdict = ipw.HTML().add_class("ipk-status"), pane()
        self._pages: list[tuple[str, Any, Callable[[], str]]] = [
            (N_("Timeline"), pane("ipk-timeline"), lambda: self.report.timeline().html),
            (N_("Findings"), pane("ipk-findings"), lambda: self.report.findings().html),
            (N_("Before"), pane("ipk-before"), lambda: self.report.before().html),
            (N_("Steps"), pane("ipk-change-steps"), lambda: self.report.steps().html),
            (N_("Files"), pane("ipk-manifest"), self._files),
        ]
        self._report_page = ReportPage(
            self.words, lambda: self.cluster_scenario, N_("One file with this very runbook."), self._options
        )
        children = [*(widget for _, widget, _ in self._pages), self._report_page.pane]
        self._tabs = ipw.Tab(children, selected_index=0).add_class("ipk-tabs")
        self._tabs.titles = [
            self.words.text(title) for title in (*(title for title, _, _ in self._pages), N_("Report"))
        ]
        self._tabs.observe(lambda _: self._show_tab(), "selected_index")
        self._form.on_msg(self._on_field)
        result = ipw.VBox([self._verdict, self._status, self._tabs]).add_class("ipk-result")
        body = ipw.HBox([self._form, result]).add_class("ipk-body")
        super().__init__([ipw.HTML(f"<style>{shared_style()}{style()}</style>"), body])
        self.add_class("ipk").add_class("ipk-planner")
        self._show()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Be the runbook itself where the notebook makes a report."""
        if FORMATS not in os.environ:
            return super()._repr_mimebundle_(**kwargs)
        pieces = self.report.pieces()
        summary = {key: value for piece in pieces for key, value in piece.summary.items()}
        return Piece(tuple(part for piece in pieces for part in piece.parts), summary)._repr_mimebundle_()

    def set(self, name: str, value: Any) -> None:
        """Give a field a value, as if it was typed: the rehearsal follows, or the field says what is wrong with it."""
        before = dict(self.values)
        self.values[name] = value
        if name in ("change", "pool"):
            self.values["to"] = 0  # of another pool or kind of change the number means something else
        self._status.value = f'<p role="status">{escape(self.words.text(_BUSY))}</p>'
        try:
            self.report = self._rehearse()
        except InputError as error:
            self.values = before
            shown = self._state()
            shown[name] = {**shown[name], "error": error.describe(self.lang)}
            self._form.state = shown
            self._status.value = f'<p role="alert">{escape(self.words.text(_KEPT))}</p>'
            return
        self._show()

    # ---- what comes from the page

    def _on_field(self, _: Any, message: dict[str, Any], __: Any) -> None:
        name = message.get("name", "")
        try:
            if name in self.values:
                self.set(name, message.get("value"))
        finally:
            self._form.send({"done": message.get("number", 0)})

    # ---- what goes to the page

    def _rehearse(self) -> ChangeReport:
        values = {name: value for name, value in self.values.items() if name != "short"}
        kind = str(values.pop("change"))
        values |= {name: "" for name in ("cidr", "temporary", "new-name") if kind not in _OF[name]}
        values["name"] = values.pop("new-name")
        values["batches"], values["to"] = int(values["batches"]), int(values["to"])
        wanted = asked(self.cluster_scenario.cluster, kind, **values)
        made = runbook(self.cluster_scenario, wanted)
        return ChangeReport(made, self.lang, self.date, short=bool(self.values["short"]))

    def _show(self) -> None:
        self._verdict.html = self.report.verdict().html
        self._form.state = self._state()
        self._status.value = ""
        self._show_tab()

    def _show_tab(self) -> None:
        index = self._tabs.selected_index
        if index is not None and index < len(self._pages):
            _, widget, page = self._pages[index]
            empty = f'<p class="ipk-empty">{escape(self.words.text(_EMPTY))}</p>'
            widget.html = page() or empty

    def _files(self) -> str:
        if not self.report.made.issued:
            return ""
        texts = {**self.report.told.manifests, "runbook.sh": script(self.report.told)}
        copy, download = (escape(self.words.text(each)) for each in (N_("Copy"), N_("Download")))
        return "".join(
            f'<h3>{escape(name)}</h3><p class="ipk-buttons"><button type="button" data-copy="{at}">{copy}</button>'
            f'<button type="button" data-download="{escape(Path(name).name)}" data-of="{at}">{download}</button></p>'
            f'<pre class="yaml" tabindex="0" data-text="{at}">{escape(text)}</pre>'
            for at, (name, text) in enumerate(texts.items())
        )

    def _options(self) -> dict[str, Any]:
        """Return how a report of what stands here is made."""
        change = self.report.made.change
        texts = {"cidr": str(change.cidr or ""), "temporary": str(change.temporary or "")}
        parameters = {**self.values, **texts, "to": change.prefix if change.kind == "split" else change.size}
        parameters["name"] = parameters.pop("new-name")
        return {"template": "change", "parameters": parameters}

    def _layout(self) -> list[dict[str, Any]]:
        say = self.words.text
        return [
            {
                "title": say(title),
                "folded": False,
                "fields": [
                    {
                        "name": name,
                        "kind": kind,
                        "label": say(label),
                        "help": say(help_) if help_ else "",
                        "source": None,
                    }
                    for name, kind, label, help_ in fields
                ],
            }
            for title, fields in _FIELDS
        ]

    def _state(self) -> dict[str, dict[str, Any]]:
        change = self.report.made.change
        shown: dict[str, dict[str, Any]] = {name: {"value": value} for name, value in self.values.items()}
        for name, choices in _CHOICES.items():
            shown[name]["options"] = [[each, self.words.text(_WORDS[each])] for each in choices]
        pools = [pool.name for pool in self.cluster_scenario.cluster.pools]
        shown["pool"]["options"] = sorted(pools)
        shown["batches"] |= {"min": 1, "max": 20 if change.batches <= 20 else MOST_BATCHES}
        shown["to"] |= self._sizes(change)
        for name, chosen in (("cidr", change.cidr), ("temporary", change.temporary)):
            told = (
                self.words.say(N_("chosen: {cidr}"), {"cidr": str(chosen)}) if chosen and not self.values[name] else ""
            )
            shown[name]["hint"] = told
        for name, kinds in _OF.items():
            shown[name]["hidden"] = change.kind not in kinds
        return shown

    def _sizes(self, change: Change) -> dict[str, Any]:
        old = next((pool for pool in self.cluster_scenario.cluster.pools if pool.name == change.pool), None)
        if old is None:
            return {"hidden": True}
        if change.kind == "split":
            low, high, value = old.cidr.prefix + 1, min(old.cidr.prefix + PARTS, old.block_size), change.prefix
        else:
            sizes = block_sizes(old.version, (change.cidr or old.cidr).prefix)
            low, high, value = sizes.start, sizes.stop - 1, change.size or old.block_size
        return {"value": value, "min": low, "max": high}


def _tell_of_compiling(words: Language) -> Any:
    """Say, where the engine is to be compiled first, that this takes a while; return what can take that back."""
    if FORMATS in os.environ or not is_cold(bulk.run):
        return None
    told = HTML(f"<p>{escape(words.text(COMPILING))}</p>")  # type: ignore[no-untyped-call]
    return display(told, display_id=True)  # type: ignore[no-untyped-call]


_KEPT = N_("Shown is the last result that could be computed.")
_BUSY = N_("Rehearsing…")
_EMPTY = N_("Nothing here: the change is refused.")
