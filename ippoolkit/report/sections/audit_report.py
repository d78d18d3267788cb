"""What a report on an audit says: each method of `AuditReport` is one cell of its notebook."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from ...audit import Audit, audit, audit_reading
from ...audit.metric_schema import Metric
from ...audit.pool_tables import pool_coverage
from ...figures.audit_charts import draw_headroom, draw_pool_usage
from ...findings import N_, Finding, Severity
from ...ipam import IpamError
from ...read.input_files import list_files
from ...read.text_files import read_bytes
from ...simulation import simulate
from ...view.audit_html import STATUS_CLASSES, audit_label, audit_summary_html, audit_tiles
from ...view.audit_parts import (
    METRICS,
    audit_verdict,
    count_totals,
    format_metric,
    headroom_rows,
    is_rounded,
    metric_columns,
    nodes_by_headroom,
    unchecked_message,
    unknown_metrics_text,
    worst_finding,
)
from ...view.html import text_table_html
from ...view.markdown import escape_markdown, finding_markdown
from ...view.text_columns import row_columns
from ...view.verdict_parts import release_text
from ..inputs import hash_files
from ..run_context import find_at_hand
from .address_maps import address_map_parts
from .base_report import POOLS_LEFT_OUT, BaseReport
from .report_table import CellValue, ReportTable, standard_chart
from .section import Section, SectionPart, paragraph, picture_part, table_part, tiles_part

NODES_SHOWN = 100
POOLS_SHOWN = 12
FINDINGS_SHOWN = 200


class AuditReport(BaseReport):
    """An audit, ready to be shown.

    Parameters
    ----------
    files
        Path of a folder or file, or several: dumps, tables, a snapshot.
    none
        Kinds that are known to have no objects.
    lang
        Language: ``en`` or ``zh``.
    date
        Date to print; none if left out.

    Raises
    ------
    InputError
        Where nothing at all could be read.
    ValueError
        For a language that there is not.
    """

    def __init__(
        self, files: str | Path | Sequence[str | Path], none: Sequence[str] = (), lang: str = "en", date: str = ""
    ) -> None:
        super().__init__(lang, date)
        paths = [files] if isinstance(files, str | Path) else list(files)
        known = find_at_hand(paths)
        if isinstance(known, Audit):
            self.audit = known
        else:
            self.audit = audit(*paths, empty_kinds=none) if known is None or none else audit_reading(known)
        self.files = tuple(file for path in paths for file in list_files(path))
        self.kinds_without_objects = tuple(none)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the files that were read, their names included."""
        return hash_files(self.files)

    def title(self) -> Section:
        """Return the head: what, when, by which rules, of which input."""
        head = self.header_part(
            N_("IP pool audit"),
            self.audit.scenario.name,
            (self.audit.scenario.description,),
            self.digest,
            release=str(self.audit.scenario.release),
        )
        return Section((head,), self._summary())

    def summary(self) -> Section:
        """Return the whole in a sentence, and the key figures."""
        most_severe = worst_finding(self.audit)
        most_severe_text = (
            "\n".join(finding_markdown(most_severe, self.lang))
            if most_severe
            else escape_markdown(unchecked_message(self.audit, self.lang))
        )
        label, verdict = audit_label(self.audit, self.lang), audit_verdict(self.audit, self.lang)[1]
        lines = [
            f"**{escape_markdown(label)}** {escape_markdown(verdict)}",
            most_severe_text,
            escape_markdown(release_text(self.audit.scenario.release, self.language)),
        ]
        sentences = SectionPart(audit_summary_html(self.audit, self.lang), "\n\n".join(filter(None, lines)))
        return Section((sentences, tiles_part(audit_tiles(self.audit, self.lang))))

    def findings(self) -> Section:
        """Return what is wrong, most severe first."""
        problems = [finding for finding in self.audit.findings if finding.severity is not Severity.OK]
        if not problems:
            return self.section(N_("Problems"), self.remark(N_("No problems found.")))
        findings_part = self.findings_part(problems[:FINDINGS_SHOWN])
        if len(problems) <= FINDINGS_SHOWN:
            return self.section(N_("Problems"), findings_part)
        findings_part = replace(findings_part, table=self.findings_part(problems).table)
        note = self.remark(N_("{more} more in the workbook."), more=len(problems) - FINDINGS_SHOWN)
        return self.section(N_("Problems"), findings_part, note)

    def pools(self) -> Section:
        """Return the pools: a picture and a table."""
        rows = self.audit.metrics.pools
        if not rows:
            return self.section(N_("Pools"), self.remark(N_("Nothing was read.")))
        picture_alt = self.language.translate(N_("Pools: blocks and addresses"))
        figure = draw_pool_usage(rows, lang=self.lang)
        parts = [picture_part("usage", figure, picture_alt)] if figure else []
        return self.section(N_("Pools"), *parts, *self._metrics_parts("pools", rows))

    def maps(self) -> Section:
        """Return a map of each pool's blocks, where the blocks are known."""
        cluster = self.audit.scenario.cluster
        if not cluster.has_read("IPPool", "IPAMBlock") or not cluster.blocks:
            return Section(())
        try:
            simulation = simulate(self.audit.scenario)
        except IpamError as error:  # pools that overlap: no map has room for both
            return self.section(N_("Address maps"), paragraph(error.describe(self.lang)))
        blocks_in_pools = self.audit.context.index.blocks_in_pools
        used_pool_names = sorted({block.pool.name for block in blocks_in_pools if block.pool})
        shown_pools = [cluster.pool(name) for name in used_pool_names[:POOLS_SHOWN]]
        parts = address_map_parts(simulation, shown_pools, self.language)
        if len(used_pool_names) > POOLS_SHOWN:
            parts.append(self.remark(POOLS_LEFT_OUT, shown=POOLS_SHOWN, pools=len(used_pool_names)))
        return self.section(N_("Address maps"), *parts)

    def nodes(self) -> Section:
        """Return the nodes: what each still takes, and a table of those with least headroom."""
        rows, headroom_by_node = nodes_by_headroom(self.audit), headroom_rows(self.audit)
        if not rows:
            return self.section(N_("Nodes"), self.remark(N_("Nothing was read.")))
        figure = draw_headroom(headroom_by_node, lang=self.lang)
        picture_alt = self.language.translate(N_("Further pods each node has addresses for"))
        parts = (
            [picture_part("headroom", figure, picture_alt, self._headroom_table(headroom_by_node))] if figure else []
        )
        if len(rows) > NODES_SHOWN:
            note = N_("The {shown} of {nodes} nodes with room for the fewest further pods")
            parts.append(self.remark(note, shown=NODES_SHOWN, nodes=len(rows)))
        return self.section(N_("Nodes"), *parts, *self._metrics_parts("nodes", rows))

    def coverage(self) -> Section:
        """Return which pools serve which nodes unasked; of a large cluster the nodes with gaps first."""
        cluster = self.audit.scenario.cluster
        if not cluster.has_read("IPPool", "Node") or not cluster.nodes:
            return Section(())
        translate = self.language.translate
        title = N_("Nodes and the pools that serve them")
        data = pool_coverage(self.audit.scenario, self.lang)
        rows = sorted(data.itertuples(index=False, name=None), key=lambda row: not row[-1])
        headings = [translate(N_("node")), *data.columns[1:-1], translate(N_("not served for"))]
        coverage_table = ReportTable.from_rows(
            "coverage",
            headings,
            [[value or None for value in row] for row in rows],
            lang=self.lang,
            caption=translate(title),
            texts_only=True,
            max_rows=NODES_SHOWN,
        )
        parts = [table_part(coverage_table)]
        if len(rows) > NODES_SHOWN:
            note = N_("First {shown} of {nodes:node}; nodes with gaps come first.")
            parts.insert(0, self.remark(note, shown=NODES_SHOWN, nodes=len(rows)))
        return self.section(title, *parts)

    def totals(self) -> Section:
        """Return all counts."""
        translate = self.language.translate
        totals = [(metric, translate(metric.heading), value) for metric, value in count_totals(self.audit)]
        headings = translate(N_("metric")), translate(N_("now"))
        export_rows = tuple((name, self._export_value(value)) for _, name, value in totals)
        columns = [("metric", headings[0], True), ("now", headings[1], False)]
        texts = [[name, format_metric(value, self.language)] for _, name, value in totals if value is not None]
        totals_table = ReportTable("totals", headings, export_rows).with_display(row_columns(columns, texts))
        rows_per_side = -(-len(texts) // 2)
        sides = [
            text_table_html(row_columns(columns, side_texts))
            for side_texts in (texts[:rows_per_side], texts[rows_per_side:])
        ]
        html = f'<div class="ipk-sides">{"".join(sides)}</div>'
        unknown = [metric for metric, _, value in totals if value is None]
        return self.section(N_("Totals"), table_part(replace(totals_table, html=html)), *self._unknown_part(unknown))

    def how_it_was_read(self) -> Section:
        """Return what could not be read, and how what was read fits together."""
        notes = [self._with_relative_place(note) for note in self.audit.notes]
        unchecked_text = unchecked_message(self.audit, self.lang)
        parts = [self.findings_part(notes, "reading"), *([paragraph(unchecked_text)] if unchecked_text else [])]
        return self.section(N_("How it was read"), *parts)

    def appendix(self) -> Section:
        """Return what was read, so that the report can be made again."""
        rows = []
        for file in self.files:
            content = read_bytes(file, str(file))
            rows.append((self._relative_name(str(file)), len(content), hashlib.sha256(content).hexdigest()))
        headings = (N_("file"), N_("bytes"), "SHA-256")
        files_table = self.table("inputs", headings, rows, caption=self.language.translate(N_("file")))
        instruction = N_("Give these files to ippoolkit report --template audit to make this report again.")
        parts = [self.sentence(instruction), files_table]
        if self.kinds_without_objects:
            kinds = ", ".join(self.kinds_without_objects)
            parts.append(self.sentence(N_("Stated to have no objects: {kinds}."), kinds=kinds))
        return self.section(N_("Appendix: what was read"), *parts)

    def _summary(self) -> dict[str, Any]:
        """Return what the page that lists many clusters says of this one; what is unknown is left out."""
        figures = self.audit.metrics
        worst_severity, sentence = audit_verdict(self.audit, self.lang)
        most_severe = worst_finding(self.audit)
        summary = {
            "name": self.audit.scenario.name,
            "word": STATUS_CLASSES[worst_severity],
            "sentence": sentence,
            "change": most_severe.full_message(self.lang) if most_severe else "",
            "release": str(self.audit.scenario.release),
            "facts": [[label, value] for value, label, _ in audit_tiles(self.audit, self.lang)],
        }
        for name, used_column, total_column in (
            ("blocks", "blocks_allocated", "blocks_total"),
            ("addresses", "allocated", "capacity"),
        ):
            used, total = ([row[column] for row in figures.pools] for column in (used_column, total_column))
            if None not in (*used, *total):
                summary |= {f"{name}_needed": str(sum(used)), name: str(sum(total))}
        nodes = figures.totals["nodes"]
        return summary if nodes is None else summary | {"nodes": str(nodes)}

    def _metrics_parts(self, table_name: str, rows: Sequence[Mapping[str, Any]]) -> list[SectionPart]:
        """Return rows of figures of pools or nodes: a page shows known columns, exports have all; rounded is marked."""
        metrics = METRICS[table_name]
        export_rows = tuple(
            tuple(
                self._export_value(row.get(metric.name), rounded=is_rounded(self.audit, table_name, row, metric.name))
                for metric in metrics
            )
            for row in rows
        )
        max_rows = NODES_SHOWN if table_name == "nodes" else None
        columns, unknown = metric_columns(self.audit, table_name, rows, self.language, max_rows)
        report_table = ReportTable(
            table_name,
            tuple(self.language.translate(metric.heading) for metric in metrics),
            export_rows,
            chart=standard_chart(f"audit_{table_name}", [metric.name for metric in metrics]),
        )
        caption = self.language.translate({"pools": N_("Pools"), "nodes": N_("Nodes")}[table_name])
        part = table_part(report_table.with_display(columns, caption=caption))
        if len(columns) == 1:  # a column of names is a sentence
            part = replace(paragraph(", ".join(columns[0].texts)), table=part.table)
        return [part, *self._unknown_part(unknown)]

    def _unknown_part(self, metrics: Sequence[Metric]) -> list[SectionPart]:
        """Return a line on figures of which nothing is known, where there are any."""
        text = unknown_metrics_text(self.audit, metrics, self.language)
        return [paragraph(text)] if text else []

    def _headroom_table(self, headroom_by_node: Sequence[Mapping[str, Any]]) -> ReportTable:
        """Return what each node still takes, for exports."""
        headings = {
            "node": N_("node"),
            "family": N_("IP"),
            "pods": N_("further pods"),
            "blocks": N_("blocks"),
            "cap": N_("blocks per node"),
            "own": N_("free in own blocks"),
            "new": N_("in blocks not yet claimed"),
            "borrow": N_("borrowed"),
            "limit": N_("rule"),
        }
        rows = tuple(tuple(row[key] for key in headings) for row in headroom_by_node)
        return ReportTable("headroom", tuple(map(self.language.translate, headings.values())), rows)

    def _export_value(self, value: object, *, rounded: bool = False) -> CellValue:
        """Return a figure for exports: typed; what is unknown says so, what is rounded is no exact number."""
        if rounded or value is None or isinstance(value, list | tuple | dict):
            return format_metric(value, self.language, rounded=rounded)
        return value if isinstance(value, str | int | float) else str(value)

    def _with_relative_place(self, note: Finding) -> Finding:
        """Return a note whose file is named as from the folder that was read: where that lies is nobody's business."""
        return (
            replace(note, place=replace(note.place, file=self._relative_name(note.place.file))) if note.place else note
        )

    def _relative_name(self, file: str) -> str:
        """Return a file's name as from the folder that all of them are in."""
        if Path(file) not in self.files:
            return file
        return os.path.relpath(file, os.path.commonpath([path.parent for path in self.files]))
