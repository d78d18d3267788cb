"""What a report on an audit says, piece by piece: each method of `AuditReport` is one cell of its notebook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from pathlib import Path

from ... import __version__
from ...audit import audit as run
from ...audit.tables import coverage
from ...figures import svg
from ...figures.address_map import address_map as draw_map
from ...figures.audit import headroom, usage
from ...findings import N_, Severity, language, printable
from ...ipam import IpamError
from ...limits import CALICO_VERSION
from ...view.audit import SHOWN, fullest, headroom_rows, verdict
from ...view.audit_page import frame_html, rows_html, summary_html, tiles_html, totals_html
from ...view.html import findings_html
from ...view.markdown import findings_markdown, plain
from .piece import Part, Piece, heading

NODES_SHOWN = 100
POOLS_SHOWN = 12


class AuditReport:
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
    """

    def __init__(
        self, files: str | Path | Sequence[str | Path], none: Sequence[str] = (), lang: str = "en", date: str = ""
    ) -> None:
        paths = [files] if isinstance(files, str | Path) else list(files)
        self.audit = run(*paths, none=none)
        self.words = language(lang)
        self.lang = lang
        self.date = date

    def title(self) -> Piece:
        """Return the head: what, when, by which rules."""
        say = self.words.text
        meta = [
            say(N_("IP pool audit")),
            self.date,
            f"ippoolkit {__version__}",
            self.words.say(N_("rules of Calico {version}"), {"version": CALICO_VERSION}),
        ]
        head = "".join(f"<span>{escape(part)}</span>" for part in meta if part)
        name = printable(self.audit.scenario.name)
        html = f'<p class="ipk-meta">{head}</p>\n<h1>{escape(name)}</h1>'
        return Piece((Part(html, "\n\n".join((f"# {plain(name)}", " · ".join(plain(part) for part in meta if part)))),))

    def summary(self) -> Piece:
        """Return the whole in a sentence, and the key figures."""
        html = summary_html(self.audit, self.lang) + tiles_html(self.audit, self.lang)
        return Piece((Part(html, plain(verdict(self.audit, self.lang)[1])),))

    def findings(self) -> Piece:
        """Return what is wrong, gravest first."""
        bad = [finding for finding in self.audit.findings if finding.severity is not Severity.OK]
        return self._section(N_("What is wrong"), findings_html(bad, self.lang), findings_markdown(bad, self.lang))

    def pools(self) -> Piece:
        """Return the pools: a picture and a table."""
        title = self.words.text(N_("Pools"))
        figure = usage(self.audit.figures.pools, lang=self.lang)
        picture = f"<figure>{svg(figure, title)}</figure>" if figure else ""
        rows = self.audit.figures.pools
        return self._section(
            N_("Pools"), picture + rows_html(self.audit, "pools", rows, SHOWN["pools"], lang=self.lang, caption=title)
        )

    def maps(self) -> Piece:
        """Return a map of each pool's blocks, where the blocks are known."""
        cluster = self.audit.scenario.cluster
        if not cluster.knows("IPPool", "IPAMBlock") or not cluster.blocks:
            return Piece(())
        from ...simulation import address_map, simulate

        try:
            state = simulate(self.audit.scenario)
        except IpamError as error:  # pools that overlap: no map has room for both
            return self._section(N_("Address maps"), f"<p>{escape(error.finding.told(self.lang))}</p>")
        used = [home.pool.name for home in self.audit.site.index.homes if home.pool]
        parts = []
        for name in list(dict.fromkeys(sorted(used)))[:POOLS_SHOWN]:
            pool = cluster.pool(name)
            title = self.words.say(N_("Pool {pool}, {cidr}"), {"pool": printable(name), "cidr": pool.cidr})
            parts.append(
                f"<figure>{svg(draw_map(address_map(state, name), title=title, lang=self.lang), title)}</figure>"
            )
        return self._section(N_("Address maps"), "\n".join(parts))

    def nodes(self) -> Piece:
        """Return the nodes: what each still takes, and a table of those with least room."""
        title = self.words.text(N_("Nodes"))
        figure = headroom(headroom_rows(self.audit), lang=self.lang)
        picture = f"<figure>{svg(figure, title)}</figure>" if figure else ""
        rows = fullest(self.audit)
        note = ""
        if len(rows) > NODES_SHOWN:
            numbers = {"shown": NODES_SHOWN, "nodes": len(rows)}
            note = self.words.say(N_("Nodes: the {shown} of {nodes} that take fewest pods more"), numbers)
            note = f'<p class="ipk-empty">{escape(note)}</p>'
        table = rows_html(self.audit, "nodes", rows[:NODES_SHOWN], SHOWN["nodes"], lang=self.lang, caption=title)
        return self._section(N_("Nodes"), picture + note + table)

    def coverage(self) -> Piece:
        """Return which pools serve which nodes unasked; of a large cluster the nodes with gaps first."""
        cluster = self.audit.scenario.cluster
        if not cluster.knows("IPPool", "Node") or not cluster.nodes:
            return Piece(())
        title = N_("Nodes and the pools that serve them")
        table = coverage(self.audit.scenario).sort_values("gaps", ascending=False, kind="stable").head(NODES_SHOWN)
        return self._section(title, frame_html("coverage", table, lang=self.lang, caption=self.words.text(title)))

    def totals(self) -> Piece:
        """Return all counts."""
        return self._section(N_("Totals"), totals_html(self.audit, self.lang))

    def unknown(self) -> Piece:
        """Return what could not be read, and how what was read fits together."""
        return self._section(N_("How it was read"), findings_html(self.audit.notes, self.lang))

    def _section(self, title: str, html: str, markdown: str = "") -> Piece:
        """Return a part of the page under its heading; tables and pictures are on the page alone."""
        head = heading(self.words.text(title))
        return Piece((replace(head, markdown=head.markdown if markdown else ""), Part(html, markdown)))
