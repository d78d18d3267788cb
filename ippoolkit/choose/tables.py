"""The tables of designs and of ways to change a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..capacity.columns import DESIGNS, WAYS, frame
from ..findings import N_, language
from .existing import Way
from .recommendation import FamilyDesigns, Recommendation
from .search import BLOCK_CAP, POOL_SIZE, ROUTES, Design

if TYPE_CHECKING:
    import pandas as pd

RULE_NAMES = {
    BLOCK_CAP: N_("blocks a node"),
    POOL_SIZE: N_("size of the pool"),
    ROUTES: N_("routes"),
}
WAY_NAMES = {
    "keep": N_("nothing"),
    "second-pool": N_("a second pool"),
    "block-size": N_("another blockSize"),
    "migrate": N_("move to a new pool"),
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
