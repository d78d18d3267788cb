"""Figures that a program printed, as against those that are counted from objects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..cidr import Cidr
from ..findings import Finding, Place
from ..model import Block, IPPool

# The row of a figure that holds wherever nothing else was said.
ANY_ROW = "*"
# The table of numbers of which the audit has the list: they count where the list is not shown.
COUNTS_TABLE = "counts"


@dataclass(frozen=True, slots=True)
class RecognizedPiece:
    """Some lines of an input and what they were read as: a key of `piece_kinds.PIECE_KINDS`."""

    file: str
    first_line: int
    last_line: int
    kind: str


@dataclass(frozen=True, slots=True)
class ReportedFigures:
    """One figure: of which table and row (a pool's CIDR, a node's name), and whether it was rounded."""

    table: str
    row: str
    figure: str
    value: Any
    rounded: bool
    place: Place


@dataclass(slots=True)
class ReportedPool:
    """A pool as far as a text describes it; what it does not say is absent from `spec`."""

    cidr: Cidr
    place: Place
    name: str = ""
    spec: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PoolFromText:
    """A pool that is known from a text only, and the fields that it gives: the others have Calico's defaults."""

    pool: IPPool
    given_fields: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ListedObject:
    """An object that a text tells of; `value` is as much of it as the text tells."""

    value: dict[str, Any]
    place: Place

    @property
    def name(self) -> str:
        """Its name, without the namespace."""
        return str(self.value["metadata"]["name"])


@dataclass(slots=True)
class ReportedText:
    """What texts report: figures, blocks, kinds that the reader had no right to list, remarks."""

    figures: list[ReportedFigures] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    blocks_known: bool = False
    blocks_outside: list[tuple[Cidr, int | None]] = field(default_factory=list)  # of no pool; addresses in use
    listed_blocks: list[tuple[Cidr, str, Place]] = field(default_factory=list)  # with their node where it is shown
    block_usage: dict[Cidr, int] = field(default_factory=dict)  # addresses in use, where they are not rounded
    pools: list[ReportedPool] = field(default_factory=list)
    service_addresses: dict[Cidr, None] = field(default_factory=dict)  # as networks of one address
    node_addresses: dict[Cidr, None] = field(default_factory=dict)  # the same, or the network that one is in
    listed_nodes: list[ListedObject] = field(default_factory=list)  # whose labels are not shown
    node_ages: dict[str, int] = field(default_factory=dict)  # seconds, as tables show them
    listed_pods: list[ListedObject] = field(default_factory=list)  # of all namespaces, with node and address
    waiting_pods: list[tuple[str, str, Place]] = field(default_factory=list)  # name, node; without an address
    starting_pods: list[tuple[str, Place]] = field(default_factory=list)  # of which no address is shown, nor that none
    borrowed: dict[str, tuple[Cidr, Place]] = field(default_factory=dict)  # by address: the block that it is in
    affinities: list[tuple[str, Cidr, Place]] = field(default_factory=list)  # node and block
    # What a text describes; and single ones of their kind, of which there may be others.
    objects: list[ListedObject] = field(default_factory=list)
    single_objects: list[ListedObject] = field(default_factory=list)
    forbidden_kinds: dict[str, Place] = field(default_factory=dict)
    release: str = ""  # of Calico, where a text names it
    pieces: list[RecognizedPiece] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)

    def add_figures(
        self, table: str, row: str, place: Place, figures: Mapping[str, Any], *, rounded: bool = False
    ) -> None:
        """Note figures of one row."""
        self.figures += [
            ReportedFigures(table, row, figure, value, rounded, place) for figure, value in figures.items()
        ]

    def note_unread_row(self, text: str, place: Place) -> None:
        """Note a row that could not be used."""
        self.notes.append(Finding("table-row", params={"row": text}, place=place))

    def add_pool(self, cidr: Cidr, place: Place, name: str = "", **spec: Any) -> None:
        """Note what a text says of a pool; several texts add up."""
        for pool in self.pools:
            if pool.cidr == cidr:
                pool.name = pool.name or name
                pool.spec = {**spec, **pool.spec}
                return
        self.pools.append(ReportedPool(cidr, place, name, spec))

    def add_block_sizes(self, cidr: Cidr, blocks: Iterable[Cidr], place: Place) -> None:
        """Note the blockSize that the blocks of a pool tell: if they differ, that of most of them, to plan on."""
        counts = Counter(block.prefix for block in blocks if block.prefix >= cidr.prefix)
        if not counts:
            return
        size = counts.most_common(1)[0][0]
        self.add_pool(cidr, place, blockSize=size)
        if len(counts) == 1:
            self.add_figures("pools", str(cidr), place, {"blockSize": size, "blocks_total": cidr.subnet_count(size)})

    def add_node_address(self, text: str) -> None:
        """Note an address of a node; what is none (`<none>`) is left out."""
        if text and (cidr := Cidr.parse_network_or_address(text)) is not None:
            self.node_addresses[cidr] = None

    def add_service_address(self, text: str) -> None:
        """Note a cluster IP of a service; what is none (`None`) is left out."""
        if text and (cidr := Cidr.parse_network_or_address(text)) is not None:
            self.service_addresses[cidr] = None
