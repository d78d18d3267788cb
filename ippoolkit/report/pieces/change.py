"""What a runbook says: each method of `ChangeReport` is one cell of its notebook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from ...change import COUNTS, Runbook, ToldStep, runbook, title, told
from ...change.asked import asked
from ...figures.change import timeline as draw
from ...findings import N_, Severity, printable
from ...read.cluster import read_cluster
from ...view.html import boxes_html, grid_html, render
from ...view.markdown import code_markdown, plain, table_markdown
from .page import Page
from .piece import Part, Piece, code, heading, picture, prose, table
from .table import Table

HEADINGS = {
    "pool": N_("pool"), "pods": N_("pods"), "tunnels": N_("tunnels"), "blocks": N_("blocks"), "empty": N_("empty"),
    "free": N_("free"), "borrowed": N_("borrowed"), "routes": N_("routes"),
}  # fmt: skip
KINDS = {
    "manifest": N_("installed by manifest"), "operator": N_("installed by the Tigera operator"),
    "kubespray": N_("installed by Kubespray"),
}  # fmt: skip
MOST_ROWS = 120  # of the timeline, on a page


class ChangeReport(Page):
    """A change of pools, rehearsed, ready to be shown.

    Parameters
    ----------
    made
        The runbook.
    lang
        Language: ``en`` or ``zh``.
    date
        Date to print; none if left out.
    short
        Whether explanations are left out, for people who know.
    """

    def __init__(self, made: Runbook, lang: str = "en", date: str = "", *, short: bool = False) -> None:
        super().__init__(lang, date)
        self.made = made
        self.told = told(made, lang)
        self.short = short

    def pieces(self) -> list[Piece]:
        """Return all pieces in their order."""
        return [
            self.title(), self.verdict(), self.findings(), self.timeline(), self.before(), self.steps(), self.method(),
        ]  # fmt: skip

    def title(self) -> Piece:
        """Return the head: what, when, by which rules; the cluster in a sentence."""
        cluster = self.made.scenario.cluster
        counts = {"nodes": len(cluster.nodes), "pods": len(cluster.pods), "pools": len(cluster.pools)}
        about = self.words.say(N_("{nodes:node}, {pods:pod}, {pools:pool}"), counts)
        installed = self.words.text(KINDS[self.made.change.install])
        line = " · ".join((printable(self.made.scenario.name), about, installed))
        word = "fits" if self.made.issued else "fails"
        summary = {"name": self.made.scenario.name, "word": word, "sentence": self.told.verdict}
        return Piece((self.head(N_("IP pool runbook"), self.told.title, (line,)),), summary)

    def verdict(self) -> Piece:
        """Return whether the change is issued, and the numbers that decide."""
        word, label = ("fits", N_("Issued.")) if self.made.issued else ("fails", N_("Refused."))
        sentence = self.told.verdict
        html = render("runbook_verdict", word=word, label=self.words.text(label), sentence=sentence)
        boxes = self._boxes()
        markdown = [f"**{plain(self.words.text(label))}** {plain(sentence)}"]
        markdown.append("\n".join(f"- **{plain(value)}** {plain(text)}" for value, text, _ in boxes))
        return Piece((Part(html + boxes_html(boxes), "\n\n".join(filter(None, markdown))),))

    def findings(self) -> Piece:
        """Return what is to be known before; of a change that is refused why, and what to do instead."""
        shown = [f for f in self.told.findings if not self.short or f.severity is not Severity.INFO]
        if not shown:
            return Piece(())
        head = N_("What to know first") if self.made.issued else N_("Why not, and what instead")
        return self.section(head, self.findings_of(shown))

    def timeline(self) -> Piece:
        """Return what each pool holds from step to step, as a picture and as a table, and the peak."""
        if not self.made.done:
            return Piece(())
        data = self.made.timeline
        data = data[data["pool"].isin(self.made.touched)]
        names = [self.words.text(N_("before")), *(title(each, self.lang) for each in self.made.done)]
        rows = [
            (
                f"{row['step']}.{row['batch']}" if row["batch"] > 1 else str(row["step"]),
                names[row["step"]],
                row["pool"],
                *(int(row[count]) for count in COUNTS),
            )
            for row in data.to_dict("records")
        ]
        headings = [self.words.text(each) for each in (N_("step"), N_("what"), *HEADINGS.values())]
        made = Table("timeline", tuple(headings), tuple(rows)).showing(
            headings, self._once(rows[:MOST_ROWS]), left=[True, True, True, *([False] * len(COUNTS))]
        )
        alt = self.words.text(
            N_("Addresses in use and blocks of each pool after every step; the table has the numbers.")
        )
        drawn = picture("timeline", draw(data, lang=self.lang), alt)
        peak = [
            (name, *(getattr(held, count) for count in COUNTS))
            for name, held in sorted(self.made.peak.items())
            if name in self.made.touched
        ]
        of = self._held(peak, self.words.text(N_("At the peak")))
        note = self.words.text(
            N_("The most of each count, and the fewest free addresses, at any moment of the change.")
        )
        parts = [drawn, heading(self.words.text(N_("At the peak")), 3), of, prose(note, "ipk-empty")]
        if not self.short:
            parts += [heading(self.words.text(N_("After every step")), 3), table(made)]
        return self.section(N_("The change in a picture"), *parts)

    def before(self) -> Piece:
        """Return the checks before the change, each with its command and the output that is right."""
        if not self.told.checks:
            return Piece(())
        parts: list[Part] = []
        right = self.words.text(N_("Right:"))
        for number, check in enumerate(self.told.checks, 1):
            parts.append(_lead(f"{number}.", check.what))
            parts.append(_shell([check.command]))
            parts.append(_lead(right, check.right, "ipk-right"))
        return self.section(N_("Before the change"), *parts)

    def steps(self) -> Piece:
        """Return the steps, each with why, commands, manifest, what to expect, how it is seen, and the way back."""
        if not self.told.steps:
            return Piece(())
        parts = [part for step in self.told.steps for part in self._step(step)]
        return self.section(N_("Steps"), *parts)

    def method(self) -> Piece:
        """Return how it was rehearsed, where it was."""
        if not self.made.done:
            return Piece(())
        notes = (
            N_("Every step was carried out on the cluster's snapshot in the engine that follows Calico's IPAM address "
               "for address: pools are written, tunnels of nodes move as calico-node moves them, pods are recreated in "
               "the order and at the pace of this runbook."),
            N_("A runbook is refused where a step would leave a pod without an address, a node without a block under "
               "strictAffinity, a tunnel in a block of another node, or would be refused by Calico."),
            N_("Garbage collection of kube-controllers is left out: it only frees more."),
        )  # fmt: skip
        return self.section(N_("How this was rehearsed"), prose(" ".join(self.words.text(note) for note in notes)))

    def _boxes(self) -> list[tuple[str, str, str]]:
        if not self.made.done:
            return []
        say, number = self.words.text, self.words.number
        recreated = sum(done.pods for done in self.made.done)
        timeline_ = self.made.timeline.groupby(["step", "batch"])
        boxes = [
            (number(recreated), say(N_("pods recreated, each time counted")), ""),
            (number(int(timeline_["routes"].sum().max())), say(N_("routes at the peak")), ""),
            (number(int(timeline_["borrowed"].sum().max())), say(N_("addresses borrowed at the peak")), ""),
        ]
        for pool in self.made.created[:1]:
            peak = self.made.peak.get(pool.name)
            if peak:
                of = f"{number(peak.blocks)} / {number(pool.blocks)}"
                boxes.append((of, self.words.say(N_("blocks of {pool} at the peak"), {"pool": pool.name}), ""))
        return boxes

    def _step(self, step: ToldStep) -> Iterable[Part]:
        say = self.words.text
        yield heading(f"{step.number}. {step.title}", 3)
        if not self.short:
            yield _said(step.said)
        if step.orders.text:
            yield _lead("", step.orders.file, "ipk-file")
            yield code(step.orders.text)
        for tool, lines in (("calicoctl", step.orders.calicoctl), ("kubectl", step.orders.kubectl)):
            if lines:
                if step.orders.calicoctl and step.orders.kubectl:
                    yield _lead("", tool if tool == "calicoctl" else say(N_("or kubectl")), "ipk-file")
                yield _shell(lines)
        for about, lines in step.orders.parts:
            yield _lead("", about, "ipk-file")
            yield _shell(lines)
        if step.done.step.action == "recreate" and not step.orders.parts:
            yield prose(say(N_("Nothing to do on this cluster.")))
        if step.note and not self.short:
            yield prose(step.note, "ipk-empty")
        if step.mistakes and not self.short:
            yield self.listed(step.mistakes)
        caption = say(N_("Right afterwards, by the rehearsal:"))
        yield _lead("", caption, "ipk-file")
        rows = [
            (held.pool, *(getattr(held, count) for count in COUNTS))
            for held in step.done.held
            if held.pool in self.made.touched
        ]
        yield self._held(rows, caption)
        yield _shell(step.check)
        yield _lead(say(N_("Right:")), step.right, "ipk-right")

    def _once(self, rows: Sequence[Sequence[Any]]) -> list[list[str]]:
        """Return rows as texts, in which a step is named in the first of its rows."""
        texts = [[self.words.number(value) for value in row] for row in rows]
        for before, row, text in zip(rows, rows[1:], texts[1:], strict=False):
            if before[:2] == row[:2]:
                text[:2] = "", ""
        return texts

    def _held(self, rows: Sequence[Sequence[object]], caption: str) -> Part:
        headings = [self.words.text(each) for each in HEADINGS.values()]
        texts = [[self.words.number(value) for value in row] for row in rows]
        left = [True, *([False] * len(COUNTS))]
        return Part(grid_html(headings, texts, left=left, caption=caption), table_markdown(headings, texts, left))


def change_report(
    files: str | Path | Sequence[str | Path],
    change: str = "block-size",
    *,
    short: bool = False,
    lang: str = "en",
    date: str = "",
    **more: Any,
) -> ChangeReport:
    """Read a cluster, rehearse a change on it, and return what is to be said of it.

    Parameters
    ----------
    files
        Folders and files of a cluster.
    change, more
        What is to be changed, as `ippoolkit.change.asked.asked` takes it.
    short, lang, date
        As `ChangeReport` takes them.

    Raises
    ------
    InputError
        Where the cluster cannot be read, or what is asked for is no change.
    """
    paths = [files] if isinstance(files, str | Path) else list(files)
    scenario = read_cluster(*paths).scenario
    return ChangeReport(runbook(scenario, asked(scenario.cluster, change, **more)), lang, date, short=short)


def _lead(label: str, text: str, kind: str = "ipk-check") -> Part:
    """Return a line whose beginning stands out; kept together with what follows."""
    lead = f"<b>{escape(printable(label))}</b> " if label else ""
    bold = f"**{plain(label)}** " if label else ""
    keep = "" if kind == "ipk-right" else " ipk-keep"
    return Part(f'<p class="{kind}{keep}">{lead}{escape(printable(text))}</p>', f"{bold}{plain(text)}")


def _said(said: Sequence[tuple[str, str]]) -> Part:
    html = "".join(f"<dt>{escape(label)}</dt><dd>{escape(printable(text))}</dd>" for label, text in said)
    return Part(
        f'<dl class="ipk-said">{html}</dl>', "\n".join(f"- **{plain(label)}**: {plain(text)}" for label, text in said)
    )


def _shell(lines: Sequence[str]) -> Part:
    text = "\n".join(lines)
    return Part(f'<pre class="yaml sh" tabindex="0">{escape(text)}</pre>', code_markdown(text, "sh"))
