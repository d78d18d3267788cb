"""What a capacity report says, piece by piece: each method of `Report` is one cell of its notebook."""

from __future__ import annotations

import hashlib
from functools import cached_property
from html import escape
from pathlib import Path

from ...capacity import block_sizes, choices, growth, nodes, pools
from ...figures import block_sizes as draw_block_sizes
from ...figures import growth as draw_growth
from ...findings import N_, Finding, Severity
from ...limits import CALICO_VERSION, DEFAULT_MAX_BLOCKS
from ...model import IPPool
from ...model.editing import as_group
from ...read.files import read
from ...rules import check
from ...simulation import place
from ...view.html import tiles, tiles_html, verdict_html
from ...view.markdown import plain, verdict_markdown
from ...write import manifests, scenario_yaml
from .maps import maps, pool_title
from .page import Page
from .piece import Part, Piece, code, heading, picture, prose, table
from .summary import summarise
from .table import Table

FIRST = 5  # findings that the first page shows
MAPS_SHOWN = 4
POOLS_SHOWN = 8  # with a table of block sizes each

_SEVERE = (Severity.ERROR, Severity.WARNING)


class Report(Page):
    """A scenario, ready to be shown.

    Parameters
    ----------
    scenario
        Path of a scenario file, or of anything else that `ippoolkit.load` reads.
    lang
        Language: ``en`` or ``zh``.
    date
        Date to print; none if left out.
    nodes_shown
        Most nodes that a page lists; exports list all.

    Raises
    ------
    InputError
        Where the file cannot be read.
    ValueError
        For a language that there is not.
    """

    def __init__(self, scenario: str | Path, lang: str = "en", date: str = "", nodes_shown: int = 200) -> None:
        super().__init__(lang, date)
        reading = read(scenario)
        self.scenario = reading.scenario
        self.notes = reading.notes
        self.nodes_shown = nodes_shown

    @cached_property
    def findings(self) -> list[Finding]:
        """All findings on the scenario, and remarks on how it was read."""
        return [*check(self.scenario), *self.notes]

    @cached_property
    def text(self) -> str:
        """The scenario as its file."""
        return scenario_yaml(self.scenario)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the scenario's file."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def title(self) -> Piece:
        """Return the head: what, when, by which rules, of which input; the plan in a sentence."""
        lines = (self._sentence(), self.scenario.description)
        head = self.head(N_("IP pool capacity report"), self.scenario.name, lines, self.digest)
        return Piece((head,), summarise(self.scenario, self.lang))

    def verdict(self) -> Piece:
        """Return the verdict and the three numbers that decide."""
        boxes = tiles(self.scenario, self.lang, brief=True)
        markdown = "\n".join(f"- **{plain(value)}** {plain(label)}" for value, label, _ in boxes)
        html = verdict_html(self.scenario, self.lang) + tiles_html(self.scenario, self.lang, brief=True)
        return Piece((Part(html, f"{verdict_markdown(self.scenario, self.lang)}\n\n{markdown}"),))

    def what_breaks(self) -> Piece:
        """Return what breaks first, and what would be enough to prevent it."""
        bad = [finding for finding in self.findings if finding.severity in _SEVERE]
        parts = [self.listed(bad[:FIRST])]
        if len(bad) > FIRST:
            parts.append(
                prose(self.words.say(N_("{more} more under Findings."), {"more": len(bad) - FIRST}), "ipk-empty")
            )
        changes = choices(self.scenario, lang=self.lang)
        if len(changes):
            caption = self.words.text(N_("One change that is enough"))
            parts += [heading(caption, 3), table(Table.of_kit("choices", changes, lang=self.lang, caption=caption))]
        return self.section(N_("What breaks first, and when"), *parts)

    def address_map(self) -> Piece:
        """Return the plan in a picture: the blocks of each pool, as the engine fills them."""
        shown = self._serving()[:MAPS_SHOWN]
        return self.section(N_("The plan in a picture"), *maps(place(self.scenario), shown, self.words))

    def block_sizes(self) -> Piece:
        """Return the comparison of block sizes, a table and a chart for each pool."""
        ordered = sorted(self.scenario.cluster.pools, key=lambda pool: pool.name)
        parts: list[Part] = []
        for pool in ordered[:POOLS_SHOWN]:
            parts += self._sizes_of(pool)
        if len(ordered) > POOLS_SHOWN:
            numbers = {"shown": POOLS_SHOWN, "pools": len(ordered)}
            parts.append(prose(self.words.say(N_("The first {shown} of {pools:pool} by name."), numbers), "ipk-empty"))
        return self.section(N_("Block sizes compared"), *parts)

    def pools(self) -> Piece:
        """Return the table of pools."""
        made = Table.of_kit("pools", pools(self.scenario, lang=self.lang), lang=self.lang, most=self.nodes_shown)
        return self.section(N_("Pools"), table(made))

    def nodes(self) -> Piece:
        """Return the table of nodes; of a large cluster those that fill up first."""
        data = nodes(self.scenario, lang=self.lang)
        parts = []
        if len(data) > self.nodes_shown:
            numbers = {"shown": self.nodes_shown, "nodes": len(data)}
            parts.append(prose(self.words.say(N_("The {shown} fullest of {nodes:node}."), numbers), "ipk-empty"))
            data = data.sort_values("pods", ascending=False, kind="stable")
        made = Table.of_kit("nodes", data, lang=self.lang, most=self.nodes_shown)
        return self.section(N_("Nodes"), *parts, table(made))

    def growth(self) -> Piece:
        """Return growth month by month, as a picture for each family and a table."""
        data = growth(self.scenario, lang=self.lang)
        parts = []
        if self.scenario.plan.months:
            for family in sorted({int(family) for family in data["family"]}):
                title = self.words.say(N_("IPv{family}: what is needed, month by month"), {"family": family})
                figure = draw_growth(data, family=family, lang=self.lang)
                parts += [heading(title, 3), picture(f"growth IPv{family}", figure, title)]
        made = Table.of_kit("growth", data, lang=self.lang, caption=self.words.text(N_("Growth")))
        return self.section(N_("Growth"), *parts, table(made))

    def all_findings(self) -> Piece:
        """Return every finding, gravest first, and the rules behind them."""
        return self.section(N_("Findings"), self.findings_of(self.findings))

    def manifests(self) -> Piece:
        """Return the manifests of the plan, for ``calicoctl apply -f``."""
        cluster = self.scenario.cluster
        text = manifests([*cluster.pools, cluster.ipam, *cluster.reservations])
        note = N_(
            "As calicoctl takes them: pools, IPAM configuration, reservations. blockSize is fixed once a pool exists."
        )
        return self.section(N_("Manifests"), prose(self.words.text(note)), code(text))

    def method(self) -> Piece:
        """Return the assumptions, in short."""
        cap = self.scenario.cluster.ipam.max_blocks_per_host or DEFAULT_MAX_BLOCKS
        told: list[tuple[str, dict[str, object]]] = [
            (N_("All addresses of a block are usable, the first and the last included; a block has 2^(32 − blockSize) "
                "of them, in IPv6 2^(128 − blockSize)."), {}),
            (N_("A node draws from blocks of its own, up to {cap} in each family, then from other nodes' blocks unless "
                "strictAffinity is set. At the cap it does not borrow."), {"cap": cap}),
            (N_("Each tunnel (IPIP, VXLAN, WireGuard) takes an address on every node, so a node without pods needs a "
                "block too."), {}),
            (N_("Nodes join one after another, each brought to its load before the next comes; those that exist come "
                "first."), {}),
            (N_("Growth is counted as begun: half a node a month makes one in the first month."), {}),
            (N_("Left out: pods and namespaces that name their pools, fragmentation by churn, addresses that cool "
                "down."), {}),
            (N_("All numbers follow Calico {version}; every rule names its source under Findings."),
             {"version": CALICO_VERSION}),
        ]  # fmt: skip
        lines = [self.words.say(template, values) for template, values in told]
        html = "".join(f"<li>{escape(line)}</li>" for line in lines)
        markdown = "\n".join(f"- {plain(line)}" for line in lines)
        return self.section(N_("Assumptions and method"), Part(f"<ul>{html}</ul>", markdown))

    def appendix(self) -> Piece:
        """Return every parameter, so that the report can be made again."""
        return self.section(N_("Appendix: every parameter"), *self.parameters(self.text))

    def _serving(self) -> list[IPPool]:
        """Return the pools by name, those that serve nothing last."""
        return sorted(self.scenario.cluster.pools, key=lambda pool: (pool.disabled, pool.name))

    def _sizes_of(self, pool: IPPool) -> list[Part]:
        data = block_sizes(self.scenario, pool.name, lang=self.lang)
        title = pool_title(pool, self.words)
        made = Table.of_kit("block_sizes", data, lang=self.lang, chosen=pool.block_size, caption=title)
        figure = draw_block_sizes(data, chosen=pool.block_size, lang=self.lang)
        return [
            heading(title, 3),
            table(made.named(f"blocks {pool.name}")),
            picture(f"block sizes {pool.name}", figure, title),
        ]

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
