"""What a report says, piece by piece: each method of `Report` is one cell of a report's notebook."""

from __future__ import annotations

from functools import cached_property
from html import escape
from pathlib import Path

from IPython.display import HTML

from .. import __version__
from ..capacity import block_sizes, growth, nodes, pools
from ..figures import block_sizes as draw_block_sizes
from ..figures import svg
from ..findings import N_, Finding, Severity, language
from ..limits import CALICO_VERSION
from ..model.editing import as_group
from ..read.files import read
from ..rules import check
from ..view.html import findings_html, sources_html, table_html, tiles_html, verdict_html
from ..write import scenario_yaml

NODES_SHOWN = 200


class Report:
    """A scenario, ready to be shown.

    Parameters
    ----------
    scenario
        Path of a scenario file, or of anything else that `ippoolkit.load` reads.
    lang
        Language: ``en`` or ``zh``.
    date
        Date to print; none if left out.

    Raises
    ------
    InputError
        Where the file cannot be read.
    ValueError
        For a language that there is not.
    """

    def __init__(self, scenario: str | Path, lang: str = "en", date: str = "") -> None:
        self.words = language(lang)
        reading = read(scenario)
        self.scenario = reading.scenario
        self.notes = reading.notes
        self.lang = lang
        self.date = date

    @cached_property
    def findings(self) -> list[Finding]:
        """All findings on the scenario, and remarks on how it was read."""
        return [*check(self.scenario), *self.notes]

    def title(self) -> HTML:
        """Return the head: what, when, by which rules; the plan in a sentence."""
        say = self.words.text
        meta = [
            say(N_("IP pool capacity report")),
            self.date,
            f"ippoolkit {__version__}",
            self.words.say(N_("rules of Calico {version}"), {"version": CALICO_VERSION}),
        ]
        head = "".join(f"<span>{escape(part)}</span>" for part in meta if part)
        parts = [f'<p class="ipk-meta">{head}</p>', f"<h1>{escape(self.scenario.name)}</h1>"]
        parts += [f'<p class="ipk-sub">{escape(self._sentence())}</p>']
        if self.scenario.description:
            parts.append(f'<p class="ipk-sub">{escape(self.scenario.description)}</p>')
        return HTML("\n".join(parts))

    def verdict(self) -> HTML:
        """Return the verdict and the key figures."""
        return HTML(verdict_html(self.scenario, self.lang) + tiles_html(self.scenario, self.lang))

    def what_breaks(self) -> HTML:
        """Return the findings, gravest first."""
        bad = [finding for finding in self.findings if finding.severity is not Severity.OK]
        return self._section(N_("What breaks first"), findings_html(bad, self.lang))

    def block_sizes(self) -> HTML:
        """Return the comparison of block sizes, a table and a chart for each pool."""
        parts = []
        for pool in sorted(self.scenario.cluster.pools, key=lambda pool: pool.name):
            table = block_sizes(self.scenario, pool.name, lang=self.lang)
            figure = draw_block_sizes(table, chosen=pool.block_size, lang=self.lang)
            title = self.words.say(N_("Pool {pool}, {cidr}"), {"pool": pool.name, "cidr": pool.cidr})
            parts += [
                f"<h3>{escape(title)}</h3>",
                table_html("block_sizes", table, lang=self.lang, chosen=pool.block_size, caption=title),
                f"<figure>{svg(figure, title)}</figure>",
            ]
        return self._section(N_("Block sizes compared"), "\n".join(parts))

    def pools(self) -> HTML:
        """Return the table of pools."""
        return self._section(N_("Pools"), table_html("pools", pools(self.scenario, lang=self.lang), lang=self.lang))

    def nodes(self) -> HTML:
        """Return the table of nodes; of a large cluster those that fill up first."""
        table = nodes(self.scenario, lang=self.lang)
        note = ""
        if len(table) > NODES_SHOWN:
            numbers = {"shown": NODES_SHOWN, "nodes": len(table)}
            note = self.words.say(N_("The {shown} fullest of {nodes:node}."), numbers)
            table = table.sort_values("pods", ascending=False, kind="stable").head(NODES_SHOWN)
        html = table_html("nodes", table, lang=self.lang)
        return self._section(N_("Nodes"), f'<p class="ipk-empty">{escape(note)}</p>{html}' if note else html)

    def growth(self) -> HTML:
        """Return the table of growth, month by month."""
        return self._section(N_("Growth"), table_html("growth", growth(self.scenario, lang=self.lang), lang=self.lang))

    def given(self) -> HTML:
        """Return the scenario itself, so that the report can be made again."""
        text = f'<pre class="yaml" tabindex="0">{escape(scenario_yaml(self.scenario))}</pre>'
        return self._section(N_("The scenario"), text)

    def rules(self) -> HTML:
        """Return the rules that were used, with their sources."""
        return self._section(N_("Rules used"), sources_html(self.findings, self.lang))

    def _section(self, title: str, body: str) -> HTML:
        return HTML(f"<h2>{escape(self.words.text(title))}</h2>\n{body}")

    def _sentence(self) -> str:
        pools_ = self.scenario.cluster.pools
        group = as_group(self.scenario)
        numbers = {
            "pools": len(pools_),
            "ranges": ", ".join(f"{pool.cidr} (blockSize {pool.block_size})" for pool in pools_[:4])
            + (" …" if len(pools_) > 4 else ""),
            "nodes": group.nodes,
            "typical": group.pods_per_node,
            "busiest": max(group.pods_on_busiest_node, group.pods_per_node),
        }
        template = N_(
            "{pools:pool}: {ranges}; {nodes:node}, {typical:pod} on a typical and {busiest} on the busiest one."
        )
        return self.words.say(template, numbers)
