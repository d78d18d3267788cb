"""What a capacity report says: each method of `CapacityReport` is one cell of its notebook."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from html import escape
from pathlib import Path

from ...analysis import Analysis
from ...calico.pool_selection import max_blocks_per_node
from ...choose import scenario_routes
from ...figures import draw_block_sizes, draw_growth
from ...findings import N_, Finding, Severity, sort_by_severity
from ...ipam import IpamError
from ...model import IPAMConfig, IPPool, IPReservation
from ...model.scenario_edits import nodes_as_group
from ...simulation import place_planned_pods
from ...view.cell_text import MAP_UNKNOWN
from ...view.growth import growth_changes, growth_note
from ...view.html import capacity_tiles, verdict_html
from ...view.markdown import escape_markdown, verdict_markdown
from ...view.node_rows import node_rows
from ...view.verdict_parts import errors_beside_verdicts
from ...write import scenario_to_yaml, to_manifests_yaml
from ..run_context import read_at_hand
from .address_maps import address_map_parts, pool_title
from .base_report import POOLS_LEFT_OUT, BaseReport
from .choose_report import alternative_parts
from .history_outlook import forecast_scenario, known_limits, outlook_parts, outlook_summary
from .scenario_summary import summarise_scenario
from .section import Section, SectionPart, code_part, heading_part, paragraph, picture_part, tiles_part

FINDINGS_ON_FIRST_PAGE = 5  # findings that the first page shows
MAPS_SHOWN = 4
POOLS_SHOWN = 8  # with a table of block sizes each

_SHOWN_SEVERITIES = (Severity.ERROR, Severity.WARNING)


class CapacityReport(BaseReport):
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
    history
        Sources of the pools' history, as `ippoolkit.forecast` reads them; a folder may hold those of many clusters,
        each under its cluster's name.

    Raises
    ------
    InputError
        Where the file cannot be read.
    ValueError
        For a language that there is not.
    """

    def __init__(
        self,
        scenario: str | Path,
        lang: str = "en",
        date: str = "",
        nodes_shown: int = 200,
        history: Sequence[str] = (),
    ) -> None:
        super().__init__(lang, date)
        reading = read_at_hand(scenario)
        self.scenario = reading.scenario
        self.analysis = Analysis(self.scenario, reading.reported_usage)
        self.reading_notes = reading.notes
        self.nodes_shown = nodes_shown
        self.history = tuple(history)
        self.measured = forecast_scenario(self.scenario, history)

    @cached_property
    def findings(self) -> list[Finding]:
        """All findings on the scenario, and remarks on how it was read."""
        return sort_by_severity([*self.analysis.findings, *self.reading_notes])

    @cached_property
    def yaml_text(self) -> str:
        """The scenario as its file."""
        return scenario_to_yaml(self.scenario)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the scenario's file."""
        return hashlib.sha256(self.yaml_text.encode()).hexdigest()

    def title(self) -> Section:
        """Return the head: what, when, by which rules, of which input; the plan in a sentence."""
        lines = (self._plan_sentence(), self.scenario.description)
        release = str(self.scenario.release)
        head = self.header_part(N_("IP pool capacity report"), self.scenario.name, lines, self.digest, release=release)
        summary = summarise_scenario(self.analysis, self.lang) | {"release": release}
        return Section((head,), summary | outlook_summary(self.measured, self.scenario, self.lang))

    def verdict(self) -> Section:
        """Return the verdict and the three numbers that decide."""
        verdict = SectionPart(verdict_html(self.analysis, self.lang), verdict_markdown(self.analysis, self.lang))
        beside = [
            paragraph(text) for text in errors_beside_verdicts(self.analysis, self.reading_notes, self.language)[:1]
        ]
        return Section((verdict, *beside, tiles_part(capacity_tiles(self.analysis, self.lang, short=True))))

    def measured_outlook(self) -> Section:
        """Return when pools run out by their measured history; nothing without one."""
        title = N_("When pools run out, as measured")
        if self.measured is None:
            if not self.history:
                return Section(())
            note = N_("{folder} has no history of {name}: expected {name}.csv, {name}.json or a folder {name}.")
            return self.section(title, self.remark(note, folder=", ".join(self.history), name=self.scenario.name))
        limits = known_limits(self.measured, self.scenario)
        return self.section(title, *outlook_parts(self.measured, limits, self))

    def what_breaks(self) -> Section:
        """Return what breaks first, and what would be enough to prevent it."""
        severe_findings = [finding for finding in self.findings if finding.severity in _SHOWN_SEVERITIES]
        parts = [self.findings_list_part(severe_findings[:FINDINGS_ON_FIRST_PAGE])]
        if not severe_findings:
            parts = [self.remark(N_("Nothing, with the growth that is planned."))]
        if len(severe_findings) > FINDINGS_ON_FIRST_PAGE:
            more = len(severe_findings) - FINDINGS_ON_FIRST_PAGE
            parts.append(self.remark(N_("{more} more are listed under Findings."), more=more))
        changes = self.analysis.choice_table(lang=self.lang)
        if len(changes):
            caption = self.language.translate(N_("Single changes that are sufficient"))
            parts += [
                heading_part(caption, 3),
                self.standard_table("choices", changes, caption=caption),
            ]
        return self.section(N_("What breaks first, and when"), *parts)

    def address_map(self) -> Section:
        """Return the plan in a picture: the blocks of each pool, as the engine fills them."""
        title = N_("The plan in a picture")
        if self.scenario.cluster.lacks_addresses:
            return self.section(title, self.remark(MAP_UNKNOWN))
        try:
            simulation = place_planned_pods(self.scenario)
        except IpamError as error:  # too large, or pools that overlap
            return self.section(title, paragraph(error.describe(self.lang)))
        # Pools that serve nothing come last.
        shown_pools = sorted(self.scenario.cluster.pools, key=lambda pool: (pool.disabled, pool.name))[:MAPS_SHOWN]
        return self.section(title, *address_map_parts(simulation, shown_pools, self.language))

    def block_sizes(self) -> Section:
        """Return the comparison of block sizes, a table and a chart for each pool."""
        sorted_pools = sorted(self.scenario.cluster.pools, key=lambda pool: pool.name)
        parts: list[SectionPart] = []
        for pool in sorted_pools[:POOLS_SHOWN]:
            parts += self._block_size_parts(pool)
        if len(sorted_pools) > POOLS_SHOWN:
            parts.append(self.remark(POOLS_LEFT_OUT, shown=POOLS_SHOWN, pools=len(sorted_pools)))
        return self.section(N_("Block sizes compared"), *parts)

    def pools(self) -> Section:
        """Return the table of pools."""
        table = self.analysis.pools(lang=self.lang)
        return self.section(N_("Pools"), self.standard_table("pools", table, max_rows=self.nodes_shown))

    def nodes(self) -> Section:
        """Return the table of nodes; of a large cluster those that fill up first."""
        data = self.analysis.nodes(lang=self.lang)
        shown, note = node_rows(data, self.language, max_rows=self.nodes_shown)
        parts = [paragraph(note, "ipk-empty")] if note else []
        return self.section(N_("Nodes"), *parts, self.standard_table("nodes", data, shown=shown))

    def growth(self) -> Section:
        """Return growth month by month, as a picture for each family and a table; a sentence where nothing grows."""
        data = self.analysis.growth(lang=self.lang)
        changes, note = growth_changes(data), growth_note(data, self.language)
        parts = [paragraph(note, "ipk-empty")] if note else []
        caption = self.language.translate(N_("Growth"))
        growth_table = self.standard_table("growth", data, shown=changes, caption=caption)
        if note and changes["month"].max() == 0:
            return self.section(N_("Growth"), *parts, replace(growth_table, html="", markdown=""))
        pictures: list[SectionPart] = []
        if self.scenario.plan.months:
            for family in sorted({int(family) for family in data["family"]}):
                title = self.language.render(N_("IPv{family}: what is needed, month by month"), {"family": family})
                figure = draw_growth(data, family=family, lang=self.lang)
                alt = self.language.render(
                    N_("Blocks and addresses of IPv{family} that are needed, beside those that there are."),
                    {"family": family},
                )
                pictures += [heading_part(title, 3), picture_part(f"growth IPv{family}", figure, alt)]
        return self.section(N_("Growth"), *pictures, *parts, growth_table)

    def routes(self) -> Section:
        """Return who holds how many routes, by the way they travel."""
        table = scenario_routes(self.analysis, lang=self.lang)
        return self.section(N_("Routes"), self.standard_table("routes", table))

    def alternatives(self) -> Section:
        """Return what could be chosen for these nodes instead: a picture, the picked designs and why."""
        return self.section(N_("Alternatives"), *alternative_parts(self.scenario, self))

    def all_findings(self) -> Section:
        """Return every finding, most severe first, and the rules behind them."""
        return self.section(N_("Findings"), self.findings_part(self.findings))

    def manifests(self) -> Section:
        """Return the manifests of the plan, for ``calicoctl apply -f``."""
        cluster = self.scenario.cluster
        release = self.scenario.release
        if release.has("calicoctl-ipamconfiguration"):
            note = N_(
                "For calicoctl apply -f: pools, IPAM configuration, reservations. blockSize is fixed once a pool "
                "exists."
            )
            objects: list[IPPool | IPAMConfig | IPReservation] = [
                *cluster.pools,
                cluster.ipam,
                *cluster.reservations,
            ]
            parts = [code_part(to_manifests_yaml(objects, release))]
        else:
            from ...manifests.ipam_configure import configure_command

            note = N_(
                "For calicoctl apply -f: pools, reservations. blockSize is fixed once a pool exists. calicoctl of "
                "Calico {release} does not know the kind IPAMConfiguration: the command sets it."
            )
            parts = [
                code_part(to_manifests_yaml([*cluster.pools, *cluster.reservations], release)),
                code_part(configure_command(cluster.ipam, release)),
            ]
        return self.section(N_("Manifests"), self.sentence(note, release=release), *parts)

    def method(self) -> Section:
        """Return the assumptions, in short."""
        params = {
            "cap": max_blocks_per_node(self.scenario.cluster.ipam.max_blocks_per_host),
            "version": self.scenario.release,
        }
        assumptions = (
            N_(
                "All addresses of a block are usable, the first and the last included; a block has 2^(32 − "
                "blockSize) of them, in IPv6 2^(128 − blockSize)."
            ),
            N_("A node takes addresses only from its own blocks (at most {cap} a family): strictAffinity is true.")
            if self.scenario.cluster.ipam.strict_affinity
            else N_(
                "A node takes addresses from its own blocks (at most {cap} per family), then borrows from other "
                "nodes' blocks unless strictAffinity is set. A node at its block limit does not borrow."
            ),
            N_(
                "Each tunnel (IPIP, VXLAN, WireGuard) takes an address on every node, so a node without "
                "pods needs a block too."
            ),
            N_(
                "Nodes join one after another, each with all its pods before the next one joins; existing "
                "nodes come first."
            ),
            N_("Growth is rounded up: half a node a month counts as one node in the first month."),
            N_(
                "Not modelled: pods and namespaces that name their pools, fragmentation by churn, addresses in "
                "cooldown."
            ),
            N_("All numbers follow Calico {version}; every rule names its source under Findings."),
        )
        lines = [self.language.render(template, params) for template in assumptions]
        html = "".join(f"<li>{escape(line)}</li>" for line in lines)
        markdown = "\n".join(f"- {escape_markdown(line)}" for line in lines)
        return self.section(N_("Assumptions and method"), SectionPart(f"<ul>{html}</ul>", markdown))

    def appendix(self) -> Section:
        """Return every parameter, so that the report can be made again."""
        return self.section(N_("Appendix: every parameter"), *self.scenario_parts(self.scenario))

    def _block_size_parts(self, pool: IPPool) -> list[SectionPart]:
        data = self.analysis.block_sizes(pool.name, lang=self.lang)
        title = pool_title(pool, self.language)
        figure = draw_block_sizes(data, chosen_block_size=pool.block_size, lang=self.lang)
        alt = self.language.render(N_("Nodes that fit in pool {pool}, by blockSize."), {"pool": pool.name})
        return [
            heading_part(title, 3),
            self.standard_table(
                "block_sizes", data, title=f"blocks {pool.name}", chosen=pool.block_size, caption=title
            ),
            picture_part(f"block sizes {pool.name}", figure, alt),
        ]

    def _plan_sentence(self) -> str:
        pools = self.scenario.cluster.pools
        group = nodes_as_group(self.scenario)
        params = {
            "pools": len(pools),
            "ranges": ", ".join(f"{pool.cidr} (blockSize {pool.block_size})" for pool in pools[:4])
            + (" …" if len(pools) > 4 else ""),
            "nodes": group.nodes,
            "typical": group.pods_per_node,
            "busiest": max(group.pods_on_busiest_node, group.pods_per_node),
        }
        template = N_(
            "{pools:pool}: {ranges}; {nodes:node}, {typical:pod} on a typical and {busiest} on the busiest one."
        )
        if self.scenario.cluster.lacks_pods and not self.scenario.plan.groups:
            template = N_("{pools:pool}: {ranges}; {nodes:node}, whose pods were not read.")
        return self.language.render(template, params)
