"""Address maps of pools, the same for all templates that show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...figures import draw_address_map
from ...findings import N_, Language
from ...model import IPPool
from ...simulation import Simulation, address_map
from ...view.cell_text import pool_text
from .report_table import ReportTable, frame_rows
from .section import SectionPart, paragraph, picture_part

if TYPE_CHECKING:
    import pandas as pd

MAX_MAP_CELLS = 1024  # of a map that stands alone; several have half as many each, or the page grows too large

_CELL_HEADINGS = {
    "first": N_("first block"),
    "blocks": N_("blocks"),
    "range": N_("range"),
    "claimed": N_("claimed blocks"),
    "addresses": N_("addresses"),
    "used": N_("used"),
    "borrowed": N_("borrowed"),
    "cooling": N_("in cooldown"),
    "reserved": N_("reserved"),
    "node": N_("node"),
}


def address_map_parts(simulation: Simulation, pools: Sequence[IPPool], language: Language) -> list[SectionPart]:
    """Return a map of each of these pools, with its table for exports, and what its cells are."""
    parts: list[SectionPart] = []
    for pool in pools:
        title = pool_title(pool, language)
        cells = address_map(simulation, pool.name, cells=MAX_MAP_CELLS if len(pools) == 1 else MAX_MAP_CELLS // 2)
        cell_is_one_block = cells["blocks"].max() == 1
        claimed_cells = cells[cells["claimed"] > 0]
        columns = [name for name in claimed_cells.columns if cell_is_one_block or name != "node"]
        headings = tuple(language.translate(_CELL_HEADINGS[name]) for name in columns)
        cell_table = ReportTable(f"map {pool.name}", headings, frame_rows(claimed_cells[columns]))
        figure = draw_address_map(cells, title=title, lang=language.code)
        parts.append(picture_part(f"map {pool.name}", figure, _map_description(pool, cells, language), cell_table))
    note = N_("Each cell is one block, or several in a large pool, in address order.")
    return [*parts, paragraph(language.translate(note), "ipk-empty")]


def pool_title(pool: IPPool, language: Language) -> str:
    """Return what a pool's picture or table is called."""
    return language.render(N_("Pool {pool}"), {"pool": pool_text(pool, language)})


def _map_description(pool: IPPool, cells: pd.DataFrame, language: Language) -> str:
    params = {
        "pool": pool.name,
        "claimed": sum(cells["claimed"]),
        "blocks": pool.block_count,
        "used": sum(cells["used"]),
        "borrowed": sum(cells["borrowed"]),
    }
    template = N_(
        "Pool {pool}: {claimed} of {blocks:block} claimed, {used:address} in use, {borrowed} of them borrowed."
    )
    return language.render(template, params)
