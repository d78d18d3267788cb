"""The tables of designs and of ways to change a cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..capacity.columns import DESIGNS, ROUTES, WAYS, frame
from ..cidr import BITS, Version
from ..findings import N_, SOURCES, language
from .existing import Way
from .recommendation import FamilyDesigns, Recommendation
from .routes import Peering, RackRoutes, tables
from .search import BLOCK_CAP, POOL_SIZE, Design
from .search import ROUTES as ROUTES_RULE

if TYPE_CHECKING:
    import pandas as pd

RULE_NAMES = {
    BLOCK_CAP: N_("blocks a node"),
    POOL_SIZE: N_("size of the pool"),
    ROUTES_RULE: N_("routes"),
}
WAY_NAMES = {
    "keep": N_("nothing"),
    "second-pool": N_("a second pool"),
    "block-size": N_("another blockSize"),
    "migrate": N_("move to a new pool"),
}


PEERINGS = {
    Peering.VXLAN: (N_("VXLAN, no BGP"), "encapsulation"),
    Peering.MESH: (N_("full mesh of nodes"), "bgp"),
    Peering.REFLECTORS: (N_("route reflectors"), "bgp"),
    Peering.RACKS: (N_("top-of-rack routers"), "fabric"),
    Peering.RACKS_AGGREGATED: (N_("top-of-rack routers, a rack's pool as one"), "fabric"),
}


def designs_table(recommendation: Recommendation, *, every: bool = False, lang: str = "en") -> pd.DataFrame:
    """List designs: those that no other one beats, or all with the rules that they break.

    Parameters
    ----------
    recommendation
        What `recommend` found.
    every
        Whether those are listed too that do not hold or are beaten.
    lang
        Language of the column `breaks`.

    Returns
    -------
    pandas.DataFrame
        A row a design; columns as in docs/tables.md.
    """
    picked = {(pick.designs, pick.design) for pick in recommendation.picks}
    numbers = {pair: number for number, pair in enumerate(recommendation.listed(), 1)}
    pairs = (
        [(designs, design) for designs in recommendation.designs for design in designs.space.designs()]
        if every
        else recommendation.listed()
    )
    return frame(DESIGNS, [_row(pair, numbers.get(pair, 0), pair in picked, lang) for pair in pairs])


def routes_table(recommendation: Recommendation, *, lang: str = "en") -> pd.DataFrame:
    """List what a node, a top-of-rack router, the spine and a reflector hold of the picked designs.

    Returns
    -------
    pandas.DataFrame
        A row a family and way in which routes travel; columns as in docs/tables.md.
    """
    held: dict[Version, list[RackRoutes]] = {}
    for pick in recommendation.picks:
        need = pick.designs.space.need
        size = 1 << (BITS[pick.design.family] - pick.design.block_size)
        racks = [
            RackRoutes(
                sum(need.nodes_in(kind, rack) for kind in need.kinds),
                sum(need.nodes_in(kind, rack) * kind.blocks(size) for kind in need.kinds),
            )
            for rack in range(need.racks)
        ]
        known = held.get(pick.design.family)
        held[pick.design.family] = racks if known is None else [a + b for a, b in zip(known, racks, strict=True)]
    return routes_of(held, recommendation.requirements.max_routes, lang=lang)


def routes_of(
    held: Mapping[Version, Sequence[RackRoutes]], limit: int | None = None, *, lang: str = "en"
) -> pd.DataFrame:
    """List the tables of what each rack's nodes announce, for each family and way in which routes travel."""
    words = language(lang)
    rows = []
    for family, racks in held.items():
        for peering, (name, source) in PEERINGS.items():
            if peering is Peering.RACKS_AGGREGATED and len(racks) == 1:
                continue  # one pool for all racks cannot be announced by one of them
            found = tables(racks, peering)
            fits = limit is None or found.largest <= limit
            rows.append(
                (
                    family, words.text(name), found.node, found.router, found.spine, found.reflector, found.sessions,
                    limit, fits, SOURCES[source].url,
                )
            )  # fmt: skip
    return frame(ROUTES, rows)


def ways_table(ways: list[Way], *, lang: str = "en") -> pd.DataFrame:
    """List the ways to make a cluster hold what is asked, cheapest first; columns as in docs/tables.md."""
    words = language(lang)
    rows = [
        (
            words.text(WAY_NAMES[way.kind]),
            way.pool,
            _target(way),
            way.holds,
            way.pods_recreated,
            way.blocks_released,
            way.routes,
            way.addresses or None,
            " ".join(("ippoolkit", *way.command)) if way.command else "",
        )
        for way in ways
    ]
    return frame(WAYS, rows)


def _target(way: Way) -> str:
    size = f"/{way.block_size}" if way.block_size else ""
    return ", ".join(filter(None, (str(way.cidr) if way.cidr else "", size)))


def _row(pair: tuple[FamilyDesigns, Design], number: int, picked: bool, lang: str) -> tuple[object, ...]:  # noqa: FBT001
    designs, design = pair
    words = language(lang)
    return (
        number,
        picked,
        designs.pool_set.title,
        design.family,
        design.prefix,
        design.block_size,
        design.pools,
        design.blocks_per_node,
        design.blocks,
        design.addresses,
        design.routes,
        design.nodes_max,
        design.unused_per_node,
        ", ".join(words.text(RULE_NAMES[rule]) for rule in design.breaks),
    )
