"""Address maps of pools, one piece for all templates that show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...figures import address_map as draw_map
from ...findings import N_, Language
from ...model import IPPool
from ...simulation import Simulation, address_map
from .piece import Part, picture, prose
from .table import Table

if TYPE_CHECKING:
    import pandas as pd

CELLS = 1024  # of a map that stands alone; several have half as many each, or the page grows too large

_HEADINGS = {
    "first": N_("first block"), "blocks": N_("blocks"), "range": N_("range"), "claimed": N_("claimed blocks"),
    "addresses": N_("addresses"), "used": N_("used"), "borrowed": N_("borrowed"), "cooling": N_("cooling down"),
    "reserved": N_("reserved"), "node": N_("node"),
}  # fmt: skip


def maps(filled: Simulation, pools: Sequence[IPPool], words: Language) -> list[Part]:
    """Return a map of each of these pools, with its table for exports, and what its cells are."""
    parts: list[Part] = []
    for pool in pools:
        title = pool_title(pool, words)
        cells = address_map(filled, pool.name, cells=CELLS if len(pools) == 1 else CELLS // 2)
        whole = cells["blocks"].max() == 1
        used = cells[cells["claimed"] > 0]
        columns = [name for name in used.columns if whole or name != "node"]
        headings = [words.text(_HEADINGS[name]) for name in columns]
        made = Table.of_frame(used[columns], f"map {pool.name}", lang=words.code).headed(headings)
        figure = draw_map(cells, title=title, lang=words.code)
        parts.append(picture(f"map {pool.name}", figure, _told(pool, cells, words), made))
    note = N_("Each cell is a block, or as many blocks as the pool makes necessary, in the order of their addresses.")
    return [*parts, prose(words.text(note), "ipk-empty")]


def pool_title(pool: IPPool, words: Language) -> str:
    """Return what a pool's picture or table is called."""
    return words.say(N_("Pool {pool}, {cidr}"), {"pool": pool.name, "cidr": pool.cidr})


def _told(pool: IPPool, cells: pd.DataFrame, words: Language) -> str:
    numbers = {
        "pool": pool.name,
        "claimed": sum(cells["claimed"]),
        "blocks": pool.blocks,
        "used": sum(cells["used"]),
        "borrowed": sum(cells["borrowed"]),
    }
    template = N_(
        "Pool {pool}: {claimed} of {blocks:block} claimed, {used:address} in use, {borrowed} of them borrowed."
    )
    return words.say(template, numbers)
