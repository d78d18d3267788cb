"""What a runbook says: each method of `RunbookReport` is one cell of its notebook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from ...change import COUNTS, PoolUsage, RenderedStep, Runbook, render_runbook, step_title
from ...change.step_commands import group_label
from ...figures.runbook_chart import draw_timeline
from ...findings import N_, Severity, replace_unprintable
from ...view.html import render_template, text_table_html
from ...view.markdown import code_markdown, escape_markdown, table_markdown
from ...view.text_columns import row_columns
from .base_report import BaseReport
from .report_table import ReportTable
from .section import Section, SectionPart, code_part, heading_part, paragraph, picture_part, table_part, tiles_part

if TYPE_CHECKING:
    import pandas as pd

USAGE_HEADINGS = {
    "pool": N_("pool"),
    "pods": N_("pods"),
    "tunnels": N_("tunnels"),
    "blocks": N_("blocks"),
    "empty": N_("empty"),
    "free": N_("free"),
    "borrowed": N_("borrowed"),
    "routes": N_("routes"),
}
INSTALLER_TEXTS = {
    "manifest": N_("installed by manifest"),
    "operator": N_("installed by the Tigera operator"),
    "kubespray": N_("installed by Kubespray"),
}
INSTALLER_ASSUMED_TEXT = N_("installer not given: taken as manifest")
MAX_TIMELINE_ROWS = 120  # of the timeline, on a page


class RunbookReport(BaseReport):
    """A change of pools, rehearsed, ready to be shown.

    Parameters
    ----------
    rehearsed_runbook
        The runbook.
    lang
        Language: ``en`` or ``zh``.
    date
        Date to print; none if left out.
    short
        Whether explanations are left out, for people who know.
    """

    def __init__(self, rehearsed_runbook: Runbook, lang: str = "en", date: str = "", *, short: bool = False) -> None:
        super().__init__(lang, date)
        self.runbook = rehearsed_runbook
        self.rendered = render_runbook(rehearsed_runbook, lang)
        self.short = short

    def sections(self) -> list[Section]:
        """Return all sections in their order."""
        return [
            self.title(),
            self.verdict(),
            self.findings(),
            self.timeline(),
            self.before(),
            self.steps(),
            self.method(),
        ]

    def title(self) -> Section:
        """Return the head: what, when, by which rules; the cluster in a sentence."""
        cluster = self.runbook.scenario.cluster
        counts = {"nodes": len(cluster.nodes), "pods": len(cluster.pods), "pools": len(cluster.pools)}
        counts_text = self.language.render(N_("{nodes:node}, {pods:pod}, {pools:pool}"), counts)
        change = self.runbook.change
        installer_text = self.language.translate(
            INSTALLER_ASSUMED_TEXT if change.is_install_assumed else INSTALLER_TEXTS[change.install]
        )
        line = " · ".join((replace_unprintable(self.runbook.scenario.name), counts_text, installer_text))
        verdict_word, _ = self._verdict_label()
        release = str(self.runbook.scenario.release)
        summary = {
            "name": self.runbook.scenario.name,
            "word": verdict_word,
            "sentence": self.rendered.verdict,
            "release": release,
            "facts": [[label, value] for value, label, _ in self._key_figures()],
        }
        header = self.header_part(N_("IP pool runbook"), self.rendered.title, (line,), release=release)
        return Section((header,), summary)

    def verdict_text(self) -> str:
        """Return in one line whether the change is issued, for a terminal."""
        _, label = self._verdict_label()
        return f"{self.language.translate(label)} {self.rendered.verdict}"

    def verdict(self) -> Section:
        """Return whether the change is issued, and the numbers that decide."""
        verdict_word, label = self._verdict_label()
        sentence = self.rendered.verdict
        html = render_template(
            "runbook_verdict", word=verdict_word, label=self.language.translate(label), sentence=sentence
        )
        markdown = f"**{escape_markdown(self.language.translate(label))}** {escape_markdown(sentence)}"
        return Section((SectionPart(html, markdown), tiles_part(self._key_figures())))

    def findings(self) -> Section:
        """Return what is to be known before; of a change that is refused why, and what to do instead."""
        shown_findings = [
            finding for finding in self.rendered.findings if not self.short or finding.severity is not Severity.INFO
        ]
        if not shown_findings:
            return Section(())
        section_title = (
            N_("Before you start") if self.runbook.is_issued else N_("Why it was refused, and what to do instead")
        )
        return self.section(section_title, self.findings_part(shown_findings))

    def timeline(self) -> Section:
        """Return what each pool holds from step to step, as a picture and as a table, and the peak."""
        if not self.runbook.results:
            return Section(())
        usage = self.runbook.timeline
        usage = usage[usage["pool"].isin(self.runbook.affected_pools)]
        alt = N_("Addresses in use and blocks of each pool after every step; the table has the numbers.")
        peak_title = self.language.translate(N_("Peak usage"))
        peak_rows = [
            (name, *(getattr(pool_usage, count) for count in COUNTS))
            for name, pool_usage in self._named_peaks()
            if pool_usage.pool in self.runbook.affected_pools or pool_usage not in self.runbook.initial_usage
        ]
        note = N_(
            "The highest value of each count, and the fewest free addresses, at any time during the change, even if "
            "all new pods of a group start before its old ones end."
        )
        parts = [
            picture_part("timeline", draw_timeline(usage, lang=self.lang), self.language.translate(alt)),
            heading_part(peak_title, 3),
            self._usage_part(peak_rows, peak_title),
            self.remark(note),
        ]
        if not self.short:
            title = self.language.translate(N_("After every step"))
            parts += [heading_part(title, 3), table_part(self._timeline_table(usage))]
        return self.section(N_("The change in a picture"), *parts)

    def _timeline_table(self, usage: pd.DataFrame) -> ReportTable:
        results = self.runbook.results
        titles = [self.language.translate(N_("before")), *(step_title(result, self.lang) for result in results)]
        labels = [(), *([group_label(keys) for keys in result.groups] for result in results)]
        rows = [
            (
                f"{row['step']}.{row['batch']}" if len(labels[row["step"]]) > 1 else str(row["step"]),
                ": ".join((titles[row["step"]], *labels[row["step"]][row["batch"] - 1 : row["batch"]])),
                row["pool"],
                *(int(row[count]) for count in COUNTS),
            )
            for row in usage.to_dict("records")
        ]
        columns = self._translated_columns({"step": N_("step"), "what": N_("what"), **USAGE_HEADINGS})
        table = ReportTable("timeline", tuple(heading for _, heading, _ in columns), tuple(rows))
        return table.with_display(row_columns(columns, self._blank_repeats(rows[:MAX_TIMELINE_ROWS])))

    def before(self) -> Section:
        """Return the checks before the change, each with its command and the output that is right."""
        if not self.rendered.checks:
            return Section(())
        parts: list[SectionPart] = []
        expected_label = self.language.translate(N_("Expected:"))
        for number, check in enumerate(self.rendered.checks, 1):
            parts.append(_labelled_line(f"{number}.", check.purpose))
            parts.append(_shell_part([check.command]))
            parts.append(_labelled_line(expected_label, check.expected, "ipk-right"))
        return self.section(N_("Before the change"), *parts)

    def steps(self) -> Section:
        """Return the steps, each with why, commands, manifest, what to expect, how it is seen, and the way back."""
        if not self.rendered.steps:
            return Section(())
        parts = [part for step in self.rendered.steps for part in self._step_parts(step)]
        return self.section(N_("Steps"), *parts)

    def method(self) -> Section:
        """Return how it was rehearsed, where it was."""
        if not self.runbook.results:
            return Section(())
        notes = (
            N_(
                "Every step was carried out on the cluster's snapshot in the engine that follows Calico's "
                "IPAM address for address: pools are written, tunnels of nodes move as calico-node moves "
                "them, pods are recreated in the order and at the pace of this runbook."
            ),
            N_(
                "A runbook is refused where a step would leave a pod without an address, a node without a block under "
                "strictAffinity, a tunnel in a block of another node, or would be refused by Calico."
            ),
            N_("Garbage collection of kube-controllers is left out: it only frees more."),
        )
        return self.section(
            N_("How this was rehearsed"), paragraph(" ".join(self.language.translate(note) for note in notes))
        )

    def _verdict_label(self) -> tuple[str, str]:
        """Return the word that gives the verdict its colour, and how it is called."""
        if not self.runbook.is_issued:
            return "fails", N_("Refused.")
        return ("tight", N_("Issued, with warnings.")) if self.runbook.has_warnings else ("fits", N_("Issued."))

    def _key_figures(self) -> list[tuple[str, str, str]]:
        if not self.runbook.results:
            return []
        translate, number = self.language.translate, self.language.format_number
        routes = self.runbook.peak_routes
        routes_label = (
            translate(N_("routes at the peak"))
            if len(routes) == 1
            else translate(N_("routes at the peak: IPv4 + IPv6, of all pools"))
        )
        boxes = [
            (
                number(self.runbook.recreated_pods),
                translate(N_("pod recreations (a pod recreated twice counts twice)")),
                "",
            ),
            (" + ".join(map(number, routes.values())), routes_label, ""),
            (number(self.runbook.peak_borrowed), translate(N_("addresses borrowed at the peak")), ""),
        ]
        for pool in self.runbook.created_pools[:1]:
            blocks_text = f"{number(self.runbook.peak_of(pool).blocks)} / {number(pool.block_count)}"
            boxes.append(
                (blocks_text, self.language.render(N_("blocks of {pool} at the peak"), {"pool": pool.name}), "")
            )
        return boxes

    def _named_peaks(self) -> Iterable[tuple[str, PoolUsage]]:
        """Yield peaks with the names of their pools; one that is deleted and made again also with its blockSize."""
        peaks = self.runbook.peaks
        names = [pool.name for pool, _ in peaks]
        for pool, usage in peaks:
            params = {"pool": pool.name, "size": pool.block_size}
            is_one_of_two = names.count(pool.name) > 1
            yield self.language.render(N_("{pool}, blockSize {size:d}"), params) if is_one_of_two else pool.name, usage

    def _step_parts(self, step: RenderedStep) -> Iterable[SectionPart]:
        translate = self.language.translate
        yield heading_part(f"{step.number}. {step.title}", 3)
        if not self.short:
            yield _explanation_part(step.explanations)
        if step.commands.manifest:
            yield _labelled_line("", step.commands.manifest_path, "ipk-file")
            yield code_part(step.commands.manifest)
        for tool, lines in (("calicoctl", step.commands.calicoctl), ("kubectl", step.commands.kubectl)):
            if lines:
                if step.commands.calicoctl and step.commands.kubectl:
                    yield _labelled_line("", tool if tool == "calicoctl" else translate(N_("or kubectl")), "ipk-file")
                yield _shell_part(lines)
        for part_title, lines in step.commands.groups:
            yield _labelled_line("", part_title, "ipk-file")
            yield _shell_part(lines)
        if step.result.step.action == "recreate" and not step.commands.groups:
            yield paragraph(translate(N_("Nothing to do on this cluster.")))
        if step.note and not self.short:
            yield paragraph(step.note, "ipk-empty")
            if step.note_commands:
                yield _shell_part(step.note_commands)
        if step.pitfalls and not self.short:
            yield self.findings_list_part(step.pitfalls)
        caption = translate(N_("Expected right after this step (from the rehearsal):"))
        yield _labelled_line("", caption, "ipk-file")
        rows = [
            (pool_usage.pool, *(getattr(pool_usage, count) for count in COUNTS))
            for pool_usage in step.result.usage
            if pool_usage.pool in self.runbook.affected_pools
        ]
        yield self._usage_part(rows, caption)
        yield _shell_part(step.check_commands)
        yield _labelled_line(translate(N_("Expected:")), step.expected, "ipk-right")

    def _blank_repeats(self, rows: Sequence[Sequence[Any]]) -> list[list[str]]:
        """Return rows as texts, in which a step is named in the first of its rows."""
        texts = [[self.language.format_number(value) for value in row] for row in rows]
        for previous_row, row, text in zip(rows, rows[1:], texts[1:], strict=False):
            if previous_row[:2] == row[:2]:
                text[:2] = "", ""
        return texts

    def _usage_part(self, rows: Sequence[Sequence[object]], caption: str) -> SectionPart:
        texts = [[self.language.format_number(value) for value in row] for row in rows]
        columns = row_columns(self._translated_columns(USAGE_HEADINGS), texts)
        return SectionPart(text_table_html(columns, caption=caption), table_markdown(columns))

    def _translated_columns(self, headings: Mapping[str, str]) -> list[tuple[str, str, bool]]:
        """Return columns as `row_columns` takes them; counts are set to the right."""
        return [(name, self.language.translate(heading), name not in COUNTS) for name, heading in headings.items()]


def _labelled_line(label: str, text: str, css_class: str = "ipk-check") -> SectionPart:
    """Return a line whose beginning stands out; kept together with what follows."""
    label_html = f"<b>{escape(replace_unprintable(label))}</b> " if label else ""
    label_markdown = f"**{escape_markdown(label)}** " if label else ""
    keep_class = "" if css_class == "ipk-right" else " ipk-keep"
    return SectionPart(
        f'<p class="{css_class}{keep_class}">{label_html}{escape(replace_unprintable(text))}</p>',
        f"{label_markdown}{escape_markdown(text)}",
    )


def _explanation_part(labelled_texts: Sequence[tuple[str, str]]) -> SectionPart:
    html = "".join(
        f"<dt>{escape(label)}</dt><dd>{escape(replace_unprintable(text))}</dd>" for label, text in labelled_texts
    )
    return SectionPart(
        f'<dl class="ipk-explanation">{html}</dl>',
        "\n".join(f"- **{escape_markdown(label)}**: {escape_markdown(text)}" for label, text in labelled_texts),
    )


def _shell_part(lines: Sequence[str]) -> SectionPart:
    text = "\n".join(lines)
    return SectionPart(f'<pre class="yaml sh" tabindex="0">{escape(text)}</pre>', code_markdown(text, "sh"))
