"""The address map as the page draws it: cells with their shares and texts, the way in, and what the colours mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

from ..findings import N_, Language
from ..model import IPPool, Scenario

if TYPE_CHECKING:
    from ..simulation import Simulation

NAMES_SHOWN = 12
_KIND = ("blocks", "claimed", "addresses", "used", "borrowed", "cooling", "reserved", "node")


@dataclass(slots=True)
class MapState:
    """What is looked at: the pool, and the parts of it that were opened one after the other."""

    pool: str = ""
    parts: list[tuple[int, int]] = field(default_factory=list)
    placed: tuple[Scenario, Simulation] | None = None

    def look(self, scenario: Scenario, pool: IPPool) -> None:
        """Look at a pool of a scenario; the parts stay open as long as the pool is cut the same way."""
        key = f"{pool.name} {pool.cidr} {pool.block_size}"
        if key != self.pool:
            self.pool = key
            self.parts.clear()
        if self.placed is None or self.placed[0] is not scenario:
            from ..simulation import place  # the engine takes long to load, and is wanted for the map only

            self.placed = scenario, place(scenario)

    def simulation(self) -> Simulation:
        """Return what the engine made of the scenario."""
        assert self.placed is not None
        return self.placed[1]


def is_engine_compiled() -> bool:
    """Whether the engine is ready; compiling it takes a while, once on a machine."""
    from ..ipam import bulk
    from ..ipam.compiler import is_cold

    return not is_cold(bulk.place)


def map_view(state: MapState, pool: IPPool, words: Language) -> dict[str, Any]:
    """Return everything that the page needs to draw the map."""
    from ..figures.address_map import columns

    cells = _cells(state, pool)
    # Most cells are like others: each kind is put into words, and sent, once.
    keys = [tuple(cell[name] for name in _KIND) for cell in cells]
    kinds = dict(zip(keys, cells, strict=True))
    places = {key: place for place, key in enumerate(kinds)}
    return {
        "id": f"{abs(hash(state.pool)) % 10**6}",
        "columns": columns(len(cells)),
        "label": words.say(N_("Address map of pool {pool}: use the arrow keys"), {"pool": pool.name}),
        "head": _head(state, pool, cells, words),
        "hint": words.text(N_("Point at a cell to see what it holds; click to open one that holds several blocks.")),
        "legend": _legend(state, pool, words),
        "ranges": [cell["range"] for cell in cells],
        "cells": [places[key] for key in keys],
        "kinds": [_kind(cell, words) for cell in kinds.values()],
    }


def open_cell(state: MapState, pool: IPPool, place: int) -> None:
    """Look into one cell."""
    cells = _cells(state, pool)
    if 0 <= place < len(cells) and cells[place]["blocks"] > 1:
        state.parts.append((cells[place]["first"], cells[place]["blocks"]))


def _cells(state: MapState, pool: IPPool) -> list[dict[str, Any]]:
    """Return the cells of the part that is open."""
    from ..simulation.address_map import cells_of

    first, count = state.parts[-1] if state.parts else (0, pool.blocks)
    return cells_of(state.simulation(), pool.name, first=first, count=count)


def _kind(cell: dict[str, Any], words: Language) -> dict[str, Any]:
    """Return how full cells of a kind are drawn, and what is said of them."""
    total = cell["addresses"]
    shares = {name: round(float(cell[name]) / float(total), 4) for name in ("used", "borrowed", "reserved")}
    return {**shares, "claimed": float(cell["claimed"]) / float(cell["blocks"]), "text": _told(cell, words)}


def _told(cell: dict[str, Any], words: Language) -> str:
    """Say what cells of a kind hold."""
    parts = []
    if cell["blocks"] > 1:
        parts.append(words.say(N_("{claimed} of {blocks:block} claimed"), cell))
    elif cell["node"]:
        parts.append(words.say(N_("block of {node}"), cell))
    else:
        parts.append(words.text(N_("a block of nobody") if cell["claimed"] else N_("no block yet")))
    if cell["used"]:
        parts.append(words.say(N_("{used} of {addresses:address} in use"), cell))
    if cell["borrowed"]:
        parts.append(words.say(N_("{borrowed} of them lent to other nodes"), cell))
    if cell["cooling"]:
        parts.append(words.say(N_("{cooling} cooling down"), cell))
    if cell["reserved"]:
        parts.append(words.say(N_("{reserved} reserved"), cell))
    return ", ".join(parts)


def _head(state: MapState, pool: IPPool, cells: list[dict[str, Any]], words: Language) -> str:
    each = cells[0]["blocks"] if cells else 1
    numbers = {"pool": pool.name, "cidr": pool.cidr, "each": each}
    title = words.say(N_("Pool {pool}, {cidr}: {each:block} a cell"), numbers)
    out = ""
    if state.parts:
        first, count = state.parts[-1]
        part = pool.cidr.subnet(pool.block_size, first)
        title = words.say(
            N_("{pool}, {count:block} from {first} on"), {"pool": pool.name, "count": count, "first": part}
        )
        back = words.text(N_("Back"))
        out = f'<button type="button" data-action="out">{escape(back)}</button>'
    return f"<h3>{escape(title)}</h3>{out}"


def _legend(state: MapState, pool: IPPool, words: Language) -> str:
    labels = {
        "used": N_("in use"),
        "lent": N_("lent to other nodes"),
        "claimed": N_("free, in a node's block"),
        "free": N_("no block yet"),
        "reserved": N_("reserved"),
    }
    swatches = "".join(f'<span><i class="{key}"></i>{escape(words.text(text))}</span>' for key, text in labels.items())
    from ..simulation.address_map import nodes_without_block

    names = nodes_without_block(state.simulation(), pool.name)
    without = ""
    if names:
        more = words.say(N_("and {n:node} more"), {"n": len(names) - NAMES_SHOWN}) if len(names) > NAMES_SHOWN else ""
        listed = " ".join(f"<code>{escape(name)}</code>" for name in names[:NAMES_SHOWN])
        none = words.text(N_("No block:"))
        without = f'<p class="ipk-without">{escape(none)} {listed} {escape(more)}</p>'
    return f'<p class="ipk-legend">{swatches}</p>{without}'
