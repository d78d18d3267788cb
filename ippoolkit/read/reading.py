"""What was read of all that people bring: a scenario, what texts report beside it, and what was not understood."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..answer import answer_html, counted
from ..cidr import Cidr
from ..findings import Finding, Place, Severity
from ..model import Scenario
from .document import Document
from .reported import PoolFromText, RecognizedPiece, ReportedFigures

# Errors of one object or row in a file that could be read.
_PARTIAL_ERRORS = frozenset({"table-row", "object-differs", "not-object", "release-old", "release-unknown"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read, and what was not understood, where.

    Attributes
    ----------
    scenario
        The cluster or the plan; kinds of which nothing was read are in ``scenario.cluster.unknown``.
    notes
        Findings on what could not be used, what was assumed, and why something is unknown.
    reported
        Figures that texts state, such as the tables of ``calicoctl ipam show``.
    reported_pools
        Pools that a text tells of, by their names or ranges; what it does not tell has Calico's default.
    node_names
        Where nodes are listed of which nothing else is known.
    blocks_outside
        Blocks that a text shows outside all pools, each with its addresses in use, None for unknown.
    listed_blocks
        Blocks that a text shows, each with its node where it is shown.
    waiting_pods, starting_pods, affinities
        Pods without an address, pods that are being started and may have one, and claims on blocks, that a table shows.
    newest_creation
        For each kind when its youngest object was created.
    node_ages
        Ages of nodes in seconds: as a table shows them; of objects, how much older each is than the youngest.
    pieces
        What each part of a text was recognized as.
    documents
        The YAML and JSON documents, for those who review manifests against them.
    sources
        The paths that were read.
    is_installer
        Whether any input was an installer's.
    planned_pools
        Names of the pools that are there only because an installer would create them.
    """

    scenario: Scenario
    notes: tuple[Finding, ...] = ()
    reported: tuple[ReportedFigures, ...] = ()
    reported_pools: tuple[PoolFromText, ...] = ()
    node_names: Mapping[str, Place] = field(default_factory=dict)
    blocks_outside: tuple[tuple[Cidr, int | None], ...] = ()
    listed_blocks: tuple[tuple[Cidr, str, Place], ...] = ()
    waiting_pods: tuple[tuple[str, str, Place], ...] = ()
    starting_pods: tuple[tuple[str, Place], ...] = ()
    affinities: tuple[tuple[str, Cidr, Place], ...] = ()
    newest_creation: Mapping[str, str] = field(default_factory=dict)
    node_ages: Mapping[str, int] = field(default_factory=dict)
    pieces: tuple[RecognizedPiece, ...] = ()
    documents: tuple[Document, ...] = ()
    sources: tuple[str, ...] = ()
    is_installer: bool = False
    planned_pools: tuple[str, ...] = ()

    _repr_html_ = answer_html

    def __repr__(self) -> str:
        summary = self.scenario.cluster.summary()
        return f"<Reading of {self.scenario.name!r}: {summary}, {counted(len(self.notes), 'note')}>"

    @property
    def configuration_from_text(self) -> bool:
        """Whether only a text tells of the IPAM configuration: calicoctl prints defaults and what is stored alike."""
        return self.scenario.cluster.ipam_stored is None

    @property
    def has_listed(self) -> bool:
        """Whether texts tell of figures, pods, claims or blocks, beside what objects tell."""
        return bool(self.reported or self.waiting_pods or self.starting_pods or self.affinities or self.listed_blocks)

    @property
    def has_unreadable_file(self) -> bool:
        """Whether a file could not be read at all."""
        return any(
            note.severity is Severity.ERROR
            and note.rule.source_key in ("kit", "json", "yaml")
            and note.code not in _PARTIAL_ERRORS
            for note in self.notes
        )

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The notes that are errors: objects, rows and files that could not be used."""
        return tuple(note for note in self.notes if note.severity is Severity.ERROR)

    @property
    def reported_usage(self) -> dict[str, tuple[int | None, int | None]]:
        """Addresses and blocks in use that texts tell, by the pool's range; what is rounded is not among them."""
        exact = {
            (figure.row, figure.figure): figure.value
            for figure in self.reported
            if figure.table == "pools" and not figure.rounded
        }
        return {row: (exact.get((row, "allocated")), exact.get((row, "blocks_allocated"))) for row, _ in exact}

    @property
    def pools_from_text(self) -> tuple[PoolFromText, ...]:
        """The pools that only a text tells of."""
        known = {pool.cidr for pool in self.scenario.cluster.pools}
        return tuple(reported for reported in self.reported_pools if reported.pool.cidr not in known)

    @property
    def design(self) -> Reading:
        """The same to plan on: pools that only a text tells of take part, with what was assumed of them noted."""
        cluster = self.scenario.cluster
        missing = self.pools_from_text
        if not missing:
            return self
        notes = tuple(
            Finding(
                "pool-from-text-sized" if "blockSize" in reported.given_fields else "pool-from-text",
                f"IPPool/{reported.pool.name}",
                {"cidr": str(reported.pool.cidr), "size": reported.pool.block_size},
            )
            for reported in missing
        )
        known = tuple(kind for kind in cluster.unknown if kind != "IPPool")
        scenario = dataclasses.replace(
            self.scenario,
            cluster=dataclasses.replace(
                cluster, pools=(*cluster.pools, *(reported.pool for reported in missing)), unknown=known
            ),
        )
        return dataclasses.replace(self, scenario=scenario, notes=(*self.notes, *notes))
