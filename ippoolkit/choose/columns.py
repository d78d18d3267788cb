"""The tables of designs and of ways to change a cluster, column by column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..capacity.columns import Column, frame
from ..findings import N_, language
from .existing import Way
from .recommendation import FamilyDesigns, Recommendation
from .search import BLOCK_CAP, POOL_SIZE, ROUTES, Design

if TYPE_CHECKING:
    import pandas as pd

DESIGNS = (
    Column("number", "number", N_("no."), "Number of the design, for --pick; 0: it does not hold or is beaten."),
    Column("picked", "flag", N_("picked"), "Whether it is recommended."),
    Column("pool_set", "text", N_("for"), "The groups that share its pools."),
    Column("family", "number", N_("IP"), "Address family, 4 or 6."),
    Column("prefix", "number", N_("prefix"), "Prefix length of each pool."),
    Column("block_size", "number", N_("blockSize"), "Prefix length of its blocks."),
    Column("pools", "number", N_("pools"), "Pools, one a rack."),
    Column("blocks_per_node", "count", N_("blocks a node"), "Blocks that the neediest node takes."),
    Column("blocks", "count", N_("blocks a pool"), "2^(blockSize - prefix)."),
    Column("addresses", "count", N_("addresses"), "Addresses of all pools."),
    Column("routes", "count", N_("routes"), "The largest table that a node or a router holds."),
    Column("nodes_max", "count", N_("nodes that fit"), "Nodes that all pools fit."),
    Column("unused_per_node", "count", N_("unused a node"), "Addresses left free in a node's blocks."),
    Column("breaks", "text", N_("fails by"), "The rules that it breaks; empty: it holds."),
)
WAYS = (
    Column("way", "text", N_("change"), "What is done: nothing, a second pool, another blockSize, a move."),
    Column("pool", "text", N_("pool"), "Name of the pool."),
    Column("to", "text", N_("to"), "The new range or blockSize."),
    Column("holds", "flag", N_("holds"), "Whether all that was asked holds then."),
    Column("pods_recreated", "count", N_("pods recreated"), "Pods that get another address; twice where they move back."),
    Column("blocks_released", "count", N_("blocks given up"), "Blocks that nodes give up on the way."),
    Column("routes", "count", N_("routes"), "Routes announced in the end: a block one, a borrowed address one."),
    Column("addresses", "count", N_("new addresses"), "Addresses of the new pool."),
    Column("command", "text", N_("command"), "Writes the procedure."),
)
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
