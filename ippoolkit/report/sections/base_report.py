"""What the pages of all templates have in common: a language, a date, a head, sections."""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any

from ... import __version__
from ...findings import N_, Finding, get_language, replace_unprintable
from ...model import Scenario
from ...view.html import findings_html
from ...view.markdown import escape_markdown, findings_markdown
from ...write import scenario_to_yaml
from .report_table import CellValue, ReportTable
from .section import Section, SectionPart, code_part, heading_part, paragraph, table_part

if TYPE_CHECKING:
    import pandas as pd

MAX_INLINE_CHARACTERS = 120_000  # characters of a scenario that a page shows whole
MAX_ATTACHED_BYTES = 400_000  # bytes of one, packed, that a page carries
MAX_PRINTED_OBJECTS = 12  # of a list of a scenario that paper and Markdown show
POOLS_LEFT_OUT = N_("The first {shown} of {pools:pool} by name.")
_OBJECT_LISTS = ("nodes", "namespaces", "pods", "blocks", "affinities", "handles", "services")


class BaseReport:
    """A page of a report in one language.

    Parameters
    ----------
    lang
        Language: ``en`` or ``zh``.
    date
        Date to print; none if left out.

    Raises
    ------
    ValueError
        For a language that there is not.
    """

    def __init__(self, lang: str, date: str) -> None:
        self.language = get_language(lang)
        self.lang = lang
        self.date = date

    def header_part(
        self, report_type: str, title: str, lines: tuple[str, ...], input_digest: str = "", *, release: str = ""
    ) -> SectionPart:
        """Return the head: what, when, by which rules, of which input; a title; what it is about."""
        language = self.language
        meta = [
            language.translate(report_type),
            self.date,
            f"ippoolkit {__version__}",
            # Of a fleet each cluster is judged by its own release.
            language.render(N_("Calico {version} rules"), {"version": release}) if release else "",
            language.render(N_("input {digest}"), {"digest": f"{input_digest[:4]} {input_digest[4:8]}"})
            if input_digest
            else "",
        ]
        spans = "".join(f"<span>{escape(text)}</span>" for text in meta[:-1] if text)
        spans += f'<span class="input">{escape(meta[-1])}</span>' if meta[-1] else ""
        html = [f'<p class="ipk-meta">{spans}</p>']
        html.append(f"<h1>{escape(language.format_number(title))}</h1>")
        html += [
            f'<p class="ipk-sub">{escape(replace_unprintable(" ".join(line.split())))}</p>' for line in lines if line
        ]
        markdown = [
            f"# {escape_markdown(title)}",
            " · ".join(escape_markdown(text) for text in meta if text),
            *(escape_markdown(line) for line in lines if line),
        ]
        return SectionPart("\n".join(html), "\n\n".join(markdown))

    def scenario_parts(self, scenario: Scenario, max_attached_bytes: int = MAX_ATTACHED_BYTES) -> list[SectionPart]:
        """Return a scenario's file, so that a report can be made again; a large one packed, a huge one not at all.

        Paper and Markdown leave out long lists of objects.
        """
        yaml_text = scenario_to_yaml(scenario)
        digest = hashlib.sha256(yaml_text.encode()).hexdigest()
        instruction = N_(
            "To make this report again, save this file and run ippoolkit report with it. SHA-256: {digest}."
        )
        parts = [self.sentence(instruction, digest=digest)]
        if len(yaml_text) <= MAX_INLINE_CHARACTERS:
            return [*parts, self._scenario_part(scenario, yaml_text)]
        packed = gzip.compress(yaml_text.encode(), mtime=0)
        size = len(yaml_text.encode())
        if len(packed) > max_attached_bytes:
            too_large = N_("The scenario ({size:byte}) is too large to embed: keep it with this report.")
            return [*parts, self.sentence(too_large, size=size)]
        note = self.language.render(N_("The scenario ({size:byte}) is attached, packed with gzip"), {"size": size})
        data_url = f"data:application/gzip;base64,{base64.b64encode(packed).decode()}"
        html = f'<p><a download="scenario.yaml.gz" href="{data_url}">{escape(note)}</a></p>'
        return [*parts, SectionPart(html, escape_markdown(note))]

    def _scenario_part(self, scenario: Scenario, yaml_text: str) -> SectionPart:
        full_part, cluster = code_part(yaml_text, "yaml fine"), scenario.cluster
        counts = {name: len(getattr(cluster, name)) for name in _OBJECT_LISTS}
        long_lists = {name: count for name, count in counts.items() if count > MAX_PRINTED_OBJECTS}
        if not long_lists:
            return full_part
        empty_lists: dict[str, Any] = dict.fromkeys(long_lists, ())
        short = replace(scenario, cluster=replace(cluster, **empty_lists))
        lists = ", ".join(f"{name} ({count})" for name, count in long_lists.items())
        note = N_("Without these lists, which the HTML report has: {lists}.")
        note_part = self.sentence(note, lists=lists)
        short_part = code_part(scenario_to_yaml(short), "yaml fine")
        html = (
            f'<div class="ipk-screen">{full_part.html}</div>'
            f'<div class="ipk-paper">{note_part.html}{short_part.html}</div>'
        )
        return SectionPart(html, f"{note_part.markdown}\n\n{short_part.markdown}")

    def sentence(self, template: str, **params: object) -> SectionPart:
        """Return a paragraph."""
        return paragraph(self.language.render(template, params))

    def remark(self, template: str, **params: object) -> SectionPart:
        """Return a remark beside what is shown, or in its place."""
        return paragraph(self.language.render(template, params), "ipk-empty")

    def table(
        self, name: str, headings: Sequence[str], rows: Sequence[Sequence[CellValue]], **options: Any
    ) -> SectionPart:
        """Return a table of rows, its headings translated; `options` as for `ReportTable.from_rows`."""
        translated = [self.language.translate(heading) for heading in headings]
        return table_part(ReportTable.from_rows(name, translated, rows, lang=self.lang, **options))

    def standard_table(self, name: str, data: pd.DataFrame, **options: Any) -> SectionPart:
        """Return one of the kit's tables; `options` as for `ReportTable.from_standard_table`."""
        return table_part(ReportTable.from_standard_table(name, data, lang=self.lang, **options))

    def findings_part(self, findings: Sequence[Finding], name: str = "findings") -> SectionPart:
        """Return findings as a list, and for exports as a table of that name."""
        headings = (N_("severity"), N_("subject"), N_("finding"), N_("what to do"), N_("rule"), N_("source"))
        rows = [
            (
                self.language.translate(finding.severity.value),
                str(finding.place) if finding.place else finding.subject,
                finding.message(self.lang),
                finding.remedy(self.lang),
                finding.code,
                finding.source.url if "://" in finding.source.url else finding.source.title,
            )
            for finding in findings
        ]
        findings_table = ReportTable(name, tuple(map(self.language.translate, headings)), tuple(rows))
        return replace(self.findings_list_part(findings), table=findings_table)

    def findings_list_part(self, findings: Sequence[Finding]) -> SectionPart:
        """Return findings as a list, for the page alone."""
        return SectionPart(findings_html(findings, self.lang), findings_markdown(findings, self.lang))

    def section(self, title: str, *parts: SectionPart) -> Section:
        """Return parts under a heading."""
        return Section((heading_part(self.language.translate(title)), *parts))
