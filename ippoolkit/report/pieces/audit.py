"""What a report on an audit says, piece by piece: each method of `AuditReport` is one cell of its notebook."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from IPython.display import HTML

from ... import __version__
from ...audit import audit as run
from ...audit.tables import coverage
from ...figures import svg
from ...figures.address_map import address_map as draw_map
from ...figures.audit import headroom, usage
from ...findings import N_, Severity, language, printable
from ...ipam import IpamError
from ...limits import CALICO_VERSION
from ...view.audit import SHOWN, fullest, headroom_rows
from ...view.audit_page import frame_html, rows_html, summary_html, tiles_html, totals_html
from ...view.html import findings_html, sources_html

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

    def title(self) -> HTML:
        """Return the head: what, when, by which rules."""
        say = self.words.text
        meta = [
            say(N_("IP pool audit")),
            self.date,
            f"ippoolkit {__version__}",
            self.words.say(N_("rules of Calico {version}"), {"version": CALICO_VERSION}),
        ]
        head = "".join(f"<span>{escape(part)}</span>" for part in meta if part)
        return HTML(f'<p class="ipk-meta">{head}</p>\n<h1>{escape(printable(self.audit.scenario.name))}</h1>')

    def summary(self) -> HTML:
        """Return the whole in a sentence, and the key figures."""
        return HTML(summary_html(self.audit, self.lang) + tiles_html(self.audit, self.lang))

    def findings(self) -> HTML:
        """Return what is wrong, gravest first."""
        bad = [finding for finding in self.audit.findings if finding.severity is not Severity.OK]
        return self._section(N_("What is wrong"), findings_html(bad, self.lang))

    def pools(self) -> HTML:
        """Return the pools: a picture and a table."""
        title = self.words.text(N_("Pools"))
        figure = usage(self.audit.figures.pools, lang=self.lang)
        picture = f"<figure>{svg(figure, title)}</figure>" if figure else ""
        rows = self.audit.figures.pools
        return self._section(
            N_("Pools"), picture + rows_html(self.audit, "pools", rows, SHOWN["pools"], lang=self.lang, caption=title)
        )

    def maps(self) -> HTML:
        """Return a map of each pool's blocks, where the blocks are known."""
        cluster = self.audit.scenario.cluster
        if not cluster.knows("IPPool", "IPAMBlock") or not cluster.blocks:
            return HTML("")
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

    def nodes(self) -> HTML:
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

    def coverage(self) -> HTML:
        """Return which pools serve which nodes unasked; of a large cluster the nodes with gaps first."""
        cluster = self.audit.scenario.cluster
        if not cluster.knows("IPPool", "Node") or not cluster.nodes:
            return HTML("")
        title = N_("Nodes and the pools that serve them")
        table = coverage(self.audit.scenario).sort_values("gaps", ascending=False, kind="stable").head(NODES_SHOWN)
        return self._section(title, frame_html("coverage", table, lang=self.lang, caption=self.words.text(title)))

    def totals(self) -> HTML:
        """Return all counts."""
        return self._section(N_("Totals"), totals_html(self.audit, self.lang))

    def unknown(self) -> HTML:
        """Return what could not be read, and how what was read fits together."""
        return self._section(N_("How it was read"), findings_html(self.audit.notes, self.lang))

    def rules(self) -> HTML:
        """Return the rules that were used, with their sources."""
        return self._section(N_("Rules used"), sources_html(self.audit.findings, self.lang))

    def _section(self, title: str, body: str) -> HTML:
        return HTML(f"<h2>{escape(self.words.text(title))}</h2>\n{body}")
