"""The address map as the page draws it: cells with their shares and texts, the way in, and what the colours mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from ..findings import N_, Language
from ..model import IPPool, Scenario

if TYPE_CHECKING:
    from ..simulation import Simulation

MAX_NAMES_SHOWN = 12
_CELL_KEY = ("blocks", "claimed", "addresses", "used", "borrowed", "cooling", "reserved", "node")


@dataclass(slots=True)
class MapState:
    """What is looked at: the pool, and the parts of it that were opened one after the other."""

    pool_key: str = ""
    open_ranges: list[tuple[int, int]] = field(default_factory=list)
    simulated: tuple[Scenario, Simulation] | None = None

    def show_pool(self, scenario: Scenario, pool: IPPool) -> None:
        """Look at a pool of a scenario; the parts stay open as long as the pool is cut the same way."""
        key = f"{pool.name} {pool.cidr} {pool.block_size}"
        if key != self.pool_key:
            self.pool_key = key
            self.open_ranges.clear()
        if self.simulated is None or self.simulated[0] is not scenario:
            from ..simulation import place_planned_pods  # the engine takes long to load, and is wanted for the map only

            self.simulated = scenario, place_planned_pods(scenario)

    def simulation(self) -> Simulation:
        """Return what the engine made of the scenario."""
        assert self.simulated is not None
        return self.simulated[1]


def is_engine_compiled() -> bool:
    """Whether the engine is ready; compiling it takes a while, once on a machine."""
    from ..ipam.compilation import needs_compiling

    return not needs_compiling()


def address_map_data(state: MapState, pool: IPPool, words: Language) -> dict[str, Any]:
    """Return everything that the page needs to draw the map."""
    from ..figures.address_map_chart import cells_per_row

    cells = _cells(state, pool)
    # Most cells are like others: each kind is put into words, and sent, once.
    keys = [tuple(cell[name] for name in _CELL_KEY) for cell in cells]
    kinds = dict(zip(keys, cells, strict=True))
    kind_indexes = {key: index for index, key in enumerate(kinds)}
    return {
        "id": f"{abs(hash(state.pool_key)) % 10**6}",
        "columns": cells_per_row(len(cells)),
        "label": words.render(N_("Address map of pool {pool}: use the arrow keys"), {"pool": pool.name}),
        "head": _heading_html(state, pool, cells, words),
        "hint": words.translate(
            N_("Point at a cell to see what it holds; click to open one that holds several blocks.")
        ),
        "legend": _legend_html(state, pool, words),
        "ranges": [cell["range"] for cell in cells],
        "cells": [kind_indexes[key] for key in keys],
        "kinds": [_cell_drawing(cell, words) for cell in kinds.values()],
    }


def open_cell(state: MapState, pool: IPPool, index: int) -> None:
    """Look into one cell."""
    cells = _cells(state, pool)
    if 0 <= index < len(cells) and cells[index]["blocks"] > 1:
        state.open_ranges.append((cells[index]["first"], cells[index]["blocks"]))


def _cells(state: MapState, pool: IPPool) -> list[dict[str, Any]]:
    """Return the cells of the part that is open."""
    from ..simulation.address_map import address_map_rows

    first, count = state.open_ranges[-1] if state.open_ranges else (0, pool.block_count)
    return address_map_rows(state.simulation(), pool.name, first=first, count=count)


def _cell_drawing(cell: dict[str, Any], words: Language) -> dict[str, Any]:
    """Return how full cells of a kind are drawn, and what is said of them."""
    total = cell["addresses"]
    shares = {name: round(float(cell[name]) / float(total), 4) for name in ("used", "borrowed", "reserved")}
    return {**shares, "claimed": float(cell["claimed"]) / float(cell["blocks"]), "text": _cell_text(cell, words)}


def _cell_text(cell: dict[str, Any], words: Language) -> str:
    """Say what cells of a kind hold."""
    parts = []
    if cell["blocks"] > 1:
        parts.append(words.render(N_("{claimed} of {blocks:block} claimed"), cell))
    elif cell["node"]:
        parts.append(words.render(N_("block of {node}"), cell))
    else:
        parts.append(words.translate(N_("a block without affinity") if cell["claimed"] else N_("no block yet")))
    if cell["used"]:
        parts.append(words.render(N_("{used} of {addresses:address} in use"), cell))
    if cell["borrowed"]:
        parts.append(words.render(N_("{borrowed} of them borrowed by other nodes"), cell))
    if cell["cooling"]:
        parts.append(words.render(N_("{cooling} in cooldown"), cell))
    if cell["reserved"]:
        parts.append(words.render(N_("{reserved} reserved"), cell))
    return ", ".join(parts)


def _heading_html(state: MapState, pool: IPPool, cells: list[dict[str, Any]], words: Language) -> str:
    blocks_per_cell = cells[0]["blocks"] if cells else 1
    params = {"pool": pool.name, "cidr": pool.cidr, "each": blocks_per_cell}
    title = words.render(N_("Pool {pool}, {cidr}: {each:block} a cell"), params)
    back_button = ""
    if state.open_ranges:
        first, count = state.open_ranges[-1]
        first_block = pool.cidr.subnet(pool.block_size, first)
        title = words.render(
            N_("{pool}, {count:block} from {first} on"), {"pool": pool.name, "count": count, "first": first_block}
        )
        back_text = words.translate(N_("Back"))
        back_button = f'<button type="button" data-action="out">{escape(back_text)}</button>'
    return f"<h3>{escape(title)}</h3>{back_button}"


def _legend_html(state: MapState, pool: IPPool, words: Language) -> str:
    labels = {
        "used": N_("in use"),
        "lent": N_("borrowed by other nodes"),
        "claimed": N_("free, in a node's block"),
        "free": N_("no block yet"),
        "reserved": N_("reserved"),
    }
    swatches = "".join(
        f'<span><i class="{key}"></i>{escape(words.translate(text))}</span>' for key, text in labels.items()
    )
    from ..simulation.address_map import nodes_without_blocks

    names = nodes_without_blocks(state.simulation(), pool.name)
    without_block_html = ""
    if names:
        more_text = (
            words.render(N_("and {n:node} more"), {"n": len(names) - MAX_NAMES_SHOWN})
            if len(names) > MAX_NAMES_SHOWN
            else ""
        )
        names_html = " ".join(f"<code>{escape(name)}</code>" for name in names[:MAX_NAMES_SHOWN])
        no_block_text = words.translate(N_("No block:"))
        without_block_html = f'<p class="ipk-without">{escape(no_block_text)} {names_html} {escape(more_text)}</p>'
    return f'<p class="ipk-legend">{swatches}</p>{without_block_html}'
