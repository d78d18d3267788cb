"""What a report on an audit says, piece by piece: each method of `AuditReport` is one cell of its notebook."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from ...audit import audit as run
from ...audit.columns import Figure
from ...audit.tables import coverage
from ...figures.audit import headroom, usage
from ...findings import N_, Finding, Severity
from ...ipam import IpamError
from ...read.cluster import files_of
from ...simulation import simulate
from ...view.audit import COLUMNS, SHOWN, cell, fullest, headroom_rows, totals_rows, unchecked, verdict, worst_finding
from ...view.audit_page import WORDS, label, summary_html, tiles, tiles_html
from ...view.cells import NOTHING
from ...view.markdown import plain
from ..inputs import Input
from .maps import maps
from .page import Page
from .piece import Part, Piece, picture, prose, table
from .table import Table, Value

NODES_SHOWN = 100
POOLS_SHOWN = 12
FINDINGS_SHOWN = 200
_TEXTS = ("name", "cidr", "figure", "limit", "node")


class AuditReport(Page):
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
        self.audit = run(*paths, none=none)
        self.files = tuple(Path(file) for path in paths for file in files_of(path))
        self.none = tuple(none)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the files that were read, their names included."""
        return Input("", "", self.files).digest()

    def title(self) -> Piece:
        """Return the head: what, when, by which rules, of which input."""
        head = self.head(N_("IP pool audit"), self.audit.scenario.name, (self.audit.scenario.description,), self.digest)
        return Piece((head,), self._summary())

    def summary(self) -> Piece:
        """Return the whole in a sentence, and the key figures."""
        bad = worst_finding(self.audit)
        worst = bad.told(self.lang) if bad else unchecked(self.audit, self.lang)
        lines = [f"**{plain(label(self.audit, self.lang))}** {plain(verdict(self.audit, self.lang)[1])}", plain(worst)]
        lines.append(
            "\n".join(f"- **{plain(value)}** {plain(told)}" for value, told, _ in tiles(self.audit, self.lang))
        )
        html = summary_html(self.audit, self.lang) + tiles_html(self.audit, self.lang)
        return Piece((Part(html, "\n\n".join(filter(None, lines))),))

    def findings(self) -> Piece:
        """Return what is wrong, gravest first."""
        bad = [finding for finding in self.audit.findings if finding.severity is not Severity.OK]
        if not bad:
            return self.section(N_("What is wrong"), prose(self.words.text(N_("Nothing was found.")), "ipk-empty"))
        part = self.findings_of(bad[:FINDINGS_SHOWN])
        if len(bad) <= FINDINGS_SHOWN:
            return self.section(N_("What is wrong"), part)
        part = replace(part, table=self.findings_of(bad).table)
        note = self.words.say(N_("{more} more in the workbook."), {"more": len(bad) - FINDINGS_SHOWN})
        return self.section(N_("What is wrong"), part, prose(note, "ipk-empty"))

    def pools(self) -> Piece:
        """Return the pools: a picture and a table."""
        rows = self.audit.figures.pools
        if not rows:
            return self.section(N_("Pools"), prose(self.words.text(N_("Nothing was read.")), "ipk-empty"))
        told = self.words.text(N_("Pools: blocks and addresses"))
        figure = usage(rows, lang=self.lang)
        parts = [picture("usage", figure, told)] if figure else []
        return self.section(N_("Pools"), *parts, table(self._rows("pools", rows, len(rows))))

    def maps(self) -> Piece:
        """Return a map of each pool's blocks, where the blocks are known."""
        cluster = self.audit.scenario.cluster
        if not cluster.knows("IPPool", "IPAMBlock") or not cluster.blocks:
            return Piece(())
        try:
            state = simulate(self.audit.scenario)
        except IpamError as error:  # pools that overlap: no map has room for both
            return self.section(N_("Address maps"), prose(error.describe(self.lang)))
        used = sorted({home.pool.name for home in self.audit.site.index.homes if home.pool})
        shown = [cluster.pool(name) for name in used[:POOLS_SHOWN]]
        parts = maps(state, shown, self.words)
        if len(used) > POOLS_SHOWN:
            numbers = {"shown": POOLS_SHOWN, "pools": len(used)}
            parts.append(prose(self.words.say(N_("The first {shown} of {pools:pool} by name."), numbers), "ipk-empty"))
        return self.section(N_("Address maps"), *parts)

    def nodes(self) -> Piece:
        """Return the nodes: what each still takes, and a table of those with least room."""
        say = self.words
        rows, rooms = fullest(self.audit), headroom_rows(self.audit)
        if not rows:
            return self.section(N_("Nodes"), prose(say.text(N_("Nothing was read.")), "ipk-empty"))
        figure = headroom(rooms, lang=self.lang)
        told = say.text(N_("Pods that each node still has addresses for"))
        parts = [picture("headroom", figure, told, self._headroom(rooms))] if figure else []
        if len(rows) > NODES_SHOWN:
            numbers = {"shown": NODES_SHOWN, "nodes": len(rows)}
            note = say.say(N_("Nodes: the {shown} of {nodes} that take fewest pods more"), numbers)
            parts.append(prose(note, "ipk-empty"))
        return self.section(N_("Nodes"), *parts, table(self._rows("nodes", rows, NODES_SHOWN)))

    def coverage(self) -> Piece:
        """Return which pools serve which nodes unasked; of a large cluster the nodes with gaps first."""
        cluster = self.audit.scenario.cluster
        if not cluster.knows("IPPool", "Node") or not cluster.nodes:
            return Piece(())
        say = self.words.text
        title = N_("Nodes and the pools that serve them")
        data = coverage(self.audit.scenario, self.lang)
        rows = sorted(data.itertuples(index=False, name=None), key=lambda row: not row[-1])
        headings = [say(N_("node")), *data.columns[1:-1], say(N_("no pool for"))]
        filled = [[value or None for value in row] for row in rows]
        made = Table.of_rows("coverage", headings, filled, lang=self.lang, caption=say(title), texts_only=True,
                             most=NODES_SHOWN)  # fmt: skip
        parts = [table(made)]
        if len(rows) > NODES_SHOWN:
            numbers = {"shown": NODES_SHOWN, "nodes": len(rows)}
            parts.insert(0, prose(self.words.say(N_("{shown} of {nodes:node}, gaps first."), numbers), "ipk-empty"))
        return self.section(title, *parts)

    def totals(self) -> Piece:
        """Return all counts."""
        say = self.words.text
        rows = [(say(figure.heading), value) for figure, value in totals_rows(self.audit)]
        headings = [say(N_("figure")), say(N_("now"))]
        made = Table("totals", tuple(headings), tuple((name, self._value(value)) for name, value in rows))
        texts = [[name, cell(value, self.words)] for name, value in rows]
        listed = made.showing(headings, texts, left=[True, False], caption=say(N_("Totals")))
        half = -(-len(texts) // 2)
        sides = [made.showing(headings, part, left=[True, False]).html for part in (texts[:half], texts[half:])]
        html = f'<div class="ipk-sides">{"".join(sides)}</div>'
        return self.section(N_("Totals"), table(replace(listed, html=html)))

    def unknown(self) -> Piece:
        """Return what could not be read, and how what was read fits together."""
        notes = [self._placed(note) for note in self.audit.notes]
        left = unchecked(self.audit, self.lang)
        named = self.findings_of(notes)
        parts = [replace(named, table=named.table.named("reading") if named.table else None)]
        return self.section(N_("How it was read"), *parts, *([prose(left)] if left else []))

    def appendix(self) -> Piece:
        """Return what was read, so that the report can be made again."""
        say = self.words.text
        headings = [say(N_("file")), say(N_("bytes")), "SHA-256"]
        rows = []
        for file in self.files:
            content = file.read_bytes()
            rows.append((self._named(str(file)), len(content), hashlib.sha256(content).hexdigest()))
        made = Table.of_rows("inputs", headings, rows, lang=self.lang, caption=say(N_("file")))
        how = self.words.say(N_("Give these files to ippoolkit report --template audit to make this report again."), {})
        parts = [prose(how), table(made)]
        if self.none:
            numbers = {"kinds": ", ".join(self.none)}
            parts.append(prose(self.words.say(N_("Known to have no objects: {kinds}."), numbers)))
        return self.section(N_("Appendix: what was read"), *parts)

    def _summary(self) -> dict[str, Any]:
        """Return what the page that lists many clusters says of this one; what is unknown is left out."""
        figures = self.audit.figures
        worst, sentence = verdict(self.audit, self.lang)
        first = worst_finding(self.audit)
        made = {
            "name": self.audit.scenario.name,
            "word": WORDS[worst],
            "sentence": sentence,
            "change": first.told(self.lang) if first else "",
        }
        for name, used, whole in (
            ("blocks", "blocks_allocated", "blocks_total"),
            ("addresses", "allocated", "capacity"),
        ):
            counts = [
                sum(values) for each in (used, whole) if None not in (values := [row[each] for row in figures.pools])
            ]
            if len(counts) == 2:
                made |= {f"{name}_needed": str(counts[0]), name: str(counts[1])}
        nodes = figures.totals["nodes"]
        return made if nodes is None else made | {"nodes": str(nodes)}

    def _rows(self, name: str, rows: Sequence[Mapping[str, Any]], most: int) -> Table:
        """Return rows of figures of pools or nodes: a page shows some columns, exports have all; rounded is marked."""
        columns: Sequence[Figure] = COLUMNS[name]
        headings = {each.name: self.words.text(each.heading) for each in columns}
        key = "cidr" if name == "pools" else "name"
        rounded = self.audit.figures.rounded

        def is_rounded(row: Mapping[str, Any], column: str) -> bool:
            return (name, row[key], column) in rounded

        exact = tuple(
            tuple(self._value(row.get(each.name), rounded=is_rounded(row, each.name)) for each in columns)
            for row in rows
        )
        shown = SHOWN[name]
        texts = [
            [cell(row.get(each), self.words, rounded=is_rounded(row, each)) or NOTHING for each in shown]
            for row in rows[:most]
        ]
        made = Table(name, tuple(headings.values()), exact)
        caption = self.words.text({"pools": N_("Pools"), "nodes": N_("Nodes")}[name])
        left = [each in _TEXTS for each in shown]
        return made.showing([headings[each] for each in shown], texts, left=left, caption=caption)

    def _headroom(self, rooms: Sequence[Mapping[str, Any]]) -> Table:
        """Return what each node still takes, for exports."""
        headings = {
            "node": N_("node"), "family": N_("IP"), "pods": N_("pods more"), "blocks": N_("blocks"),
            "cap": N_("block limit"), "own": N_("free in own blocks"), "new": N_("in blocks to come"),
            "borrow": N_("borrowed"), "limit": N_("rule"),
        }  # fmt: skip
        rows = tuple(tuple(row[key] for key in headings) for row in rooms)
        return Table("headroom", tuple(map(self.words.text, headings.values())), rows)

    def _value(self, value: object, *, rounded: bool = False) -> Value:
        """Return a figure for exports: typed; what is unknown says so, what is rounded is no exact number."""
        if rounded or value is None or isinstance(value, list | tuple | dict):
            return cell(value, self.words, rounded=rounded)
        return value if isinstance(value, str | int | float) else str(value)

    def _placed(self, note: Finding) -> Finding:
        """Return a note whose file is named as from the folder that was read: where that lies is nobody's business."""
        return replace(note, place=replace(note.place, file=self._named(note.place.file))) if note.place else note

    def _named(self, file: str) -> str:
        """Return a file's name as from the folder that all of them are in."""
        if Path(file) not in self.files:
            return file
        return os.path.relpath(file, os.path.commonpath([path.parent for path in self.files]))
