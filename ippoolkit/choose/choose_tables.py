"""The tables of designs and of options to change a cluster."""

from __future__ import annotations

import operator
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..capacity.table_columns import CHANGE_OPTIONS, DESIGNS, ROUTES, build_frame
from ..cidr import IPVersion
from ..findings import N_, SOURCES, get_language
from .bgp_peering import PeeringInUse
from .existing_cluster import BLOCK_SIZE, KEEP, MIGRATE, SECOND_POOL, ChangeOption
from .family_designs import FamilyDesigns
from .recommendation import Recommendation
from .routes import Peering, RackRoutes, routing_tables
from .search import BLOCK_CAP, POOL_SIZE, ROOM, Design
from .search import ROUTES as ROUTES_RULE

if TYPE_CHECKING:
    import pandas as pd

_MOST_AS_NUMBERS = 4  # named in a cell
_DESIGNS_SHOWN = 12
_MOST_TIMES = 8  # the addresses of the picked design
RULE_NAMES = {
    BLOCK_CAP: N_("blocks per node"),
    POOL_SIZE: N_("size of the pool"),
    ROUTES_RULE: N_("routes"),
    ROOM: N_("no free range"),
}
CHANGE_NAMES = {
    KEEP: N_("nothing"),
    SECOND_POOL: N_("a second pool"),
    BLOCK_SIZE: N_("another blockSize"),
    MIGRATE: N_("move to a new pool"),
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
    return build_frame(DESIGNS, [_row(pair, numbers.get(pair, 0), lang, picked=pair in picked) for pair in pairs])


def first_designs(designs: pd.DataFrame) -> pd.DataFrame:
    """Return the designs that a page or a terminal lists: the first, none far larger than the one picked.

    Parameters
    ----------
    designs
        Rows of `designs_table` of one family and set of pools.

    Returns
    -------
    pandas.DataFrame
        At most twelve rows, none with more than eight times the addresses of the picked design.
    """
    picked = designs.loc[designs["picked"], "addresses"]
    if len(picked):
        designs = designs[designs["addresses"] <= _MOST_TIMES * picked.max()]
    return designs.head(_DESIGNS_SHOWN)


def routes_table(recommendation: Recommendation, *, lang: str = "en") -> pd.DataFrame:
    """List what a node, a top-of-rack router, the spine and a reflector hold of the picked designs.

    Returns
    -------
    pandas.DataFrame
        A row a family and option in which routes travel; columns as in docs/tables.md.
    """
    racks_by_family: dict[IPVersion, list[RackRoutes]] = {}
    for pick in recommendation.picks:
        need = pick.designs.space.need
        size = pick.design.addresses_per_block
        racks = [
            RackRoutes(
                sum(need.nodes_in(kind, rack) for kind in need.kinds),
                sum(need.nodes_in(kind, rack) * kind.blocks(size) for kind in need.kinds),
            )
            for rack in range(need.racks)
        ]
        other_racks = racks_by_family.get(pick.design.family)
        racks_by_family[pick.design.family] = (
            racks if other_racks is None else list(map(operator.add, other_racks, racks))
        )
    return routes_of(racks_by_family, recommendation.requirements.max_routes, lang=lang)


def routes_of(
    racks_by_family: Mapping[IPVersion, Sequence[RackRoutes]],
    limit: int | None = None,
    *,
    in_use: PeeringInUse | None = None,
    lang: str = "en",
) -> pd.DataFrame:
    """List the tables of what each rack's nodes announce, for each family and way of peering.

    `in_use` is what is known of the cluster's own; the other rows show what it would be.
    """
    language = get_language(lang)
    rows = []
    for family, racks in racks_by_family.items():
        for peering, (name, source) in PEERINGS.items():
            if peering is Peering.RACKS_AGGREGATED and not _can_aggregate(racks):
                continue
            routing = routing_tables(racks, peering)
            is_used = None if in_use is None else peering is in_use.peering
            if in_use is not None and is_used:
                routers = max(routing.node, routing.router) if in_use.has_routers else routing.router
                routing = replace(routing, sessions=in_use.sessions, router=routers)
            fits = limit is None or routing.largest <= limit
            rows.append(
                (
                    family,
                    language.translate(name),
                    is_used,
                    routing.node,
                    routing.router,
                    routing.spine,
                    routing.reflector,
                    routing.sessions,
                    _racks_text(racks),
                    limit,
                    fits,
                    SOURCES[source].url,
                )
            )
    return build_frame(ROUTES, rows)


def _can_aggregate(racks: Sequence[RackRoutes]) -> bool:
    """Whether each rack's router can announce its pools as one: there are several racks, and none shares a pool."""
    return len(racks) > 1 and all(rack.pools for rack in racks)


def _racks_text(racks: Sequence[RackRoutes]) -> str:
    """Return how many racks there are, and the AS numbers that are known of them."""
    numbers = sorted({rack.as_number for rack in racks if rack.as_number})
    numbers_text = ", ".join(map(str, numbers[:_MOST_AS_NUMBERS])) + (", …" if len(numbers) > _MOST_AS_NUMBERS else "")
    return f"{len(racks)} (AS {numbers_text})" if numbers else str(len(racks))


def change_options_table(options: list[ChangeOption], *, lang: str = "en") -> pd.DataFrame:
    """List the options to make a cluster hold what is asked, cheapest first; columns as in docs/tables.md."""
    language = get_language(lang)
    rows = [
        (
            language.translate(CHANGE_NAMES[option.kind]),
            option.pool,
            _target(option),
            option.holds,
            option.pods_recreated,
            option.blocks_released,
            option.routes,
            option.addresses or None,
            shlex.join(("ippoolkit", *option.command)) if option.command else "",
        )
        for option in options
    ]
    return build_frame(CHANGE_OPTIONS, rows)


def _target(option: ChangeOption) -> str:
    size = f"/{option.block_size}" if option.block_size else ""
    return ", ".join(filter(None, (str(option.cidr) if option.cidr else "", size)))


def _row(design_in_family: tuple[FamilyDesigns, Design], number: int, lang: str, *, picked: bool) -> tuple[object, ...]:
    designs, design = design_in_family
    language = get_language(lang)
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
        design.nodes_fit,
        design.unused_per_node,
        ", ".join(language.translate(RULE_NAMES[rule]) for rule in design.breaks),
    )
